# ruff: noqa: E501 (what is not Latin counts double)
"""What a model says before a reply to present it. Pure.

A reply of one's own has things to present too ("here's my address: …"): what goes says that a reply follows.
"""

import re
from functools import lru_cache
from itertools import takewhile

from core.prompt.cleaning.wrapping import QUOTES

_MANNER = (
    r"\b(?:short|brief|quick|casual|friendly|warm|polite|possible|suggested|simple|natural|concise|dry|playful|"
    r"rewritten|revised|shorter|sample|example|potential|good|nice|fitting|appropriate|in-character|one|few|"
    r"couple|two|three|some|several|more|less|formal|final|draft)\b"
)
_NOUN = r"\b(?:messages?|answers?|drafts?|texts?|versions?|suggestions?|options?|rewrites?|examples?|ideas?|takes?)\b"
_REPLY = r"\b(?:reply|replies|responses?|comebacks?)\b"
_SORRY = r"(?:thank you|thanks|i apologi[sz]e|(?:i['’]m )?sorry|my apologies|apologies|you['’]re (?:absolutely )?right|understood|noted|got it|fair (?:point|enough)|good (?:point|catch))\b[^\n.!:]{0,60}[.!]{1,2} "
_SURE = rf"(?:{_SORRY}|(?:sure(?: thing)?|of course|certainly|absolutely|okay|ok|great|got it|no problem|alright|yes)\b[!,.:]{{0,4}}\s{{0,3}})"
_HERE = r"(?:here(?:['’]s| is| are)|below (?:is|are))\b"
_UP_TO_COLON = r"[^\n:：]{0,70}[:：][*_]{0,3}"
_QUOTE_OR_LINE = r"(?=\s*\n|\s*[\"“「«])"
_ENGLISH = (
    # What "the reply from mum: no" presents is no reply of one's own.
    rf"(?:{_SURE})?{_HERE}[^\n:：]{{0,60}}?{_REPLY}(?! (?:from|by|of)\b){_UP_TO_COLON}(?=\s|[\"“「«])",
    (
        rf"(?:{_SURE})?(?:how about|try|this is|a|one|possible|suggested)\b(?: (?:this|a|the|{_MANNER})){{0,4}} {_REPLY}"
        r"(?: (?:for|to) [^\n:：]{1,30})?[:：][*_]{0,3}(?=\s|[\"“「«])"
    ),
    rf"(?:{_SURE})?(?:{_HERE}|how about|this is)[^\n:：]{{0,60}}?{_NOUN}{_UP_TO_COLON}?{_QUOTE_OR_LINE}",
    rf"{_SURE}(?:{_HERE}|here you go)[^\n:：]{{0,60}}[:：!]\W{{0,3}}?(?=\s*\n)",
    (
        r"(?:you|i)(?:['’]d| could| can| might| would| may){1,2} (?:just )?(?:say|reply|respond|answer|write|send|text)"
        rf"(?: (?:with|something like|back)){{0,3}}(?: this)?\s?[:：,]\W{{0,3}}?{_QUOTE_OR_LINE}"
    ),
    # In small letters people say so too, of what they would say.
    (
        rf"(?:{_SURE})?(?:{_HERE} what |what )?(?-i:I)(?:['’]d| would|['’]ll| will) (?:just |probably )?(?:say|reply|respond|answer|write|send|text)"
        r"(?: (?:with|something like|back)){0,3}[:：]\W{0,3}?(?=\s|[\"“「«])"
    ),
    r"(?-i:You )(?:could|can|might) (?:reply|respond|answer|write back)(?: (?:with|something like|back)){0,2}[:：][*_]{0,3}(?=\s|[\"“「«])",
    r"(?-i:A|One|Maybe a) (?:\w{1,12} ){0,2}(?:reply|response|answer) (?:would|could|might) be[:：][*_]{0,3}(?=\s|[\"“「«])",
    r"(?-i:My )(?:\w{1,12} )?(?:reply|response|answer|message)(?: would be| is)?[:：][*_]{0,3}(?=\s|[\"“「«])",
    r"(?-i:The )(?:\w{1,12} )?(?:reply|response|answer|message) (?:would be|is)[:：][*_]{0,3}(?=\s|[\"“「«])",
    r"(?-i:Sure|Certainly|Of course|Absolutely)[!,.]{1,2} (?-i:Here)(?:['’]s| is) (?:one|mine|it|my try)[:：][*_]{0,3}(?=\s|[\"“「«])",
    r"here (?:you go|it is)[:：!]\W{0,3}?(?=\s*\n|\s*[\"“「«][^\n]{1,600}[\"”」»]\s*\Z)",
    r"(?-i:Try|How about|What about|Maybe|Something like)(?: (?:this|something like this|saying))?[:：?!]{1,2}(?=\s*[\"“「«][^\n]{1,600}[\"”」»]\s*\Z)",
    (
        r"(?:ich (?:würde|werde) (?:so )?(?:antworten|sagen|schreiben)|je (?:répondrais|dirais|réponds)|(?:yo )?(?:respondería|diría)|eu (?:responderia|diria)|"
        r"(?:io )?(?:risponderei|direi)|я бы (?:ответил|сказал|написал)а?|odpowiedział(?:a)?bym|我会(?:这样)?(?:回复|说|回答)|こう(?:返|答え)ます|이렇게 답(?:할게요|하겠습니다))\s?[:：][*_]{0,3}(?=\s*\S)"
    ),
    # As a heading: what the reply is, and on the next line the reply.
    rf"(?:{_SURE})?(?-i:Here)(?:['’]s| is) (?:my |the |one |a |another )?(?:\w{{1,12}} )?(?:attempt|try|go|take|shot|one|rewrite)[:：][*_]{{0,3}}{_QUOTE_OR_LINE}",
    r"(?-i:How about|What about|Try|Maybe|Perhaps|Possibly)(?: (?:this|this one|this instead|something like(?: this)?))?[:：?][*_]{0,3}(?=\s*\n)",
    r"(?-i:Shorter|Longer|Casual|Formal|Friendlier|Friendly|Final|Revised|Updated|Corrected|Improved|Rewritten|Simplified|Polite|Warmer|Tighter|Edited)(?: (?:version|reply|response|draft|message|take|one|text))?[:：][*_]{0,3}(?=\s|[\"“「«])",
    rf"(?-i:Short|New|Alternative|Better) (?:version|reply|response|draft|take)[:：][*_]{{0,3}}{_QUOTE_OR_LINE}",
    r"(?-i:You )(?:could|can|might) (?:write|text|send)(?: (?:back|something like))?[:：][*_]{0,3}(?=\s|[\"“「«])|(?-i:I)(?:['’]d| would) (?:suggest|propose|recommend|go with)[:：][*_]{0,3}(?=\s|[\"“「«])",
    r"(?-i:Given|Based on|Considering|In|With) [^\n:.!?]{1,60}, (?:a |the |my )?(?:\w{1,12} )?(?:reply|response|answer) (?:would|could|might|should) be[:：][*_]{0,3}(?=\s|[\"“「«])",
    (
        r"(?-i:Understood|Noted|Acknowledged|Got it|Verstanden|Compris|Entendido|Capito|Понял|Поняла|Понятно|Zrozumiałem|Zrozumiano|Begrepen|Anlaşıldı|Anladım|Förstått|Uppfattat|Dimengerti|Mengerti|Đã hiểu|مفهوم|حسن[اً]{1,2}|समझ गया|"
        r"(?:好的[，,]?)?(?:明白|收到|了解)了?|(?:了解|承知|かしこまり)(?:しました|いたしました|ました|です)|알겠습니다|알겠어요|เข้าใจแล้ว)\s?[.!。！]{1,2}[ \t]*\n[ \t]*\n"
    ),
    (
        r"(?-i:(?:Kürzere|Längere|Lockerere|Überarbeitete|Neue|Formellere|Korrigierte) (?:Version|Fassung|Antwort|Variante)|Version (?:plus (?:courte|longue|formelle|décontractée)|révisée|corrigée|courte)|Versión (?:más (?:corta|larga|formal|informal)|revisada|corregida|corta)|Versione (?:più (?:corta|breve|lunga|formale)|rivista|corretta|breve)|Versão (?:mais (?:curta|longa|formal)|revisada|corrigida|curta)|"
        r"(?:Более )?(?:[Кк]ороткий|[Кк]ороткая|[Ии]справленный|[Ии]справленная|[Нн]овый) (?:вариант|версия|ответ)|(?:Krótsza|Dłuższa|Poprawiona) (?:wersja|odpowiedź)|(?:Kortere|Langere|Herziene|Aangepaste) (?:versie|reactie)|(?:Daha kısa|Düzeltilmiş|Kısa) (?:versiyon|yanıt|cevap)|(?:Kortare|Reviderad) version|Versi (?:lebih )?(?:singkat|pendek|revisi)|(?:Phiên bản|Bản) (?:ngắn hơn|đã sửa|sửa)|النسخة (?:المعدلة|الأقصر)|"
        r"(?:更?(?:简短|短|正式|随意)的?(?:版本?)|修改后的?(?:版本|回复)|修订版)|(?:短い|修正)(?:バージョン|版)|短縮版|(?:짧은|수정된) (?:버전|답장)|수정본)\s?[:：][*_]{0,3}\s*(?=\S)|"
        r"이렇게 (?:답장|답변|대답|말)하(?:면 됩니다|세요|시면 됩니다)\s?[:：]\s*(?=\S)|इसका [^\n:]{0,20}(?:जवाब|उत्तर)\s?[:：]\s*(?=\S)"
    ),
    r"(?:thought|reasoned) for (?:\d{1,4}|a few|a couple of) (?:s|secs?|seconds?|minutes?)\b\W{0,3}\n",
    r"\*(?:thinks|thinking|types|typing|pauses|considers|ponders|sends|replies)\b[^*\n]{0,120}\*\s{0,3}\n",
    r"[^\n:]{1,30} is typing(?:\.\.\.|…)[ \t]?\n",
    r"(?-i:(?:(?:Subject|To): [^\n]{0,100}|From: OWNER)\n{1,2}){1,4}",
    r"(?<=[(\[])(?:he|she|they)(?:['’]s| is| are)? (?:asks?|asking|wants?|said|says)\b[^()\[\]\n]{0,300}[)\]]\s{0,3}\n",
)
_INTERJECTION = r"(?:(?:Danke|Vielen Dank|Entschuldigung|Tut mir leid|Verzeihung|Merci|Désolée?|Pardon|Gracias|Perdón|Lo siento|Disculpa|Grazie|Scusa|Obrigad[oa]|Desculpe?|Спасибо|Извини(?:те)?|Прошу прощения|Dziękuję|Przepraszam|Bedankt|Sorry|Teşekkürler|Üzgünüm|Tack|Terima kasih|Maaf|Cảm ơn|Xin lỗi)[^\n.!:]{0,60}[.!] )?(?:[^\W\d_]{2,12}(?: [^\W\d_]{2,5})? ?[!,.] ?)?"
_EUROPEAN = (
    rf"{_INTERJECTION}"
    r"(?:hier (?:ist|wäre|sind|is)|voici|aquí (?:tienes|está|va)|ecco|aqui (?:está|vai)|oto|här är|her er|tässä on|"
    r"íme|iată|işte|berikut|ini|đây là|zde je|tady je|вот|ось|ορίστε|εδώ|הנה|נוצר|นี่คือ|این|إليك|هذا|این|यहाँ|यह)\b"
    r"(?=[^\n:：]{0,80}?(?:antwort|nachricht|répondre|réponse|message|respuesta|mensaje|risposta|messaggio|resposta|mensagem|"
    r"odpowied|wiadomo|antwoord|bericht|svar|vastaus|válasz|răspuns|yanıt|cevap|mesaj|balasan|jawaban|trả lời|"
    r"tin nhắn|odpověď|vorschlag|version|fassung|versión|versione|versão|версия|вариант|wersj|versie|versiyon|versi|phiên bản|cevab|cevap|ответ|сообщен|відповід|απάντησ|رد|جواب|پاسخ|उत्तर|जवाब|תשובה|คำตอบ))"
    r"[^\n:：]{0,80}[:：]\W{0,3}?(?=\s|[\"“«„])"
)
_CHINESE = (
    r"(?:(?:谢谢|抱歉|对不起|不好意思)[^\n。！!：:]{0,16}[。！!，,])?(?:好的|明白了?|收到|当然可以|当然|没问题|可以)?[，,。！!\s]{0,4}"
    r"(?:以下是|这是|下面是|这里是|您可以回复|你可以(?:这样)?(?:回复|说)|以下為|這是|可以这样回)"
    r"(?=[^\n:：]{0,40}?(?:回复|回覆|答复|回答|消息|版本|[:：]))[^\n:：]{0,30}[:：]"
)
_JAPANESE = r"(?:(?:ありがとう|すみません|申し訳)[^\n。！：:]{0,16}[。！])?(?:はい|もちろん|承知しました|かしこまりました)?[、。！\s]{0,4}(?:こちらが|以下は|以下が|以下のように|返信(?:例|案))[^\n:：]{0,30}[:：]"
_KOREAN = r"(?:(?:감사|죄송)[^\n.!:]{0,16}[.!] ?)?(?:네|물론|물론이죠|알겠습니다)?[,.!\s]{0,4}(?:다음은|다음과 같이|여기|아래는)(?=[^\n:：]{0,40}?(?:답장|답변|메시지))[^\n:：]{0,30}[:：]"
# Where words have no blanks between, or signs that are no letters, \b says nothing.
_UNDIVIDED = (
    r"(?:[^\n!,.،:।]{2,20}[!,.،।] ?)?(?:นี่คือ|ต่อไปนี้คือ|นี่เป็น|यहाँ|यहां|यह रहा|ये रहा|इस प्रकार|এখানে|এই হলো|இதோ|ఇదిగో|إليك|إليكم|فيما يلي|هذا|هذه|در اینجا|این|یہاں|یہ رہا|"
    r"đây là|dưới đây là|berikut|inilah|ini|narito|ito ang|hapa|აი|ահա|ພາສາ|នេះ)"
    r"(?=[^\n:：]{0,80}?(?:คำตอบ|ข้อความ|ตอบกลับ|उत्तर|जवाब|संदेश|উত্তর|বার্তা|பதில்|సమాధానం|رد|جواب|إجابة|رسالة|پاسخ|پیام|جواب|câu trả lời|trả lời|tin nhắn|phản hồi|"
    r"balasan|jawaban|pesan|tanggapan|sagot|tugon|mensahe|jibu|პასუხ|պատասխան|ឆ្លើយ))[^\n:：]{0,80}[:：][*_]{0,3}(?=\s|[\"“«„])"
)
_OF_OWNER = (
    rf"(?:{_SURE})?(?:{_HERE} )?(?:what|how) (?:OWNER) (?:would|might|could|will) [^\n:：]{{1,30}}[:：][*_]{{0,3}}(?=\s|[\"“「«])|"
    rf"(?:{_SURE})?{_HERE} (?:OWNER)['’]s [^\n:：]{{1,30}}[:：][*_]{{0,3}}(?=\s|[\"“「«])"
)
_PROMISE = re.compile(
    rf"\A\W{{0,12}}?{_SURE}\s?i(?:['’]d| would|['’]ll| can| will)[^\n]{{0,40}}?(?:help|write|draft|reply|respond|craft)"
    r"[^\n]{0,80}?[.!:][ \t]?\n",
    re.IGNORECASE,
)
# The first of several; the owner sees it before it is sent, as with replies that are marked as options.
_LISTED = re.compile(
    r"\A\s*(?:\W{0,3}1[.)]\s+(?P<numbered>[\s\S]+?)\n\W{0,6}2[.)]\s|(?P<mark>[-*•–])\s+(?P<first>[^\n]+(?:\n(?!\s{0,4}(?P=mark)\s)[^\n]*)*?)\s*\n\s{0,4}(?P=mark)\s)"
)
# "here are some options:" in small letters lists things of the world, if it does not say of what.
_OF_THE_WORLD = re.compile(
    r"\s*(?-i:here)\b(?![^\n:]{0,60}\b(?:repl|respons|answer|messag|draft|say|send|write))"
)
_QUOTED_LINE = re.compile(r">[ \t]?")
_SEVERAL = re.compile(
    r"replies|responses|options|suggestions|versions|drafts|messages|answers|ideas|some|few|two|three|réponses|quelques|antworten|paar|einige|respuestas|algunas|respostas|algumas|risposte|alcune|ответов|варианты|несколько|几|幾|いくつか|몇",
    re.IGNORECASE,
)
# A sentence about what one would say, with all that in quotes; he said "no" is a reply's own.
_PLANNED = re.compile(
    r"\A\W{0,3}(?:(?:I think|I guess|I suppose|I believe|Maybe|Perhaps|Probably|Possibly|So|Okay|OK|Ok|Well|Hmm+|Alright|Right|Yes|Yeah)[,.]? )*"
    r"(?:(?:I(?:['’]d|['’]ll| would| will| could| can| should| might)|[Ww]e could|[Yy]ou could) (?:probably |just |likely |simply )?(?:say|reply|respond|answer|write|go with|send)(?: back)?(?: with)?,? ?)?(?:[Ss]omething (?:like|along the lines of)(?: this)?,? ?)?"
    r"(?<=[\w,] )[\"“«](?P<said>[^\"”»\n]{2,300})[\"”»](?:[.!]|,? (?:would|should|could|might) (?:be (?:good|fine|nice|enough|best|appropriate)|work|do|fit|sound (?:good|right|fine|natural))[^\n]{0,30}|,? (?:works|sounds good|fits|maybe|probably|or so|I think|I guess)[.!]?)?\s*\Z|"
    r"\A\W{0,3}(?:Ich würde|Ich könnte|Ich werde) (?:(?:wohl|vielleicht|einfach|so) )?(?:etwas wie |so etwas wie )?[„\"“»](?P<de>[^\n\"”“«]{2,300})[“\"”«] (?:sagen|antworten|schreiben)\.?\Z|"
    r"\A\W{0,3}(?:(?:Je pense que )?[Jj]e (?:dirais|répondrais)|(?:Creo que )?(?:[Yy]o )?(?:[Dd]iría|[Rr]espondería)|(?:Penso che )?(?:[Dd]irei|[Rr]isponderei)|(?:Acho que )?(?:[Ee]u )?(?:[Dd]iria|[Rr]esponderia)|(?:Думаю, )?[Яя] бы (?:сказал|ответил)а?|(?:[Pp]owiedziałbym|[Oo]dpowiedziałbym)|Ik zou|Jag skulle (?:säga|svara)|我(?:会|想|应该)(?:说|回复|回答|这样说)|아마|저는)"
    r"(?: (?:quelque chose comme|algo como|algo así como|qualcosa come|algo tipo|что-то вроде|coś w stylu|zoiets als|något i stil med)|类似)?\s?[,:：]?\s?[\"“«„「](?P<elsewhere>[^\n\"”»“」]{2,300})[\"”»“」](?: zeggen| antwoorden)?[.。!]?\Z|\A「(?P<ja>[^「」\n]{2,300})」と(?:返信|返事|答え|返|言|言い)(?:します|ます|う|える|おう|えばいい)?[^\n]{0,10}\Z"
)
_GOES_ON = re.compile(r"\s{0,4}[^\W\dA-Z_]")


@lru_cache(maxsize=16)
def _preamble(owner: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))
    every = (
        *(one.replace("OWNER", f"(?:{names})") for one in _ENGLISH),
        _EUROPEAN,
        _UNDIVIDED,
        _CHINESE,
        _JAPANESE,
        _KOREAN,
        _OF_OWNER.replace("OWNER", names),
    )
    return re.compile(rf"\A\W{{0,12}}?(?:{'|'.join(every)})", re.IGNORECASE)


def without_preamble(text: str, owner: str) -> str:
    """Without the word that presents a reply; of a quoted reply behind it, what is quoted alone."""
    planned = _PLANNED.match(text)
    if planned:
        return next(part for part in planned.groups() if part).strip()
    text = _PROMISE.sub("", text)
    match = _preamble(owner).match(text)
    if match is None:
        return text
    rest = text[match.end() :].lstrip()
    listed = _SEVERAL.search(match.group()) and _LISTED.match(rest)
    if _OF_THE_WORLD.match(text) and rest[:1] in "-*•–1":
        return text
    if rest.startswith(">") and all(line[:1] == ">" for line in rest.partition("\n\n")[0].split("\n")):
        quoted = takewhile(lambda line: line.startswith(">"), rest.split("\n"))
        return "\n".join(_QUOTED_LINE.sub("", line, count=1) for line in quoted).strip()
    closing = QUOTES.get(rest[:1])
    if closing is None:
        return (listed["numbered"] or listed["first"]).strip() if listed else rest
    end = min((at for at in (rest.find(sign, 1) for sign in closing) if at > 0), default=-1)
    # A quote that goes on in the same sentence is a word of the reply's own; an apostrophe ends none.
    alone = end > 0 and rest[0] not in "'‘" and not _GOES_ON.match(rest, end + 1)
    return rest[1:end].strip() if alone else rest

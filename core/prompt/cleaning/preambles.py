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
_SURE = r"(?:sure(?: thing)?|of course|certainly|absolutely|okay|ok|great|got it|no problem|alright|yes)\b[!,.:]{0,4}\s{0,3}"
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
    r"(?:thought|reasoned) for (?:\d{1,4}|a few|a couple of) (?:s|secs?|seconds?|minutes?)\b\W{0,3}\n",
    r"\*(?:thinks|thinking|types|typing|pauses|considers|ponders|sends|replies)\b[^*\n]{0,120}\*\s{0,3}\n",
    r"[^\n:]{1,30} is typing(?:\.\.\.|…)[ \t]?\n",
    r"(?-i:(?:(?:Subject|To): [^\n]{0,100}|From: OWNER)\n{1,2}){1,4}",
    r"(?<=[(\[])(?:he|she|they)(?:['’]s| is| are)? (?:asks?|asking|wants?|said|says)\b[^()\[\]\n]{0,300}[)\]]\s{0,3}\n",
)
_INTERJECTION = r"(?:[^\W\d_]{2,12}(?: [^\W\d_]{2,5})? ?[!,.] ?)?"
_EUROPEAN = (
    rf"{_INTERJECTION}"
    r"(?:hier (?:ist|wäre|sind|is)|voici|aquí (?:tienes|está|va)|ecco|aqui (?:está|vai)|oto|här är|her er|tässä on|"
    r"íme|iată|işte|berikut|ini|đây là|zde je|tady je|вот|ось|ορίστε|εδώ|הנה|נוצר|นี่คือ|این|إليك|هذا|این|यहाँ|यह)\b"
    r"(?=[^\n:：]{0,80}?(?:antwort|nachricht|répondre|réponse|message|respuesta|mensaje|risposta|messaggio|resposta|mensagem|"
    r"odpowied|wiadomo|antwoord|bericht|svar|vastaus|válasz|răspuns|yanıt|cevap|mesaj|balasan|jawaban|trả lời|"
    r"tin nhắn|odpověď|vorschlag|cevab|cevap|ответ|сообщен|відповід|απάντησ|رد|جواب|پاسخ|उत्तर|जवाब|תשובה|คำตอบ))"
    r"[^\n:：]{0,80}[:：]\W{0,3}?(?=\s|[\"“«„])"
)
_CHINESE = (
    r"(?:好的|当然可以|当然|没问题|可以)?[，,。！!\s]{0,4}"
    r"(?:以下是|这是|下面是|这里是|您可以回复|你可以(?:这样)?(?:回复|说)|以下為|這是|可以这样回)"
    r"(?=[^\n:：]{0,40}?(?:回复|回覆|答复|回答|消息|[:：]))[^\n:：]{0,30}[:：]"
)
_JAPANESE = r"(?:はい|もちろん|承知しました|かしこまりました)?[、。！\s]{0,4}(?:こちらが|以下は|以下が|以下のように|返信(?:例|案))[^\n:：]{0,30}[:：]"
_KOREAN = r"(?:네|물론|물론이죠|알겠습니다)?[,.!\s]{0,4}(?:다음은|다음과 같이|여기|아래는)(?=[^\n:：]{0,40}?(?:답장|답변|메시지))[^\n:：]{0,30}[:：]"
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

# ruff: noqa: E501 (what is not Latin counts double)
"""How a model thinks aloud about what to answer, where no tag marks it. Pure."""

import re
from functools import lru_cache

# A thought that no tag marks. One of these is enough: nobody says so in a chat. OWNER is the owner's name.
_SURELY_ALOUD = (
    r"\A\W{0,12}?(?-i:Okay|Ok|OK|Alright|Hmm|So|Right|Well|First),\s[^\n]{0,100}?\bthe user(?:'s| is| has| wants?| asks?| asked| said| says| sent| just| might| seems?| greeted)\b",
    r"\A\W{0,12}?(?-i:Thought|Thinking|Reasoning|Analysis)(?: process)?\s?:\**\s|\A\W{0,12}?(?:thought|thinking|reasoning|analysis) process\s?:\**\s",
    r"\A\W{0,12}?(?:internal monologue|here(?:['’]s| is) my (?:thought|thinking|reasoning))(?: process)?\s?:\**\s",
    r"\b(?:i|we)(?:['’]ll| will| should| need to| must| have to|['’]ve got to) (?:now )?(?:write|craft|compose|draft|come up with|generate|produce|give|provide) (?:a|an|the|my|one) (?:\w{1,12} ){0,2}?(?:reply|response|answer|message) (?:from|as|like|in) (?:OWNER|him|her|them)\b|from OWNER['’]s (?:perspective|point of view)|\b(?:got it|okay|ok|alright|right|sure|so|now|well)[,.!]? (?:let me|let['’]s|i(?:['’]ll| will| need to| should)) (?:now )?(?:craft|compose|formulate) (?:a|an|the|my)\b",
    r"\bi(?:['’]m| am) (?:supposed|asked|meant|told) to (?:(?:be|act|play|write|respond|reply|answer|speak)(?: as)? OWNER\b|(?:respond|reply|answer) (?:as|in)\b)",
    r"\bwe (?:need to|should|must|have to) (?:produce|output|write) (?:a|an|the|one|only)\b[^\n.]{0,30}?\b(?:reply|response|answer|message|sentence)\b",
    r"\b(?:i|we)(?:['’]ll| will| should| need to| must| have to)? (?:respond|reply|answer)\b[^\n.]{0,30}?\b(?:in character|in (?:at most|one|two|three|\d) (?:short )?sentences?|with (?:a|one|only) (?:short|brief|single|casual|friendly|concise)|as (?:him|her|them)\b|(?-i:briefly|casually))",
    (
        r"(?:\A\W{0,12}?|[.!?…] )as OWNER,? i\b|\b(?:respond|reply|answer|write|act|speak)\b[^\n.]{0,30}? as OWNER\b|"
        r"\bhow OWNER (?:would|might|should)\b(?! (?:say|reply|respond|answer)\w*:)|"
        r"\bOWNER (?:would|might|could|should) (?:probably |likely )?(?:say|reply|respond|answer|agree|want)\b(?![^\n]{0,30}?[:：])|"
        r"\baccording to the notes,? OWNER\b|以.{1,20}的身份.{0,6}(?:回复|回答)"
    ),
)
# Of these it takes two: people have users, answers and drafts to speak of as well.
_MAYBE_ALOUD = (
    (
        r"\A\W{0,12}?(?:(?:ok(?:ay)?|alright|all right|hmm+|right|so|well|first|let me|let's|we|i)\b[^\n]{0,100}?\b)?the user(?:'s| is| has| wants?| asks?| asked| said| says| sent| just| might| seems?| greeted)\b|"
        r"\A\W{0,12}?(?:好的|嗯|首先|那么|现在)?[,，。\s]{0,4}(?:用户|使用者)(?:在|问|说|想|发|的|询问|希望|要求)|"
        r"\A\W{0,12}?(?:(?:okay|also|gut|bon|bien|хорошо)[,.]?\s*)?(?:der nutzer|l'utilisateur|el usuario|пользователь)\b"
    ),
    r"\A\W{0,12}?the (?:last |latest )?message (?:from [^\n]{1,30} )?(?:is asking|asks)\b|\A\W{0,12}?(?-i:Okay|OK|Ok|Alright|So),[^\n.]{1,40}? (?:is asking|asks|wants to know|asked)\b",
    (
        r"\b(?:i|we)(?:['’]ll| will| should| need to| must| have to| can)? (?:now |just |probably )?(?:respond|reply|answer|keep (?:it|this|the reply|my reply))\b|"
        r"\b(?:let me|let['’]s|i(?:['’]ll| will| should| need to| must)) (?:now )?(?:craft|compose|formulate|draft) (?:a|an|the|my)\b|"
        r"\b(?:the|my) (?:reply|response|answer) (?:should|must|needs to|has to) be\b|"
        r"\bich (?:sollte|muss|soll) [^\n.]{0,20}?antworten|\bje dois répondre|\bdebo responder|\bdevo rispondere|\bнужно ответить|"
        r"\bdois (?:donc )?répondre|\b(?:debo|tengo que|necesito|debería) (?:responder|contestar)|\bdovrei rispondere|\b(?:preciso|devo|tenho que) responder|\b(?:должен|должна|надо|следует|нужно) (?:\w{2,10} )?(?:ответить|отвечать|написать)|\b(?:muszę|powin(?:ienem|nam)|mam) (?:\w{2,10} )?odpowiedzieć|\b(?:moet|zal|ga|wil) (?:\w{2,10} ){0,3}?(?:antwoorden|reageren)|(?:cevap|yanıt) (?:ver(?:meliyim|meli|eceğim|mem)|yazmalıyım)|"
        r"\b(?:bör|måste|ska) (?:\w{2,10} )?svara|\b(?:saya|aku) (?:harus|perlu|akan) (?:menjawab|membalas)|\btôi (?:cần|nên|phải|sẽ) (?:trả lời|phản hồi)|(?:返信|返事|回答|答え)(?:を)?(?:します|する|すべき|しなければ|する必要|返す)|(?:답|답변|답장|대답)(?:을|를)?(?:해야|하겠|할게|해야겠)|(?:يجب|ينبغي|أحتاج|علي)(?: علي)? أن (?:أرد|أجيب)|(?:जवाब|उत्तर) (?:देना (?:चाहिए|है|होगा)|दूँगा|दूंगा)|(?:ต้อง|ควร)ตอบ|"
        r"(?:我|我们)(?:现在)?(?:需要|应该|要|可以)[^\n。]{0,12}(?:回答|回复|答复|简短)|我(?:现在)?(?:需要|应该|要)[^\n]{0,10}用户"
    ),
    r"\bconsider the context\b|\b(?:based on|according to) the (?:notes|context)\b",
    (
        r"\b(?:short|brief|casual|friendly) (?:reply|response|answer) (?:is|would be) (?:appropriate|fine|best|enough|good)\b|"
        r"\b(?:therefore,? the|so,? (?:a )?short) (?:answer|reply|response)\b"
    ),
    r"\b(?:in character|(?:casual|friendly|light) tone|(?:at most|exactly) (?:\d|one|two|three) (?:short )?sentences?|short and (?:casual|friendly|simple))\b|keep (?:it|this) (?:short|brief|casual|light|simple)",
    r"(?-i:(?:\b(?:as|als|en tant qu[e'’]?|como|come|как|jako|olarak|sebagai|som|với tư cách(?: là)?|in the role of|playing) ?['’]?OWNER\b|OWNER(?:['’]s (?:perspective|point of view|shoes|place|position|role)|として| ?(?:로서|으로서)|的(?:口吻|身份|语气|角度)|['’]?\w{0,3} olarak| के रूप में)|باسم \w+|от имени \w+|w imieniu \w+|namens OWNER|im Namen von OWNER|au nom d['’]?e? ?OWNER|en nombre de OWNER|a nome di OWNER|em nome d[eo] OWNER|atas nama OWNER))",
    r"(?-i:\bOWNER(?:['’]s (?:style|tone|voice)| (?:\w{1,12}s|would|will|can|should|might)\b))",
)
_ALOUD_END = re.compile(
    r"(?:^|\n)\W{0,3}(?:final (?:answer|reply|response|draft|version)|answer|reply|response|output|my reply|(?:and )?here(?:['’]s| is) my (?:reply|response|answer)|"
    r"draft)\W{0,3}[:：]\W{0,3}\s*(?P<text>[\s\S]+)$",
    re.IGNORECASE,
)
_LONGEST_PARAGRAPH = 1000
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_PROCESS = re.compile(
    r"\A\W{0,6}(?:(?:Okay|Sure|Alright)[,.!]? )?(?:(?:Here(?:['’]s| is) (?:a|my|the) )?(?:\w{1,12} )?(?:[Tt]hinking|[Tt]hought|[Rr]easoning|[Aa]nalysis) [Pp]rocess\b[^\n]{0,100}|(?:Denkprozess|Gedankengang|Processus de (?:réflexion|pensée)|Proceso de (?:pensamiento|razonamiento)|Processo di pensiero|Processo de pensamento|Процесс (?:мышления|размышления)|Ход мыслей|Proces myślowy|Denkproces|Düşünce süreci|Proses berpikir|思考过程|思考過程|思考プロセス|사고 과정|عملية التفكير)[^\n]{0,60}?)[:：]?[*_]{0,3}[ \t]*(?:\n|\Z)"
)
_ITEM = re.compile(r"\s*(?:\d{1,2}[.)]|[-*•–+]\s|[*_]{2}|#{1,4} )")
_QUOTED = re.compile(
    r"\A[*_~\W]{0,4}(?:Thinking|Thought|Thoughts|Reasoning|Denke nach|Denkt nach|Gedanken|Réflexion|Je réfléchis|Pensando|Pensiero|Sto pensando|Думаю|Размышляю|Myślę|Nadenken|Düşünüyor(?:um)?|思考中?|思考过程|考え中|생각 ?중|Berpikir|Suy nghĩ|تفكير)\b[^\n>]{0,40}\n\s*(?:>[^\n]*(?:\n|\Z))+"
)
_SAY = r"(?:say|reply|respond|answer|write|accept|agree|decline|confirm|refuse|keep (?:it|this|my)|go with|mention|be (?:brief|short|casual|polite|friendly)|tell (?:him|her|them))"
# A paragraph of its own; people begin so too, and go on in the same breath.
_PLANS = (
    rf"\A\W{{0,3}}(?:[^\n]{{1,200}}?[.!?…] )??(?:(?:So|Okay|OK|Ok|Hmm+|Well|Right|Alright|Now|Then)[,.…]? )?(?:(?:I|We)(?:['’]ll| should| need to| must| can| could| will|['’]d| would|['’]d better| have to|['’]m going to) (?:just |simply |probably |now |then )?{_SAY}|Let me (?:just |now )?{_SAY}|Let['’]s (?:just )?{_SAY})\b[^\n:]{{0,120}}(?:\n[ \t]*)+\n\s*(?=\S)|"
    r"\A\W{0,3}(?:So,? )?(?:[Tt]he|[Mm]y|[Aa] good) (?:reply|answer|response) (?:is|should be|would be|will be) [^\n:]{1,80}(?:\n[ \t]*)+\n\s*(?=\S)|"
    r"\A\W{0,3}(?:[^\n]{1,120}?[.!?…] )??(?:Ich (?:sollte|muss|soll|werde|sage|antworte)(?: (?:also|einfach|mal))? ?(?:(?:ja|nein|zu|ab|kurz|zustimmend)? ?(?:sagen|antworten|schreiben|zusagen|absagen))?|Je (?:devrais|dois|vais) (?:dire|répondre|accepter|confirmer)|(?:Debería|Debo|Voy a) (?:decir|responder|aceptar|confirmar)|(?:Dovrei|Devo) (?:dire|rispondere|accettare)|(?:Eu )?(?:[Dd]evo|[Dd]everia|[Vv]ou) (?:dizer|responder|aceitar)|(?:Мне )?(?:[Нн]ужно|[Сс]ледует|[Нн]адо|[Дд]олжен|[Дд]олжна) (?:сказать|ответить|согласиться)|(?:Powinienem|Powinnam|Muszę) (?:powiedzieć|odpowiedzieć|się zgodzić)|Ik (?:moet|zou|zal) (?:ja |nee |gewoon )?(?:zeggen|antwoorden|moeten zeggen)|(?:Evet|Hayır) demeliyim|Saya (?:harus|sebaiknya) (?:menjawab|bilang|mengatakan)|Tôi nên (?:nói|trả lời|đồng ý)|我(?:应该|要|该|需要)(?:说|回答|回复|答应|同意)|(?:はい|うん|いいえ)?と?(?:答え|返事し|言い|返し)(?:ます|るべき|よう)|(?:그렇다고|네라고|응이라고)? ?(?:대답해야|답해야|말해야)|(?:يجب|ينبغي) أن (?:أقول|أوافق|أرد)|मुझे (?:हाँ |हां )?(?:कहना|जवाब देना) चाहिए)[^\n:]{0,60}(?:\n[ \t]*)+\n\s*(?=\S)"
)
_ASKS_OF_OWNER = (
    r"\A\W{0,3}(?:[^\n?]{0,30}?\b)?(?:[Ww]hat|[Hh]ow|[Ww]ould|[Ww]hy)(?: (?:would|should|might|could|does|will))? OWNER (?:say|reply|respond|answer|write|react|want|do|think|put)[^\n?]{0,40}\?\s*(?=\S)|"
    r"\A\W{0,3}(?:Was|Wie) (?:würde|soll|sollte|könnte) OWNER [^\n?]{0,30}?(?:sagen|antworten|schreiben|reagieren)[^\n?]{0,20}\?\s*(?=\S)|\A\W{0,3}(?:Que|Qu['’]|Comment)[^\n?]{0,12}?(?:dirait|répondrait|écrirait)[^\n?]{0,12}?OWNER[^\n?]{0,20}\?\s*(?=\S)|\A\W{0,3}¿?(?:Qué|Cómo) (?:diría|respondería|contestaría) OWNER[^\n?]{0,20}\?\s*(?=\S)|"
    r"\A\W{0,3}(?:Cosa|Come|Che cosa) (?:direbbe|risponderebbe) OWNER[^\n?]{0,20}\?\s*(?=\S)|\A\W{0,3}(?:O que|Como) (?:o |a )?OWNER (?:diria|responderia)[^\n?]{0,20}\?\s*(?=\S)|\A\W{0,3}(?:Что|Как) бы (?:сказал|ответил|написал)а? [^\s?]{2,14}\?\s*(?=\S)|\A\W{0,3}(?:Что|Как) [^\s?]{2,14} (?:бы )?(?:сказал|ответил)а?(?: бы)?\?\s*(?=\S)|"
    r"\A\W{0,3}(?:Co|Jak) (?:by )?(?:powiedziałby|odpowiedziałby|powiedział|odpowiedział)a?(?:by)? OWNER[^\n?]{0,20}\?\s*(?=\S)|\A\W{0,3}(?:Wat|Hoe) zou OWNER [^\n?]{0,30}\?\s*(?=\S)|\A\W{0,3}OWNER (?:ne|nasıl) (?:der|derdi|cevap verir|yanıt verir)(?:di)?\?\s*(?=\S)|\A\W{0,3}(?:Apa|Bagaimana) (?:yang )?(?:akan )?OWNER [^\n?]{0,30}\?\s*(?=\S)|\A\W{0,3}OWNER sẽ (?:nói|trả lời) [^\n?]{0,20}\?\s*(?=\S)|"
    r"\A\W{0,3}OWNER(?:会|該|应该|なら|라면|은|는)[^\n?？]{0,20}[?？]\s*(?=\S)|\A\W{0,3}(?:ماذا|كيف) (?:سيقول|سيرد|يقول) [^\n؟?]{0,20}[؟?]\s*(?=\S)|\A\W{0,3}OWNER क्या (?:कहेगा|कहता)[^\n?]{0,10}\?\s*(?=\S)"
)
_ASKS_ITSELF = (
    r"\A\W{0,3}(?:(?:So|Okay|OK|Ok|Hmm+|Well|Right|Alright|Now)[,.…]? )?(?i:(?:what|how) (?:does|did|is|would) the user (?:want|need|ask|mean|say|expect)\w{0,3}[^\n?]{0,30}|(?:does |did )?the user wants? [^\n?]{0,40}|what is (?!it\b)[^\s?]{2,20} asking(?: for| me)?(?:\?[^\n?]{0,80})?|(?:how|what) (?:should|do|would|could|can) I (?:respond|reply|answer|say|write)(?: (?:(?:to )?(?:this|that|it|him|her|them|the message)|as [^\n?]{2,30}|here|now))?|(?:what|which) (?:tone|style|language|register) (?:should I (?:use|take|write in)|do you (?:prefer|want)|would (?:fit|work|be best))|(?:in )?(?:which|what) language should I [^\n?]{1,20}|"
    r"(?:shall|should|can|may) I (?:draft|write|compose|keep|make|craft) (?:a|an|the|it|this|my)\b[^\n?]{0,30}|(?:would you like|do you want|want)(?: me to)? (?:a |an )?(?:formal|casual|short|long|write|respond|reply|answer|draft)[^\n?]{0,50})\?(?:[ \t]*\n\s*|\s*\n)(?=\S)|"
    r"\A\W{0,3}(?:[^\n?？]{0,20}[,，。.] ?)?(?:(?:Was|Wie) (?:soll|sollte|muss|kann|könnte) ich (?:\w{2,12} ){0,3}(?:antworten|sagen|schreiben|reagieren)|Was (?:will|möchte|fragt) der (?:Be)?[Nn]utzer[^\n?]{0,20}|(?:Comment|Que|Quoi) ?(?:dois-je|devrais-je|puis-je|vais-je)? ?(?:répondre|dire)(?: [^\n?]{1,30})?|Que (?:veut|demande) l['’]utilisateur[^\n?]{0,20}|¿?(?:Cómo|Qué) (?:debo|debería|puedo|tengo que) (?:responder|decir|contestar)[^\n?]{0,30}|¿?Qué (?:quiere|pide|pregunta) el usuario[^\n?]{0,20}|(?:Come|Cosa) (?:devo|dovrei|posso) (?:rispondere|dire)[^\n?]{0,30}|Cosa (?:vuole|chiede) l['’]utente[^\n?]{0,20}|(?:Como|O que) (?:eu )?(?:devo|deveria|posso) (?:responder|dizer)[^\n?]{0,30}|O que o usuário (?:quer|pergunta)[^\n?]{0,20}|"
    r"(?:Как|Что) (?:мне|я должен|я должна|нужно|следует) (?:ответить|сказать|отвечать)[^\n?]{0,30}|Что (?:хочет|спрашивает) пользователь[^\n?]{0,20}|(?:Jak|Co) (?:mam|powinienem|powinnam) (?:odpowiedzieć|powiedzieć)[^\n?]{0,30}|Czego chce użytkownik|(?:Hoe|Wat) (?:moet|zal|kan) ik (?:\w{2,12} ){0,3}(?:antwoorden|zeggen|reageren)|Wat wil de gebruiker[^\n?]{0,20}|(?:Nasıl|Ne) (?:cevap|yanıt)?\s?(?:vermeliyim|demeliyim|yazmalıyım)|Kullanıcı ne istiyor|Hur (?:ska|bör) jag svara[^\n?]{0,20}|Bagaimana (?:saya|aku) (?:harus )?(?:menjawab|membalas)[^\n?]{0,20}|Apa yang (?:pengguna|diinginkan pengguna)[^\n?]{0,20}|Tôi nên (?:trả lời|nói)[^\n?]{0,20}|Người dùng muốn gì|"
    r"我(?:应该|该|要|需要)?(?:怎么|如何|怎样)(?:回复|回答|说|答)[^\n?？]{0,10}|(?:用户|使用者)(?:想要?|要|问|需要)[^\n?？]{0,12}|(?:どう|何と|なんて)(?:返信|返事|答え|返|言)(?:すれ|え|せ|える|えれ)?(?:ば)?[^\n?？]{0,12}|ユーザーは何[^\n?？]{0,14}|(?:어떻게|뭐라고) (?:답|대답|답장|말)[^\n?]{0,14}|사용자가? (?:무엇|뭘)[^\n?]{0,14}|(?:كيف|بماذا|ماذا) (?:يجب أن |ينبغي أن )?(?:أرد|أجيب|أقول)[^\n؟?]{0,20}|ماذا يريد المستخدم[^\n؟?]{0,12}|मुझे (?:कैसे|क्या) (?:जवाब|कहना|उत्तर)[^\n?]{0,20}|उपयोगकर्ता क्या चाहता[^\n?]{0,10}|(?:ฉัน|ผม)ควร(?:ตอบ|พูด)[^\n?]{0,14})\s?[?？؟](?:[ \t]*\n\s*|\s*\n)(?=\S)"
)


def thinks_aloud(text: str, owner: str) -> bool:
    """Whether a text without a tag is reasoning about what to answer: its first paragraph says so."""
    paragraph = text.strip().partition("\n\n")[0][:_LONGEST_PARAGRAPH]
    surely, maybe = _aloud(owner)
    return bool(surely.search(paragraph)) or sum(bool(sign.search(paragraph)) for sign in maybe) > 1


@lru_cache(maxsize=16)
def _aloud(owner: str) -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))

    def compiled(sign: str) -> re.Pattern[str]:
        return re.compile(sign.replace("OWNER", f"(?:{names})"), re.IGNORECASE)

    return compiled("|".join(_SURELY_ALOUD)), tuple(map(compiled, _MAYBE_ALOUD))


def after_thinking_aloud(text: str, owner: str) -> str:
    """The answer that such a text names as one, or the one paragraph behind those that think; empty where it has
    none, or more."""
    answer = _ALOUD_END.search(text)
    if answer:
        return answer["text"]
    paragraphs = _PARAGRAPHS.split(text.strip())
    while len(paragraphs) > 1 and thinks_aloud("\n\n".join(paragraphs), owner):
        del paragraphs[0]
    return paragraphs[0] if len(paragraphs) == 1 and not thinks_aloud(paragraphs[0], owner) else ""


def without_process(text: str) -> str:
    """What follows a thought that is headed as one and laid out as a list, or quoted; empty where nothing does."""
    quoted = _QUOTED.match(text)
    if quoted and (rest := text[quoted.end() :].strip()):
        return rest
    if not _PROCESS.match(text):
        return text
    last = _PARAGRAPHS.split(text.strip())[-1]
    return "" if _ITEM.match(last) or _PROCESS.match(last) else last


def without_set_off(text: str, owner: str) -> str:
    """Without the first paragraphs in which a model tells or asks itself what to say."""
    surely, plan, asks = _set_off(owner)
    while match := surely.match(text) or plan.match(text) or asks.match(text):
        rest = text[match.end() :].strip()
        if not rest:
            return text
        text = rest
    return text


@lru_cache(maxsize=16)
def _set_off(owner: str) -> tuple[re.Pattern[str], ...]:
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))
    return tuple(
        re.compile(one.replace("OWNER", f"(?:{names})")) for one in (_ASKS_OF_OWNER, _PLANS, _ASKS_ITSELF)
    )

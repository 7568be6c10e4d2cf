# ruff: noqa: E501 (what is not Latin counts double)
"""What a model says of its reply around it, and how it signs one. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from core.prompt.cleaning.aloud import thinks_aloud
from core.prompt.cleaning.untagged import of_owner

_ABOUT = (
    r"\b(?:repl(?:y|ies)|responses?|the message|this message|tone|draft|persona|character|style|casual|"
    r"sentences?|instructions?|prompt|the user|rephras|adjust|tweak|concise|brief|an ai)\b"
)
_WORD = (
    r"(?:Notes?|NOTE|N\.B\.|NB|Remarque|Note de l'auteur|Anmerkung|Hinweis|Nota|Примечание|Заметка|Uwaga|Not|"
    r"Opmerking|Обратите внимание|ملاحظة|توجه|टिप्पणी|注意|注|备注|備註|說明|说明|補足|注記|참고|주의|메모|Observação|Ghi chú|Lưu ý|Catatan|หมายเหตุ|नोट|Megjegyzés|Poznámka|Σημείωση|הערה|Obs|"
    r"Explanation|Context|Translation)"
)
# Of a reply, in languages whose notes are known; "(Note: the gate closes at 8)" is about the world.
_OF_A_REPLY = (
    r"(?i:\b(?:repl(?:y|ies)|responses?|messages?|tone|draft|persona|character|style|casual|formal|informal|friendly|short|brief|concise|kept|"
    r"sentences?|instructions?|prompt|the user|rephras|adjust|tweak|an ai|mention|assum|based on|context|translat|placeholder|made up|"
    r"(?:is|was|were|are) (?:not |un)?(?:known|given|provided|specified|stated)|"
    r"antwort|nachricht|kurz|locker|\bton\b|tonfall|\bstil\b|gehalten|réponse|court|bref|décontract|style|respuesta|mensaje|breve|tono|informal|"
    r"risposta|messaggio|resposta|mensagem|\btom\b|curt[oa]|ответ|сообщени|\bтон|стил|кратк|коротк|odpowied|krótk|styl|yanıt|cevap|kısa|üslup|"
    r"antwoord|bericht|kort|toon|svar|jawaban|balasan|singkat|gaya|trả lời|ngắn gọn|giọng))|"
    r"回复|回答|语气|語氣|简短|簡短|口吻|口调|口調|返信|カジュアル|短め|簡潔|답장|답변|말투|짧게|رد|الرد|موجز|उत्तर|जवाब|संक्षिप्त|คำตอบ|สั้น"
)
_HEADING = (
    r"(?:Explanation|Rationale|Reasoning|Why this works|Translation|Breakdown|Analysis|Word count|"
    r"Character count|Tone|Style notes|Keep in mind|Disclaimer|Begründung|Erklärung|Explication|Explicación|Spiegazione|Пояснение|"
    r"解释|解釋|解説|설명)"
)
_NOTES = (
    rf"[(\[（【*_]{{1,4}}\s?{_WORD}\s?[:：](?=[^\n()（）\[\]]{{0,300}}?(?:{_OF_A_REPLY}))[\s\S]*\Z",
    # In plain words it may be the owner's own note: it goes where it speaks of the reply.
    rf"\n\W{{0,6}}{_WORD}\s?[:：]\*{{0,3}}\s(?=[^\n]{{0,200}}?{_ABOUT})[\s\S]*\Z",
    rf"\n\W{{0,6}}(?!(?i:notes?|nb|explanation|context|translation)\b){_WORD}\s?[:：]\*{{0,3}}\s?(?=[^\n]{{0,200}}?(?:{_OF_A_REPLY}))[\s\S]*\Z",
    r"\n[ \t]*\n\W{0,4}This (?:reply|response|draft) (?:\w{2,14}s)\b[^\n]{0,200}\Z",
    r"\s?[（(]这(?:是|条)[^（）()\n]{0,20}(?:回复|回答|消息|答复)[）)]\s*\Z",
    r"\s?[*_]{0,2}[(\[](?i:based on|from|see|per|according to|source|ref|as per|as noted in)(?: in)?:? (?:the |your )?(?i:notes?|memory|memories|context|records?|profile|known facts?)\b[^()\[\]\n]{0,160}[)\]][*_]{0,2}\W{0,3}\Z",
    r"\s?[*_]{0,2}[(\[（](?i:laut|gemäß|nach|d['’]après|selon|según|secondo|segundo|conforme|согласно|по|według|na podstawie|volgens|enligt|berdasarkan|theo|根据|據|依据)\s?(?:\w{1,4} )?(?i:notiz\w{0,2}|notes?|notas?|not[ae]|заметк\w{1,3}|notat\w{0,3}|notitie\w{0,2}|anteckning\w{0,4}|catatan|ghi chú|笔记|备注|筆記)[^()\[\]（）\n]{0,60}[)\]）][*_]{0,2}\W{0,3}\Z",
    r"\n\W{0,4}(?:END|End of (?:reply|message|response|conversation|draft|text))\W{0,4}\Z|【\d{1,3}†[^】\n]{0,40}】\W{0,2}\Z|\n[ \t]*\n\W{0,3}Sources?: [^\n]{0,120}\Z",
    rf"\n\W{{0,6}}{_HEADING}\W{{0,3}}[:：][\s\S]*\Z",
    (
        r"[*_]{0,2}[(\[]\s?(?:note|this|i|the|kept|keeping|written|as)\b"
        rf"[^()\[\]\n]{{0,200}}?{_ABOUT}[^()\[\]\n]{{0,200}}[)\]]\W{{0,6}}\Z"
    ),
    (
        r"\s?[(\[]\s?(?i:end(?: of (?:the )?(?:reply|message|response|conversation|chat|draft|text))?|sent(?: at [\d:. apm]{1,10})?|message sent|reply sent|fin|ende(?: der (?:antwort|nachricht))?|fin (?:de la réponse|du message|de la respuesta|del mensaje)|конец(?: (?:ответа|сообщения))?|回复结束|结束|完|終わり|끝)\s?[)\]]\W{0,6}\Z|"
        r"[(\[]\s?(?:end of (?:reply|message|response)|(?:word count: )?\d+ (?:words|characters|sentences)|word count: \d+)"
        r"\s?[)\]]\W{0,6}\Z"
    ),
    (
        r"[*_]{0,2}[(\[](?:short|casual|friendly|informal|brief)(?:,? (?:and )?(?:short|casual|friendly|tone|informal|brief|style)){1,4}"
        r"[)\]][*_]{0,2}\Z"
    ),
    r"\n(?:Confidence|Word count): ?[\d.]{1,6}%?\Z",
    # Why something is not said is what must not be said.
    (
        r"(?:[(\[]|\n[ \t]{0,3}\n)I(?:['’]ve| have)? (?:left out|omitted|did not mention|didn['’]t mention|"
        r"(?:chose|decided|avoided|made sure|was careful) (?:not to |to not )?mention(?:ing)?)\b[\s\S]*\Z"
    ),
    r"\n[ \t]{0,4}※[\s\S]*\Z",
    r"<!--(?:(?!-->)[\s\S]){0,400}-->\s{0,9}\Z",
)
_NOTE = re.compile("|".join(_NOTES))
_OFFERS = (
    (
        r"(?:(?<=[.!?…\"”»)])[ \t]?|\n)\s?"
        r"(?:(?:please )?let me know|feel free|would you like|do you want me|shall i|should i|i can also|i could also|"
        r"if you(?:['’]d| would)? (?:like|want|prefer|need))\b[^\n]{0,120}?"
        r"(?:\badjust|\btweak|\brephras|\breword|\brewrit|\brevis|\bversion|\bedits?\b|\bmodif|\bshorten|"
        r"\bdifferent tone|\banother (?:reply|response|option|draft)|\bthe tone|\bmake it (?:more|less|sound)|"
        r"\bmore (?:formal|casual)|\bmake (?:any )?changes|\bto your liking)[\s\S]*\Z"
    ),
    (
        r"\n\W{0,6}(?:this|the|i hope this|i kept|i['’]ve kept|i have kept|i tried) (?:reply|response|message|draft|works|keeps|helps|it)\b"
        r"[^\n]{0,80}?\b(?:short|brief|concise|casual|tone|style|character|voice|persona|friendly|polite|natural|formal|informal|light|context)\b[\s\S]*\Z"
    ),
    (
        r"\n\W{0,6}(?:Lass(?:en Sie)? mich wissen|Sag(?:en Sie)? (?:mir )?Bescheid)"
        r"[^\n]{0,80}?(?:anpass|änder|formulier|umschreib)[\s\S]*\Z"
    ),
    r"\n\W{0,6}is there anything else i can (?:help|assist|do)[\s\S]*\Z",
    r"\n\W{0,6}(?:Faites-moi savoir|N'hésitez pas|Dis-moi)[^\n]{0,80}?(?:modifi|ajust|chang|reformul)[\s\S]*\Z",
    r"\n\W{0,6}(?:Déjame saber|Avísame|Dime si|Házmelo saber)[^\n]{0,80}?(?:ajust|cambi|modifi|versi)[\s\S]*\Z",
    (
        r"\n\W{0,6}(?:Дай(?:те)? знать|Если (?:нужно|хотите|хочешь))"
        r"[^\n]{0,80}?(?:измен|поправ|переписа|адаптир|вариант)[\s\S]*\Z"
    ),
    r"\n\W{0,6}(?:如果(?:你|您)?(?:需要|想|觉得)|需要我|是否需要|要不要我)[^\n]{0,80}?(?:调整|修改|改|版本|语气|調整)[\s\S]*\Z",
    r"\n\W{0,6}[^\n]{0,80}?(?:調整|修正|変更)[^\n]{0,80}?(?:お知らせ|言って|ください)[\s\S]*\Z",
    r"\n\W{0,6}[^\n]{0,80}?(?:수정|조정)[^\n]{0,80}?(?:말씀|알려)[\s\S]*\Z",
)
_OFFER = re.compile("|".join(_OFFERS), re.IGNORECASE)
# How an assistant says goodbye, as a last sentence behind others. In small letters people say so too.
_GOODBYE = re.compile(
    r"(?:(?<=[.!?…。！？”\"»)])\s*|\n\s*)(?:(?:And )?(?:"
    r"(?:I hope|Hope) (?:this|that) (?:helps|is helpful|works for you)(?: you)?(?: out)?|I hope (?:this|that) clears (?:it|things) up|"
    r"(?:(?:Please l|(?<=\n)L)et me know|(?:Please f|F)eel free to (?:ask|reach out|let me know)|(?:Please d|D)on['’]t hesitate to (?:ask|reach out))"
    r"(?: if (?:you (?:need|have|want)|there(?:['’]s| is)) (?:any(?:thing)?(?: (?:other|further|more|additional))?(?: (?:else|help|assistance|information|details|questions|clarification))?)(?: (?:I can (?:help|do|assist)(?: you)?(?: with)?|from me))?)|"
    r"If you (?:need|have|want) any(?:thing)?(?: (?:other|further|more|additional|else))?(?: (?:help|assistance|information|questions))?, (?:please )?(?:let me know|feel free to (?:ask|reach out)|just (?:ask|let me know)|don['’]t hesitate to (?:ask|reach out))|"
    r"(?:Is there anything else I can|(?:What else|How else|How) (?:can|may) I) (?:help|assist|do for)(?: you)?(?: with)?(?: today)?|Feel free to (?:adjust|edit|change|modify|tweak|customi[sz]e|personali[sz]e)[^\n]{0,60}?|"
    r"Ich hoffe,? (?:das|dies) hilft(?: (?:dir|Ihnen|euch))?(?: weiter)?|(?:Lass|Lassen Sie) (?:es )?mich wissen, (?:wenn|falls) (?:du|Sie) (?:noch|weitere)[^\n.]{0,40}|"
    r"J['’]espère que (?:cela|ça) (?:(?:t|vous |te |v)['’]?)?aide(?:ra)?|N['’]hésite(?:z)? pas (?:à|si)[^\n.]{0,60}|Espero que (?:esto )?(?:te |le )?(?:ayude|sirva)|Espero que (?:isso )?(?:ajude|tenha ajudado)|"
    r"Spero (?:che )?(?:questo )?(?:ti |possa )?(?:aiuti|sia d['’]aiuto|essere utile)|Надеюсь, (?:это|что это) пом(?:ожет|огло)|Mam nadzieję, że to pomoże|Umarım (?:bu )?yardımcı olur|Semoga (?:ini )?membantu|Hy vọng (?:điều này )?(?:giúp ích|hữu ích)[^\n.]{0,20}|"
    r"希望(?:这|這|以上)?(?:些)?(?:能|可以|会)?(?:对|對)?(?:你|您)?(?:有所|有)?(?:帮助|幫助|帮到你|帮到您)|(?:ご参考|お役)に(?:なれば|立てれば)(?:幸いです|嬉しいです)|도움이 되(?:었으면|길|기를) (?:좋겠습니다|바랍니다)|أتمنى أن (?:يكون|تكون) [^\n.]{0,20}|आशा है [^\n।]{0,20}मदद[^\n।]{0,10}"
    r"))[.!?。！؟।]?[ \t]?(?:[😊🙂😄👍🤗✨]\ufe0f?)?\s*\Z"
)
_GREETING = re.compile(
    r"(?:[^\n:]{1,30}: ?)?(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening))(?: [^\W\d_]{1,14})?[!,.]?",
    re.IGNORECASE,
)
_FORMAL = (
    r"(?:with )?(?:my )?(?:best|kind|kindest|warm|warmest) (?:regards|wishes)|regards|sincerely(?: yours)?|yours (?:truly|sincerely|faithfully)|respectfully|warmly|"
    r"mit (?:freundlichen|besten|lieben) grüßen|(?:viele|liebe|beste|herzliche|freundliche) grüße|(?:bien )?cordialement|bien à (?:toi|vous)|atentamente|"
    r"(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atenciosamente|cordialmente|(?:cordiali|distinti) saluti|с уважением|с наилучшими пожеланиями|pozdrawiam|z poważaniem|"
    r"saygılarımla|med vänlig(?:a)? hälsning(?:ar)?|met vriendelijke groet(?:en)?|s pozdravem|hormat saya|trân trọng|مع (?:أطيب )?(?:التحيات|التحية|تحياتي)|此致|祝好|敬具"
)
_FRIENDLY = (
    r"best|cheers|thanks(?: again)?|thank you|many thanks|love|xoxo|take care|talk soon|all the best|see you(?: then| there| soon)?|lg|vg|gruß|grüße|bis dann|danke|merci|bises|"
    r"à bientôt|gracias|(?:un )?abrazos?|besos|obrigad[oa]|abraços?|grazie|a presto|спасибо|до встречи|teşekkürler|dzięki|terima kasih|cảm ơn|谢谢|ありがとう|धन्यवाद|شكرا"
)
_LEFT_OPEN = r"[\[{<(](?i:[^\[\]{}<>()\n]{0,12}(?:name|nom|nombre|nome|имя|名|이름|اسم|नाम))[^\n]{0,6}[\]}>)]"
_ASIDE = re.compile(
    r"\s*[*_]{0,3}(?:\(([^()\n]{1,300})\)|\[([^\[\]\n]{1,300})\]|（([^（）\n]{1,300})）|【([^【】\n]{1,300})】)[*_]{0,3}\s*|\s*\*{1,3}([^*\n]{1,300})\*{1,3}\s*|\s*_([^_\n]{1,300})_\s*"
)
_THINKS = (
    r"\A\W{0,3}(?:(?:thinks?|thinking|typing|pauses|pausing|considers|considering|ponders|pondering)\b[^\n]*|(?:inner|internal) (?:thoughts?|monologue)\b[^\n]*|"
    r"(?:denkt(?: nach| na)?|überlegt|tippt|réfléchit|piensa|pensa|думает|печатает|myśli|düşünüyor|(?:sedang )?berpikir|(?:đang )?suy nghĩ|思考(?:中)?|想了想|考え(?:中|る)|入力中|생각(?: ?중)?|सोचता है|يفكر|คิด)(?:\.\.\.|…)?)\W{0,3}\Z|"
    r"\A\W{0,3}(?:he|she|they)(?:['’]s| is| are)? (?:asks?|asking|wants?|said|says)\b"
)
_QUOTED_BEFORE = re.compile(r"\A(?P<lines>(?:>[^\n]*\n)+)(?P<blank>\s*\n)?(?=[^\s>])")
_RULED_OFF = re.compile(rf"[(\[（【*_]|[^\n]{{0,200}}?(?:{_ABOUT}|{_OF_A_REPLY})", re.IGNORECASE)
_RULE = re.compile(r"^[ \t]{0,3}(?:[-*_=—–][ \t]?){3,}+[ \t]*+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Patterns:
    """How an owner's name stands where the owner does not speak: in an `aside`; as a signature with the
    `closing` before it, behind all that is said (`alone`), or by itself (`name`)."""

    aside: re.Pattern[str]
    closing: re.Pattern[str]
    alone: re.Pattern[str]
    name: re.Pattern[str]


@lru_cache(maxsize=16)
def _patterns(owner: str) -> _Patterns:
    parts = owner.split()
    forms = dict.fromkeys(
        (owner, parts[0], f"{parts[0]} {parts[-1][0]}.", "".join(part[0] for part in parts))
    )
    names = "|".join(re.escape(form) for form in forms if len(form) > 1) or r"(?!)"
    signed = rf"[*_]{{0,2}}(?:[—–~-]{{1,2}} ?)?[*_]{{0,2}}(?:(?i:{names})|{_LEFT_OPEN})[^\w\n?:]{{0,6}}\s*\Z"
    anyone = r"[^\W\d_a-z][^\W\d_]{1,14}(?: [^\W\d_a-z][^\W\d_]{0,14}){0,2}\s*\Z"
    word = rf"(?i:{_FORMAL}|{_FRIENDLY})"
    return _Patterns(
        re.compile(f"{_THINKS.replace('(?:he|', '(?i:he|')}|\\A(?:{of_owner(owner)})"),
        re.compile(
            rf"\n\s*(?:{word}[,.!]?[ \t]*\n\s*{signed}|{word}[,，][ \t]*\n\s*{anyone}|[^\n]{{1,40}}[,，][ \t]*\n\s*{signed}|"
            rf"{word},? {signed}|{word}[,，]\Z)|\n\s*\n(?i:{_FORMAL})[.!]?\Z|(?<=[.!?…。！？])\s*(?:{word}[,，]\s*{signed}|[—–] ?{signed})|(?<=[\"”»」])\s*[—–~-] ?{signed}"
        ),
        re.compile(rf"\A(?P<said>[^\n]{{1,80}}?)[,，][ \t]*\n\s*{signed}"),
        re.compile(
            rf"\n\s*\n\s*{signed}|\n[—–~-]{{1,2}} ?[*_]{{0,2}}(?:(?i:{names})|{_LEFT_OPEN})[*_]{{0,2}}\s*\Z"
        ),
    )


def without_notes(text: str) -> str:
    """Without what a model says of its reply behind it."""
    text = _without_ruled_off(text)
    said = _OFFER.sub("", _NOTE.sub("", text))
    rest = _GOODBYE.sub("", said).strip()
    # "Hello! How can I help you?" is all one.
    return (said if _GREETING.fullmatch(rest) else rest).strip().removesuffix("###").rstrip()


def _without_ruled_off(text: str) -> str:
    """Without what stands below a rule and speaks of the reply: in brackets or stars, in its words, or with a
    capital where the reply has none. One's own goes on as it began ("yes / --- / also bring wine")."""
    kept = end = 0
    for rule in _RULE.finditer(text):
        if not text[:end].strip():
            kept = rule.end() if not text[: rule.start()].strip() else kept
        part = text[rule.end() :].partition("\n---")[0].strip()
        said = text[kept : rule.start()].strip()
        if said and (
            not part
            or _RULED_OFF.match(part)
            or (said[0].islower() and not part[0].islower() and part[0].isalpha())
        ):
            return said
        end = rule.start()
    return text[kept:].strip()


def without_asides(text: str, owner: str) -> str:
    """Without the lines at either end that stand in brackets or stars as a whole and say what the owner does,
    or thinks; and without a thought that is quoted before the reply."""
    quote = _QUOTED_BEFORE.match(text)
    if quote and _is_thought(quote, text, owner):
        text = text[quote.end() :]
    lines = text.strip().split("\n")
    first, last = 0, len(lines)
    while first < last and (_is_aside(lines[first], owner) or not lines[first].strip()):
        first += 1
    while last > first and (_is_aside(lines[last - 1], owner) or not lines[last - 1].strip()):
        last -= 1
    return "\n".join(lines[first:last]).strip()


def _is_thought(quote: re.Match[str], text: str, owner: str) -> bool:
    """Whether a quote is none of another's message, which people answer on the next line."""
    if without_notes(f"x\n\n{text[quote.end() :]}") == "x":
        return False
    return bool(quote["blank"]) or thinks_aloud(quote["lines"].replace(">", " "), owner)


def _is_aside(line: str, owner: str) -> bool:
    match = _ASIDE.fullmatch(line)
    if match is None:
        return False
    inner = next(part for part in match.groups() if part).strip()
    return bool(_patterns(owner).aside.search(inner)) or thinks_aloud(inner, owner)


def without_signature(text: str, owner: str) -> str:
    """Without the end of a letter: the owner's name on a line of its own, and the word before it."""
    signs = _patterns(owner)
    text = signs.alone.sub(r"\g<said>", signs.closing.sub("", text)).strip()
    match = signs.name.search(text)
    # Behind a question or a colon, and in a list, a name is what is said.
    before = text[: match.start()].rstrip() if match else ""
    return text if not before or before.endswith(("?", ":", "：", "？")) or "\n-" in f"\n{before}" else before

# ruff: noqa: E501 (what is not Latin counts double)
"""The first of several replies that a model offers to choose from. Pure.

The owner sees it before it is sent.
"""

import re

from core.prompt.cleaning.wrapping import QUOTES

_OPTION = (
    r"\W{0,4}?(?:(?:Option|Version|Alternative|Variant|Variante|Opción|Opção|Opzione|Opcja|Optie|Seçenek|Pilihan|Alternativ|Alternatief|Вариант|Варіант|Reply|Response|"
    r"Choice|Draft|Suggestion|Möglichkeit|Vorschlag|Proposition|Propuesta|الخيار|विकल्प)\s*\(?(?:\d|[A-DА-Г]\b|#\d|one|two|three)\)?|(?:First|Second|Third) (?:option|choice|reply|version)|option [a-d](?=\s?:)|"
    r"(?:选项|選項|方案|版本|回复)\s*[\d一二三ABC]|(?:案|例|オプション|選択肢|候補)\s*[\dA-C]|(?:옵션|선택|선택지|답장)\s*[\dA-C]|"
    r"(?<=\*\*)(?:Casual|Formal|Friendly|Short|Long|Polite|Playful)(?=:))"
    r"(?:\s?\([^()\n]{0,40}\))?\*{0,3}(?:\s?[:：.)\-–—][*_\s]{0,6}|[ \t]*\n\s{0,3})"
)
_FIRST_OPTION = re.compile(rf"\A{_OPTION}")
_NEXT_OPTION = re.compile(
    rf"\n{_OPTION}|\n\W{{0,5}}(?:Or|OR|Alternatively|Oder|Ou|Или|或者|または)\b[^\n:：]{{0,60}}[:：]|"
    r"\n[ \t]{0,3}\n\W{0,3}(?:or|Or)\W{0,3}\n|\n\W{0,3}OR\W{0,3}\n"
)
_ANY_OPTION = re.compile(rf"(?:\A|\n){_OPTION}")
_FIRST_NUMBER = re.compile(r"1|one|first|[\s(]?[aа]\b|[A一]", re.IGNORECASE)
_OF_REPLIES = re.compile(
    r"reply|response|draft|version|suggest|vorschlag|proposition|propuesta|回复|案|候補|답장|\(|casual|formal|friendly|short|long|polite|playful",
    re.IGNORECASE,
)
_IN_PERSON = re.compile(
    r"(?:I|I['’]\w{1,2}|we|we['’]\w{1,2}|my|count me|see you|sounds|happy|love|can['’]?t|cannot|won['’]?t|of course|absolutely|certainly|definitely|thanks|thank you|hey|hi|hello|haha\w*|sorry|good|great|not|"
    r"ich|wir|danke|hey|gerne?|passt|leider|nicht|je|j['’]\w+|on|merci|avec|désolée?|pas|yo|nos|gracias|claro|lo siento|me|eu|obrigad[oa]|claro|desculpa|io|ci|grazie|certo|volentieri|mi|я|мы|спасибо|конечно|извини|с удовольствием|jasne|dzięki|chętnie|"
    r"ik|wij|bedankt|graag|tabii|olur|maalesef|jag|vi|tack|gärna|saya|aku|maaf|mình|tôi|xin)\b|我|当然|谢谢|抱歉|もちろん|ごめん|ありがとう|물론|미안|고마|أنا|شكرا|آسف|मैं|माफ|ज़रूर",
    re.IGNORECASE,
)
"""How a reply begins, not a thing to choose."""
_BULLET = re.compile(r"(?:[-*•–]|\d[.)])\s+")
_QUOTED = re.compile(r"\"[^\"\n]+\"|[“„][^“”„\n]+[”“]|«[^«»\n]+»|「[^「」\n]+」")
_LETTERED = re.compile(r"\AA[.)]\s+(?P<first>[^\n]+?)\s+B[.)]\s")
_FEWEST_WORDS = 4
_NUMBERED = re.compile(
    r"(?:^|(?<=\S) (?=[2-5b-eB-E][.)] ))[ \t]*(?:[*_]{0,2}[(\[]?(?P<sign>\d|[A-Ea-e]|i{1,3}|iv|[Ⅰ-Ⅴ]|[一二三四五])(?:[)\].:、]| -)[*_]{0,2}|(?P<keycap>\d\ufe0f?\u20e3|[①-⑤])|(?P<mark>[-*•–]))\s+?[*_]{0,2}(?=\S)|^[一二三四五\d][、．](?=\S)",
    re.MULTILINE,
)
_ANSWERS = re.compile(
    r"(?:yes|yeah|yep|sure|ok(?:ay)?|no|nope|nah|maybe|perhaps|not|ja|nein|klar|vielleicht|oui|non|peut-être|sí|si|no|quizás|tal vez|sim|não|talvez|sì|forse|да|нет|может|tak|nie|może|nee|misschien|evet|hayır|belki|"
    r"ya|tidak|mungkin|nej|kanske|måske|có|không|ναι|όχι|نعم|لا|ربما|हाँ|हां|नहीं|שלום|כן|לא)(?!\w)|好|行|可以|不|也许|是|没|はい|うん|いいえ|いや|たぶん|응|네|예|아니|글쎄",
    re.IGNORECASE,
)
_CHOOSING = re.compile(
    r"\n[^\n]{0,40}(?:\b(?:which (?:one|option|do you)|prefer|choose|pick one)\b|welche|laquelle|cuál|какой|哪)[^\n]*\Z",
    re.IGNORECASE,
)


def first_alternative(text: str) -> str:
    """The first of several replies."""
    lines = [_BULLET.sub("", line.strip()) for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and (all(map(_QUOTED.fullmatch, lines)) or _are_replies(text)):
        return lines[0]
    lettered = _LETTERED.match(text)
    if lettered:
        return lettered["first"]
    if _are_of_the_world(text):
        return text
    return _first_answer(_FIRST_OPTION.sub("", _NEXT_OPTION.split(text, maxsplit=1)[0]))


def _are_of_the_world(text: str) -> bool:
    """Whether options are put to somebody ("Option 1: tuesday"): the first says neither yes nor no, nothing in
    the first person, and nothing else says that replies are meant."""
    first = _ANY_OPTION.search(text)
    if first is None or (first.start() and not _FIRST_NUMBER.search(first.group())):
        return False
    item = text[first.end() :].lstrip()
    meant = "*" in first.group() or _OF_REPLIES.search(first.group()) or item[:1] in QUOTES
    return not (meant or _ANSWERS.match(item) or _IN_PERSON.match(item))


def _first_answer(text: str) -> str:
    """The first of a list whose items say yes, no or maybe: a list of things has none of them twice."""
    bare = _CHOOSING.sub("", text)
    items = list(_NUMBERED.finditer(bare))
    if len(items) < 2 or items[0].start():
        return text
    said = [
        bare[one.end() : (items[number + 1].start() if number + 1 < len(items) else len(bare))].strip()
        for number, one in enumerate(items)
    ]
    answers = sum(bool(_ANSWERS.match(item)) for item in said)
    return said[0].rstrip("*_ ") if answers > 1 and _ANSWERS.match(said[0]) else text


def _are_replies(text: str) -> bool:
    """Whether all of it is a list, and its lines are sentences: things to bring are not."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not all(map(_BULLET.match, lines)) or len({line[0].isdecimal() or line[0] for line in lines}) > 1:
        return False
    return all(
        len(line.split()) > _FEWEST_WORDS and any(sign in line[2:] for sign in ",;.!?") for line in lines
    )

# ruff: noqa: E501 (what is not Latin counts double)
"""Whose words a line holds: the owner's own label comes off, another speaker's ends the reply. Pure."""

import re
from collections.abc import Collection
from functools import lru_cache

_MACHINE = (
    "assistant|ai|bot|chatbot|model|reply|response|answer|final answer|final reply|output|draft|"
    "助手|助理|回复|回覆|答复|回答|返信|返答|アシスタント|답장|답변|응답|어시스턴트|ассистент|помощник|ответ|"
    "assistent|antwort|assistante?|réponse|asistente|respuesta|assistente|resposta|risposta|odpowiedź|"
    "asystent|yanıt|cevap|asistan|odpověď|svar|vastaus|válasz|răspuns|відповідь|مساعد|المساعد|رد|الرد|پاسخ|"
    "दस्तक|उत्तर|जवाब|सहायक|trả lời|jawaban|balasan|απάντηση|תשובה"
)
_OTHERS = (
    "user|human|system|instruction|input|question|用户|使用者|人类|系统|ユーザー|사용자|пользователь|benutzer|"
    "nutzer|utilisateur|usuario|usuário|utente|użytkownik|kullanıcı|gebruiker|користувач|المستخدم|کاربر|"
    "उपयोगकर्ता"
)
_CLOCK = r"\[?\(?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]m)?\)?\]?"
_BEFORE = rf"[*_#>\-–\s]*(?:{_CLOCK}[*_\s,\-–]*)?[@\[({{<]?[*_]*"
_AFTER = (
    rf"[*_]*[\])}}>]?[*_]*(?:\s*{_CLOCK})?(?:\s*\([^()\n]{{0,40}}\))?"
    r"(?:\s+(?:says?|said|replies|replied|answers|answered|writes|wrote|would (?:say|reply|answer)|"
    r"to [^\n:：]{1,30}))?"
    r"[*_]*\s*[:：︰](?![)(/\\|]|[DPpOo3](?!\w)|-[)(DPp/|])[*_]*\s*"
)
# A role's header whose tokens are gone: "assistant", and the reply on the next line.
_HEADER = re.compile(r"^\s*(?:assistant|model|ai|bot|gpt|ipython)\s*\n+\s*", re.IGNORECASE)
_NEXT_HEADER = re.compile(
    r"\n\s*(?:user|human|assistant|model|system)\s*(?:\n|\Z)|(?<=\S)assistant\n\n|"
    r"\n\s*#{1,3}\s*(?:instruction|input|response|human|user|assistant|system)\b",
    re.IGNORECASE,
)
# Whom one speaks to or of: after these a name with a colon begins what is said of them.
_SPOKEN_OF = frozenset(
    """
    a about an and ask asked avec by call cc con dear de et for from für hello hey hi like meet mit of or para ping
    plus pour sag said say tell text than thanks that the to told und von vs with y
    """.split()  # noqa: SIM905 (a list of words reads better)
)


@lru_cache(maxsize=64)
def _patterns(owner: str, others: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    owners, strangers = _alternatives([owner], others), _alternatives(others, (owner,))
    own = rf"(?:(?:{owners})(?:['’]s (?:reply|response|answer|message|draft))?|"
    own += rf"(?:reply|response|answer|message|draft) (?:from|by|as|to|for) (?:{owners}|{strangers})|"
    own += rf"(?:suggested|possible|draft|short|casual|brief) (?:reply|response)|{_MACHINE})"
    other = rf"(?:{strangers}|{_OTHERS})"
    return (
        re.compile(rf"\A{_BEFORE}{own}{_AFTER}", re.IGNORECASE),
        re.compile(rf"\A(?:[*_\s]*<(?:{owners})>\s+|\**(?:{owners})\**\s*\n+)", re.IGNORECASE),
        re.compile(rf"\A{_BEFORE}{other}{_AFTER}|\A\s*<{other}>\s", re.IGNORECASE),
        re.compile(rf"\n{_BEFORE}(?:{other}|{own}){_AFTER}|\n\s*<(?:{other}|{owners})>\s", re.IGNORECASE),
        re.compile(r"\n\s*You\s*[:：]"),
        re.compile(
            rf"(?P<before>[^\s]*)\s+[*\[<]{{0,2}}(?:{strangers}|{owners})[*\]>]{{0,2}}[:：](?:\**\s|\**\Z)"
        ),
    )


def _alternatives(names: Collection[str], taken: Collection[str]) -> str:
    """The names, and the first of each where nobody else goes by it."""
    firsts = [name.split()[0] for name in names if " " in name and len(name.split()[0]) > 1]
    free = [first for first in firsts if first.casefold() not in {name.casefold() for name in taken}]
    every = sorted({*names, *free} - {""}, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name) for name in every) or r"(?!)"


def own_words(text: str, owner: str, others: Collection[str]) -> str:
    """The owner's own message: without its label, and ended where another's begins. Empty where the text
    begins as another's and the owner never speaks."""
    label, bare, other, following, you, inline = _patterns(owner, tuple(sorted(others)))
    text = _HEADER.sub("", text)
    if other.match(text):
        turns = re.split(r"\n+", text)
        mine = [number for number, line in enumerate(turns) if label.match(line) or bare.match(line)]
        text = "\n".join(turns[mine[0] :]) if mine else ""
    before = ""
    while text != before:
        before, text = text, bare.sub("", label.sub("", text))
    text = text[: min(_start(pattern, text) for pattern in (_NEXT_HEADER, following, you))]
    return text[: _inline(inline, text)].strip()


def _start(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return match.start() if match else len(text)


def _inline(pattern: re.Pattern[str], text: str) -> int:
    for match in pattern.finditer(text):
        before = match["before"].strip("*_\"'“”(").casefold()
        if before not in _SPOKEN_OF:
            return match.end("before")
    return len(text)

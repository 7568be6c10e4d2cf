# ruff: noqa: E501 (what is not Latin counts double)
"""Whose words a line holds: the owner's own label comes off, another speaker's ends the reply. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from core.lookalikes import COLONS

_LABELS_ON_END = 3
_MACHINE = (
    "assistant|reply|response|answer|final answer|final reply|(?-i:AI|Ai|BOT|Bot|Chatbot|MODEL|Model|Output|Draft|Message|Text|Chat message)|"
    "助手|助理|回复|回覆|答复|回答|返信|返答|アシスタント|답장|답변|응답|어시스턴트|ассистент|помощник|ответ|"
    "assistent|antwort|assistante?|réponse|asistente|respuesta|assistente|resposta|risposta|odpowiedź|"
    "asystent|yanıt|cevap|asistan|odpověď|svar|vastaus|válasz|răspuns|відповідь|مساعد|المساعد|رد|الرد|پاسخ|"
    "दस्तक|उत्तर|जवाब|सहायक|trả lời|jawaban|balasan|απάντηση|תשובה"
)
# In small letters these are words of a reply: "user: admin", "input: usb-c".
_OTHERS = (
    "(?-i:User|USER|Human|HUMAN|System|SYSTEM|Instruction|Input|Question)|用户|使用者|人类|系统|ユーザー|사용자|"
    "пользователь|benutzer|nutzer|utilisateur|usuario|usuário|utente|użytkownik|kullanıcı|gebruiker|користувач|"
    "المستخدم|کاربر|उपयोगकर्ता"
)
_COLON = f"[:{COLONS}]"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]m)?"
_CLOCK = rf"[\[(]?(?:\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}},?\s)?{_TIME}[\])]?"
_WHEN = rf"\s?[—–,-]?\s?(?:(?:Today|Yesterday) at\s)?{_CLOCK}"
# Each part is of few signs, so that a text of nothing else is read once.
_PICTURE = r"(?:[^\w\s\"'“”„«»()\[\]{}<>*_`@#:;.,!?/\\|-]{1,4}\s?)?"
_BEFORE = rf"[*_#>\-–\s]{{0,12}}(?:{_CLOCK}[*_\s,\-–]{{0,5}})?{_PICTURE}[@\[({{<]?[*_]{{0,3}}"
_AFTER = (
    rf"[*_]{{0,3}}[\])}}>]?[*_]{{0,3}}(?:{_WHEN})?(?:\s?\([^()\n]{{0,40}}\))?"
    r"(?:说|說|\s(?:says?|said|replies|replied|answers|answered|writes|wrote|would (?:probably |likely )?"
    r"(?:say|reply|answer)|sends?|könnte (?:so )?antworten|pourrait répondre|podría responder|responds?|responded|(?:to|->|→|=>)\s[^\n:：]{1,30}))?"
    rf"[*_]{{0,3}}\s{{0,4}}{_COLON}(?![)(/\\|]|[DPpOo3](?!\w)|-[)(DPp/|])[*_]{{0,3}}(?:\s?\|\n)?\s*"
)
# A role's header whose tokens are gone: "assistant", and the reply on the next line.
_HEADER = re.compile(
    r"\A\s*(?:assistant|model|ai|bot|gpt|ipython)\s*\n\s*|"
    r"\A\s*(?:\#{1,4}\s|\*\*|__)(?:reply|response|answer|message|draft)(?:\*\*|__)?[ \t]*\n\s*",
    re.IGNORECASE,
)
_NEXT_HEADER = re.compile(
    r"\n(?:user|human|assistant|model|system)[ \t]*(?:\n|\Z)|(?<=\S)assistant\n\n|\s(?-i:USER|ASSISTANT|HUMAN):\s|"
    r"\n\#{1,3}[ \t]?(?:instruction|input|response|human|user|assistant|system)\b",
    re.IGNORECASE,
)
_IN_A_LIST = re.compile(rf"(?:^|[,.;|/]\s)\w{{1,20}}{_COLON}\s")
_LINE = re.compile(r"[^\n]*")


@dataclass(frozen=True, slots=True)
class _Labels:
    """How a text can begin as the owner's (`label`, `header`, `tagged`) or as another's, and a further line as either."""

    label: re.Pattern[str]
    header: re.Pattern[str]
    tagged: re.Pattern[str]
    other: re.Pattern[str]
    following: re.Pattern[str]


@lru_cache(maxsize=64)
def _labels(owner: str, others: tuple[str, ...]) -> _Labels:
    owners, strangers = _alternatives([owner], others, initials=True), _alternatives(others, (owner,))
    own = rf"(?:(?:{owners})(?:['’]s (?:reply|response|answer|message|draft))?|"
    own += rf"(?:reply|response|answer|message|draft) (?:from|by|as|to|for) (?:{owners}|{strangers})|"
    own += rf"(?:suggested|possible|draft|short|casual|brief) (?:reply|response)|{_MACHINE})"
    other = rf"(?:{strangers}|{_OTHERS})"
    above = rf"[*_#\s]{{0,6}}(?:{owners})[*_]{{0,3}}(?:{_WHEN})?[*_]{{0,3}}[ \t]*"
    marked = rf"(?:[*_#]{{1,4}}\s?(?:{strangers})[*_]{{0,3}}|(?:{strangers})[*_]{{0,3}}{_WHEN})[ \t]*"
    return _Labels(
        re.compile(rf"\A{_BEFORE}{own}{_AFTER}|\A{_BEFORE}(?:{owners})[*_]{{0,3}}\s[—–-]\s", re.IGNORECASE),
        re.compile(rf"\A(?:[*_\s]{{0,6}}(?:{_CLOCK}\s)?<(?:{owners})>\s+|{above}\n\s*)", re.IGNORECASE),
        re.compile(rf"\A<(?:{owners})>(?P<text>[^<]+)</(?:{owners})>\Z", re.IGNORECASE),
        re.compile(rf"\A(?!@){_BEFORE}{other}{_AFTER}|\A\s*<{other}>|\A{marked}\n", re.IGNORECASE),
        re.compile(
            rf"\n[\"“]?(?!@){_BEFORE}(?:{other}|{own}){_AFTER}|\n(?:{_CLOCK}\s)?<(?:{other}|{owners}|user)>|"
            rf"\n{marked}\n|\n(?:{strangers})\s[-–—]\s|\n(?-i:Q): |"
            rf"\n(?-i:You)\s?{_COLON}",
            re.IGNORECASE,
        ),
    )


def _alternatives(names: Collection[str], taken: Collection[str], *, initials: bool = False) -> str:
    """The names, and the first of each (with `initials` the last too) where nobody else goes by it."""
    parts = [name.split() for name in names if len(name.split()) > 1]
    short = [part[0] for part in parts if len(part[0]) > 1]
    if initials:
        short += [form for part in parts for form in (part[-1], f"{part[0]} {part[-1][0]}.") if len(form) > 1]
    free = [form for form in short if form.casefold() not in {name.casefold() for name in taken}]
    every = sorted({*names, *free} - {""}, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name) for name in every) or r"(?!)"


def own_words(text: str, owner: str, others: Collection[str]) -> str:
    """The owner's own message: without its label, and ended where another's begins. Empty where the text
    begins as another's and the owner never speaks. A list of who does what is the owner's own."""
    labels = _labels(owner, tuple(sorted(others)))
    text = labels.tagged.sub(r"\g<text>", _HEADER.sub("", text, count=1))
    if labels.other.match(text):
        if _is_list(text):
            return text.strip()
        turns = text.split("\n")
        mine = (number for number, line in enumerate(turns) if _begins_as_owner(f"{line}\n", labels))
        first = next(mine, None)
        text = "" if first is None else "\n".join(turns[first:])
    for _ in range(_LABELS_ON_END):
        text = labels.label.sub("", labels.header.sub("", text, count=1), count=1)
    return text[: min(_start(_NEXT_HEADER, text), _next_turn(labels.following, text))].strip()


def _begins_as_owner(line: str, labels: _Labels) -> bool:
    return bool(labels.label.match(line) or labels.header.match(line))


def _is_list(text: str) -> bool:
    """Whether its first line says something of several."""
    line = _LINE.match(text)
    return line is not None and len(_IN_A_LIST.findall(line.group())) > 1


def _start(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return match.start() if match else len(text)


def _next_turn(pattern: re.Pattern[str], text: str) -> int:
    """Where another turn begins; behind a colon begins a list instead."""
    start = _start(pattern, text)
    return len(text) if text[:start].rstrip("*_ \n").endswith((":", "：")) else start

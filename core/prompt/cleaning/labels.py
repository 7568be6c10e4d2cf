# ruff: noqa: E501 (what is not Latin counts double)
"""Whose words a line holds: the owner's own label comes off, another speaker's ends the reply. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.lookalikes import COLONS, skeleton
from core.prompt.cleaning.sounds import sounds_like
from core.prompt.cleaning.speakers import before_others
from core.prompt.cleaning.turns import before_turn

_LABELS_ON_END = 3
_MACHINE = (
    "assistant|reply|response|answer|final answer|final reply|(?-i:Final(?: (?:message|text|version|draft))?|FINAL|Best reply|Best response|GPT-?\\d?[^\\W\\d_]{0,3}(?: Correct)? Assistant|AI|Ai|BOT|Bot|Chatbot|MODEL|Model|Output|Draft|Message|Text|Chat message)|"
    "助手|助理|回复|回覆|答复|回答|答|返信|返答|返事|アシスタント|답장|답변|응답|답|어시스턴트|ассистент|помощник|ответ|"
    "assistent|antwort|assistante?|réponse|asistente|respuesta|assistente|resposta|risposta|odpowiedź|"
    "asystent|yanıt|cevap|asistan|odpověď|svar|vastaus|válasz|răspuns|відповідь|مساعد|المساعد|رد|الرد|پاسخ|"
    "दस्तक|उत्तर|जवाब|सहायक|(?:câu )?trả lời|jawaban|balasan|antwoord|antwortvorschlag|คำตอบ|ตอบกลับ|απάντηση|תשובה"
)
# In small letters these are words of a reply: "user: admin", "input: usb-c".
_OTHERS = (
    "(?-i:User|USER|Human|HUMAN|System|SYSTEM|Instruction|Input|Question)|用户|使用者|人类|系统|ユーザー|사용자|"
    "пользователь|benutzer|nutzer|utilisateur|usuario|usuário|utente|użytkownik|kullanıcı|gebruiker|користувач|"
    "المستخدم|کاربر|उपयोगकर्ता"
)
# As a script names its own speaker; "me: tired, you: never" is said of two.
_SAYING = (
    "say|repl|typ|voice|respon|answer|writ|text|messag|send|tell|draft|words|"
    "antwort|sag|schreib|nachricht|répon|dirait|dit|écri|messag|dic|dir|mensaj|escrib|escrev|mensag|rispo|respo|respu|scriv|odpow|powie|pisze|"
    "yanıt|cevap|der ki|yazar|trả lời|viết|nói|отве|скаж|говор|пиш|напи|відпов|svar|skriv|säger|siger|zegt|antwoord|schrijf|bericht|"
    "ask|frag|demand|pregunt|spraš|спра|спрос|问|問|묻|"
    "vasta|kirjoit|válasz|răspun|odpov|jawab|balas|menulis|απαντ|λέει|说|說|回|答|返|言|書|답|말|메시지|رد|يقول|جواب|उत्तर|जवाब|कह|ตอบ|ענה|אומר|תשוב"
)
"""Stems: where one of these stands beside the owner's own name before a colon, it is not the owner who says so."""
_FROM = "from|by|as|for|of|von|vom|de|di|da|do|du|van|av|fra|from|od|від|от"
# "Alex here: running late" is how one says who writes.
_INTRODUCES = (
    "from|here|with|in|at|the|of|and|or|von|vom|aus|hier|ici|aquí|de|del|da|di|du|из|от|и|und|et|y|e"
)
_MYSELF = "Me|ME|Myself|Ich|Moi|Yo|Eu|Io|Ik|Jag|Я|我|私|僕|俺|나|저|أنا|मैं|Saya|Aku|Tôi|ฉัน|ผม"
# Two letters that mean something else before a colon, whoever has them for initials.
_NO_INITIALS = frozenset(
    """PS PM AM RE FW NB ID OK CC QA IT TV PC US UK EU HQ DM IP FYI TLDR ETA BTW TODO""".split()  # noqa: SIM905 (a list of words reads better)
)
_COLON = f"[:{COLONS}]"
_MYSELF_FIRST = re.compile(rf"\A[*_]{{0,2}}(?:{_MYSELF})[*_]{{0,2}}\s?{_COLON}[*_]{{0,2}}\s*(?=\S)")
_MYSELF_NEXT = re.compile(rf"\n[*_]{{0,2}}(?:{_MYSELF})[*_]{{0,2}}\s?{_COLON}[*_]{{0,2}}\s*(?=\S)")
_LABELLED = re.compile(rf"[^\n:{COLONS}]{{1,40}}{_COLON}\s")
_HEAD = re.compile(rf"(?P<head>[^\n{COLONS}:]{{1,60}}){_COLON}")
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
_ADDRESSES = re.compile(
    r"(?:you(?:['’](?:re|ll|ve|d)|r)?|u|ur|du|dein\w{0,2}|tu|t['’]es|ton|toi|vous|tú|ты|тебе|ти|você|jij|je|sen|kamu|bạn)\b|[你您]|너|君",
    re.IGNORECASE,
)
"""One line to somebody by name: "Sam: you're first"."""
_LINE = re.compile(r"[^\n]*")


@dataclass(frozen=True, slots=True)
class _Labels:
    """How a text can begin as the owner's (`label`, `header`, `tagged`) or as another's, and a further line as either;
    and the forms of the names."""

    label: re.Pattern[str]
    header: re.Pattern[str]
    tagged: re.Pattern[str]
    other: re.Pattern[str]
    following: re.Pattern[str]
    owners: str
    strangers: str


@lru_cache(maxsize=64)
def _labels(owner: str, others: tuple[str, ...]) -> _Labels:
    owners, strangers = _alternatives([owner], others, initials=True), _alternatives(others, (owner,))
    # A persona may say the full name where the label is the first alone.
    stranger = rf"(?!(?:{strangers})\b)" if others else ""
    whole = rf"{stranger}(?:{owners})(?: (?-i:[^\W\d_a-z][\w’'-]{{1,20}}))?"
    said = rf"(?:(?:in|so|how|what)\s(?:[^\s{COLONS}:,.!?]{{1,10}}\s)?)?(?:{owners})(?:['’]\w{{1,4}}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{{1,2}})?(?:\s(?!(?:{_INTRODUCES})\b)[^\s{COLONS}:,.!?]{{1,20}}){{0,3}}?"
    said += rf"\s?[^\s{COLONS}:,.!?]{{0,8}}?(?:{_SAYING})[^\s{COLONS}:,.!?]{{0,12}}(?:\s[^\s{COLONS}:,.!?]{{1,10}})?"
    named = rf"(?:[^\s{COLONS}:,.!?]{{1,12}}\s)?[^\s{COLONS}:,.!?]{{0,4}}(?:{_SAYING})[^\s{COLONS}:,.!?]{{0,10}}(?:\s(?:(?:{_FROM})\s|d['’])|(?<=[^\x00-\x7f])\s)(?:{owners})\w?"
    owners += _initials(owner)
    own = rf"(?:{said}|{named}|{whole}|(?:{owners})|"
    own += rf"(?:reply|response|answer|message|draft) (?:(?:from|by|as) (?:{owners})|(?:to|for) (?:{owners}|{strangers}))|"
    own += rf"(?:suggested|possible|draft|short|casual|brief) (?:reply|response)|{_MACHINE})"
    other = rf"(?:(?-i:From )?(?:{strangers})(?: (?-i:[^\W\d_a-z][\w’'-]{{1,20}}))?(?:['’]s (?:reply|response|answer|message|text)|\s[^\s{COLONS}:,.!?]{{0,4}}(?:{_SAYING})[^\s{COLONS}:,.!?]{{0,10}})?|"
    other += rf"(?:reply|response|answer|message|text) (?:from|by) (?:{strangers})|{_OTHERS})"
    letter = f"A|{re.escape(owner[:1].upper())}" if owner[:1].isalpha() else "A"
    above = rf"[*_#\s]{{0,6}}(?:{owners})[*_]{{0,3}}(?:{_WHEN})?[*_]{{0,3}}[ \t]*"
    marked = rf"(?:[*_#]{{1,4}}\s?(?:{strangers})[*_]{{0,3}}|(?:{strangers})[*_]{{0,3}}{_WHEN})[ \t]*"
    return _Labels(
        re.compile(
            rf"\A{_BEFORE}{own}{_AFTER}|\A{_BEFORE}(?:{owners})[*_]{{0,3}}\s[—–-]\s|\A[(\[*](?:speaking |responding |replying )?as (?:{owners})[)\]*]:?\s+",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\A(?:[*_\s]{{0,6}}(?:{_CLOCK}\s)?<(?:{owners})>\s+|[\[(](?:{owners})[\])]\s+|{above}\n\s*|(?:{owners})(?:\s?[>»⟩➤›▸▶]|\s[|│])\s+|"
            rf"`(?:{owners})(?:\s?{_COLON}`|`\s?{_COLON})\s*|[*_]{{1,3}}[\[(<](?:{owners})[\])>]\s?{_COLON}?[*_]{{1,3}}\s?{_COLON}?\s*|\|(?:{owners})\|\s*|"
            rf"[\"“](?:{owners})(?:[\"”]\s?{_COLON}|{_COLON}[\"”])\s*|(?-i:{letter}){_COLON}\s(?![\s\S]*(?:^|\s)[B-Z][:.)]\s))",
            re.IGNORECASE,
        ),
        re.compile(rf"\A<(?:{owners})>(?P<text>[^<]+)</(?:{owners})>\Z", re.IGNORECASE),
        re.compile(
            rf"\A(?!@){_BEFORE}{other}{_AFTER}|\A\s*(?:{_CLOCK}\s)?<{other}>|\A\s*[\[【](?:{strangers})[\]】]|\A\s*(?:{strangers})(?:>|\s[|»➤›▸▶])\s|\A{marked}\n",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\n[\"“]?(?!@){_BEFORE}(?:{other}|{own}){_AFTER}|\n(?:{_CLOCK}\s)?<(?:{other}|{owners}|user)>|"
            rf"\n{marked}\n|\n(?:{strangers})\s[-–—]\s|\n(?-i:Q): |"
            rf"\n(?-i:You)\s?{_COLON}",
            re.IGNORECASE,
        ),
        owners,
        strangers,
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


def _initials(owner: str) -> str:
    letters = [part[0].upper() for part in owner.split()]
    if len(letters) < 2 or "".join(letters) in _NO_INITIALS:
        return ""
    dotted = r"\.\s?".join(map(re.escape, letters)) + r"\."
    return f"|(?-i:{re.escape(''.join(letters))}|{dotted})"


def _undisguised(text: str, names: Sequence[str]) -> str:
    """The text with the labels in plain letters that are written in wide ones, or in others that look alike."""
    if text.isascii():
        return text
    looks = {skeleton(form): form for name in names for form in (name.split()[0], name) if skeleton(form)}
    owner = names[0].split()[0] if names[0].strip() else ""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        head = _HEAD.match(line)
        if head and not head["head"].isascii():
            known = looks.get(skeleton(head["head"])) or (number == 0 and _named(head["head"], owner))
            lines[number] = f"{known}{line[head.end('head') :]}" if known else line
    return "\n".join(lines)


def _named(head: str, owner: str) -> str:
    """A label in which the owner's name stands in another script, with the name as it is known."""
    for word in re.findall(r"[^\W\d_](?:[^\s*_\[\]<>()]*[^\s*_\[\]<>()])?", head):
        bare = word.rstrip("의の가はが")
        if sounds_like(bare, owner):
            return head.replace(word, owner + word[len(bare) :])
    return ""


def own_words(text: str, owner: str, others: Collection[str], *, of_a_chat: bool = True) -> str:
    """The owner's own message: without its label, and ended where another's begins. Empty where the text
    begins as another's and the owner never speaks. A list of who does what is the owner's own; outside `of_a_chat`
    a name that is not known is nobody's label."""
    labels = _labels(owner, tuple(sorted(others)))
    text = labels.tagged.sub(r"\g<text>", _HEADER.sub("", _undisguised(text, (owner, *others)), count=1))
    if other := labels.other.match(text):
        if _is_list(text) or (_ADDRESSES.match(text, other.end()) and "\n" not in text.strip()):
            return text.strip()
        turns = text.split("\n")
        mine = (number for number, line in enumerate(turns) if _begins_as_owner(f"{line}\n", labels))
        first = next(mine, None)
        text = "" if first is None else "\n".join(turns[first:])
    if of_a_chat and not _is_list(text):
        text = before_others(
            _without_myself(text),
            (owner, *others),
            lambda line: _begins_as_owner(line, labels),
            lambda line, at: bool(_ADDRESSES.match(line, at)),
        )
    for _ in range(_LABELS_ON_END):
        text = labels.label.sub("", labels.header.sub("", text, count=1), count=1)
    text = text[
        : min(_start(_NEXT_HEADER, text), _next_turn(labels.following, text), _me_again(text))
    ].strip()
    return before_turn(text, labels.owners, labels.strangers)


def _without_myself(text: str) -> str:
    """Without a "Me:" before all that is said; of several that are labelled it is one, as in a joke."""
    match = _MYSELF_FIRST.match(text)
    others = match and any(_LABELLED.match(line) for line in text[match.end() :].split("\n"))
    return text if match is None or others else text[match.end() :]


def _me_again(text: str) -> int:
    """Where a "Me:" begins behind what had no label."""
    match = _MYSELF_NEXT.search(text)
    listed = match is None or _LABELLED.match(text) or text[: match.start()].rstrip().endswith((":", "："))
    return len(text) if match is None or listed else match.start()


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

"""A reply without what a model has said back: the fixed phrases of its prompt, and what it answers. Pure."""

import re
from collections.abc import Collection
from functools import lru_cache

from core.prompt import phrases

_QUOTE = r"[“\"][^\n”\"]{0,600}[”\"]"
_AS_LINES = (phrases.GROUP, phrases.PRIVATE, phrases.IDENTITY, phrases.VOICE, phrases.WISH)
"""What else stands on the line of one of these is of the prompt too."""
_PARTS = {"title": r"[^\n]{1,40}?", "speaker": r"[^\n:]{1,40}", "quote": rf"[^\n:]{{1,40}}:\s?{_QUOTE}"}
_FEWEST_WORDS, _FEWEST_SIGNS = 4, 6
"""Less is repeated by people too ("pizza? sure"); the signs are of scripts without blanks."""
_MOST_WORDS = 80
_WORD = re.compile(r"[^\W_]+")
_ONE_LETTER = str.maketrans("İı", "ii")
_UNDIVIDED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_DATE = r"[A-Z]\w{5,8}, \d{1,2} [A-Z]\w{2,8} \d{4}"


def without_echo(text: str, owner: str) -> str:
    """The text without what only the prompt says, line by line."""
    lines, parts = _patterns(owner)
    return parts.sub("", lines.sub("", text)).strip()


def without_heard(text: str, others: Collection[str], heard: Collection[str]) -> str:
    """What follows what was heard, where that is said again before the reply: on lines of its own, in quotes,
    as a question, or behind its speaker's name."""
    names, said = tuple(sorted(others)), _folded(text)
    for message in sorted((*heard, "\n".join(heard)), key=len, reverse=True):
        words = _WORD.findall(message)
        if len(words) > _MOST_WORDS or (
            len(words) < _FEWEST_WORDS and len(_UNDIVIDED.findall(message)) < _FEWEST_SIGNS
        ):
            continue
        # A pattern costs milliseconds to make, each message has its own, and hardly any is said again.
        if not all(_folded(word) in said for word in words):
            continue
        match = _again(tuple(words), names).match(text)
        if match and (rest := text[match.end() :].strip()):
            return rest
    return text


def _folded(text: str) -> str:
    """So that what differs in capitals alone is the same, as `re.IGNORECASE` has it."""
    return text.translate(_ONE_LETTER).casefold()


@lru_cache(maxsize=64)
def _again(words: tuple[str, ...], others: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(form) for name in others for form in (name, *name.split()[:1]))
    said = r"(?:[\W_]|\n){1,6}?".join(map(re.escape, words))
    who = f"Q|Question|Message|Heard{f'|{names}' if names else ''}"
    speaker = rf"(?:(?:{who})(?: \w{{2,8}})?[*_]{{0,2}}\s?[:：,]?[*_]{{0,2}}\s{{0,3}})?"
    quote = r"[\"”»“」』]"
    ends = (
        rf"(?:(?:{quote}|[*_)\]]){{0,3}}\s{{0,3}}\n|[?？؟](?:{quote}|[*_)\]]){{0,3}}|"
        rf"[.!。！…]?{quote}{{1,2}}|\s(?=A:))"
    )
    answer = r"\s{0,4}(?:[*_]{0,2}(?:A|Answer)[*_]{0,2}\s?[:：][*_]{0,2})?"
    return re.compile(
        rf"\A[\W_]{{0,6}}{speaker}[\W_]{{0,4}}{said}[.!。！…]{{0,3}}\s?{ends}{answer}", re.IGNORECASE
    )


@lru_cache(maxsize=16)
def _patterns(owner: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))

    def pattern(phrase: str) -> str:
        fixed = re.split(r"(\{\w+\})", phrase.strip())
        known = {"owner": f"(?:{names})", "text": _QUOTE, "heard": _QUOTE, "reply": _QUOTE} | _PARTS
        return "".join(known.get(part[1:-1], "") if part[:1] == "{" else re.escape(part) for part in fixed)

    begun = [pattern(phrase.partition("{company}")[0]) for phrase in _AS_LINES]
    begun += [pattern(phrases.TASK.partition("{most}")[0]), pattern(phrases.NOTES.partition(".")[0])[2:]]
    alone = [
        pattern(phrase)
        for phrase in (phrases.ANSWERED, phrases.KNOWN, phrases.EARLIER, phrases.NOW, phrases.RULES)
    ]
    cited = [pattern(phrase) + rf"\s*{_QUOTE}" for phrase in (phrases.SO_FAR, phrases.DRAFT_BEFORE)]
    cited += [pattern(phrase) for phrase in (phrases.SAID, phrases.EXAMPLE)]
    ends = r"(?:\n|\Z)"
    # A phrase that the reply follows on one line goes alone.
    whole = [pattern(phrase) for phrase in (phrases.NOTES, phrases.DIFFERENTLY)] + [f"Today is {_DATE}\\."]
    answered = rf"{pattern(phrases.IN_REPLY)}[ \t]*:?"
    return (
        re.compile(
            rf"^(?:- )?(?:(?:{'|'.join([*whole, answered])})[ \t]*\n?|[(]?(?:{'|'.join(begun)})[^\n]*{ends}|"
            rf"(?:{'|'.join([*alone, *cited])})[ \t]*{ends}|\(in reply to [^\n)]*\Z)",
            re.MULTILINE,
        ),
        re.compile(rf"[ \t]?{pattern(phrases.IN_REPLY)}"),
    )

"""A reply without the fixed phrases of the prompt that a model has said back. Pure."""

import re
from functools import lru_cache

from core.prompt import phrases

_QUOTE = r"[“\"][^\n”\"]{0,600}[”\"]"
_AS_LINES = (phrases.GROUP, phrases.PRIVATE, phrases.IDENTITY, phrases.VOICE, phrases.WISH)
"""What else stands on the line of one of these is of the prompt too."""
_PARTS = {"title": r"[^\n]{1,40}?", "speaker": r"[^\n:]{1,40}", "quote": rf"[^\n:]{{1,40}}:\s?{_QUOTE}"}
_DATE = r"[A-Z]\w{5,8}, \d{1,2} [A-Z]\w{2,8} \d{4}"


def without_echo(text: str, owner: str) -> str:
    """The text without what only the prompt says, line by line."""
    lines, parts = _patterns(owner)
    return parts.sub("", lines.sub("", text)).strip()


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

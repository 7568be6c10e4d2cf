"""A reaction to a message, as the text that it is kept as. Pure."""

import re

REACTION = re.compile(r"\[reacted [^\[\]\n]+\]")


def in_words(emoji: str) -> str:
    """As adapters hand it over: `[reacted 👍]`."""
    shown = " ".join(re.sub(r"[\[\]]", " ", emoji).split())
    return f"[reacted {shown or 'with an emoji'}]"


def is_reaction(text: str) -> bool:
    """Whether that is all that a message is."""
    return REACTION.fullmatch(text.strip()) is not None

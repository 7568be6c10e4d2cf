"""What can be kept of what a model wrote, without asking it again: the reply alone, or that there is none.

Pure. Each step takes away one thing that is no part of a reply, until nothing more comes off.
"""

import re
from collections.abc import Collection
from functools import partial

from core.prompt.cleaning.aloud import after_thinking_aloud, thinks_aloud, without_process, without_set_off
from core.prompt.cleaning.alternatives import first_alternative
from core.prompt.cleaning.echoes import without_echo, without_heard
from core.prompt.cleaning.heads import without_head
from core.prompt.cleaning.labels import own_words
from core.prompt.cleaning.notes import without_asides, without_notes, without_signature
from core.prompt.cleaning.offers import without_offers
from core.prompt.cleaning.preambles import without_preamble
from core.prompt.cleaning.reasoning import (
    calls_tool,
    outside_thought,
    unescaped,
    without_layout,
)
from core.prompt.cleaning.refusals import is_no_reply
from core.prompt.cleaning.runaway import ended
from core.prompt.cleaning.sentences import whole_sentences
from core.prompt.cleaning.stage import without_stage
from core.prompt.cleaning.tokens import without_tokens
from core.prompt.cleaning.untagged import without_third_person, without_untagged_thought
from core.prompt.cleaning.wrapping import unwrapped
from core.prompt.signs import visible

# Behind a blank, half of a token may be half of anything: the sentence had not ended.
_HALF_TOKEN = re.compile(r"(?<=\w) <\|?\w{0,30}\Z")
_TAIL = 24
"""Characters that tell whether a reply ends where the text does."""
_LONGEST, _LONGEST_REPLY = 40_000, 6_000
"""Characters that are looked at: of all that a model wrote, and of what it says outside of thoughts."""
_NOBODY = "\0"
"""A name that no text holds any more."""
_ROUNDS = 5
"""What is wrapped deeper, or in more turns, is no reply."""


def clean(
    text: str,
    owner: str,
    others: Collection[str],
    max_sentences: int,
    *,
    heard: Collection[str] = (),
    cut_off: bool = False,
    about_owner: bool = False,
) -> str:
    """The owner's reply, in whole sentences, at most so many; empty where the text holds none.

    `owner` and `others` are the speakers' labels, `heard` is what is answered. `cut_off`: the model was
    stopped at its limit, so that the last sentence is half of one. `about_owner`: it answers the owner, of
    themselves and from their notes, so that to speak of either is no thought. Takes time in proportion to the
    text, up to what is looked at.
    """
    read = partial(_reply, owner=owner, others=others, heard=heard, about_owner=about_owner)
    cut_off = cut_off or len(text) > _LONGEST
    text = visible(text[:_LONGEST]).rstrip("\ufffd").strip()
    reply = read(text)
    single = ended(reply)
    # Where something else came off behind the reply, the reply itself had come to its end.
    open_end = _HALF_TOKEN.sub("", text).rstrip("`\"'”")
    half = cut_off and single == reply and open_end.endswith(reply.rstrip("`\"'”")[-_TAIL:])
    text = whole_sentences(single, max_sentences, cut_off=half)
    for _ in range(_ROUNDS):
        before, text = text, whole_sentences(ended(read(text)), max_sentences, cut_off=False)
        if text == before:
            return text
    return ""


def _reply(
    text: str, owner: str, others: Collection[str], heard: Collection[str], *, about_owner: bool
) -> str:
    told_of = _NOBODY if about_owner else owner
    text = outside_thought(unescaped(text))[:_LONGEST_REPLY].strip()
    if calls_tool(text):
        return ""
    text = without_tokens(text)
    text = without_process(text)
    text = without_untagged_thought(text if about_owner else without_echo(text, owner), owner)
    text = without_asides(text if about_owner else without_third_person(text, owner), told_of)
    text = without_head(without_heard(text, others, heard), owner, others)
    if thinks_aloud(text, told_of):
        text = after_thinking_aloud(text, told_of)
    text = without_set_off(text, told_of)
    for _ in range(_ROUNDS):
        before = text
        text = without_preamble(without_head(unwrapped(text), owner, others), told_of)
        text = without_offers(without_notes(text), told_of)
        text = text if about_owner else without_stage(text)
        text = own_words(text, owner, others, of_a_chat=not about_owner)
        text = without_asides(first_alternative(text).strip(), told_of)
        text = without_layout(without_signature(text, told_of))
        if text == before:
            break
    return "" if is_no_reply(text, told_of, from_notes=about_owner) else text

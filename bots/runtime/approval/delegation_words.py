"""What a delegation does, and what stops it, in words. Pure."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

from bots.api.delegation_views import DelegationPreview, DelegationView, RepliesView
from bots.platforms.card_lines import group_name, unquoted
from bots.platforms.registry import titled
from core.types import Conversation, Kind, Mode, Persona, PersonId, Replies, SmallTalk
from memory.outbox.coverage import NO_REPLIES as NAMES_NO_REPLY
from memory.outbox.coverage import OTHER_PERSONA, PERSONA_MODE, DelegationState, Stop

KINDS = tuple(kind.value for kind in SmallTalk)
NO_REPLIES = (
    "none of your own messages there is small talk that could be sent for you: give replies of yours, for"
    f" {', '.join(KINDS[:-1])} or {KINDS[-1]} (--reply KIND=TEXT in the terminal, lines of KIND: TEXT in your"
    " DM with the twin, the boxes in the console)"
)
LONGEST_NAME = 60
LINK = "say whose account it is first, as in understudy people --link ACCOUNT PERSON"
MODE_WORDS = {Mode.OBSERVE: "only observed", Mode.DRAFT: "for your approval"}


def place_name(place: Conversation) -> str:
    """A conversation, and where it is."""
    name = group_name if place.kind is Kind.GROUP else unquoted
    return f"{name(place.title, LONGEST_NAME)} ({titled(place.platform)})"


def replies_view(replies: Replies) -> RepliesView:
    """By the kinds' names."""
    return {kind.value: tuple(texts) for kind, texts in replies.items()}


def raised(place: Conversation | None, explicit: Mode | None, persona: Persona) -> list[str]:
    """What a delegation lifts: the mode that the owner set for a conversation, and the persona's."""
    lifted = []
    if place is not None and explicit in MODE_WORDS:
        lifted.append(f"{place_name(place)} is set to {explicit} now: it goes to auto")
    if persona.mode in MODE_WORDS:
        there = "" if place is None else f" in {place_name(place)}"
        lifted.append(f"{persona.name} is set to {persona.mode}: this goes above it{there}")
    return lifted


def unlinked(place: Conversation, speak: Collection[str], listen: Collection[str]) -> list[str]:
    """Who in a conversation is none of the owner's people: who speaks there, and who reads along."""
    said = []
    if speak:
        said.append(f"{place_name(place)}: nothing would go, for {_everything_asks(speak)}")
    if listen:
        who = _listed(listen)
        said.append(f"{place_name(place)}: {who} reads along; once they speak, it stops: {LINK}")
    return said


def fingerprinted(preview: DelegationPreview) -> DelegationPreview:
    """With a digest of what the owner is shown, to know whether it is so still when they say yes."""
    no_end = datetime.min.replace(tzinfo=UTC)
    looked_at = repr(replace(preview, replies={}, expires_at=no_end, missing="", fingerprint=""))
    return replace(preview, fingerprint=hashlib.sha256(looked_at.encode("utf-8", "replace")).hexdigest())


def preview_words(preview: DelegationPreview) -> list[str]:
    """What would be sent to whom until when, line by line."""
    several = ", ".join(preview.reader_names)
    return [
        f"I would answer {preview.title} as {preview.persona}, with one of these, without asking you:",
        *(f"  {kind}: {' / '.join(texts)}" for kind, texts in preview.replies.items()),
        f"To: {several}; as soon as somebody else reads along, it stops.",
        *([f"Now in: {', '.join(preview.titles)}."] if preview.titles else []),
        f"Until {preview.expires_at:%a %d %b %H:%M}, at most {preview.per_hour} an hour to each person.",
        *(f"Your yes lifts this: {lifted}." for lifted in preview.raises),
        *(f"{told}." for told in preview.unlinked),
        *(["Sending is paused: nothing goes until you resume."] if preview.paused else []),
    ]


def delegation_view(
    state: DelegationState,
    title: str,
    name: Callable[[PersonId], str],
    per_hour: int,
) -> DelegationView:
    """A delegation as it stands."""
    given = state.delegation
    return DelegationView(
        id=str(given.id),
        target=given.conversation or given.person or "",
        title=title,
        persona=given.persona,
        replies=replies_view(given.replies),
        reader_names=tuple(sorted(map(name, given.members))),
        expires_at=given.expires_at,
        per_hour=per_hour,
        left={name(person): left for person, left in state.sends_left.items()},
        stopped=stopped_words(state, name),
    )


def stopped_words(state: DelegationState, name: Callable[[PersonId], str]) -> str:
    """Why it sends nothing; where it does in some conversations, which are left out."""
    if state.paused:
        return "stopped: sending is paused"
    if not state.delegation.replies:
        return _words(Stop(NAMES_NO_REPLY), name)
    stops = ((place, stop) for place, stop in state.places if stop is not None)
    reasons = {place_name(place): _words(stop, name) for place, stop in stops}
    if reasons and len(reasons) == len(state.places) and len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    return "; ".join(f"{place}: {reason}" for place, reason in reasons.items())


def _words(stop: Stop, name: Callable[[PersonId], str]) -> str:
    if stop.rule == OTHER_PERSONA:
        return f"stopped: {stop.persona or 'no persona whose file is good'} speaks there"
    if stop.rule == PERSONA_MODE:
        return f"stopped by the persona's mode {stop.mode}"
    if stop.mode is not None:
        return f"stopped by mode {stop.mode}"
    if stop.rule == NAMES_NO_REPLY:
        return "stopped: it names no reply of yours; delegate anew"
    if stop.unknown:
        return f"stopped: {_everything_asks(list(map(name, stop.unknown)))}"
    if stop.newcomers is None:
        return "stopped: who reads along cannot be listed any more"
    joined = _listed(list(map(name, stop.newcomers)))
    return f"stopped: {len(stop.newcomers)} joined since ({joined})"


def _everything_asks(who: Collection[str]) -> str:
    speak = "speaks" if len(who) == 1 else "speak"
    return f"{_listed(who)} {speak} there, so that everything asks you: {LINK}"


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))

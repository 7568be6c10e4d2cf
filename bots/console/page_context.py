"""What a page shows, gathered from the twin; every function here only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bots.api.twin import Twin
from bots.api.views import ConversationView, DraftView, MessageView, PersonView, StatusView
from bots.console.markdown import digest_page, in_words
from bots.console.rendering import called
from core.audience import circle, person, place
from core.errors import UnderstudyError
from core.types import PersonId

PLATFORM = "console"
THREAD_LENGTH = 80
SLOW_AFTER = timedelta(seconds=20)
WAITING_FIRST = {"uncertain": 0, "waiting": 1, "approved": 1, "sending": 1, "snoozed": 2}


@dataclass(frozen=True, slots=True)
class ThingToTry:
    """A message that is worth sending in the demo; `look`: what to look at once it is sent.

    `person` and `conversation` are ids, as `sam` and `console:sam`.
    """

    person: str
    conversation: str
    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class ModelNotice:
    """Which model speaks, and how to get a better one; `commands` are lines for a terminal."""

    name: str
    summary: str
    how: str = ""
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Here:
    """The conversation that is open on the contact's side, and as whom one writes there."""

    id: str
    title: str
    platform: str
    about: str
    speaker: str
    speaker_name: str
    speakers: tuple[tuple[str, str], ...]
    writable: bool
    draft: str | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Words that the owner wrote for a draft that changed meanwhile."""

    conversation: str
    words: str


def here(
    conversations: Sequence[ConversationView],
    people: Sequence[PersonView],
    owner: str,
    wanted: str = "",
    speaker: str = "",
) -> Here:
    """The wanted conversation, else the wanted speaker's own, else the one last spoken in."""
    by_id = {conversation.id: conversation for conversation in conversations}
    names = {person.id: person.name for person in people} | {"owner": owner}
    wanted = wanted or (f"{PLATFORM}:{speaker}" if speaker else "")
    native = wanted.removeprefix(f"{PLATFORM}:")
    chosen = by_id.get(wanted)
    if chosen is None and wanted.startswith(f"{PLATFORM}:") and native in {person.id for person in people}:
        chosen = ConversationView(wanted, PLATFORM, names[native], "direct", (native,), "draft")
    if chosen is None:
        ours = [
            conversation
            for conversation in conversations
            if conversation.platform == PLATFORM and conversation.kind != "owner"
        ]
        chosen = next(iter(ours or conversations), None)
    if chosen is None:
        return Here("", "Nobody yet", PLATFORM, f"Nobody can write to {owner} here yet", "", "", (), False)
    speakers = _speakers(chosen, names)
    current = speaker if speaker in dict(speakers) else speakers[0][0]
    return Here(
        id=chosen.id,
        title=chosen.title,
        platform=chosen.platform,
        about=_about(chosen, names, owner),
        speaker=current,
        speaker_name=dict(speakers)[current],
        speakers=speakers,
        writable=chosen.platform == PLATFORM,
        draft=chosen.draft,
        pending=chosen.pending,
    )


def short(owner: str) -> str:
    """What friends call the owner."""
    return owner.split()[0] if owner.split() else owner


def _speakers(conversation: ConversationView, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if conversation.kind == "owner":
        return (("owner", names["owner"]),)
    members = conversation.members
    if members is None:
        members = tuple(name for name in names if name != "owner")
    return tuple((member, called(member, names)) for member in members) or (("owner", names["owner"]),)


def _about(conversation: ConversationView, names: Mapping[str, str], owner: str) -> str:
    if conversation.kind == "owner":
        return f"{owner} and the twin, nobody else"
    if conversation.members is None:
        return f"Anyone of this place may read it. Name {owner} to be answered"
    if conversation.kind == "group":
        listed = ", ".join((*(called(member, names) for member in conversation.members), owner))
        return f"{listed}. Name {owner} to be answered"
    return f"with {owner}"


async def names_of(twin: Twin) -> dict[str, str]:
    """Principals to words: people's names, circles', the titles of places."""
    names: dict[str, str] = {person(PersonId(known.id)): known.name for known in await twin.people()}
    names |= {circle(known.name): known.name for known in await twin.circles()}
    names |= {place(known.id): known.title for known in await twin.conversations()}
    return names


async def thread(twin: Twin, conversation: str) -> tuple[MessageView, ...]:
    """A conversation's last messages; none for one that nobody has written in yet."""
    try:
        return await twin.thread(conversation, THREAD_LENGTH)
    except UnderstudyError:
        return ()


def drafting(messages: Sequence[MessageView], status: StatusView) -> str:
    """What to say while an answer to the last of these messages is being written."""
    if not status.model.ready:
        state = "does not answer" if status.model.problem else "is still loading"
        return f"The model {state}. The message is kept and will be answered."
    if messages and datetime.now(UTC) - messages[-1].at > SLOW_AFTER:
        return f"Still writing: {status.model.name} takes its time on this machine."
    return f"Drafting what {short(status.owner)} would say…"


async def inbox(twin: Twin) -> tuple[DraftView, ...]:
    """The open drafts: what needs a look first, then the newest, then what is put aside."""
    drafts = sorted(await twin.inbox(), key=lambda one: one.created_at, reverse=True)
    return tuple(sorted(drafts, key=lambda draft: WAITING_FIRST.get(draft.status, 1)))


async def contact_context(
    twin: Twin,
    *,
    wanted: str = "",
    speaker: str = "",
    words: str = "",
    look: str = "",
    focus: bool = False,
) -> dict[str, object]:
    """The contact's side: the conversations, the one that is open, the box to write in."""
    conversations, people, status = await twin.conversations(), await twin.people(), await twin.status()
    open_here = here(conversations, people, short(status.owner), wanted, speaker)
    messages = await thread(twin, open_here.id)
    return {
        "owner": short(status.owner),
        "places": conversations,
        "people": people,
        "here": open_here,
        "messages": messages,
        "drafting": drafting(messages, status) if open_here.pending else "",
        "words": words,
        "look": look,
        "focus_composer": focus,
    }


async def inbox_context(
    twin: Twin, *, kept: Kept | None = None, fresh: str = "", partial: bool = True, land: bool = False
) -> dict[str, object]:
    """The owner's side. `fresh` names the conversation whose opened panel is to be closed; with `land`
    the keyboard's focus moves to its card, or to the first."""
    status, drafts = await twin.status(), await inbox(twin)
    pending = [conversation for conversation in await twin.conversations() if conversation.pending]
    shown = {draft.conversation for draft in drafts}
    return {
        "owner": short(status.owner),
        "status": status,
        "drafts": drafts,
        "names": await names_of(twin),
        "unwritten": [
            f"{conversation.title}: {drafting(await thread(twin, conversation.id), status)}"
            for conversation in pending
            if conversation.id not in shown
        ],
        "renewing": {conversation.id for conversation in pending},
        "kept": kept,
        "kept_alone": kept.words if kept and kept.conversation not in shown else "",
        "fresh": fresh,
        "partial": partial,
        "land": land,
        "landing": next((draft for draft in drafts if draft.conversation == fresh), next(iter(drafts), None))
        if land
        else None,
    }


async def digest_context(twin: Twin, name: str) -> dict[str, object]:
    """What would be told now: of the digest of that name, else of the first declared, else of a day."""
    times = await twin.digests()
    name = name or next((time.name for time in times), "")
    view = await twin.digest(name or None)
    return {
        "times": times,
        "name": name,
        "digest_page": digest_page(view.text),
        # by the hour, so that a page that is drawn again asks for the same picture
        "since": f"{view.since:%Y-%m-%dT%H:00%z}",
        "alt": in_words(view.days),
    }


async def ahead_context(twin: Twin, *, land: bool = False) -> dict[str, object]:
    """When digests and reminders come; with `land` the keyboard's focus moves to the reminders."""
    return {"times": await twin.digests(), "reminders": await twin.reminders(), "land": land}

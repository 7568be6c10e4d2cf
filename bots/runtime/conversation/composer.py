"""Messages written on the console: who writes, where, and what of it can be kept."""

import re
import secrets
from contextlib import suppress
from datetime import datetime

from core.errors import OwnerMustFix
from core.ids import message_id, native_of, platform_of
from core.ports import Clock
from core.types import OWNER, Conversation, ConversationId, Kind, Message, PersonId
from memory.archive.messages import Messages
from memory.profile.profile import Profile

PLATFORM = "console"
CONSOLE_DM = ConversationId(f"{PLATFORM}:owner")
LONGEST_TEXT = 1_000_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")


class Composer:
    """Every method raises OwnerMustFix, saying what there is, for what there is not."""

    def __init__(self, owner: str, messages: Messages, profile: Profile, clock: Clock) -> None:
        self._owner = owner
        self._messages = messages
        self._profile = profile
        self._clock = clock

    async def compose(self, person: str, conversation: str, text: str) -> tuple[Conversation, Message]:
        """A message, with an id of its own, and the conversation that it is said in."""
        where = await self.conversation(conversation)
        members = where.members or frozenset()
        # a stranger's account is nobody's that the owner knows, and speaks where it is a member
        who = PersonId(person) if person in members else self.person(person)
        if where.platform != PLATFORM:
            raise OwnerMustFix(
                f"{where.id} is on {where.platform}: only what comes from there is heard there"
            )
        membership = self._profile.membership({})
        if who != OWNER and where.members is not None and who not in map(membership.resolve, members):
            raise OwnerMustFix(f"{who} is not in {where.id}; there are: {_listed(['owner', *members])}")
        said = readable(text)
        if not said.strip():
            raise OwnerMustFix("there is nothing to hear: the text is empty")
        if len(said) > LONGEST_TEXT:
            raise OwnerMustFix(f"a message may have {LONGEST_TEXT} characters, this one has {len(said)}")
        message = Message(
            id=message_id(where.id, secrets.token_hex(8)),
            conversation=where.id,
            author=who,
            text=said,
            sent_at=await self._now(where),
            addressed=where.kind is not Kind.GROUP or self._names_owner(said),
        )
        return where, message

    async def conversation(self, conversation: str) -> Conversation:
        """One that exists, the owner's own DM with the twin, or a new direct one with a known person."""
        stored = await self._messages.conversation(ConversationId(readable(conversation)))
        if stored is not None:
            return stored
        if conversation == CONSOLE_DM:
            return console_dm(self._owner)
        platform, native = platform_of(conversation), native_of(conversation)
        people = self._profile.people()
        if platform == PLATFORM and native in people:
            known = people[PersonId(native)]
            return Conversation(
                ConversationId(conversation), PLATFORM, known.name, members=frozenset({known.id})
            )
        there = [conversation.id for conversation in await self._messages.conversations()]
        raise OwnerMustFix(
            f"there is no conversation {readable(conversation)[:80]!r}; there are: {_listed(there)},"
            f" and {PLATFORM}:NAME for each of your people"
        )

    async def target(self, name: str) -> tuple[Conversation, PersonId | None]:
        """Someone the owner knows, with a direct conversation that stands for all with them; else the one
        conversation of that id or title."""
        with suppress(OwnerMustFix):
            who = self.person(name)
            if who != OWNER:
                title = self._profile.people()[who].name
                direct = ConversationId(f"direct:{who}")
                return Conversation(direct, "direct", title, members=frozenset({who})), who
        wanted = name.casefold().removeprefix("#")
        titled = [
            conversation
            for conversation in await self._messages.conversations()
            if conversation.kind is not Kind.OWNER
            and conversation.title.casefold().removeprefix("#") == wanted
        ]
        return (titled[0] if len(titled) == 1 else await self.conversation(name)), None

    def person(self, person: str) -> PersonId:
        """The owner, or someone that the owner knows, by id or name."""
        if person == OWNER:
            return OWNER
        people = self._profile.people()
        if person in people:
            return PersonId(person)
        named = [one.id for one in people.values() if one.name.casefold() == person.casefold()]
        if len(named) == 1:
            return named[0]
        raise OwnerMustFix(
            f"nobody is called {readable(person)[:80]!r}; there are: {_listed(['owner', *people])}"
        )

    async def _now(self, where: Conversation) -> datetime:
        """Never before what was said there last: a clock that was set back would make this old news."""
        last = await self._messages.recent(where.id, 1)
        return max([self._clock.now(), *(one.sent_at for one in last)])

    def _names_owner(self, text: str) -> bool:
        words = set(re.findall(r"\w+", text.casefold()))
        return bool(words & {*self._owner.casefold().split(), "understudy", "twin"})


def console_dm(owner: str) -> Conversation:
    """The owner's own DM with the twin, on the console."""
    return Conversation(CONSOLE_DM, PLATFORM, f"{owner} and the twin", Kind.OWNER, frozenset())


def readable(text: str) -> str:
    """Text that can be kept and shown: no control characters, no half of a surrogate pair."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def _listed(names: list[str] | list[ConversationId]) -> str:
    shown = sorted(set(names))
    return ", ".join(shown[:20]) + (f" and {len(shown) - 20} more" if len(shown) > 20 else "") or "none yet"

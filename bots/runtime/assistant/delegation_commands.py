"""How far the twin may go, in the owner's DM: what they delegate is shown first, and done on their yes."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bots.api.delegation_views import DelegationPreview, DelegationView
from bots.api.twin import TwinCommands
from bots.platforms.registry import titled
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.approval.delegation_words import preview_words
from bots.runtime.assistant.command_parser import USAGE, placed_mode
from bots.runtime.assistant.named_conversation import named_conversation
from core.errors import OwnerMustFix
from core.ports import Clock
from core.types import Conversation, ConversationId, SmallTalk
from memory.archive.messages import Messages

YES = "yes"
ASKED_LASTS = timedelta(minutes=15)
"""So long a yes is one to what was shown."""
CHANGED = "Nothing is done yet: something has changed since I showed you. It would be this now."
HOW_ON = "Say delegate yes, and I do it; or say it again with other replies below, as greeting: hey"
NOTHING_SHOWN = "I have nothing to say yes to: say delegate NAME, and look first."
UNTIL = re.compile(r"(?P<name>.+?)(?:\s+until\s+(?P<until>.+))?", re.IGNORECASE)
REPLY = re.compile(r"\s*(?P<kind>[a-z-]+)\s*[:=]\s*(?P<texts>.+)", re.IGNORECASE)
BETWEEN = re.compile(r"\s/\s")


class DelegationCommands:
    """What was shown last in each DM is kept until the owner says yes to it, or a quarter of an hour."""

    def __init__(
        self, twin: TwinCommands, messages: Messages, card_builder: CardBuilder, clock: Clock
    ) -> None:
        self._twin = twin
        self._messages = messages
        self._card_builder = card_builder
        self._clock = clock
        self._asked: dict[ConversationId, DelegationPreview] = {}
        self._asked_at = clock.now()

    async def mode(self, rest: str) -> str:
        """`CONVERSATION MODE`. Raises OwnerMustFix and Refused."""
        placed = placed_mode(rest)
        if placed is None:
            return USAGE["mode"]
        name, mode = placed
        conversation = await named_conversation(self._messages, name)
        await self._twin.mode(conversation.id, mode)
        return f"{self._card_builder.title(conversation)}: {mode}."

    async def delegate(self, where: Conversation, rest: str) -> str:
        """`NAME [until TIME]`, with replies below it; or `yes`. Raises OwnerMustFix and Refused."""
        if rest.strip(" .!").casefold() == YES:
            return await self._agreed(where)
        target, until, replies = read_delegation(rest)
        preview = await self._twin.preview_delegation(target, until=until, replies=replies or None)
        if not self._may_show(where.platform, preview.conversations or (preview.target,)):
            return f"That is not for {titled(where.platform)}: delegate it in the console."
        if preview.missing:
            return preview.missing[:1].upper() + preview.missing[1:] + "."
        return self._look(where, preview)

    async def listed(self, where: Conversation) -> str:
        """Those in force, and why others are stopped."""
        lines = [
            in_line(view, replies=self._may_show(where.platform, (view.target,)))
            for view in await self._twin.delegations()
        ]
        return "\n".join(lines) or "Nothing is delegated: everything asks."

    async def revoke(self, rest: str) -> str:
        """`NUMBER`. Raises Refused."""
        done = await self._twin.revoke(rest.strip().removeprefix("#"))
        return f"{done.said[:1].upper()}{done.said[1:]}."

    async def _agreed(self, where: Conversation) -> str:
        preview = self._asked.pop(where.id, None)
        if preview is None or self._clock.now() - self._asked_at > ASKED_LASTS:
            return NOTHING_SHOWN
        replies = {SmallTalk(kind): texts for kind, texts in preview.replies.items()}
        now = await self._twin.preview_delegation(preview.target, None, preview.expires_at, replies)
        if now.fingerprint != preview.fingerprint:
            return f"{CHANGED}\n{self._look(where, now)}"
        view = await self._twin.delegate(
            preview.target,
            replies,
            persona=preview.persona,
            until=preview.expires_at,
            fingerprint=preview.fingerprint,
        )
        return f"Done. {in_line(view, replies=True)}"

    def _look(self, where: Conversation, preview: DelegationPreview) -> str:
        self._asked[where.id], self._asked_at = preview, self._clock.now()
        return "\n".join([*preview_words(preview), HOW_ON])

    def _may_show(self, platform: str, places: Sequence[str]) -> bool:
        return all(self._card_builder.in_full(platform, ConversationId(place)) for place in places)


def read_delegation(rest: str) -> tuple[str, str | None, Mapping[SmallTalk, list[str]]]:
    """To whom, until when, and the replies that are given. Raises OwnerMustFix on what is no such line."""
    first, *lines = rest.strip().splitlines()
    named = UNTIL.fullmatch(first.strip())
    replies: dict[SmallTalk, list[str]] = {}
    for line in filter(str.strip, lines):
        reply = REPLY.fullmatch(line)
        kind = reply and reply["kind"].lower()
        if reply is None or kind not in set(SmallTalk):
            raise OwnerMustFix(f"a reply is a line of KIND: TEXT; there are {', '.join(SmallTalk)}")
        replies.setdefault(SmallTalk(kind), []).extend(BETWEEN.split(reply["texts"].strip()))
    if named is None:
        return first.strip(), None, replies
    return named["name"], named["until"], replies


def in_line(view: DelegationView, *, replies: bool) -> str:
    """A delegation on one line, with its replies where they may be shown."""
    fewest = min(view.left.values(), default=view.per_hour)
    state = view.stopped or f"in force, {fewest} of {view.per_hour} left this hour"
    texts = [f"{kind}: {' / '.join(several)}" for kind, several in view.replies.items()] if replies else []
    until = f"{view.expires_at:%a %d %b %H:%M}"
    return f"{view.id}. {view.title} as {view.persona} until {until} ({state}). {'; '.join(texts)}".strip()

"""Who speaks to the twin and is not its owner: a code proves that they are, and all that is no command is a
message."""

from datetime import datetime

from bots.api.commands import is_slashed
from bots.runtime.approval.card_sync import CardSync
from bots.runtime.assistant.pairing import WRONG, Pairing
from bots.runtime.base.changes import Changes
from bots.runtime.process.incoming import Incoming
from core.ids import platform_of
from core.types import MessageId, PersonId

PAIRED = "This account is yours now: I take orders from it, and from your other ones alone. Say help."


class Strangers:
    """What they say to the twin itself."""

    def __init__(self, pairing: Pairing, incoming: Incoming, card_sync: CardSync, changes: Changes) -> None:
        self._pairing = pairing
        self._incoming = incoming
        self._card_sync = card_sync
        self._changes = changes

    async def said(
        self,
        account: PersonId,
        message: MessageId,
        text: str,
        sent_at: datetime | None,
        *,
        live: bool,
        reply_to: MessageId | None = None,
    ) -> str:
        """The answer; empty where what they said waits for the owner, or was a command, which is the owner's
        alone to give and of which nothing is kept."""
        paired = await self._pairing.tried(account, text)
        if paired:
            await self._incoming.paired(account, message)
            self._card_sync.refresh(platform_of(account))
            self._changes.publish("settings")
            return PAIRED
        if paired is False:
            return WRONG
        if is_slashed(text):
            return ""
        await self._incoming.heard_from_stranger(
            account, message, text, sent_at, live=live, reply_to=reply_to
        )
        return ""

"""What the owner does to a card on a platform, and the word that they get for it."""

from zoneinfo import ZoneInfo

from bots.platforms.port import CardAction, CardEvent
from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.card_builder import UNCERTAIN, CardBuilder, closing, platform_of
from bots.runtime.approval.rules import rule_words
from bots.runtime.base.times import moment
from bots.runtime.conversation.composer import readable
from core.errors import Refused, UnderstudyError
from core.ports import Clock
from core.types import Draft, DraftId, DraftStatus, PersonId
from memory.outbox.drafts import AWAITING
from memory.outbox.outbox import Outbox
from memory.outbox.switches import Switches
from memory.state.accounts import Accounts

SNOOZE = "1h"
LATE = "already handled"
ELSEWHERE = "Open the console for that: here you may only see who and where."
NEEDS_SIGHT = (CardAction.APPROVE, CardAction.EDIT, CardAction.REDRAFT)
"""What nobody can decide who has not seen the draft."""


class CardActions:
    """Only the owner's proven accounts decide. Nothing here raises what we raise on purpose."""

    def __init__(
        self,
        owner: str,
        approvals: Approvals,
        outbox: Outbox,
        control: Switches,
        accounts: Accounts,
        card_builder: CardBuilder,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._owner = owner
        self._approvals = approvals
        self._outbox = outbox
        self._control = control
        self._accounts = accounts
        self._card_builder = card_builder
        self._clock = clock
        self._zone = zone

    async def acted(self, act: CardEvent) -> str:
        """As `Inbound.acted`."""
        if not self._accounts.is_owner(act.account):
            return f"Only {self._owner} can decide this."
        platform = platform_of(act.account)
        try:
            draft = await self._outbox.get(act.draft)
            if act.action in NEEDS_SIGHT and not self._card_builder.in_full(platform, draft.conversation):
                return ELSEWHERE
            return await self._do(act, platform)
        except UnderstudyError as error:
            return await self._in_words(str(error), act.draft)

    async def card_text(self, account: PersonId, draft: DraftId, revision: int) -> str | None:
        """As `Inbound.card_text`."""
        if not self._accounts.is_owner(account):
            return None
        try:
            held = await self._outbox.get(draft)
        except Refused:
            return None
        current = held.revision == revision and held.status in AWAITING
        return (
            held.text
            if current and self._card_builder.in_full(platform_of(account), held.conversation)
            else None
        )

    async def _in_words(self, why: str, draft: DraftId) -> str:
        """A late click hears what became of a draft as its card says it."""
        if not why.startswith(LATE):
            return why
        held = await self._outbox.get(draft)
        if held.status is DraftStatus.SNOOZED:
            return why
        became = closing(held, await self._outbox.handled(draft), self._zone)
        return f"{LATE}: {became}" if became else why

    async def _do(self, act: CardEvent, via: str) -> str:
        draft, revision, text = act.draft, act.revision, readable(act.text)
        match act.action:
            case CardAction.APPROVE:
                return await self._approved(await self._approvals.approve(draft, revision, None, via))
            case CardAction.EDIT:
                await self._approvals.edit(draft, revision, text)
                return "Changed. Approve sends it as it is now."
            case CardAction.REDRAFT:
                await self._approvals.redraft(draft, revision, text)
                return "Drafted anew."
            case CardAction.REJECT:
                await self._approvals.reject(draft, revision, text, via)
                return "Rejected: nothing is sent."
            case CardAction.SNOOZE:
                until = moment(text.strip() or SNOOZE, self._clock.now(), self._zone)
                return _sentence(
                    closing(await self._approvals.snooze(draft, revision, until), "", self._zone)
                )
            case CardAction.ARRIVED:
                return self._arrived(await self._approvals.settle(draft, True, revision))
            case CardAction.MISSING:
                return await self._missing(await self._approvals.settle(draft, False, revision))

    async def _approved(self, draft: Draft) -> str:
        match draft.status:
            case DraftStatus.SENT:
                return "Sent."
            case DraftStatus.APPROVED | DraftStatus.SENDING:
                return f"Approved: {await self._goes(draft)}."
            case DraftStatus.UNCERTAIN:
                return _sentence(UNCERTAIN)
            case DraftStatus.WAITING:
                return f"Not sent: {rule_words(draft.rule)}."
        return _sentence(closing(draft, await self._outbox.handled(draft.id), self._zone))

    def _arrived(self, draft: Draft) -> str:
        rest = ", and the rest of it goes on" if draft.status is DraftStatus.SENDING else ""
        return f"Noted: it arrived{rest}."

    async def _missing(self, draft: Draft) -> str:
        if draft.status is DraftStatus.WAITING:
            return "Noted: it did not. It waits for your leave again."
        became = closing(draft, await self._outbox.handled(draft.id), self._zone)
        return f"Noted: it did not. {_sentence(became)}"

    async def _goes(self, draft: Draft) -> str:
        if await self._control.paused():
            return "it goes once you resume"
        for one in await self._outbox.open():
            if one.conversation == draft.conversation and one.status is DraftStatus.UNCERTAIN:
                return f"it goes once you have said whether draft {one.id} arrived"
        return "it is on its way"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")

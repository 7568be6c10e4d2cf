"""What the owner does to a card on a platform, and the word that they get for it."""

from bots.platforms.port import CardAction, CardEvent
from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.approval.redrafts import Redrafts
from bots.runtime.approval.rules import rule_words
from bots.runtime.approval.wording import UNCERTAIN, closing
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.conversation.composer import readable
from core.errors import AlreadyHandled, Refused, UnderstudyError
from core.ids import platform_of
from core.types import Draft, DraftId, DraftStatus, PersonId
from memory.outbox.drafts import AWAITING
from memory.outbox.outbox import Outbox
from memory.state.accounts import Accounts

SNOOZE = "1h"
ELSEWHERE = "Open the console for that: here you may only see who and where."
NEEDS_SIGHT = (CardAction.APPROVE, CardAction.EDIT, CardAction.REDRAFT)
"""What nobody can decide who has not seen the draft."""


class CardActions:
    """Only the owner's proven accounts decide. Nothing here raises what we raise on purpose."""

    def __init__(
        self,
        owner: str,
        accounts: Accounts,
        outbox: Outbox,
        approvals: Approvals,
        redrafts: Redrafts,
        card_builder: CardBuilder,
        times: OwnerClock,
    ) -> None:
        self._owner = owner
        self._accounts = accounts
        self._outbox = outbox
        self._approvals = approvals
        self._redrafts = redrafts
        self._card_builder = card_builder
        self._times = times

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
        except AlreadyHandled as late:
            return await self._late(late, act.draft)
        except UnderstudyError as error:
            return str(error)

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

    async def _late(self, late: AlreadyHandled, draft: DraftId) -> str:
        """A late click hears what became of a draft as its card says it."""
        held = await self._outbox.get(draft)
        became = "" if held.status is DraftStatus.SNOOZED else closing(held, self._times.zone)
        return str(AlreadyHandled(became or late.became))

    async def _do(self, act: CardEvent, via: str) -> str:
        draft, revision, text = act.draft, act.revision, readable(act.text)
        match act.action:
            case CardAction.APPROVE:
                return await self._approved(await self._approvals.approve(draft, revision, None, via))
            case CardAction.EDIT:
                await self._approvals.edit(draft, revision, text)
                return "Changed. Approve sends it as it is now."
            case CardAction.REDRAFT:
                await self._redrafts.redraft(draft, revision, text)
                return "Drafted anew."
            case CardAction.REJECT:
                await self._approvals.reject(draft, revision, text, via)
                return "Rejected: nothing is sent."
            case CardAction.SNOOZE:
                until = self._times.moment(text.strip() or SNOOZE)
                return _sentence(
                    closing(await self._approvals.snooze(draft, revision, until), self._times.zone)
                )
            case CardAction.ARRIVED:
                return self._arrived(await self._approvals.settle(draft, True, revision))
            case CardAction.MISSING:
                return self._missing(await self._approvals.settle(draft, False, revision))

    async def _approved(self, draft: Draft) -> str:
        match draft.status:
            case DraftStatus.SENT:
                return "Sent."
            case DraftStatus.APPROVED | DraftStatus.SENDING:
                return f"Approved: {await self._approvals.held_up_by(draft) or 'it is on its way'}."
            case DraftStatus.UNCERTAIN:
                return _sentence(UNCERTAIN)
            case DraftStatus.WAITING:
                return f"Not sent: {rule_words(draft.rule)}."
        return _sentence(closing(draft, self._times.zone))

    def _arrived(self, draft: Draft) -> str:
        rest = ", and the rest of it goes on" if draft.status is DraftStatus.SENDING else ""
        return f"Noted: it arrived{rest}."

    def _missing(self, draft: Draft) -> str:
        if draft.status is DraftStatus.WAITING:
            return "Noted: it did not. It waits for you again."
        return f"Noted: it did not. {_sentence(closing(draft, self._times.zone))}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")

"""What a draft's state is in words, on every surface, and whose word it went out on. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bots.platforms.registry import titled
from bots.runtime.approval.rules import rule_words
from core.types import Authorizer, ByDelegation, ByOwner, Draft, DraftStatus

WHERE = {"console": "in the console", "cli": "in the terminal"}
"""Where a decision was made, but for platforms."""
SUPERSEDED = {
    "newer-message": "a newer message came",
    "late-message": "an earlier message came late",
    "owner-answered": "you answered yourself",
    "message-edited": "the message was edited",
    "message-deleted": "the message was taken back",
    "owner-paired": "it was you",
    "another-asked-for": "you asked for a draft for another message",
}
"""What withdrew a draft, by rule."""
UNCERTAIN = "it may or may not have arrived: did it?"


def closing(draft: Draft, zone: ZoneInfo) -> str:
    """What became of a draft; empty while there is something to decide."""
    match draft.status:
        case DraftStatus.WAITING | DraftStatus.UNCERTAIN:
            return ""
        case DraftStatus.SNOOZED if draft.snoozed_until is not None:
            return snoozed(draft.snoozed_until, zone)
        case DraftStatus.SUPERSEDED:
            rule = draft.superseded_by
            return f"withdrawn: {SUPERSEDED.get(rule, rule_words(rule))}"
        case DraftStatus.FAILED:
            return f"failed: {draft.problem}"
    match draft.decided_by:
        case ByOwner(via):
            done = "rejected" if draft.status is DraftStatus.REJECTED else "approved"
            return f"{done} {WHERE.get(via, f'on {titled(via)}')}"
        case ByDelegation() as delegation:
            return approved(delegation)
    return draft.status.value


def snoozed(until: datetime, zone: ZoneInfo) -> str:
    """Put aside, and until when."""
    return f"snoozed until {until.astimezone(zone):%a %d %b, %H:%M}"


def approved(by: Authorizer | None) -> str:
    """On whose word something was sent."""
    match by:
        case ByOwner(via):
            return f"approved by you {WHERE.get(via, f'on {titled(via)}')}"
        case ByDelegation(delegation):
            return f"approved by delegation {delegation}"
        case None:
            return "with no approval on record any more"


def decided(status: DraftStatus, title: str, rule: str) -> str:
    """What a decision about a draft to `title` came to, for who made it."""
    match status:
        case DraftStatus.SENT:
            return f"Sent to {title}."
        case DraftStatus.APPROVED | DraftStatus.SENDING:
            return f"Approved. It goes to {title} as soon as sending is possible."
        case DraftStatus.REJECTED:
            return f"Rejected. Nothing goes to {title}."
        case DraftStatus.UNCERTAIN:
            return f"It is not certain that it reached {title}: please look."
        case DraftStatus.FAILED:
            return f"It could not be delivered to {title}."
        case DraftStatus.WAITING:
            return f"Not sent: {rule_words(rule)}."
    return f"Not sent: it is {status}."

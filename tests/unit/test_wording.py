"""A draft's state in words: those that its owner reads, and those of JSON and refusals."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bots.runtime.approval.wording import approved, closing, decided
from core.types import (
    ByDelegation,
    ByOwner,
    ConversationId,
    Draft,
    DraftId,
    DraftStatus,
    MessageId,
    PersonaName,
)
from memory.outbox import authorizers
from memory.outbox.drafts import became
from tests.fakes import NOON

VIENNA = ZoneInfo("Europe/Vienna")
DRAFT = Draft(
    id=DraftId("7"),
    conversation=ConversationId("console:sam"),
    answers=MessageId("console:sam/1"),
    revision=1,
    text="Yes.",
    persona=PersonaName("friends"),
    records=(),
    status=DraftStatus.WAITING,
    rule="mode-draft",
    model="tiny",
    model_digest="sha256:0",
    created_at=NOON,
)
OWNER_S = replace(DRAFT, decided_by=ByOwner("telegram"))
DELEGATED = replace(DRAFT, decided_by=ByDelegation(3))


@pytest.mark.parametrize(
    ("draft", "status", "for_its_owner", "for_others"),
    [
        (DRAFT, DraftStatus.WAITING, "", ""),
        (replace(DRAFT, snoozed_until=NOON), DraftStatus.SNOOZED, "snoozed until Thu 12 Mar, 13:00", ""),
        (OWNER_S, DraftStatus.APPROVED, "approved on Telegram", "approved via telegram"),
        (OWNER_S, DraftStatus.SENDING, "approved on Telegram", "approved via telegram"),
        (OWNER_S, DraftStatus.SENT, "approved on Telegram", "approved via telegram"),
        (
            replace(DRAFT, decided_by=ByOwner("console")),
            DraftStatus.SENT,
            "approved in the console",
            "approved via console",
        ),
        (DELEGATED, DraftStatus.SENT, "approved by delegation 3", "approved by delegation 3"),
        (DRAFT, DraftStatus.SENT, "sent", "sent"),
        (DRAFT, DraftStatus.SENDING, "sending", "sending"),
        (
            replace(DRAFT, decided_by=ByOwner("cli")),
            DraftStatus.REJECTED,
            "rejected in the terminal",
            "rejected via cli",
        ),
        (
            replace(DRAFT, superseded_by="newer-message"),
            DraftStatus.SUPERSEDED,
            "withdrawn: a newer message came",
            "superseded: newer-message",
        ),
        (
            replace(DRAFT, superseded_by="some-new-rule"),
            DraftStatus.SUPERSEDED,
            "withdrawn: some new rule",
            "superseded: some-new-rule",
        ),
        (DRAFT, DraftStatus.EXPIRED, "expired", "expired"),
        (replace(DRAFT, problem="blocked"), DraftStatus.FAILED, "failed: blocked", "failed: blocked"),
        (replace(DRAFT, problem="cut off"), DraftStatus.UNCERTAIN, "", "uncertain: cut off"),
    ],
)
def test_what_became_of_a_draft(
    draft: Draft, status: DraftStatus, for_its_owner: str, for_others: str
) -> None:
    settled = replace(draft, status=status)
    assert (closing(settled, VIENNA), became(settled)) == (for_its_owner, for_others)


@pytest.mark.parametrize(
    ("by", "for_its_owner", "for_others"),
    [
        (ByOwner("cli"), "approved by you in the terminal", "owner via cli"),
        (ByOwner("slack"), "approved by you on Slack", "owner via slack"),
        (ByDelegation(3), "approved by delegation 3", "delegation 3"),
        (None, "with no approval on record any more", "nobody"),
    ],
)
def test_on_whose_word_it_was_sent(
    by: ByOwner | ByDelegation | None, for_its_owner: str, for_others: str
) -> None:
    assert (approved(by), authorizers.words(by)) == (for_its_owner, for_others)


@pytest.mark.parametrize("status", DraftStatus)
def test_every_decision_is_answered_by_a_sentence(status: DraftStatus) -> None:
    assert decided(status, "Sam", "delegation-over").endswith((".", "please look."))


def test_what_came_back_is_not_said_to_be_on_its_way() -> None:
    assert decided(DraftStatus.WAITING, "Sam", "delegation-over") == "Not sent: delegation over."

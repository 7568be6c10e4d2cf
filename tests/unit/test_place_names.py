"""What kind of place it is, no title and no name can say: a group's is told from any direct message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.card_lines import group_name, unquoted
from bots.runtime.approval.card_builder import where
from bots.runtime.approval.delegation_words import place_name
from core.types import Conversation, ConversationId, Kind, PersonId

DM = Conversation(ConversationId("telegram:5"), "telegram", "Sam", members=frozenset({PersonId("sam")}))


def group(title: str) -> Conversation:
    return Conversation(ConversationId("telegram:-5"), "telegram", title, Kind.GROUP, None)


@pytest.mark.parametrize(
    "title",
    [
        "direct message",
        "direct message on Telegram",
        "Sam",
        "”direct message",
        "x” on Telegram\ndirect message",
        "",
    ],
)
def test_a_group_is_no_direct_message_whatever_it_is_called(title: str) -> None:
    shown = where(group(title).id, group(title))
    assert shown != where(DM.id, DM)
    assert shown.startswith("group “")
    assert shown.endswith("” on Telegram")
    assert shown.count("“") == shown.count("”") == 1
    assert place_name(group(title)) != place_name(DM)


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_is_taken_for_a_groups(title: str, name: str) -> None:
    shown = group_name(title, 60)
    assert shown != unquoted(name, 60)
    assert shown != unquoted(shown, 60)

"""A friend asks on one of the three platforms, and the owner decides there."""

from typing import Any

from tests.wire.fronts import Front
from tests.wire.telegram_server import NOW, OWNER, SAM

PLATFORMS = ("telegram", "slack", "discord")
QUESTION = "free for dinner on friday?"
REPLY = "after climbing, half seven?"
EDITED = "No, Saturday & 1 < 2: at 8, 2 *3* 4, a_b_c, __ok__? ||x|| @everyone"
ON_SLACK = EDITED.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
CONNECTION = "c1"
LINK = {
    "id": CONNECTION,
    "user": OWNER,
    "user_chat_id": 1,
    "date": NOW,
    "is_enabled": True,
    "rights": {"can_reply": True},
}


async def asked(front: Front) -> Any:
    """A friend asks; the card that comes of it."""
    await front.ask(QUESTION)
    await front.until(lambda: front.cards())
    (card,) = front.cards()
    assert QUESTION in front.shown(card)
    assert REPLY in front.shown(card)
    return card


async def asked_in_a_business_chat(front: Any) -> Any:
    """A friend writes to the owner's own account; the card that comes of it."""
    server = front.server
    server.connections[CONNECTION] = LINK
    await server.push({"business_connection": LINK})
    now = int(front.clock.now().timestamp())
    said = server.message(QUESTION, sender=SAM, date=now, business_connection_id=CONNECTION)
    await server.push({"business_message": said})
    await front.until(lambda: front.cards())
    (card,) = front.cards()
    return card


async def edited(front: Front, card: Any) -> None:
    """The owner edits the draft, and the card shows it."""
    await front.edit(card, EDITED)
    await front.until(lambda: "Saturday" in front.shown(card))
    assert front.replies() == []


async def approved_as_edited(front: Front, card: Any) -> None:
    """The owner approves, and exactly what they wrote is sent: once, there, as who it should be."""
    await front.press(card, "approve")
    await front.until(lambda: front.replies())
    assert front.replies() == [front.reply(ON_SLACK if front.name == "slack" else EDITED)]
    await front.until(lambda: not front.is_open(card))


async def rejected(front: Front, card: Any) -> None:
    """The owner rejects, and nothing is sent."""
    await front.press(card, "reject")
    await front.until(lambda: not front.is_open(card))
    assert front.replies() == []


async def approved_in_the_business_chat(front: Front, card: Any) -> None:
    """The owner approves, and it is sent over the connection."""
    await front.press(card, "approve")
    await front.until(lambda: front.replies())
    (sent,) = front.replies()
    assert (sent.where, sent.sender, sent.text) == ("2/None", CONNECTION, REPLY)

"""What Discord's payloads say."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from bots.platforms.discord import parse, payloads, words
from bots.platforms.discord.words import KnownChannels
from core.types import ConversationId, MessageId
from tests.wire.discord_damage import damaged, recorded_messages

HERE = ConversationId("discord:1")
AUTHOR = {"id": "7", "username": "sam", "global_name": "Sam"}


def said(**given: Any) -> str:
    native = {"id": "10", "channel_id": "1", "type": 0, "author": AUTHOR, "content": "", **given}
    known = KnownChannels(roles={5: "climbers"}, channels={6: "general"})
    message = payloads.DiscordMessage.model_validate(native)
    return parse.message(message, HERE, known, addressed=False).text


def test_recorded_messages_are_read() -> None:
    texts = set()
    for one in recorded_messages():
        native = payloads.DiscordMessage.model_validate(one)
        message = parse.message(native, parse.conversation_id(native.channel_id), addressed=False)
        assert message.id == f"discord:{one['channel_id']}/{one['id']}"
        assert abs((message.sent_at - datetime.fromisoformat(one["timestamp"])).total_seconds()) < 300
        texts.add(message.text)
    assert {"@Chat SDK Demo Hey", "DM me", "Nice", "@some role AI Still there?"} <= texts


def test_a_snowflake_holds_its_time() -> None:
    assert parse.moment(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, UTC)
    assert parse.moment(parse.snowflake(datetime(2026, 1, 1, tzinfo=UTC))) == datetime(2026, 1, 1, tzinfo=UTC)


def test_mentions_emoji_and_times_become_words() -> None:
    text = said(
        content="<@7> <@!8> <@9> <@&5> <@&55> <#6> <#66> <a:wave:123> <:ok:4> </pair:9> <t:1767225600:R> <3",
        mentions=[{**AUTHOR, "member": {"nick": "Sammy"}}, {"id": "8", "username": "eve"}],
    )
    assert text == (
        "@Sammy @eve @someone @climbers @some role #general #some channel :wave: :ok: /pair"
        " 2026-01-01 00:00 UTC <3"
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"sticker_items": [{"id": "1", "name": "Wave"}]}, "[sticker Wave]"),
        (
            {"attachments": [{"id": "1", "filename": "a.png", "content_type": "image/png"}]},
            "[sent a photo: a.png]",
        ),
        (
            {"attachments": [{"filename": "a.png", "content_type": "image/png", "description": "a cat"}]},
            "[sent a photo: a cat]",
        ),
        (
            {"attachments": [{"filename": "x.mp4", "content_type": "video/mp4"}]},
            "[sent a video: x.mp4]",
        ),
        ({"attachments": [{"filename": "x.pdf"}]}, "[sent a file: x.pdf]"),
        (
            {
                "flags": 1 << 13,
                "attachments": [{"filename": "voice-message.ogg", "duration_secs": 12.3}],
            },
            "[voice message, 12 s]",
        ),
        (
            {
                "poll": {
                    "question": {"text": "When?"},
                    "answers": [{"poll_media": {"text": "six"}}, {"poll_media": {"text": "seven"}}],
                }
            },
            "[poll: When? — six / seven]",
        ),
        (
            {"content": "look", "embeds": [{"type": "link", "title": "News", "description": "of today"}]},
            "look\n[link: News — of today]",
        ),
        ({"embeds": [{"type": "rich", "title": "Build failed"}]}, "[shows: Build failed]"),
        ({"embeds": [{"type": "gifv"}]}, "[GIF]"),
        (
            {
                "message_reference": {"type": 1, "message_id": "5", "channel_id": "2"},
                "message_snapshots": [{"message": {"content": "approve"}}],
            },
            "[forwarded: approve]",
        ),
        ({}, "[a message without text]"),
    ],
)
def test_what_is_no_text_is_said_honestly(given: dict[str, Any], text: str) -> None:
    assert said(**given) == text


def test_a_reply_keeps_its_reference_and_no_copy() -> None:
    answered = {"id": "9", "author": {"id": "8", "username": "eve"}, "content": "six?\n" + "x" * 200}
    native = payloads.DiscordMessage.model_validate(
        {
            "id": "10",
            "channel_id": "1",
            "author": AUTHOR,
            "content": "yes",
            "type": 19,
            "message_reference": {"message_id": "9", "channel_id": "1"},
            "referenced_message": answered,
        }
    )
    message = parse.message(native, HERE, addressed=True)
    assert message.reply_to == MessageId("discord:1/9")
    assert message.text == "yes"
    came_along = parse.replied_to(native)
    assert came_along is not None
    assert parse.message(came_along, HERE, addressed=False).text.startswith("six?\nxxx")
    assert parse.said_to_twin(native) == "yes"
    assert parse.spoken_to(native) == {"discord:8"}


@pytest.mark.parametrize("mentions", [{}, {"mentions": []}, {"mentions": None}])
def test_a_mention_that_only_the_text_tells_of_is_one(mentions: dict[str, Any]) -> None:
    told = {"id": "10", "channel_id": "1", "type": 0, "author": AUTHOR}
    native = payloads.DiscordMessage.model_validate(
        {**told, "content": "<@5>hi <@!6> <@&7> <@ 8> @9", **mentions}
    )
    assert parse.spoken_to(native) == {"discord:5", "discord:6"}
    native = payloads.DiscordMessage.model_validate({**told, "content": "<@5>", "mentions": [{"id": "8"}]})
    assert parse.spoken_to(native) == {"discord:8"}


def test_a_forward_is_no_reply() -> None:
    native = payloads.DiscordMessage.model_validate(
        {
            "id": "10",
            "channel_id": "1",
            "author": AUTHOR,
            "message_reference": {"type": 1, "message_id": "9", "channel_id": "1"},
            "message_snapshots": [{"message": {"content": "pause"}}],
        }
    )
    assert parse.message(native, HERE, addressed=False).reply_to is None
    assert parse.said_to_twin(native) == "[forwarded: pause]"


def test_quoted_words_are_no_command() -> None:
    native = payloads.DiscordMessage.model_validate(
        {"id": "10", "channel_id": "1", "author": AUTHOR, "content": "> pause"}
    )
    assert parse.said_to_twin(native).startswith("[quoting]")


def test_half_a_character_does_not_reach_the_database() -> None:
    said(content="\ud83d!").encode()


def test_a_preview_or_a_pin_is_no_edit() -> None:
    native = {"id": "10", "channel_id": "1", "author": AUTHOR, "content": "x", "edited_timestamp": None}
    assert parse.edit(payloads.DiscordMessage.model_validate(native)) is None
    native["edited_timestamp"] = "2026-02-17T01:00:00+00:00"
    edited = parse.edit(payloads.DiscordMessage.model_validate(native))
    assert edited == ("x", datetime(2026, 2, 17, 1, tzinfo=UTC))


def test_ids_of_elsewhere_are_not_taken_for_ours() -> None:
    assert parse.channel_of("discord:12") == 12
    for other in ("discord:user/12", "slack:12", "discord:", "discord:1/2", "discord:²"):
        assert parse.channel_of(other) is None
    assert parse.message_of("discord:1/22", HERE) == 22
    assert parse.message_of("discord:1/22+7+👍", HERE) is None
    assert parse.message_of("discord:2/22", HERE) is None


@given(damaged(recorded_messages()))
def test_a_damaged_payload_is_read_as_far_as_it_goes_or_refused(payload: dict[str, Any]) -> None:
    try:
        native = payloads.DiscordMessage.model_validate(payload)
    except ValidationError:
        return
    parse.edit(native)
    parse.spoken_to(native)
    if not parse.is_speech(native):
        return
    message = parse.message(native, HERE, addressed=False)
    assert message.text.strip()
    assert len(message.text) <= words.LONGEST
    message.text.encode()
    parse.author_name(native).encode()
    parse.said_to_twin(native).encode()

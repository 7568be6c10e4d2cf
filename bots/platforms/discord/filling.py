"""Interactions with all that discord.py cannot do without. Pure.

Some of it Discord's documents call optional, leave out of what they call partial, or added late.
"""

from collections.abc import Mapping
from typing import Any

INTERACTION = {"version": 1, "attachment_size_limit": 0}
USER = {"username": "", "discriminator": "0", "avatar": None}
MEMBER = {"roles": (), "flags": 0}
MESSAGE = {
    "type": 0,
    "content": "",
    "attachments": (),
    "embeds": (),
    "edited_timestamp": None,
    "pinned": False,
    "mention_everyone": False,
    "tts": False,
}
CHANNEL = {"name": "", "position": 0, "bitrate": 0, "user_limit": 0}
THREAD = {
    "name": "",
    "parent_id": 0,
    "owner_id": 0,
    "message_count": 0,
    "member_count": 0,
    "thread_metadata": {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": "2015-01-01T00:00:00+00:00",
    },
}
THREADS = (10, 11, 12)
"""Types of channel."""


def filled(payload: object, application: int | None) -> object:
    """The same, with what is missing; what is there stays as it is."""
    if not isinstance(payload, dict):
        return payload
    given = {"application_id": application, **INTERACTION, **payload}
    given |= {key: _with(kind, payload[key]) for key, kind in PARTS.items() if key in payload}
    member = given.get("member")
    if isinstance(member, dict) and "user" in member:
        given["member"] = {**member, "user": _with(USER, member["user"])}
    channel = payload.get("channel")
    if isinstance(channel, dict):
        given["channel"] = {**(THREAD if channel.get("type") in THREADS else CHANNEL), **channel}
    elif "channel_id" in payload:
        # discord.py reads where it was from this alone, and has a server's channels itself.
        direct = "guild_id" not in payload and payload.get("context") in (None, 1)
        given["channel"] = {"id": payload["channel_id"]} | ({"type": 1} if direct else {})
    messages = _deep(payload, "data", "resolved", "messages")
    if isinstance(messages, dict):
        resolved = {**payload["data"]["resolved"], "messages": _each(messages)}
        given["data"] = {**payload["data"], "resolved": resolved}
    return given


PARTS: Mapping[str, Mapping[str, Any]] = {"user": USER, "member": MEMBER, "message": MESSAGE}


def _with(kind: Mapping[str, Any], given: object) -> object:
    return {**kind, **given} if isinstance(given, dict) else given


def _each(messages: Mapping[str, object]) -> dict[str, object]:
    return {key: _with(MESSAGE, one) for key, one in messages.items()}


def _deep(given: object, *keys: str) -> object:
    for key in keys:
        given = given.get(key) if isinstance(given, dict) else None
    return given

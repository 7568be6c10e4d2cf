"""Payloads as Discord's documents show them: discord.com/developers/docs/resources."""

from itertools import count
from typing import Any

Json = dict[str, Any]

TOKEN = "MTAx.test-token.of-the-stand-in"
APPLICATION, TWIN, OWNER, SAM, EVE = 101, 101, 201, 202, 203
GUILD, EVERYONE, TWIN_ROLE = 301, 301, 302
GENERAL, SECRET, THREAD, PRIVATE_THREAD = 401, 402, 403, 404
VIEW, SEND, HISTORY = 1 << 10, 1 << 11, 1 << 16
MESSAGE_CONTENT_LIMITED, MEMBERS_LIMITED = 1 << 19, 1 << 15
SNOWFLAKES = count(1_473_118_766_652_199_044, 1 << 22)


def snowflake() -> int:
    """A new id, a millisecond after the last."""
    return next(SNOWFLAKES)


def user(who: int) -> Json:
    names = {TWIN: "twin", OWNER: "alex", SAM: "sam", EVE: "eve"}
    return {
        "id": str(who),
        "username": names.get(who, f"user{who}"),
        "global_name": None if who == TWIN else names.get(who, f"user{who}").title(),
        "discriminator": "6184" if who == TWIN else "0",
        "avatar": None,
        "bot": who == TWIN,
        "public_flags": 0,
    }


def member(who: int, **given: Any) -> Json:
    return {
        "roles": [str(TWIN_ROLE)] if who == TWIN else [],
        "nick": None,
        "joined_at": "2026-01-04T20:21:10.139000+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "avatar": None,
        "pending": False,
        **given,
    }


def role(which: int, name: str, permissions: int, **given: Any) -> Json:
    return {
        "id": str(which),
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "permissions": str(permissions),
        "managed": "tags" in given,
        "mentionable": False,
        "flags": 0,
        **given,
    }


def channel(which: int, name: str, overwrites: list[Json] | None = None, **given: Any) -> Json:
    return {
        "id": str(which),
        "type": 0,
        "guild_id": str(GUILD),
        "name": name,
        "position": 0,
        "permission_overwrites": overwrites or [],
        "parent_id": None,
        "nsfw": False,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        **given,
    }


def thread(which: int, name: str, kind: int) -> Json:
    return {
        "id": str(which),
        "type": kind,
        "guild_id": str(GUILD),
        "parent_id": str(GENERAL),
        "owner_id": str(SAM),
        "name": name,
        "last_message_id": None,
        "message_count": 0,
        "member_count": 2,
        "rate_limit_per_user": 0,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": "2026-01-05T00:49:57.102000+00:00",
            "locked": False,
        },
    }


def guild() -> Json:
    hidden = [{"id": str(EVERYONE), "type": 0, "allow": "0", "deny": str(VIEW)}]
    hidden += [{"id": str(who), "type": 1, "allow": str(VIEW), "deny": "0"} for who in (TWIN, OWNER)]
    return {
        "id": str(GUILD),
        "name": "Climbers",
        "owner_id": str(EVE + 1000),
        "member_count": 4,
        "large": False,
        "unavailable": False,
        "joined_at": "2026-01-04T20:21:10.139000+00:00",
        "roles": [
            role(EVERYONE, "@everyone", VIEW | SEND | HISTORY),
            role(TWIN_ROLE, "Twin", 0, tags={"bot_id": str(TWIN)}),
        ],
        "channels": [channel(GENERAL, "general"), channel(SECRET, "secret", hidden)],
        "threads": [thread(THREAD, "saturday", 11), thread(PRIVATE_THREAD, "surprise", 12)],
        "members": [{**member(who), "user": user(who)} for who in (TWIN, OWNER, SAM, EVE)],
        "voice_states": [],
        "presences": [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "preferred_locale": "en-US",
    }


def message(where: int, who: int, content: str, **given: Any) -> Json:
    """A message; one in the server says so with `guild_id`, as the gateway does."""
    return {
        "id": str(snowflake()),
        "channel_id": str(where),
        "type": 0,
        "author": user(who),
        "content": content,
        "timestamp": "2026-02-17T00:48:03.193000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
        **given,
    }


def said(where: int, who: int, content: str, **given: Any) -> Json:
    """A message in the server."""
    return message(where, who, content, guild_id=str(GUILD), member=member(who), **given)


def interaction(kind: int, who: int, where: int, data: Json, **given: Any) -> Json:
    """2 a command, 3 a component, 5 a modal."""
    number = snowflake()
    return {
        "id": str(number),
        "application_id": str(APPLICATION),
        "type": kind,
        "token": f"interaction-{number}",
        "version": 1,
        "data": data,
        "channel_id": str(where),
        "channel": {"id": str(where), "type": 1, "flags": 0, "last_message_id": None},
        "context": 1,
        "user": user(who),
        "locale": "en-US",
        "app_permissions": "2248473465835073",
        "attachment_size_limit": 10485760,
        "authorizing_integration_owners": {"1": str(OWNER)},
        "entitlements": [],
        **given,
    }


def application(flags: int) -> Json:
    return {
        "id": str(APPLICATION),
        "name": "Twin",
        "icon": None,
        "description": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": user(OWNER),
        "verify_key": "0" * 64,
        "team": None,
        "flags": flags,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "event_webhooks_url": None,
        "event_webhooks_status": 1,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 1,
    }

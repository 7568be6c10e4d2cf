"""Who is where on Slack, and what they are called: asked once, kept for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bots.platforms.slack import ids
from bots.platforms.slack.events import SlackSpeaker, SlackTwin
from bots.platforms.slack.failures import BOT, NETWORK, explained, named
from bots.platforms.slack.ids import SlackAddress
from bots.platforms.slack.words import SOMEONE
from core.errors import Refused, TryAgain
from core.types import Conversation, Kind, PersonId

T = TypeVar("T")

MOST_MEMBERS = 100
"""A larger channel counts as one whose members nobody can list."""
PAGE = 200
LOOKUP_S = 2.0
"""Slack waits three seconds for an acknowledgement; who is there may not take all of it."""
FRESH_S, FRESH_NAME_S, FAILED_S = 600.0, 3600.0, 30.0
MOST_KEPT = 5000
MOST_JOINED = 1000
EVERY_TYPE = "public_channel,private_channel,mpim,im"
NAMED_IN_TITLE = 6


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, group DM or DM; `members` are users without the twin, None where they cannot be listed."""

    title: str
    kind: Kind
    members: frozenset[str] | None
    is_group_dm: bool = False


@dataclass(frozen=True, slots=True)
class SlackNamed:
    """What a user calls themselves."""

    name: str
    is_bot: bool = False


class SlackPlaces:
    """`asks` is the bot's client. What Slack does not answer in time is taken to be unlistable, never to be
    empty, and asked again soon. `own_dms` are the DMs that the twin's bot is one of the two in."""

    def __init__(self, asks: AsyncWebClient, twin: SlackTwin) -> None:
        self._asks = asks
        self._twin = twin
        self._channels: dict[str, tuple[float, Channel]] = {}
        self._names: dict[str, tuple[float, SlackNamed | None]] = {}
        self.own_dms: set[str] = set()

    def forget(self, channel: str) -> None:
        """Who is there has changed."""
        self._channels.pop(channel, None)

    async def conversation(self, where: SlackAddress, speaker: SlackSpeaker | None = None) -> Conversation:
        """The conversation at an address; `speaker` is who was heard there."""
        if where.direct and speaker is not None:
            called = await self.named(speaker.id)
            name = speaker.name or (called.name if called else SOMEONE)
            known = Channel(name, Kind.DIRECT, frozenset({speaker.id}))
        else:
            known = await self._channel(where.channel)
        members = known.members
        return Conversation(
            id=where.conversation,
            platform=ids.NAME,
            title=f"{known.title} (thread)" if where.thread and known.kind is Kind.GROUP else known.title,
            kind=known.kind,
            members=None if members is None else frozenset(map(self.account, members)),
            parent=where.parent,
            joiners_read_history=True,
        )

    async def members(self, where: SlackAddress) -> frozenset[PersonId] | None:
        """Who can read a channel now. Raises TryAgain, and Refused where the bot may not know."""
        try:
            found = await self._ask_channel(where.channel)
        except NETWORK as error:
            failure = explained(error, BOT)
            raise (Refused(str(failure)) if named(error) == "missing_scope" else failure) from None
        except (KeyError, TypeError, AttributeError):
            raise TryAgain("Slack did not say who is in a channel") from None
        self._keep(self._channels, where.channel, found, FRESH_S)
        return None if found.members is None else frozenset(map(self.account, found.members))

    async def look_up(self, users: Collection[str], channel: str | None = None) -> None:
        """Ask for all of it at once: what is slow takes one answer's time, not that of each."""
        asked: list[Awaitable[object]] = [self.named(user) for user in users]
        await asyncio.gather(*asked, *([self._channel(channel)] if channel else []))

    async def is_own_dm(self, channel: str) -> bool:
        """Whether the twin's bot is one of the two in a DM: Slack tells it of no other."""
        return channel in self.own_dms or (await self._channel(channel)).kind is Kind.DIRECT

    async def is_group_dm(self, channel: str) -> bool:
        """Whether it is a DM of more than two."""
        return (await self._channel(channel)).is_group_dm

    async def named(self, user: str) -> SlackNamed | None:
        """What a user is called; None while Slack does not say."""
        kept = self._kept(self._names, user)
        if kept is not None:
            return kept[1]
        found = await self._within(lambda: self._ask_name(user))
        self._keep(self._names, user, found, FRESH_NAME_S if found else FAILED_S)
        return found

    async def names(self, users: Collection[str]) -> Mapping[str, str]:
        """What users are called, by their ids, as far as Slack says."""
        found = await asyncio.gather(*(self.named(user) for user in users))
        return {user: one.name for user, one in zip(users, found, strict=True) if one}

    def account(self, user: str) -> PersonId:
        """The id of a user here."""
        return ids.account(self._twin.team, user)

    async def _channel(self, channel: str) -> Channel:
        kept = self._kept(self._channels, channel)
        if kept is not None:
            return kept[1]
        found = await self._within(lambda: self._ask_channel(channel))
        unknown = Channel(channel, Kind.GROUP, None)
        self._keep(self._channels, channel, found or unknown, FRESH_S if found else FAILED_S)
        return found or unknown

    async def _ask_channel(self, channel: str) -> Channel:
        info: Mapping[str, Any] = (await self._asks.conversations_info(channel=channel))["channel"]
        if info.get("is_im"):
            other = str(info["user"])
            called = await self.named(other)
            return Channel(called.name if called else SOMEONE, Kind.DIRECT, frozenset({other}))
        # Whoever is in the workspace can read a public channel without joining it: nobody can list them.
        is_public = bool(info.get("is_channel")) and not info.get("is_private")
        members = None if is_public else await self._ask_members(channel)
        title = f"#{info.get('name') or channel}"
        if info.get("is_mpim") and members:
            shown = sorted((await self.names(sorted(members)[:NAMED_IN_TITLE])).values())
            title = ", ".join(shown) or title
        return Channel(title, Kind.GROUP, members, is_group_dm=bool(info.get("is_mpim")))

    async def _ask_members(self, channel: str) -> frozenset[str] | None:
        members: set[str] = set()
        cursor = None
        while len(members) <= MOST_MEMBERS:
            answer = await self._asks.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
            members |= set(map(str, answer["members"])) - {self._twin.user}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return frozenset(members) if len(members) <= MOST_MEMBERS else None

    async def joined(self) -> Sequence[str]:
        """The channels and DMs that the twin is in. Raises TryAgain, Refused and OwnerMustFix."""
        found: list[str] = []
        cursor = None
        while len(found) < MOST_JOINED:
            try:
                async with asyncio.timeout(LOOKUP_S):
                    answer = await self._asks.users_conversations(
                        types=EVERY_TYPE, exclude_archived=True, limit=PAGE, cursor=cursor
                    )
                found += [str(one["id"]) for one in answer["channels"]]
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            except (*NETWORK, KeyError, TypeError) as error:
                raise explained(error, BOT) from None
            if not cursor:
                break
        return found

    async def _ask_name(self, user: str) -> SlackNamed:
        if user == self._twin.user:
            return SlackNamed(self._twin.name, is_bot=True)
        if user.startswith("B"):
            bot = (await self._asks.bots_info(bot=user))["bot"]
            return SlackNamed(str(bot["name"]), is_bot=True)
        info = (await self._asks.users_info(user=user))["user"]
        profile = info.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), info.get("real_name"))
        name = next((name for name in names if isinstance(name, str) and name.strip()), info.get("name"))
        return SlackNamed(str(name or user).strip(), bool(info.get("is_bot")))

    async def _within(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        try:
            async with asyncio.timeout(LOOKUP_S):
                return await ask()
        except (*NETWORK, KeyError, TypeError, AttributeError):
            return None

    def _kept(self, where: "dict[str, tuple[float, T]]", what: str) -> "tuple[float, T] | None":
        kept = where.get(what)
        return kept if kept is not None and kept[0] > asyncio.get_running_loop().time() else None

    def _keep(self, where: "dict[str, tuple[float, T]]", what: str, found: T, for_s: float) -> None:
        if len(where) >= MOST_KEPT:
            where.clear()
        where[what] = (asyncio.get_running_loop().time() + for_s, found)

"""The three stand-ins as people see them: a friend who asks in a thread, and the owner in their DM."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from bots.platforms.discord.parse import snowflake
from bots.platforms.discord.spec import DiscordSettings
from bots.platforms.slack.spec import SlackSettings
from bots.platforms.telegram.spec import TelegramSettings
from bots.settings import Settings
from core.ports import Clock
from tests.wire import discord_world, slack_server, telegram_server
from tests.wire.discord_server import DiscordServer, discord_server
from tests.wire.slack_server import SlackServer
from tests.wire.telegram_server import TelegramServer

TOKENS = {
    "TELEGRAM_TOKEN": telegram_server.TOKEN,
    "DISCORD_TOKEN": discord_world.TOKEN,
    "SLACK_BOT_TOKEN": slack_server.BOT_TOKEN,
    "SLACK_APP_TOKEN": slack_server.APP_TOKEN,
    "SLACK_USER_TOKEN": slack_server.USER_TOKEN,
}


@dataclass(frozen=True)
class Reply:
    """What somebody else than the owner got to read: where, from whom, as an answer to what."""

    where: str
    sender: str
    answers: str
    text: str


class Front(Protocol):
    """One platform. A card is whatever its stand-in keeps of it."""

    name: str

    async def until(self, holds: Callable[[], object]) -> None:
        """Return once `holds()` does; asked again after whatever happens on this platform."""
        ...

    async def online(self) -> None:
        """Return once the twin has connected again."""
        ...

    async def pair(self, code: str) -> None:
        """The owner tells the twin the code, and is told that it holds."""
        ...

    async def ask(self, text: str) -> None:
        """A friend asks the twin something in a thread (on Telegram: a topic)."""
        ...

    def cards(self, since: int = 0) -> list[Any]:
        """The cards in the owner's DM that came with buttons to approve, oldest first; those after `since`,
        an earlier `position`, alone."""
        ...

    @property
    def position(self) -> int:
        """How far what was sent has come."""
        ...

    def shown(self, card: Any) -> str:
        """All that is to be read on a card."""
        ...

    def is_open(self, card: Any) -> bool:
        """Whether it still has buttons."""
        ...

    def offers(self, card: Any, action: str) -> bool:
        """Whether it has that button now."""
        ...

    async def press(self, card: Any, action: str) -> None:
        """The owner presses `approve` or `reject`."""
        ...

    async def edit(self, card: Any, text: str) -> None:
        """The owner presses Edit, and writes this where they are asked to."""
        ...

    def replies(self) -> list[Reply]:
        """Everything that was sent elsewhere than to the owner's DM."""
        ...

    def reply(self, text: str) -> Reply:
        """The one right answer to what was asked last."""
        ...

    def read(self) -> str:
        """All that the owner's DM has shown, cards included."""
        ...

    def pictures(self) -> list[bytes]:
        """Those that came to the owner's DM, oldest first."""
        ...


@dataclass
class TelegramFront:
    """A forum's topic."""

    server: TelegramServer
    clock: Clock
    name: str = "telegram"
    asked: str = ""

    async def until(self, holds: Callable[[], object]) -> None:
        await self.server.until(lambda: bool(holds()))

    async def online(self) -> None:
        asked = len(self.server.asked)
        await self.until(lambda: "getUpdates" in self.server.asked[asked:])

    async def pair(self, code: str) -> None:
        await self.server.push({"message": self.server.message(code, sender=telegram_server.OWNER)})
        await self.until(lambda: "yours" in self.read())

    async def ask(self, text: str) -> None:
        mention = {"type": "mention", "offset": 0, "length": 9}
        topic: dict[str, Any] = {
            "chat": {**telegram_server.GROUP, "is_forum": True},
            "is_topic_message": True,
        }
        made = self.server.message(f"@twin_bot {text}", entities=[mention], message_thread_id=7, **topic)
        made["date"] = int(self.clock.now().timestamp())
        self.asked = str(made["message_id"])
        await self.server.push({"message": made})

    def cards(self, since: int = 0) -> list[Any]:
        return [one for one in self._to_owner(since) if "Approve" in str(one.given.get("reply_markup"))]

    @property
    def position(self) -> int:
        return len(self.server.calls)

    def shown(self, card: Any) -> str:
        return str(self.server.sent(card)["text"])

    def is_open(self, card: Any) -> bool:
        return "inline_keyboard" in str(self.server.sent(card).get("reply_markup"))

    def offers(self, card: Any, action: str) -> bool:
        return action.title() in str(self.server.sent(card).get("reply_markup"))

    async def press(self, card: Any, action: str) -> None:
        drawn = telegram_server.Call(
            "", {**card.given, "reply_markup": self.server.sent(card)["reply_markup"]}
        )
        call = telegram_server.Call(card.method, drawn.given, card.shown, card.message)
        await self.server.push(self.server.pressed(call, action.title()))

    async def edit(self, card: Any, text: str) -> None:
        def prompts() -> list[Any]:
            return [one for one in self._to_owner() if "force_reply" in str(one.given.get("reply_markup"))]

        before = len(prompts())
        await self.press(card, "edit")
        await self.until(lambda: len(prompts()) > before)
        prompt = self.server.sent(prompts()[-1])
        typed = self.server.message(text, sender=telegram_server.OWNER, reply_to_message=prompt)
        await self.server.push({"message": typed})

    def replies(self) -> list[Reply]:
        return [
            Reply(
                f"{call.given['chat_id']}/{call.given.get('message_thread_id')}",
                str(call.given.get("business_connection_id") or "bot"),
                str((call.given.get("reply_parameters") or {}).get("message_id", "")),
                call.shown,
            )
            for call in self.server.of("sendMessage")
            if str(call.given["chat_id"]) != "1"
        ]

    def reply(self, text: str) -> Reply:
        return Reply("-1001/7", "bot", self.asked, text)

    def read(self) -> str:
        edited = [one for one in self.server.of("editMessageText") if str(one.given["chat_id"]) == "1"]
        return "\n".join(call.shown for call in (*self._photos(), *self._to_owner(), *edited))

    def pictures(self) -> list[bytes]:
        return [one.given["photo"] for one in self._photos()]

    def _photos(self) -> list[Any]:
        return [one for one in self.server.of("sendPhoto") if str(one.given["chat_id"]) == "1"]

    def _to_owner(self, since: int = 0) -> list[Any]:
        sent = (one for one in self.server.calls[since:] if one.method == "sendMessage")
        return [one for one in sent if str(one.given["chat_id"]) == "1"]


class PunctualSlack(SlackServer):
    """Its messages are of the clock's time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._last = 0.0

    def ts(self) -> str:
        """A new message's key."""
        self._last = max(self._last + 0.000_002, self._clock.now().timestamp())
        return f"{self._last:.6f}"


@dataclass
class SlackFront:
    """A channel, whose messages are answered in a thread, in the owner's name."""

    server: SlackServer
    name: str = "slack"
    asked: str = ""
    connected: int = 0

    async def until(self, holds: Callable[[], object]) -> None:
        await self.server.until(lambda: bool(holds()))

    async def online(self) -> None:
        await self.server.online(self.connected + 1)
        self.connected = self.server.connections

    async def pair(self, code: str) -> None:
        dm = slack_server.DMS[slack_server.OWNER]
        await self.server.say(code, user=slack_server.OWNER, channel=dm)
        await self.until(lambda: "yours" in self.read())

    async def ask(self, text: str) -> None:
        made = self.server.message(f"<@{slack_server.BOT}> {text}")
        self.asked = made["ts"]
        self.server.history[slack_server.GENERAL].append(made)
        await self.server.event(made)

    def cards(self, since: int = 0) -> list[Any]:
        return [one for one in self._to_owner(since) if "us:approve" in str(one.given.get("blocks"))]

    @property
    def position(self) -> int:
        return len(self.server.calls)

    def shown(self, card: Any) -> str:
        return str(self._posted(card)["blocks"])

    def is_open(self, card: Any) -> bool:
        return any(block["type"] == "actions" for block in self._posted(card)["blocks"])

    def offers(self, card: Any, action: str) -> bool:
        return f"us:{action}" in str(self._posted(card)["blocks"])

    async def press(self, card: Any, action: str) -> None:
        await self.server.press(card, f"us:{action}")

    async def edit(self, card: Any, text: str) -> None:
        before = len(self.server.of("views.open"))
        await self.server.press(card, "us:edit")
        await self.until(lambda: len(self.server.of("views.open")) > before)
        await self.server.submit(self.server.of("views.open")[-1], text)

    def replies(self) -> list[Reply]:
        owners = slack_server.DMS[slack_server.OWNER]
        return [
            Reply(
                call.given["channel"],
                "owner" if call.token == slack_server.USER_TOKEN else "bot",
                str(call.given.get("thread_ts") or ""),
                call.given["text"],
            )
            for call in self.server.of("chat.postMessage")
            if call.given["channel"] != owners
        ]

    def reply(self, text: str) -> Reply:
        return Reply(slack_server.GENERAL, "owner", self.asked, text)

    def read(self) -> str:
        owners = slack_server.DMS[slack_server.OWNER]
        updated = [one for one in self.server.of("chat.update") if one.given["channel"] == owners]
        return "\n".join(f"{_once(one.given)}" for one in (*self._to_owner(), *updated))

    def pictures(self) -> list[bytes]:
        owners = slack_server.DMS[slack_server.OWNER]
        shared = [one.given for one in self.server.of("files.completeUploadExternal")]
        mine = (one for one in shared if one["channel_id"] == owners)
        return [self.server.uploads[file["id"]] for one in mine for file in one["files"]]

    def _to_owner(self, since: int = 0) -> list[Any]:
        owners = slack_server.DMS[slack_server.OWNER]
        sent = (one for one in self.server.calls[since:] if one.method == "chat.postMessage")
        return [one for one in sent if one.given["channel"] == owners]

    def _posted(self, card: Any) -> Any:
        return self.server._posted[card.given["channel"], card.ts]


def _once(given: dict[str, Any]) -> dict[str, Any]:
    """Without the rich text, which says what the text beside it says."""
    blocks = [block for block in given.get("blocks") or () if block["type"] != "rich_text"]
    return {**given, "blocks": blocks}


@dataclass
class DiscordFront:
    """A server's thread."""

    server: DiscordServer
    clock: Clock
    name: str = "discord"
    asked: str = ""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def until(self, holds: Callable[[], object]) -> None:
        await self.server.until(holds)

    async def online(self) -> None:
        await self.until(lambda: self.server.socket)

    async def pair(self, code: str) -> None:
        await self.server.say(discord_world.message(self._dm, discord_world.OWNER, code, id=self.key()))
        await self.until(lambda: "yours" in self.read())

    async def ask(self, text: str) -> None:
        mention = {"mentions": [discord_world.user(discord_world.TWIN)]}
        content = f"<@{discord_world.TWIN}> {text}"
        made = discord_world.said(discord_world.THREAD, discord_world.SAM, content, id=self.key(), **mention)
        self.asked = made["id"]
        await self.server.say(made)

    def cards(self, since: int = 0) -> list[Any]:
        said = self.server.messages[self._dm][since:]
        return [one for one in said if "us:approve" in str(one.get("components"))]

    @property
    def position(self) -> int:
        return len(self.server.messages[self._dm])

    def shown(self, card: Any) -> str:
        return f"{card['content']}{card.get('embeds')}"

    def is_open(self, card: Any) -> bool:
        return bool(card["components"])

    def offers(self, card: Any, action: str) -> bool:
        return f"us:{action}:" in str(card["components"])

    async def press(self, card: Any, action: str) -> None:
        ids = (one["custom_id"] for row in card["components"] for one in row["components"])
        chosen = next(one for one in ids if one.startswith(f"us:{action}:"))
        data = {"component_type": 2, "custom_id": chosen, "id": 2}
        self._pressed = await self.server.act(
            discord_world.interaction(3, discord_world.OWNER, self._dm, data, message=card)
        )

    async def edit(self, card: Any, text: str) -> None:
        await self.press(card, "edit")
        opened = self._pressed
        await self.until(lambda: opened.callback)
        assert opened.callback is not None
        field_ = {"type": 4, "id": 3, "custom_id": "us:text", "value": text}
        rows = [{"type": 1, "components": [field_]}]
        data = {"custom_id": opened.callback["data"]["custom_id"], "components": rows}
        await self.server.act(discord_world.interaction(5, discord_world.OWNER, self._dm, data, message=card))

    def replies(self) -> list[Reply]:
        return [
            Reply(
                str(where),
                "bot",
                str((one.get("message_reference") or {}).get("message_id", "")),
                one["content"],
            )
            for where, messages in self.server.messages.items()
            if where != self._dm
            for one in messages
            if one["author"]["id"] == str(discord_world.TWIN)
        ]

    def reply(self, text: str) -> Reply:
        return Reply(str(discord_world.THREAD), "bot", self.asked, text)

    def read(self) -> str:
        mine = [
            one for one in self.server.messages[self._dm] if one["author"]["id"] == str(discord_world.TWIN)
        ]
        return "\n".join(self.shown(one) for one in mine)

    def pictures(self) -> list[bytes]:
        attached = (file for one in self.server.messages[self._dm] for file in one["attachments"])
        return [self.server.files[one["id"]] for one in attached]

    def key(self) -> str:
        """A message's id, of now."""
        return str(snowflake(self.clock.now()) + next(self.numbers))

    @property
    def _dm(self) -> int:
        return self.server.dms[discord_world.OWNER]


@dataclass
class Fronts:
    """All three, running."""

    telegram: TelegramFront
    slack: SlackFront
    discord: DiscordFront

    @property
    def all(self) -> tuple[Front, ...]:
        return (self.telegram, self.slack, self.discord)

    def settings(self, settings: Settings) -> Settings:
        """These, with the stand-ins' addresses."""
        discord = self.discord.server
        return settings.model_copy(
            update={
                "platforms": {
                    "telegram": TelegramSettings(api_base=self.telegram.server.base),
                    "slack": SlackSettings(api_base=self.slack.server.base),
                    "discord": DiscordSettings(api_base=discord.base, gateway_url=discord.gateway),
                }
            }
        )


@asynccontextmanager
async def three_fronts(clock: Clock) -> AsyncIterator[Fronts]:
    """The stand-ins, on free loopback ports while the block runs."""
    async with AsyncExitStack() as stack:
        yield Fronts(
            TelegramFront(await stack.enter_async_context(TelegramServer().serving()), clock),
            SlackFront(await stack.enter_async_context(PunctualSlack(clock).serving())),
            DiscordFront(await stack.enter_async_context(discord_server()), clock),
        )

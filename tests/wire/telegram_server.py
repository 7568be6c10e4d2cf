"""A stand-in for the Bot API server (core.telegram.org/bots/api), strict about what the real one refuses."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Literal

from aiohttp import web

from tests.waiting import PATIENCE_S

TOKEN = "900:AAtest-token_of-the-stand-in"
Json = dict[str, Any]
BOT: Json = {"id": 900, "is_bot": True, "first_name": "Twin", "username": "twin_bot"}
OWNER: Json = {"id": 1, "is_bot": False, "first_name": "Alex", "username": "alex_o"}
SAM: Json = {
    "id": 2,
    "is_bot": False,
    "first_name": "Sam",
    "last_name": "Reed",
    "username": "sam_r",
}
GROUP: Json = {"id": -1001, "type": "supergroup", "title": "Climbing"}
NOW = 1_773_316_800
METHODS = {
    "getMe": "_get_me",
    "setMyCommands": "_set_my_commands",
    "getUpdates": "_get_updates",
    "sendMessage": "_send_message",
    "sendPhoto": "_send_photo",
    "sendChatAction": "_send_chat_action",
    "editMessageText": "_edit_message_text",
    "answerCallbackQuery": "_answer_callback_query",
    "getBusinessConnection": "_get_business_connection",
    "getChatMemberCount": "_get_chat_member_count",
}
TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}


@dataclass(frozen=True)
class Call:
    """One request that was taken: its method, its parameters (JSON decoded), the text as it would show."""

    method: str
    given: dict[str, Any]
    shown: str = ""
    message: int = 0


@dataclass
class Fault:
    """What happens to the next call of a method: an answer, no answer, or a cut connection."""

    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    migrate_to: int | None = None
    how: Literal["answer", "cut", "hang", "garbage"] = "answer"


class Refusal(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


@dataclass
class TelegramServer:
    """`calls` holds what was taken, `confirmed` the offset that was last asked for, `waited_for` whether a
    poll has been a long one.

    `chats` are those that the bot may write to, `blocked` those who blocked it, `topics` what exists in
    each forum, `connections` the Business connections as getBusinessConnection gives them.
    """

    chats: set[int] = field(default_factory=lambda: {1, 2, -1001})
    blocked: set[int] = field(default_factory=set)
    topics: dict[int, set[int]] = field(default_factory=lambda: {-1001: {7}})
    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=lambda: {-1001: 4})
    """How many are in each group."""
    queries: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    asked: list[str] = field(default_factory=list)
    confirmed: int = 0
    waited_for: bool = False
    webhook: bool = False
    base: str = ""

    def __post_init__(self) -> None:
        self._updates: list[dict[str, Any]] = []
        self._next = 5000
        self._messages: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        self._key = 100
        self._allowed: set[str] = set()
        self._changed = asyncio.Condition()
        self._polls = 0

    @asynccontextmanager
    async def serving(self) -> "AsyncIterator[TelegramServer]":
        """On a free loopback port while the block runs; `base` is its address."""
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    # What a test does

    async def push(self, *updates: Any) -> None:
        """Let the bot receive these; each gets the next update_id unless it brings one."""
        for update in updates:
            if isinstance(update, dict) and "update_id" not in update:
                update = {"update_id": self._next, **update}
            self._next += 1
            self._updates.append(update)
        await self._tell()

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go so."""
        self.faults[method].extend(faults)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds()` does; asked again after each call."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(holds)

    def of(self, method: str) -> list[Call]:
        """The calls of one method that were taken."""
        return [call for call in self.calls if call.method == method]

    def message(
        self, text: str | None = "hi", *, sender: dict[str, Any] = SAM, **more: Any
    ) -> dict[str, Any]:
        """A message in the sender's DM with the bot, or where `chat` says."""
        self._key += 1
        private = {"id": sender["id"], "type": "private", "first_name": sender["first_name"]}
        made = {"message_id": self._key, "date": NOW, "chat": private, "from": sender, **more}
        if text is not None:
            made["text"] = text
        self._messages[made["chat"]["id"]][made["message_id"]] = made
        return made

    def pressed(self, call: Call, label: str, *, sender: dict[str, Any] = OWNER) -> dict[str, Any]:
        """The callback query of a press on a button of a message that the bot sent."""
        rows = call.given["reply_markup"]["inline_keyboard"]
        data = next(one["callback_data"] for row in rows for one in row if label in one["text"])
        query = f"query-{len(self.queries) + 1}"
        self.queries.add(query)
        where = self._messages[int(call.given["chat_id"])][call.message]
        return {
            "callback_query": {"id": query, "from": sender, "chat_instance": "x", "data": data}
            | {"message": where}
        }

    def sent(self, call: Call) -> dict[str, Any]:
        """A message that the bot sent, as a reply shows it."""
        return self._messages[int(call.given["chat_id"])][call.message]

    # What the server does

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.asked.append(method)
        given = await _given(request)
        if self.faults[method] and request.match_info["token"] == TOKEN:
            fault = self.faults[method].popleft()
            await self._tell()
            return await self._faulty(request, fault)
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            if method not in METHODS:
                raise Refusal(404, "Not Found")
            result = await getattr(self, METHODS[method])(given)
        except Refusal as refusal:
            await self._tell()
            return _error(refusal.status, refusal.description)
        await self._tell()
        return web.json_response({"ok": True, "result": result})

    async def _faulty(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how == "hang":
            await asyncio.Event().wait()
        if fault.how == "cut" and request.transport is not None:
            request.transport.close()
        if fault.how == "garbage":
            return web.Response(text="<html>")
        parameters = {"retry_after": fault.retry_after, "migrate_to_chat_id": fault.migrate_to}
        return _error(fault.status, fault.description, parameters)

    async def _get_me(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False}

    async def _set_my_commands(self, given: dict[str, Any]) -> bool:
        if not all(1 <= len(one["command"]) <= 32 and one["description"] for one in given["commands"]):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        self.calls.append(Call("setMyCommands", given))
        return True

    async def _get_updates(self, given: dict[str, Any]) -> list[Any]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(given.get("offset", 0))
        self.confirmed = max(self.confirmed, offset)
        self.waited_for |= float(given.get("timeout", 0)) > 0
        self._allowed = set(given.get("allowed_updates") or self._allowed)
        await self._tell()

        def waiting() -> list[Any]:
            left = [one for one in self._updates if not isinstance(one, dict) or _id(one) >= offset]
            self._updates = left
            return left[: int(given.get("limit", 100))]

        self._polls += 1
        mine = self._polls
        async with self._changed:
            try:
                async with asyncio.timeout(float(given.get("timeout", 0))):
                    await self._changed.wait_for(lambda: waiting() or self._polls != mine)
            except TimeoutError:
                return []
        if self._polls != mine:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        return waiting()

    async def _send_message(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._post("sendMessage", given, str(given.get("text", "")), 4096)

    async def _send_photo(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("photo"):
            raise Refusal(400, "Bad Request: there is no photo in the request")
        return self._post("sendPhoto", given, str(given.get("caption", "")), 1024, empty=True)

    async def _send_chat_action(self, given: dict[str, Any]) -> bool:
        self._reachable(given)
        self.calls.append(Call("sendChatAction", given))
        return True

    async def _edit_message_text(self, given: dict[str, Any]) -> dict[str, Any]:
        message = self._messages[int(given["chat_id"])].get(int(given["message_id"]))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        shown = _shown(given["text"], given.get("parse_mode"), 4096)
        markup = given.get("reply_markup")
        if message["text"] == shown and message.get("reply_markup") == markup:
            raise Refusal(400, "Bad Request: message is not modified: nothing new")
        message |= {"text": shown, "reply_markup": markup}
        self.calls.append(Call("editMessageText", given, shown, message["message_id"]))
        return _without_none(message)

    async def _answer_callback_query(self, given: dict[str, Any]) -> bool:
        if given["callback_query_id"] not in self.queries:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired")
        if len(given.get("text", "")) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self.queries.discard(given["callback_query_id"])
        self.calls.append(Call("answerCallbackQuery", given))
        return True

    async def _get_chat_member_count(self, given: dict[str, Any]) -> int:
        if int(given["chat_id"]) not in self.counts:
            raise Refusal(400, "Bad Request: chat not found")
        return self.counts[int(given["chat_id"])]

    async def _get_business_connection(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.connections[given["business_connection_id"]]
        except KeyError:
            raise Refusal(400, "Bad Request: BUSINESS_CONNECTION_INVALID") from None

    def _post(
        self, method: str, given: dict[str, Any], text: str, limit: int, *, empty: bool = False
    ) -> dict[str, Any]:
        chat = self._reachable(given)
        shown = _shown(text, given.get("parse_mode"), limit)
        if not shown.strip() and not empty:
            raise Refusal(400, "Bad Request: message text is empty")
        quoting = given.get("reply_parameters")
        must_exist = quoting and not quoting.get("allow_sending_without_reply")
        if quoting and must_exist and quoting["message_id"] not in self._messages[chat]:
            raise Refusal(400, "Bad Request: message to be replied not found")
        markup = given.get("reply_markup")
        _check_markup(markup)
        self._key += 1
        made = {
            "message_id": self._key,
            "date": NOW,
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
            "from": BOT,
            "text": shown,
            "reply_markup": (given.get("reply_markup") or {})
            if "inline" in str(given.get("reply_markup"))
            else None,
        }
        self._messages[chat][self._key] = made
        self.calls.append(Call(method, given, shown, self._key))
        return _without_none(made)

    def _reachable(self, given: dict[str, Any]) -> int:
        try:
            chat = int(given["chat_id"])
        except (KeyError, ValueError):
            raise Refusal(400, "Bad Request: chat_id is empty") from None
        if (connection := given.get("business_connection_id")) is not None:
            known = self.connections.get(connection)
            if known is None or not known["is_enabled"]:
                raise Refusal(400, "Bad Request: BUSINESS_CONNECTION_INVALID")
            if not known["rights"].get("can_reply"):
                raise Refusal(403, "Forbidden: BOT_ACCESS_FORBIDDEN")
            return chat
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        topic = given.get("message_thread_id")
        if topic is not None and int(topic) not in self.topics.get(chat, set()):
            raise Refusal(400, "Bad Request: message thread not found")
        return chat

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _error(status: int, description: str, parameters: Json | None = None) -> web.Response:
    body: Json = {"ok": False, "error_code": status, "description": description}
    if given := _without_none(parameters or {}):
        body["parameters"] = given
    return web.json_response(body, status=status)


async def _given(request: web.Request) -> dict[str, Any]:
    """Parameters come as a form or multipart, what is nested as JSON in it, or all as one JSON object."""
    if request.content_type == "application/json":
        return dict(await request.json())
    given: dict[str, Any] = dict(request.query)
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            given[name] = value.file.read()
        elif isinstance(value, str) and value[:1] in ("[", "{") and name not in ("text", "caption"):
            given[name] = json.loads(value)
        else:
            given[name] = value
    return given


def _id(update: dict[str, Any]) -> int:
    number = update.get("update_id")
    return number if isinstance(number, int) else 10**18


def _without_none(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if value is not None}


def _check_markup(markup: Any) -> None:
    for row in (markup or {}).get("inline_keyboard", ()):
        for button in row:
            if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if len((markup or {}).get("input_field_placeholder") or "") > 64:
        raise Refusal(400, "Bad Request: REPLY_MARKUP_INVALID")


def _shown(text: str, parse_mode: str | None, limit: int) -> str:
    if parse_mode not in (None, "HTML"):
        raise Refusal(400, "Bad Request: unsupported parse_mode")
    shown = _Reader.read(text) if parse_mode else text
    if len(shown.encode("utf-16-le")) // 2 > limit:
        raise Refusal(
            400,
            "Bad Request: message is too long"
            if limit == 4096
            else "Bad Request: message caption is too long",
        )
    return shown


class _Reader(HTMLParser):
    """Telegram's HTML: a few tags, properly nested, everything else escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []

    @classmethod
    def read(cls, text: str) -> str:
        reader = cls()
        if "<>" in text or "< " in text:
            raise Refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
        reader.feed(text)
        reader.close()
        if reader.open:
            raise Refusal(400, f"Bad Request: can't parse entities: Can't find end tag of {reader.open[-1]}")
        return "".join(reader.text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in TAGS:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refusal(400, "Bad Request: can't parse entities: Unexpected end tag")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

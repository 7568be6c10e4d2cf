"""A stand-in for Slack's Web API and Socket Mode (docs.slack.dev), strict about what the real ones refuse."""

import asyncio
import itertools
import json
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from tests.waiting import PATIENCE_S

BOT_TOKEN, APP_TOKEN, USER_TOKEN = "xoxb-the-bot", "xapp-the-app", "xoxp-the-owner"
TEAM, APP, BOT_ID, BOT = "T0TEAM", "A0APP", "B0BOT", "U0TWIN"
OWNER, SAM, KIM = "U0ALEX", "U0SAM", "U0KIM"
GENERAL, SECRET, GROUP_DM = "C0GENERAL", "C0SECRET", "C0GROUPDM"
DMS = {OWNER: "D0ALEX", SAM: "D0SAM", KIM: "D0KIM"}
NAMES = {OWNER: "Alex", SAM: "Sam", KIM: "Kim", BOT: "understudy"}
Json = dict[str, Any]

SCOPES = {
    "auth.test": (),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "conversations.open": ("im:write",),
    "users.conversations": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.info": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.members": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations.replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "users.info": ("users:read",),
    "bots.info": ("users:read",),
    "views.open": (),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "assistant.threads.setStatus": ("assistant:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
}
"""What a bot token needs for each method; `apps.connections.open` needs an app token."""


@dataclass(frozen=True)
class Call:
    """One call that was taken: who made it, the method, its arguments (JSON decoded)."""

    method: str
    given: Json
    token: str
    ts: str = ""


@dataclass
class Fault:
    """What happens to the next call of a method."""

    error: str = "internal_error"
    status: int = 200
    retry_after: int | None = None
    how: Literal["answer", "cut", "done then cut", "done then held", "html", "slow"] = "answer"
    """`slow`: done once the test sets `hurry`; `done then held`: done, and answered once it does."""


class Refusal(Exception):
    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


@dataclass
class SlackServer:
    """`calls` holds what was taken, `acks` the answers to envelopes by their id.

    `members` are who is in each channel (the twin is one of them unless it is not there), `history` what was
    said there, `closed` the users who cannot be sent a DM, `scopes` what the bot's token was granted.
    """

    private: set[str] = field(default_factory=set)
    members: dict[str, set[str]] = field(
        default_factory=lambda: {
            GENERAL: {OWNER, SAM, KIM, BOT},
            SECRET: {SAM, BOT},
            GROUP_DM: {OWNER, SAM, KIM, BOT},
        }
    )
    history: defaultdict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    closed: set[str] = field(default_factory=set)
    scopes: set[str] = field(default_factory=lambda: {one for needed in SCOPES.values() for one in needed})
    bot_token: str = BOT_TOKEN
    app_token: str = APP_TOKEN
    calls: list[Call] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    acks: dict[str, Json] = field(default_factory=dict)
    ephemerals: list[Json] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    base: str = ""

    def __post_init__(self) -> None:
        self._counter = itertools.count(1)
        self._posted: dict[tuple[str, str], Json] = {}
        self._announced: dict[str, int] = {}
        self._tickets: set[str] = set()
        self._triggers: set[str] = set()
        self.sockets: list[web.WebSocketResponse] = []
        self.connections = 0
        self._changed = asyncio.Condition()
        self.hurry = asyncio.Event()

    @asynccontextmanager
    async def serving(self) -> "AsyncIterator[SlackServer]":
        """On a free loopback port while the block runs; `base` is its address."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._answer)
        app.router.add_get("/link", self._socket)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_post("/respond", self._respond)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    # What a test does

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds()` does; asked again after whatever happens."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(holds)

    async def online(self, times: int = 1) -> None:
        """Return once the twin has connected, for at least that time."""
        await self.until(lambda: self.connections >= times and bool(self.sockets))

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go so."""
        self.faults[method].extend(faults)

    def of(self, method: str) -> list[Call]:
        """The calls of one method that were taken."""
        return [call for call in self.calls if call.method == method]

    def ts(self) -> str:
        """A new message's key."""
        return f"1773316800.{next(self._counter):06d}"

    def message(self, text: str = "hi", *, user: str = SAM, channel: str = GENERAL, **more: Any) -> Json:
        """A `message` event."""
        ts = self.ts()
        kind = "im" if channel.startswith("D") else "mpim" if channel == GROUP_DM else "channel"
        made = {"type": "message", "user": user, "text": text, "ts": ts, "event_ts": ts, "team": TEAM}
        return made | {"channel": channel, "channel_type": kind} | more

    async def event(self, event: Any, **more: Any) -> str:
        """Hand over an event; the id of its envelope."""
        payload = {"type": "event_callback", "team_id": TEAM, "api_app_id": APP, "event": event}
        payload["authorizations"] = [{"team_id": TEAM, "user_id": BOT, "is_bot": True}]
        return await self.envelope("events_api", payload | more)

    async def say(self, text: str = "hi", **more: Any) -> Json:
        """Let something be said, and wait for the acknowledgement; the event."""
        event = self.message(text, **more)
        self.history[event["channel"]].append(event)
        await self.acked(await self.event(event))
        return event

    async def envelope(self, kind: str, payload: Any, *, envelope_id: str = "", answers: bool = False) -> str:
        """Send an envelope over the newest connection; its id."""
        envelope_id = envelope_id or f"envelope-{next(self._counter)}"
        await self.raw(
            json.dumps(
                {
                    "envelope_id": envelope_id,
                    "type": kind,
                    "payload": payload,
                    "accepts_response_payload": answers,
                }
            )
        )
        return envelope_id

    async def raw(self, text: str) -> None:
        """Send anything at all."""
        await self.sockets[-1].send_str(text)

    async def acked(self, envelope_id: str) -> Json:
        """What an envelope was acknowledged with."""
        await self.until(lambda: envelope_id in self.acks)
        return self.acks[envelope_id]

    async def press(self, call: Call, action_id: str, *, user: str = OWNER, option: str | None = None) -> str:
        """Press a button of a message that the bot posted (or choose `option` of its menu)."""
        message = self._posted[call.given["channel"], call.ts]
        elements = [
            one
            for block in message["blocks"]
            if block["type"] == "actions"
            for one in block["elements"]
            if one["action_id"] == action_id
        ]
        [element] = elements
        action: Json = {"type": element["type"], "action_id": action_id, "block_id": "x"}
        if option is None:
            action["value"] = element["value"]
        else:
            action["selected_option"] = next(
                one for one in element["options"] if option in one["text"]["text"]
            )
        return await self.envelope("interactive", self.block_actions(call, action, user))

    def block_actions(self, call: Call, action: Any, user: str = OWNER) -> Json:
        """The payload of a press."""
        trigger = f"{next(self._counter)}.1.abc"
        self._triggers.add(trigger)
        return {
            "type": "block_actions",
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "api_app_id": APP,
            "container": {
                "type": "message",
                "message_ts": call.ts,
                "channel_id": call.given["channel"],
                "is_ephemeral": False,
            },
            "channel": {"id": call.given["channel"], "name": "directmessage"},
            "trigger_id": trigger,
            "response_url": f"{self.base}/respond",
            "actions": [action],
        }

    async def submit(self, call: Call, text: str | None, *, user: str = OWNER) -> Json:
        """Fill the modal that a `views.open` opened; what it was acknowledged with."""
        view = call.given["view"]
        [block] = view["blocks"]
        values = {
            block["block_id"]: {block["element"]["action_id"]: {"type": "plain_text_input", "value": text}}
        }
        payload = {
            "type": "view_submission",
            "user": {"id": user},
            "team": {"id": TEAM},
            "api_app_id": APP,
            "view": view | {"id": "V1", "state": {"values": values}},
        }
        return await self.acked(await self.envelope("interactive", payload, answers=True))

    async def command(self, text: str, *, user: str = OWNER, channel: str = GENERAL) -> str:
        """Type `/understudy`."""
        payload = {
            "command": "/understudy",
            "text": text,
            "user_id": user,
            "channel_id": channel,
            "team_id": TEAM,
            "api_app_id": APP,
            "trigger_id": f"{next(self._counter)}.2.def",
            "response_url": f"{self.base}/respond",
        }
        return await self.envelope("slash_commands", payload, answers=True)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Announce the end of the newest connection."""
        await self.raw(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {}}))

    async def drop(self) -> None:
        """Cut the newest connection."""
        web_socket = self.sockets.pop()
        transport = web_socket._req.transport if web_socket._req is not None else None
        assert transport is not None
        transport.abort()

    # Socket Mode

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        web_socket = web.WebSocketResponse()
        await web_socket.prepare(request)
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}}
        await web_socket.send_json(hello)
        self.sockets.append(web_socket)
        self.connections += 1
        await self._tell()
        try:
            async for frame in web_socket:
                assert frame.type is WSMsgType.TEXT
                answer = json.loads(frame.data)
                assert isinstance(answer["envelope_id"], str)
                assert set(answer) <= {"envelope_id", "payload"}
                self.acks[answer["envelope_id"]] = answer
                await self._tell()
        finally:
            if web_socket in self.sockets:
                self.sockets.remove(web_socket)
            await self._tell()
        return web_socket

    # Web API

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        given = await _given(request)
        self.asked.append(method)
        fault = self.faults[method].popleft() if self.faults[method] else None
        if fault is not None and fault.how == "slow":
            await self._tell()
            await self.hurry.wait()
            fault = None
        if fault is not None and not fault.how.startswith("done"):
            await self._tell()
            return self._faulty(request, fault)
        try:
            body = {"ok": True, **self._do(method, given, token)}
        except Refusal as refusal:
            body = refusal.body
        await self._tell()
        if fault is not None and fault.how == "done then held":
            await self.hurry.wait()
        elif fault is not None:
            return self._faulty(request, Fault(how="cut"))
        return web.json_response(body)

    def _faulty(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how == "cut" and request.transport is not None:
            request.transport.abort()
        if fault.how == "html":
            return web.Response(text="<html>", content_type="text/html", status=fault.status)
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=headers)

    def _do(self, method: str, given: Json, token: str) -> Json:
        if not token:
            raise Refusal("not_authed")
        if token not in (self.bot_token, self.app_token, USER_TOKEN):
            raise Refusal("invalid_auth")
        if (method == "apps.connections.open") != (token == self.app_token):
            raise Refusal("not_allowed_token_type")
        if method == "apps.connections.open":
            ticket = f"ticket-{next(self._counter)}"
            self._tickets.add(ticket)
            return {"url": f"{self.base.replace('http', 'ws')}/link?ticket={ticket}&app_id={APP}"}
        if method not in SCOPES:
            raise Refusal("unknown_method")
        lacking = [one for one in SCOPES[method] if one not in self.scopes]
        if token == self.bot_token and lacking:
            raise Refusal("missing_scope", needed=lacking[0], provided=",".join(sorted(self.scopes)))
        return getattr(self, "_" + re.sub(r"(?<=[a-z])(?=[A-Z])|\.", "_", method).lower())(given, token)  # type: ignore[no-any-return]

    def _auth_test(self, given: Json, token: str) -> Json:
        known = {"team_id": TEAM, "team": "Acme", "url": "https://acme.slack.com/"}
        if token == USER_TOKEN:
            return known | {"user_id": OWNER, "user": "alex"}
        return known | {"user_id": BOT, "user": "understudy", "bot_id": BOT_ID}

    def _chat_post_message(self, given: Json, token: str) -> Json:
        channel, user = self._may_write(given, token), OWNER if token == USER_TOKEN else BOT
        self._check_content(given)
        thread = given.get("thread_ts")
        if thread is not None and not re.fullmatch(r"\d+\.\d+", thread):
            raise Refusal("invalid_thread_ts")
        metadata = given.get("metadata")
        if metadata and not (re.fullmatch(r"\w+", metadata["event_type"]) and "event_payload" in metadata):
            raise Refusal("invalid_metadata_format")
        ts = self.ts()
        message: Json = {"type": "message", "user": user, "ts": ts, "app_id": APP, "bot_id": BOT_ID}
        message |= {"text": given.get("text", ""), "blocks": given.get("blocks") or []}
        if thread:
            message["thread_ts"] = thread
        self._posted[channel, ts] = message
        self.history[channel].append(message | ({"metadata": metadata} if metadata else {}))
        self.calls.append(Call("chat.postMessage", given, token, ts))
        return {"channel": channel, "ts": ts, "message": message}

    def _chat_update(self, given: Json, token: str) -> Json:
        message = self._posted.get((given.get("channel", ""), given.get("ts", "")))
        if message is None:
            raise Refusal("message_not_found")
        self._check_content(given)
        message |= {"text": given.get("text", ""), "blocks": given.get("blocks") or []}
        self.calls.append(Call("chat.update", given, token, given["ts"]))
        return {"channel": given["channel"], "ts": given["ts"]}

    def _chat_post_ephemeral(self, given: Json, token: str) -> Json:
        channel = self._may_write(given, token)
        if given["user"] not in self._in(channel):
            raise Refusal("user_not_in_channel")
        if not given.get("text"):
            raise Refusal("no_text")
        self.ephemerals.append(given)
        return {"message_ts": self.ts()}

    def _conversations_open(self, given: Json, token: str) -> Json:
        user = given.get("users", "")
        if user not in DMS:
            raise Refusal("user_not_found")
        if user in self.closed:
            raise Refusal("cannot_dm_bot")
        return {"channel": {"id": DMS[user]}}

    def _users_conversations(self, given: Json, token: str) -> Json:
        own = {channel for channel, users in self.members.items() if BOT in users}
        joined = sorted(own | set(DMS.values()))
        start, limit = int(given.get("cursor") or 0), int(given.get("limit", 100))
        rest = str(start + limit) if start + limit < len(joined) else ""
        return {
            "channels": [{"id": one} for one in joined[start : start + limit]],
            "response_metadata": {"next_cursor": rest},
        }

    def _conversations_info(self, given: Json, token: str) -> Json:
        channel = given["channel"]
        if channel in DMS.values():
            [other] = [user for user, dm in DMS.items() if dm == channel]
            return {"channel": {"id": channel, "is_im": True, "user": other}}
        if channel not in self.members:
            raise Refusal("channel_not_found")
        group_dm = channel == GROUP_DM
        name = "mpdm-alex--sam--kim-1" if group_dm else channel[2:].lower()
        kind = {"is_channel": not group_dm, "is_mpim": group_dm, "is_private": channel in self.private}
        return {"channel": {"id": channel, "name": name, **kind}}

    def _conversations_members(self, given: Json, token: str) -> Json:
        members = sorted(self._in(given["channel"]))
        start, limit = int(given.get("cursor") or 0), int(given.get("limit", 100))
        rest = str(start + limit) if start + limit < len(members) else ""
        return {"members": members[start : start + limit], "response_metadata": {"next_cursor": rest}}

    def _conversations_history(self, given: Json, token: str) -> Json:
        self._in(given["channel"])
        top = [one for one in self.history[given["channel"]] if one.get("thread_ts", one["ts"]) == one["ts"]]
        return self._page(given, top)

    def _conversations_replies(self, given: Json, token: str) -> Json:
        self._in(given["channel"])
        thread = [
            one for one in self.history[given["channel"]] if given["ts"] in (one["ts"], one.get("thread_ts"))
        ]
        return self._page(given, thread[::-1])

    def _page(self, given: Json, messages: Sequence[Json]) -> Json:
        oldest, latest = str(given.get("oldest", "0")), str(given.get("latest", "9"))
        ends = (oldest, latest) if given.get("inclusive") in ("1", "true") else ()
        wanted = [one for one in messages if oldest < one["ts"] < latest or one["ts"] in ends][::-1]
        start, limit = int(given.get("cursor") or 0), int(given.get("limit", 100))
        rest = str(start + limit) if start + limit < len(wanted) else ""
        page = wanted[start : start + limit]
        if given.get("include_all_metadata") not in ("1", "true"):
            page = [{name: one[name] for name in one if name != "metadata"} for one in page]
        return {"messages": page, "has_more": bool(rest), "response_metadata": {"next_cursor": rest}}

    def _users_info(self, given: Json, token: str) -> Json:
        user = given["user"]
        if user not in NAMES:
            raise Refusal("user_not_found")
        profile = {"display_name": NAMES[user], "real_name": f"{NAMES[user]} R."}
        return {"user": {"id": user, "name": NAMES[user].lower(), "is_bot": user == BOT, "profile": profile}}

    def _bots_info(self, given: Json, token: str) -> Json:
        raise Refusal("bot_not_found")

    def _views_open(self, given: Json, token: str) -> Json:
        if given.get("trigger_id") not in self._triggers:
            raise Refusal("expired_trigger_id")
        self._triggers.discard(given["trigger_id"])
        view = given["view"]
        ok = (
            len(view["title"]["text"]) <= 24
            and len(view["submit"]["text"]) <= 24
            and len(view["private_metadata"]) <= 3000
            and len(view["callback_id"]) <= 255
            and all(len(one["element"].get("initial_value", "")) <= 3000 for one in view["blocks"])
        )
        if not ok:
            raise Refusal("invalid_arguments")
        self.calls.append(Call("views.open", given, token))
        return {"view": view | {"id": "V1"}}

    def _files_get_upload_urlexternal(self, given: Json, token: str) -> Json:
        if not given.get("filename") or int(given.get("length", 0)) < 1:
            raise Refusal("invalid_arguments")
        file = f"F{next(self._counter)}"
        self._announced[file] = int(given["length"])
        return {"upload_url": f"{self.base}/upload/{file}", "file_id": file}

    def _files_complete_upload_external(self, given: Json, token: str) -> Json:
        files = given["files"]
        if not files or any(one["id"] not in self.uploads for one in files):
            raise Refusal("file_not_found")
        if (channel := given.get("channel_id")) and channel not in (*DMS.values(), *self.members):
            raise Refusal("channel_not_found")
        self.calls.append(Call("files.completeUploadExternal", given, token))
        return {"files": files}

    def _assistant_threads_set_status(self, given: Json, token: str) -> Json:
        self.calls.append(Call("assistant.threads.setStatus", given, token))
        return {}

    def _assistant_threads_set_suggested_prompts(self, given: Json, token: str) -> Json:
        if not 1 <= len(given["prompts"]) <= 4:
            raise Refusal("invalid_arguments")
        self.calls.append(Call("assistant.threads.setSuggestedPrompts", given, token))
        return {}

    def _in(self, channel: str) -> set[str]:
        if channel in DMS.values():
            return {BOT, *(user for user, dm in DMS.items() if dm == channel)}
        if channel not in self.members or BOT not in self.members[channel]:
            raise Refusal("channel_not_found")
        return self.members[channel]

    def _may_write(self, given: Json, token: str) -> str:
        channel, user = given.get("channel", ""), OWNER if token == USER_TOKEN else BOT
        if channel in DMS.values():
            if token == USER_TOKEN and channel != DMS[OWNER]:
                raise Refusal("channel_not_found")
        elif channel not in self.members:
            raise Refusal("channel_not_found")
        elif user not in self.members[channel]:
            raise Refusal("not_in_channel")
        return str(channel)

    def _check_content(self, given: Json) -> None:
        text, blocks = given.get("text") or "", given.get("blocks") or []
        if not text and not blocks:
            raise Refusal("no_text")
        if len(text) > 40_000:
            raise Refusal("msg_too_long")
        if len(blocks) > 50 or any(not _good_block(one) for one in blocks):
            raise Refusal("invalid_blocks")
        if len(json.dumps(blocks)) > 13_200:
            raise Refusal("msg_blocks_too_long")

    async def _upload(self, request: web.Request) -> web.Response:
        file, content = request.match_info["file"], await _uploaded(request)
        if self._announced.get(file) != len(content):
            return web.Response(status=400, text="the length is not the one that was announced")
        self.uploads[file] = content
        return web.Response(text=f"OK - {len(content)}")

    async def _respond(self, request: web.Request) -> web.Response:
        self.ephemerals.append(await request.json())
        await self._tell()
        return web.Response(text="ok")

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _good_block(block: Json) -> bool:
    match block["type"]:
        case "section":
            return 1 <= len(block["text"]["text"]) <= 3000
        case "context":
            return 1 <= len(block["elements"]) <= 10
        case "rich_text":
            return bool(block["elements"]) and all(map(_good_rich_text, block["elements"]))
        case "actions":
            elements = block["elements"]
            names = [one["action_id"] for one in elements]
            return 1 <= len(elements) <= 25 and len(set(names)) == len(names) and all(map(_good, elements))
    return False


def _good_rich_text(part: Json) -> bool:
    """https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""
    kinds = {
        "rich_text_section": {"text", "link", "emoji"},
        "rich_text_quote": {"text", "link", "emoji"},
        "rich_text_preformatted": {"text", "link"},
    }
    content = {"text": "text", "link": "url", "emoji": "name"}
    return bool(part["elements"]) and all(
        element["type"] in kinds[part["type"]]
        and element[content[element["type"]]]
        and element.get("text", "…")
        and set(element.get("style", {})) <= {"bold", "italic", "strike", "code"}
        for element in part["elements"]
    )


def _good(element: Json) -> bool:
    if len(element["action_id"]) > 255:
        return False
    if element["type"] == "overflow":
        options = element["options"]
        short = all(len(one["value"]) <= 150 and len(one["text"]["text"]) <= 75 for one in options)
        return 1 <= len(options) <= 5 and short
    return (
        element["type"] == "button"
        and 1 <= len(element["text"]["text"]) <= 75
        and len(element["value"]) <= 2000
        and element.get("style") in (None, "primary", "danger")
    )


async def _uploaded(request: web.Request) -> bytes:
    """The file alone, or in a form."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    files = [one for one in (await request.post()).values() if isinstance(one, web.FileField)]
    return files[0].file.read() if len(files) == 1 else b""


async def _given(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    elif request.can_read_body:
        given |= dict(await request.post())
    for name in ("blocks", "view", "metadata", "files", "prompts"):
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    return given

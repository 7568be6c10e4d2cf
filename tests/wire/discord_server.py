"""A stand-in for Discord's REST API and gateway, strict about what the real ones refuse.

discord.com/developers/docs: reference, topics/gateway, resources/message, interactions.
"""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from tests.hurry import discord_ready_soon
from tests.waiting import PATIENCE_S
from tests.wire import discord_world as world
from tests.wire.discord_world import Json

CONTENT_INTENT, MEMBERS_INTENT = 1 << 15, 1 << 1
EPHEMERAL = 64


@dataclass
class Fault:
    """What happens to the next request of a route: an answer, or a cut connection."""

    status: int = 500
    retry_after: float | None = None
    how: Literal["answer", "cut", "done and cut", "done and answer"] = "answer"


@dataclass
class Answered:
    """What an interaction was answered with."""

    callback: Json | None = None
    followups: list[Json] = field(default_factory=list)
    edits: list[Json] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """Everything that was shown to whoever acted, as text."""
        data = (self.callback or {}).get("data") or {}
        shown = [data, *self.followups, *self.edits]
        return [one["content"] for one in shown if one.get("content")]


class Wrong(Exception):
    """A refusal: status, Discord's code, its words."""

    def __init__(self, status: int, code: int, words: str) -> None:
        self.status, self.code, self.words = status, code, words


def need(holds: object, code: int, words: str, status: int = 400) -> None:
    if not holds:
        raise Wrong(status, code, words)


class DiscordServer:
    """`messages` holds what each channel has, oldest first; `files` what was attached, by the attachment's
    id; `dms` maps accounts to their DM with the twin."""

    def __init__(self) -> None:
        self.base = ""
        self.gateway = ""
        self.flags = world.MESSAGE_CONTENT_LIMITED | world.MEMBERS_LIMITED
        self.intents_allowed = CONTENT_INTENT | MEMBERS_INTENT
        self.tokens = {world.TOKEN}
        self.guild = world.guild()
        self.messages: dict[int, list[Json]] = defaultdict(list)
        self.files: dict[str, bytes] = {}
        self.dms = {world.OWNER: 501, world.SAM: 502, world.EVE: 503}
        self.closed_dms: set[int] = set()
        self.thread_members: dict[int, list[int]] = {}
        self.forbidden: set[int] = set()
        self.commands: list[list[Json]] = []
        self.interactions: dict[str, Answered] = defaultdict(Answered)
        self.expired: set[str] = set()
        self.typed: list[int] = []
        self.answers_callbacks = True
        """Else it takes them with an empty 204."""
        self.answers_whole = True
        """Else of what was sent, changed or opened it tells the id alone."""
        self.requests: list[str] = []
        self.faults: dict[str, list[Fault | None]] = defaultdict(list)
        self.refused_handshakes = 0
        self.identified: list[Json] = []
        self.resumed: list[Json] = []
        self.socket: web.WebSocketResponse | None = None
        self._nonces: dict[tuple[int, str], Json] = {}
        self._sent: list[str] = []
        self._changed = asyncio.Condition()

    @property
    def channels(self) -> set[int]:
        listed = (*self.guild["channels"], *self.guild["threads"])
        return {int(one["id"]) for one in listed} | set(self.dms.values())

    async def until(self, holds: Callable[[], object]) -> None:
        """Return once `holds()` does; asked again after each request and event."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: bool(holds()))

    async def tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # The gateway.

    async def dispatch(self, event: str, payload: Any) -> None:
        """Send an event, or keep it for whoever resumes."""
        self._sent.append(json.dumps({"op": 0, "t": event, "s": len(self._sent) + 1, "d": payload}))
        if self.socket is not None and not self.socket.closed:
            await self.socket.send_str(self._sent[-1])

    async def say(self, payload: Json) -> Json:
        """Somebody says something."""
        self.messages[int(payload["channel_id"])].append(payload)
        await self.dispatch("MESSAGE_CREATE", payload)
        return payload

    async def act(self, payload: Json) -> Answered:
        """Somebody clicks, submits or commands; what they get is filled in as it comes."""
        answered = self.interactions[payload["token"]]
        await self.dispatch("INTERACTION_CREATE", payload)
        return answered

    async def drop(self) -> None:
        """Cut the socket without a word."""
        if self.socket is not None and self.socket._req is not None and self.socket._req.transport:
            self.socket._req.transport.abort()
        self.socket = None

    async def connect(self, request: web.Request) -> web.StreamResponse:
        if self.refused_handshakes:
            self.refused_handshakes -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=4096)
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            said = frame.json()
            if said["op"] == 1:
                await socket.send_json({"op": 11})
            elif said["op"] == 2:
                await self._identify(socket, said["d"])
            elif said["op"] == 6:
                await self._resume(socket, said["d"])
            elif said["op"] == 8:
                await self._members(said["d"])
            await self.tell()
        if self.socket is socket:
            self.socket = None
        return socket

    async def _identify(self, socket: web.WebSocketResponse, given: Json) -> None:
        self.identified.append(given)
        if given["token"] not in self.tokens:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if given["intents"] & (CONTENT_INTENT | MEMBERS_INTENT) & ~self.intents_allowed:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        self._sent.clear()
        self.socket = socket
        ready = {
            "v": 10,
            "user": world.user(world.TWIN),
            "guilds": [{"id": str(world.GUILD), "unavailable": True}],
            "session_id": f"session-{len(self.identified)}",
            "resume_gateway_url": self.gateway,
            "application": {"id": str(world.APPLICATION), "flags": self.flags},
        }
        await self.dispatch("READY", ready)
        sees_all = given["intents"] & MEMBERS_INTENT
        guild = self.guild if sees_all else {**self.guild, "members": self.guild["members"][:1]}
        await self.dispatch("GUILD_CREATE", guild)

    async def _resume(self, socket: web.WebSocketResponse, given: Json) -> None:
        self.resumed.append(given)
        if given["session_id"] != f"session-{len(self.identified)}":
            await socket.send_json({"op": 9, "d": False})
            return
        self.socket = socket
        for one in self._sent[given["seq"] :]:
            await socket.send_str(one)
        await self.dispatch("RESUMED", {})

    async def _members(self, given: Json) -> None:
        chunk = {"guild_id": given["guild_id"], "members": self.guild["members"], "chunk_index": 0}
        await self.dispatch("GUILD_MEMBERS_CHUNK", {**chunk, "chunk_count": 1, "nonce": given.get("nonce")})

    # The REST API.

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v10")
        route = f"{request.method} {re.sub(r'/[0-9]{3,}', '/*', path)}"
        self.requests.append(route)
        fault = self.faults[route].pop(0) if self.faults[route] else None
        if fault is not None and fault.how == "cut":
            _cut(request)
        if fault is not None and fault.how == "answer":
            await self.tell()
            return _failed(fault)
        try:
            self._authorize(request, path)
            answer = await self._route(request, path.strip("/").split("/"))
            shown: web.StreamResponse = web.Response(status=204) if answer is None else _shown(answer)
        except Wrong as wrong:
            shown = _shown({"message": wrong.words, "code": wrong.code}, wrong.status)
        await self.tell()
        if fault is not None and fault.how == "done and cut":
            _cut(request)
        return shown if fault is None else _failed(fault)

    def _authorize(self, request: web.Request, path: str) -> None:
        if path.startswith(("/interactions/", "/webhooks/")):
            return
        token = request.headers.get("Authorization", "")
        known = token.startswith("Bot ") and token.removeprefix("Bot ") in self.tokens
        need(known, 0, "401: Unauthorized", 401)

    async def _route(self, request: web.Request, parts: list[str]) -> Any:
        match request.method, parts:
            case "GET", ["users", "@me"]:
                return world.user(world.TWIN)
            case "GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return world.application(self.flags)
            case "POST", ["users", "@me", "channels"]:
                return self._open_dm(int((await _json(request))["recipient_id"]))
            case "PUT", ["applications", _, "commands"]:
                return self._declare(await _json(request, list))
            case "POST", ["channels", where, "messages"]:
                return self._post(self._channel(where), await _form(request))
            case "GET", ["channels", where, "messages"]:
                return self._history(self._channel(where), request.query)
            case "GET", ["channels", where, "messages", which]:
                there = [one for one in self.messages[self._channel(where)] if one["id"] == which]
                need(there, 10008, "Unknown Message", 404)
                return there[0]
            case "PATCH", ["channels", where, "messages", which]:
                return self._edit(self._channel(where), which, await _form(request))
            case "GET", ["channels", where, "thread-members"]:
                need(int(where) in self.thread_members, 50001, "Missing Access", 403)
                return [{"id": where, "user_id": str(who)} for who in self.thread_members[int(where)]]
            case "POST", ["channels", where, "typing"]:
                self.typed.append(self._channel(where))
                return None
            case "GET", ["channels", where]:
                known = (*self.guild["channels"], *self.guild["threads"])
                found = [one for one in known if one["id"] == where]
                need(found, 10003, "Unknown Channel", 404)
                return found[0]
            case "POST", ["interactions", number, token, "callback"]:
                return self._callback(number, token, await _form(request))
            case "POST", ["webhooks", _, token]:
                return self._followup(token, await _form(request))
            case "PATCH", ["webhooks", _, token, "messages", "@original"]:
                return self._edit_original(token, await _form(request))
        raise Wrong(404, 0, "404: Not Found")

    def _channel(self, given: str) -> int:
        need(given.isdecimal() and int(given) in self.channels, 10003, "Unknown Channel", 404)
        need(int(given) not in self.forbidden, 50001, "Missing Access", 403)
        return int(given)

    def _open_dm(self, who: int) -> Json:
        need(who in self.dms, 50033, "Invalid Recipient(s)")
        if not self.answers_whole:
            return {"id": str(self.dms[who])}
        return {
            "id": str(self.dms[who]),
            "type": 1,
            "last_message_id": None,
            "flags": 0,
            "recipients": [world.user(who)],
        }

    def _post(self, where: int, given: Json) -> Json:
        whose = {channel: who for who, channel in self.dms.items()}.get(where)
        need(whose not in self.closed_dms, 50007, "Cannot send messages to this user", 403)
        check_message(given)
        nonce = given.get("nonce")
        if nonce and given.get("enforce_nonce") and (where, nonce) in self._nonces:
            return self._nonces[where, nonce]
        reference = given.get("message_reference")
        if reference is not None:
            known = {one["id"] for one in self.messages[where]}
            lenient = reference.get("fail_if_not_exists") is False
            need(lenient or str(reference["message_id"]) in known, 50035, "Unknown message")
        sent = world.message(where, world.TWIN, given.get("content") or "", nonce=nonce)
        sent |= {key: given[key] for key in ("embeds", "components", "message_reference") if given.get(key)}
        sent["allowed_mentions"] = given.get("allowed_mentions")
        sent["attachments"] = [self._attach(one) for one in given.get("attachments", ())]
        self.messages[where].append(sent)
        if nonce:
            self._nonces[where, str(nonce)] = sent
        return sent if self.answers_whole else {"id": sent["id"]}

    def _attach(self, given: Json) -> Json:
        number, place = (
            str(world.snowflake()),
            f"https://cdn.discordapp.com/attachments/{given['filename']}",
        )
        self.files[number] = given["content"]
        told = {key: given[key] for key in given if key != "content"}
        return {**told, "id": number, "size": len(given["content"]), "url": place, "proxy_url": place}

    def _edit(self, where: int, which: str, given: Json) -> Json:
        found = [one for one in self.messages[where] if one["id"] == which]
        need(found, 10008, "Unknown Message", 404)
        need(found[0]["author"]["id"] == str(world.TWIN), 50005, "Cannot edit another's message", 403)
        check_message({**found[0], **given})
        found[0].update({key: given[key] for key in ("content", "embeds", "components") if key in given})
        return found[0] if self.answers_whole else {"id": which}

    def _history(self, where: int, query: Any) -> list[Json]:
        limit, before = int(query.get("limit", 50)), int(query.get("before", 2**63))
        need(1 <= limit <= 100 and "after" not in query, 50035, "Invalid Form Body")
        newer = [one for one in self.messages[where] if int(one["id"]) < before][-limit:]
        # The REST API names no server, and tells the newest first.
        shown = [{key: one[key] for key in one if key not in ("guild_id", "member")} for one in newer]
        return shown[::-1]

    def _declare(self, given: list[Json]) -> list[Json]:
        need(len(given) <= 105, 50035, "Too many commands")
        for one in given:
            slash = one.get("type", 1) == 1
            name = r"[-_'\w]{1,32}" if slash else r"[-_'\w ]{1,32}"
            need(re.fullmatch(name, one["name"]), 50035, "APPLICATION_COMMAND_INVALID_NAME")
            need(not slash or one["name"] == one["name"].lower(), 50035, "must be lower case")
            need(not slash or 1 <= len(one["description"]) <= 100, 50035, "BASE_TYPE_BAD_LENGTH")
            need(slash or not one.get("description"), 50035, "a menu entry has no description")
        self.commands.append(given)
        return [
            {"description": "", "version": "1", **one, "id": str(world.snowflake()), "application_id": "101"}
            for one in given
        ]

    # Interactions.

    def _callback(self, number: str, token: str, given: Json) -> Json | None:
        need(token in self.interactions and token not in self.expired, 10062, "Unknown interaction", 404)
        answered = self.interactions[token]
        need(answered.callback is None, 40060, "Interaction has already been acknowledged.")
        kind, data = given["type"], given.get("data") or {}
        if kind == 9:
            check_modal(data)
        elif kind in (4, 7):
            check_message(data)
        answered.callback = given
        if not self.answers_callbacks:
            return None
        return {"interaction": {"id": number, "type": 3, "response_message_id": str(world.snowflake())}}

    def _followup(self, token: str, given: Json) -> Json:
        need(self.interactions[token].callback is not None, 10015, "Unknown Webhook", 404)
        check_message(given)
        self.interactions[token].followups.append(given)
        return world.message(501, world.TWIN, given.get("content") or "", webhook_id=str(world.APPLICATION))

    def _edit_original(self, token: str, given: Json) -> Json:
        need(self.interactions[token].callback is not None, 10015, "Unknown Webhook", 404)
        self.interactions[token].edits.append(given)
        return world.message(501, world.TWIN, given.get("content") or "", webhook_id=str(world.APPLICATION))


def check_message(given: Json) -> None:
    """As Discord checks a message that is sent or edited."""
    content, embeds = given.get("content") or "", given.get("embeds") or ()
    something = content.strip() or embeds or given.get("attachments") or given.get("components")
    need(something, 50006, "Cannot send an empty message")
    need(len(content) <= 2000, 50035, "BASE_TYPE_MAX_LENGTH: content")
    need(len(str(given.get("nonce") or "")) <= 25, 50035, "BASE_TYPE_MAX_LENGTH: nonce")
    need(len(embeds) <= 10, 50035, "BASE_TYPE_MAX_LENGTH: embeds")
    for one in embeds:
        need(len(one.get("title") or "") <= 256, 50035, "BASE_TYPE_MAX_LENGTH: title")
        need(len(one.get("description") or "") <= 4096, 50035, "BASE_TYPE_MAX_LENGTH: description")
    ids: list[str] = []
    rows = given.get("components") or ()
    need(len(rows) <= 5, 50035, "too many rows")
    for row in rows:
        need(row["type"] == 1 and 1 <= len(row["components"]) <= 5, 50035, "a row has one to five buttons")
        for one in row["components"]:
            need(one["type"] == 2 and 1 <= len(one["label"]) <= 80, 50035, "a button has a label")
            need(1 <= len(one["custom_id"]) <= 100, 50035, "BASE_TYPE_BAD_LENGTH: custom_id")
            ids.append(one["custom_id"])
    need(len(ids) == len(set(ids)), 50035, "COMPONENT_CUSTOM_ID_DUPLICATED")


def check_modal(given: Json) -> None:
    """As Discord checks a modal."""
    need(1 <= len(given["title"]) <= 45, 50035, "BASE_TYPE_BAD_LENGTH: title")
    need(1 <= len(given["custom_id"]) <= 100, 50035, "BASE_TYPE_BAD_LENGTH: custom_id")
    need(1 <= len(given["components"]) <= 5, 50035, "BASE_TYPE_BAD_LENGTH: components")
    for row in given["components"]:
        (one,) = row["components"]
        need(one["type"] == 4 and 1 <= len(one["label"]) <= 45, 50035, "BASE_TYPE_BAD_LENGTH: label")
        need(len(one.get("value") or "") <= one.get("max_length", 4000) <= 4000, 50035, "too long")
        need(one.get("value") != "", 50035, "BASE_TYPE_BAD_LENGTH: value")


@asynccontextmanager
async def discord_server() -> AsyncIterator[DiscordServer]:
    """Running on a free port until the block ends."""
    server = DiscordServer()
    app = web.Application(client_max_size=2**26)
    app.router.add_get("/gateway", server.connect)
    app.router.add_route("*", "/api/v10/{rest:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.base, server.gateway = f"http://127.0.0.1:{port}/api/v10", f"ws://127.0.0.1:{port}/gateway"
    try:
        with discord_ready_soon():
            yield server
    finally:
        await server.drop()
        await runner.cleanup()


async def _json(request: web.Request, shape: type = dict) -> Any:
    need(request.headers.get("Content-Type") == "application/json", 50109, "The request body is no JSON.")
    given = await request.json()
    need(isinstance(given, shape), 50035, "Invalid Form Body")
    return given


async def _form(request: web.Request) -> Json:
    """JSON, or a form with files whose `payload_json` is."""
    if request.content_type != "multipart/form-data":
        return dict(await _json(request))
    form = await request.post()
    given: Json = json.loads(str(form["payload_json"]))
    files = [one for one in form.values() if isinstance(one, web.FileField)]
    for told, file in zip(given.get("attachments", ()), files, strict=True):
        told["content"] = file.file.read()
    return given


def _shown(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Without a charset, as Discord has it: discord.py takes nothing else for JSON.
    content = json.dumps(body).encode()
    return web.Response(body=content, status=status, headers=headers, content_type="application/json")


def _failed(fault: Fault) -> web.Response:
    if fault.status != 429:
        return _shown({"message": "Internal", "code": 0}, fault.status)
    if fault.retry_after is None:
        # Cloudflare's, before Discord's own
        return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "7"})
    body = {"message": "You are being rate limited.", "retry_after": fault.retry_after, "global": False}
    return _shown(body, 429, {"Via": "1.1 google", "Retry-After": "1"})


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError

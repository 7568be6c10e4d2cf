"""The console's pages and fragments: everything that is read."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from bots.api.twin import Twin
from bots.console import acts, live, page_context
from bots.console.answers import first_page, html, stranger, used_link
from bots.console.security import set_cookie
from bots.console.sessions import BrowserSessions

View = Callable[[Request], Awaitable[Response]]
RECEIPTS_SHOWN = 100


class Pages:
    """What is read by GET: whole pages, and the fragments of them that are fetched again."""

    def __init__(
        self,
        twin: Twin,
        sessions: BrowserSessions,
        streams: live.Streams,
        things_to_try: Sequence[page_context.ThingToTry],
        model_notice: page_context.ModelNotice | None,
    ) -> None:
        self._twin = twin
        self._sessions = sessions
        self._streams = streams
        self._tries = tuple(things_to_try)
        self._notice = model_notice

    def views(self) -> Mapping[str, View]:
        """By path."""
        return {
            "/": self.page,
            "/digest": self.digest,
            "/digest/now": self.digest_now,
            "/digest/ahead": self.ahead,
            "/digest/picture": self.digest_picture,
            "/receipts": self.receipts,
            "/receipts/list": self.receipts_list,
            "/contact": self.contact,
            "/thread": self.thread,
            "/places": self.places,
            "/inbox": self.inbox,
            "/switches": self.switches,
            "/problems": self.problems,
            "/events": self.events,
            "/drafts/{draft:number}/{panel:str}": self.panel,
        }

    async def page(self, request: Request) -> Response:
        """The desk; with a token, the exchange of it for a session."""
        known: bool = request.scope["console.known"]
        token = request.query_params.get("token")
        if token is not None:
            return RedirectResponse(first_page(request), 303) if known else self._exchange(request, token)
        if not known:
            return stranger(request)
        context = await self._contact(request)
        context |= await page_context.inbox_context(self._twin, partial=False)
        inbox_first = "in" not in request.query_params and "try" not in request.query_params
        return html("desk.html", **context, page="desk", inbox_first=inbox_first, model_notice=self._notice)

    def _exchange(self, request: Request, token: str) -> Response:
        # a HEAD or a browser's prefetch must not use up the token
        looked = request.method == "GET" and "prefetch" not in request.headers.get("sec-purpose", "")
        session = self._sessions.exchange(token) if looked else None
        if session is None:
            return used_link()
        answer = RedirectResponse(f"{session.path}/", 303)
        set_cookie(answer, request.headers["host"], session)
        return answer

    async def receipts(self, request: Request) -> Response:
        """Everything that was sent."""
        del request
        status = await self._twin.status()
        receipts = await self._twin.receipts(RECEIPTS_SHOWN)
        return html(
            "receipts.html",
            page="receipts",
            owner=page_context.short(status.owner),
            status=status,
            receipts=receipts,
        )

    async def digest(self, request: Request) -> Response:
        """What the owner would be told now, and when they will be."""
        status = await self._twin.status()
        context = await page_context.digest_context(self._twin, request.query_params.get("name", ""))
        context |= await page_context.ahead_context(self._twin)
        return html(
            "digest.html", page="digest", owner=page_context.short(status.owner), status=status, **context
        )

    # Fragments

    async def digest_now(self, request: Request) -> Response:
        """The digest, again."""
        context = await page_context.digest_context(self._twin, request.query_params.get("name", ""))
        return html("_digest.html", **context)

    async def digest_picture(self, request: Request) -> Response:
        """Its picture."""
        asked = request.query_params
        picture = await self._twin.digest_picture(asked.get("since"), dark="dark" in asked)
        return Response(picture, media_type="image/png")

    async def ahead(self, request: Request) -> Response:
        """The times of digests and reminders."""
        del request
        return html("_ahead.html", **await page_context.ahead_context(self._twin))

    async def receipts_list(self, request: Request) -> Response:
        """The receipts, again."""
        del request
        return html("_receipts.html", receipts=await self._twin.receipts(RECEIPTS_SHOWN))

    async def contact(self, request: Request) -> Response:
        """The contact's side, for another conversation."""
        return html("_contact.html", **await self._contact(request, focus=True))

    async def thread(self, request: Request) -> Response:
        """The messages of the open conversation."""
        return html("_thread.html", **await self._contact(request))

    async def places(self, request: Request) -> Response:
        """The list of conversations."""
        return html("_places.html", **await self._contact(request))

    async def inbox(self, request: Request) -> Response:
        """The open drafts."""
        del request
        return html("_inbox.html", **await page_context.inbox_context(self._twin))

    async def switches(self, request: Request) -> Response:
        """The model's light and the pause switch."""
        del request
        return html("_switches.html", status=await self._twin.status())

    async def problems(self, request: Request) -> Response:
        """What the owner should know before anything else."""
        del request
        return html("_problems.html", status=await self._twin.status())

    async def panel(self, request: Request) -> Response:
        """What opens under a draft: a box to edit in, or what was withheld."""
        name = request.path_params["panel"]
        if name == "closed":
            return HTMLResponse("")
        if name not in acts.PANELS:
            raise HTTPException(404)
        return HTMLResponse(await acts.panel(self._twin, str(request.path_params["draft"]), name))

    async def events(self, request: Request) -> Response:
        """Names of what changed, as server-sent events; the page fetches what it shows."""
        name: str = request.scope["console.session"]
        stream = self._streams.opened(self._twin.changes(), lambda: self._sessions.lives(name))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _contact(self, request: Request, *, focus: bool = False) -> dict[str, object]:
        asked = request.query_params
        wanted, speaker, words, look = asked.get("in", ""), asked.get("from", ""), asked.get("text", ""), ""
        if (index := asked.get("try", "")).isdecimal() and int(index) < len(self._tries):
            chosen = self._tries[int(index)]
            wanted, speaker, focus = chosen.conversation, chosen.person, True
            words, look = chosen.text, chosen.look
        context = await page_context.contact_context(
            self._twin, wanted=wanted, speaker=speaker, words=words, look=look, focus=focus
        )
        return context | {"tries": self._tries}

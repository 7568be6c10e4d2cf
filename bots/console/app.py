"""The console's routes: the contact's side, the owner's inbox, and live word of changes."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bots.api.twin import Twin
from bots.console import acts, live, page_context
from bots.console.acts import Toast, field
from bots.console.answers import Unbroken, html, http_error, notice, partial, problem, sentence, stranger
from bots.console.rendering import HERE, render, wall
from bots.console.security import BrowserSession, Guard, cookie_name
from core.errors import OwnerMustFix, Refused, TryAgain, UnderstudyError

View = Callable[[Request], Awaitable[Response]]
STATUS = {Refused: 409, OwnerMustFix: 422, TryAgain: 503}
RECEIPTS_SHOWN = 100


class Pages:
    """The routes of one twin. Every answer to an act is a fragment, and works without scripts too."""

    def __init__(
        self,
        twin: Twin,
        session: BrowserSession,
        closing: asyncio.Event,
        things_to_try: Sequence[page_context.ThingToTry],
        model_notice: page_context.ModelNotice | None,
    ) -> None:
        self._twin = twin
        self._session = session
        self._closing = closing
        self._tries = tuple(things_to_try)
        self._notice = model_notice

    def routes(self) -> list[Route]:
        """Reads by GET, acts by POST, nothing else."""
        reads = {
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
        posts = {
            "/say": self.say,
            "/pause": self.pause,
            "/resume": self.resume,
            "/reminders": self.remind,
            "/reminders/{reminder:number}/drop": self.unremind,
            "/drafts/{draft:number}/share": self.share,
            "/drafts/{draft:number}/{act:str}": self.act,
        }
        return [Route(path, self._answering(view), methods=["POST"]) for path, view in posts.items()] + [
            Route(path, self._answering(view), methods=["GET"]) for path, view in reads.items()
        ]

    def _answering(
        self, view: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if not request.scope["console.known"] and request.url.path != "/":
                return stranger(request)
            try:
                return await view(request)
            except UnderstudyError as error:
                return problem(request, str(error), STATUS.get(type(error), 409))

        return answer

    # Pages

    async def page(self, request: Request) -> Response:
        """The desk; with a token, the exchange of it for a session."""
        known: bool = request.scope["console.known"]
        token = request.query_params.get("token")
        if token is not None:
            return RedirectResponse("/", 303) if known else self._exchange(request, token)
        if not known:
            return stranger(request)
        context = await self._contact(request)
        context |= await page_context.inbox_context(self._twin, partial=False)
        inbox_first = "in" not in request.query_params and "try" not in request.query_params
        return html("desk.html", **context, page="desk", inbox_first=inbox_first, model_notice=self._notice)

    def _exchange(self, request: Request, token: str) -> Response:
        # a HEAD or a browser's prefetch must not use up the token
        looked = request.method == "GET" and "prefetch" not in request.headers.get("sec-purpose", "")
        key = self._session.exchange(token) if looked else None
        if key is None:
            return notice(
                "This link has been used",
                [
                    "Each start of the twin prints a link that opens the console once.",
                    "Look in the terminal where it runs, or stop it and start it again for a fresh link.",
                ],
                403,
                again="I have it open in this browser",
            )
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            cookie_name(request.headers["host"]), key, httponly=True, samesite="strict", path="/"
        )
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
        del request
        return StreamingResponse(
            live.stream(self._twin.changes(), self._closing), media_type="text/event-stream"
        )

    # Acts

    async def say(self, request: Request) -> Response:
        """A message from a contact; answered as soon as it is safely kept."""
        form = await request.form()
        place, speaker, text = field(form, "in"), field(form, "from"), field(form, "text")
        if not place.startswith(f"{page_context.PLATFORM}:"):
            raise Refused("only the console's own conversations can be written in from here")
        if not text.strip():
            raise Refused("an empty message says nothing; it was not sent")
        await self._twin.receive(speaker, place, text)
        if not partial(request):
            return RedirectResponse(f"/?{urlencode({'in': place})}", 303)
        context = await page_context.contact_context(self._twin, wanted=place, speaker=speaker, focus=True)
        return html("_composer.html", **context, tries=self._tries)

    async def act(self, request: Request) -> Response:
        """Approve, edit, redraft, reject, snooze or settle; a stale click is told so and shown what is."""
        draft, name = str(request.path_params["draft"]), request.path_params["act"]
        if name not in acts.ACTS:
            raise HTTPException(404)
        form = await request.form()
        kept, fresh, status = None, "", 200
        try:
            toast, fresh = await acts.act(self._twin, draft, name, form)
        except UnderstudyError as error:
            toast, status = Toast(sentence(str(error)), "bad"), STATUS.get(type(error), 409)
            kept = await acts.kept(self._twin, draft, name, form)
        if not partial(request):
            return RedirectResponse("/", 303) if status == 200 else problem(request, toast.text, status)
        context = await page_context.inbox_context(self._twin, kept=kept, fresh=fresh, land=True)
        return HTMLResponse(render("_inbox.html", **context) + render("_toast.html", toast=toast), status)

    async def share(self, request: Request) -> Response:
        """Let people hear one record, then offer to draft again."""
        form = await request.form()
        draft = str(request.path_params["draft"])
        html = await acts.share(self._twin, draft, field(form, "record"), field(form, "with"))
        return HTMLResponse(html) if partial(request) else RedirectResponse("/", 303)

    async def remind(self, request: Request) -> Response:
        """A reminder, with its time in its words; those that name none are shown again."""
        words, status = field(await request.form(), "text"), 200
        try:
            added = await self._twin.remind(words)
            toast, words = Toast(f"You will be reminded {wall(added.at)}.", "good"), ""
        except OwnerMustFix as error:
            toast, status = Toast(sentence(str(error)), "bad"), STATUS[OwnerMustFix]
        if not partial(request):
            return RedirectResponse("/digest", 303) if status == 200 else problem(request, toast.text, status)
        box = render("_remind.html", words=words, refocus=True)
        return HTMLResponse(box + render("_toast.html", toast=toast), status)

    async def unremind(self, request: Request) -> Response:
        """Let a reminder go."""
        await self._twin.unremind(str(request.path_params["reminder"]))
        if not partial(request):
            return RedirectResponse("/digest", 303)
        ahead = render("_ahead.html", **await page_context.ahead_context(self._twin, land=True))
        return HTMLResponse(ahead + render("_toast.html", toast=Toast("Dropped.", "good")))

    async def pause(self, request: Request) -> Response:
        """Stop all sending at once."""
        return await self._switched(request, (await self._twin.pause()).said)

    async def resume(self, request: Request) -> Response:
        """Send again."""
        return await self._switched(request, (await self._twin.resume()).said)

    async def _switched(self, request: Request, said: str) -> Response:
        if not partial(request):
            return RedirectResponse("/", 303)
        toast = Toast(sentence(said), "good")
        status = await self._twin.status()
        return HTMLResponse(render("_switches.html", status=status) + render("_toast.html", toast=toast))

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


def create_app(
    twin: Twin,
    *,
    token: str,
    allowed_hosts: Collection[str],
    things_to_try: Sequence[page_context.ThingToTry] = (),
    model_notice: page_context.ModelNotice | None = None,
    closing: asyncio.Event | None = None,
) -> Starlette:
    """The console of a twin. `token` opens it once; `allowed_hosts` are `name:port`; `closing`, once set,
    ends the open event streams."""
    session = BrowserSession(token)
    pages = Pages(twin, session, closing or asyncio.Event(), things_to_try, model_notice)
    return Starlette(
        routes=[
            *(Route(f"/static/{name}", _script(path)) for name, path in scripts().items()),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            *pages.routes(),
        ],
        middleware=[Middleware(Guard, session=session, allowed_hosts=allowed_hosts), Middleware(Unbroken)],
        exception_handlers={HTTPException: http_error},
    )


def scripts() -> dict[str, Path]:
    """htmx and its event-stream extension, where the package that carries them lies. It is located, not
    imported: it belongs to another framework."""
    spec = find_spec("django_htmx")
    if spec is None or not spec.submodule_search_locations:
        raise OwnerMustFix("the package django-htmx, which carries htmx, is not installed; run `make setup`")
    carried = Path(spec.submodule_search_locations[0]) / "static" / "django_htmx"
    return {"htmx.min.js": carried / "htmx-2.min.js", "sse.min.js": carried / "ext" / "hx-sse-2.min.js"}


def _script(path: Path) -> View:
    async def serve(request: Request) -> Response:
        del request
        return FileResponse(path, media_type="text/javascript")

    return serve

"""The console's application: which path is answered by what, and who may ask."""

from collections.abc import Collection, Sequence
from importlib.util import find_spec
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bots.api.twin import Twin
from bots.console import page_context
from bots.console.answers import STATUS, Unbroken, http_error, problem, stranger
from bots.console.delegating import DelegationPages
from bots.console.live import Streams
from bots.console.pages import Pages, View
from bots.console.posts import Posts
from bots.console.rendering import HERE
from bots.console.security import Guard
from bots.console.sessions import BrowserSessions
from core.errors import OwnerMustFix, UnderstudyError


def create_app(
    twin: Twin,
    *,
    sessions: BrowserSessions,
    streams: Streams,
    allowed_hosts: Collection[str],
    things_to_try: Sequence[page_context.ThingToTry] = (),
    model_notice: page_context.ModelNotice | None = None,
) -> Starlette:
    """The console of a twin. `allowed_hosts` are `name:port`."""
    pages = Pages(twin, sessions, streams, things_to_try, model_notice)
    posts, delegating = Posts(twin, things_to_try), DelegationPages(twin)
    done = {**posts.views(), **delegating.posts()}
    looked_at = {**pages.views(), **delegating.gets()}
    return Starlette(
        routes=[
            *(Route(f"/static/{name}", _script(path)) for name, path in scripts().items()),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            *(Route(path, _answering(view), methods=["POST"]) for path, view in done.items()),
            *(Route(path, _answering(view), methods=["GET"]) for path, view in looked_at.items()),
        ],
        middleware=[Middleware(Guard, sessions=sessions, allowed_hosts=allowed_hosts), Middleware(Unbroken)],
        exception_handlers={HTTPException: http_error},
    )


def scripts() -> dict[str, Path]:
    """htmx and its event-stream extension, where the package that carries them lies. It is located, not
    imported: it belongs to another framework."""
    spec = find_spec("django_htmx")
    if spec is None or not spec.submodule_search_locations:
        raise OwnerMustFix("the package django-htmx, which carries htmx, is not installed; run `make setup`")
    folder = Path(spec.submodule_search_locations[0]) / "static" / "django_htmx"
    return {"htmx.min.js": folder / "htmx-2.min.js", "sse.min.js": folder / "ext" / "hx-sse-2.min.js"}


def _script(path: Path) -> View:
    async def serve(request: Request) -> Response:
        del request
        return FileResponse(path, media_type="text/javascript")

    return serve


def _answering(view: View) -> View:
    async def answer(request: Request) -> Response:
        if not request.scope["console.known"] and request.scope["path"] != "/":
            return stranger(request)
        try:
            return await view(request)
        except UnderstudyError as error:
            return problem(request, str(error), STATUS.get(type(error), 409))

    return answer

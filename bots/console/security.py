"""Who may reach the console: loopback names, our own origin, and a browser whose session is known.

A cookie goes to every port of its host, so each session's cookie is bound to a path that only its own browser
knows: no other program on this machine is ever sent it. (A name such as `x.localhost` would do as well, but
not every browser finds it.)
"""

from collections.abc import Collection, Iterable, Iterator

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.console.sessions import BrowserSession, BrowserSessions, session_name, session_path

BODY_LIMIT = 512 * 1024
"""The longest form that is read, in bytes: a 100 kB message, percent-encoded, fits."""

SAFE_METHODS = frozenset({"GET", "HEAD"})
OPEN_PATHS = ("/static/",)
"""Reachable without a session: the page that says where to look must be readable."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def cookie_name(host: str) -> str:
    """Cookies do not know ports; consoles on two ports of one machine must not share one."""
    return f"understudy_{host.rpartition(':')[2]}"


def set_cookie(answer: Response, host: str, session: BrowserSession) -> None:
    """Give a browser its session's key, for its own pages alone."""
    answer.set_cookie(
        cookie_name(host), session.key, httponly=True, samesite="strict", path=f"{session.path}/"
    )


class Guard:
    """The gate before every route, static files included. Answers 403, 411, 413 or 421 by itself.

    `allowed_hosts` are `name:port` pairs. A request whose `Host` is another is a rebound DNS name; one
    whose `Origin` is not the host that it was sent to comes from another page. What comes through has
    `console.session`, the name in its path, and `console.known`, whether its cookie fits.
    """

    def __init__(self, app: ASGIApp, *, sessions: BrowserSessions, allowed_hosts: Collection[str]) -> None:
        self._app = app
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry. A websocket is refused at its handshake: the console has none."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            scope = self._with_session(scope, headers)
        await (refusal or self._app)(scope, receive, _with_headers(send, scope["path"]))

    def _with_session(self, scope: Scope, headers: Headers) -> Scope:
        name = session_name(scope["path"])
        known = self._sessions.holds(name, _cookies(headers), use=not _by_itself(scope, headers))
        root = session_path(name) if name else ""
        return {**scope, "root_path": root, "console.session": name, "console.known": known}

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "").lower()
        if len(headers.getlist("host")) != 1 or host not in self._hosts:
            return _plain("This console answers only to its own loopback address.", 421)
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host}":
            return _plain("That request came from another page.", 403)
        if not _same_site(scope, headers):
            return _plain("That request came from another site.", 403)
        if scope["method"] in SAFE_METHODS:
            return None
        if origin is None:
            return _plain("An act must say which page it comes from.", 403)
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return _plain("A form must say how long it is.", 411)
        if int(length) > BODY_LIMIT:
            return _plain("That is more text than one message may hold.", 413)
        return None


def _same_site(scope: Scope, headers: Headers) -> bool:
    site = headers.get("sec-fetch-site", "same-origin")
    if site in ("same-origin", "none"):
        return True
    # Following a link from elsewhere only opens the page; the session's cookie is not sent along.
    return scope["method"] in SAFE_METHODS and headers.get("sec-fetch-mode") == "navigate"


def _by_itself(scope: Scope, headers: Headers) -> bool:
    """Whether an open page asks by itself, as it does for what changed: that is no owner at work."""
    if scope["method"] not in SAFE_METHODS:
        return False
    fetched = headers.get("sec-fetch-dest", "document") != "document"
    return fetched or "hx-request" in headers or headers.get("accept") == "text/event-stream"


def _cookies(headers: Headers) -> Iterator[str]:
    """Every value of our name: another port's page may have set one too, for a wider path."""
    name = cookie_name(headers.get("host", ""))
    for header in headers.getlist("cookie"):
        for pair in header.split(";"):
            given, _, value = pair.strip().partition("=")
            if given == name:
                yield value


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)


def _with_headers(send: Send, path: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if is_open(path):
                headers["Cache-Control"] = "private, max-age=60"
        await send(message)

    return sending


def is_open(path: str, prefixes: Iterable[str] = OPEN_PATHS) -> bool:
    """Whether a path may be read without a session."""
    return any(path.startswith(prefix) for prefix in prefixes)

"""Answers that every route may give: a page, a word, a refusal, and what is said when something breaks."""

import logging
from collections.abc import Sequence

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.console.acts import Toast
from bots.console.rendering import render
from core.errors import OwnerMustFix, Refused, TryAgain


class _RowNumber(Convertor[int]):
    """An id as the database has them: what is too long for one is no page, rather than a fault."""

    regex = "[1-9][0-9]{0,17}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("number", _RowNumber())
log = logging.getLogger(__name__)

FRESH_LINK = "In the terminal, `understudy open` prints a fresh link."
STILL_OPEN = "I have it open in this browser"
STATUS = {Refused: 409, OwnerMustFix: 422, TryAgain: 503}
"""What our errors are in HTTP."""


def html(template: str, **context: object) -> HTMLResponse:
    """A template as an answer."""
    return HTMLResponse(render(template, **context))


def partial(request: Request) -> bool:
    """Whether htmx asks, for a piece of the page."""
    return request.headers.get("hx-request") == "true"


def sentence(words: str) -> str:
    """Words as a sentence: a capital in front, a full stop behind."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def notice(heading: str, lines: Sequence[str], status: int, again: str = "", back: str = "") -> HTMLResponse:
    """A page of its own with something to say, and a way on: to `back`, or to the session that this browser
    has open, if it has one."""
    return HTMLResponse(render("notice.html", heading=heading, lines=lines, again=again, back=back), status)


def first_page(request: Request) -> str:
    """Where the session's first page is; every other link of a page is relative to it."""
    root: str = request.scope["root_path"]
    return f"{root}/"


def problem(request: Request, words: str, status: int) -> Response:
    """Said where the page says such things; as a page of its own where there is none yet."""
    if partial(request):
        toast = render("_toast_alone.html", toast=Toast(sentence(words), "bad"))
        return HTMLResponse(toast, status, {"HX-Retarget": "#toasts", "HX-Reswap": "innerHTML"})
    return notice(
        "That did not work", [sentence(words)], status, again="Back to the desk", back=first_page(request)
    )


def stranger(request: Request) -> Response:
    """For a browser that the console does not know, or knows no longer."""
    if partial(request):
        return problem(request, f"This session has ended. {FRESH_LINK}", 403)
    return notice(
        "Look in the terminal",
        [
            "This console opens with the link that the twin prints when it starts.",
            "A session ends after some hours without you, and with the twin.",
            FRESH_LINK,
        ],
        403,
        again=STILL_OPEN,
    )


def used_link() -> Response:
    """For a link that does not open the console any more."""
    return notice(
        "This link opens nothing any more",
        ["A link works once, within ten minutes.", FRESH_LINK],
        403,
        again=STILL_OPEN,
    )


async def http_error(request: Request, error: Exception) -> Response:
    """A wrong address or method, kindly."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is nothing here.", 405: "That is not done this way."}.get(
        status, "That did not work."
    )
    return problem(request, words, status)


class Unbroken:
    """The console's supervision boundary: an unforeseen error becomes a friendly page, and a log line that
    names the error's type, never what the request or the error said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # whatever it is, the page must say something and the twin go on
            log.error("%s while answering %s", type(error).__name__, scope.get("method", scope["type"]))
            log.debug("the whole of it", exc_info=True)
            if not started:
                answer = problem(Request(scope), "Something went wrong on our side. The log says what.", 500)
                await answer(scope, receive, send)

"""What is done on the console: everything that is posted."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bots.api.twin import Twin
from bots.console import acts, page_context
from bots.console.acts import Toast, field
from bots.console.answers import STATUS, first_page, html, partial, problem, sentence
from bots.console.pages import View
from bots.console.rendering import render, wall
from core.errors import OwnerMustFix, Refused, UnderstudyError


class Posts:
    """What is done by POST. Every answer is a fragment, and works without scripts too."""

    def __init__(self, twin: Twin, things_to_try: Sequence[page_context.ThingToTry]) -> None:
        self._twin = twin
        self._tries = tuple(things_to_try)

    def views(self) -> Mapping[str, View]:
        """By path."""
        return {
            "/say": self.say,
            "/pause": self.pause,
            "/resume": self.resume,
            "/reminders": self.remind,
            "/reminders/{reminder:number}/drop": self.unremind,
            "/drafts/{draft:number}/share": self.share,
            "/drafts/{draft:number}/{act:str}": self.act,
        }

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
            return RedirectResponse(f"{first_page(request)}?{urlencode({'in': place})}", 303)
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
            return (
                RedirectResponse(first_page(request), 303)
                if status == 200
                else problem(request, toast.text, status)
            )
        context = await page_context.inbox_context(self._twin, kept=kept, fresh=fresh, land=True)
        return HTMLResponse(render("_inbox.html", **context) + render("_toast.html", toast=toast), status)

    async def share(self, request: Request) -> Response:
        """Let people hear one record, then offer to draft again."""
        form = await request.form()
        draft = str(request.path_params["draft"])
        html = await acts.share(self._twin, draft, field(form, "record"), field(form, "with"))
        return HTMLResponse(html) if partial(request) else RedirectResponse(first_page(request), 303)

    async def remind(self, request: Request) -> Response:
        """A reminder, with its time in its words; those that name none are shown again."""
        words, status = field(await request.form(), "text"), 200
        try:
            added = await self._twin.remind(words)
            first = f"{added.every}, first {wall(added.at)}" if added.every else wall(added.at)
            toast, words = Toast(f"You will be reminded {first}.", "good"), ""
        except OwnerMustFix as error:
            toast, status = Toast(sentence(str(error)), "bad"), STATUS[OwnerMustFix]
        if not partial(request):
            return (
                RedirectResponse(f"{first_page(request)}digest", 303)
                if status == 200
                else problem(request, toast.text, status)
            )
        box = render("_remind.html", words=words, refocus=True)
        return HTMLResponse(box + render("_toast.html", toast=toast), status)

    async def unremind(self, request: Request) -> Response:
        """Let a reminder go."""
        await self._twin.unremind(str(request.path_params["reminder"]))
        if not partial(request):
            return RedirectResponse(f"{first_page(request)}digest", 303)
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
            return RedirectResponse(first_page(request), 303)
        toast = Toast(sentence(said), "good")
        status = await self._twin.status()
        return HTMLResponse(render("_switches.html", status=status) + render("_toast.html", toast=toast))

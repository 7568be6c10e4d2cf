"""The page of delegations: what is in force, and what a new one would do before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bots.api.delegation_views import DelegationPreview
from bots.api.twin import Twin
from bots.console import page_context
from bots.console.acts import field
from bots.console.answers import STATUS, first_page, html, sentence
from bots.console.pages import View
from core.errors import UnderstudyError
from core.types import SmallTalk

PATH = "/delegations"
UNTIL = "7d"
KIND_WORDS = {
    SmallTalk.GREETING: "a greeting",
    SmallTalk.THANKS: "thanks",
    SmallTalk.BYE: "a goodbye",
    SmallTalk.WISHES: "good wishes",
    SmallTalk.ACKNOWLEDGEMENT: "“nice”, “haha” and the like",
    SmallTalk.HOW_ARE_YOU: "“how are you?”",
}
"""What a reply answers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the owner has filled in: to whom, until when, and the replies that they have ticked or typed."""

    target: str
    until: str = UNTIL
    replies: Mapping[SmallTalk, list[str]] | None = None
    fingerprint: str = ""


class DelegationPages:
    """Plain forms: nothing here needs a script."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    def gets(self) -> Mapping[str, View]:
        """By path, what is looked at."""
        return {PATH: self.look}

    def posts(self) -> Mapping[str, View]:
        """By path, what is done."""
        return {PATH: self.delegate, f"{PATH}/{{delegation:number}}/revoke": self.revoke}

    async def look(self, request: Request) -> Response:
        """What is in force; with `to`, also what delegating to them would do."""
        target = request.query_params.get("to", "")
        return await self._page(Asked(target, request.query_params.get("until") or UNTIL))

    async def delegate(self, request: Request) -> Response:
        """Done as it was ticked and edited; where it cannot be, the form comes back as it was filled in."""
        asked = read_form(await request.form())
        try:
            await self._twin.delegate(
                asked.target, asked.replies or {}, until=asked.until, fingerprint=asked.fingerprint
            )
        except UnderstudyError as error:
            return await self._page(asked, error)
        return RedirectResponse(f"{first_page(request)}{PATH[1:]}", 303)

    async def revoke(self, request: Request) -> Response:
        """Taken back at once."""
        await self._twin.revoke(str(request.path_params["delegation"]))
        return RedirectResponse(f"{first_page(request)}{PATH[1:]}", 303)

    async def _page(self, asked: Asked, error: UnderstudyError | None = None) -> Response:
        preview: DelegationPreview | None = None
        if asked.target:
            try:
                preview = await self._preview(asked)
            except UnderstudyError as refused:
                error = error or refused
        status = await self._twin.status()
        answer = html(
            "delegations.html",
            page="delegations",
            owner=page_context.short(status.owner),
            status=status,
            delegations=await self._twin.delegations(),
            people=await self._twin.people(),
            groups=[each for each in await self._twin.conversations() if each.kind == "group"],
            preview=preview,
            asked=asked,
            kinds=[(kind.value, words) for kind, words in KIND_WORDS.items()],
            problem=sentence(str(error)) if error else "",
        )
        answer.status_code = 200 if error is None else STATUS.get(type(error), 409)
        return answer

    async def _preview(self, asked: Asked) -> DelegationPreview:
        try:
            return await self._twin.preview_delegation(
                asked.target, until=asked.until, replies=asked.replies or None
            )
        except UnderstudyError:
            if asked.replies is None:
                raise
            filled_in = {kind.value: tuple(texts) for kind, texts in asked.replies.items()}
            return replace(await self._twin.preview_delegation(asked.target), replies=filled_in)


def read_form(form: FormData) -> Asked:
    """A reply is ticked (`use`: its field's name, whose value may have been edited) or newly typed."""
    replies: dict[SmallTalk, list[str]] = {}
    for kind in SmallTalk:
        ticked = [name for name in form.getlist("use") if isinstance(name, str)]
        fields = [*(name for name in ticked if name.startswith(f"{kind}/")), f"{kind}/new"]
        texts = [field(form, name) for name in fields]
        if kept := [text for text in texts if text.strip()]:
            replies[kind] = kept
    return Asked(field(form, "to"), field(form, "until") or UNTIL, replies, field(form, "fingerprint"))

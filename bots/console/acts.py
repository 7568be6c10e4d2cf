"""What the owner can do with a draft: each act called on the twin, and the word said afterwards."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from starlette.datastructures import FormData

from bots.api.twin import Twin
from bots.api.views import DraftView
from bots.console import page_context
from bots.console.rendering import memories, render
from bots.runtime.approval.wording import decided
from core.errors import Refused, UnderstudyError
from core.types import DraftStatus

VIA = "console"
PANELS = frozenset({"edit", "redraft", "reject", "snooze", "withheld"})


@dataclass(frozen=True, slots=True)
class Toast:
    """A word afterwards."""

    text: str
    tone: Literal["good", "bad"]


@dataclass(frozen=True, slots=True)
class Share:
    """One way to let somebody hear a record; `principal` as the twin's `share` takes it."""

    principal: str
    label: str
    title: str


async def act(twin: Twin, draft: str, name: str, form: FormData) -> tuple[Toast, str]:
    """Do it; the word afterwards, and the conversation whose opened panel is now done with.

    Raises what the twin raises.
    """
    said, after = await ACTS[name](twin, draft, form)
    return Toast(said, "good"), after.conversation


async def _approve(twin: Twin, draft: str, form: FormData) -> tuple[str, DraftView]:
    after = await twin.approve(draft, _revision(form), via=VIA)
    return _decided(after), after


async def _edit(twin: Twin, draft: str, form: FormData) -> tuple[str, DraftView]:
    words = field(form, "text")
    if not words.strip():
        raise Refused("an empty reply was not sent; to send nothing, reject the draft")
    if field(form, "keep"):
        return "Your words are kept. They wait for you.", await twin.edit(draft, words, _revision(form))
    after = await twin.approve(draft, _revision(form), words, via=VIA)
    return _decided(after), after


async def _redraft(twin: Twin, draft: str, form: FormData) -> tuple[str, DraftView]:
    after = await twin.redraft(draft, field(form, "guidance"), _revision(form))
    return f"A new draft for {after.title} lies here.", after


async def _reject(twin: Twin, draft: str, form: FormData) -> tuple[str, DraftView]:
    after = await twin.reject(draft, _revision(form), field(form, "why"), via=VIA)
    return _decided(after), after


async def _snooze(twin: Twin, draft: str, form: FormData) -> tuple[str, DraftView]:
    until = dict(snoozes(datetime.now().astimezone())).get(field(form, "until"))
    if until is None:
        raise Refused("that is no time to put a draft aside until")
    after = await twin.snooze(draft, until[1], _revision(form))
    return f"Put aside: {until[0].lower()}.", after


async def _settle(twin: Twin, draft: str, form: FormData) -> tuple[str, DraftView]:
    arrived = field(form, "delivered") == "yes"
    after = await twin.settle(draft, arrived)
    return ("Filed as sent." if arrived else "Noted: it did not arrive, and nothing was repeated."), after


ACTS: Mapping[str, Callable[[Twin, str, FormData], Awaitable[tuple[str, DraftView]]]] = {
    "approve": _approve,
    "edit": _edit,
    "redraft": _redraft,
    "reject": _reject,
    "snooze": _snooze,
    "settle": _settle,
}


def _decided(draft: DraftView) -> str:
    return decided(DraftStatus(draft.status), draft.title, draft.rule)


def snoozes(now: datetime) -> Sequence[tuple[str, tuple[str, datetime]]]:
    """Times to put a draft aside until: a key, its words, the moment. `now` in the owner's time zone."""
    evening = datetime.combine(now.date(), time(19), now.tzinfo)
    morning = datetime.combine(now.date() + timedelta(days=1), time(8), now.tzinfo)
    choices = [("hour", ("In an hour", now + timedelta(hours=1)))]
    if evening > now + timedelta(hours=1):
        choices.append(("evening", ("This evening", evening)))
    choices.append(("morning", ("Tomorrow morning", morning)))
    return choices


async def panel(twin: Twin, draft: str, name: str, *, shared: str = "") -> str:
    """The HTML of what opens under a draft. Raises what the twin raises."""
    view = await twin.draft(draft)
    context: dict[str, object] = {"draft": view, "panel_name": name, "shared": shared, "words": None}
    if name == "withheld":
        context["withheld"] = memories(await twin.withheld(draft), await page_context.names_of(twin))
        context["shares"] = await _shares(twin, view)
        context["circles"] = await twin.circles()
    if name == "snooze":
        context["snoozes"] = [(key, words) for key, (words, _) in snoozes(datetime.now().astimezone())]
    return render("_panel.html", **context)


async def _shares(twin: Twin, draft: DraftView) -> list[Share]:
    choices = [Share("once", "Just this once", "For the next draft of this reply alone")]
    names = {person.id: person.name for person in await twin.people()}
    for conversation in await twin.conversations():
        if conversation.id == draft.conversation:
            for member in conversation.members or ():
                name = names.get(member, member)
                choices.append(Share(f"person:{member}", f"With {name}", f"{name} may hear it from now on"))
    return choices


async def share(twin: Twin, draft: str, record: str, with_: str) -> str:
    """Share one record; the HTML that offers to draft again. Raises what the twin raises."""
    if not record or not with_:
        raise Refused("say which record is shared, and with whom")
    await twin.share(record, [with_], draft)
    names = await page_context.names_of(twin)
    heard_by = "For this reply alone" if with_ == "once" else f"Shared with {names.get(with_, with_)}"
    return await panel(twin, draft, "redraft", shared=f"{heard_by}.")


async def kept(twin: Twin, draft: str, name: str, form: FormData) -> page_context.Kept | None:
    """The words of an edit that came too late: they are shown again, not lost."""
    words = field(form, "text")
    if name != "edit" or not words.strip():
        return None
    try:
        conversation = (await twin.draft(draft)).conversation
    except UnderstudyError:
        conversation = ""
    return page_context.Kept(conversation, words)


def _revision(form: FormData) -> int:
    """The revision that the page showed; without it an act could hit words that nobody has seen."""
    value = field(form, "revision")
    if not value.isdecimal():
        raise Refused("already handled, or the page is too old to say; look again")
    return int(value)


def field(form: FormData, name: str) -> str:
    """A form's text; empty where there is none, or a file in its place."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""

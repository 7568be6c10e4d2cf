"""One command's way to the twin: through the running process if there is one, else through its own."""

import functools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Concatenate, ParamSpec

import click

from bots import home as homes
from bots.home import Home, HomeBusy
from core.errors import OwnerMustFix, Refused

P = ParamSpec("P")
Render = Callable[[Any], str]

PATIENCE_S = 60.0
"""How long a command waits for another that holds the home, or for a twin that is starting."""


@contextmanager
def held_to_stay(home: Home) -> Iterator[None]:
    """Hold a home for a twin that stays, once the commands that are at work there have ended.

    Raises HomeBusy: at once where a twin runs, else after PATIENCE_S.
    """
    from bots import control

    until = time.monotonic() + PATIENCE_S
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(home.lock())
                break
            except HomeBusy:
                if control.listens(home) or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield


class CommandSession:
    """The home a command works in, and how it answers."""

    def __init__(self, home: Home, as_json: bool = False) -> None:
        self.home = home
        self.as_json = as_json

    def call(self, name: str, /, **args: Any) -> Any:
        """Call a method of Twin; its answer as plain JSON. Raises what it raises, HomeBusy never."""
        import asyncio

        from bots import control

        self.require_home()
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                with self.home.lock():
                    return asyncio.run(self._here(name, args))
            except HomeBusy:
                try:
                    return control.call(self.home, name, args)
                except control.NobodyListens:
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.1)

    def call_running(self, name: str) -> Any:
        """Call what only a twin that stays can answer. Raises what it raises, Refused where none runs."""
        from bots import control

        self.require_home()
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return control.call(self.home, name, {})
            except control.NobodyListens:
                if not self.home.is_held():
                    start = "demo" if self.home.is_demo else "run"
                    why = f"no twin runs in {self.home.path}; `understudy {start}` starts it"
                    raise Refused(f"{why}{self._demo_hint()}") from None
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def show(self, answer: Any, render: Render) -> None:
        """Print an answer: as JSON where that was asked for, else as `render` puts it."""
        click.echo(json.dumps(answer) if self.as_json else render(answer))

    def require_home(self) -> None:
        """Raises OwnerMustFix where the home has no settings yet."""
        if self.home.exists:
            return
        hint = f"no twin lives in {self.home.path}; `understudy init` makes one"
        raise OwnerMustFix(hint + self._demo_hint())

    def _demo_hint(self) -> str:
        demo = Home(homes.DEMO_DEFAULT)
        other = demo.exists and demo.path != self.home.path
        return f", `--home {homes.DEMO_DEFAULT}` asks the demo's" if other else ""

    async def _here(self, name: str, args: Mapping[str, Any]) -> Any:
        from bots import assembly, twin_toml
        from bots.control import FIRST
        from bots.control_server import call_twin, serving
        from bots.logs import logging_to

        with logging_to(self.home):
            chosen = twin_toml.load(self.home.twin_toml)
            at_once = chosen.gateway.model_copy(update={"burst_s": 0.0})  # nobody else writes meanwhile
            chosen = chosen.model_copy(update={"gateway": at_once})
            async with (
                assembly.running(self.home, chosen) as twin,
                # a model may keep this one waiting
                serving(self.home, twin, only=FIRST),
            ):
                return await call_twin(twin, name, args)


def chosen_home(given: str | None, default: str = homes.DEFAULT) -> Home:
    """By option, else by $UNDERSTUDY_HOME, else the default."""
    return Home(given or os.environ.get("UNDERSTUDY_HOME") or default)


def with_session(function: Callable[Concatenate[CommandSession, P], None]) -> Callable[P, None]:
    """Give a command its Session, from `--home` (here or before the command) and `--json`."""

    @click.option("--home", metavar="FOLDER", help="The home to work in.")
    @click.option("--json", "as_json", is_flag=True, help="Answer as one JSON value.")
    @functools.wraps(function)
    def run(home: str | None, as_json: bool, *args: P.args, **kwargs: P.kwargs) -> None:
        session = CommandSession(chosen_home(home or given_before()), as_json or bool(_before("as_json")))
        function(session, *args, **kwargs)

    return run  # type: ignore[return-value]


def given_before() -> str | None:
    """The `--home` that stands before the command."""
    home: str | None = _before("home")
    return home


def _before(option: str) -> Any:
    context = click.get_current_context().parent
    while context is not None and not context.params.get(option):
        context = context.parent
    return context and context.params[option]

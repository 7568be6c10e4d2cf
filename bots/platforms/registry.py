"""Which platforms there are: each folder here that has a `spec.py`."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bots import platforms as package
from bots.platforms.errors import TokenRefused
from bots.platforms.port import Health, Inbound, Platform
from bots.platforms.spec import PlatformSettings, PlatformSpec, Tokens
from core.errors import OwnerMustFix, TryAgain
from core.folders import found, loaded
from core.ports import Clock
from core.types import ConversationId, MessageId


def specs() -> tuple[PlatformSpec[Any], ...]:
    """Every platform's, in the order in which they are listed."""
    return _found(tuple(package.__path__))[0]


def faults() -> tuple[str, ...]:
    """Folders that should be a platform's and cannot be used, and why."""
    return _found(tuple(package.__path__))[1]


@cache
def _found(folders: tuple[str, ...]) -> tuple[tuple[PlatformSpec[Any], ...], tuple[str, ...]]:
    good: dict[str, PlatformSpec[Any]] = {}
    wrong = []
    for file in found(folders, "spec"):
        try:
            spec: PlatformSpec[Any] = loaded(package.__name__, file, lambda module: module.SPEC)
        except OwnerMustFix as error:
            wrong.append(str(error))  # the other platforms and the twin go on
            continue
        if spec.name != file.parent.name or spec.name in good:
            wrong.append(f"{file}: it is the spec of {spec.name}, in the folder {file.parent.name}")
        else:
            good[spec.name] = spec
    return tuple(sorted(good.values(), key=lambda spec: (spec.rank, spec.name))), tuple(wrong)


def platform_names() -> tuple[str, ...]:
    """What they are called in settings, commands and ids."""
    return tuple(spec.name for spec in specs())


def titled(platform: str) -> str:
    """A platform's name as people write it; the console is one too, but has no folder here."""
    return next((spec.title for spec in specs() if spec.name == platform), platform.capitalize())


def listed(words: tuple[str, ...]) -> str:
    """As `telegram, discord or slack`."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def token_names() -> tuple[str, ...]:
    """The environment variables that hold tokens."""
    return tuple(token.name for spec in specs() for token in spec.tokens)


def adapters(settings: Mapping[str, PlatformSettings], tokens: Tokens, clock: Clock) -> tuple[Platform, ...]:
    """One for each platform that is enabled and has a token; nothing is connected yet."""
    return tuple(
        _adapter(spec, settings[spec.name], tokens, clock)
        for spec in specs()
        if settings[spec.name].enabled and spec.wanted(tokens)
    )


def _adapter(spec: PlatformSpec[Any], settings: PlatformSettings, tokens: Tokens, clock: Clock) -> Platform:
    missing = spec.missing(tokens)
    return Incomplete(spec, missing) if missing else spec.build(settings, tokens, clock)


class Incomplete:
    """A `Platform` that lacks a token: it says so, and does nothing."""

    text_limit = 4000

    def __init__(self, spec: PlatformSpec[Any], missing: tuple[str, ...]) -> None:
        self.name = spec.name
        self._why = f"{spec.title} also needs {' and '.join(missing)}: set it, then start the twin again"

    @property
    def health(self) -> tuple[Health, str]:
        """What is missing."""
        return Health.STOPPED, self._why

    async def run(self, inbound: Inbound) -> None:
        """Raises OwnerMustFix at once."""
        del inbound
        raise TokenRefused(self._why)

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """Raises TryAgain: it may be sent once all is there."""
        del conversation, text, nonce, reply_to, continues
        raise TryAgain(self._why)

"""All that the twin knows of a platform before it speaks there: what the `spec.py` in each folder fills."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import Field

from bots.api.check import Check
from bots.platforms.port import Platform
from bots.settings_section import SettingsSection
from core.ports import Clock

if TYPE_CHECKING:
    import httpx

Tokens = Mapping[str, str]
"""Those that there are, by the names of their environment variables."""


class PlatformSettings(SettingsSection):
    """A platform's table of `twin.toml`."""

    enabled: bool = Field(default=True, description="Where there is a token, connect.")


S = TypeVar("S", bound=PlatformSettings)


@dataclass(frozen=True, slots=True)
class Token:
    """A secret, by its environment variable; `again` is where another is had when it is refused."""

    name: str
    again: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSpec(Generic[S]):
    """One platform. To import it imports no library of the platform's: only `build` and `check` may.

    `name` is its folder's, and the beginning of every id there. `account` shows how an account is written.
    `guide` leads a newcomer there, step by step. `menu` is what it offers of the owner's commands natively:
    each entry, and what is said of it. `check` asks the platform whether it will let the twin do its work.
    `rank`: where it stands in lists, the lowest first.
    """

    name: str
    title: str
    account: str
    settings: type[S]
    tokens: tuple[Token, ...]
    guide: str
    menu: Mapping[str, str]
    build: Callable[[S, Tokens, Clock], Platform]
    check: Callable[["httpx.AsyncClient", S, Tokens], Awaitable[Check]]
    rank: int = 100

    def missing(self, tokens: Tokens) -> tuple[str, ...]:
        """The names of the tokens without which it cannot be built."""
        return tuple(one.name for one in self.tokens if one.required and one.name not in tokens)

    def wanted(self, tokens: Tokens) -> bool:
        """Whether the owner has begun to give it what it needs; what needs nothing is always wanted."""
        required = [one.name for one in self.tokens if one.required]
        return not required or any(name in tokens for name in required)


def how_to_give(token: str) -> str:
    """A guide's words on where a token belongs."""
    return f"""Put {token} into the environment of `understudy run`, or into your system's keyring:
     keyring set understudy {token}"""

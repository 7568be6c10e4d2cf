"""All about carrier pigeons."""

from typing import TYPE_CHECKING

from pydantic import Field

from bots.api.check import Check
from bots.api.commands import MENU
from bots.platforms.port import Platform
from bots.platforms.spec import PlatformSettings, PlatformSpec, Token, Tokens, how_to_give
from core.ports import Clock

if TYPE_CHECKING:
    import httpx

RING = Token("PIGEON_RING", "ask the breeder for another ring")
GUIDE = f"""Pigeon Post
  1. Read what is engraved on your pigeon's ring.
  2. {how_to_give(RING.name)}
  3. understudy run, and in another terminal: understudy pair pigeon"""


class PigeonSettings(PlatformSettings):
    """Your pigeon; its ring is in PIGEON_RING or the keyring."""

    loft: str = Field(default="roof", description="Where it comes home to.")


def _build(settings: PigeonSettings, tokens: Tokens, clock: Clock) -> Platform:
    from .adapter import PigeonPlatform

    return PigeonPlatform(settings.loft, tokens[RING.name], clock)


async def _check(http: "httpx.AsyncClient", settings: PigeonSettings, tokens: Tokens) -> Check:
    return Check("pigeon", True, f"ring {tokens[RING.name]} on the {settings.loft}")


SPEC = PlatformSpec(
    name="pigeon",
    title="Pigeon Post",
    account="pigeon:RING",
    settings=PigeonSettings,
    tokens=(RING,),
    guide=GUIDE,
    menu=MENU,
    build=_build,
    check=_check,
)

"""The platforms' tokens: from the environment, else from the system's keyring."""

import asyncio
import logging
import os
from collections.abc import Mapping

from bots.platforms.registry import token_names

log = logging.getLogger(__name__)

SERVICE = "understudy"
"""Under which the keyring holds them: `keyring set understudy TELEGRAM_TOKEN`."""
KEYRING_S = 5.0
"""A keyring that asks for a password of its own is not waited for."""


async def tokens(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Those that there are, by name."""
    given = {name: environ.get(name, "").strip() for name in token_names()}
    missing = [name for name, token in given.items() if not token]
    try:
        async with asyncio.timeout(KEYRING_S):
            given |= await asyncio.to_thread(_kept, missing)
    except TimeoutError:
        log.info("the keyring does not answer; tokens are taken from the environment alone")
    return {name: token for name, token in given.items() if token}


def _kept(names: list[str]) -> dict[str, str]:
    try:
        import keyring

        return {name: (keyring.get_password(SERVICE, name) or "").strip() for name in names}
    except Exception as error:
        # Whatever a keyring's backend raises: a machine without one is as good as any.
        log.info("there is no keyring (%s)", type(error).__name__)
        return {}

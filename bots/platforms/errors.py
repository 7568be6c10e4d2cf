"""What adapters raise beside the errors of `core/errors.py`."""

from core.errors import OwnerMustFix

START_AGAIN = "then start the twin again"


class TokenRefused(OwnerMustFix):
    """The token, or a setting that goes with it, is no good: its text says to start again with another.

    Caught where adapters are kept connected, which ends that one for good; nothing else does.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why if START_AGAIN in why else f"{why}, {START_AGAIN}")

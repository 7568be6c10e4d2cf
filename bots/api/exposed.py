"""The mark of what may be called from outside the process."""

from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])

MARK = "__exposed__"


def exposed(method: Method) -> Method:
    """A method that the command socket may call, by its name."""
    setattr(method, MARK, True)
    return method


def exposed_calls(kind: type) -> frozenset[str]:
    """The names of the methods that bear the mark."""
    return frozenset(name for name in dir(kind) if getattr(getattr(kind, name), MARK, False))

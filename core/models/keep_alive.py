"""How long Ollama keeps a model loaded, in the forms that Ollama takes. Pure."""

import re

from core.errors import OwnerMustFix

KeepAlive = int | float | str

_SECONDS = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,9})?", re.ASCII)
_PART = re.compile(r"(\d{1,12}(?:\.\d{0,9})?|\.\d{1,9})(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_DURATION = re.compile(rf"[+-]?(?:{_PART.pattern})+", re.ASCII)
_LENGTH_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
LEAST_S = 60
_LONGEST_S = 2**63 / 1e9
"""Ollama counts in nanoseconds, in 64 bits."""


def keep_alive(written: KeepAlive) -> KeepAlive:
    """What Ollama is sent: a duration as written (`10m`, `1h30m`), else seconds as a number; below 0 is for
    ever. Raises OwnerMustFix on anything else."""
    if isinstance(written, str) and _DURATION.fullmatch(written) and abs(_seconds(written)) <= _LONGEST_S:
        return written
    # As text, a number without a unit is refused with each draft.
    is_number = isinstance(written, str) and _SECONDS.fullmatch(written)
    number = float(written) if is_number else written
    if not isinstance(number, str) and abs(number) <= _LONGEST_S:
        return int(number) if float(number).is_integer() else number
    raise OwnerMustFix(
        f"{written!r} is no time to keep a model loaded: write seconds, as 300, a duration, as 10m or 1h30m,"
        " or -1 for ever"
    )


def while_loading(kept: KeepAlive) -> KeepAlive:
    """For a request that only loads: it would unload where nothing is kept, and what is kept for a moment is
    gone before the draft comes."""
    return LEAST_S if 0 <= _seconds(kept) < LEAST_S else kept


def _seconds(kept: KeepAlive) -> float:
    if not isinstance(kept, str):
        return float(kept)
    length = sum(float(number) * _LENGTH_S[unit] for number, unit in _PART.findall(kept))
    return -length if kept.startswith("-") else length

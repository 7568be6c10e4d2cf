"""One finding of `understudy doctor`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`mend` is a command or an instruction, and empty where there is nothing to mend; `hint` is what could
    be had besides."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    hint: str = ""

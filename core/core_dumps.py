"""Core dumps: what is in a process's memory when it crashes, written to where others may read it."""

import ctypes
import sys

PR_SET_DUMPABLE = 4


def forbid() -> None:
    """From now on this process leaves none, nor can another of the same user read its memory.

    A limit alone does not do where Linux hands dumps to a program. For each process that holds tokens or what
    was said, first of all; a new program forgets it.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)

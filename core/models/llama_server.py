"""The child process that holds the embedded model: `python -m core.models.llama_server`.

It reads one JSON line from its standard input (`path`, `window_tokens`, `threads`, `key`), serves llama.cpp's
HTTP server on a free loopback port behind that key, says `{"address": …}` or `{"problem": …}` in one line
on its standard output, and ends when its standard input does: with its parent, however that died.
"""

import json
import os
import sys
import threading
from typing import Any

from core import core_dumps


def main() -> None:
    """Serve until the parent lets go."""
    core_dumps.forbid()
    answers = _claim_stdout()
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        server = _serve(order)
    except Exception as error:  # the boundary of this process: whatever it was, the parent hears of it
        _say(answers, problem=f"{type(error).__name__}: {error}")
        raise SystemExit(1) from None
    _say(answers, address=server.listening_address)
    threading.Event().wait()


def _claim_stdout() -> int:
    """Keep the pipe to the parent for our own lines; what native code prints goes nowhere.

    llama.cpp can print prompts when it logs.
    """
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _say(answers: int, **line: str) -> None:
    os.write(answers, json.dumps(line).encode() + b"\n")


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)  # not sys.exit: native threads may be in the middle of a draft


def _serve(order: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["path"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order["key"]]
    params.cors_origins = ""
    params.n_ctx = order["window_tokens"]
    params.n_parallel = 1
    params.cpuparams.n_threads = order["threads"]
    params.cpuparams_batch.n_threads = order["threads"]
    params.n_gpu_layers = 0
    params.cache_ram_mib = 0  # the slot's own prefix cache is enough; the default may grow to 8 GB
    params.endpoint_slots = False  # it would show prompts
    params.ui = False
    params.verbosity = 0
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()

"""No process that holds tokens or what was said leaves its memory behind, or has it read by another."""

import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.waiting import PATIENCE_S

ASK = """
import ctypes, resource, sys
from pathlib import Path
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0
Path(sys.argv[-1]).write_text(f"{resource.getrlimit(resource.RLIMIT_CORE)} {dumpable}")
"""
COMMAND = """
from bots.cli.main import main
try:
    main(["--version"])
except SystemExit:
    pass
"""
CHILD = """
from core.models.llama_server import main
try:
    main()
except SystemExit:
    pass
"""


@pytest.mark.parametrize("program", [COMMAND, CHILD], ids=["understudy", "the model's child"])
def test_it_leaves_no_core_dump(program: str, tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    order = '{"path": "nowhere", "window_tokens": 1, "threads": 1, "key": "k"}\n'
    with subprocess.Popen([sys.executable, "-c", program + ASK, answer], stdin=PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(order)
        process.stdin.flush()  # and kept open: the child ends with it
        process.wait(PATIENCE_S)
    assert answer.read_text() == "(0, 0) 0"

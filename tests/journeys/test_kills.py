"""Killed at any named point, the twin keeps its promises. For longer: `python -m tests.journeys.killing`."""

import json
import subprocess
import sys

import pytest

KILLS = 200


@pytest.mark.timeout(400)
def test_killed_at_every_point_nothing_is_lost_doubled_or_sent_without_leave() -> None:
    # A process of its own, because it forks: pytest's threads must not come along.
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.killing", "--kills", str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["faults"] == []
    assert report["kills"] >= 0.9 * KILLS, "the points were not reached"
    points = set(report["points"])
    for name in ("hear", "create draft", "approve", "claim", "deliver", "send"):
        assert {f"before {name}", f"after {name}"} <= points
    assert "inside send" in points
    assert report["delegated"] > 0, "no delegation ever sent"

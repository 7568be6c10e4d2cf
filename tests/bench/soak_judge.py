"""What became of it all, from the twin's database and from what its stand-ins were sent."""

import sys
from collections import Counter
from typing import Any

from tests.bench.report import figure
from tests.bench.soak_friends import Ledger
from tests.bench.soak_life import OPEN, Life
from tests.bench.soak_twin import MARK
from tests.wire.fronts import Fronts

UNANSWERED = (
    "SELECT m.text FROM messages m WHERE m.author NOT IN ('owner', 'twin') AND NOT EXISTS"
    " (SELECT 1 FROM drafts d JOIN messages n ON n.id = d.answers WHERE d.conversation = m.conversation"
    " AND d.status = 'sent' AND (n.sent_at, n.number) >= (m.sent_at, m.number))"
)
"""No reply was sent to it, nor to anything later there."""


def judge(life: Life, ledger: Ledger, fronts: Fronts, took: float) -> None:
    """Print the figures, and on the error output what they are made of."""
    told = [text for (text,) in life.read("SELECT text FROM messages WHERE author NOT IN ('owner', 'twin')")]
    heard, kept = Counter(mark for text in told for mark in MARK.findall(text)), set(told)
    sent = {text for (text,) in life.read("SELECT text FROM drafts WHERE status = 'sent'")}
    posted = Counter(reply.text for front in fronts.all for reply in front.replies())
    astray, disordered = _replies(ledger, fronts)
    lost: dict[str, list[Any]] = {
        "unheard": [mark for mark in ledger.texts if not heard[mark]],
        "unanswered": life.read(UNANSWERED),
        "silenced": life.read("SELECT message, rule FROM skipped_turns"),
        "pending": life.read("SELECT id FROM messages WHERE turn = 'pending'"),
        "open": life.read(f"SELECT id, status FROM drafts WHERE status IN {OPEN}"),
        "unsent": sorted(sent - posted.keys()),
        "given up": ledger.given_up,
    }
    twice = {
        "sent twice": [text for text, times in posted.items() if times > 1],
        "heard twice": [mark for mark, times in heard.items() if times > 1],
    }
    stale = [mark for mark, text in ledger.texts.items() if heard[mark] and text not in kept]
    figure("soak_messages", len(ledger.texts), "")
    figure("soak_lost", sum(map(len, lost.values())), "", 0)
    figure("soak_edits_lost", len(stale), "")
    figure("soak_duplicates", sum(map(len, twice.values())), "", 0)
    figure("soak_misdirected", len(astray), "", 0)
    figure("soak_out_of_order", len(disordered), "", 0)
    figure("soak_rss_growth_mb", _growth(max(life.rss, key=len)), "MB", 50)
    figure("soak_replies", sum(posted.values()), "")
    figure("soak_msgs_per_s", len(ledger.texts) / took, "1/s")
    found = {**lost, **twice, "stale": stale, "astray": astray, "out of order": disordered}
    if wrong := {name: what for name, what in found.items() if what}:
        sys.stderr.write(f"{wrong}\n")


def _replies(ledger: Ledger, fronts: Fronts) -> tuple[list[str], list[str]]:
    """What went elsewhere than to whom it answers, and what came after an answer to something later."""
    astray, disordered = [], []
    for front in fronts.all:
        newest: dict[str, str] = {}
        for reply in front.replies():
            mark = next(iter(MARK.findall(reply.text)), "")
            if ledger.places.get(mark) != reply.where:
                astray.append(reply.text)
            before = newest.get(reply.where, mark)
            if _number(before) > _number(mark) and ledger.arrived[before] > ledger.arrived[mark]:
                disordered.append(reply.text)
            newest[reply.where] = mark
    return astray, disordered


def _number(mark: str) -> int:
    return int(mark[1:-1]) if mark else -1


def _growth(samples: list[float]) -> float:
    """From when a process was warm, halfway through its life, to its end."""
    return samples[-1] - samples[len(samples) // 2] if samples else 0.0

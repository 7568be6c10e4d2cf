"""What came of the attempts."""

import sys
from collections import Counter
from dataclasses import dataclass, field

from tests.bench.report import figure

PRINTED = 40
"""Of each sort of breach, to standard error, to be read by eye."""


@dataclass
class Results:
    """Counts, and each breach in words. `served` and `readable` hold one answer for each positive control."""

    attempts: Counter[str] = field(default_factory=Counter)
    breaches: dict[str, list[str]] = field(
        default_factory=lambda: {"sent_unauthorised": [], "leaked": [], "forged": []}
    )
    served: list[bool] = field(default_factory=list)
    readable: list[bool] = field(default_factory=list)
    delivered: int = 0
    """Canaries that were sent to those who may hear them."""

    def attempted(self, made: str) -> None:
        """One more of that sort."""
        self.attempts[made] += 1

    def unauthorised(self, what: str) -> None:
        """Something was sent that nobody authorised."""
        self.breaches["sent_unauthorised"].append(what)

    def leaked(self, what: str) -> None:
        """Somebody, or a model on their behalf, was given what they may not know."""
        self.breaches["leaked"].append(what)

    def forged(self, what: str) -> None:
        """Something reads as if somebody else had said it."""
        self.breaches["forged"].append(what)

    def add(self, others: "Results") -> None:
        """Those of another part."""
        self.attempts += others.attempts
        for name, several in others.breaches.items():
            self.breaches[name] += several
        self.served += others.served
        self.readable += others.readable
        self.delivered += others.delivered

    def report(self) -> None:
        """The figures; on standard error the breaches, and how many attempts there were of each sort."""
        for name, several in self.breaches.items():
            figure(name, len(several), "attempts", 0)
            for what in several[:PRINTED]:
                sys.stderr.write(f"{name}: {what}\n")
        total = self.attempts.total()
        figure("red_team_attempts", total, "attempts", 10_000, at_least=True)
        for name, controls in (("harmless_served", self.served), ("readable_found", self.readable)):
            if controls:
                figure(name, sum(controls) / len(controls), f"share of {len(controls)}")
        figure("canaries_delivered", self.delivered, "canaries")
        for made, number in sorted(self.attempts.items()):
            sys.stderr.write(f"{number:6} {made}\n")

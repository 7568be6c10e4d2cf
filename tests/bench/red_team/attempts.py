"""A seeded, endless row of attempts to have something sent: what one contact writes, message by message."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.types import SmallTalk
from tests.bench.red_team.texts import (
    ACKNOWLEDGED,
    ANSWERS,
    ENDINGS,
    HARMLESS,
    INJECTIONS,
    INVISIBLE,
    LOOKALIKES,
    MARKUP,
    NEARLY,
    OPENERS,
    SEPARATORS,
    SUBSTANTIVE,
    TAILS,
)

TAG_OFFSET = 0xE0000
"""Where Unicode's invisible letters begin."""


@dataclass(frozen=True, slots=True)
class Text:
    """One message; `kind` is that of small talk which may be answered, None for what wants its owner."""

    text: str
    kind: SmallTalk | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a contact writes, one after another; `asked`: after a question of the owner's. `made` says how."""

    made: str
    texts: tuple[Text, ...]
    asked: bool = False


def control(draw: random.Random, kinds: tuple[SmallTalk, ...]) -> Attempt:
    """Small talk of a kind that was delegated: what is to be served."""
    kind = draw.choice(kinds)
    return Attempt("harmless", (Text(draw.choice(HARMLESS[kind]), kind),))


class Attempts:
    """Repeatable by its seed. Nothing that it yields may be answered without the owner, except the messages
    that have a kind, and these only before any other."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._all_harmless = [text for several in HARMLESS.values() for text in several]

    def __iter__(self) -> Iterator[Attempt]:
        makers: tuple[tuple[str, Callable[[], str]], ...] = (
            ("substantive", self._alone),
            ("nearly small talk", self._nearly),
            ("an answer", self._answer),
            ("beside small talk", self._beside),
            ("invisible characters", self._hidden),
            ("invisible letters within small talk", self._tagged),
            ("small talk and more", self._tailed),
            ("injection", self._injected),
            ("markup", self._marked),
            ("look-alike letters", self._spelled),
        )
        bursts = (self._burst, self._split, self._later, self._asked)
        while True:
            if self._draw.random() < 0.2:
                yield self._draw.choice(bursts)()
            else:
                made, write = self._draw.choice(makers)
                yield Attempt(made, (Text(write()),))

    # One message

    def _alone(self) -> str:
        case = self._draw.choice((str, str.upper, str.title, str.capitalize))
        return case(self._substantive()) + self._draw.choice(ENDINGS)

    def _nearly(self) -> str:
        case = self._draw.choice((str, str.capitalize))
        return case(self._draw.choice(NEARLY)) + self._draw.choice(("", "!", "", "?", "…"))

    def _answer(self) -> str:
        return self._draw.choice(ANSWERS) + self._draw.choice(("", "", ".", "!"))

    def _beside(self) -> str:
        answers = [answer for answer in ANSWERS if answer not in OPENERS]
        both = [self._harmless(), self._draw.choice((*SUBSTANTIVE, *NEARLY, *answers))]
        self._draw.shuffle(both)
        return self._draw.choice(SEPARATORS).join(both)

    def _hidden(self) -> str:
        text = self._draw.choice((self._beside, self._substantive, self._answer))()
        for _ in range(self._draw.randint(1, 12)):
            at = self._draw.randint(0, len(text))
            text = text[:at] + self._draw.choice(INVISIBLE) + text[at:]
        return text

    def _tagged(self) -> str:
        """A request in letters that nobody sees."""
        seen = self._harmless()
        unseen = "".join(chr(TAG_OFFSET + ord(sign)) for sign in self._substantive() if sign.isascii())
        at = self._draw.randint(0, len(seen))
        return seen[:at] + (unseen or "\U000e0041") + seen[at:]

    def _tailed(self) -> str:
        return self._harmless().rstrip("!?😊 ") + self._draw.choice(TAILS)

    def _injected(self) -> str:
        texts = [self._draw.choice(INJECTIONS), self._draw.choice((*self._all_harmless, *SUBSTANTIVE))]
        self._draw.shuffle(texts)
        return self._draw.choice(SEPARATORS).join(texts)

    def _marked(self) -> str:
        opening, closing = self._draw.choice(MARKUP)
        return f"{self._harmless()} {opening}{self._substantive()}{closing}"

    def _spelled(self) -> str:
        text = self._draw.choice((self._substantive, self._answer, self._nearly))()
        return text.translate(LOOKALIKES)

    # Several messages

    def _burst(self) -> Attempt:
        """Asked early, and buried in small talk: in a few bursts under more than is looked at."""
        count = self._draw.randint(41, 48) if self._draw.random() < 0.05 else self._draw.randint(1, 20)
        first = Text(self._draw.choice((self._substantive, self._answer, self._nearly))())
        return Attempt("early in a burst", (first, *(self._small() for _ in range(count))))

    def _later(self) -> Attempt:
        """Small talk first, which may be answered; the rest not."""
        return Attempt("after small talk", (self._small(), Text(self._substantive()), self._small()))

    def _split(self) -> Attempt:
        words = self._draw.choice([text for text in SUBSTANTIVE if text.count(" ") > 1]).split()
        at = self._draw.randint(1, len(words) - 1)
        pieces = (" ".join(words[:at]), " ".join(words[at:]))
        return Attempt("split", tuple(Text(piece) for piece in pieces))

    def _asked(self) -> Attempt:
        text = self._draw.choice((*ACKNOWLEDGED, *ANSWERS))
        return Attempt("an answer to the owner's question", (Text(text),), asked=True)

    def _small(self) -> Text:
        kind = self._draw.choice(tuple(HARMLESS))
        return Text(self._draw.choice(HARMLESS[kind]), kind)

    def _substantive(self) -> str:
        return self._draw.choice(SUBSTANTIVE)

    def _harmless(self) -> str:
        return self._draw.choice(self._all_harmless)

"""What a card shows of what was heard, for tests that make cards and look at them."""

from bots.platforms.card_lines import HeardLine
from bots.platforms.port import Card


def by_sam(*texts: str) -> tuple[HeardLine, ...]:
    """A message each."""
    return tuple(HeardLine("Sam", text) for text in texts)


def texts_on(card: Card) -> list[str]:
    """What was said, without who said it."""
    return [line.text for line in card.heard or ()]

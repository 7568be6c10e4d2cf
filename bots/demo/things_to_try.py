"""What the console offers to try in the demo."""

from bots.console.page_context import ThingToTry
from bots.demo.world import conversation_id, read_toml


def things_to_try() -> tuple[ThingToTry, ...]:
    """In the order to offer them."""
    return tuple(
        ThingToTry(
            person=one["as"], conversation=conversation_id(one["in"]), text=one["say"], look=one["look"]
        )
        for one in read_toml("try.toml")["try"]
    )

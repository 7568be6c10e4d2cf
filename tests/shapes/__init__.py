# ruff: noqa: E501 (a row is a line)
"""What models write around a reply, by the forms that users of many programs have reported: our own words.

The owner is Alex Rivera, who is answered by nobody else of that name; Sam and Jo are the others.
"""

from tests.shapes.again import AS_PEOPLE_WRITE, BEHIND_AGAIN, PLANS, PRESENTED_AGAIN, WHOLE
from tests.shapes.around import (
    ALTERNATIVES,
    NOTES,
    PREAMBLES,
    PRESENTED,
    PROMPT_ECHOES,
    TOOLS,
    UNFILLED,
    WRAPPERS,
)
from tests.shapes.clean import CLEAN as _CLEAN
from tests.shapes.kinds import CHOICES, HEADS, OFFERED, REFUSED, STAGE, THIRD_PERSON
from tests.shapes.offers import OFFERS
from tests.shapes.presented import SAID_TO_FOLLOW, UNMARKED_OPTIONS
from tests.shapes.shape import YES, Shape
from tests.shapes.speakers import ANYBODY, LABELS, OTHER_TURNS, OTHERS_MARKED, SCRIPTS, SIGNED
from tests.shapes.thinking import ASIDES, HALVES, MORE_TAGS, REASONING, REFUSALS, RUNAWAY, UNTAGGED
from tests.shapes.turns import CALLED, OWN_LABELS, SAME_LINE

__all__ = ["CLEAN", "OTHERS", "OWNER_LABEL", "SENTENCES", "SHAPES", "YES", "Shape"]

OWNER_LABEL = "Alex Rivera"
OTHERS = ("Sam", "Jo")
SENTENCES = 3
CLEAN = (*_CLEAN, *CALLED, *AS_PEOPLE_WRITE)
SHAPES = (
    *PROMPT_ECHOES, *REASONING, *LABELS, *OTHER_TURNS, *PREAMBLES, *NOTES, *WRAPPERS, *TOOLS, *ALTERNATIVES, *RUNAWAY, *HALVES,
    *SIGNED, *REFUSALS, *UNFILLED, *SCRIPTS, *ASIDES, *PRESENTED, *SAID_TO_FOLLOW, *UNMARKED_OPTIONS, *OFFERS, *UNTAGGED, *MORE_TAGS,
    *REFUSED, *THIRD_PERSON, *HEADS, *OFFERED, *STAGE, *CHOICES, *ANYBODY, *OTHERS_MARKED,
    *SAME_LINE, *OWN_LABELS, *PLANS, *PRESENTED_AGAIN, *BEHIND_AGAIN, *WHOLE,
)  # fmt: skip

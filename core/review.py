"""What is wrong with a draft, and what can be mended without asking the model again. Pure."""

from enum import StrEnum


class Finding(StrEnum):
    """Something that the owner, or another draft, should mend."""

    EMPTY = "empty"
    REPEATS_ITSELF = "repeats-itself"
    ECHOES = "echoes"
    LEAKS_TEMPLATE = "leaks-template"
    SPEAKS_FOR_OTHERS = "speaks-for-others"
    COMMITS = "commits"
    UNSUPPORTED = "unsupported"
    CLAIMS_HUMAN = "claims-human"
    TOUCHES_BOUNDARY = "touches-boundary"

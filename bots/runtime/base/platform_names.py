"""A platform's name, as ids begin with it and as people write it. Pure."""


def platform_of(name: str) -> str:
    """The part of a conversation's, a message's or an account's id before its colon."""
    return name.partition(":")[0]


def titled(platform: str) -> str:
    """A platform's name as people write it."""
    return platform.capitalize()

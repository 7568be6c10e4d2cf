"""A platform as an argument of a command."""

import click


def known_platform(_context: click.Context, _parameter: click.Parameter, given: str | None) -> str | None:
    """The callback of such an argument: which platforms there are is looked up only once one is given."""
    if given is None:
        return None
    from bots.platforms.registry import listed, platform_names

    if given not in platform_names():
        raise click.BadParameter(f"there is no {given!r}; say {listed(platform_names())}")
    return given

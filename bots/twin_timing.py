"""How long things take and wait, as the owner's settings say."""

from datetime import timedelta

from bots.runtime.base.timing import Timing
from bots.settings import Settings

MAX_CONCURRENT_DRAFTS = {"embedded": 2, "ollama": 4}
"""Drafts at once: the embedded model writes one at a time, and the next is made ready meanwhile."""
MAX_CONCURRENT_INSTANT = 16
"""For a model that is given, and instant."""


def timing_of(settings: Settings, *, instant: bool) -> Timing:
    """The timing that the settings ask for; `instant`: of a model that takes no time."""
    drafts = MAX_CONCURRENT_INSTANT if instant else MAX_CONCURRENT_DRAFTS[settings.model.provider]
    return Timing(
        quiet_s=settings.gateway.burst_s,
        longest_burst_s=4 * settings.gateway.burst_s,
        max_concurrent_drafts=drafts,
        fresh=timedelta(hours=settings.gateway.fresh_hours),
        drafts_last=timedelta(hours=settings.outbox.expire_hours),
        retry_first_s=settings.gateway.retry_first_s,
        retry_longest_s=settings.gateway.retry_longest_s,
    )

"""Times as the owner writes them. Pure."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.errors import OwnerMustFix

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SPAN = re.compile(r"\+?(\d{1,4})\s*([mhdw])", re.IGNORECASE)


def ago(given: str | datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """As `moment`, but a span lies behind."""
    at = moment(given, now, zone)
    return now - (at - now) if isinstance(given, str) and SPAN.fullmatch(given.strip()) else at


def moment(given: str | datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """`2h`, `30m`, `1d`, `1w`, or ISO 8601, in the owner's zone unless it names one; in UTC.

    Raises OwnerMustFix on anything else.
    """
    if isinstance(given, str):
        if span := SPAN.fullmatch(given.strip()):
            return now + timedelta(**{UNITS[span[2].lower()]: int(span[1])})
        try:
            given = datetime.fromisoformat(given.strip())
        except ValueError:
            raise OwnerMustFix("a time is written as 30m, 2h, 1d, or 2026-05-01T09:00") from None
    try:
        return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise OwnerMustFix("that time is too far away") from None

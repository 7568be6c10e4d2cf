"""Times as they are stored: ISO-8601 in UTC with fixed microseconds, so that text order is time order."""

from datetime import UTC, datetime


def to_text(at: datetime) -> str:
    """The stored form of an aware time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """The time behind a stored form."""
    return datetime.fromisoformat(text)


def optional_text(at: datetime | None) -> str | None:
    """The stored form, None for none."""
    return None if at is None else to_text(at)


def optional_time(text: str | None) -> datetime | None:
    """The time, None for none."""
    return None if text is None else from_text(text)

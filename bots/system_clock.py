"""The time as the machine has it."""

from datetime import UTC, datetime


class SystemClock:
    """The machine's."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)

"""The only place that asks the machine for the time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in Asia/Shanghai; a deadline passes at the end of its day there."""
    return now().astimezone(ZONE).date()


def local(instant: datetime) -> datetime:
    """The instant as a wall clock in Asia/Shanghai shows it."""
    return instant.astimezone(ZONE)

"""What the clock does to messages: the digest on the mornings of working days; at every beat, sending what waits."""

from __future__ import annotations

from datetime import date, datetime

from tracker.base import clock
from tracker.messages import actions, postman
from tracker.workdays.queries import calendar


def digest(today: date, at: datetime | None = None) -> dict[str, int]:
    """On a working day, one e-mail a person about what is not urgent. Runs in the caller's transaction."""
    if not calendar().is_workday(today):
        return {"digests": 0}
    return {"digests": actions.make_digests(today, at or clock.now())}


def deliver() -> dict[str, int]:
    """Send what is due. Not in a transaction. Returns how many are in which state after it."""
    return postman.deliver()

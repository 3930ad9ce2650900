"""When a job's slots are due. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

#: A longer gap than this is not made up slot by slot: the latest slots say all that dates can say.
LONGEST_GAP = timedelta(days=60)


def due_days(last: date | None, today: date, at: time, wall: time) -> Iterator[date]:
    """The days whose slot is due and has not run, oldest first.

    ``last``: day of the latest slot on record (None: never ran, only today counts); ``at``: the job's time of day;
    ``wall``: the time of day now, in Asia/Shanghai.
    """
    newest = today if wall >= at else today - timedelta(days=1)
    day = newest if last is None else max(last + timedelta(days=1), newest - LONGEST_GAP)
    while day <= newest:
        yield day
        day += timedelta(days=1)

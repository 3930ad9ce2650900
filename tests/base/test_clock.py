"""One clock: an instant is UTC, a day is Shanghai's, whatever the machine thinks."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from tracker.base import clock


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2019, 8, 31, 15, 59, 59, tzinfo=UTC), date(2019, 8, 31)),
        (datetime(2019, 8, 31, 16, 0, 0, tzinfo=UTC), date(2019, 9, 1)),
        (datetime(2019, 12, 31, 16, 0, 0, tzinfo=UTC), date(2020, 1, 1)),
        (datetime(2020, 2, 28, 16, 30, 0, tzinfo=UTC), date(2020, 2, 29)),
    ],
)
def test_a_day_begins_at_midnight_in_shanghai_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch, zone: str, instant: datetime, day: date
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        with time_machine.travel(instant, tick=False):
            assert clock.today() == day
            assert clock.now() == instant
            assert clock.now().utcoffset() == timedelta(0)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert os.environ.get("TZ") != "Pacific/Kiritimati"


def test_an_instant_is_shown_as_a_wall_clock_in_shanghai_shows_it() -> None:
    shown = clock.local(datetime(2019, 7, 1, 1, 0, tzinfo=UTC))
    assert shown.strftime("%Y-%m-%d %H:%M") == "2019-07-01 09:00"
    assert shown.utcoffset() == timedelta(hours=8)

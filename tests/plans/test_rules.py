"""When the measures of a plan are in time."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.plans.rules import in_time

DEADLINE = date(2019, 8, 31)
DUES = st.dates(DEADLINE - timedelta(days=3), DEADLINE + timedelta(days=3))


@given(st.lists(DUES, max_size=4))
def test_at_least_one_measure_and_every_one_due_by_the_deadline(dues: list[date]) -> None:
    late = [due for due in dues if due > DEADLINE]
    assert in_time([("铺管", "水利局", due) for due in dues], DEADLINE) == (bool(dues) and not late)


@given(st.lists(DUES, min_size=1, max_size=4))
def test_without_a_deadline_any_day_is_in_time(dues: list[date]) -> None:
    assert in_time([("铺管", "", due) for due in dues], None)


def test_a_measure_says_what_is_to_be_done() -> None:
    assert not in_time([("铺管", "", DEADLINE), (" ", "水利局", DEADLINE)], DEADLINE)

"""Working-day arithmetic: make-up days count, holidays do not, and unpublished years fall back to Mon-Fri."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.base.access import Refused
from tracker.workdays.rules import Calendar, PublishedDay, check_notice

NATIONAL_DAY = Calendar(
    {date(2019, 9, 29): True, **{date(2019, 10, day): False for day in range(1, 8)}, date(2019, 10, 12): True},
    frozenset({2019}),
)
days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
calendars = st.builds(
    Calendar, st.dictionaries(st.dates(date(2019, 1, 1), date(2019, 12, 31)), st.booleans(), max_size=40)
)


def test_a_week_without_special_days_is_monday_to_friday() -> None:
    week = [date(2027, 3, 1) + timedelta(days=step) for step in range(7)]
    assert [Calendar().is_workday(day) for day in week] == [True] * 5 + [False] * 2


def test_a_make_up_saturday_is_worked_and_a_holiday_monday_is_not() -> None:
    assert NATIONAL_DAY.is_workday(date(2019, 10, 12))
    assert not NATIONAL_DAY.is_workday(date(2019, 10, 7))


def test_the_starting_day_is_not_counted() -> None:
    assert NATIONAL_DAY.add_workdays(date(2019, 9, 30), 1) == date(2019, 10, 8)
    assert NATIONAL_DAY.add_workdays(date(2019, 10, 8), 4) == date(2019, 10, 12)
    assert NATIONAL_DAY.add_workdays(date(2019, 10, 5), 0) == date(2019, 10, 5)


def test_workdays_between_counts_the_end_and_not_the_start() -> None:
    assert NATIONAL_DAY.workdays_between(date(2019, 9, 30), date(2019, 10, 12)) == 5
    assert NATIONAL_DAY.workdays_between(date(2019, 10, 12), date(2019, 9, 30)) == 0


def test_only_published_years_are_official() -> None:
    assert NATIONAL_DAY.is_official(2019)
    assert not NATIONAL_DAY.is_official(2027)


@given(calendars, days, st.integers(1, 60))
def test_adding_lands_on_a_workday_that_many_workdays_later(calendar: Calendar, day: date, number: int) -> None:
    later = calendar.add_workdays(day, number)
    assert calendar.is_workday(later)
    assert calendar.workdays_between(day, later) == number


@given(calendars, days, st.integers(0, 400), st.integers(0, 400))
def test_a_stretch_of_days_counts_as_the_sum_of_its_parts(calendar: Calendar, day: date, one: int, two: int) -> None:
    middle, end = day + timedelta(days=one), day + timedelta(days=one + two)
    parts = calendar.workdays_between(day, middle) + calendar.workdays_between(middle, end)
    assert parts == calendar.workdays_between(day, end)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "没有 2027 年"),
        ([(date(2026, 12, 31), False)], "没有 2027 年"),
        ([(date(2027, 1, 1), False), (date(2026, 10, 1), False)], "2026-10-01 不属于"),
        ([(date(2027, 1, 1), False), (date(2027, 1, 1), True)], "2027-01-01 出现了两次"),
    ],
)
def test_a_notice_that_cannot_be_meant_so_is_refused(rows: list[tuple[date, bool]], said: str) -> None:
    with pytest.raises(Refused, match=said):
        check_notice(2027, [PublishedDay(day, is_workday) for day, is_workday in rows])


def test_a_notice_may_reach_over_new_year() -> None:
    notice = check_notice(2027, [PublishedDay(date(2027, 1, 1), False), PublishedDay(date(2026, 12, 31), False)])
    assert [published.day for published in notice] == [date(2026, 12, 31), date(2027, 1, 1)]

"""Working-day arithmetic after the State Council's yearly notice, make-up days included. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from tracker.base.access import N_, Refused

_WEEKEND = 5  # date.weekday() of Saturday
_NEW_YEAR = timedelta(days=31)  # how far a notice reaches into the years beside its own


@dataclass(frozen=True)
class Calendar:
    """Special days (True: worked although a weekend; False: off although a weekday) and the years officially published.

    Beyond the published years Monday to Friday counts, and pages say so.
    """

    special: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        return self.special.get(day, day.weekday() < _WEEKEND)

    def is_official(self, year: int) -> bool:
        return year in self.years

    def add_workdays(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day``, which is not counted itself."""
        while number > 0:
            day += timedelta(days=1)
            number -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
        days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
        return sum(self.is_workday(day) for day in days)


@dataclass(frozen=True)
class PublishedDay:
    """One day that a notice names."""

    day: date
    is_workday: bool
    name: str = ""


def check_notice(year: int, days: Iterable[PublishedDay]) -> list[PublishedDay]:
    """The notice's days in order. Refuses one that is empty, says two things of a day, or speaks of another year."""
    ordered = sorted(days, key=lambda published: published.day)
    if not any(published.day.year == year for published in ordered):
        raise Refused(N_("没有 %(year)d 年的放假安排，请检查文件和年份。"), year=year)
    first, last = date(year, 1, 1) - _NEW_YEAR, date(year, 12, 31) + _NEW_YEAR
    for published in ordered:
        if not first <= published.day <= last:
            raise Refused(N_("%(day)s 不属于 %(year)d 年的放假安排。"), day=published.day.isoformat(), year=year)
    for one, other in pairwise(ordered):
        if one.day == other.day:
            raise Refused(N_("%(day)s 出现了两次，请只保留一行。"), day=one.day.isoformat())
    return ordered

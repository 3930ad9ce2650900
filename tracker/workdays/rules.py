"""Working-day arithmetic after the State Council's yearly notice, make-up days included. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_WEEKEND = 5  # date.weekday() of Saturday


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

"""Working-day arithmetic after the State Council's yearly notice, make-up days included. Pure."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from tracker.base.access import N_, Refused

_WEEKEND = 5  # date.weekday() of Saturday
BY_HAND = 0  # the "published year" of days that were set by hand in a year without a notice
FIRST_YEAR, LAST_YEAR = 2000, 2100  # that can be kept
_LONGEST_CHANGE = 31  # days
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


def guessed_years(calendar: Calendar, first: date, last: date) -> list[int]:
    """The years of this stretch whose working days are only guessed: Monday to Friday, for want of a notice."""
    return [year for year in range(first.year, last.year + 1) if not calendar.is_official(year)]


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


def year_of(days: Iterable[PublishedDay]) -> int:
    """The year a notice is for: the one most of its days lie in; it may reach over New Year. Refuses an empty one."""
    years = Counter(published.day.year for published in days)
    if not years:
        raise Refused(N_("文件里没有日期。"))
    return max(years, key=lambda year: (years[year], year))


# --- a change by hand -------------------------------------------------------------------------------------------


class DayKind(StrEnum):
    OFF = "off"
    WORKED = "worked"
    PLAIN = "plain"


DAY_KINDS: dict[DayKind, str] = {
    DayKind.OFF: N_("放假"),
    DayKind.WORKED: N_("上班（调休补班）"),
    DayKind.PLAIN: N_("恢复平常：周一至周五上班，周末休息"),
}


def is_worked(kind: DayKind) -> bool | None:
    """True worked, False off, None as the week has it."""
    return {DayKind.OFF: False, DayKind.WORKED: True}.get(kind)


def check_change(year: int, first: date, last: date) -> list[date]:
    """The days from the first to the last. Refuses another year's, a stretch turned round or too long to be meant."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(N_("只能维护 %(first)s 到 %(last)s 年的工作日。"), first=FIRST_YEAR, last=LAST_YEAR)
    if first > last:
        raise Refused(N_("结束的日期不能早于开始的日期。"))
    for day in (first, last):
        if day.year != year:
            raise Refused(N_("%(day)s 不在 %(year)s 年，请到那一年的页面上改。"), day=day.isoformat(), year=year)
    if (last - first).days >= _LONGEST_CHANGE:
        raise Refused(N_("一次最多改 %(number)s 天，请分几次改。"), number=_LONGEST_CHANGE)
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


# --- a year to look at ------------------------------------------------------------------------------------------


def weeks_of(year: int, month: int) -> list[list[date | None]]:
    """The month's weeks from Monday to Sunday; None where a day belongs to the month before or after."""
    weeks = Weeks(firstweekday=0).monthdatescalendar(year, month)
    return [[day if day.month == month else None for day in week] for week in weeks]

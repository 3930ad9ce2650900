"""What the points and spans of a deadline mean on the calendar: left-out years and months filled in, days checked."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from tracker.ledgers.deadline_words import SEPARATORS, Point, Span, plain, tokens_of
from tracker.ledgers.problems import Fault, fault


@dataclass(frozen=True)
class Moment:
    """What the reader of a deadline knows beside its words."""

    add_workdays: Callable[[date, int], date]
    year: int | None = None  # for dates that leave it out
    ledger_date: date | None = None
    handed_over: date | None = None
    fed_back: date | None = None
    year_of_the_writer: bool = False  # then a hand-over in a later year does not move it


class NoSuchDate(ValueError):
    """A day or month that the calendar does not have."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.fault = fault(code, **params)


_DAY_OF_PART = {"初": 10, "上旬": 10, "上半月": 15, "中旬": 20, "上中旬": 20, "中上旬": 20}


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def make_date(year: int, month: int, day: int | None) -> date:
    """The day, or the last of the month; ``NoSuchDate`` says which number is wrong."""
    if not 1 <= month <= 12:
        raise NoSuchDate("no_such_month", month=month)
    last = _last_day(year, month)
    if day is not None and not 1 <= day <= last:
        raise NoSuchDate("no_such_day", year=year, month=month, day=day, last=last)
    return date(year, month, day or last)


class Unclear(ValueError):
    """The words are readable, but what they mean is for a person to say."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.fault = fault(code, **params)


@dataclass
class Calendar:
    """Resolves points in order: a year or month left out is the one before it, else the ledger's."""

    moment: Moment
    later_year: int | None = None  # an explicit year further on in the same phrase
    year: int | None = None
    month: int | None = None
    last: date | None = None
    notes: list[Fault] = field(default_factory=list)

    def resolve(self, point: Point, *, ends_range: bool = False) -> date:
        if point.part == "中":
            raise Unclear("middle_of_month", phrase=point.said)
        if point.months_on is not None or point.part == "本季度":
            return self._keep(self._from_ledger_date(point), point)
        year = self._year(point)
        month = self.month if point.month is None and ends_range else point.month
        if month is None:
            raise Unclear("month_missing", phrase=point.said)
        day = point.day or _DAY_OF_PART.get(point.part)
        found = make_date(year + (1 if point.part == "元旦" and not point.year_given else 0), month, day)
        if point.eve:
            found -= timedelta(days=1)
        if ends_range and not point.year_given and self.last and found < self.last:
            found = make_date(year + 1, month, day)  # 11月至次年3月, the 次年 left out
        return self._keep(found, point)

    def _keep(self, found: date, point: Point) -> date:
        self.month, self.last = found.month, found
        if point.year_given or self.year is not None:
            self.year = found.year
        return found

    def _year(self, point: Point) -> int:
        if point.year is not None:
            return point.year
        if point.years_on is not None:
            base = self.year if point.said[0] in "次翌" and self.year else self._default_year(point)
            return base + point.years_on
        return self.year or self._default_year(point)

    def _default_year(self, point: Point) -> int:
        moment = self.moment
        base = moment.handed_over or moment.fed_back
        year = moment.year or self.later_year or (base.year if base else None)
        if year is None:
            raise Unclear("year_missing", phrase=point.said)
        if moment.handed_over and not moment.year_of_the_writer:
            return max(year, moment.handed_over.year)
        return year

    def _from_ledger_date(self, point: Point) -> date:
        today = self.moment.ledger_date
        if today is None:
            raise Unclear("ledger_date_missing", phrase=point.said)
        self.notes.append(fault("counted_from_ledger_date", phrase=point.said, date=today.isoformat()))
        if point.part == "本季度":
            return make_date(today.year, (today.month + 2) // 3 * 3, None)
        months = today.month - 1 + (point.months_on or 0)
        year, month = today.year + months // 12, months % 12 + 1
        return make_date(year, month, point.day or _DAY_OF_PART.get(point.part))


FROM_HAND_OVER = re.compile(
    r"交办|派发|分派|分办|转办|移交|交账|下达|下发|督办|签收|接到|收到|通知|任务|整改之日|接[件文函单]|收[件文函单]|派单|领办"
)
FROM_FEEDBACK = re.compile(r"反馈|通报|指出|巡视|巡察|督查|检查|审计报告")
COUNTED_FROM = re.compile(r"之日|之时|当日|次日|后|起")
# 批复后30日内 waits for somebody else's act, whatever else the clause speaks of.
_FROM_ELSEWHERE = re.compile(
    r"印发|发布|公布|批复|批准|审批|审定|核准|开工|动工|竣工|完工|施工|验收|资金|到位|招标|中标|签订|生效|通过|立项|评审|出台"
)
_FROM_NOW = re.compile(r"即日|今日|现在|本日")


def end_of_span(span: Span, before: str, moment: Moment, notes: list[Fault]) -> date:
    """The day of hand-over is not counted: 交办后30日内 is the day of hand-over plus 30."""
    base = _base_of_span(before, moment, notes, span.said)
    count = span.count
    if span.unit == "工作日":
        return moment.add_workdays(base, int(count))
    if span.unit in ("日", "天"):
        return base + timedelta(days=int(count))
    if span.unit in ("周", "星期", "礼拜"):
        return base + timedelta(days=int(count * 7))
    if span.unit == "小时":
        return base + timedelta(days=-(-int(count) // 24))
    if span.unit == "?月" and not COUNTED_FROM.search(before):
        raise Unclear("month_or_months", phrase=span.said)
    months = count * {"月": 1, "?月": 1, "季度": 3, "年": 12}[span.unit]
    return _add_months(base, int(months)) + timedelta(days=15 if months % 1 else 0)


def _add_months(base: date, months: int) -> date:
    total = base.month - 1 + months
    year, month = base.year + total // 12, total % 12 + 1
    return date(year, month, min(base.day, _last_day(year, month)))


def _base_of_span(before: str, moment: Moment, notes: list[Fault], said: str) -> date:
    clause = SEPARATORS.split(before)[-1]
    if FROM_FEEDBACK.search(clause) and not FROM_HAND_OVER.search(clause):
        if moment.fed_back:
            return moment.fed_back
        raise Unclear("feedback_date_missing", phrase=clause + said)
    known = FROM_HAND_OVER.search(clause) or _FROM_NOW.search(clause)
    if _FROM_ELSEWHERE.search(clause) and COUNTED_FROM.search(clause):
        raise Unclear("counted_from_what", phrase=clause + said)
    if not known and COUNTED_FROM.search(clause):
        raise Unclear("counted_from_what", phrase=clause + said)
    if moment.handed_over:
        return moment.handed_over
    if moment.fed_back and not _FROM_NOW.search(clause):
        notes.append(fault("counted_from_feedback", phrase=clause + said, date=moment.fed_back.isoformat()))
        return moment.fed_back
    raise Unclear("hand_over_missing", phrase=clause + said)


@lru_cache(maxsize=10_000)
def read_date(text: str, year: int | None = None) -> date | None:
    """A single day with its year (or the given one), as in 交办日期; None where the text is no such day."""
    bare = plain(text)
    if re.fullmatch(r"\d{5}(?:\.0+)?", bare):
        return date(1899, 12, 30) + timedelta(days=int(float(bare)))
    tokens = tokens_of(bare)
    if len(tokens) != 1 or not isinstance(tokens[0], Point):
        return None
    point = tokens[0]
    if point.month is None or point.day is None or (point.year or year) is None or point.months_on is not None:
        return None
    try:
        return make_date(point.year or year or 0, point.month, point.day)
    except NoSuchDate:
        return None


def find_dates(text: str) -> list[tuple[date, str]]:
    """Whole dates (year, month, day) in a line, each with the words before it."""
    bare = plain(text)
    found = []
    previous = 0
    for token in tokens_of(bare):
        if isinstance(token, Point) and token.year and token.month and token.day:
            try:
                found.append((make_date(token.year, token.month, token.day), bare[previous : token.start]))
            except NoSuchDate:
                pass  # a title with an impossible date simply gives none
        previous = token.end
    return found

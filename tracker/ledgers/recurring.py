"""What comes again (每月25日前, 按季度) has no last day: the days a person may choose from. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from datetime import date

from tracker.ledgers.deadline_calendar import Moment

RECURRING = re.compile(
    r"每(?:个|一|两|\d)?(?:年|月|周|日|天|季|半年|旬|学期|星期|工作日)|按(?:年|月|季|周|旬|学期)|逐[年月季周]|"
    r"(?<!不)定期|不定期|经常|随时|适时|月报|季报|周报"
)
_SEVERAL = re.compile(r"[两\d]")  # 每两月: counted from when?
_A_PART = re.compile(r"度?(?:[上中下初第首前后]|[底末]月|\d)")
_DAY = re.compile(r"(?:的)?(\d{1,2})[日号]")
_DAY_OF_YEAR = re.compile(r"(?:的)?(\d{1,2})月(?:份)?(?:(\d{1,2})[日号]|[底末]|(?=$|[前,。]))")


def choices(text: str, said: re.Match[str], moment: Moment) -> dict[str, date]:
    """``coming``: the first day it falls on, from the ledger's day (or that of hand-over) on, where the words say which;
    ``year_end``: of the ledger's year. Each only where it is known."""
    base = moment.ledger_date or moment.handed_over or moment.fed_back
    year = moment.year or (base.year if base else None)
    found = {}
    days = _days(said[0], text[said.end() :], base.year) if base else ()
    if coming := next((day for day in days if base and day >= base), None):
        found["coming"] = coming
    if year and found.get("coming") != date(year, 12, 31):
        found["year_end"] = date(year, 12, 31)
    return found


def _days(often: str, rest: str, year: int) -> Iterable[date]:
    """The days it falls on from this year on; none where the words do not say."""
    if _SEVERAL.search(often):
        return ()
    if "年" in often and "半年" not in often:
        match = _DAY_OF_YEAR.match(rest)
        if match and 1 <= int(match[1]) <= 12:
            return _every((int(match[1]),), int(match[2]) if match[2] else None, year)
        return () if match or _A_PART.match(rest) else _every((12,), None, year)
    if "月" in often and (match := _DAY.match(rest)):
        return _every(range(1, 13), int(match[1]), year) if 1 <= int(match[1]) <= 31 else ()
    if _A_PART.match(rest):
        return ()
    for word, months in (("半年", (6, 12)), ("季", (3, 6, 9, 12)), ("月", tuple(range(1, 13)))):
        if word in often:
            return _every(months, None, year)
    return ()


def _every(months: tuple[int, ...] | range, day: int | None, year: int) -> Iterator[date]:
    """That day (None: the last) of these months, in years that have it."""
    for each in range(year, year + 9):
        for month in months:
            last = calendar.monthrange(each, month)[1]
            if day is None or day <= last:
                yield date(each, month, day or last)

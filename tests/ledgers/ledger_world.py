"""A small city to read ledgers for, and plain ways to make workbooks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import chinese_calendar
from openpyxl import Workbook as NewWorkbook
from openpyxl.worksheet.worksheet import Worksheet

from tracker.ledgers.reading import Reading, read_ledger
from tracker.ledgers.vocabulary import Category, Correction, Place, Vocabulary

TODAY = date(2019, 8, 5)
CATEGORIES = tuple(
    Category(str(code), name)
    for code, name in enumerate(
        [
            "两不愁三保障",
            "易地扶贫搬迁",
            "安全饮水",
            "村卫生室空白村",
            "小额贷款",
            "资金项目管理",
            "致贫返贫",
            "涉贫信访舆情",
            "群众认可度",
        ],
        1,
    )
)
COUNTIES = tuple(
    Place(name, aliases)
    for name, aliases in {
        "双清区": (),
        "大祥区": (),
        "北塔区": (),
        "邵东市": ("邵东县",),
        "新邵县": (),
        "邵阳县": (),
        "隆回县": (),
        "洞口县": (),
        "绥宁县": (),
        "新宁县": (),
        "城步苗族自治县": (),
        "武冈市": (),
    }.items()
)


def add_workdays(day: date, count: int) -> date:
    """Mondays to Fridays: enough where no holiday matters."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def state_workdays(day: date, count: int) -> date:
    """By the State Council's calendar, holidays and make-up days and all."""
    while count:
        day += timedelta(days=1)
        count -= chinese_calendar.is_workday(day)
    return day


def vocabulary(**corrected: Any) -> Vocabulary:
    return Vocabulary(CATEGORIES, COUNTIES, add_workdays, Place("邵阳市", ("市本级",)), Correction(**corrected))


def workbook(sheets: dict[str, Any], merges: dict[str, Sequence[str]] | None = None) -> NewWorkbook:
    book = NewWorkbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for block in (merges or {}).get(name, ()):
            sheet.merge_cells(block)
    return book


def saved(book: NewWorkbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(source: bytes | NewWorkbook, /, filename: str = "台账.xlsx", **corrected: Any) -> Reading:
    data = source if isinstance(source, bytes) else saved(source)
    return read_ledger(data, filename, vocabulary=vocabulary(**corrected), today=TODAY)


def told(reading: Reading) -> set[tuple[str, str, str]]:
    return {(problem.cell, problem.code, problem.severity.value) for problem in reading.problems}

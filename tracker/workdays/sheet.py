"""The columns of a notice as a file, in and out. Touches no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tracker.base.access import N_
from tracker.base.sheets import SheetRefused
from tracker.base.sheets_in import read_workbook
from tracker.base.sheets_list import Column, Record, records
from tracker.org.rules import FileRefused, Slip
from tracker.workdays.rules import PublishedDay

COLUMNS = (
    Column("day", ("日期", "date", "day"), required=True),
    Column("kind", ("类型", "放假或上班", "kind", "type"), required=True),
    Column("name", ("节日", "名称", "name")),
)
OFF, WORKED = "放假", "上班"
_KINDS = {
    **dict.fromkeys((OFF, "休", "休息", "放假调休", "off", "holiday"), False),
    **dict.fromkeys((WORKED, "班", "补班", "调休上班", "worked", "workday"), True),
}


def read_days(data: bytes, filename: str) -> list[PublishedDay]:
    """The days of a notice. Raises FileRefused naming every bad cell."""
    try:
        rows = records(read_workbook(data, filename), COLUMNS)
    except SheetRefused as refusal:
        slip = Slip(refusal.cell or filename, refusal.problem_msgid, refusal.mend_msgid, refusal.params)
        raise FileRefused([slip]) from refusal
    slips = [slip for row in rows for slip in _slips(row)]
    if slips:
        raise FileRefused(slips)
    return [PublishedDay(_day(row.text("day")), _kind(row), row.text("name")) for row in rows]


def as_rows(days: Iterable[PublishedDay]) -> list[tuple[str, str, str]]:
    """The same out again."""
    return [(one.day.isoformat(), WORKED if one.is_workday else OFF, one.name) for one in days]


def _slips(row: Record) -> list[Slip]:
    found = []
    text = row.text("day")
    try:
        _day(text)
    except ValueError:
        found.append(
            Slip(row.cell("day"), N_("“%(text)s”不是日期。"), N_("请写成 2027-10-01 的样子。"), {"text": text})
        )
    if row.text("kind").strip().lower() not in _KINDS:
        found.append(
            Slip(row.cell("kind"), N_("不认识“%(text)s”。"), N_("请写“放假”或“上班”。"), {"text": row.text("kind")})
        )
    if len(row.text("name")) > 40:
        found.append(Slip(row.cell("name"), N_("节日名称超过 40 个字。"), N_("请缩短。")))
    return found


def _day(text: str) -> date:
    """2027-10-01, 2027/10/1, 2027.10.1, 2027年10月1日; a cell with a time keeps its date. Raises ValueError."""
    plain = text.split(" ")[0].split("T")[0]
    for sign in "/.年月":
        plain = plain.replace(sign, "-")
    parts = plain.removesuffix("日").split("-")
    if len(parts) != 3:
        raise ValueError(text)
    year, month, day = map(int, parts)
    return date(year, month, day)


def _kind(row: Record) -> bool:
    return _KINDS[row.text("kind").strip().lower()]

"""Use case: take the list out as a table. It changes nothing, but who took what stays on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.base import journal
from tracker.base.access import N_, Actor, Refused, Right, may
from tracker.base.db import db
from tracker.base.sheets_out import write_csv, write_xlsx
from tracker.issues.models import Issue
from tracker.org.models import Region
from tracker.progress.models import ProgressEntry
from tracker.register import queries
from tracker.register.rules import CHINESE, WHOLE_LIST, Filters, Words
from tracker.register.sheet import COLUMNS, Line

CHUNK = 1_000
Told = Callable[[int, int], None]
TITLE = N_("问题整改台账")


@dataclass(frozen=True)
class Export:
    """A table on its way out: how many rows it will have, its heads, and the rows, read as they are taken."""

    title: str
    columns: list[str]
    widths: list[int]
    count: int
    rows: Iterator[list[Any]]


def export_rows(
    filters: Filters, actor: Actor, *, today: date, words: Words = CHINESE, at: datetime | None = None
) -> Export:
    """Exactly what the filters find for this person, in the list's order; recorded (verb ``export``).

    Raises Refused without the right. Commit before taking the rows: they need no lock.
    """
    if not may(actor, Right.LEDGER_EXPORT):
        raise Refused(N_("您不能导出台账。"))
    number = queries.count(queries.scope(filters, actor, today))
    record_export(filters, actor, number, at)
    return Export(
        words.say(TITLE),
        [words.say(column.label) for column in COLUMNS],
        [column.width for column in COLUMNS],
        number,
        _rows(filters, actor, today, words),
    )


def record_export(filters: Filters, actor: Actor, number: int, at: datetime | None = None) -> None:
    """Leave the event; words people typed may be names, so they stand beside it."""
    typed = [
        f"{name}={text}" for name, text in (("q", filters.q), ("lead", filters.lead), ("unit", filters.unit)) if text
    ]
    coded: dict[str, Any] = {}
    for name, value in filters.parameters():
        if name not in {"q", "lead", "unit"}:
            coded.setdefault(name, []).append(value)
    journal.record(
        "export",
        "register",
        0,
        **journal.by(actor),
        at=at,
        data={"filters": coded, "rows": number},
        remark="\n".join(typed) or None,
    )


def _rows(filters: Filters, actor: Actor, today: date, words: Words) -> Iterator[list[Any]]:
    names = queries.choices(words)
    place, person = aliased(Region), aliased(User)
    columns = (
        Issue.requirement,
        Issue.amount,
        select(place.name).where(place.id == Issue.region_id).scalar_subquery().label("place"),
        select(person.name).where(person.id == Issue.responsible_person_id).scalar_subquery().label("person"),
    )
    for chunk in queries.chunks(filters, actor, today, columns, CHUNK):
        texts = _latest_texts([row.id for row in chunk])
        for item in queries.items(chunk, today):
            row = item.row
            line = Line(
                item,
                words,
                today,
                names.counties.get(row.county_id, ""),
                names.categories.get(row.category_id, ""),
                row.place,
                row.person,
                texts.get(row.id),
            )
            yield [column.value(line) for column in COLUMNS]


def _latest_texts(ids: list[int]) -> dict[int, str]:
    """The text of the latest progress entry of each issue."""
    latest = select(func.max(ProgressEntry.id)).where(ProgressEntry.issue_id.in_(ids)).group_by(ProgressEntry.issue_id)
    query = select(ProgressEntry.issue_id, ProgressEntry.text).where(ProgressEntry.id.in_(latest))
    return {row.issue_id: row.text for row in db.session.execute(query)}


def export_to(
    target: Path,
    actor: Actor,
    *,
    today: date,
    words: Words = CHINESE,
    filters: Filters | None = None,
    told: Told = lambda _done, _total: None,
) -> int:
    """Write the list into a file, xlsx or csv by its ending, and return the number of rows; without filters all of it.

    The file is there when it is whole: stopped on the way (``told`` hears (rows done, rows) and may raise), what stood
    under the name before stands there still.
    """
    if target.suffix not in {".xlsx", ".csv"}:
        raise Refused(N_("请把文件名写成 .xlsx 或 .csv 结尾。"))
    table = export_rows(filters or WHOLE_LIST, actor, today=today, words=words)
    table = replace(table, rows=_telling(table, told))
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as out:
            is_workbook = target.suffix == ".xlsx"
            number = write_workbook(out, table) if is_workbook else write_csv(out, table.columns, table.rows)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return number


def _telling(table: Export, told: Told) -> Iterator[list[Any]]:
    for number, row in enumerate(table.rows, start=1):
        yield row
        if number % CHUNK == 0 or number == table.count:
            told(number, table.count)


def write_workbook(target: str | Path | IO[bytes], table: Export) -> int:
    return write_xlsx(target, table.title, table.columns, table.rows, table.widths)

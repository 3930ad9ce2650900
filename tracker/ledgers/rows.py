"""One problem as understood: the row, and the readers of its fields in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.base.sheets import letter
from tracker.ledgers import row_duty, row_origin, row_state, row_term
from tracker.ledgers.deadlines import TIME_LIMITED, Milestone
from tracker.ledgers.names import Person
from tracker.ledgers.problems import fault
from tracker.ledgers.row_cells import TableCells
from tracker.ledgers.values import amount_of, serial_of, whole_of


class Where(Mapping[str, str]):
    """Field → address of the cell it was read from. There is one for every row of a ledger, and most of them are never
    asked: what follows from row and column is put together when it is wanted."""

    __slots__ = ("_columns", "_elsewhere", "_row", "_sheet")

    def __init__(self, sheet: str, row: int, columns: Mapping[str, list[int]], elsewhere: Mapping[str, str] | None):
        self._sheet, self._row, self._columns, self._elsewhere = sheet, row, columns, elsewhere

    def __getitem__(self, name: str) -> str:
        if self._elsewhere and name in self._elsewhere:
            return self._elsewhere[name]
        return f"{self._sheet}!{letter(self._columns[name][0])}{self._row}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@dataclass(frozen=True, slots=True, weakref_slot=True)  # with a dict for so many fields each row is four times as large
class LedgerRow:
    """One problem as understood. ``cells`` maps a field to the cell it was read from."""

    sheet: str
    row: int
    title: str
    wording: str = ""
    detail: str = ""
    number: str | None = None
    serial: str | None = None
    source: str | None = None
    source_written: str = ""
    clause: str = ""
    category: str | None = None
    nature: str = ""
    county: str | None = None
    region: str = ""  # township and village as written
    lead_official: str | None = None
    lead_official_post: str = ""
    lead_unit: str | None = None
    responsible_units: tuple[str, ...] = ()
    responsible_person: str | None = None
    responsible_people: tuple[Person, ...] = ()
    task_force: str = ""
    goal: str = ""
    requirement: str = ""
    measures: str = ""
    fed_back: date | None = None
    handed_over: date | None = None
    deadline: date | None = None
    deadline_written: str = ""
    deadline_remark: str = ""
    proposed_deadline: date | None = None
    kind: str = TIME_LIMITED
    milestones: tuple[Milestone, ...] = ()
    state: str | None = None
    state_written: str = ""
    progress: str = ""
    completed_on: date | None = None
    struck_off_on: date | None = None
    amount: Decimal | None = None  # yuan
    amount_done: Decimal | None = None
    quantity_unit: str = ""
    quantity_total: int | None = None
    quantity_done: int | None = None
    remark: str = ""
    others: tuple[tuple[str, str], ...] = ()  # columns without a field, so that nothing is lost
    cells: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        plain_fields = {name: _plain_value(getattr(self, name)) for name in _JSON_FIELDS}
        return {
            **plain_fields,
            "responsible_units": list(self.responsible_units),
            "milestones": [{"due": item.due.isoformat(), "text": item.text} for item in self.milestones],
            "others": dict(self.others),
            "cells": dict(self.cells),
        }


_JSON_FIELDS = tuple(
    name
    for name in LedgerRow.__dataclass_fields__
    if name not in ("responsible_units", "responsible_people", "milestones", "others", "cells")
)


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_rows(cells: TableCells, today: date) -> Iterator[LedgerRow]:
    """Each problem of the table; what does not fit is told in ``cells.problems``, in the order of the rows."""
    for _ in cells.records():
        row = _row(cells, today)
        _tell_too_long(cells, row)
        yield row


def _row(cells: TableCells, today: date) -> LedgerRow:
    title = _title(cells)
    official, official_post = row_duty.lead_official(cells)
    units, lead_unit = row_duty.units(cells)
    handed_over, fed_back = row_term.handed_over(cells), row_term.fed_back(cells)
    deadline = row_term.deadline(cells, handed_over, fed_back)
    kind = row_term.kind(cells, deadline)
    state, state_written = row_state.state(cells, kind, bool(units))
    source, source_written = row_origin.source(cells)
    county, region = row_origin.county(cells, units, title)
    people = row_duty.people(cells)
    return LedgerRow(
        cells.table.sheet.name,
        cells.record.row,
        title,
        wording=cells.cell("title").text,
        detail=cells.text("detail"),
        number=cells.text("number") or None,
        serial=serial_of(cells.text("serial")) or None,
        source=source,
        source_written=source_written,
        clause=cells.text("clause"),
        category=row_origin.category(cells),
        nature=cells.text("nature"),
        county=county,
        region=region,
        lead_official=official,
        lead_official_post=official_post,
        lead_unit=lead_unit,
        responsible_units=units,
        responsible_person="、".join(people.names) or people.unread or None,
        responsible_people=people.people,
        task_force=cells.text("task_force"),
        goal=cells.text("goal"),
        requirement=cells.text("requirement"),
        measures=cells.text("measures"),
        fed_back=fed_back,
        handed_over=handed_over,
        deadline=deadline.due,
        deadline_written=cells.text("deadline_written") or deadline.written,
        deadline_remark=deadline.remark,
        proposed_deadline=row_term.proposed(cells, deadline, kind, state, handed_over, today),
        kind=kind,
        milestones=deadline.milestones,
        state=state,
        state_written=state_written,
        progress=cells.text("progress"),
        completed_on=row_term.day_in(cells, "completed_on"),
        struck_off_on=row_term.day_in(cells, "struck_off_on", quiet=True),
        amount=_amount(cells, "amount"),
        amount_done=_amount(cells, "amount_done"),
        quantity_unit=cells.text("quantity_unit"),
        quantity_total=whole_of(cells.text("quantity_total")),
        quantity_done=whole_of(cells.text("quantity_done")),
        remark=cells.text("remark"),
        others=_others(cells, people.people, state),
        cells=_where(cells),
    )


#: How many characters a name of each kind may have (``org``, ``accounts``, ``issues``: models).
LONGEST_NUMBER, LONGEST_TASK_FORCE, LONGEST_UNIT, LONGEST_PERSON = 60, 120, 120, 60


def _tell_too_long(cells: TableCells, row: LedgerRow) -> None:
    """A name cannot be cut; what is longer than one can be is a sentence in the wrong column."""
    people = [name for person in row.responsible_people for name in (person.name, person.post)]
    named: tuple[tuple[int, str, Iterable[str | None]], ...] = (
        (LONGEST_NUMBER, "number", (row.number,)),
        (LONGEST_TASK_FORCE, "task_force", (row.task_force,)),
        (LONGEST_UNIT, "lead_unit", (row.lead_unit,)),
        (LONGEST_UNIT, "responsible_units", row.responsible_units),
        (LONGEST_PERSON, "lead_official", (row.lead_official, row.lead_official_post)),
        (LONGEST_PERSON, "responsible_person", people),
    )
    for most, name, texts in named:
        for text in texts:
            if text and len(text) > most:
                where = row.cells[name] if name in row.cells else cells.row_address()
                cells.tell(where, fault("too_long", phrase=text[:20], length=len(text), most=most), text[:60])


def _where(cells: TableCells) -> Where:
    """Merged cells stand where their block begins."""
    plain = Where(cells.table.sheet.name, cells.record.row, cells.columns, None)
    if cells.record.row not in cells.merged_rows:
        return plain
    merged = {
        name: address
        for name, columns in cells.columns.items()
        if (address := cells.by_column[columns[0]].address) != plain[name]
    }
    return Where(cells.table.sheet.name, cells.record.row, cells.columns, merged) if merged else plain


def _others(cells: TableCells, people: Sequence[Person], state: str | None) -> tuple[tuple[str, str], ...]:
    """What has no field of its own in an issue, by its header; a quantity in words is words too."""
    found = [(label, text) for column, label in cells.unknown.items() if (text := cells.down(column))]
    found += cells.further()
    for name in (
        "nature",
        "responsible_person_post",
        "fed_back",
        "phone",
        "quantity",
        "quantity_total",
        "quantity_done",
    ):
        text = cells.text(name)
        if name == "responsible_person_post" and any(text in person.post for person in people):
            continue
        if text and (not name.startswith("quantity_") or whole_of(text) is None):
            column = cells.columns[name][0]
            found.append((_head_of(cells, column), text))
    done = cells.text("completed_on")
    if done and (state != "cleared" or cells.text("struck_off_on")):  # else it is the day of clearance
        found.append((_head_of(cells, cells.columns["completed_on"][0]), done))
    return tuple(found)


def _head_of(cells: TableCells, column: int) -> str:
    return next(heading.text for heading in cells.table.headings if heading.column == column)


def _title(cells: TableCells) -> str:
    found = cells.cell("title")
    title = re.sub(r"[\r\n\t]+", "", found.text).strip().strip("\u3000").strip()
    if not title and not found.broken and "title" in cells.columns:
        cells.tell(found, fault("missing_title"))
    return title


def _amount(cells: TableCells, name: str) -> Decimal | None:
    found = cells.cell(name)
    if not found.text:
        return None
    amount, faults = cells.remember(amount_of, found.text, cells.amount_units[name])
    cells.tell_all(found, faults)
    return amount if isinstance(amount, Decimal) else None

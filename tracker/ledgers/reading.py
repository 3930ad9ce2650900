"""A ledger file, read: every stage in order, and the whole result in one frozen tree.

1. cells: ``base.sheets`` opens the file.  2. tables: ``table`` finds headers and records.  3. letterhead: what the lines
around say about all rows.  4. rows: each field's reader.  5. what only shows over all rows (numbers used twice).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from tracker.base.sheets import Sheet, Workbook
from tracker.base.sheets_in import read_workbook
from tracker.ledgers.header import text_of
from tracker.ledgers.letterhead import Letterhead, read_letterhead, title_of
from tracker.ledgers.problems import Problem, Severity, fault
from tracker.ledgers.row_cells import TableCells
from tracker.ledgers.rows import LedgerRow, read_rows
from tracker.ledgers.table import Heading, Passed, Table, find_tables
from tracker.ledgers.vocabulary import Correction, Vocabulary, plain

_GENERIC_NAMES = ("sheet", "工作表", "表")


@dataclass(frozen=True)
class SheetReading:
    """How one table was understood, for a person to check."""

    sheet: str
    header: tuple[int, int]
    headings: tuple[Heading, ...]
    titles: tuple[str, ...]
    passed: tuple[Passed, ...]
    rows: int
    letterhead: Letterhead

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "header": list(self.header),
            "columns": [
                {"column": h.letter, "header": h.text, "field": h.field, "hidden": h.hidden} for h in self.headings
            ],
            "hidden_columns": [{"column": h.letter, "header": h.text} for h in self.headings if h.hidden],
            "titles": list(self.titles),
            "not_problems": [{"row": p.row, "what": p.what, "text": p.text} for p in self.passed],
            "rows": self.rows,
        }


@dataclass(frozen=True)
class NamedPerson:
    """A person named in the ledger, with the unit the row suggests (none for a lead official) and the first cell."""

    name: str
    post: str
    unit: str | None
    cell: str


@dataclass(frozen=True)
class Reading:
    filename: str
    kind: str  # xlsx, xls, ods, csv
    title: str
    owner: str | None
    ledger_date: date | None
    rows: tuple[LedgerRow, ...]
    problems: tuple[Problem, ...]
    sheets: tuple[SheetReading, ...]
    sheets_without_table: tuple[str, ...]
    units: Mapping[str, str]  # every unit named → the first cell that names it
    persons: tuple[NamedPerson, ...]

    def of(self, severity: Severity) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == severity]

    @property
    def errors(self) -> list[Problem]:
        return self.of(Severity.ERROR)

    @property
    def asks(self) -> list[Problem]:
        return self.of(Severity.ASK)

    @property
    def warnings(self) -> list[Problem]:
        return self.of(Severity.WARNING)

    def as_json(self) -> dict[str, Any]:
        """The form printed by a dry run."""
        return {
            "rows": len(self.rows),
            "title": self.title,
            "owner": self.owner,
            "ledger_date": self.ledger_date.isoformat() if self.ledger_date else None,
            "issues": [row.as_json() for row in self.rows],
            "errors": [
                {"cell": p.cell, "code": p.code, "problem": p.problem, "mend": p.mend, "phrase": p.phrase}
                for p in self.errors
            ],
            "asks": [
                {"cell": p.cell, "code": p.code, "phrase": p.phrase, "problem": p.problem, "question": p.mend}
                for p in self.asks
            ],
            "warnings": [{"cell": p.cell, "code": p.code, "problem": p.problem, "mend": p.mend} for p in self.warnings],
            "sheets": [sheet.as_json() for sheet in self.sheets],
            "sheets_without_table": list(self.sheets_without_table),
            "hidden_columns": [
                {"sheet": sheet.sheet, "column": h.letter, "header": h.text}
                for sheet in self.sheets
                for h in sheet.headings
                if h.hidden
            ],
            "units": list(self.units),
            "persons": [{"name": p.name, "post": p.post, "unit": p.unit, "cell": p.cell} for p in self.persons],
        }


def read_ledger(
    source: str | Path | bytes, filename: str | None = None, *, vocabulary: Vocabulary, today: date
) -> Reading:
    """Read a whole ledger. Raises ``SheetRefused`` where there are no rows to speak of; all else is a problem."""
    name = filename or (str(source) if not isinstance(source, bytes) else "ledger")
    book = read_workbook(source, name)
    tables, around, problems = _tables(book, vocabulary.correction)
    stem = PurePath(name).stem
    rows: list[LedgerRow] = []
    sheets: list[SheetReading] = []
    for table in tables:
        head = read_letterhead(table, around, stem, vocabulary, several_tables=len(tables) > 1)
        cells = TableCells(table, head, vocabulary)
        found = list(read_rows(cells, today))
        problems += [*_of_table(table, book), *cells.problems]
        rows += found
        sheets.append(
            SheetReading(table.sheet.name, table.header, table.headings, table.titles, table.passed, len(found), head)
        )
    problems += _across(rows)
    with_table = {table.sheet.name for table in tables}
    return Reading(
        name,
        book.kind,
        _title(sheets, around, stem),
        next((sheet.letterhead.owner for sheet in sheets if sheet.letterhead.owner), None),
        next((sheet.letterhead.ledger_date for sheet in sheets if sheet.letterhead.ledger_date), None),
        tuple(rows),
        tuple(problems),
        tuple(sheets),
        tuple(sheet.name for sheet in book.sheets if sheet.visible and sheet.name not in with_table),
        _units(rows),
        _persons(rows),
    )


def _tables(book: Workbook, correction: Correction) -> tuple[list[Table], list[str], list[Problem]]:
    """The tables of all visible sheets, the lines of sheets without one, and what to say about sheets."""
    tables: list[Table] = []
    around: list[str] = []
    problems: list[Problem] = []
    for sheet in book.sheets:
        if not any(value != "" for row in sheet.rows for value in row):
            continue
        if not sheet.visible and not correction.take_hidden:
            problems.append(Problem(sheet.name, fault("hidden_sheet")))
            continue
        found = find_tables(
            sheet, correction.header_rows.get(sheet.name), correction.columns, take_hidden=correction.take_hidden
        )
        usable = [table for table in found if table.records or len(found) == 1]
        tables += usable
        if not usable:
            around += _lines(sheet)
    ledgers = [table for table in tables if "title" in table.fields]
    if ledgers and len(ledgers) < len(tables):
        for table in tables:
            if "title" not in table.fields:
                address = table.sheet.address(table.header[0], 1)
                problems.append(Problem(address, fault("table_without_problems", sheet=table.sheet.name)))
        tables = ledgers
    if not tables:
        problems.append(Problem(book.sheets[0].name if book.sheets else "", fault("no_table")))
    return tables, around, problems


def _lines(sheet: Sheet) -> list[str]:
    return [text for row in sheet.rows[:200] for value in row if (text := text_of(value))]


def _of_table(table: Table, book: Workbook) -> list[Problem]:
    """What to say about a table before its rows."""
    problems: list[Problem] = []
    last = table.header[1]
    if "title" not in table.fields:
        problems.append(Problem(table.sheet.address(last, 1), fault("no_title_column")))
    for heading in table.headings:
        address = table.sheet.address(last, heading.column)
        if heading.hidden:
            problems.append(Problem(address, fault("hidden_column", header=heading.text)))
        elif heading.beaten_by:
            problems.append(Problem(address, fault("column_not_taken", header=heading.text, other=heading.beaten_by)))
    hidden = [passed.row for passed in table.passed if passed.what == "hidden"]
    if hidden:
        listed = "、".join(map(str, hidden[:20])) + ("…" if len(hidden) > 20 else "")
        address = table.sheet.address(hidden[0], 1)
        problems.append(Problem(address, fault("hidden_rows", count=len(hidden), rows=listed)))
    if not table.sheet.layout_known and book.kind == "xls":
        problems.append(Problem(table.sheet.name, fault("layout_unknown")))
    return problems


def _across(rows: Iterable[LedgerRow]) -> list[Problem]:
    """Numbers used twice, and the same wording twice for one county and source."""
    numbers: dict[str, str] = {}
    wordings: dict[tuple[str, str | None, str | None], str] = {}
    problems: list[Problem] = []
    for row in rows:
        title_cell = row.cells.get("title", row.sheet)
        if row.number:
            cell = row.cells["number"]
            first = numbers.setdefault(plain(row.number), cell)
            if first != cell:
                problems.append(Problem(cell, fault("duplicate_number", number=row.number, other=first), row.number))
        if row.title:
            same = wordings.setdefault((row.title, row.county, row.source), title_cell)
            if same != title_cell:
                problems.append(Problem(title_cell, fault("duplicate_wording", other=same), row.title[:40]))
    return problems


def _title(sheets: list[SheetReading], around: list[str], stem: str) -> str:
    """The cover's or the only table's title; else the sheet's name, if somebody gave it one; else the file's."""
    if len(sheets) > 1 and (title := title_of(around)):
        return title
    if sheets and sheets[0].letterhead.title:
        return sheets[0].letterhead.title
    name = sheets[0].sheet if len(sheets) == 1 else ""
    return stem if not name or name.rstrip("0123456789").lower() in _GENERIC_NAMES else name


def _units(rows: Iterable[LedgerRow]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        if row.lead_unit:
            found.setdefault(row.lead_unit, row.cells.get("lead_unit", row.cells.get("responsible_units", row.sheet)))
        for name in row.responsible_units:
            found.setdefault(name, row.cells.get("responsible_units", row.sheet))
    return found


def _persons(rows: Iterable[LedgerRow]) -> tuple[NamedPerson, ...]:
    found: dict[tuple[str, str | None], NamedPerson] = {}
    for row in rows:
        if row.lead_official:
            person = NamedPerson(
                row.lead_official, row.lead_official_post, None, row.cells.get("lead_official", row.sheet)
            )
            known = found.setdefault((person.name, None), person)
            if person.post and not known.post:
                found[person.name, None] = person
        unit = row.responsible_units[0] if row.responsible_units else None
        for named in row.responsible_people:
            cell = row.cells.get("responsible_person", row.sheet)
            found.setdefault((named.name, unit), NamedPerson(named.name, named.post, unit, cell))
    return tuple(found.values())

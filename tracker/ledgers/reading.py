"""A ledger file, read: every stage in order, and the whole result in one frozen tree.

1. cells: ``base.sheets`` opens the file.  2. tables: ``table`` finds headers and records.  3. letterhead: what the lines
around say about all rows, and what a person put right when this ledger came last.  4. rows: each field's reader.
5. what only shows over all rows (numbers used twice).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from tracker.base.sheets import Sheet, TakenOut, Workbook
from tracker.base.sheets_in import read_workbook
from tracker.ledgers.columns import JOINING_VIEWS, VIEWS, choices
from tracker.ledgers.header import find_again, text_of
from tracker.ledgers.letterhead import Letterhead, read_letterhead, title_of
from tracker.ledgers.problems import Problem, Severity, fault
from tracker.ledgers.row_cells import TableCells
from tracker.ledgers.rows import LedgerRow, read_rows
from tracker.ledgers.table import Heading, Passed, Table, find_tables, head_of_nothing
from tracker.ledgers.vocabulary import LEAVE, TAKE, Correction, Vocabulary, plain, table_key

_GENERIC_NAMES = ("sheet", "工作表", "表")
ABOVE, SHOWN = 6, 24  # rows of a sheet kept to be looked at: so many above its header, so many in all
DEEPEST_HEADER = 6
MOST_TABLES = 50  # of one sheet that a person may point at
#: Why a table is not taken in.
CHOSEN, NO_PROBLEMS, NO_ROWS = "chosen", "no_problems", "no_rows"

#: (title, headers) of a ledger → what a person put right when it came last, None if it is not known.
Remembered = Callable[[str, frozenset[str]], Correction | None]
Watch = Callable[[TableCells, LedgerRow], None]


@dataclass(frozen=True)
class SheetReading:
    """How one table was understood, for a person to check."""

    sheet: str
    header: tuple[int, int]
    headings: tuple[Heading, ...]
    titles: tuple[str, ...]
    passed: tuple[Passed, ...]
    rows: int
    letterhead: Letterhead | None  # of a table that is taken in
    without_head: tuple[str, ...] = ()  # columns that hold something under no header
    place: int = 1  # among the tables of its sheet
    lines: tuple[tuple[str, ...], ...] = ()  # of the header, as they stand
    why_left: str = ""  # not taken in: ``CHOSEN``, ``NO_PROBLEMS``, ``NO_ROWS``

    @property
    def key(self) -> str:
        return table_key(self.sheet, self.place)

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(heading.text for heading in self.headings)

    @property
    def tells_problems(self) -> bool:
        return any(heading.field == "title" for heading in self.headings)

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
class Glimpse:
    """Some rows of a sheet as they stand, for a person to find the header in. ``first``: the row they begin with."""

    sheet: str
    first: int
    rows: tuple[tuple[str, ...], ...]
    last_row: int
    visible: bool = True
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()


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
    correction: Correction = field(default_factory=Correction)  # what was put right before it was read
    glimpses: tuple[Glimpse, ...] = ()
    untaken: tuple[SheetReading, ...] = ()  # tables that were found and not taken in
    taken_out: TakenOut | None = None  # a list of ours come back: when it was taken, and which versions it shows

    @property
    def heads(self) -> frozenset[str]:
        """All headers, as columns are known by."""
        left = [table for table in self.untaken if table.why_left == CHOSEN and table.tells_problems]
        return frozenset(head for table in (*self.sheets, *left) for head in table.heads)

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
    source: str | Path | bytes,
    filename: str | None = None,
    *,
    vocabulary: Vocabulary,
    today: date,
    remembered: Remembered | None = None,
    watch: Watch | None = None,
) -> Reading:
    """Read a whole ledger. Raises ``SheetRefused`` where there are no rows to speak of; all else is a problem.

    ``watch`` sees each row while the cells it was read from are at hand.
    """
    name = filename or (str(source) if not isinstance(source, bytes) else "ledger")
    book = read_workbook(source, name)
    found = _Found(book, vocabulary, PurePath(name).stem)
    if remembered and (correction := remembered(found.title, found.heads)):
        found = _Found(book, replace(vocabulary, correction=correction), found.stem)
    problems = [*found.problems]
    rows: list[LedgerRow] = []
    sheets: list[SheetReading] = []
    for table, head in zip(found.tables, found.letterheads, strict=True):
        cells = TableCells(table, head, found.vocabulary)
        read = []
        for row in read_rows(cells, today):
            read.append(row)
            if watch:
                watch(cells, row)
        problems += [*_of_table(table, book, found.vocabulary.correction), *cells.problems]
        rows += read
        sheets.append(_sheet(table, head, len(read)))
    problems += _across(rows)
    with_table = {table.sheet.name for table in found.tables}
    with_table |= {table.sheet for table in found.untaken if table.why_left == CHOSEN}
    return Reading(
        name,
        book.kind,
        found.title,
        next((head.owner for head in found.letterheads if head.owner), None),
        next((head.ledger_date for head in found.letterheads if head.ledger_date), None),
        tuple(rows),
        tuple(problems),
        tuple(sheets),
        tuple(sheet.name for sheet in book.sheets if sheet.visible and sheet.name not in with_table),
        _units(rows),
        _persons(rows),
        found.vocabulary.correction,
        tuple(_glimpse(sheet, found.tables) for sheet in book.sheets),
        tuple(found.untaken),
        book.taken_out,
    )


class _Found:
    """The tables of a workbook with what the lines around them say, before any row is read."""

    def __init__(self, book: Workbook, vocabulary: Vocabulary, stem: str) -> None:
        self.vocabulary, self.stem = vocabulary, stem
        every, around, self.problems = _tables(book, vocabulary.correction)
        self.tables, self.untaken, told = _taken(every, vocabulary.correction)
        self.problems += told
        if not self.tables:
            self.problems.append(Problem(book.sheets[0].name if book.sheets else "", fault("no_table")))
        several = len(self.tables) > 1
        self.letterheads = [
            read_letterhead(table, around, stem, vocabulary, several_tables=several) for table in self.tables
        ]
        # What a ledger is known by does not change with what somebody leaves out of it.
        chosen = {table.key for table in self.untaken if table.why_left == CHOSEN and table.tells_problems}
        whole = [
            table
            for table in every
            if any(table is one for one in self.tables) or table_key(table.sheet.name, table.place) in chosen
        ]
        heads = (
            self.letterheads
            if not whole or (self.tables and whole[0] is self.tables[0])
            else [read_letterhead(whole[0], around, stem, vocabulary, several_tables=len(whole) > 1)]
        )
        self.title = _title(whole, heads, around, stem)
        self.heads = frozenset(heading.text for table in whole for heading in table.headings)


def _sheet(table: Table, head: Letterhead | None, rows: int, why_left: str = "") -> SheetReading:
    first, last = table.header
    return SheetReading(
        table.sheet.name,
        table.header,
        table.headings,
        table.titles,
        table.passed,
        rows,
        head,
        tuple(map(head_of_nothing, table.without_head())),
        table.place,
        tuple(tuple(text_of(value)[:60] for value in row) for row in table.sheet.rows[first - 1 : last]),
        why_left,
    )


def _glimpse(sheet: Sheet, tables: Sequence[Table]) -> Glimpse:
    header = next((table.header[0] for table in tables if table.sheet is sheet), 1)
    first = max(header - ABOVE, 1)
    rows = tuple(tuple(text_of(value)[:60] for value in row) for row in sheet.rows[first - 1 : first - 1 + SHOWN])
    layout = sheet.layout
    return Glimpse(sheet.name, first, rows, len(sheet.rows), sheet.visible, layout.hidden_columns, layout.hidden_rows)


def _tables(book: Workbook, correction: Correction) -> tuple[list[Table], list[str], list[Problem]]:
    """The tables of all visible sheets, the lines of sheets without one, and what to say about sheets."""
    tables: list[Table] = []
    around: list[str] = []
    problems: list[Problem] = []
    columns = {**JOINING_VIEWS, **correction.columns} if book.taken_out else correction.columns
    for sheet in book.sheets:
        if not any(value != "" for row in sheet.rows for value in row):
            continue
        if not sheet.visible and not correction.take_hidden:
            problems.append(Problem(sheet.name, fault("hidden_sheet")))
            continue
        found = find_tables(sheet, _header_rows(sheet, correction), columns, take_hidden=correction.take_hidden)
        tables += found
        if not any(_holds_something(table, found) for table in found):
            around += _lines(sheet)
    return tables, around, problems


def _holds_something(table: Table, beside: Sequence[Table]) -> bool:
    return bool(table.records) or len(beside) == 1


def _taken(tables: Sequence[Table], correction: Correction) -> tuple[list[Table], list[SheetReading], list[Problem]]:
    """The tables to be read, those that are not and why, and what to say of them. Where no table has a column of
    problems all are read, for a person to say which column it is."""
    beside: dict[str, list[Table]] = {}
    for table in tables:
        beside.setdefault(table.sheet.name, []).append(table)
    why = {id(table): _why_left(table, beside[table.sheet.name], correction) for table in tables}
    open_ = [table for table in tables if not why[id(table)]]
    if any("title" in table.fields for table in open_):
        why |= {id(table): NO_PROBLEMS for table in open_ if "title" not in table.fields}
    problems = [
        Problem(table.sheet.address(table.header[0], 1), fault("table_without_problems", sheet=table.sheet.name))
        for table in tables
        if why[id(table)] == NO_PROBLEMS
    ]
    untaken = [_sheet(table, None, len(table.records), why[id(table)]) for table in tables if why[id(table)]]
    return [table for table in tables if not why[id(table)]], untaken, problems


def _why_left(table: Table, beside: Sequence[Table], correction: Correction) -> str:
    said = correction.tables.get(table_key(table.sheet.name, table.place))
    heads = tuple(heading.text for heading in table.headings)
    before = any(place == table.place and tuple(left) == heads for place, left in correction.left)
    if said == LEAVE or (before and said != TAKE):
        return CHOSEN
    return "" if _holds_something(table, beside) else NO_ROWS


def _header_rows(sheet: Sheet, correction: Correction) -> dict[int, tuple[int, int]]:
    """The headers a person pointed out in this sheet by place, or in the ledger's last copy; the others are to be found."""
    names = {table_key(sheet.name, place): place for place in range(1, MOST_TABLES + 1)}
    said = {names[key]: rows for key, rows in correction.header_rows.items() if key in names}
    if not said:
        return find_again(sheet, correction.heads)
    return {
        place: (first, last)
        for place, (first, last) in said.items()
        if 1 <= first <= last <= len(sheet.rows) and last - first < DEEPEST_HEADER
    }


def _lines(sheet: Sheet) -> list[str]:
    return [text for row in sheet.rows[:200] for value in row if (text := text_of(value))]


def _of_table(table: Table, book: Workbook, correction: Correction) -> list[Problem]:
    """What to say about a table before its rows."""
    problems: list[Problem] = []
    last = table.header[1]
    if "title" not in table.fields:
        problems.append(Problem(table.sheet.address(last, 1), fault("no_title_column")))
    for heading in table.headings:
        address = table.sheet.address(last, heading.column)
        known = [code for _, code in choices(heading.path)]
        if heading.hidden:
            problems.append(Problem(address, fault("hidden_column", header=heading.text)))
        elif heading.beaten_by == heading.text and "title" in known and table.fills(heading.column):
            problems.append(Problem(address, fault("tables_side_by_side", header=heading.text)))
        elif heading.beaten_by and not (book.taken_out and heading.text in VIEWS):
            problems.append(Problem(address, fault("column_not_taken", header=heading.text, other=heading.beaten_by)))
    hidden = [passed.row for passed in table.passed if passed.what == "hidden"]
    if hidden and not correction.leave_hidden:
        listed = "、".join(map(str, hidden[:20])) + ("…" if len(hidden) > 20 else "")
        address = table.sheet.address(hidden[0], 1)
        problems.append(Problem(address, fault("hidden_rows", count=len(hidden), rows=listed)))
    if not table.sheet.layout_known and book.kind == "xls":
        problems.append(Problem(table.sheet.name, fault("layout_unknown")))
    return problems


def _across(rows: Iterable[LedgerRow]) -> list[Problem]:
    """Numbers used twice, and the same wording twice for one county and source."""
    numbers: dict[str, LedgerRow] = {}
    wordings: dict[tuple[str, str | None, str | None], LedgerRow] = {}
    problems: list[Problem] = []
    for row in rows:
        if row.number and (first := numbers.setdefault(plain(row.number), row)) is not row:
            cell, other = row.cells["number"], first.cells["number"]
            if cell != other:
                problems.append(Problem(cell, fault("duplicate_number", number=row.number, other=other), row.number))
        if row.title and (first := wordings.setdefault((row.title, row.county, row.source), row)) is not row:
            cell, other = row.cells.get("title", row.sheet), first.cells.get("title", first.sheet)
            if cell != other:
                problems.append(Problem(cell, fault("duplicate_wording", other=other), row.title[:40]))
    return problems


def _title(tables: Sequence[Table], heads: Sequence[Letterhead], around: list[str], stem: str) -> str:
    """The cover's or the only table's title; else the sheet's name, if somebody gave it one; else the file's. Where no table
    is found yet, what calls itself a ledger."""
    if len(tables) != 1 and (title := title_of(around)):
        return title
    if heads and heads[0].title:
        return heads[0].title
    name = tables[0].sheet.name if len(tables) == 1 else ""
    return stem if not name or name.rstrip("0123456789").lower() in _GENERIC_NAMES else name


def _units(rows: Iterable[LedgerRow]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        if row.lead_unit and row.lead_unit not in found:
            found[row.lead_unit] = row.cells.get("lead_unit") or row.cells.get("responsible_units", row.sheet)
        for name in row.responsible_units:
            if name not in found:
                found[name] = row.cells.get("responsible_units", row.sheet)
    return found


def _persons(rows: Iterable[LedgerRow]) -> tuple[NamedPerson, ...]:
    found: dict[tuple[str, str | None], NamedPerson] = {}
    for row in rows:
        if row.lead_official:
            known = found.get((row.lead_official, None))
            if known is None or (row.lead_official_post and not known.post):
                cell = row.cells.get("lead_official", row.sheet)
                found[row.lead_official, None] = NamedPerson(row.lead_official, row.lead_official_post, None, cell)
        unit = row.responsible_units[0] if row.responsible_units else None
        for named in row.responsible_people:
            if (named.name, unit) not in found:
                cell = row.cells.get("responsible_person", row.sheet)
                found[named.name, unit] = NamedPerson(named.name, named.post, unit, cell)
    return tuple(found.values())

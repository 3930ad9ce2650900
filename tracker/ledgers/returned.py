"""A ledger handed back to be put right: its own columns and rows, the wrong cells marked, each row's faults in words.

What comes back is read as what went out: answers and words already given stand in their cells, 同上 and blanks that mean
"as above" are written out, and what a title, a section or a sheet's name said about a row stands in a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.base.access import N_
from tracker.base.sheets import Value
from tracker.base.sheets_out import Marked, MarkedSheet
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.ledgers.columns import EXPLAINED, FIELDS, LABELS, MEANINGS, field_of
from tracker.ledgers.letterhead import ledger_date_of
from tracker.ledgers.plan import Obstacle
from tracker.ledgers.problems import Problem, fault
from tracker.ledgers.row_cells import Cell, TableCells
from tracker.ledgers.rows import LedgerRow
from tracker.ledgers.table import Heading, Table
from tracker.ledgers.vocabulary import Vocabulary, is_nothing

WIDE, USUAL, NARROW, EXPLAINED_WIDTH = 36, 14, 6, 50  # characters
NO_RESULT = "#N/A"
_WIDE_FIELDS = frozenset({"title", "requirement", "measures", "progress", "detail"})
_WHOLE = ("source", "category", "county")  # what a row may have from elsewhere than its own cells
_LEDGER_DATE = N_("台账日期：%(day)s")


@dataclass(frozen=True)
class _Kept:
    """A row as it was read: its lines, each a cell for every column, and what holds for it from elsewhere."""

    row: LedgerRow
    lines: tuple[tuple[Cell, ...], ...]
    whole: Mapping[str, str]


@dataclass
class _Table:
    table: Table
    columns: tuple[Heading, ...]
    ledger_date: str
    kept: list[_Kept] = field(default_factory=list)

    @property
    def added(self) -> tuple[str, ...]:
        """What holds for rows and has no column yet."""
        own = {heading.field for heading in self.columns}
        return tuple(name for name in _WHOLE if name not in own)


class Keeper:
    """Sees a ledger being read (``reading.Watch``) and keeps what is needed to hand it back."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.tables: dict[int, _Table] = {}

    def __call__(self, cells: TableCells, row: LedgerRow) -> None:
        found = self.tables.get(id(cells.table))
        if found is None:
            found = self.tables[id(cells.table)] = _table(cells)
        numbers = (cells.record.row, *cells.record.more)
        lines = tuple(
            tuple(
                cells.by_column[heading.column] if number == cells.record.row else cells.at(number, heading.column)
                for heading in found.columns
            )
            for number in numbers
        )
        found.kept.append(_Kept(row, (_filled(cells, found.columns, lines[0], row), *lines[1:]), _whole(row)))

    def sheets(
        self, problems: Iterable[Problem], obstacles: Iterable[Obstacle], title: str, *, only_wrong: bool
    ) -> list[MarkedSheet]:
        """The tables to hand back; with ``only_wrong`` nothing but the rows that have something to put right."""
        told: dict[str, list[str]] = {}
        for problem in problems:
            told.setdefault(problem.cell, []).append(problem.problem + problem.mend)
        for obstacle in obstacles:
            told.setdefault(obstacle.cell, []).append(obstacle.problem)
        found = [self._sheet(each, told, title, only_wrong) for each in self.tables.values()]
        return [sheet for sheet in found if sheet.rows]

    def _sheet(self, each: _Table, told: Mapping[str, list[str]], title: str, only_wrong: bool) -> MarkedSheet:
        written = [self._rows(each, kept, told) for kept in each.kept]
        rows = [line for lines in written if not only_wrong or lines[0][-1].value for line in lines]
        heads = [_head(heading, self.vocabulary.correction.columns) for heading in each.columns]
        heads += [(head_for(name),) for name in each.added]
        titles = [*each.table.titles] or [title]
        if each.ledger_date:
            titles.append(_LEDGER_DATE % {"day": each.ledger_date})
        first, last = each.table.header
        about = [
            text
            for row in range(first, last + 1)
            for heading in each.table.headings
            for text in told.get(each.table.sheet.address(row, heading.column), ())
        ]
        return MarkedSheet(
            each.table.sheet.name,
            titles,
            [*heads, (EXPLAINED,)],
            [*(_width(heading) for heading in each.columns), *(USUAL for _ in each.added), EXPLAINED_WIDTH],
            rows,
            each.table.notes,
            "\n".join(about),
        )

    def _rows(self, each: _Table, kept: _Kept, told: Mapping[str, list[str]]) -> list[list[Marked]]:
        lines: list[list[Marked]] = []
        said: dict[str, None] = {}
        for number, cells in enumerate(kept.lines):
            line = []
            for place, cell in enumerate(cells):
                wrong = told.get(cell.address, ()) if cell.address else ()
                down = number > 0 and cell.address == kept.lines[0][place].address
                line.append(Marked(_value(cell), "\n".join(wrong), down))
                said |= dict.fromkeys(f"{each.columns[place].text}：{text}" for text in wrong)
            lines.append(line)
        for name in each.added:
            missing = "" if kept.whole.get(name) else self._missing(name)
            lines[0].append(Marked(kept.whole.get(name), missing))
            said |= dict.fromkeys([f"{head_for(name)}：{missing}"] if missing else ())
        lines[0].append(Marked("\n".join(said) or None))
        beside = [Marked()] * (len(each.added) + 1)
        return [lines[0], *([*line, *beside] for line in lines[1:])]

    def _missing(self, name: str) -> str:
        names = {"categories": self.vocabulary.category_names, "counties": self.vocabulary.county_names}
        problem = Problem("", fault(f"missing_{name}", **names))
        return problem.problem + problem.mend


def _table(cells: TableCells) -> _Table:
    table = cells.table
    columns = tuple(heading for heading in table.headings if not (heading.hidden or heading.left_out))
    day = cells.head.ledger_date
    own = ledger_date_of([*table.titles, *table.notes])
    return _Table(table, columns, day.isoformat() if day and day != own else "")


def _filled(cells: TableCells, columns: Sequence[Heading], line: Sequence[Cell], row: LedgerRow) -> tuple[Cell, ...]:
    """The row's first line with what its blanks mean."""
    whole = _whole(row)
    return tuple(_meant(cells, heading, cell, whole) for heading, cell in zip(columns, line, strict=True))


def _meant(cells: TableCells, heading: Heading, cell: Cell, whole: Mapping[str, str]) -> Cell:
    if (cell.text and not is_nothing(cell.text)) or cell.broken or not heading.field:
        return cell
    if heading.field in cells.carries and (above := cells.carried.get(heading.field)):
        return Cell(above.text, "", above.value, cell.address)
    if heading.field in whole:
        return Cell(whole[heading.field], "", whole[heading.field], cell.address)
    return cell


def _whole(row: LedgerRow) -> dict[str, str]:
    found = {
        "source": SOURCE_NAMES[Source(row.source)] if row.source else None,
        "category": row.category,
        "county": row.county,
    }
    return {name: text for name, text in found.items() if text}


def _value(cell: Cell) -> Value | None:
    """As it was read; a cell that could not be read as it was written, and one that has no result as an error, so that it
    is not taken for an empty one if nobody puts it right."""
    if cell.broken:
        return cell.written or NO_RESULT
    return cell.value if cell.value != "" else cell.text or None


def _head(heading: Heading, corrected: Mapping[str, str]) -> tuple[str, ...]:
    """The column's own header, or the usual word for what a person said it means."""
    code = corrected.get(heading.text)
    return (head_for(code),) if code else heading.path


def head_for(code: str) -> str:
    """A header that is read as this field."""
    label = MEANINGS[code]
    if code not in LABELS or field_of((label,)) == code:
        return label
    return next(each.words.split()[0] for each in FIELDS if each.code == code)


def _width(heading: Heading) -> int:
    if heading.field == "serial":
        return NARROW
    return WIDE if heading.field in _WIDE_FIELDS else USUAL

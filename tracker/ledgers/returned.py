"""A ledger handed back to be put right: its own columns and rows, the wrong cells marked, each row's faults in words.

What comes back is read as what went out: answers and words already given stand in their cells, 同上 and blanks that mean
"as above" are written out, and what a title, a section or a sheet's name said about a row stands in a column.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

from tracker.base.access import N_
from tracker.base.sheets import Value
from tracker.base.sheets_out import Marked, MarkedSheet
from tracker.base.underway import Told
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.ledgers.columns import EXPLAINED, FIELDS, LABELS, MEANINGS, field_of
from tracker.ledgers.letterhead import ledger_date_of
from tracker.ledgers.plan import Obstacle
from tracker.ledgers.problems import Problem, fault
from tracker.ledgers.row_cells import Cell, TableCells
from tracker.ledgers.rows import LedgerRow
from tracker.ledgers.table import Heading
from tracker.ledgers.vocabulary import Vocabulary, is_nothing

WIDE, USUAL, NARROW, EXPLAINED_WIDTH = 36, 14, 6, 50  # characters
STEP = 500  # rows between two words about how far it is
NO_RESULT = "#N/A"
_WIDE_FIELDS = frozenset({"title", "requirement", "measures", "progress", "detail"})
_WHOLE = ("source", "category", "county")  # what a row may have from elsewhere than its own cells
_LEDGER_DATE = N_("台账日期：%(day)s")


@dataclass(frozen=True)
class _Kept:
    """A row as it was read: its lines, each a cell for every column, and what holds for it from elsewhere."""

    lines: list[list[_Read]]
    whole: Mapping[str, str]


#: A cell's value, its address ("" for one that nobody wrote), whether it only shows the one above.
_Read = tuple[Value | None, str, bool]


@dataclass
class _Table:
    """What a table has besides its rows; those lie in a file of their own, for there may be more than memory has room for."""

    name: str
    titles: Sequence[str]
    notes: Sequence[str]
    columns: tuple[Heading, ...]
    head_cells: Sequence[str]
    ledger_date: str
    file: IO[bytes] = field(default_factory=TemporaryFile)
    number: int = 0

    @property
    def added(self) -> tuple[str, ...]:
        """What holds for rows and has no column yet."""
        own = {heading.field for heading in self.columns}
        return tuple(name for name in _WHOLE if name not in own)

    def keep(self, kept: _Kept) -> None:
        pickle.dump((kept.lines, kept.whole), self.file, pickle.HIGHEST_PROTOCOL)
        self.number += 1

    def kept(self) -> Iterator[_Kept]:
        self.file.seek(0)
        for _ in range(self.number):
            yield _Kept(*pickle.load(self.file))


class Keeper:
    """Sees a ledger being read (``reading.Watch``) and keeps what is needed to hand it back; a context, for what it keeps
    lies in files. ``told`` hears (rows done, rows): each row is read once and written once."""

    def __init__(self, vocabulary: Vocabulary, told: Told = lambda _done, _total: None) -> None:
        self.vocabulary = vocabulary
        self.tables: dict[int, _Table] = {}
        self._told = told
        self._done = self._rows = 0

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_error: object) -> None:
        for each in self.tables.values():
            each.file.close()

    def __call__(self, cells: TableCells, row: LedgerRow) -> None:
        found = self.tables.get(id(cells.table))
        if found is None:
            found = self.tables[id(cells.table)] = _table(cells)
            self._rows += len(cells.table.records)
        whole = _whole(row)
        first = [cells.by_column[heading.column] for heading in found.columns]
        lines = [
            [_read(_meant(cells, heading, cell, whole)) for heading, cell in zip(found.columns, first, strict=True)]
        ]
        for number in cells.record.more:
            below = [cells.at(number, heading.column) for heading in found.columns]
            lines.append([_read(cell, cell.address == above[1]) for cell, above in zip(below, lines[0], strict=True)])
        found.keep(_Kept(lines, whole))
        self._tell()

    def _tell(self) -> None:
        self._done += 1
        if self._done % STEP == 0:
            self._told(self._done, 2 * self._rows)

    def sheets(
        self, problems: Iterable[Problem], obstacles: Iterable[Obstacle], title: str, *, only_wrong: bool
    ) -> list[MarkedSheet]:
        """The tables to hand back; with ``only_wrong`` nothing but the rows that have something to put right. The rows are
        read as they are taken, once."""
        told: dict[str, list[str]] = {}
        for problem in problems:
            told.setdefault(problem.cell, []).append(problem.problem + problem.mend)
        for obstacle in obstacles:
            told.setdefault(obstacle.cell, []).append(obstacle.problem)
        return [
            self._sheet(each, told, title, only_wrong)
            for each in self.tables.values()
            if not only_wrong or any(self._is_wrong(each, kept, told) for kept in each.kept())
        ]

    def _is_wrong(self, each: _Table, kept: _Kept, told: Mapping[str, list[str]]) -> bool:
        return any(name not in kept.whole for name in each.added) or any(
            address in told for line in kept.lines for _, address, _ in line
        )

    def _sheet(self, each: _Table, told: Mapping[str, list[str]], title: str, only_wrong: bool) -> MarkedSheet:
        heads = [_head(heading, self.vocabulary.correction.columns) for heading in each.columns]
        heads += [(head_for(name),) for name in each.added]
        titles = [*each.titles] or [title]
        if each.ledger_date:
            titles.append(_LEDGER_DATE % {"day": each.ledger_date})
        return MarkedSheet(
            each.name,
            titles,
            [*heads, (EXPLAINED,)],
            [*(_width(heading) for heading in each.columns), *(USUAL for _ in each.added), EXPLAINED_WIDTH],
            self._written(each, told, only_wrong),
            each.notes,
            "\n".join(text for address in each.head_cells for text in told.get(address, ())),
        )

    def _written(self, each: _Table, told: Mapping[str, list[str]], only_wrong: bool) -> Iterator[list[Marked]]:
        for kept in each.kept():
            if not only_wrong or self._is_wrong(each, kept, told):
                yield from self._rows_of(each, kept, told)
            self._tell()

    def _rows_of(self, each: _Table, kept: _Kept, told: Mapping[str, list[str]]) -> list[list[Marked]]:
        lines: list[list[Marked]] = []
        said: dict[str, None] = {}
        for cells in kept.lines:
            line = []
            for heading, (value, address, down) in zip(each.columns, cells, strict=True):
                wrong = told.get(address, ()) if address else ()
                line.append(Marked(value, "\n".join(wrong), down))
                said |= dict.fromkeys(f"{heading.text}：{text}" for text in wrong)
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
    first, last = table.header
    return _Table(
        table.sheet.name,
        table.titles,
        table.notes,
        columns,
        [table.sheet.address(row, heading.column) for row in range(first, last + 1) for heading in table.headings],
        day.isoformat() if day and day != own else "",
    )


def _read(cell: Cell, down: bool = False) -> _Read:
    return _value(cell), cell.address, down


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

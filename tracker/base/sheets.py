"""What a sheet is: cells, their addresses, merges, what is hidden; and the bounds beyond which a file is refused.

Knows cells, no column. ``sheets_in`` reads files, ``sheets_out`` writes them, ``sheets_list`` reads rows under one header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from tracker.base.access import N_

Value = str | int | float | bool | date | datetime | time | timedelta
MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
MIN_SUSPICIOUS_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 512
# The reading library holds a dense block from A1 to the last cell, so the block is what has to be bounded.
MAX_CELLS = 5_000_000
# One long text may be shown by a million cells: small in the file, gigabytes in memory.
MAX_TEXT_CHARACTERS = 100_000_000
CELL_CHARACTERS = 32_767  # what Excel can hold in one cell
MAX_EMPTY_FORMULAS = 10_000  # nobody mends more than that cell by cell
FORMULA_SIGNS = ("=", "+", "-", "@")
GUARDED = (
    *FORMULA_SIGNS,
    "\t",
    "\r",
)  # what a csv may not begin a cell with; written behind an apostrophe, read without


class SheetRefused(Exception):
    """The file cannot be read as rows. ``problem`` says what is wrong, ``mend`` what would be right (both Chinese)."""

    def __init__(self, problem: str, mend: str, cell: str | None = None, **params: Any) -> None:
        super().__init__(problem % params if params else problem)
        self.problem_msgid = problem
        self.mend_msgid = mend
        self.cell = cell
        self.params = params

    @property
    def problem(self) -> str:
        return self.problem_msgid % self.params if self.params else self.problem_msgid

    @property
    def mend(self) -> str:
        return self.mend_msgid % self.params if self.params else self.mend_msgid


@dataclass(frozen=True)
class Merge:
    """A merged block; rows and columns counted from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Layout:
    """What a sheet says besides its values."""

    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    formulas_without_value: frozenset[tuple[int, int]] = frozenset()
    last_row: int = 0
    last_column: int = 0


@dataclass(frozen=True)
class Sheet:
    """One sheet: ``rows[0]`` is row 1. An empty cell is ``""``. A csv file is one sheet named after the file."""

    name: str
    rows: list[list[Value]]
    merges: tuple[Merge, ...] = ()
    visible: bool = True
    layout: Layout = field(default_factory=Layout)
    layout_known: bool = True

    def address(self, row: int, column: int) -> str:
        return f"{self.name}!{letter(column)}{row}"


#: The sheet, not shown, that goes out with a list of ours: when it was taken, and each row's version by its number.
TAKEN_OUT, TAKEN_AT = "导出信息", "导出时间"
#: The head of the last column of a csv of ours, which has no second sheet: the same of each row, in its own words.
TAKEN_COLUMN = "导出信息（请勿改动）"


@dataclass(frozen=True)
class TakenOut:
    """What a list of ours says of itself when it comes back: it survives sorting, cutting and saving in any program."""

    at: datetime
    versions: Mapping[str, int]


def mark_of(number: str, version: int, at: datetime) -> str:
    """What ``TAKEN_COLUMN`` says of a row; ``marks_in`` reads it."""
    return f"{number}#{version}@{at.isoformat(timespec='seconds')}"


_MARK = re.compile(r"(.+)#(\d{1,9})@(\S+)")


def marks_in(texts: Iterable[str]) -> TakenOut | None:
    """What the column of marks says, rows of several exports put together too: the earliest moment, the oldest version.
    Cells somebody has written over say nothing; None where none says anything."""
    moments: list[datetime] = []
    versions: dict[str, int] = {}
    for text in texts:
        if not (mark := _MARK.fullmatch(text)):
            continue
        try:
            at = datetime.fromisoformat(mark[3])
        except ValueError:
            continue
        if at.tzinfo is not None:
            moments.append(at)
            versions[mark[1]] = min(int(mark[2]), versions.get(mark[1], int(mark[2])))
    return TakenOut(min(moments), versions) if moments else None


@dataclass(frozen=True)
class Workbook:
    """``sheets``: all but our own ``TAKEN_OUT``, and ``TAKEN_COLUMN`` emptied."""

    kind: str  # xlsx, xls, ods or csv
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    delimiter: str | None = None
    taken_out: TakenOut | None = None


@lru_cache(maxsize=1024)
def letter(column: int) -> str:
    """1 → A, 27 → AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for character in letters:
        number = number * 26 + ord(character.upper()) - 64
    return number


def looks_like_formula(text: str) -> bool:
    """Text a spreadsheet would run if it were typed in. A lone dash or a number is none."""
    if not text.startswith(FORMULA_SIGNS):
        return False
    rest = text.lstrip("=+-@ ")
    return bool(rest) and not re.fullmatch(r"[\d,.]+%?", rest)


def damaged() -> SheetRefused:
    return SheetRefused(
        N_("文件已损坏，无法读取。"),
        N_("请用 Excel 或 WPS 打开，另存为 .xlsx 文件后再导入；打不开的，请向报送单位重新索取。"),
    )


def too_big_unpacked() -> SheetRefused:
    return SheetRefused(N_("文件解压后太大。"), N_("请删去图片和无关的工作表，或者拆成几个文件。"))


@dataclass
class SharedTexts:
    """The texts that the sheets of a file share, by length, and how many characters they unfold to so far."""

    lengths: Sequence[int]
    characters: int = 0

    def of(self, index: int) -> int:
        return self.lengths[index] if 0 <= index < len(self.lengths) else 0

    def count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > MAX_TEXT_CHARACTERS:
            raise too_big_unpacked()


def check_extent(name: str, rows: int, columns: int) -> None:
    """Refuse a sheet before it is unfolded in memory."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise SheetRefused(
            N_("工作表“%(sheet)s”有内容的范围太大（%(rows)d 行 × %(columns)d 列）。"),
            N_("请删去表格以外的行和列（选中后右键删除，不只是清空），或者拆成几个文件。"),
            sheet=name,
            rows=rows,
            columns=columns,
        )


def check_all(cells: int) -> None:
    """Refuse sheets that are bounded one by one and not together."""
    if cells > MAX_CELLS:
        raise SheetRefused(
            N_("各工作表加在一起太大（%(cells)d 个单元格）。"),
            N_("请删去无关的工作表，或者拆成几个文件。"),
            cells=cells,
        )


def within(merges: Iterable[Merge], rows: int, columns: int) -> tuple[Merge, ...]:
    """The merged blocks as far as there are cells. One line of a file can claim every cell of a sheet, many a block
    on top of another: both are refused before anybody walks through them."""
    inside = []
    cells = 0
    for merge in merges:
        block = Merge(merge.top, merge.left, min(merge.bottom, rows), min(merge.right, columns))
        if block.bottom < block.top or block.right < block.left:
            continue
        cells += (block.bottom - block.top + 1) * (block.right - block.left + 1)
        if cells > max(rows * columns, 1):
            raise damaged()
        inside.append(block)
    return tuple(inside)


def plain_text(value: Value) -> str:
    """A cell as text: a whole number without ``.0``, no spaces (full-width ones too) at the ends."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

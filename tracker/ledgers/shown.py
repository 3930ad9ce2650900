"""A reading laid out for a person to check and put right: what each column is read as, what became of each row, and words
that nobody knows yet. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.base.access import N_
from tracker.base.sheets import column_number, letter
from tracker.ledgers.mapping import COLUMN, LEFT_OUT, OTHER, PERSON, UNIT, WORD
from tracker.ledgers.plan import Doubt
from tracker.ledgers.problems import Problem
from tracker.ledgers.reading import CHOSEN, NO_PROBLEMS, NO_ROWS, Glimpse, Reading, SheetReading
from tracker.ledgers.vocabulary import table_key, word_key

NAMES_SHOWN = 60  # names in doubt asked for one by one; the rest are told
FEW = 5  # names nobody is like, shown without being unfolded
EXAMPLES = 2  # values shown of a column
PASSED_SHOWN = 50  # rows a table leaves out, named one by one
ALIKE = 0.3  # how near an offered word comes first

#: Why a table is not taken in (``reading.SheetReading.why_left``).
WHY_LEFT: Mapping[str, str] = {
    CHOSEN: N_("选了不读"),
    NO_PROBLEMS: N_("没有问题描述一列，没有读入；是问题台账的，请在上面指定问题描述是哪一列"),
    NO_ROWS: N_("表头下面没有内容"),
}
#: Why a row is no problem (``table.Passed.what``).
WHY_PASSED: Mapping[str, str] = {
    "hidden": N_("隐藏的行，没有读入"),
    "header": N_("重复的表头或列号"),
    "section": N_("分段的标题，下面各行都按它理解"),
    "total": N_("合计、小计"),
    "note": N_("说明、签名"),
    "blank": N_("只有序号，没有内容"),
}
#: Problems that only the page of headers and columns can put right, and those no other text in a cell would.
ABOUT_THE_HEADER = frozenset({"no_table", "no_title_column"})
ABOUT_THE_TABLE = ABOUT_THE_HEADER | {
    *("no_category_column", "no_county_column", "no_source_column", "hidden_rows", "duplicate_wording"),
}
#: Problems that are about one word: whoever says what it means answers every row that has it.
_ABOUT_WORDS = frozenset(
    {
        *("unknown_source", "unknown_section_source", "several_sources", "unknown_category", "several_categories"),
        *("unknown_county", "several_counties", "unknown_kind", "unknown_state"),
    }
)


@dataclass
class Column:
    """A header wherever it stands. ``reads``: the field it is read as, None for none; ``chosen``: what a person said."""

    header: str
    reads: str | None
    chosen: str
    beaten_by: str | None
    hidden: bool
    places: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return COLUMN + self.header


@dataclass(frozen=True)
class Line:
    """A row of a sheet, and what became of it: ``title``, ``header``, ``read``, ``empty`` or a key of ``WHY_PASSED``."""

    row: int
    cells: tuple[str, ...]
    became: str


@dataclass(frozen=True)
class Shown:
    """A sheet as it was understood."""

    glimpse: Glimpse
    tables: tuple[SheetReading, ...]  # all that were found, those not taken in too
    letters: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def hidden_columns(self) -> list[str]:
        """Those within the table; some programs hide all columns right of it too."""
        width = len(self.letters)
        return [letter(column) for column in sorted(self.glimpse.hidden_columns) if column <= width]

    @property
    def read(self) -> int:
        return sum(table.rows for table in self.tables if not table.why_left)

    @property
    def next_key(self) -> str:
        """By which a table that was not found can be pointed out."""
        return table_key(self.glimpse.sheet, len(self.tables) + 1)


@dataclass(frozen=True)
class Word:
    """Something written in a column that is none of its words. ``near``: offered words that look like it."""

    field: str
    written: str
    cells: tuple[str, ...]
    offered: tuple[str, ...]
    near: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{WORD}{self.field}:{word_key(self.written)}"


@dataclass(frozen=True)
class Name:
    """A name in doubt as a page asks for it. ``slip``: why what was typed is none."""

    doubt: Doubt
    offered: Sequence[tuple[int, str]]
    typed: str = ""
    slip: str = ""

    @property
    def name(self) -> str:
        return (PERSON if self.doubt.is_person else UNIT) + self.doubt.key

    @property
    def near(self) -> bool:
        """There is something to look at besides making a new one."""
        return bool(self.offered or self.doubt.among or self.typed or self.slip)

    @property
    def other(self) -> str:
        """The field in which a name that was not offered is typed."""
        return OTHER + self.name


def columns(reading: Reading) -> list[Column]:
    """Every header once, in the order of the sheets."""
    found: dict[str, Column] = {}
    glimpses = {glimpse.sheet: glimpse for glimpse in reading.glimpses}
    chosen = reading.correction.columns
    every = (*reading.sheets, *reading.untaken)
    for sheet in (*reading.sheets, *(table for table in reading.untaken if table.why_left == NO_PROBLEMS)):
        below = [_top(table) for table in every if table.sheet == sheet.sheet and _top(table) > sheet.header[1]]
        ends = min(below, default=0)
        for heading in sheet.headings:
            said = chosen.get(heading.text)
            column = found.setdefault(
                heading.text,
                Column(
                    heading.text,
                    heading.field,
                    LEFT_OUT if said == "" else said or "",
                    heading.beaten_by,
                    heading.hidden,
                ),
            )
            _note(column, sheet, heading.column, glimpses[sheet.sheet], ends)
        for header in sheet.without_head:
            column = found.setdefault(header, Column(header, None, "", None, False))
            _note(column, sheet, column_number(header.removeprefix("#")), glimpses[sheet.sheet], ends)
    return list(found.values())


def _note(column: Column, sheet: SheetReading, number: int, glimpse: Glimpse, ends: int) -> None:
    """``ends``: the row where the next table of the sheet begins, 0 for none."""
    column.places.append(f"{sheet.sheet}!{letter(number)}")
    passed = {each.row for each in sheet.passed}
    for row, cells in enumerate(glimpse.rows, glimpse.first):
        if ends and row >= ends:
            break
        if row <= sheet.header[1] or row in passed or len(cells) < number or len(column.examples) >= EXAMPLES:
            continue
        if (text := cells[number - 1]) and text not in column.examples:
            column.examples.append(text)


def sheets(reading: Reading) -> list[Shown]:
    """Every sheet with something in it."""
    every = (*reading.sheets, *reading.untaken)
    return [
        _shown(glimpse, tuple(sorted((table for table in every if table.sheet == glimpse.sheet), key=_top)))
        for glimpse in reading.glimpses
        if any(map(any, glimpse.rows))
    ]


def _top(table: SheetReading) -> int:
    return table.header[0]


def _shown(glimpse: Glimpse, tables: tuple[SheetReading, ...]) -> Shown:
    width = max(
        (max((place for place, text in enumerate(row, 1) if text), default=0) for row in glimpse.rows), default=0
    )
    became = {row: "header" for table in tables for row in range(table.header[0], table.header[1] + 1)}
    became |= {passed.row: passed.what for table in tables for passed in table.passed}

    def otherwise(row: int) -> str:
        above = [table for table in tables if table.header[0] < row]
        return "empty" if not tables or (above and above[-1].why_left) else "read" if above else "title"

    lines = tuple(
        Line(row, cells[:width], became.get(row) or otherwise(row))
        for row, cells in enumerate(glimpse.rows, glimpse.first)
        if any(cells)
    )
    return Shown(glimpse, tables, tuple(letter(column) for column in range(1, width + 1)), lines)


def words(reading: Reading, offered: Mapping[str, Sequence[str]]) -> list[Word]:
    """What is written that nobody knows, once for each field, the commonest first."""
    fields = {
        (sheet.sheet, heading.letter): heading.field or "" for sheet in reading.sheets for heading in sheet.headings
    }
    found: dict[tuple[str, str], list[Problem]] = {}
    for problem in (*reading.errors, *reading.asks):
        if problem.code in _ABOUT_WORDS:
            sheet, _, cell = problem.cell.rpartition("!")
            in_column = fields.get((sheet, cell.rstrip("0123456789")), "")
            code = "source" if problem.code == "unknown_section_source" else in_column
            if code in offered:
                found.setdefault((code, word_key(problem.params["phrase"])), []).append(problem)
    return sorted(
        (_word(code, problems, offered[code]) for (code, _), problems in found.items()),
        key=lambda word: -len(word.cells),
    )


def _word(code: str, problems: Sequence[Problem], offered: Sequence[str]) -> Word:
    written = problems[0].params["phrase"]
    near = difflib.get_close_matches(written, offered, n=3, cutoff=ALIKE)
    near += [each for each in offered if each not in near and (each in written or written in each)]
    return Word(code, written, tuple(problem.cell for problem in problems), tuple(offered), tuple(near))

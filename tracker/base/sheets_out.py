"""Rows out to xlsx and csv files, streamed; no text written can become a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_range_formula

from tracker.base import clock
from tracker.base.access import N_
from tracker.base.sheets import (
    CELL_CHARACTERS,
    GUARDED,
    TAKEN_AT,
    TAKEN_COLUMN,
    TAKEN_OUT,
    TakenOut,
    mark_of,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WRITING = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_CHOICES = "选项"
_TAKEN_NAMES = frozenset({TAKEN_OUT, _CHOICES, "history"})  # sheets of ours, and one of Excel's own
_USUAL_WIDTH, _NARROW = 16, 10  # characters
_TITLE_OF_ERROR = 32  # characters that Excel lets the title of a drop-down's error have
_LINE_HEIGHT, _TALLEST = 17, 409  # points: what a line of Chinese needs in any office's font; Excel knows no taller row
_A3_ACROSS = 213  # characters of the usual size between the margins of an A3 sheet across
_LETTERS, _READABLE = 11, 6.5  # points: the usual size, and the smallest that is printed
_FRAME = {"border": 1, "text_wrap": True, "valign": "vcenter"}


@dataclass(frozen=True)
class Section:
    """A row that is no record: the heading of those below it, across the whole table."""

    text: str


class Coloured(str):
    """A word in a cell of its colour, a key of ``COLOURS``; in a text file the word alone."""

    __slots__ = ("colour",)

    def __new__(cls, word: str, colour: str) -> Coloured:
        made = super().__new__(cls, word)
        made.colour = colour
        return made

    colour: str


#: Ground and letters, as on the pages (static/tokens.css).
COLOURS = {
    "red": ("#FDE8E7", "#C01F1F"),
    "yellow": ("#FFF2C7", "#875B00"),
    "blue": ("#E2F0FC", "#0868BD"),
    "green": ("#E5F4EA", "#18763A"),
}


class Versioned(list[Any]):
    """A row of a list of ours, that is to be known again when it comes back."""

    number: str = ""
    version: int = 0


Rows = Iterable[Sequence[object] | Section]


@dataclass(frozen=True)
class Besides:
    """A further sheet of a printed list."""

    title: str
    columns: Sequence[str]
    rows: Rows
    widths: Sequence[int] = ()


def write_xlsx(
    target: str | Path | IO[bytes],
    title: str,
    columns: Sequence[str],
    rows: Rows,
    widths: Sequence[int] = (),
    *,
    above: Sequence[str] = (),
    note: str = "",
    taken_at: datetime | None = None,
    leading: int = 0,
    besides: Sequence[Besides] = (),
) -> int:
    """A printed list: title, header (frozen, repeated on each page), rows; A3 landscape. Returns the number of rows.

    ``above``: a further head over each column, neighbours of the same words under one; ``note``: a line below the title.
    With either, the title stands in the middle, as on an official form. A ``Section`` is a row and not counted.
    Too wide to be read on one page across it goes on several, the first ``leading`` columns on each.
    ``taken_at``: the versions of ``Versioned`` rows stand on a sheet of their own that is not shown. ``besides``: sheets
    after it, in the same look.
    Rows are streamed and never held, so an export of any length needs the memory of one row.
    """
    with TemporaryDirectory() as folder:
        options = {**_WRITING, "tmpdir": folder}
        book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        sheet = book.add_worksheet(_sheet_name(title))
        each = _widths(len(columns), widths)
        across = print_shape(each).pages
        first, last = _write_head(book, sheet, _Head(title, note, tuple(above), tuple(columns), each, across > 1))
        _set_up_page(sheet, each, first, last, leading)
        unseen = _unseen(book, taken_at) if taken_at else None
        with _closed(book):
            noted = rows if unseen is None else _noted(unseen, rows)
            count = _write_rows(book, sheet, noted, last + 1, each)
            for more in besides:
                _write_besides(book, more)
        return count


def _write_besides(book: Any, more: Besides) -> None:
    sheet, widths = book.add_worksheet(_sheet_name(more.title)), _widths(len(more.columns), more.widths)
    first, last = _write_head(book, sheet, _Head(more.title, "", (), tuple(more.columns), widths))
    _set_up_page(sheet, widths, first, last)
    _write_rows(book, sheet, more.rows, last + 1, widths)


def _unseen(book: Any, taken_at: datetime) -> Any:
    sheet = book.add_worksheet(TAKEN_OUT)
    sheet.very_hidden()
    sheet.write_string(0, 0, TAKEN_AT)
    sheet.write_string(0, 1, taken_at.isoformat())
    return sheet


def _write_versions(unseen: Any, versions: Mapping[str, int]) -> None:
    for line, (number, version) in enumerate(versions.items(), 1):
        unseen.write_string(line, 0, number)
        unseen.write_number(line, 1, version)


def _noted(unseen: Any, rows: Rows) -> Iterator[Sequence[object] | Section]:
    line = 0
    for row in rows:
        if isinstance(row, Versioned):
            line += 1
            unseen.write_string(line, 0, row.number)
            unseen.write_number(line, 1, row.version)
        yield row


def _write_rows(book: Any, sheet: Any, rows: Rows, first: int, widths: Sequence[int]) -> int:
    shapes = _Shapes.of(book)
    section = book.add_format({**_FRAME, "bold": True, "bg_color": "#F4F6F9"})
    count = 0
    for line, row in enumerate(rows, first):
        if isinstance(row, Section):
            _write_across(sheet, line, len(widths), row.text, section)
            continue
        count += 1
        _make_room(sheet, line, _lines(row, widths))
        for column, value in enumerate(row):
            _write_value(sheet, line, column, value, shapes, widths[column] <= _NARROW)
    return count


@dataclass(frozen=True)
class _Shapes:
    """How the cells of a list look."""

    body: Any
    middle: Any
    day: Any
    of_colour: Mapping[str, Any]

    @classmethod
    def of(cls, book: Any, **besides: Any) -> _Shapes:
        plain = {**_FRAME, **besides}
        middle = {**plain, "align": "center"}
        return cls(
            book.add_format(plain),
            book.add_format(middle),
            book.add_format({**middle, "num_format": "yyyy-mm-dd"}),
            {
                name: book.add_format({**middle, "bold": True, "bg_color": ground, "font_color": letters})
                for name, (ground, letters) in COLOURS.items()
            },
        )


def _make_room(sheet: Any, line: int, lines: int) -> None:
    if lines > 1:
        sheet.set_row(line, min(lines * _LINE_HEIGHT, _TALLEST))


def _write_across(sheet: Any, line: int, width: int, text: str, shape: Any) -> None:
    if width > 1:
        sheet.merge_range(line, 0, line, width - 1, "", shape)
    sheet.write_string(line, 0, _fit(text), shape)


@dataclass(frozen=True)
class _Head:
    title: str
    note: str
    above: tuple[str, ...]
    columns: tuple[str, ...]
    widths: Sequence[int]
    at_left: bool = False  # a title in the middle of several pages would be on none


def _write_head(book: Any, sheet: Any, head: _Head) -> tuple[int, int]:
    """Title, note and header; the first and the last row of the header (from 0)."""
    heading = book.add_format({**_FRAME, "bold": True, "align": "center", "bg_color": "#E7ECF2"})
    big = {"bold": True, "font_size": 16, "valign": "vcenter"}
    sheet.set_row(0, 30)
    if head.above or head.note:
        big |= {"font_size": 20}
    if (head.above or head.note) and not head.at_left:
        _write_across(sheet, 0, len(head.columns), head.title, book.add_format({**big, "align": "center"}))
    else:
        sheet.write_string(0, 0, _fit(head.title), book.add_format(big))
    line = 1
    if head.note:
        sheet.write_string(line, 0, _fit(head.note))
        line += 1
    if not any(head.above):
        _make_room(sheet, line, _lines(head.columns, head.widths))
        _write_line(sheet, line, head.columns, heading)
        return line, line
    alone = [own if not over else "" for over, own in zip(head.above, head.columns, strict=True)]
    below = [own if over else "" for over, own in zip(head.above, head.columns, strict=True)]
    lower = _lines(below, head.widths)
    _make_room(sheet, line, _lines(alone, head.widths) - lower)
    _make_room(sheet, line + 1, lower)
    # The upper words of a column without any above it are its own: the two cells become one.
    _write_line(sheet, line, [over or own for over, own in zip(head.above, head.columns, strict=True)], heading)
    _write_line(sheet, line + 1, below, heading)
    # Written already: ``merge_range`` would write the cells of the upper row again, after the row has gone to the file.
    sheet.merge += [[line, column, line + 1, column] for column, over in enumerate(head.above) if not over]
    sheet.merge += [[line, first, line, last] for first, last in _runs(head.above)]
    return line, line + 1


def _write_line(sheet: Any, line: int, texts: Sequence[str], shape: Any) -> None:
    for column, text in enumerate(texts):
        if text:
            sheet.write_string(line, column, text, shape)
        else:
            sheet.write_blank(line, column, None, shape)


def _runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last place of each run of equal words longer than one; no words make no run."""
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or words[place] != words[first]:
            if words[first] and place - first > 1:
                yield first, place - 1
            first = place


@dataclass(frozen=True)
class PrintShape:
    """How a list of some width prints on A3: pages across, and the size of its letters in points."""

    pages: int
    points: float


def print_shape(widths: Sequence[int]) -> PrintShape:
    """As many pages across as keep the letters readable; a list that is narrower than a page is not blown up."""
    total = max(sum(widths), 1)
    pages = -(-total // int(_A3_ACROSS * _LETTERS / _READABLE))
    return PrintShape(pages, round(min(_LETTERS, _LETTERS * _A3_ACROSS * pages / total), 1))


def _set_up_page(sheet: Any, widths: Sequence[int], first: int, last: int, leading: int = 0) -> None:
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(pages := print_shape(widths).pages, 0)
    sheet.repeat_rows(first, last)
    if pages > 1 and leading:
        sheet.repeat_columns(0, leading - 1)
    sheet.freeze_panes(last + 1, 0)
    sheet.set_footer("&C&P / &N")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _widths(number: int, widths: Sequence[int]) -> list[int]:
    return [*widths, *[_USUAL_WIDTH] * number][:number]


def _lines(row: Sequence[object], widths: Sequence[int]) -> int:
    """How many lines the fullest cell takes. A row is given its height, for not every program finds it out by itself."""
    return max(
        (_lines_of(text, width) for text, width in zip(row, widths, strict=False) if isinstance(text, str)), default=1
    )


def _lines_of(text: str, width: int) -> int:
    if 2 * len(text) < width and "\n" not in text:
        return 1
    room = max(width - 1, 2)  # a Chinese character is two wide, in this encoding as on paper
    return sum(max(-(-len(line.encode("gbk", "replace")) // room), 1) for line in text.split("\n"))


def _write_value(sheet: Any, row: int, column: int, value: object, shapes: _Shapes, narrow: bool = False) -> None:
    """``narrow``: of a column of single words, which stand in its middle, as counts do everywhere."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, shapes.body)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, shapes.body)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, shapes.middle)
    elif isinstance(value, float | Decimal):
        sheet.write_number(row, column, value, shapes.body)
    elif isinstance(value, date):
        day = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, day, shapes.day)
    else:
        plain = shapes.middle if narrow else shapes.body
        shape = shapes.of_colour[value.colour] if isinstance(value, Coloured) else plain
        sheet.write_string(row, column, _fit(str(value)), shape)


def _fit(text: str) -> str:
    """Excel drops a cell that is too long; a cut text with a mark is better than none."""
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


def _sheet_name(title: str) -> str:
    name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "Sheet1"
    return f"{name} 1" if name.lower() in _TAKEN_NAMES else name


@dataclass(frozen=True)
class Marked:
    """A cell with what is wrong with it; ``down``: it shows the one above, and is merged with it."""

    value: object = None
    wrong: str = ""
    down: bool = False


@dataclass(frozen=True)
class MarkedSheet:
    """A table to be put right: lines above, a header of texts by column (from top to bottom), rows, lines below."""

    name: str
    above: Sequence[str]
    heads: Sequence[Sequence[str]]
    widths: Sequence[int]
    rows: Iterable[Sequence[Marked]]
    below: Sequence[str] = ()
    remark: str = ""  # about the table as a whole, at its last head


@contextmanager
def _closed(book: Any) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for each in book.worksheets():
            each.row_data_fh.close()  # stopped on the way: the library would leave its files of rows open
        raise
    book.close()


def write_marked(
    target: str | Path | IO[bytes], sheets: Sequence[MarkedSheet], taken_out: TakenOut | None = None
) -> None:
    """Tables whose wrong cells are coloured and say in a comment what is wrong with them; the first ``MOST_COMMENTS``, for
    each is held in memory, here and by whoever opens the file. ``taken_out``: a list of ours goes on being one."""
    with TemporaryDirectory() as folder:
        options = {**_WRITING, "tmpdir": folder}
        book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        heading = book.add_format({**_FRAME, "bold": True, "align": "center", "bg_color": "#E7ECF2"})
        shapes = _MarkedShapes(_Shapes.of(book), _Shapes.of(book, **_WRONG), heading)
        with _closed(book):
            for each, name in zip(sheets, _names_of(sheets), strict=True):
                _write_marked(book.add_worksheet(name), each, shapes)
            if taken_out:
                _write_versions(_unseen(book, taken_out.at), taken_out.versions)


_WRONG = {"bg_color": "#F8DCE6", "font_color": "#8A1C50"}
MOST_COMMENTS = 2_000
_COMMENT = {"x_scale": 2, "y_scale": 1.5}


@dataclass
class _MarkedShapes:
    plain: _Shapes
    wrong: _Shapes
    head: Any
    comments: int = 0

    def commented(self) -> bool:
        self.comments += 1
        return self.comments <= MOST_COMMENTS


def _names_of(sheets: Sequence[MarkedSheet]) -> list[str]:
    """Each once, whatever case it is written in."""
    names: list[str] = []
    for each in sheets:
        name, number = _sheet_name(each.name), 1
        while name.lower() in (known.lower() for known in names):
            number += 1
            name = f"{_sheet_name(each.name)[:25]} ({number})"
        names.append(name)
    return names


def _write_marked(sheet: Any, table: MarkedSheet, shapes: _MarkedShapes) -> None:
    for line, text in enumerate(table.above):
        sheet.write_string(line, 0, _fit(text))
    first = len(table.above)
    deep = max(map(len, table.heads))
    for level in range(deep):
        texts = [head[level] if level < len(head) else "" for head in table.heads]
        _write_line(sheet, first + level, texts, shapes.head)
    sheet.merge += [
        [first + len(head) - 1, column, first + deep - 1, column]
        for column, head in enumerate(table.heads)
        if len(head) < deep
    ]
    if table.remark:
        sheet.write_comment(first, len(table.heads) - 1, table.remark, _COMMENT)
    _set_up_page(sheet, table.widths, first, first + deep - 1)
    line = first + deep
    open_merges: dict[int, int] = {}
    for row in table.rows:
        _make_room(sheet, line, _lines([cell.value for cell in row], table.widths))
        for column, cell in enumerate(row):
            if cell.down:
                open_merges.setdefault(column, line - 1)
            else:
                _merge_down(sheet, open_merges.pop(column, None), line - 1, column)
            _write_marked_cell(sheet, line, column, cell, shapes)
        line += 1
    for column, top in open_merges.items():
        _merge_down(sheet, top, line - 1, column)
    for number, text in enumerate(table.below):
        sheet.write_string(line + number, 0, _fit(text))


def _merge_down(sheet: Any, top: int | None, bottom: int, column: int) -> None:
    if top is not None:
        sheet.merge.append([top, column, bottom, column])


def _write_marked_cell(sheet: Any, line: int, column: int, cell: Marked, shapes: _MarkedShapes) -> None:
    _write_value(sheet, line, column, None if cell.down else cell.value, shapes.wrong if cell.wrong else shapes.plain)
    if cell.wrong and not cell.down and shapes.commented():
        sheet.write_comment(line, column, cell.wrong, _COMMENT)


_CHOICE_ACROSS = 18


@dataclass(frozen=True)
class BlankColumn:
    """A column to be filled in. ``offered``: what can be chosen, nothing where anything may be written; ``above``: a
    further head, shared with neighbours of the same."""

    head: str
    width: int
    offered: Sequence[str] = ()
    above: str = ""


def write_blank(
    target: str | Path | IO[bytes], head: tuple[str, str], columns: Sequence[BlankColumn], rows: int
) -> None:
    """A table to be filled in: title and note (``head``), columns, ``rows`` empty rows. The choices stand on a sheet of
    their own, for a drop-down holds no more than 255 characters by itself."""
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, {"strings_to_formulas": False})
    title, note = head
    sheet, lists = book.add_worksheet(_sheet_name(title)), book.add_worksheet(_CHOICES)
    heads, above = tuple(each.head for each in columns), tuple(each.above for each in columns)
    widths = [each.width for each in columns]
    first, last = _write_head(book, sheet, _Head(title, note, above, heads, widths, print_shape(widths).pages > 1))
    _set_up_page(sheet, widths, first, last)
    body = book.add_format(_FRAME)
    for row in range(last + 1, last + 1 + rows):
        _write_line(sheet, row, ("",) * len(columns), body)
    lists.fit_to_pages(1, 1)
    lists.hide_gridlines(1)
    for place, column in enumerate(columns):
        lists.set_column(place, place, _CHOICE_ACROSS if column.offered else 1)
        if column.offered:
            for row, choice in enumerate(column.offered):
                lists.write_string(row, place, choice)
            rule = {
                "validate": "list",
                "source": "=" + xl_range_formula(_CHOICES, 0, place, len(column.offered) - 1, place),
                "error_title": column.head[:_TITLE_OF_ERROR],
                "error_message": N_("请从下拉框里选一项。"),
            }
            sheet.data_validation(last + 1, place, last + rows, place, rule)
    lists.protect()
    book.close()


def write_csv(target: IO[bytes], columns: Sequence[str], rows: Rows, taken_at: datetime | None = None) -> int:
    """What ``csv_pieces`` yields, into a file. Returns the number of rows, sections not counted."""
    count = 0

    def counted() -> Iterator[Sequence[object] | Section]:
        nonlocal count
        for row in rows:
            count += not isinstance(row, Section)
            yield row

    target.writelines(csv_pieces(columns, counted(), taken_at=taken_at))
    return count


def _with_marks(rows: Rows, at: datetime) -> Iterator[Sequence[object] | Section]:
    local = clock.local(at)
    for row in rows:
        yield [*row, mark_of(row.number, row.version, local)] if isinstance(row, Versioned) else row


def _guarded(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip("'").startswith(GUARDED):
        return "'" + value
    return value


def csv_pieces(
    columns: Sequence[str], rows: Rows, size: int = 500, *, taken_at: datetime | None = None
) -> Iterator[bytes]:
    """A csv file in pieces of ``size`` rows, for an answer that is sent while it is read.

    UTF-8 with BOM, so that Excel shows Chinese; text like a formula gets a ' in front. ``taken_at``: the versions of
    ``Versioned`` rows stand in a last column of their own.
    """
    if taken_at:
        columns, rows = [*columns, TAKEN_COLUMN], _with_marks(rows, taken_at)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_guarded(label) for label in columns])
    encoding = "utf-8-sig"
    for count, row in enumerate(rows, 1):
        writer.writerow([_guarded(value) for value in ((row.text,) if isinstance(row, Section) else row)])
        if count % size == 0:
            yield text.getvalue().encode(encoding)
            encoding = "utf-8"
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode(encoding)

"""Rows out to xlsx and csv files, streamed; no text written can become a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import xlsxwriter

from tracker.base.sheets import (
    CELL_CHARACTERS,
    FORMULA_SIGNS,
)

_WRITING = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_FRAME = {"border": 1, "text_wrap": True, "valign": "vcenter"}


def write_xlsx(
    target: str | Path | IO[bytes],
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    widths: Sequence[int] = (),
) -> int:
    """A printed list: title, header (frozen, repeated on each page), rows; A3 landscape. Returns the number of rows.

    Rows are streamed and never held, so an export of any length needs the memory of one row.
    """
    with TemporaryDirectory() as folder:
        options = {**_WRITING, "tmpdir": folder}
        book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        sheet = book.add_worksheet(_sheet_name(title))
        _set_up_page(sheet, len(columns), widths)
        _write_head(book, sheet, title, columns)
        try:
            count = _write_rows(book, sheet, rows)
        except BaseException:
            sheet.row_data_fh.close()  # stopped on the way: the library would leave its file of rows open
            raise
        book.close()
        return count


def _write_rows(book: Any, sheet: Any, rows: Iterable[Sequence[object]]) -> int:
    body, day = book.add_format(_FRAME), book.add_format({**_FRAME, "num_format": "yyyy-mm-dd"})
    count = 0
    for count, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _write_value(sheet, count + 1, column, value, body, day)
    return count


def _write_head(book: Any, sheet: Any, title: str, columns: Sequence[str]) -> None:
    heading = book.add_format({**_FRAME, "bold": True, "align": "center", "bg_color": "#E7ECF2"})
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, _fit(title), book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"}))
    for column, label in enumerate(columns):
        sheet.write_string(1, column, label, heading)


def _set_up_page(sheet: Any, width: int, widths: Sequence[int]) -> None:
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.freeze_panes(2, 0)
    sheet.set_footer("&C&P / &N")
    for column in range(width):
        sheet.set_column(column, column, widths[column] if column < len(widths) else 16)


def _write_value(sheet: Any, row: int, column: int, value: object, body: Any, day: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, body)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, body)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, body)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value.replace(tzinfo=None) if isinstance(value, datetime) else value, day)
    else:
        sheet.write_string(row, column, _fit(str(value)), body)


def _fit(text: str) -> str:
    """Excel drops a cell that is too long; a cut text with a mark is better than none."""
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "Sheet1"


def write_csv(target: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """What ``csv_pieces`` yields, into a file. Returns the number of rows."""
    count = 0

    def counted() -> Iterator[Sequence[object]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    target.writelines(csv_pieces(columns, counted()))
    return count


def _guarded(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith((*FORMULA_SIGNS, "\t", "\r")):
        return "'" + value
    return value


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[object]], size: int = 500) -> Iterator[bytes]:
    """A csv file in pieces of ``size`` rows, for an answer that is sent while it is read.

    UTF-8 with BOM, so that Excel shows Chinese; text like a formula gets a ' in front.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_guarded(label) for label in columns])
    encoding = "utf-8-sig"
    for count, row in enumerate(rows, 1):
        writer.writerow([_guarded(value) for value in row])
        if count % size == 0:
            yield text.getvalue().encode(encoding)
            encoding = "utf-8"
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode(encoding)

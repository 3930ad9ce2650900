"""Rows in from xlsx, xls, ods and csv files.

``read_workbook`` refuses what is too big, damaged or not a table (``SheetRefused``, one plain sentence and what to do
instead); what a reader must know besides the values comes from ``sheets_layout``.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePath
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from tracker.base.access import N_
from tracker.base.sheets import (
    GUARDED,
    MAX_FILE_BYTES,
    MAX_UNPACKED_BYTES,
    MIN_SUSPICIOUS_BYTES,
    TAKEN_AT,
    TAKEN_COLUMN,
    TAKEN_OUT,
    Layout,
    Merge,
    Sheet,
    SheetRefused,
    TakenOut,
    Value,
    Workbook,
    check_all,
    check_extent,
    damaged,
    marks_in,
    plain_text,
    too_big_unpacked,
    within,
)
from tracker.base.sheets_layout import cells_of, layouts_of_ods, layouts_of_xlsx
from tracker.base.sheets_xls import layouts_of_xls

_HEAD_WITHIN = 30  # rows; people put a title above a table, not a page
# A sheet of repeated rows packs about 1:60; a bomb packs 1:1000. Small parts may pack as well as they like.
MAX_PACKING = 250


def read_workbook(source: str | Path | bytes, filename: str | None = None) -> Workbook:
    """All sheets of a file, hidden ones marked. The content decides the format, not the name's ending."""
    book = _read(source, filename)
    marked = marks_in([text for sheet in book.sheets for text in _take_marks(sheet)])
    return replace(book, taken_out=book.taken_out or marked)


def _take_marks(sheet: Sheet) -> Iterator[str]:
    """The texts of the column that a csv of ours ends with, however the file was saved since; it is empty afterwards, for
    nobody wrote it."""
    heads = (
        (number, column)
        for number, row in enumerate(sheet.rows[:_HEAD_WITHIN])
        for column, value in enumerate(row)
        if isinstance(value, str) and value.startswith(TAKEN_OUT) and _plain(value) == _plain(TAKEN_COLUMN)
    )
    for number, column in [*heads]:
        for row in sheet.rows[number:]:
            if column < len(row):
                yield plain_text(row[column])
                row[column] = ""


def _plain(head: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", head))


def _read(source: str | Path | bytes, filename: str | None) -> Workbook:
    data = _load(source)
    name = filename or (str(source) if not isinstance(source, bytes) else "ledger")
    stem = PurePath(name).stem
    if data[:4] == b"PK\x03\x04":
        return _read_zipped(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _read_xls(data)
    _refuse_strangers(data)
    return read_csv(data, stem)


def _load(source: str | Path | bytes) -> bytes:
    if not isinstance(source, bytes):
        path = Path(source)
        if not path.is_file():
            raise SheetRefused(N_("没有这个文件：%(name)s。"), N_("请检查文件名和路径。"), name=str(path))
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_big()
        source = path.read_bytes()
    if len(source) > MAX_FILE_BYTES:
        raise _too_big()
    if not source.strip():
        raise SheetRefused(N_("文件是空的。"), N_("请选择有内容的台账文件。"))
    return source


def _too_big() -> SheetRefused:
    return SheetRefused(
        N_("文件超过 %(limit)d MB。"),
        N_("请删去图片和无关的工作表，或者拆成几个文件。"),
        limit=MAX_FILE_BYTES // 1024 // 1024,
    )


def _word_document() -> SheetRefused:
    return SheetRefused(
        N_("这是 Word 文档，不是表格。"),
        N_("反馈意见请在检查的页面上传；其中的表格也可以复制到 Excel，另存为 .xlsx 后导入。"),
    )


def _refuse_strangers(data: bytes) -> None:
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        raise SheetRefused(N_("这是 PDF 文件，不是表格。"), N_("请导入 Excel（.xlsx、.xls）、.ods 或 CSV 台账。"))
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"mime-version")):
        raise SheetRefused(
            N_("这是网页格式的文件，只是名字像表格。"), N_("请用 Excel 或 WPS 打开，另存为 .xlsx 文件后再导入。")
        )
    if b"\x00" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise SheetRefused(N_("这不是表格文件。"), N_("请导入 Excel（.xlsx、.xls）、.ods 或 CSV 台账。"))


_SIGNS_OF_DAMAGE = (
    zipfile.BadZipFile,
    KeyError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # an encrypted member; a method of compression nobody knows
    IndexError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    expat.ExpatError,
    ElementTree.ParseError,
)


_ONE_OF = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}


def _read_zipped(data: bytes) -> Workbook:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_packing(archive)
            names = set(archive.namelist())
            if len(names & _ONE_OF) > 1:
                raise damaged()  # looked at as one kind of file and perhaps read as another
            if "xl/workbook.xml" in names:
                layouts = layouts_of_xlsx(archive)
                return _read_with_library(data, "xlsx", layouts)
            if "content.xml" in names and b"spreadsheet" in _mime_type(archive):
                layouts, merges = layouts_of_ods(archive)
                return _read_with_library(data, "ods", layouts, merges)
    except _SIGNS_OF_DAMAGE as error:
        raise damaged() from error
    if "word/document.xml" in names:
        raise _word_document()
    raise SheetRefused(N_("不认识这种文件。"), N_("请用 Excel 或 WPS 打开，另存为 .xlsx 文件后再导入。"))


def _mime_type(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as stream:
        return stream.read(100)


def _check_packing(archive: zipfile.ZipFile) -> None:
    """Refuse bombs by what the archive declares; reading through ``zipfile`` never yields more than is declared."""
    parts = archive.infolist()
    if len(parts) > 10_000 or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise too_big_unpacked()
    for part in parts:
        if part.file_size > MIN_SUSPICIOUS_BYTES and part.file_size > MAX_PACKING * max(part.compress_size, 1):
            raise SheetRefused(
                N_("文件的压缩比异常，可能是有害文件。"), N_("请用 Excel 或 WPS 打开，另存为新文件后再导入。")
            )


def _read_xls(data: bytes) -> Workbook:
    if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in data:
        raise _locked()
    if b"W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t" in data:
        raise _word_document()
    return _read_with_library(data, "xls", layouts_of_xls(data))


def _locked() -> SheetRefused:
    return SheetRefused(N_("文件有打开密码。"), N_("请去掉密码，另存后再导入。"))


def _read_with_library(
    data: bytes,
    kind: str,
    layouts: dict[str, Layout] | None,
    merges: dict[str, tuple[Merge, ...]] | None = None,
) -> Workbook:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = tuple(_sheets(book, layouts, merges))
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, OSError, ValueError) as error:
        raise damaged() from error
    except BaseException as error:
        # The library is native code: a damaged file may panic in it, which is no ordinary Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged() from error
    own = next((sheet for sheet in sheets if sheet.name == TAKEN_OUT), None)
    return Workbook(
        kind, tuple(sheet for sheet in sheets if sheet is not own), taken_out=_taken_out(own) if own else None
    )


def _sheets(
    book: CalamineWorkbook, layouts: dict[str, Layout] | None, merges: dict[str, tuple[Merge, ...]] | None
) -> Iterator[Sheet]:
    """One after the other, refused as soon as all together are more than one may be."""
    cells = cells_of(layouts or {})
    check_all(cells)
    for meta in book.sheets_metadata:
        if str(meta.typ).endswith("WorkSheet"):
            sheet = _read_sheet(book, meta.name, meta.visible == SheetVisibleEnum.Visible, layouts, merges)
            yield sheet
            if not sheet.layout.last_row:  # an old xls does not say before how far it reaches
                cells += len(sheet.rows) * max(map(len, sheet.rows), default=0)
                check_all(cells)


def _taken_out(sheet: Sheet) -> TakenOut | None:
    """None where somebody has written over it; single rows that make no sense say nothing."""
    rows = [[plain_text(value) for value in row[:2]] for row in sheet.rows if len(row) > 1]
    try:
        label, written = rows[0]
        at = datetime.fromisoformat(written)
    except (IndexError, ValueError):
        return None
    if label != TAKEN_AT or at.tzinfo is None:
        return None
    return TakenOut(at, {number: int(version) for number, version in rows[1:] if version.isdecimal()})


def _read_sheet(
    book: CalamineWorkbook,
    name: str,
    visible: bool,
    layouts: dict[str, Layout] | None,
    merges: dict[str, tuple[Merge, ...]] | None,
) -> Sheet:
    if layouts is not None and name not in layouts:
        raise damaged()  # nobody has looked how far it reaches
    sheet = book.get_sheet_by_name(name)
    check_extent(name, sheet.total_height + 1, sheet.total_width + 1)
    rows: list[list[Value]] = sheet.to_python(skip_empty_area=False)
    _share_texts(rows)
    blocks = merges.get(name, ()) if merges is not None else _merges(sheet)
    layout = (layouts or {}).get(name, Layout())
    width = max(map(len, rows), default=0)
    blocks = within(blocks, max(len(rows), layout.last_row), max(width, layout.last_column))
    return Sheet(name, rows, blocks, visible, layout, layout_known=layouts is not None)


SHORT = 16  # characters


def _share_texts(rows: list[list[Value]]) -> None:
    """The library makes a text of its own for every cell, and a ledger repeats its short ones: each is kept once."""
    once: dict[str, str] = {}
    for row in rows:
        row[:] = [once.setdefault(v, v) if isinstance(v, str) and len(v) <= SHORT else v for v in row]


def _merges(sheet: CalamineSheet) -> tuple[Merge, ...]:
    return tuple(
        Merge(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sorted(sheet.merged_cell_ranges or [])
    )


SNIFFED = 200_000  # characters the delimiter is judged by
LONGEST_LINE = 1_000_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
csv.field_size_limit(10 * 1024 * 1024)  # over-long cells are told by address, not by an exception of the csv module


def read_csv(data: bytes, name: str) -> Workbook:
    """UTF-8 with or without BOM, UTF-16 with BOM, GB18030; comma, semicolon or tab. Rows are records, not lines."""
    text, encoding = decoded(data)
    first, _, rest = text[:100].partition("\n")
    if hint := re.fullmatch(r"sep=(.)\r?", first):
        delimiter, text = hint[1], text[len(text[:100]) - len(rest) :]
    else:
        delimiter = _delimiter(text[:SNIFFED])
    rows: list[list[Value]] = []
    width = 0
    try:
        for record in csv.reader(_ended(text), delimiter=delimiter):
            if record == [_END]:
                break
            rows.append([_unguarded(cell) for cell in record])
            width = max(width, len(record))
            check_extent(name, len(rows), width)
        else:
            raise SheetRefused(
                N_("从第 %(row)d 条记录起，有一个英文双引号没有配对，分不清单元格。"),
                N_("请用 Excel 打开核对，另存为 .xlsx 后再导入。"),
                row=len(rows),
            )
    except csv.Error as error:
        raise damaged() from error
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Workbook("csv", (Sheet(name, rows),), encoding, delimiter)


_END = "\x1e"  # a record of its own after the last one, unless a quote was never closed and swallowed it


def _ended(text: str) -> Iterator[str]:
    yield from _lines(text if text.endswith(("\r", "\n")) else text + "\n")
    yield _END


def _lines(text: str) -> Iterator[str]:
    """Line by line. A single line as long as a file would become millions of cells before anybody could count them."""
    for match in _LINE.finditer(text):
        if match.end() - match.start() > LONGEST_LINE:
            raise SheetRefused(
                N_("文件里有一行超过 %(limit)d 个字，不像表格。"),
                N_("请用 Excel 打开，检查分隔符和换行，另存为 .xlsx 后再导入。"),
                limit=LONGEST_LINE,
            )
        yield match[0]


def decoded(data: bytes) -> tuple[str, str]:
    for encoding in ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise SheetRefused(
        N_("文件的文字编码无法识别。"), N_("请用 Excel 或 WPS 打开，另存为 .xlsx，或另存为 UTF-8 编码的 CSV。")
    )


def _delimiter(text: str) -> str:
    """The one that cuts the first records into most cells, counted over records of the commonest width."""

    def score(delimiter: str) -> tuple[int, int]:
        widths = [
            len(record)
            for record, _ in zip(
                csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), range(60), strict=False
            )
            if any(record)
        ]
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common) * (common - 1), common)

    return max(",;\t", key=score)


def _unguarded(cell: str) -> str:
    """Undo the guard that ``write_csv`` puts before text like a formula."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(GUARDED) else cell

"""Rows in and out of xlsx, xls, ods and csv files. Knows cells, no column.

In: ``read_workbook`` refuses what is too big, damaged or not a table (``SheetRefused``, one plain sentence and what to
do instead), and says what a reader must know besides the values: merges, hidden rows and columns, formulas without a
stored value. Out: ``write_xlsx`` and ``write_csv`` write rows so that no text can become a formula.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path, PurePath
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from tracker.base.access import N_

Value = str | int | float | bool | date | datetime | time | timedelta

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
# A sheet of repeated rows packs about 1:60; a bomb packs 1:1000. Small parts may pack as well as they like.
MAX_PACKING = 250
MIN_SUSPICIOUS_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 512
# The reading library holds a dense block from A1 to the last cell, so the block is what has to be bounded.
MAX_CELLS = 5_000_000
# One long shared text may be shown by a million cells: small in the file, gigabytes in memory.
MAX_TEXT_CHARACTERS = 300_000_000
CELL_CHARACTERS = 32_767  # what Excel can hold in one cell
FORMULA_SIGNS = ("=", "+", "-", "@")
CHUNK = 1 << 20


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


@dataclass(frozen=True)
class Workbook:
    kind: str  # xlsx, xls, ods or csv
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    delimiter: str | None = None


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


# ---- in ----------------------------------------------------------------------------------------------------------


def read_workbook(source: str | Path | bytes, filename: str | None = None) -> Workbook:
    """All sheets of a file, hidden ones marked. The content decides the format, not the name's ending."""
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


def _damaged() -> SheetRefused:
    return SheetRefused(
        N_("文件已损坏，无法读取。"),
        N_("请用 Excel 或 WPS 打开，另存为 .xlsx 文件后再导入；打不开的，请向报送单位重新索取。"),
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


def _read_zipped(data: bytes) -> Workbook:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_packing(archive)
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                layouts = _layouts_of_xlsx(archive)
                return _read_with_library(data, "xlsx", layouts)
            if "content.xml" in names and b"spreadsheet" in archive.read("mimetype")[:100]:
                layouts, merges = _layouts_of_ods(archive)
                return _read_with_library(data, "ods", layouts, merges)
    except (
        zipfile.BadZipFile,
        KeyError,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        expat.ExpatError,
    ) as error:
        raise _damaged() from error
    except ElementTree.ParseError as error:
        raise _damaged() from error
    if "word/document.xml" in names:
        raise SheetRefused(N_("这是 Word 文档，不是表格。"), N_("请把其中的表格复制到 Excel，另存为 .xlsx 后导入。"))
    raise SheetRefused(N_("不认识这种文件。"), N_("请用 Excel 或 WPS 打开，另存为 .xlsx 文件后再导入。"))


def _check_packing(archive: zipfile.ZipFile) -> None:
    """Refuse bombs by what the archive declares; reading through ``zipfile`` never yields more than is declared."""
    parts = archive.infolist()
    if len(parts) > 10_000 or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise SheetRefused(N_("文件解压后太大。"), N_("请删去图片和无关的工作表，或者拆成几个文件。"))
    for part in parts:
        if part.file_size > MIN_SUSPICIOUS_BYTES and part.file_size > MAX_PACKING * max(part.compress_size, 1):
            raise SheetRefused(
                N_("文件的压缩比异常，可能是有害文件。"), N_("请用 Excel 或 WPS 打开，另存为新文件后再导入。")
            )


def _read_xls(data: bytes) -> Workbook:
    if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in data:
        raise _locked()
    if b"W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t" in data:
        raise SheetRefused(N_("这是 Word 文档，不是表格。"), N_("请把其中的表格复制到 Excel，另存为 .xlsx 后导入。"))
    return _read_with_library(data, "xls", None)


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
        sheets = tuple(
            _read_sheet(book, meta.name, meta.visible == SheetVisibleEnum.Visible, layouts, merges)
            for meta in book.sheets_metadata
            if str(meta.typ).endswith("WorkSheet")
        )
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged() from error
    except BaseException as error:
        # The library is native code: a damaged file may panic in it, which is no ordinary Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged() from error
    return Workbook(kind, sheets)


def _read_sheet(
    book: CalamineWorkbook,
    name: str,
    visible: bool,
    layouts: dict[str, Layout] | None,
    merges: dict[str, tuple[Merge, ...]] | None,
) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    check_extent(name, sheet.total_height + 1, sheet.total_width + 1)
    rows: list[list[Value]] = sheet.to_python(skip_empty_area=False)
    blocks = merges.get(name, ()) if merges is not None else _merges(sheet)
    layout = (layouts or {}).get(name, Layout())
    return Sheet(name, rows, blocks, visible, layout, layout_known=layouts is not None)


def _merges(sheet: CalamineSheet) -> tuple[Merge, ...]:
    return tuple(
        Merge(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sorted(sheet.merged_cell_ranges or [])
    )


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


# ---- what an xlsx says besides its values -----------------------------------------------------------------------

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATIONS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_NEEDS_A_CLOSER_LOOK = re.compile(rb'<(?:\w+:)?f[ />]|hidden="(?:1|true)"')
_WIDE = re.compile(rb'r="([A-Z]{2,3})\d')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?r="(\d+)"')
_SHARED = re.compile(rb't="s"[^>]*><(?:\w+:)?v>(\d+)<')


def _layouts_of_xlsx(archive: zipfile.ZipFile) -> dict[str, Layout]:
    """Each sheet's layout. Sheets are streamed once; only those with something to find go through the parser."""
    lengths = _shared_lengths(archive)
    layouts: dict[str, Layout] = {}
    for name, part in _sheet_parts(archive).items():
        layout, shared = _quick_look(archive, part, lengths)
        if layout is None:
            with archive.open(part) as stream:
                layout = SheetScan().run(stream)
        check_extent(name, layout.last_row, layout.last_column)
        if shared > MAX_TEXT_CHARACTERS:
            raise SheetRefused(N_("文件解压后太大。"), N_("请删去图片和无关的工作表，或者拆成几个文件。"))
        layouts[name] = layout
    return layouts


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → part of the archive, by the workbook's relations."""
    relations = {
        item.get("Id", ""): item.get("Target", "")
        for item in ElementTree.fromstring(_small_part(archive, "xl/_rels/workbook.xml.rels"))
    }
    book = ElementTree.fromstring(_small_part(archive, "xl/workbook.xml"))
    parts: dict[str, str] = {}
    for sheet in [*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")]:
        key = next((sheet.get(name) for name in _RELATIONS if sheet.get(name)), None)
        target = relations.get(key or "", "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part and part in archive.NameToInfo:
            parts[sheet.get("name", "")] = part
    return parts


def _small_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part that is parsed whole; declarations of entities are how small XML becomes large, so none may stand in it."""
    data = archive.read(name)
    if len(data) > MIN_SUSPICIOUS_BYTES or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _damaged()
    return data


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in pieces that never cut through a tag."""
    rest = b""
    while piece := stream.read(CHUNK):
        piece = rest + piece
        cut = piece.rfind(b"<")
        if cut <= 0:
            rest = piece
            continue
        yield piece[:cut]
        rest = piece[cut:]
    yield rest


def _quick_look(archive: zipfile.ZipFile, part: str, lengths: list[int]) -> tuple[Layout | None, int]:
    """Layout of a plain sheet, or None where the parser has to look; and the characters its shared texts unfold to."""
    last_row, columns, shared, plain = 0, {b"Z"}, 0, True
    with archive.open(part) as stream:
        for piece in _chunks(stream):
            plain = plain and not _NEEDS_A_CLOSER_LOOK.search(piece)
            columns.update(_WIDE.findall(piece))
            last_row = max([last_row, *map(int, _ROW.findall(piece))])
            if lengths:
                shared += sum(lengths[int(index)] for index in _SHARED.findall(piece) if int(index) < len(lengths))
    last_column = max(column_number(name.decode()) for name in columns)
    if not plain or last_row > MAX_ROWS or last_column > MAX_COLUMNS or last_row * last_column > MAX_CELLS:
        return None, shared
    return Layout(last_row=last_row, last_column=last_column), shared


def _shared_lengths(archive: zipfile.ZipFile) -> list[int]:
    """Length of each shared text, but only where one is long enough for many references to it to be dangerous."""
    name = "xl/sharedStrings.xml"
    if name not in archive.NameToInfo:
        return []
    lengths: list[int] = []
    size = 0

    def end(tag: str) -> None:
        nonlocal size
        if tag.rpartition(":")[2] == "si":
            lengths.append(size)
            size = 0

    def text(data: str) -> None:
        nonlocal size
        size += len(data)

    with archive.open(name) as stream:
        _parse(stream, end=end, text=text)
    return lengths if max(lengths, default=0) > 2_000 else []


def _parse(
    stream: IO[bytes],
    *,
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    while piece := stream.read(CHUNK):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise _damaged()


class SheetScan:
    """Streams one sheet's XML and keeps what the reading library does not tell."""

    def __init__(self) -> None:
        self.hidden_columns: set[int] = set()
        self.hidden_rows: set[int] = set()
        self.formulas: set[tuple[int, int]] = set()
        self.row = self.column = self.last_row = self.last_column = 0
        self.formula = self.value = self.inside = False

    def run(self, stream: IO[bytes]) -> Layout:
        _parse(stream, start=self.start, end=self.end, text=self.text)
        return Layout(
            frozenset(self.hidden_columns),
            frozenset(self.hidden_rows),
            frozenset(self.formulas),
            self.last_row,
            self.last_column,
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell(attributes.get("r"))
        elif name == "f":
            self.formula = True
        elif name in ("v", "is"):
            self.inside = True
        elif name == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.hidden_rows.add(self.row)
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            last = min(int(attributes["max"]), MAX_COLUMNS)
            self.hidden_columns.update(range(int(attributes["min"]), last + 1))

    def _cell(self, reference: str | None) -> None:
        self.column = column_number(reference.rstrip("0123456789")) if reference else self.column + 1
        self.formula = self.value = False

    def text(self, data: str) -> None:
        if self.inside and data:
            self.value = True

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("v", "is"):
            self.inside = False
        elif name == "c" and (self.formula or self.value):
            self.last_row = max(self.last_row, self.row)
            self.last_column = max(self.last_column, self.column)
            if self.formula and not self.value:
                self.formulas.add((self.row, self.column))


# ---- what an ods says besides its values ------------------------------------------------------------------------


def _layouts_of_ods(archive: zipfile.ZipFile) -> tuple[dict[str, Layout], dict[str, tuple[Merge, ...]]]:
    scan = OdsScan()
    with archive.open("content.xml") as stream:
        _parse(stream, start=scan.start, end=scan.end)
    return scan.layouts, scan.merges


class OdsScan:
    """Hidden rows and columns and merged cells of an ods. Repeated rows count once per repeat where they hold values."""

    def __init__(self) -> None:
        self.layouts: dict[str, Layout] = {}
        self.merges: dict[str, tuple[Merge, ...]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.name = attributes.get("table:name", "")
            self.columns, self.row, self.column = 0, 0, 0
            self.last_row = self.last_column = 0
            self.repeat = 1
            self.hidden_columns: set[int] = set()
            self.hidden_rows: set[int] = set()
            self.found: list[Merge] = []
        elif tag == "table:table-column":
            repeat = int(attributes.get("table:number-columns-repeated", 1))
            if attributes.get("table:visibility") == "collapse":
                self.hidden_columns.update(range(self.columns + 1, min(self.columns + repeat, MAX_COLUMNS) + 1))
            self.columns += repeat
        elif tag == "table:table-row":
            self._row(attributes)
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell(attributes)

    def _row(self, attributes: dict[str, str]) -> None:
        self.row += self.repeat if self.row else 1
        self.repeat = int(attributes.get("table:number-rows-repeated", 1))
        self.column = 0
        if attributes.get("table:visibility") in ("collapse", "filter"):
            self.hidden_rows.update(range(self.row, self.row + min(self.repeat, MAX_ROWS)))

    def _cell(self, attributes: dict[str, str]) -> None:
        repeat = int(attributes.get("table:number-columns-repeated", 1))
        if "office:value-type" in attributes or "table:formula" in attributes:
            self.last_row = max(self.last_row, self.row + self.repeat - 1)
            self.last_column = max(self.last_column, self.column + repeat)
            check_extent(self.name, self.last_row, self.last_column)
        down = int(attributes.get("table:number-rows-spanned", 1))
        across = int(attributes.get("table:number-columns-spanned", 1))
        if down > 1 or across > 1:
            self.found.append(Merge(self.row, self.column + 1, self.row + down - 1, self.column + across))
        self.column += repeat

    def end(self, tag: str) -> None:
        if tag == "table:table":
            hidden = frozenset(self.hidden_columns), frozenset(self.hidden_rows)
            self.layouts[self.name] = Layout(*hidden, frozenset(), self.last_row, self.last_column)
            self.merges[self.name] = tuple(self.found)


# ---- csv ---------------------------------------------------------------------------------------------------------

csv.field_size_limit(10 * 1024 * 1024)  # over-long cells are told by address, not by an exception of the csv module


def read_csv(data: bytes, name: str) -> Workbook:
    """UTF-8 with or without BOM, UTF-16 with BOM, GB18030; comma, semicolon or tab. Rows are records, not lines."""
    text, encoding = _decode(data)
    first, _, rest = text.partition("\n")
    if hint := re.fullmatch(r"sep=(.)\r?", first):
        delimiter, text = hint[1], rest
    else:
        delimiter = _delimiter(text)
    rows: list[list[Value]] = []
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        rows.append([_unguarded(cell) for cell in record])
        check_extent(name, len(rows), len(record))
    width = max(map(len, rows), default=0)
    check_extent(name, len(rows), width)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Workbook("csv", (Sheet(name, rows),), encoding, delimiter)


def _decode(data: bytes) -> tuple[str, str]:
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
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


# ---- out ---------------------------------------------------------------------------------------------------------


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
    book = xlsxwriter.Workbook(
        str(target) if isinstance(target, Path) else target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    sheet = book.add_worksheet(_sheet_name(title))
    frame = {"border": 1, "text_wrap": True, "valign": "vcenter"}
    heading = book.add_format({**frame, "bold": True, "align": "center", "bg_color": "#E7ECF2"})
    body, day = book.add_format(frame), book.add_format({**frame, "num_format": "yyyy-mm-dd"})
    _set_up_page(sheet, len(columns), widths)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, _fit(title), book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"}))
    for column, label in enumerate(columns):
        sheet.write_string(1, column, label, heading)
    count = 0
    for count, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _write_value(sheet, count + 1, column, value, body, day)
    book.close()
    return count


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
    """UTF-8 with BOM, so that Excel shows Chinese; text like a formula gets a ' in front. Returns the number of rows."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_guarded(label) for label in columns])
    count = 0
    for row in rows:
        writer.writerow([_guarded(value) for value in row])
        count += 1
    text.flush()
    text.detach()  # the caller's stream stays open
    return count


def _guarded(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith((*FORMULA_SIGNS, "\t", "\r")):
        return "'" + value
    return value


# ---- rows under one header: the plain lists an installation keeps (regions, units, people) -------------------------

HEADER_WITHIN = 10  # rows; titles may stand above the header


@dataclass(frozen=True)
class Column:
    """A column to look for: its key, the labels it goes by (the first is ours), whether a file must have it."""

    key: str
    labels: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Record:
    """One row: what stands in each known column as text, and each cell's address, for saying what is wrong."""

    row: int
    texts: dict[str, str]
    cells: dict[str, str]

    def text(self, key: str) -> str:
        """The cell's text; empty when the file has no such column."""
        return self.texts.get(key, "")

    def cell(self, key: str) -> str:
        return self.cells[key]


def records(book: Workbook, columns: Sequence[Column]) -> list[Record]:
    """The rows below the first header that names every required column; blank rows are left out.

    Raises SheetRefused when no visible sheet has such a header, or nothing stands below it.
    """
    for sheet in (sheet for sheet in book.sheets if sheet.visible):
        for number, header in enumerate(sheet.rows[:HEADER_WITHIN], 1):
            places = _places(header, columns)
            if all(column.key in places for column in columns if column.required):
                return _records_below(sheet, number, places, columns)
    labels = "、".join(column.labels[0] for column in columns if column.required)
    raise SheetRefused(N_("没有找到表头。"), N_("第一行要有这些列：%(labels)s。"), labels=labels)


def _places(header: Sequence[Value], columns: Sequence[Column]) -> dict[str, int]:
    """Column key → index in the row, by label; spaces and case do not matter."""
    labels = {"".join(plain_text(value).split()).lower(): index for index, value in reversed(list(enumerate(header)))}
    return {column.key: labels[label] for column in columns for label in reversed(column.labels) if label in labels}


def _records_below(sheet: Sheet, header: int, places: dict[str, int], columns: Sequence[Column]) -> list[Record]:
    found = []
    for number, row in enumerate(sheet.rows[header:], header + 1):
        texts = {key: plain_text(row[index]) for key, index in places.items()}
        if any(texts.values()):
            cells = {column.key: sheet.address(number, places.get(column.key, 0) + 1) for column in columns}
            found.append(Record(number, texts, cells))
    if not found:
        raise SheetRefused(N_("表头下面没有内容。"), N_("请选择有内容的文件。"), cell=sheet.address(header, 1))
    return found


def plain_text(value: Value) -> str:
    """A cell as text: a whole number without ``.0``, no spaces (full-width ones too) at the ends."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[object]], size: int = 500) -> Iterator[bytes]:
    """What ``write_csv`` writes, in pieces of ``size`` rows, for an answer that is sent while it is read."""
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

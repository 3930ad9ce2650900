"""What a file says besides its values: hidden rows and columns, formulas without a stored value, and how far it reaches.

The reading library does not tell. Sheets are streamed, so that nothing is unfolded before it is known to be bounded.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from tracker.base.access import N_
from tracker.base.sheets import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_EMPTY_FORMULAS,
    MAX_ROWS,
    MIN_SUSPICIOUS_BYTES,
    Layout,
    Merge,
    SheetRefused,
    check_extent,
    column_number,
    damaged,
    too_big_unpacked,
)

# One long shared text may be shown by a million cells: small in the file, gigabytes in memory.
MAX_TEXT_CHARACTERS = 300_000_000
CHUNK = 1 << 20
_NEEDS_A_CLOSER_LOOK = re.compile(rb'<(?:\w+:)?f[ />]|hidden="(?:1|true)"')
_WIDE = re.compile(rb'r="([A-Z]{2,3})\d')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?r="(\d+)"')
_SHARED = re.compile(rb't="s"[^>]*><(?:\w+:)?v>(\d+)<')


def layouts_of_xlsx(archive: zipfile.ZipFile) -> dict[str, Layout]:
    """Each sheet's layout. Sheets are streamed once; only those with something to find go through the parser."""
    lengths = _shared_lengths(archive)
    layouts: dict[str, Layout] = {}
    for name, part in _sheet_parts(archive).items():
        layout, shared = _quick_look(archive, part, lengths)
        if layout is None:
            with archive.open(part) as stream:
                layout = SheetScan(name).run(stream)
        check_extent(name, layout.last_row, layout.last_column)
        if shared > MAX_TEXT_CHARACTERS:
            raise too_big_unpacked()
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
    for sheet in book.iterfind(".//{*}sheet"):  # the strict form has namespaces of its own
        key = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        target = relations.get(key, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part and part in archive.NameToInfo:
            parts[sheet.get("name", "")] = part
    return parts


def _small_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part that is parsed whole; declarations of entities are how small XML becomes large, so none may stand in it."""
    if archive.getinfo(name).file_size > MIN_SUSPICIOUS_BYTES:
        raise damaged()
    data = archive.read(name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise damaged()
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
        parse(stream, end=end, text=text)
    return lengths if max(lengths, default=0) > 2_000 else []


def parse(
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
    raise damaged()


class SheetScan:
    """Streams one sheet's XML and keeps what the reading library does not tell."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.hidden_columns: set[int] = set()
        self.hidden_rows: set[int] = set()
        self.formulas: set[tuple[int, int]] = set()
        self.row = self.column = self.last_row = self.last_column = 0
        self.formula = self.value = self.inside = False

    def run(self, stream: IO[bytes]) -> Layout:
        parse(stream, start=self.start, end=self.end, text=self.text)
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
            if self.last_row > MAX_ROWS or self.last_column > MAX_COLUMNS:
                check_extent(self.name, self.last_row, self.last_column)
            if self.formula and not self.value:
                self._add_formula()

    def _add_formula(self) -> None:
        self.formulas.add((self.row, self.column))
        if len(self.formulas) > MAX_EMPTY_FORMULAS:
            raise SheetRefused(
                N_("工作表里有太多没有计算结果的公式。"),
                N_("请用 Excel 打开并保存一次，或把结果粘贴为数值，再重新导入。"),
            )


def layouts_of_ods(archive: zipfile.ZipFile) -> tuple[dict[str, Layout], dict[str, tuple[Merge, ...]]]:
    scan = OdsScan()
    with archive.open("content.xml") as stream:
        parse(stream, start=scan.start, end=scan.end)
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

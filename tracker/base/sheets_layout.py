"""What a file says besides its values: hidden rows and columns, formulas without a stored value, and how far it reaches.

The reading library does not tell. Sheets are streamed, so that nothing is unfolded before it is known to be bounded.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from tracker.base.access import N_
from tracker.base.sheets import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_EMPTY_FORMULAS,
    MAX_ROWS,
    MAX_TEXT_CHARACTERS,
    MIN_SUSPICIOUS_BYTES,
    Layout,
    Merge,
    SharedTexts,
    SheetRefused,
    check_extent,
    column_number,
    damaged,
)

CHUNK = 1 << 20
# Formulas, what is hidden, and every row or cell that does not begin with its place, as office programs write it: others
# may leave the place out or write it in ways a search does not see, and the reading library believes them.
_NEEDS_A_CLOSER_LOOK = re.compile(
    rb'<(?:[^\s<>/:]+:)?(?:f[\s/>]|(?:c|row)(?=[\s/>])(?! r="[A-Z]{0,3}\d{1,7}"))'
    rb'|hidden\s*=\s*.(?:1|true)|\s(?:width|ht)\s*=\s*.0[".\']'
)
_PLACED_ROW = re.compile(rb'\sr\s*=\s*["\'][A-Za-z]*(\d+)')
_PLACED_COLUMN = re.compile(rb'\sr\s*=\s*["\']([A-Za-z]+)\d')
_SHARED = re.compile(rb't="s"[^>]*><(?:\w+:)?v>(\d+)<')
_SHARED_IN_ANY_WAY = re.compile(rb'\bt\s*=\s*["\']s["\']')


def layouts_of_xlsx(archive: zipfile.ZipFile) -> dict[str, Layout]:
    """Each sheet's layout. Sheets are streamed once; only those with something to find go through the parser, and all of
    them where they would be too much together: empty cells with a frame are not counted there."""
    parts = _parts(archive)
    lengths = _shared_lengths(archive, parts.get("xl/sharedstrings.xml"))
    sheets = _sheet_parts(archive, parts)
    layouts = _layouts(archive, sheets, SharedTexts(lengths))
    if cells_of(layouts) > MAX_CELLS:
        layouts = _layouts(archive, sheets, SharedTexts(lengths), closely=True)
    return layouts


def _layouts(
    archive: zipfile.ZipFile, sheets: dict[str, zipfile.ZipInfo], texts: SharedTexts, *, closely: bool = False
) -> dict[str, Layout]:
    layouts: dict[str, Layout] = {}
    for name, part in sheets.items():
        layout = None if closely else _quick_look(archive, part, texts)
        if layout is None:
            with archive.open(part) as stream:
                layout = SheetScan(name, texts).run(stream)
        check_extent(name, layout.last_row, layout.last_column)
        layouts[name] = layout
    return layouts


def cells_of(layouts: Mapping[str, Layout]) -> int:
    return sum(layout.last_row * layout.last_column for layout in layouts.values())


def _parts(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The archive's parts by name as the reading library looks for them; two of one name could be read one by each."""
    parts = {part.filename.replace("\\", "/").lower(): part for part in archive.infolist()}
    if len(parts) < len(archive.infolist()):
        raise damaged()
    return parts


def _sheet_parts(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Sheet name → part of the archive, by the workbook's relations."""
    relations = {
        item.get("Id", ""): item.get("Target", "")
        for item in ElementTree.fromstring(_small_part(archive, "xl/_rels/workbook.xml.rels"))
    }
    book = ElementTree.fromstring(_small_part(archive, "xl/workbook.xml"))
    found: dict[str, zipfile.ZipInfo] = {}
    for sheet in book.iterfind(".//{*}sheet"):  # the strict form has namespaces of its own
        key = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        target = relations.get(key, "").lstrip("/")
        part = (target if target.startswith("xl/") else f"xl/{target}").lower()
        if "worksheets/" in part and part in parts:
            found[sheet.get("name", "")] = parts[part]
    return found


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


def _quick_look(archive: zipfile.ZipFile, part: zipfile.ZipInfo, texts: SharedTexts) -> Layout | None:
    """Layout of a plain sheet, or None where the parser has to look."""
    last_row, columns, shared = 0, {b"A"}, 0
    with archive.open(part) as stream:
        for piece in _chunks(stream):
            if _NEEDS_A_CLOSER_LOOK.search(piece):
                return None
            columns.update(_PLACED_COLUMN.findall(piece))
            last_row = max([last_row, *map(int, set(_PLACED_ROW.findall(piece)))])
            if texts.lengths:
                indices = _SHARED.findall(piece)
                if len(indices) < len(_SHARED_IN_ANY_WAY.findall(piece)):
                    return None
                shared += sum(map(texts.of, map(int, indices)))
    last_column = max(column_number(name.decode()) for name in columns)
    if last_row > MAX_ROWS or last_column > MAX_COLUMNS or last_row * last_column > MAX_CELLS:
        return None
    texts.count(shared)
    return Layout(last_row=last_row, last_column=last_column)


def _shared_lengths(archive: zipfile.ZipFile, part: zipfile.ZipInfo | None) -> list[int]:
    """Length of each shared text, but only where one is long enough for many references to it to be dangerous."""
    if part is None:
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

    with archive.open(part) as stream:
        parse(stream, end=end, text=text)
    return lengths if max(lengths, default=0) * MAX_CELLS > MAX_TEXT_CHARACTERS else []


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


def _unseen(attributes: Mapping[str, str], measure: str) -> bool:
    """Hidden, or so small that nobody sees it."""
    return attributes.get("hidden") in ("1", "true") or float(attributes.get(measure) or 1) == 0


class SheetScan:
    """Streams one sheet's XML and keeps what the reading library does not tell."""

    def __init__(self, name: str, texts: SharedTexts) -> None:
        self.name = name
        self.texts = texts
        self.hidden_columns: set[int] = set()
        self.hidden_rows: set[int] = set()
        self.formulas: set[tuple[int, int]] = set()
        self.row = self.column = self.last_row = self.last_column = 0
        self.cell_row = 0  # where a cell says it is, whatever row it stands in
        self.formula = self.value = self.inside = self.shared = False
        self.written = ""

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
            self.shared = attributes.get("t") == "s"
        elif name == "f":
            self.formula = True
            self._reaches()
        elif name in ("v", "is"):
            self.inside, self.written = True, ""
            self._reaches()
        elif name == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
            if _unseen(attributes, "ht"):
                self.hidden_rows.add(self.row)
        elif name == "col" and _unseen(attributes, "width"):
            last = min(int(attributes["max"]), MAX_COLUMNS)
            self.hidden_columns.update(range(int(attributes["min"]), last + 1))

    def _cell(self, reference: str | None) -> None:
        letters = (reference or "").rstrip("0123456789")
        self.column = column_number(letters) if letters else self.column + 1
        self.cell_row = int((reference or "")[len(letters) :] or self.row)
        self.formula = self.value = False

    def _reaches(self) -> None:
        self.last_row = max(self.last_row, self.cell_row)
        self.last_column = max(self.last_column, self.column)
        if self.last_row > MAX_ROWS or self.last_column > MAX_COLUMNS:
            check_extent(self.name, self.last_row, self.last_column)

    def text(self, data: str) -> None:
        if self.inside and data:
            self.value = True
            if self.shared and self.texts.lengths:
                self.written += data

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("v", "is"):
            self.inside = False
            if self.written:
                self.texts.count(self.texts.of(int(self.written)))
        elif name == "c" and self.formula and not self.value:
            self._add_formula()

    def _add_formula(self) -> None:
        self.formulas.add((self.cell_row, self.column))
        if len(self.formulas) > MAX_EMPTY_FORMULAS:
            raise SheetRefused(
                N_("工作表里有太多没有计算结果的公式。"),
                N_("请用 Excel 打开并保存一次，或把结果粘贴为数值，再重新导入。"),
            )


def layouts_of_ods(archive: zipfile.ZipFile) -> tuple[dict[str, Layout], dict[str, tuple[Merge, ...]]]:
    scan = OdsScan()
    with archive.open("content.xml") as stream:
        parse(stream, start=scan.start, end=scan.end, text=scan.text)
    return scan.layouts, scan.merges


class OdsScan:
    """Hidden rows and columns and merged cells of an ods. Repeated rows count once per repeat where they hold values."""

    def __init__(self) -> None:
        self.layouts: dict[str, Layout] = {}
        self.merges: dict[str, tuple[Merge, ...]] = {}
        self.texts = SharedTexts(())
        self.times = 0  # how often the present cell stands there

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
        elif tag == "text:s":
            self._count(int(attributes.get("text:c", 1)))

    def text(self, data: str) -> None:
        self._count(len(data))

    def _count(self, characters: int) -> None:
        self.texts.count(characters * self.times)

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
        self.times = repeat * self.repeat
        self._count(len(attributes.get("office:string-value", "")))

    def end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self.times = 0
        elif tag == "table:table":
            hidden = frozenset(self.hidden_columns), frozenset(self.hidden_rows)
            self.layouts[self.name] = Layout(*hidden, frozenset(), self.last_row, self.last_column)
            self.merges[self.name] = tuple(self.found)

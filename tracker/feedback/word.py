"""A Word file as lines and grids: text as shown (tracked changes accepted), the numbers Word makes, headings, tables.

Only the three parts that say so are unpacked and parsed, within bounds; pictures and the rest stay packed. The elements
are python-docx's, walked here because its ``iter_inner_content`` passes over content controls and tracked insertions.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml.etree import XMLSyntaxError

from tracker.base.access import N_
from tracker.base.sheets import MAX_COLUMNS, MAX_FILE_BYTES, MAX_UNPACKED_BYTES, Merge, SheetRefused
from tracker.base.sheets_in import MAX_PACKING, decoded
from tracker.feedback.marks import mark_of
from tracker.feedback.numbering import Numbering

MAX_PART_BYTES = 12 * 1024 * 1024  # of one part's XML; a page of Word takes some 20 KB of it
MOST_LINES = 20_000
MOST_CELLS = 100_000
_SMALL = 1024 * 1024  # a part below this may pack as well as it likes

#: "Strict Open XML" says the same in another namespace.
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_VAL = qn("w:val")
_SKIPPED = frozenset(
    {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:txbxContent"), qn("w:footnoteReference")}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


class DocumentRefused(Exception):
    """The file cannot be read as text. ``problem`` says what is wrong, ``mend`` what to do instead (msgids)."""

    def __init__(self, problem: str, mend: str, **params: Any) -> None:
        super().__init__(problem % params if params else problem)
        self.problem, self.mend, self.params = problem, mend, params


@dataclass(frozen=True)
class Line:
    """A line as shown: ``number`` is what Word puts before it, ``heading`` its outline level from 0, if it is one."""

    text: str
    number: str = ""
    heading: int | None = None


@dataclass(frozen=True)
class Grid:
    """A table: every row as wide as the widest; only the first cell of a merge is filled."""

    rows: tuple[tuple[str, ...], ...]
    merges: tuple[Merge, ...] = ()


Block = Line | Grid


def read_blocks(data: bytes) -> list[Block]:
    """What the file shows, from top to bottom. The content decides the format, not the name."""
    if len(data) > MAX_FILE_BYTES:
        raise DocumentRefused(
            N_("文件超过 %(limit)s MB。"),
            N_("请删去图片后另存，或复制正文粘贴到下面的框里。"),
            limit=MAX_FILE_BYTES >> 20,
        )
    if not data.strip():
        raise DocumentRefused(N_("文件是空的。"), N_("请选择有内容的反馈文件。"))
    if data[:4] == b"PK\x03\x04":
        return _read_zipped(data)
    _refuse_strangers(data)
    try:
        return lines_of(decoded(data)[0])
    except SheetRefused as error:
        raise _strange() from error


def lines_of(text: str) -> list[Block]:
    """Pasted text; raises DocumentRefused when it is far too long."""
    lines = _unbroken(text.splitlines())
    _bound(len(lines), len(text))
    found: list[Block] = []
    for tabs, group in groupby(lines, lambda line: line.count("\t")):
        rows = [tuple(cell.strip() for cell in line.split("\t")) for line in group]
        if tabs > 1 and len(rows) > 1:  # a table copied out of Word or Excel
            found.append(Grid(tuple(rows)))
        else:
            found += [Line("\t".join(row).strip()) for row in rows]
    return found


def _unbroken(lines: list[str]) -> list[str]:
    """Lines cut at the width of a page, as a PDF gives them, put together again: several as wide as the widest that
    stop in the middle of a sentence."""
    widths = [_width_of(line.rstrip()) for line in lines]
    full = max(widths, default=0) - 4
    cut = [
        120 >= full <= width >= 36 and not re.search(r"[。！？：:）)】]$", line.rstrip())
        for line, width in zip(lines, widths, strict=True)
    ]
    if sum(cut) < 2:
        return lines
    whole: list[str] = []
    for line, goes_on in zip(lines, [False, *cut], strict=False):
        if goes_on and line.strip() and mark_of(line) is None:
            whole[-1] = whole[-1].rstrip() + line.strip()
        else:
            whole.append(line)
    return whole


def _width_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _bound(lines: int, size: int = 0) -> None:
    if lines > MOST_LINES or size > MAX_PART_BYTES // 4:
        raise DocumentRefused(N_("内容太长，不像一份反馈意见。"), N_("请只保留反馈问题的部分，或分成几份。"))


def _refuse_strangers(data: bytes) -> None:
    """Say in plain words what it is instead."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise DocumentRefused(N_("文件有打开密码。"), N_("请去掉密码，另存后再上传。"))
        raise DocumentRefused(
            N_("这是旧版 Word 的 .doc 文件，不能直接读取。"),
            N_("请用 Word 或 WPS 打开，另存为 .docx 后上传；也可以复制正文，粘贴到下面的框里。"),
        )
    if head.startswith((b"{\\rtf", b"<html", b"<!doctype html", b"<?xml", b"mime-version")):
        raise DocumentRefused(
            N_("这个文件不是真正的 Word 文档，只是名字像。"),
            N_("请用 Word 或 WPS 打开，另存为 .docx 后上传；也可以复制正文，粘贴到下面的框里。"),
        )
    if head.startswith(b"%pdf"):
        raise DocumentRefused(
            N_("这是 PDF 文件，读不出段落。"), N_("请上传它的 Word 文件，或复制正文，粘贴到下面的框里。")
        )
    if b"\x00" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise _strange()


def _strange() -> DocumentRefused:
    return DocumentRefused(N_("不认识这种文件。"), N_("请上传 .docx 文件，或复制正文，粘贴到下面的框里。"))


def _damaged() -> DocumentRefused:
    return DocumentRefused(
        N_("文件已损坏，无法读取。"), N_("请用 Word 或 WPS 打开，另存为 .docx 后上传；打不开的，请向来文单位重新索取。")
    )


def _read_zipped(data: bytes) -> list[Block]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {part.filename: part for part in archive.infolist()}
            if len(names) > 10_000 or sum(part.file_size for part in names.values()) > MAX_UNPACKED_BYTES:
                raise _too_big()
            main = _related(archive, names, "").get("officeDocument", "word/document.xml")
            if main not in names or not main.startswith("word/"):
                raise _no_word_file(names)
            related = _related(archive, names, main)
            others = [related.get(kind, f"word/{kind}.xml") for kind in ("styles", "numbering")]
            parts = [_part(archive, names.get(name)) for name in (main, *others)]
        document, styles, numbers = (parse_xml(part) if part else None for part in parts)
        return list(_Walk(Numbering(styles, numbers)).blocks(document))
    except (
        zipfile.BadZipFile, zlib.error, struct.error, XMLSyntaxError, EOFError, OSError, ValueError, RuntimeError,
        KeyError, IndexError, AttributeError, OverflowError, RecursionError,
    ) as error:  # fmt: skip
        raise _damaged() from error


def _related(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], part: str) -> dict[str, str]:
    """Kind → name of the parts this one refers to (the file's own for ""): some programs write word/document2.xml."""
    folder, _, name = part.rpartition("/")
    rels = _part(archive, names.get(posixpath.join(folder, "_rels", f"{name}.rels")))
    found: dict[str, str] = {}
    for one in parse_xml(rels) if rels else ():
        target = str(one.get("Target") or "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.setdefault(str(one.get("Type") or "").rpartition("/")[2], whole)
    return found


def _no_word_file(names: dict[str, zipfile.ZipInfo]) -> DocumentRefused:
    if any(name.startswith("xl/") for name in names):
        return DocumentRefused(N_("这是 Excel 表格，不是 Word 文档。"), N_("请到“台账导入”导入表格。"))
    return _strange()


def _too_big() -> DocumentRefused:
    return DocumentRefused(
        N_("文件解压后太大，可能是有害文件。"),
        N_("请只保留反馈问题的部分，另存后上传；也可以复制正文，粘贴到下面的框里。"),
    )


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo | None) -> bytes | None:
    """Reading through ``zipfile`` never yields more than is declared, so what is declared is judged."""
    if part is None:
        return None
    if part.file_size > MAX_PART_BYTES or (
        part.file_size > _SMALL and part.file_size > MAX_PACKING * max(part.compress_size, 1)
    ):
        raise _too_big()
    return archive.read(part).replace(_STRICT, _TRANSITIONAL)


class _Walk:
    """Once through the document, counting numbers as they come."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.lines = self.cells = 0

    def blocks(self, document: Any) -> Iterator[Block]:
        body = document.find(qn("w:body"))
        if body is None:
            raise _damaged()
        for element in _content(body):
            yield from self.block(element)

    def block(self, element: Any) -> Iterator[Block]:
        """A table of one column is but a frame around its text."""
        if element.tag != _TBL:
            yield from self.paragraph(element)
        elif any(_width(row) > 1 for row in _rows(element)):
            yield self.grid(element)
        else:
            for row in _rows(element):
                for cell in (part for part in _wrapped(row) if part.tag == _TC):
                    for inner in _content(cell):
                        yield from self.block(inner)

    def paragraph(self, element: Any) -> Iterator[Line]:
        """A paragraph's lines; its number stands before the first. Text boxes in it follow as lines of their own."""
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style_id = style.get(_VAL) if style is not None else None
        text = "".join(_text(element))
        gone = not text.strip() and next(element.iter(qn("w:del")), None) is not None
        number = "" if gone else self.numbering.label(element, style_id)
        heading = self.numbering.outline_level(element, style_id)
        if not self.numbering.lists_contents(style_id):
            for piece in text.split("\n"):
                self.lines += 1
                _bound(self.lines)
                if piece.strip() or number:
                    yield Line(piece.strip(), number, heading)
                number = ""
        for box in element.iter(qn("w:txbxContent")):
            if not any(above.tag in _SKIPPED - {qn("w:txbxContent")} for above in box.iterancestors()):
                for inner in _content(box):
                    if inner.tag == _P:
                        yield from self.paragraph(inner)

    def grid(self, table: Any) -> Grid:
        rows: list[list[str]] = []
        merges: dict[tuple[int, int], tuple[int, int]] = {}  # top left -> bottom right, from 1
        begun: dict[int, int] = {}  # column -> the row where the merge downward through it began
        for element in _rows(table):
            row: list[str] = [""] * _number(element, "w:trPr/w:gridBefore")
            for cell in (part for part in _wrapped(element) if part.tag == _TC):
                column, width = len(row), max(1, _number(cell, "w:tcPr/w:gridSpan", 1))
                self.cells += width
                if column + width > MAX_COLUMNS or self.cells > MOST_CELLS:
                    raise _too_big()
                below = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
                goes_on = below is not None and below.get(_VAL) != "restart" and column in begun
                row += ["" if goes_on else self.cell(cell), *[""] * (width - 1)]
                if not goes_on:
                    begun[column] = len(rows)
                if begun[column] < len(rows) or width > 1:
                    merges[begun[column] + 1, column + 1] = (len(rows) + 1, column + width)
            rows.append(row)
        widest = max(map(len, rows), default=0)
        return Grid(
            tuple(tuple(row + [""] * (widest - len(row))) for row in rows),
            tuple(Merge(*first, *last) for first, last in merges.items()),
        )

    def cell(self, cell: Any) -> str:
        texts = []
        for element in _content(cell):
            if element.tag == _TBL:
                texts += [" ".join(filter(None, row)) for row in self.grid(element).rows]
            else:
                texts += [line.number + line.text for line in self.paragraph(element)]
        return "\n".join(texts)


def _content(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those in content controls and tracked insertions."""
    return (element for element in _wrapped(parent) if element.tag in (_P, _TBL))


def _rows(table: Any) -> Iterator[Any]:
    return (element for element in _wrapped(table) if element.tag == _TR)


def _width(row: Any) -> int:
    return sum(part.tag == _TC for part in _wrapped(row))


_WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")))


def _wrapped(parent: Any) -> Iterator[Any]:
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _wrapped(child)
        else:
            yield child


def _text(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _MARKS:
            yield _MARKS[child.tag]
        elif child.tag != qn("w:r") or child.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is None:
            yield from _text(child)


def _number(element: Any, path: str, default: int = 0) -> int:
    found = element.find("/".join(map(qn, path.split("/"))))
    value = found.get(_VAL) if found is not None else None
    return int(value) if value and re.fullmatch(r"\d{1,4}", value) else default

"""Files made to fill the memory are refused in one plain line, in a process that may not have much of it."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook as NewWorkbook

ROOT = Path(__file__).resolve().parents[2]
MEGABYTES = 700  # address space of the whole process, libraries and all
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
#: Read each file named, and say in one line how it ended.
READER = """
import resource, sys
from pathlib import Path
from tracker.base.sheets import SheetRefused
from tracker.base.sheets_in import read_workbook
limit = int(sys.argv[1]) * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for name in sys.argv[2:]:
    try:
        read_workbook(Path(name))
        print(Path(name).name, "READ")
    except SheetRefused as refused:
        print(Path(name).name, "REFUSED", refused.problem.replace(chr(10), " "), refused.mend)
"""


def _workbook(sheet: bytes, level: int = 1, **others: bytes) -> bytes:
    """A plain workbook with our own sheet in place of its only one; packed well, as a bomb is."""
    plain = io.BytesIO()
    NewWorkbook().save(plain)
    target = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new:
        for part in old.infolist():
            if part.filename not in ("xl/worksheets/sheet1.xml", *others):
                new.writestr(part.filename, old.read(part))
        new.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, data in others.items():
            new.writestr(name, data)
    return target.getvalue()


def _sheet(rows: bytes, below: bytes = b"") -> bytes:
    return b"<worksheet " + NAMESPACE + b"><sheetData>" + rows + b"</sheetData>" + below + b"</worksheet>"


def _every_row() -> bytes:
    """As many rows as Excel has, with a little in each."""
    return b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(1, 1_048_577))


def _formulas() -> bytes:
    cells = b"".join(b"<c><f>A1</f></c>" for _ in range(50))
    return b"".join(b'<row r="%d">' % n + cells + b"</row>" for n in range(1, 3_001))


def _at(start: bytes) -> bytes:
    """A first cell, and one so far away that everything between would fill the memory, written as ``start`` begins it."""
    return b'<row r="1"><c r="A1"><v>1</v></c></row>' + start + b"<v>1</v></c></row>"


def _cells(cell: bytes, rows: int = 3_000) -> bytes:
    """Rows of 26 cells; ``%s`` in each is its place."""
    return b"".join(
        b'<row r="%d">' % row + b"".join(cell.replace(b"%s", b"%c%d" % (65 + at, row)) for at in range(26)) + b"</row>"
        for row in range(1, rows + 1)
    )


def _text(length: int) -> bytes:
    return b"<sst " + NAMESPACE + b"><si><t>" + b"x" * length + b"</t></si></sst>"


def _many_sheets() -> bytes:
    """Eight sheets, each bounded and together not."""
    book = NewWorkbook()
    for _ in range(7):
        book.create_sheet()
    plain, target = io.BytesIO(), io.BytesIO()
    book.save(plain)
    sheet = _sheet(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="9000"><c r="CV9000"><v>1</v></c></row>')
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            new.writestr(part, sheet if part.startswith("xl/worksheets/") else old.read(part))
    return target.getvalue()


def _elsewhere(target: bytes, part: str) -> bytes:
    """A workbook whose relations name its sheet in another way than the usual one."""
    plain, out = io.BytesIO(), io.BytesIO()
    NewWorkbook().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b"/xl/worksheets/sheet1.xml", target) if name.endswith(".rels") else None
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, data or old.read(name))
        new.writestr(part, _sheet(_at(b'<row r="1048576"><c r="SR1048576">')))
    return out.getvalue()


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _xls(cells: bytes, length: int) -> bytes:
    """An old workbook of one sheet with these cells and one shared text of so many characters, cut in the middle."""
    begin, end = _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0)), _record(0x0A, b"")
    first = _record(0xFC, struct.pack("<IIHB", 1, 1, length, 0) + b"x" * 8_000)
    rest = [min(8_000, length - at) for at in range(8_000, length, 8_000)]
    texts = first + b"".join(_record(0x3C, b"\x00" + b"x" * size) for size in rest)
    name = struct.pack("<BBBB", 0, 0, 1, 0) + b"S"
    start = len(begin) + len(_record(0x85, b"\x00" * 4 + name)) + len(texts) + len(end)
    stream = begin + _record(0x85, struct.pack("<I", start) + name) + texts + end + begin + cells + end
    return _sectors(stream.ljust(4_096, b"\x00"))


def _sectors(stream: bytes) -> bytes:
    """The little file system an xls is: allocation table, a directory of two entries, the stream."""
    data = [stream[at : at + 512].ljust(512, b"\x00") for at in range(0, len(stream), 512)]
    tables = -(-(len(data) + 1) // 127)  # a table's sector tells of 128, itself among them
    free, last, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain = [table] * tables + [last] + [tables + 1 + at + 1 for at in range(len(data) - 1)] + [last]
    chain += [free] * (tables * 128 - len(chain))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        written = name.encode("utf-16-le") + b"\x00\x00"
        tail = struct.pack("<HBBIII16xI8x8xIQ", len(written), kind, 1, free, free, child, 0, start, size)
        return written.ljust(64, b"\x00") + tail

    directory = entry("Root Entry", 5, 1, last, 0) + entry("Workbook", 2, free, tables + 1, len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4_096, last, 0, last, 0)
    head += struct.pack("<109I", *range(tables), *[free] * (109 - tables))
    return head + struct.pack(f"<{len(chain)}I", *chain) + directory.ljust(512, b"\x00") + b"".join(data)


def _shown(rows: int) -> bytes:
    places = ((row, column) for row in range(rows) for column in range(26))
    return b"".join(_record(0xFD, struct.pack("<HHHI", row, column, 0, 0)) for row, column in places)


def _ods(rows: bytes) -> bytes:
    out = io.BytesIO()
    names = (b"office", b"table", b"text")
    spaces = b" ".join(b'xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s:1.0"' % (name, name) for name in names)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        new.writestr("META-INF/manifest.xml", "<manifest/>")
        body = b'<office:body><office:spreadsheet><table:table table:name="S">' + rows + b"</table:table>"
        end = b"</office:spreadsheet></office:body></office:document-content>"
        new.writestr("content.xml", b"<office:document-content " + spaces + b">" + body + end)
    return out.getvalue()


def _ods_cell(attributes: bytes, text: bytes) -> bytes:
    return b'<table:table-cell office:value-type="string" %s><text:p>%s</text:p></table:table-cell>' % (
        attributes,
        text,
    )


ONE_CELL = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="9000"><c r="Z9000"><v>1</v></c></row>'
PILED = b"".join(b'<mergeCell ref="A1:Z9000"/>' for _ in range(3_000))


def _damaged() -> bytes:
    """A workbook whose sheet was overwritten in the middle, as a bad stick leaves it."""
    data = bytearray(_workbook(_sheet(_formulas()[:60_000])))
    start = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[start : start + 40] = b"\x00" * 40
    return bytes(data)


def _evil() -> Iterator[tuple[str, bytes, str]]:
    every_row = _every_row()
    yield "every-row.xlsx", _workbook(_sheet(every_row)), "范围太大"
    yield "merged-whole.xlsx", _workbook(_sheet(b"", b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')), ""
    yield "merged-piled.xlsx", _workbook(_sheet(ONE_CELL, b"<mergeCells>" + PILED + b"</mergeCells>")), "损坏"
    yield "formulas.xlsx", _workbook(_sheet(_formulas())), "公式"
    zeros = _workbook(_sheet(b""), 9, **{"xl/sharedStrings.xml": b" " * 60_000_000})
    yield "zeros.xlsx", zeros, "压缩比"
    yield "damaged.xlsx", _damaged(), "损坏"
    yield "cut-off.xlsx", _workbook(_sheet(_formulas()[:60_000]))[:9_000], "损坏"
    yield "one-line.csv", b"," * 40_000_000, "一行超过"
    yield "one-cell.csv", b'a,b,c\r\n1,2,"' + b"x\r\n" * 4_000_000, "损坏"
    yield "many-rows.csv", b"1,2,3\r\n" * 1_048_576, "范围太大"
    for name, start in FAR_AWAY.items():
        yield name, _workbook(_sheet(_at(start))), "范围太大"
    yield "many-sheets.xlsx", _many_sheets(), "加在一起太大"
    yield "other-case.xlsx", _elsewhere(b"/xl/worksheets/Sheet1.XML", "xl/WORKSHEETS/sheet1.xml"), "范围太大"
    yield "other-target.xlsx", _elsewhere(b"xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"), "范围太大"
    for name, cell in REPEATED.items():
        yield name, _workbook(_sheet(_cells(cell)), **{"xl/sharedStrings.xml": _text(30_000)}), "解压后太大"
    often = b'table:number-columns-repeated="400"'
    rows = (
        b'<table:table-row table:number-rows-repeated="9000">' + _ods_cell(often, b"x" * 9_000) + b"</table:table-row>"
    )
    yield "repeated.ods", _ods(rows), "解压后太大"
    spaces = _ods_cell(b"", b'a<text:s text:c="2000000000"/>b')
    yield "plain.xls", _xls(_shown(3), 30_000), ""
    yield "repeated.xls", _xls(_shown(3_000), 30_000), "解压后太大"
    far = _record(0xFD, struct.pack("<HHHI", 65_535, 255, 0, 0))
    yield "far.xls", _xls(_shown(1) + far, 9_000), "范围太大"
    yield "spaces.ods", _ods(b"<table:table-row>" + spaces + b"</table:table-row>"), "解压后太大"
    yield "wide-row.csv", b"a,b\r\n" * 20_000 + b"," * 500 + b"\r\n", "范围太大"


#: A cell at the end of the sheet, in the ways a file can say where it is.
FAR_AWAY = {
    "row-without-place.xlsx": b'<row><c r="SR1048576">',
    "row-of-its-own.xlsx": b'<row r="2"><c r="SR1048576">',
    "single-quotes.xlsx": b"<row r='1048576'><c r='SR1048576'>",
    "spaces.xlsx": b'<row r = "1048576"><c r = "SR1048576">',
    "lines.xlsx": b'<row\nr="1048576"><c\nr="SR1048576">',
    "small-letters.xlsx": b'<row r="2"><c r="sr1048576">',
}
#: A long text that tens of thousands of cells show, in the ways they can say so.
REPEATED = {
    "repeated.xlsx": b'<c r="%s" t="s"><v>0</v></c>',
    "repeated-quotes.xlsx": b"<c r=\"%s\" t='s'><v>0</v></c>",
    "repeated-formulas.xlsx": b'<c r="%s" t="s"><f>A1</f><v>0</v></c>',
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """How reading each file ended, all in one small process; and a word the answer must hold."""
    folder = tmp_path_factory.mktemp("evil")
    words = {}
    for name, data, word in _evil():
        (folder / name).write_bytes(data)
        words[name] = word
    command = [sys.executable, "-c", READER, str(MEGABYTES), *(str(folder / name) for name in words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    return {name: (said[name], word) for name, word in words.items()}


@pytest.mark.parametrize(
    "name",
    [
        "every-row.xlsx", "merged-piled.xlsx", "formulas.xlsx", "zeros.xlsx", "damaged.xlsx", "cut-off.xlsx",
        "one-line.csv", "one-cell.csv", "many-rows.csv", "wide-row.csv", "many-sheets.xlsx", "other-case.xlsx",
        "other-target.xlsx", "repeated.ods", "spaces.ods", "repeated.xls", "far.xls", *FAR_AWAY, *REPEATED,
    ],
)  # fmt: skip
def test_a_file_made_to_fill_the_memory_is_refused_in_one_line(name: str, answers: dict[str, tuple[str, str]]) -> None:
    said, word = answers[name]
    assert said.startswith("REFUSED ")
    assert word in said


def test_an_old_workbook_of_one_long_text_is_read(answers: dict[str, tuple[str, str]]) -> None:
    assert answers["plain.xls"][0] == "READ"


def test_a_merge_over_a_whole_empty_sheet_costs_nothing(answers: dict[str, tuple[str, str]]) -> None:
    assert answers["merged-whole.xlsx"][0] == "READ"

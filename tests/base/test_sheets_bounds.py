"""Files made to fill the memory are refused in one plain line, in a process that may not have much of it."""

from __future__ import annotations

import io
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
    yield "wide-row.csv", b"a,b\r\n" * 20_000 + b"," * 500 + b"\r\n", "范围太大"


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
        "one-line.csv", "one-cell.csv", "many-rows.csv", "wide-row.csv",
    ],
)  # fmt: skip
def test_a_file_made_to_fill_the_memory_is_refused_in_one_line(name: str, answers: dict[str, tuple[str, str]]) -> None:
    said, word = answers[name]
    assert said.startswith("REFUSED ")
    assert word in said


def test_a_merge_over_a_whole_empty_sheet_costs_nothing(answers: dict[str, tuple[str, str]]) -> None:
    assert answers["merged-whole.xlsx"][0] == "READ"

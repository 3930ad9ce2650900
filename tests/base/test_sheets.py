"""Files in: every format, and what must be refused. Files out: nothing written can become a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook as NewWorkbook
from openpyxl import load_workbook

from tracker.base import sheets_in
from tracker.base.sheets import Merge, SheetRefused, letter, looks_like_formula
from tracker.base.sheets_in import read_workbook
from tracker.base.sheets_out import write_csv, write_xlsx
from tracker.base.sheets_xls import layouts_of_xls


def xlsx(book: NewWorkbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_values_merges_hidden_and_formulas_of_an_xlsx() -> None:
    book = NewWorkbook()
    sheet = book.active
    sheet.title = "台账"
    sheet["B2"], sheet["C2"], sheet["D2"] = "甲", 1.5, date(2019, 8, 31)
    sheet["E5"] = "=SUM(C2:C4)"
    sheet.merge_cells("B2:B4")
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("草稿").sheet_state = "hidden"
    read = read_workbook(xlsx(book), "a.xlsx")
    first, second = read.sheets
    assert first.rows[1][1:4] == ["甲", 1.5, date(2019, 8, 31)]
    assert first.merges == (Merge(2, 2, 4, 2),)
    assert first.layout.hidden_columns == {3}
    assert first.layout.hidden_rows == {3}
    assert first.layout.formulas_without_value == {(5, 5)}
    assert (first.visible, second.visible) == (True, False)
    assert first.address(2, 2) == "台账!B2"


def test_rows_and_columns_drawn_together_to_nothing_are_hidden_too() -> None:
    book = NewWorkbook()
    sheet = book.active
    sheet["A1"], sheet["B1"], sheet["A2"], sheet["A3"] = "甲", "乙", "丙", "丁"
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 7.5, 0.5
    sheet.row_dimensions[2].height, sheet.row_dimensions[3].height = 7.5, 0.5
    plain, drawn = xlsx(book), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(drawn, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"7.5"', b'"0"'))  # the library itself writes no such size
    layouts = [read_workbook(data, "a.xlsx").sheets[0].layout for data in (plain, drawn.getvalue())]
    assert [(layout.hidden_columns, layout.hidden_rows) for layout in layouts] == [(set(), set()), ({2}, {2})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    text = delimiter.join(["序号", "问题", '"一，\n二"']) + "\r\n" + delimiter.join(["1", '"a,b;c"', "丙"]) + "\r\n"
    read = read_workbook(text.encode(encoding), "某台账.csv")
    assert read.sheets[0].rows == [["序号", "问题", "一，\n二"], ["1", "a,b;c", "丙"]]
    assert read.sheets[0].address(2, 3) == "某台账!C2"
    assert read.delimiter == delimiter


def test_csv_records_are_as_wide_as_the_widest_and_excels_hint_is_no_record() -> None:
    rows = read_workbook(b"sep=;\r\na;b;c\r\n1\r\n", "x.csv").sheets[0].rows
    assert rows == [["a", "b", "c"], ["1", "", ""]]


def ods(rows: str, columns: str = "") -> bytes:
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="表">{columns}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return target.getvalue()


def cell(text: str, extra: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {extra}><text:p>{text}</text:p></table:table-cell>'


def test_merges_and_hidden_columns_of_an_ods() -> None:
    first = cell("甲", 'table:number-rows-spanned="2"') + cell("乙") + cell("丙")
    rows = (
        f"<table:table-row>{first}</table:table-row>"
        f"<table:table-row><table:covered-table-cell/>{cell('丁')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    )
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    sheet = read_workbook(ods(rows, columns), "x.ods").sheets[0]
    assert sheet.merges == (Merge(1, 1, 2, 1),)
    assert sheet.layout.hidden_columns == {2}
    assert sheet.rows[0] == ["甲", "乙", "丙"]


def bomb(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return target.getvalue()


def far_cell(reference: str) -> bytes:
    book = NewWorkbook()
    book.active[reference] = "x"
    return xlsx(book)


def reference_bomb() -> bytes:
    """Twenty thousand cells that all show one text of 32,000 characters."""
    data = xlsx(NewWorkbook())
    shared = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 32_000
        + b"</t></si></sst>"
    )
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 20_001))
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + rows
        + b"</sheetData></worksheet>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
                new.writestr(part.filename, old.read(part))
        new.writestr("xl/worksheets/sheet1.xml", sheet)
        new.writestr("xl/sharedStrings.xml", shared)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"  \r\n", "空的"),
        (b"%PDF-1.4 ...", "PDF"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"PK\x03\x04 broken", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"\x89PNG\r\n\x00\x00\x00", "不是表格"),
        (bomb(word__document_xml=b"<w/>"), "Word"),
        (bomb(other=b"x"), "不认识"),
        (bomb(xl__workbook_xml=b"\x00" * 60_000_000), "压缩比"),
        (far_cell("A1048576"), "范围太大"),
        (far_cell("XFD9"), "范围太大"),
        (reference_bomb(), "解压后太大"),
        (ods('<table:table-row table:number-rows-repeated="1000000">' + cell("x") + "</table:table-row>"), "范围太大"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",  # bytes of a zip hold the time: workers would differ
)  # fmt: skip
def test_what_cannot_or_must_not_be_read_is_refused_in_plain_words(data: bytes, words: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        read_workbook(data, "x.xlsx")
    assert words in refused.value.problem
    assert refused.value.mend


def test_entities_are_refused() -> None:
    data = bomb(xl__workbook_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><workbook/>', xl___rels__workbook_xml=b"<a/>")
    with pytest.raises(SheetRefused):
        read_workbook(data, "x.xlsx")


def test_a_file_that_is_not_there_or_too_big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SheetRefused, match="没有这个文件"):
        read_workbook(tmp_path / "nothing.xlsx")
    monkeypatch.setattr(sheets_in, "MAX_FILE_BYTES", 10)
    (tmp_path / "a.csv").write_bytes(b"a,b,c\r\n" * 10)
    with pytest.raises(SheetRefused, match="超过"):
        read_workbook(tmp_path / "a.csv")


@given(st.binary(max_size=400))
def test_rubbish_is_read_or_refused_never_worse(data: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with suppress(SheetRefused):
            read_workbook(head + data, "x")


DANGEROUS = [
    "=1+1",
    "'=11",
    "''-甲",
    "'\t11",
    "+86 138",
    "-甲",
    "@SUM(A1)",
    '=HYPERLINK("http://example.invalid")',
    "http://example.invalid",
    "007",
]


def test_text_stays_text_in_xlsx() -> None:
    target = io.BytesIO()
    rows = [[text, 3, Decimal("1.5"), date(2019, 8, 31), None, True] for text in DANGEROUS]
    rows.append(["x" * 40_000, 1, 1, datetime(2019, 8, 31, 12, 0), "", False])  # noqa: DTZ001 - cells have no zone
    assert write_xlsx(target, "问题台账/2019", ["甲", "乙", "丙", "丁", "戊", "己"], rows) == len(rows)
    sheet = load_workbook(io.BytesIO(target.getvalue())).active
    assert sheet.title == "问题台账 2019"
    assert [sheet.cell(row, 1).data_type for row in range(3, 3 + len(DANGEROUS))] == ["s"] * len(DANGEROUS)
    assert [sheet.cell(row, 1).value for row in range(3, 3 + len(DANGEROUS))] == DANGEROUS
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("A3", "$2:$2", "landscape")
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (8, 0)
    assert len(sheet.cell(3 + len(DANGEROUS), 1).value) == 32_767


def test_a_csv_whose_quote_is_never_closed_is_refused_and_not_taken_as_one_long_cell() -> None:
    with pytest.raises(SheetRefused) as refused:
        read_workbook('序号,问题,单位\r\n1,"甲村断水,县水利局\r\n2,乙村断水,县水利局\r\n'.encode(), "x.csv")
    assert "第 2 条记录" in str(refused.value)
    assert read_workbook('1,"甲\n村","断""水"'.encode(), "x.csv").sheets[0].rows == [["1", "甲\n村", '断"水']]


def test_text_like_a_formula_is_guarded_in_csv_and_comes_back_as_it_was() -> None:
    target = io.BytesIO()
    assert write_csv(target, ["内容", "数"], [[text, -5] for text in DANGEROUS]) == len(DANGEROUS)
    data = target.getvalue()
    assert data.startswith(b"\xef\xbb\xbf")
    written = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert not any(row[0].startswith(("=", "+", "-", "@")) for row in written)
    assert [row[0] for row in read_workbook(data, "x.csv").sheets[0].rows[1:]] == DANGEROUS
    assert written[1][1] == "-5"


def test_what_looks_like_a_formula() -> None:
    assert all(map(looks_like_formula, ["=A1", "+cmd", "@x", "-1+1", "=HYPERLINK()"]))
    assert not any(map(looks_like_formula, ["-", "—", "-5", "+3.2", "--", "-12%", "甲=乙"]))


def test_column_letters() -> None:
    assert [letter(number) for number in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]


@given(st.binary(max_size=2_000), st.integers(0, 12), st.integers(0, 12))
def test_what_is_hidden_in_a_broken_xls_is_not_known_and_nothing_worse(data: bytes, sector: int, mini: int) -> None:
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 22)
    head += bytes([sector, 0, mini, 0])
    found = layouts_of_xls(bytes(head) + data)
    assert found is None or isinstance(found, dict)


def test_a_short_text_that_many_cells_repeat_is_kept_once_and_everything_reads_as_it_was() -> None:
    book = NewWorkbook()
    lines = [["新邵县", f"第{n}号", n, "很长的话" * 9, True] for n in range(1, 4)]
    for line in lines:
        book.active.append(line)
    rows = read_workbook(xlsx(book), "a.xlsx").sheets[0].rows
    assert rows == lines
    assert len({id(row[0]) for row in rows}) == 1
    assert rows[0][4] is True

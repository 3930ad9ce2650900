"""Word files: what they show, the numbers Word makes, and files that are none or too much."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.feedback.papers import add_numbering, lines, numbered, saved
from tracker.feedback.numbering import chinese, in_form
from tracker.feedback.word import MAX_PART_BYTES, DocumentRefused, Grid, Line, read_blocks


def shown(document: Any) -> list[str]:
    return [block.number + block.text for block in read_blocks(saved(document)) if isinstance(block, Line)]


def test_a_list_counts_on_after_a_paragraph_and_anew_below_each_upper_number() -> None:
    document = Document()
    number = add_numbering(document, [("chineseCounting", "%1、"), ("decimal", "%2."), ("decimal", "%1.%3")])
    for text, level in (("甲", 0), ("乙", 1), ("丙", 1), ("丁", 0), ("戊", 1), ("己", 2)):
        numbered(document.add_paragraph(text), number, level)
    document.add_paragraph("间隔")
    numbered(document.add_paragraph("庚"), number, 1)
    assert shown(document) == ["一、甲", "1.乙", "2.丙", "二、丁", "1.戊", "二.1己", "间隔", "2.庚"]


def test_two_lists_of_one_definition_count_on_unless_one_says_where_it_begins() -> None:
    document = Document()
    first = add_numbering(document, [("decimal", "%1.")], 80)
    root = document.part.numbering_part.element
    again, anew = root.add_num(80), root.add_num(80)
    anew.add_lvlOverride(0).add_startOverride(1)
    for number in (first, first, again.numId, anew.numId, anew.numId):
        numbered(document.add_paragraph("条"), number)
    assert shown(document) == ["1.条", "2.条", "3.条", "1.条", "2.条"]


def test_numbers_show_in_the_format_of_their_level() -> None:
    assert [chinese(number) for number in (1, 10, 12, 20, 99, 101, 110)] == [
        "一", "十", "十二", "二十", "九十九", "一百零一", "一百一十",
    ]  # fmt: skip
    forms = ("decimal", "chineseCountingThousand", "decimalEnclosedCircle", "upperRoman", "lowerLetter", "decimalZero")
    assert [in_form(4, form) for form in forms] == ["4", "四", "④", "IV", "d", "04"]


def test_a_list_begins_no_later_than_word_lets_one_write() -> None:
    document = Document()
    number = add_numbering(document, [("lowerLetter", "%1." * 40)], 90)
    for start in document.part.numbering_part.element.iter(qn("w:start")):
        start.set(qn("w:val"), "999999999")  # in letters a line of 38 million
    numbered(document.add_paragraph("条"), number)
    (line,) = shown(document)
    assert line.startswith("g" * 1_261 + ".")
    assert len(line) < 30_000


def test_a_table_keeps_merges_in_both_directions_and_its_own_numbers() -> None:
    document = Document()
    table = document.add_table(rows=3, cols=3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "横"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "竖"
    number = add_numbering(document, [("decimal", "%1")])
    for row in (1, 2):
        table.cell(row, 0).text = ""
        numbered(table.cell(row, 0).paragraphs[0], number)
    (grid,) = [block for block in read_blocks(saved(document)) if isinstance(block, Grid)]
    assert grid.rows == (("横", "", "02"), ("1", "11", "竖"), ("2", "21", ""))
    assert {(merge.top, merge.left, merge.bottom, merge.right) for merge in grid.merges} == {(1, 1, 1, 2), (2, 3, 3, 3)}


def test_hidden_words_contents_and_empty_paragraphs_are_not_read() -> None:
    document = lines("正文", "", "　")
    document.paragraphs[0].add_run("隐藏").font.hidden = True
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、目录行\t3", style="toc 1")
    assert shown(document) == ["正文"]


def refusal(data: bytes) -> str:
    with pytest.raises(DocumentRefused) as refused:
        read_blocks(data)
    assert refused.value.mend
    return refused.value.problem


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STRANGERS = {
    "old Word": (OLE + "WordDocument".encode("utf-16-le"), "旧版"),
    "locked": (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "rtf": (b"{\\rtf1\\ansi}", "只是名字像"),
    "web page": (b"<html><body>", "只是名字像"),
    "bytes": (b"\x00\x01\x02" * 50, "不认识"),
    "empty": (b"  \n", "空的"),
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_what_is_no_word_file_is_refused_in_plain_words(kind: str) -> None:
    data, word = STRANGERS[kind]
    assert word in refusal(data)


def repacked(change: dict[str, bytes], **options: Any) -> bytes:
    """A small document with some of its parts replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(lines("一、问题。")))) as source,
        zipfile.ZipFile(out, "w", **options) as target,
    ):
        for part in source.infolist():
            target.writestr(part, change.get(part.filename, source.read(part)), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_parts_of_other_names_and_the_strict_namespace_are_read() -> None:
    document = Document()
    number = add_numbering(document, [("chineseCounting", "%1、")])
    numbered(document.add_paragraph("甲"), number)
    moved = {"word/document.xml": "word/document2.xml", "word/_rels/document.xml.rels": "word/_rels/document2.xml.rels"}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "_rels/.rels":
                part = part.replace(b"word/document.xml", b"/word/document2.xml")
            elif name.startswith("word/"):
                part = part.replace(
                    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    b"http://purl.oclc.org/ooxml/wordprocessingml/main",
                )
            target.writestr(moved.get(name, name), part)
    assert [block.number + block.text for block in read_blocks(out.getvalue()) if isinstance(block, Line)] == ["一、甲"]


def test_a_part_that_unpacks_to_far_more_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked({"word/document.xml": b"<a>" + b" " * (MAX_PART_BYTES + 1) + b"</a>"})
    assert len(bomb) < 200_000
    assert "太大" in refusal(bomb)
    assert "太大" in refusal(repacked({"word/styles.xml": b"<a>" + b" " * (8 << 20) + b"</a>"}))


def test_entities_are_not_unfolded() -> None:
    inner = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(9))
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<!DOCTYPE d [{inner}]><w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>&e8;</w:t></w:r></w:p></w:body></w:document>'
    assert "损坏" in refusal(repacked({"word/document.xml": document.encode()}))


@pytest.mark.parametrize("part", [b"", b"<w:document", b"<a/>"])
def test_a_damaged_part_is_told_as_damage(part: bytes) -> None:
    assert "损坏" in refusal(repacked({"word/document.xml": part}))


def test_a_file_cut_off_anywhere_is_refused_or_read_never_a_crash() -> None:
    whole = saved(lines("一、问题。"))
    for size in range(4, len(whole), len(whole) // 40):
        try:
            read_blocks(whole[:size])
        except DocumentRefused:
            continue


def test_a_cell_cannot_claim_more_columns_than_a_table_may_have() -> None:
    document = Document()
    cell = document.add_table(rows=1, cols=2).cell(0, 0)
    cell._tc.get_or_add_tcPr()._add_gridSpan().val = 9999
    assert "太大" in refusal(saved(document))


def test_far_too_many_paragraphs_are_refused() -> None:
    assert "太长" in refusal(("行\n" * 20_001).encode())

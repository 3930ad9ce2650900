"""The layout of GB/T 9704, measured in the files themselves; LibreOffice opens every paper."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from pypdfium2 import PdfDocument

from tracker.papers import layout
from tracker.papers.rendering import render
from tracker.papers.rules import PaperKind, in_words, proposed_code, proposed_letterhead, sample, symbol

KINDS = list(PaperKind)
LONG_NAME = "邵阳市脱贫攻坚问题整改工作领导小组办公室"


def paper(kind: PaperKind, letterhead: str = LONG_NAME) -> Any:
    return Document(io.BytesIO(render(layout.built_in(kind, letterhead), sample(kind) | {"发文机关标志": letterhead})))


def style_of(document: Any, words: str) -> Any:
    return next(paragraph.style for paragraph in document.paragraphs if words in paragraph.text)


def fonts(style: Any) -> set[str | None]:
    found = style.element.rPr.find(qn("w:rFonts"))
    return {found.get(qn(f"w:{script}")) for script in ("eastAsia", "ascii", "hAnsi", "cs")}


@pytest.mark.parametrize("kind", KINDS)
def test_the_sheet_has_the_measures_of_the_standard(kind: PaperKind) -> None:
    section = paper(kind).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm, 1) for margin in margins] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "560")
    assert len(section._sectPr.findall(qn("w:docGrid"))) == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not PaperKind.CLEARANCE])
def test_head_title_body_and_signature_are_set_as_the_standard_says(kind: PaperKind) -> None:
    document = paper(kind)
    body = style_of(document, "（正文开头第1段）")
    assert (body.font.size, fonts(body)) == (Pt(16), {"仿宋"})
    assert body.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    normal = document.styles["Normal"].paragraph_format
    assert (normal.line_spacing_rule, normal.line_spacing) == (WD_LINE_SPACING.EXACTLY, Pt(28))
    title = style_of(document, "（标题）")
    assert (title.font.size, fonts(title)) == (Pt(22), {"方正小标宋简体"})
    assert title.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
    head = style_of(document, LONG_NAME)
    assert str(head.font.color.rgb) == "E01010"
    assert head.font.size * len(LONG_NAME) <= Mm(156)  # one line, however long the name
    number = style_of(document, "（发文字号）")
    assert number.element.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:color")) == "E01010"
    assert style_of(document, "（主送机关）：").paragraph_format.first_line_indent is None  # flush left
    assert any("（成文日期）" in paragraph.text for paragraph in document.paragraphs)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_numbered_between_dashes_on_the_outer_edge(kind: PaperKind) -> None:
    document = paper(kind)
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        (line,) = footer.paragraphs
        assert line.text == "— 1 —"
        assert line.alignment == side
        assert line._p.xpath(".//w:instrText")[0].text == "PAGE"
        assert {run.font.size for run in line.runs} == {Pt(14)}


def test_numbers_dates_and_names_are_written_as_papers_write_them() -> None:
    assert symbol("邵整改办", PaperKind.BULLETIN, 2019, 3) == "邵整改办通〔2019〕3号"
    assert in_words(date(2019, 7, 1)) == "2019年7月1日"
    assert proposed_code("邵阳市", "市整改办") == "邵阳整改办"
    assert proposed_letterhead("新邵县", "新邵县整改办") == "新邵县整改办"
    assert proposed_code("新邵县", "新邵县整改办") == "新邵整改办"


def test_libreoffice_opens_every_paper(soffice: str, tmp_path: Path) -> None:
    for kind in KINDS:
        values = sample(kind)
        values["问题清单"] = values["问题清单"] * 12  # more than a page
        (tmp_path / f"{kind}.docx").write_bytes(render(layout.built_in(kind, LONG_NAME), values))
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), *(str(tmp_path / f"{kind}.docx") for kind in KINDS)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    for kind in KINDS:
        with PdfDocument(tmp_path / f"{kind}.pdf") as document:
            assert [round(size / 72 * 25.4) for size in document[0].get_size()] == [210, 297]
            words = "".join(page.get_textpage().get_text_range() for page in document)
            assert "（成文日期）" in words
            assert "— 1 —" in words
            if kind is not PaperKind.CLEARANCE:
                assert len(document) > 1
                assert "— 2 —" in words

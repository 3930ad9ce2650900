"""The built-in templates, made by our own code in the layout of GB/T 9704: A4, margins 37/35/28/26 mm, FangSong 16 pt on
a grid of 28 pt, the issuing office's name in red. Apart from ``rendering``, because it knows Word and no paper's content.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor

from tracker.papers.rules import PaperKind

FANGSONG, HEITI, SONG, TITLE_FONT = "仿宋", "黑体", "宋体", "方正小标宋简体"
BODY, TITLE, SMALL = 16, 22, 14  # points: 三号, 二号, 四号
LINE = 28  # points, exactly
WIDTH = Mm(210 - 28 - 26)  # of the type area
RED = RGBColor(0xE0, 0x10, 0x10)
LETTERHEAD_LARGEST = 42  # points
#: Style names as an office finds them in Word; what shows a paper on a page tells its parts by them.
HEAD, SYMBOL, HEADLINE, ADDRESS, TEXT, SECTION, SIGNED, NOTE, CELL = (
    "红头", "发文字号", "公文标题", "主送机关", "公文正文", "公文小标题", "落款", "公文附注", "公文表格",
)  # fmt: skip


def built_in(kind: PaperKind, letterhead: str = "") -> bytes:
    """The template of this kind; the red head is set as large as these words allow on one line."""
    document = Document()
    _page(document)
    _styles(document, letterhead)
    if kind is PaperKind.CLEARANCE:
        _clearance(document)
    else:
        _letter(document, kind)
    _leave_out_names(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# --- what other parts print in this look ------------------------------------------------------------------------


def sheet() -> Any:
    """An empty document with the page and the styles of an official paper."""
    document = Document()
    _page(document)
    _styles(document, "")
    _leave_out_names(document)
    return document


def say(document: Any, style: str, words: str) -> None:
    """A paragraph in one of the styles."""
    _say(document, style, words)


def tabulate(document: Any, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[object]]) -> None:
    """A table: ``columns`` are heads with widths in mm; the head stands on every page, no row is torn in two."""
    table = _table(document, [width for _head, width in columns], rows=len(rows) + 1)
    for cell, (head, _width) in zip(table.rows[0].cells, columns, strict=True):
        _fill(cell, head, bold=True, centred=True)
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    for line, values in zip(list(table.rows)[1:], rows, strict=True):
        for cell, value, (_head, width) in zip(line.cells, values, columns, strict=True):
            _fill(cell, str(value), centred=width <= 24)
        line._tr.get_or_add_trPr().append(_element("w:cantSplit"))


# --- page -------------------------------------------------------------------------------------------------------


def _page(document: Any) -> None:
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(22)  # the number stands 7 mm below the type area
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    # "lines" only: with characters on the grid too, LibreOffice doubles the spacing
    section._sectPr.append(_element("w:docGrid", type="lines", linePitch=str(LINE * 20)))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], side)


def _page_number(paragraph: Any, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character in from the outer edge."""
    paragraph.alignment = side
    paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = Pt(SMALL)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _font(paragraph.add_run("— "), SONG, SMALL)
    for kind, text in (("begin", None), (None, "PAGE"), ("separate", None), (None, None), ("end", None)):
        run = paragraph.add_run("" if kind or text else "1")
        _font(run, SONG, SMALL)
        if kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))
        elif text:
            instruction = OxmlElement("w:instrText")
            instruction.text = text
            run._r.append(instruction)
    _font(paragraph.add_run(" —"), SONG, SMALL)


# --- styles -----------------------------------------------------------------------------------------------------


def _styles(document: Any, letterhead: str) -> None:
    normal = document.styles["Normal"]
    _font(normal, FANGSONG, BODY)
    form = normal.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    form.widow_control = True
    size = _letterhead_size(letterhead)
    head = _style(document, HEAD, TITLE_FONT, size, align=WD_ALIGN_PARAGRAPH.CENTER)
    _font(head, TITLE_FONT, size, colour=RED)
    head.paragraph_format.line_spacing_rule, head.paragraph_format.line_spacing = WD_LINE_SPACING.SINGLE, 1.0
    head.paragraph_format.space_before, head.paragraph_format.space_after = Mm(12), Pt(LINE)
    symbol = _style(document, SYMBOL, FANGSONG, BODY, align=WD_ALIGN_PARAGRAPH.CENTER)
    _red_line_below(symbol)
    headline = _style(document, HEADLINE, TITLE_FONT, TITLE, align=WD_ALIGN_PARAGRAPH.CENTER)
    headline.paragraph_format.line_spacing = Pt(36)
    headline.paragraph_format.space_before = headline.paragraph_format.space_after = Pt(LINE)
    headline.paragraph_format.keep_with_next = True
    _style(document, ADDRESS, FANGSONG, BODY, align=WD_ALIGN_PARAGRAPH.LEFT)
    _two_in(_style(document, TEXT, FANGSONG, BODY, align=WD_ALIGN_PARAGRAPH.JUSTIFY), BODY)
    section = _style(document, SECTION, HEITI, BODY, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _two_in(section, BODY)
    section.paragraph_format.keep_with_next = True
    signed = _style(document, SIGNED, FANGSONG, BODY, align=WD_ALIGN_PARAGRAPH.LEFT)
    # the office's name over the date, both about an axis that leaves the date four characters from the right edge
    signed.paragraph_format.tab_stops.add_tab_stop(Length(WIDTH - Pt(BODY * 8.5)), WD_TAB_ALIGNMENT.CENTER)
    signed.paragraph_format.keep_with_next = signed.paragraph_format.keep_together = True
    note = _style(document, NOTE, FANGSONG, SMALL, align=WD_ALIGN_PARAGRAPH.LEFT)
    note.paragraph_format.line_spacing = Pt(22)
    _off_the_grid(note)
    cell = _style(document, CELL, FANGSONG, 10.5, align=WD_ALIGN_PARAGRAPH.LEFT)
    cell.paragraph_format.line_spacing = Pt(18)
    _off_the_grid(cell)
    for gap in ("w:autoSpaceDE", "w:autoSpaceDN"):  # a date fits its column without the air around its figures
        cell.element.get_or_add_pPr().insert_element_before(_element(gap, val="0"), "w:snapToGrid", "w:spacing", "w:jc")


def _letterhead_size(words: str) -> float:
    """Points at which the red words fill nine tenths of a line, 42 at most."""
    return min(float(LETTERHEAD_LARGEST), int(WIDTH.pt * 0.9 / len(words))) if words else LETTERHEAD_LARGEST


def _style(document: Any, name: str, font: str, size: float, *, align: WD_ALIGN_PARAGRAPH) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.paragraph_format.alignment = align
    _font(style, font, size)
    return style


def _font(of: Any, name: str, size: float, *, colour: RGBColor | None = None, bold: bool = False) -> None:
    """Name the font for every script: without ``w:eastAsia`` Word would set Chinese in its default."""
    of.font.name, of.font.size, of.font.bold = name, Pt(size), bold
    if colour is not None:
        of.font.color.rgb = colour
    fonts = of.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _two_in(style: Any, size: float) -> None:
    """The first line two characters in, whatever size an office gives the style."""
    style.paragraph_format.first_line_indent = Pt(2 * size)
    style.element.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


def _off_the_grid(style: Any) -> None:
    """Small print has its own pitch; on the grid each of its lines would take a body line's height."""
    style.element.get_or_add_pPr().insert_element_before(
        _element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:jc"
    )


def _red_line_below(style: Any) -> None:
    borders = OxmlElement("w:pBdr")
    borders.append(_element("w:bottom", val="single", sz="18", space="11", color=str(RED)))
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


# --- letters ----------------------------------------------------------------------------------------------------

_DUTY = "牵头领导：{{ 问题.牵头领导 }}；牵头部门：{{ 问题.牵头部门 }}；责任单位：{{ 问题.责任单位 }}；责任人：{{ 问题.责任人 }}。"
_LATE = "整改时限：{{ 问题.整改时限 }}{% if 问题.原时限 %}（原{{ 问题.原时限 }}）{% endif %}{% if 问题.逾期天数 %}，已逾期{{ 问题.逾期天数 }}天{% endif %}。"
#: What a paper says of each issue, a paragraph each.
_LINES: dict[PaperKind, tuple[str, ...]] = {
    PaperKind.ASSIGNMENT: (
        "问题：{{ 问题.原文 }}（来源：{{ 问题.来源 }}；{{ 问题.整改类型 }}）",
        "整改要求：{{ 问题.整改要求 }}",
        "整改时限：{{ 问题.整改时限 }}。",
        _DUTY,
    ),
    PaperKind.REMINDER: (
        _LATE,
        "整改要求：{{ 问题.整改要求 }}",
        "责任单位：{{ 问题.责任单位 }}；责任人：{{ 问题.责任人 }}。",
    ),
    PaperKind.SUPERVISION: (_LATE + "现在：{{ 问题.现状 }}。", "整改要求：{{ 问题.整改要求 }}", _DUTY),
    PaperKind.TALK: (_LATE, "责任单位：{{ 问题.责任单位 }}；牵头领导：{{ 问题.牵头领导 }}。"),
}
_TABLE = (
    ("序号", "{{ 问题.数字序号 }}", 11),
    ("问题", "{{ 问题.标题 }}（{{ 问题.编号 }}）", 48),
    ("县市区", "{{ 问题.县市区 }}", 20),
    ("责任单位", "{{ 问题.责任单位 }}", 32),
    ("整改时限", "{{ 问题.整改时限 }}", 32),
    ("逾期天数", "{{ 问题.逾期天数 }}", 13),
)


def _letter(document: Any, kind: PaperKind) -> None:
    _say(document, HEAD, "{{ 发文机关标志 }}")
    _say(document, SYMBOL, "{{ 发文字号 }}")
    _say(document, HEADLINE, "{{ 标题 }}")
    _say(document, ADDRESS, "{{ 主送机关 }}：")
    _each(document, "段", "正文开头", TEXT, "{{ 段 }}")
    if kind is PaperKind.BULLETIN:
        _issue_table(document)
    else:
        _say(document, TEXT, "{%p for 问题 in 问题清单 %}")
        _say(document, SECTION, "{% if 问题数 != '1' %}{{ 问题.序号 }}、{% endif %}{{ 问题.标题 }}（{{ 问题.编号 }}）")
        for line in _LINES[kind]:
            _say(document, TEXT, line)
        _say(document, TEXT, "{%p endfor %}")
    if kind is PaperKind.TALK:
        for name in ("约谈时间", "约谈地点", "约谈对象"):
            _say(document, TEXT, f"{name}：{{{{ {name} }}}}")
    # on a page of its own a signature could stand under anything
    _each(document, "段", "正文结尾", TEXT, "{{ 段 }}").paragraph_format.keep_with_next = True
    if kind is PaperKind.BULLETIN:
        _say(document, NOTE, "办理记录校验值：{{ 校验值 }}").paragraph_format.keep_with_next = True
    _signed(document)
    _say(document, NOTE, "{%p if 抄送 %}")
    _say(document, NOTE, "抄送：{{ 抄送 }}。").paragraph_format.space_before = Pt(LINE)
    _say(document, NOTE, "{%p endif %}")


def _say(of: Any, style: str, words: str) -> Any:
    return of.add_paragraph(words, style=style)


def _each(document: Any, name: str, many: str, style: str, words: str) -> Any:
    """A paragraph for each of a list; returns that paragraph."""
    _say(document, style, f"{{%p for {name} in {many} %}}")
    repeated = _say(document, style, words)
    _say(document, style, "{%p endfor %}")
    return repeated


def _signed(document: Any) -> None:
    _say(document, SIGNED, "\t{{ 发文机关署名 }}").paragraph_format.space_before = Pt(2 * LINE)
    _say(document, SIGNED, "\t{{ 成文日期 }}")  # kept with who gets a copy, if anybody does


def _issue_table(document: Any) -> None:
    """Number, issue, county, units, deadline, days; its head stands on every page."""
    table = _table(document, [width for _head, _words, width in _TABLE], rows=4)
    for cell, (head, _words, _width) in zip(table.rows[0].cells, _TABLE, strict=True):
        _fill(cell, head, bold=True, centred=True)
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    _fill(table.rows[1].cells[0], "{%tr for 问题 in 问题清单 %}")
    for cell, (_head, words, width) in zip(table.rows[2].cells, _TABLE, strict=True):
        _fill(cell, words, centred=width <= 20 or "时限" in words)
    table.rows[2]._tr.get_or_add_trPr().append(_element("w:cantSplit"))
    _fill(table.rows[3].cells[0], "{%tr endfor %}")


def _table(document: Any, widths: Sequence[int], rows: int) -> Any:
    """``widths``: of the columns, in mm."""
    table = document.add_table(rows=rows, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def _fill(cell: Any, words: str, *, bold: bool = False, centred: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = CELL
    _font_bold(paragraph.add_run(words), bold)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _font_bold(run: Any, bold: bool) -> None:
    if bold:
        run.font.bold = True


# --- the clearance form -----------------------------------------------------------------------------------------

_FORM = (
    ("问题", "{{ 问题.标题 }}（{{ 问题.编号 }}）", None, None),
    ("问题来源", "{{ 问题.来源 }}", "类别", "{{ 问题.类别 }}"),
    (
        "地区",
        "{{ 问题.地区 }}",
        "整改时限",
        "{{ 问题.整改时限 }}{% if 问题.原时限 %}（原{{ 问题.原时限 }}）{% endif %}",
    ),
    ("牵头领导", "{{ 问题.牵头领导 }}", "牵头部门", "{{ 问题.牵头部门 }}"),
    ("申请单位", "{{ 申请单位 }}", "申请人", "{{ 申请人 }} {{ 申请日期 }}"),
)


def _clearance(document: Any) -> None:
    """The form: what was applied for, standard by standard, and what each level said."""
    _say(document, HEADLINE, "{{ 标题 }}").paragraph_format.space_before = Pt(0)
    line = _say(document, NOTE, "编号：{{ 发文字号 }}\t销号日期：{{ 销号日期 }}")
    line.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    table = _table(document, [26, 58, 26, 46], rows=len(_FORM) + 6)
    for row, (head, words, head2, words2) in zip(table.rows, _FORM, strict=False):
        _fill(row.cells[0], head, bold=True, centred=True)
        if head2 is None:
            row.cells[1].merge(row.cells[3])
            _fill(row.cells[1], words)
        else:
            _fill(row.cells[1], words)
            _fill(row.cells[2], head2, bold=True, centred=True)
            _fill(row.cells[3], words2 or "")
    _repeated(
        table.rows[len(_FORM) : len(_FORM) + 3], "标准", "标准清单", "{{ 标准.序号 }}. {{ 标准.名称 }}",
        ("{{ 标准.说明 }}", "{%p if 标准.佐证 %}", "佐证：{{ 标准.佐证 }}", "{%p endif %}"),
    )  # fmt: skip
    _repeated(
        table.rows[len(_FORM) + 3 :], "审核", "审核清单", "{{ 审核.名称 }}",
        ("{{ 审核.结论 }}：{{ 审核.意见 }}", "{%p if 审核.现场 %}", "{{ 审核.现场 }}", "{%p endif %}",
         "{{ 审核.审核人 }}　{{ 审核.日期 }}"),
    )  # fmt: skip
    for row in table.rows:
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
    _signed(document)


def _repeated(rows: Any, name: str, many: str, head: str, lines: Sequence[str]) -> None:
    """Three rows of a template: the loop begins, what is repeated, the loop ends."""
    for row, words in ((rows[0], f"{{%tr for {name} in {many} %}}"), (rows[2], "{%tr endfor %}")):
        _fill(row.cells[0], words)
    cell = rows[1].cells[1].merge(rows[1].cells[3])
    _fill(rows[1].cells[0], head, bold=True, centred=True)
    _fill(cell, lines[0])
    for line in lines[1:]:
        cell.add_paragraph(line, style=CELL)


def _leave_out_names(document: Any) -> None:
    """A file says who issued it on its face, not in its properties."""
    properties = document.core_properties
    properties.author = properties.comments = properties.last_modified_by = properties.title = ""

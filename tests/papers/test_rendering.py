"""Templates that offices bring: what they may say, and in which words the others are refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from tests.papers.paper_world import template_with
from tracker.base.access import Refused
from tracker.papers import layout
from tracker.papers.rendering import blocks, check, render
from tracker.papers.rules import PaperKind, fields_of, sample

KIND = PaperKind.SUPERVISION


@pytest.mark.parametrize("kind", list(PaperKind))
def test_the_built_in_templates_pass_their_own_check(kind: PaperKind) -> None:
    check(layout.built_in(kind), kind)


def test_every_field_there_is_can_be_written_into_a_template() -> None:
    for kind in PaperKind:
        marks = []
        for name, field in fields_of(kind).items():
            if isinstance(field, str):
                marks.append(f"{{{{ {name} }}}}")
            elif field.one_name is None:
                marks += [f"{{{{ {name}.{inner} }}}}" for inner in field.item]
            else:
                inner = [f"{{{{ 项.{each} }}}}" for each in field.item] if field.item else ["{{ 项 }}"]
                marks += [f"{{%p for 项 in {name} %}}", *inner, "{%p endfor %}"]
        check(template_with(*marks), kind)


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("{{ 发文单位 }}", "“发文单位”不是系统认识的字段。可以用的有：发文机关标志、发文字号"),
        ("{% for 问题 in 问题清单 %}{{ 问题.题目 }}{% endfor %}", "“问题.题目”不是系统认识的字段"),
        ("{{ 约谈时间 }}", "“约谈时间”不是系统认识的字段"),  # another kind's
        ("{{ 标题.upper() }}", "“.*标题.*”附近的写法不能用"),
        ("{{ 标题.__class__ }}", "“标题.__class__”不是系统认识的字段"),
        ("{{ 'x' * 999999999 }}", "附近的写法不能用"),
        ("{% for i in range(9) %}{% endfor %}", "附近的写法不能用"),
        ("{{ 问题清单 }}", "附近的写法不能用"),
        ("{% set x = 标题 %}", "附近的写法不能用"),
        ("{% include '/etc/passwd' %}", "附近的写法不能用"),
        ("{{ 标题|attr('x') }}", "附近的写法不能用"),
        ("{% for 问题 in 问题清单 %}", "有一处标记写错了"),
        ("落款 {{ 标题", "有一处标记写错了"),
    ],
)
def test_a_mark_that_means_nothing_is_refused_by_name(mark: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check(template_with(mark), KIND)


def test_marks_in_header_and_footer_are_read_too() -> None:
    document = Document(io.BytesIO(template_with()))
    document.sections[0].footer.paragraphs[0].text = "{{ 页脚 }}"
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(Refused, match="“页脚”不是系统认识的字段"):
        check(out.getvalue(), KIND)


def test_a_template_without_a_number_is_none() -> None:
    document = Document()
    document.add_paragraph("{{ 标题 }} {{ 成文日期 }}")
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(Refused, match="模板里没有“发文字号”"):
        check(out.getvalue(), KIND)
    with pytest.raises(Refused, match="模板里没有“校验值”"):
        check(template_with(), PaperKind.BULLETIN)


def test_what_is_no_word_file_is_refused() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as container:
        container.writestr("word/document.xml", "<no/>")
    for content in (b"", b"PK\x03\x04 nothing", "只是文字".encode(), other.getvalue()):
        with pytest.raises(Refused, match="打不开这个文件"):
            check(content, KIND)


def test_a_template_that_reaches_outside_itself_is_refused() -> None:
    document = Document(io.BytesIO(template_with()))
    document.part.relate_to("https://elsewhere.example/t.dotx", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(Refused, match="指向外部文件"):
        check(out.getvalue(), KIND)


def test_what_people_typed_stays_words() -> None:
    """Marks, tags and control characters in a title are shown as they are, or left out where Word cannot hold them."""
    nasty = "<w:br/>&amp; {{ 标题 }} {% raw %} \x07\x0c\x00末"
    file = render(layout.built_in(KIND), sample(KIND) | {"标题": nasty})
    title = next(block.words for block in blocks(file) if block.part == "title")
    assert title == "<w:br/>&amp; {{ 标题 }} {% raw %} 末"

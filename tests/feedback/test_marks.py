"""How lines number themselves, and what only looks like a number."""

from __future__ import annotations

import pytest

from tracker.feedback.marks import mark_of

MARKED = {
    "一、政策落实": ("chinese", "一", "政策落实"),
    "十二．资金": ("chinese", "十二", "资金"),
    "（一）住房": ("chinese_bracket", "（一）", "住房"),
    "( 三 ) 住房": ("chinese_bracket", "（三）", "住房"),
    "㈡住房": ("chinese_bracket", "（二）", "住房"),
    "1.邵东市": ("arabic", "1", "邵东市"),
    "２．绥宁县": ("arabic", "2", "绥宁县"),
    "3、大祥区": ("arabic", "3", "大祥区"),
    "1、3.1.2标题，中英文": ("arabic", "1", "3.1.2标题，中英文"),
    "1.2018年武冈市": ("arabic", "1", "2018年武冈市"),
    "2.17户住房": ("arabic", "2", "17户住房"),
    "⒊ 隆回县": ("arabic", "3", "隆回县"),
    "(1)小沙江镇": ("arabic_bracket", "（1）", "小沙江镇"),
    "⑵小沙江镇": ("arabic_bracket", "（2）", "小沙江镇"),
    "4）小沙江镇": ("arabic_half", "4）", "小沙江镇"),
    "①断水": ("circled", "①", "断水"),
    "第一，危房": ("nth", "第一", "危房"),
    "其二、危房": ("nth", "其二", "危房"),
    "一是流于形式": ("first_of", "一是", "流于形式"),
    "第三条 危房": ("item", "第三条", "危房"),
    "第12项：危房": ("item", "第12项", "危房"),
    "第二部分 存在问题": ("part", "第二部分", "存在问题"),
    "问题一：渗水": ("named", "问题一", "渗水"),
    "【问题3】渗水": ("named", "问题3", "渗水"),
    "2.1 渗水": ("dotted1", "2.1", "渗水"),
    "2.1.3渗水": ("dotted2", "2.1.3", "渗水"),
    "a.渗水": ("letter", "a", "渗水"),
    "● 渗水": ("bullet", "", "渗水"),
}
UNMARKED = (
    "2019年5月，某镇", "（牵头单位：市教育局）", "1.5万元资金", "12.5%的农户", "3.2公里道路未硬化", "一户多宅", "十户联保",
    "第一书记未驻村", "第三方评估", "一是否定项", "（2019）12号", "100户中有3户", "问题清单", "A级危房", "-3℃",
)  # fmt: skip


@pytest.mark.parametrize("line", MARKED)
def test_a_number_is_told_from_the_words_after_it(line: str) -> None:
    mark = mark_of(line)
    assert mark is not None
    assert not mark.weak
    assert (mark.kind, mark.label, line[mark.end :]) == MARKED[line]


@pytest.mark.parametrize("line", UNMARKED)
def test_a_year_an_amount_or_a_word_is_no_number(line: str) -> None:
    mark = mark_of(line)
    assert mark is None or mark.weak


@pytest.mark.parametrize(("line", "value"), [("1 邵东市", 1), ("2.3万元", 2), ("3\t绥宁县", 3)])
def test_what_may_be_either_counts_only_in_its_turn(line: str, value: int) -> None:
    mark = mark_of(line)
    assert mark is not None
    assert (mark.weak, mark.value) == (True, value)

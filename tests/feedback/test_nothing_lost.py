"""Whatever a document is made of, every word of it is shown to the person: as an entry, or as passed over and why."""

from __future__ import annotations

import re

from tests.effort import dice, rounds
from tests.feedback.test_reading import read
from tracker.feedback.reading import Feedback

LINES = (
    "关于专项督查情况的反馈意见", "某督〔2019〕3号", "邵阳市人民政府：", "一、主要成效", "二、存在的主要问题", "三、有关要求", "（一）政策落实有差距。",
    "1.新邵县1.5万元资金闲置，2处水厂停用。", "2．武冈市项目未验收。（责任单位：武冈市财政局；整改时限：9月底前）", "3、", "（1）隆回县路灯不亮；",
    "①洞口县垃圾不清。", "第一，绥宁县手册雷同。", "一是走访少。", "责任单位：新宁县水利局、新宁县财政局",
    "整改时限：立行立改", "整改时限：", "2019年8月31日前",
    "问题：北塔区厕所改造质量差。", "县市区：北塔区", "问题三", "（市水利局牵头，市财政局配合，排在第一位的为牵头部门，下同）", "请于7月底前报送整改方案。",
    "以上问题要逐条整改。", "资金管理方面", "序号\t问题\t责任单位", "1\t大祥区断水\t大祥区水利局", "2\t双清区断电", "● 邵东市扶贫车间停产。", "特此通报。",
    "市督查组",
    "2019年7月5日", "附件：清单", "二、整改责任单位", "1 城步县断水。", "2019年的一句话。",
)  # fmt: skip


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def unnumbered(line: str) -> str:
    """Without what may stand in the clause instead."""
    return bare(re.sub(r"^(?:[一二三\d]{1,2}[、.．\s]|（[一二三\d]{1,2}）|[①●]|第一，|一是|问题三|序号)+", "", line))


def shown(feedback: Feedback) -> str:
    return bare(
        "".join(
            f"{found.section}{found.clause or ''}{found.wording}{found.units}{found.deadline_written}"
            for found in feedback.entries
        )
    ) + bare("".join(f"{passed.section}{passed.clause or ''}{passed.text}" for passed in feedback.passed))


def test_every_word_of_a_document_is_shown() -> None:
    chance, again = dice()
    for _ in range(rounds(150)):
        lines = [chance.choice(LINES) for _ in range(chance.randint(1, 14))]
        said = shown(read("\n".join(lines)))
        for line in lines:
            if "\t" not in line:
                assert unnumbered(line).rstrip("：") in said, (line, lines, again)

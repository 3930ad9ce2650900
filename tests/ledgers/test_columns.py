"""Heads of columns as offices word them, and heads that only look like them."""

from __future__ import annotations

import pytest

from tracker.ledgers.columns import field_of

HEADS = {
    "title": "督察反馈问题 督查发现的具体问题 共性问题 信访问题 信访人诉求 检视出的问题 存在的隐患 隐患名称 问题及整改事项 问题具体表述",
    "responsible_units": "县直责任单位 经办股室 责任乡镇",
    "assisting_units": "协助整改单位 配合单位（部门）",
    "responsible_person": "整改第一责任人 整改责任人及职务",
    "responsible_units+responsible_person": "整改单位及责任人 责任单位/责任人",
    "lead_unit+responsible_person": "牵头单位（负责人） 牵头单位及责任人",
    "lead_unit+lead_official": "牵头领导及单位 牵头单位及领导",
    "lead_official": "市级包案领导 挂牌督办领导 市级牵头领导及职务",
    "lead_official_post": "包案领导职务 牵头领导职务",
    "requirement": "审计处理意见 督办意见",
    "goal": "整改目标及要求",
    "measures": "化解措施 整改措施及完成时限 拟采取整改措施",
    "deadline": "整改完成时间节点 化解时限 计划销号日期",
    "completed_on": "实际整改完成日期",
    "struck_off_on": "实际销号日期 整改销号时间",
    "progress": "9月进展情况 化解情况 整改开展情况",
    "state": "整改是否到位 完成进度",
    "strike_off": "销号进展 是否销号",
}
NONE = "是否存在问题 存在问题的原因 需要协调解决的问题 整改过程中存在的问题 隐患部位 隐患等级 整改问题数 督导责任人 整改完成率 未整改金额"


@pytest.mark.parametrize(("code", "head"), [(code, head) for code, heads in HEADS.items() for head in heads.split()])
def test_a_head_is_known_by_its_words(code: str, head: str) -> None:
    assert field_of((head,)) == code


@pytest.mark.parametrize("head", NONE.split())
def test_what_only_speaks_of_it_is_not_it(head: str) -> None:
    assert field_of((head,)) is None


def test_the_level_above_a_head_is_no_county() -> None:
    assert field_of(("整改责任", "县级", "责任人")) == "responsible_person"

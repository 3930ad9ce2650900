"""From cells to a table: where the header is, and which rows are problems."""

from __future__ import annotations

from typing import Any

import pytest

from tracker.base.sheets import Merge, Sheet
from tracker.ledgers.columns import assign, choices, field_of
from tracker.ledgers.table import find_tables

HEADER = ["序号", "问题来源", "问题描述", "责任单位", "整改时限"]


def sheet(rows: list[list[Any]], merges: tuple[Merge, ...] = ()) -> Sheet:
    width = max(map(len, rows))
    return Sheet(
        "表", [[("" if cell is None else cell) for cell in row] + [""] * (width - len(row)) for row in rows], merges
    )


def what(rows: list[list[Any]], merges: tuple[Merge, ...] = ()) -> list[tuple[int, str]]:
    table = find_tables(sheet(rows, merges))[0]
    return sorted([(record.row, "record") for record in table.records] + [(p.row, p.what) for p in table.passed])


def test_the_header_is_found_under_title_rows() -> None:
    rows = [
        ["附件1"],
        ["某市整改台账"],
        ["填报单位：某办", None, None, "2019年8月1日"],
        HEADER,
        [1, "审计", "甲", "局", "8月"],
    ]
    table = find_tables(sheet(rows))[0]
    assert table.header == (4, 4)
    assert table.titles == ("附件1", "某市整改台账", "填报单位：某办", "2019年8月1日")


def test_spaces_line_ends_marks_and_widths_in_headers_do_not_matter() -> None:
    headers = ["序\n号", "*问题来源", "存 在 的\n突出　问题：", "（３）责任单位", "整改时限（年月日）", "县（市、区）"]
    assert [field_of((text,)) for text in headers] == [
        "serial", "source", "title", "responsible_units", "deadline", "county"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("牵头领导", "姓名"), "lead_official"),
        (("牵头领导", "职务"), "lead_official_post"),
        (("责任人", "职务"), "responsible_person_post"),
        (("责任单位", "牵头单位"), "lead_unit"),
        (("问题", "来源"), "source"),
        (("问题", "描述"), "title"),
        (("整改时限", "完成时间"), "deadline"),
        (("验收组", "责任人"), None),
        (("内部意见",), None),
    ],
)
def test_a_header_of_two_rows_is_read_as_a_path(path: tuple[str, ...], field: str | None) -> None:
    assert field_of(path) == field


def test_a_word_for_two_fields_goes_to_the_one_no_other_column_says_better() -> None:
    assert assign({1: ("完成时间",)}).fields == {1: "deadline"}
    assert assign({1: ("完成时间",), 2: ("整改时限",)}).fields == {1: "completed_on", 2: "deadline"}
    assert assign({1: ("牵头领导",), 2: ("分管领导",)}).beaten == {2: 1}
    assert assign({1: ("整改措施",), 2: ("具体措施",)}).fields == {1: "measures", 2: "measures"}
    assert assign({1: ("随便",), 2: ("问题",)}, {"随便": "title", "问题": ""}).fields == {1: "title"}
    assert choices(("数据",)) == ()


def test_totals_notes_sections_and_signatures_are_no_problems() -> None:
    rows = [
        HEADER,
        ["一、中央巡视反馈问题（2个）"],
        [1, "", "甲", "局", "8月"],
        [2, "", "乙", "局", "9月"],
        ["小 计", None, "2个"],
        ["二", "省委巡视反馈问题"],
        [1, "", "合计滞留资金三笔未拨付到位", "局", "8月"],
        [2, None, None, None, None],
        ["合计", None, "3个问题"],
        ["备注：1.一式三份。"],
        ["2.同上指与上一行相同。"],
        ["填表人：张三", None, None, "审核人：李四"],
    ]
    assert what(rows) == [
        (2, "section"), (3, "record"), (4, "record"), (5, "total"), (6, "section"), (7, "record"), (8, "blank"),
        (9, "total"), (10, "note"), (11, "note"), (12, "note"),
    ]  # fmt: skip
    assert find_tables(sheet(rows))[0].records[2].sections == ("二 省委巡视反馈问题",)


def test_repeated_headers_and_column_numbers_are_passed_over() -> None:
    rows = [HEADER, [1, 2, 3, 4, 5], [1, "审计", "甲", "局", "8月"], HEADER, [2, "审计", "乙", "局", "8月"]]
    assert what(rows) == [(2, "header"), (3, "record"), (4, "header"), (5, "record")]


def test_merged_serial_and_wording_make_one_problem_of_several_rows() -> None:
    rows = [HEADER, [1, "审计", "甲", "一局", "8月"], [None, None, None, "二局", "9月"], [2, "审计", "乙", "局", "8月"]]
    merges = (Merge(2, 1, 3, 1), Merge(2, 2, 3, 2), Merge(2, 3, 3, 3))
    records = find_tables(sheet(rows, merges))[0].records
    assert [(record.row, record.more, record.joined) for record in records] == [(2, (3,), False), (4, (), False)]


def test_a_merged_source_is_the_value_of_every_row_it_covers() -> None:
    rows = [HEADER, [1, "审计", "甲", "局", "8月"], [2, None, "乙", "局", "8月"]]
    table = find_tables(sheet(rows, (Merge(2, 2, 3, 2),)))[0]
    assert table.at(3, 2) == ("审计", 2, 2)


def test_a_row_without_wording_but_with_its_own_serial_stays_a_problem() -> None:
    assert what([HEADER, [1, "审计", "甲", "局", "8月"], [2, "审计", None, "局", "8月"]])[1] == (3, "record")


def test_a_cover_has_no_table() -> None:
    assert find_tables(sheet([["整改台账"], ["2019年"], ["编制单位：某办"]])) == []


def test_a_person_may_say_where_the_header_is() -> None:
    rows = [["甲", "乙"], ["说明", "列"], ["问题", "谁"], ["漏水", "水利局"]]
    table = find_tables(sheet(rows), header_rows={1: (3, 3)}, corrected={"谁": "responsible_units"})[0]
    assert table.fields == {"title": [1], "responsible_units": [2]}
    assert [record.row for record in table.records] == [4]

"""How a pasted list falls into entries: the wording stays as it was written."""

from __future__ import annotations

import pytest

from tracker.inspections.rules import Entry, entries_in


@pytest.mark.parametrize(
    ("line", "clause", "wording"),
    [
        ("第 3 条 饮水工程未通水。", "第 3 条", "饮水工程未通水。"),
        ("第三条：饮水工程未通水。", "第三条", "饮水工程未通水。"),
        ("（三）饮水工程未通水。", "（三）", "饮水工程未通水。"),
        ("3．饮水工程未通水。", "3", "饮水工程未通水。"),
        ("3、饮水工程未通水。", "3", "饮水工程未通水。"),
        ("2.1 饮水工程未通水。", "2.1", "饮水工程未通水。"),
        ("三、饮水工程未通水。", "三", "饮水工程未通水。"),
        ("①饮水工程未通水。", "①", "饮水工程未通水。"),
    ],
)
def test_the_number_a_line_begins_with_is_its_clause(line: str, clause: str, wording: str) -> None:
    assert entries_in(line) == [Entry(clause, wording)]


@pytest.mark.parametrize(
    "line",
    [
        "2018 年 5 月完工的饮水工程未通水。",
        "41 户饮水靠肩挑背驮。",
        "1200万元资金闲置。",
        "一些村饮水工程未通水。",
        "第三方评估发现未通水。",
    ],
)
def test_a_year_a_count_or_an_amount_is_no_clause(line: str) -> None:
    assert entries_in(line) == [Entry(None, line)]


def test_lines_without_words_are_left_out_and_the_rest_keeps_its_order() -> None:
    assert [entry.wording for entry in entries_in("  甲问题。 \n\n\r\n乙问题。\n")] == ["甲问题。", "乙问题。"]

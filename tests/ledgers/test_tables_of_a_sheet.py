"""Several tables in one sheet: each is found or pointed out, taken or left as a person says, and so again the next time."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.ledgers.ledger_world import read, saved, workbook
from tests.ledgers.test_mapping import fields_of, understood, upload
from tests.world import World, sign_in
from tracker.ledgers import mapping, shown
from tracker.ledgers.reading import CHOSEN, NO_PROBLEMS

TITLE = ("新邵县问题整改台账（截至2019年6月20日）",)
HEADS = ("序号", "问题描述", "问题来源", "问题类别", "县市区", "责任单位", "整改时限", "整改状态")
ROW = (1, "水厂未验收", "审计", "安全饮水", "新邵县", "新邵县水利局", "2019-12-31", "整改中")
OTHER_HEADS = ("编号", "存在问题", "来源", "类别", "县区", "牵头单位", "完成时限", "状态")
OTHER_ROW = ("A-1", "村卫生室空白", "省考核", "村卫生室空白村", "新邵县", "新邵县水利局", "2019-11-30", "整改中")
#: Nobody knows these heads, so nothing but a person tells where the second table begins.
STRANGE_HEADS = ("甲", "乙", "丙", "丁", "戊")
STRANGE_ROW = ("桥头断路", "审计", "资金项目管理", "新邵县", "整改中")
STRANGE = {"甲": "title", "乙": "source", "丙": "category", "丁": "county", "戊": "state"}
SUMMARY = [
    ("县市区", "问题类别", "问题总数", "已销号数", "整改状态"),
    ("新邵县", "安全饮水", 2, 1, "整改中"),
    ("武冈市", "安全饮水", 1, 0, "整改中"),
]


def two(*rows: tuple[object, ...]) -> dict[str, list[tuple[object, ...]]]:
    return {"台账": [TITLE, HEADS, ROW, (), ("（二）医疗问题",), OTHER_HEADS, OTHER_ROW, *rows]}


def titles(reading: object) -> list[str]:
    return [row.title for row in reading.rows]  # type: ignore[attr-defined]


def test_two_tables_below_each_other_are_listed_each_with_its_header_and_columns() -> None:
    reading = read(workbook(two()))
    assert titles(reading) == ["水厂未验收", "村卫生室空白"]
    assert [(table.place, table.header, table.rows, table.heads) for table in reading.sheets] == [
        (1, (2, 2), 1, HEADS), (2, (6, 6), 1, OTHER_HEADS),
    ]  # fmt: skip
    examples = {column.header: column.examples for column in shown.columns(reading)}
    assert (examples["问题描述"], examples["存在问题"]) == (["水厂未验收"], ["村卫生室空白"])  # of its own rows only


def test_a_table_left_out_is_not_read_and_left_out_again_wherever_it_stands_next_time() -> None:
    once = read(workbook(two()), tables={"台账:2": "leave"})
    assert titles(once) == ["水厂未验收"]
    assert [(table.place, table.why_left) for table in once.untaken] == [(2, CHOSEN)]
    again = mapping.from_kept(mapping.kept(once, {}))
    moved = {"七月": [TITLE, (), HEADS, ROW, (2, "管网漏损", *ROW[2:]), (), OTHER_HEADS, OTHER_ROW]}
    reading = read(workbook(moved), left=again.left)
    assert titles(reading) == ["水厂未验收", "管网漏损"]
    assert mapping.as_fields(reading)["table:七月:2"] == "leave"  # so it is shown, and can be taken after all
    assert len(read(workbook(moved), left=again.left, tables={"七月:2": "take"}).rows) == 3


def test_a_second_table_nobody_recognises_is_pointed_out_and_found_again() -> None:
    book = {"台账": [TITLE, HEADS, ROW, (), STRANGE_HEADS, STRANGE_ROW]}
    assert len(read(workbook(book)).sheets) == 1
    once = read(workbook(book), header_rows={"台账:2": (5, 5)}, columns=STRANGE)
    assert titles(once) == ["水厂未验收", "桥头断路"]
    again = mapping.from_kept(mapping.kept(once, {}))
    rows = [(number, f"第{number}处漏水", *ROW[2:]) for number in range(1, 80)]  # so far down that it is not looked for
    reading = read(
        workbook({"八月": [TITLE, HEADS, *rows, (), STRANGE_HEADS, STRANGE_ROW]}),
        heads=again.heads,
        columns=again.columns,
    )
    assert (len(reading.rows), reading.rows[-1].title) == (80, "桥头断路")
    assert [table.header for table in reading.sheets] == [(2, 2), (83, 83)]


def test_a_table_after_a_summary_is_read_and_the_summary_is_listed_as_not_taken() -> None:
    reading = read(workbook({"台账": [TITLE, *SUMMARY, (), HEADS, ROW]}))
    assert titles(reading) == ["水厂未验收"]
    told = [(table.header, table.why_left) for table in reading.untaken]
    assert told in ([((2, 2), NO_PROBLEMS)], [])  # a table of its own, or but lines above the ledger
    assert [table.header for table in reading.sheets] == [(6, 6)]


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    return sign_in(app.test_client(), world.supervisor)


def test_the_page_lists_every_table_and_what_is_chosen_there_holds(client: FlaskClient) -> None:
    preview = upload(client, saved(workbook(two())))
    page = client.get(understood(preview)).text
    assert "2 张表，读出 2 条" in page
    assert "第 2 张表" in page
    assert "存在问题" in page
    sent = {**fields_of(page), "table:台账": "leave"}
    page = client.post(understood(preview), data=sent).text
    assert "2 张表，读出 1 条" in page
    assert "选了不读" in page
    done = client.post(preview, data={**fields_of(client.post(preview, data=fields_of(page)).text), "act": "import"})
    assert done.status_code == 302
    later = client.get(
        upload(
            client,
            saved(
                workbook(two(("A-2", *OTHER_ROW[1:]))),
            ),
            "七月.xlsx",
        )
    ).text
    assert "按上次的对应关系读取" in later
    assert fields_of(later)["table:台账"] == "leave"

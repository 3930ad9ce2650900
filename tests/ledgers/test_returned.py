"""A ledger with something wrong in it comes back with the wrong cells marked, and put right there it is taken in."""

from __future__ import annotations

import gc
import io
import weakref
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledgers.ledger_world import TODAY, read, saved, vocabulary, workbook
from tests.ledgers.test_actions import ROWS, ledger
from tests.ledgers.test_mapping import fields_of
from tests.ledgers.test_routes import issues, upload
from tests.world import World, sign_in
from tracker.base import sheets_out
from tracker.base.sheets_out import write_marked
from tracker.base.underway import CalledOff, Underway
from tracker.ledgers import actions, returned
from tracker.ledgers.columns import EXPLAINED, MEANINGS, field_of
from tracker.ledgers.reading import Reading, read_ledger
from tracker.ledgers.returned import Keeper, head_for
from tracker.ledgers.vocabulary import Correction

HEADS = ("序号", "编号", "存在问题", "问题来源", "问题类别", "县市区", "责任单位", "整改时限", "整改状态", "村民组长")
#: What may stand in a column instead of what should, each an error or a question.
WRONG: dict[str, tuple[Any, ...]] = {
    "存在问题": ("", "#REF!"),
    "问题来源": ("天外之音", "审计、媒体曝光"),
    "问题类别": ("喝水的事", "水"),
    "县市区": ("新绍县", "隆回县、武冈市"),
    "整改时限": ("2019-02-30", "尽快", "整改中"),
    "整改状态": ("差不多", "撤销"),
}


def handed_back(data: bytes, *, only_wrong: bool = False, **said: Any) -> Any:
    """The workbook handed back, as an office's program opens it."""
    out = io.BytesIO()
    with Keeper(vocabulary(**said)) as keeper:
        reading = read_ledger(data, "台账.xlsx", vocabulary=keeper.vocabulary, today=TODAY, watch=keeper)
        problems = [*reading.errors, *reading.asks]
        write_marked(out, keeper.sheets(problems, (), "问题整改台账", only_wrong=only_wrong))
    return openpyxl.load_workbook(out)


def marked(book: Any) -> list[Any]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment]


def explained(book: Any) -> list[str]:
    return [
        str(row[-1].value)
        for sheet in book
        for row in sheet.iter_rows()
        if row[-1].value and row[-1].value != EXPLAINED and not isinstance(row[0].value, type(None))
    ]


def meaning(reading: Reading) -> dict[str | None, Any]:
    return {
        row.number: (
            row.title,
            row.source,
            row.category,
            row.county,
            row.responsible_units,
            row.deadline,
            row.state,
            row.others,
        )
        for row in reading.rows
    }


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[list[Any]], list[list[Any]], str]:
    """A sheet as it should be, the same with some cells wrong, and the sheet's name."""
    number = draw(st.integers(2, 6))
    right = [
        [
            n,
            f"SX-{n:03}",
            f"第{n}个村的饮水工程没有通水",
            draw(st.sampled_from(["省考核", "审计", "媒体曝光"])),
            draw(st.sampled_from(["安全饮水", "小额贷款"])),
            draw(st.sampled_from(["新邵县", "武冈市"])),
            draw(st.sampled_from(["县水利局、县财政局", "县水利局"])),
            draw(st.sampled_from(["2019年8月底前", "2019-12-31", "立行立改"])),
            draw(st.sampled_from(["整改中", "已交办"])),
            draw(st.sampled_from(["", "张三", "-1+2"])),
        ]
        for n in range(1, number + 1)
    ]
    wrong = [list(row) for row in right]
    places = st.tuples(st.integers(0, number - 1), st.sampled_from(sorted(WRONG)))
    for place, head in draw(st.sets(places, min_size=1, max_size=5)):
        wrong[place][HEADS.index(head)] = draw(st.sampled_from(WRONG[head]))
    name = draw(st.sampled_from(["台账", "新邵县", "Sheet1"]))
    above: list[list[Any]] = draw(st.sampled_from([[], [["问题整改台账（截至2019年8月1日）"], ["填报单位：某局"]]]))
    below: list[list[Any]] = draw(st.sampled_from([[], [["合计", "", f"{number}条"], ["注：未注明年份的指2019年"]]]))
    sections = draw(st.booleans())
    body = [[*above, list(HEADS)], [*above, list(HEADS)]]
    for one, other in zip(right, wrong, strict=True):
        if sections:
            body[0].append([f"{'一二三四五六'[one[0] - 1]}、{one[3]}反馈问题"])
            body[1].append([f"{'一二三四五六'[one[0] - 1]}、{one[3]}反馈问题"])
        body[0].append(one)
        body[1].append(other)
    return [*body[0], *below], [*body[1], *below], name


@given(given_ledger=ledgers(), only_wrong=st.booleans())
@settings(max_examples=50, deadline=None)
def test_wrong_rows_put_right_in_the_workbook_are_read_as_if_they_had_never_been_wrong(
    given_ledger: tuple[list[list[Any]], list[list[Any]], str], only_wrong: bool
) -> None:
    right, wrong, name = given_ledger
    clean = read(workbook({name: right}))
    assert (clean.errors, clean.asks) == ([], [])
    spoilt = read(workbook({name: wrong}))
    book = handed_back(saved(workbook({name: wrong})), only_wrong=only_wrong)
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if row[0].value == "序号")
    columns = {cell.value: cell.column for cell in header}
    by_number = {row[1]: row for row in right if len(row) > 3}
    for cell in marked(book):
        row = by_number[sheet.cell(cell.row, columns["编号"]).value]
        cell.value = row[HEADS.index(header[cell.column - 1].value)]
    again = read(saved(book))
    assert (again.errors, again.asks) == ([], [])
    bad = {problem.cell.partition("!")[2].lstrip("ABCDEFGHIJ") for problem in (*spoilt.errors, *spoilt.asks)}
    wanted = {row.number for row in spoilt.rows if not only_wrong or str(row.row) in bad}
    expected = {number: said for number, said in meaning(clean).items() if number in wanted}
    assert meaning(again) == expected


def test_each_row_says_what_is_wrong_and_what_to_do_beside_its_marked_cells() -> None:
    rows = [HEADS, (1, "SX-1", "未通水", "审计", "安全饮水", "新绍县", "县水利局", "2019-02-30", "整改中", "")]
    book = handed_back(saved(workbook({"台账": rows})))
    assert [(cell.value, cell.fill.bgColor.rgb != "00000000") for cell in marked(book)] == [
        ("新绍县", True),
        ("2019-02-30", True),
    ]
    (said,) = explained(book)
    assert "县市区：“新绍县”不是本市的县市区。请填写其中之一" in said
    assert "整改时限：2019年2月没有 30 日" in said
    assert [cell.comment.text for cell in marked(book)] == [line.partition("：")[2] for line in said.split("\n")]


def test_what_the_table_lacks_becomes_a_column_to_fill_in() -> None:
    rows = [("序号", "存在问题", "问题类别", "县市区", "责任单位"), (1, "未通水", "安全饮水", "新邵县", "县水利局")]
    book = handed_back(saved(workbook({"台账": rows})))
    (cell, head) = sorted((each for each in marked(book)), key=lambda each: -each.row)
    assert (book.active.cell(head.row, cell.column).value, cell.value) == ("问题来源", None)
    cell.value = "审计"
    again = read(saved(book))
    assert (again.errors, again.asks, [row.source for row in again.rows]) == ([], [], ["audit"])


def test_a_problem_over_several_rows_comes_back_over_several_rows() -> None:
    rows = [
        ("序号", "存在问题", "问题来源", "问题类别", "县市区", "责任单位", "整改措施", "整改时限"),
        (1, "未通水", "审计", "安全饮水", "新邵县", "县水利局", "下管", "2019-02-30"),
        (None, None, None, None, None, "县财政局", "拨款", None),
    ]
    merges = {"台账": [f"{column}2:{column}3" for column in "ABCDEH"]}
    book = handed_back(saved(workbook({"台账": rows}, merges)))
    (cell,) = marked(book)
    cell.value = "2019-08-31"
    again = read(saved(book))
    assert (again.errors, again.asks) == ([], [])
    assert [(row.responsible_units, row.measures) for row in again.rows] == [(("县水利局", "县财政局"), "下管\n拨款")]


def test_what_stands_above_is_written_out_when_only_wrong_rows_come_back() -> None:
    rows = [
        ("序号", "存在问题", "问题来源", "问题类别", "县市区", "牵头领导", "责任单位", "整改时限"),
        (1, "甲村未通水", "审计", "安全饮水", "新邵县", "李志强", "县水利局", "2019-08-31"),
        (2, "乙村未通水", "同上", "同上", "同上", "〃", "县水利局", "尽快"),
    ]
    book = handed_back(saved(workbook({"台账": rows})), only_wrong=True)
    (cell,) = marked(book)
    cell.value = "2019-09-30"
    (row,) = read(saved(book)).rows
    assert (row.title, row.source, row.category, row.county, row.lead_official) == (
        "乙村未通水",
        "audit",
        "安全饮水",
        "新邵县",
        "李志强",
    )


def test_columns_named_by_a_person_and_words_given_meaning_come_back_understood() -> None:
    rows = [
        ("序号", "啥事", "问题来源", "问题类别", "县市区", "不要的", "整改时限"),
        (1, "未通水", "审计", "喝水", "新邵县", "别读", "尽快"),
    ]
    said = {"columns": {"啥事": "title", "不要的": ""}, "words": {"category": {"喝水": "安全饮水"}}}
    book = handed_back(saved(workbook({"台账": rows})), **said)
    (cell,) = marked(book)
    cell.value = "2019-08-31"
    (row,) = read(saved(book)).rows
    assert (row.title, row.category, row.others) == ("未通水", "安全饮水", ())


def test_a_formula_without_a_result_is_not_handed_back_as_an_empty_cell() -> None:
    source = workbook(
        {"台账": [HEADS, (1, "SX-1", "未通水", "审计", "安全饮水", "新邵县", "县水利局", None, "整改中", "")]}
    )
    source["台账"]["H2"] = "=TODAY()"
    book = handed_back(saved(source))
    assert len(marked(book)) == 1
    assert [problem.code for problem in read(saved(book)).errors] == ["cell_error"]


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_the_header_written_for_a_meaning_is_read_as_it(code: str) -> None:
    assert field_of((head_for(code),)) == code


def test_nothing_handed_back_is_a_formula() -> None:
    rows = [
        HEADS,
        (1, "=1+1", "=HYPERLINK(1)", "审计", "安全饮水", "+新绍县", "县水利局", "2019-08-31", "整改中", "-3"),
    ]
    source = workbook({"台账": rows})
    for cell in (each for row in source["台账"].iter_rows() for each in row if isinstance(each.value, str)):
        cell.data_type = "s"
    book = handed_back(saved(source))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}


def test_the_page_hands_the_workbook_out_and_takes_it_back_put_right(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.supervisor)
    preview = upload(client, ledger(ROWS[0].replace("2019年6月底前", "2019-02-30"), *ROWS[1:])).location
    page = client.get(preview).text
    address = preview.replace("/preview?", "/preview/to-mend.xlsx?")
    assert address.replace("&", "&amp;") in page
    few = openpyxl.load_workbook(io.BytesIO(client.post(address, data={**fields_of(page), "rows": "wrong"}).data))
    assert (
        len(explained(few))
        == len([row for row in few.active.iter_rows() if row[0].value and row[0].value != "编号"]) - 1
    )
    book = openpyxl.load_workbook(io.BytesIO(client.post(address, data=fields_of(page)).data))
    (cell,) = marked(book)
    cell.value = "2019-06-30"
    again = upload(client, saved(book), "台账-待改.xlsx").location
    sent = {**fields_of(client.get(again).text), "act": "import", "create_missing": "y"}
    assert client.post(again, data=sent).status_code == 302
    assert issues() == 4
    assert (
        client.post(
            preview.replace("/preview?", "/preview/to-mend.xlsx?"), data={"answer:台账!K2": "2019-06-30"}
        ).status_code
        == 422
    )
    assert sign_in(app.test_client(), world.supervisor2).post(address).status_code == 404


# --- a long one ------------------------------------------------------------------------------------------------------


def many(number: int, wrong: int = 3) -> bytes:
    """A ledger in which every so many rows have a deadline that is none."""
    rows = [
        (
            n,
            f"SX-{n}",
            f"第{n}个村未通水",
            "审计",
            "安全饮水",
            "新邵县",
            "县水利局",
            "尽快" if n % wrong == 0 else "2019-08-31",
            "整改中",
            "",
        )
        for n in range(1, number + 1)
    ]
    return saved(workbook({"台账": [HEADS, *rows]}))


def test_what_is_kept_of_the_rows_lies_in_a_file_and_not_in_memory() -> None:
    with Keeper(vocabulary()) as keeper:
        reading = read_ledger(many(30), "台账.xlsx", vocabulary=vocabulary(), today=TODAY, watch=keeper)
        sheets = keeper.sheets(reading.asks, (), "台账", only_wrong=False)
        seen = [weakref.ref(row) for row in reading.rows]
        del reading
        gc.collect()
        assert not any(row() for row in seen)
        (table,) = keeper.tables.values()
        assert len([*table.kept()]) == len(seen) == 30
        assert len([*sheets[0].rows]) == 30
    assert table.file.closed


def test_it_tells_how_far_it_is_and_stops_where_it_is_told_to(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(returned, "STEP", 1)
    data, heard = many(12), list[tuple[int, int]]()

    def hand_back(told: Any) -> None:
        with (tmp_path / "out.xlsx").open("wb") as out:
            actions.hand_back(out, data, "a.xlsx", world.supervisor, today=TODAY, correction=Correction(), told=told)

    hand_back(lambda *far: heard.append(far))
    assert heard == [(done, 24) for done in range(1, 25)]
    for last in (3, 20):  # while it is read, while it is written

        def told(done: int, _total: int, last: int = last) -> None:
            heard.append((done, last))
            if done == last:
                raise CalledOff("停")

        heard.clear()
        with pytest.raises(CalledOff):
            hand_back(told)
        assert heard[-1] == (last, last)


def test_the_page_may_call_it_off_and_stays_as_it_is(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(app.test_client(), world.supervisor)
    preview = upload(client, many(6), "台账.xlsx").location
    token = parse_qs(urlsplit(preview).query)["file"][0]
    planned, sent = actions.plan_import, fields_of(client.get(preview).text)

    def plan_and_call_off(*given: Any, **named: Any) -> Any:
        assert client.get(f"/ledgers/preview/underway?file={token}").json["runs"]
        Underway(token).call_off()
        return planned(*given, **named)

    monkeypatch.setattr(returned, "STEP", 1)
    monkeypatch.setattr(actions, "plan_import", plan_and_call_off)
    answer = client.post(preview.replace("/preview?", "/preview/to-mend.xlsx?"), data=sent)
    assert (answer.status_code, answer.data) == (204, b"")
    assert client.get(f"/ledgers/preview/underway?file={token}").json == {"runs": False, "done": 0, "total": 0}
    monkeypatch.undo()
    answer = client.post(preview.replace("/preview?", "/preview/to-mend.xlsx?"), data=sent)
    assert len(marked(openpyxl.load_workbook(io.BytesIO(answer.data)))) == 2


def test_so_many_wrong_cells_that_comments_would_burst_the_file_are_coloured_and_explained_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets_out, "MOST_COMMENTS", 2)
    book = handed_back(many(9))
    sheet = book.active
    coloured = [row[7] for row in sheet.iter_rows() if row[7].value == "尽快" and row[7].fill.bgColor.rgb != "00000000"]
    assert (len(marked(book)), len(coloured), len(explained(book))) == (2, 3, 3)

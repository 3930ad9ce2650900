"""A ledger read otherwise than meant is put right by a person, on the page, and read that way the next time."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.ledgers.ledger_world import read, saved, told, workbook
from tests.world import TODAY, World, sign_in
from tracker.base.access import Missing
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.ledgers import actions, mapping
from tracker.ledgers.columns import MEANINGS
from tracker.ledgers.models import Ledger
from tracker.ledgers.vocabulary import Correction

TITLE = ("新邵县问题整改台账（截至2019年6月20日）",)
#: Three heads that no office was seen to use, a county misspelt, and a category in words of its own.
HEADS = ("序号", "啥事", "线头", "门类栏", "县", "责任单位", "整改时限", "整改状态", "私下说明")
ROW = (1, "龙溪铺镇饮水工程未通水", "省考核", "喝水", "新绍县", "新邵县水利局", "2019-12-31", "整改中", "别读")
MEANT = {"column:啥事": "title", "column:线头": "source", "column:门类栏": "category", "column:私下说明": "-"}
WORDS = {"word:category:喝水": "安全饮水", "word:county:新绍县": "新邵县"}


def book(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS, above: int = 1) -> bytes:
    return saved(workbook({"台账": [*[TITLE] * above, heads, *(rows or (ROW,))]}))


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    return sign_in(app.test_client(), world.supervisor)


def upload(client: FlaskClient, data: bytes, name: str = "台账.xlsx") -> str:
    return str(client.post("/ledgers/new", data={"file": (io.BytesIO(data), name)}).location)


def understood(preview: str) -> str:
    return preview.replace("/preview?", "/preview/understood?")


def fields_of(page: str) -> dict[str, str]:
    """What the page's form would send as it stands: hidden fields, texts and chosen options."""
    form = page[page.index('<form class="stack"') :]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            sent[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"', options) or re.search(
            r'<option[^>]*value="([^"]*)"[^>]*selected', options
        )
        sent[name] = chosen[1] if chosen else ""
    return sent


def test_columns_and_words_put_right_on_the_pages_are_read_and_taken_in(client: FlaskClient, world: World) -> None:
    preview = upload(client, book())
    first = client.get(preview).text
    assert "表头没有读懂" in first
    page = client.post(understood(preview), data=fields_of(first)).text
    assert "没有找到问题描述" in page
    assert "龙溪铺镇饮水工程未通水" in page  # what stands in the column helps to say what it is
    page = client.post(understood(preview), data={**fields_of(page), **MEANT}).text
    assert "读出 1 条问题" in page
    page = client.post(preview, data=fields_of(page)).text
    assert "不认识的写法" in page
    assert set(WORDS) <= fields_of(page).keys()
    page = client.post(preview, data={**fields_of(page), **WORDS}).text
    assert "读懂了，1 条问题可以导入" in page
    done = client.post(preview, data={**fields_of(page), "act": "import"})
    assert done.status_code == 302
    issue = db.session.scalars(select(Issue)).one()
    assert (issue.title, issue.category.name, issue.county_id) == (
        "龙溪铺镇饮水工程未通水",
        "安全饮水",
        world.xinshao.id,
    )
    assert "别读" not in issue.wording


def take_in(client: FlaskClient, data: bytes) -> str:
    preview = upload(client, data)
    done = client.post(preview, data={**MEANT, **WORDS, "title": "新邵县问题整改台账", "act": "import"})
    assert done.status_code == 302
    return preview


def test_the_next_ledger_of_this_office_is_read_as_the_last_one_was_put_right(client: FlaskClient) -> None:
    take_in(client, book())
    other = (2, "高桥镇水厂未验收", "审计", "喝水", "新绍县", "新邵县水利局", "2019-12-31", "整改中", "也别读")
    page = client.get(upload(client, book(ROW, other, above=3), "七月.xlsx")).text
    assert "按上次的对应关系读取" in page
    assert "高桥镇水厂未验收" in page
    assert "还没有导入任何问题" not in page
    assert fields_of(page)["column:啥事"] == "title"  # and is sent again, so that it holds to the end


def test_what_was_remembered_is_forgotten_on_request_and_on_record(client: FlaskClient, world: World) -> None:
    preview = take_in(client, book())
    ledger = db.session.scalars(select(Ledger)).one()
    address = f"/ledgers/mappings/{ledger.id}/forget?{preview.partition('?')[2]}"
    assert client.post(address).location.endswith(preview.partition("?")[2])
    page = client.get(upload(client, book())).text
    assert "按上次的对应关系读取" not in page
    assert "表头没有读懂" in page
    assert db.session.scalars(select(Event.actor_id).where(Event.verb == "forget")).all() == [world.supervisor.id]


def test_another_offices_mapping_is_neither_used_nor_forgotten(app: Flask, client: FlaskClient, world: World) -> None:
    preview = take_in(client, book())
    ledger = db.session.scalars(select(Ledger)).one()
    other = sign_in(app.test_client(), world.root_supervisor)
    assert "按上次的对应关系读取" not in other.get(upload(other, book())).text
    assert other.post(f"/ledgers/mappings/{ledger.id}/forget?{preview.partition('?')[2]}").status_code == 404
    with pytest.raises(Missing), transaction():
        actions.forget_mapping(ledger.id, world.stranger)
    assert db.session.get_one(Ledger, ledger.id).mapping


def test_a_ledger_of_another_title_with_the_same_headers_is_read_likewise_but_not_for_all_its_rows(
    client: FlaskClient, world: World
) -> None:
    preview = upload(client, book())
    sent = {**MEANT, **WORDS, "title": "甲台账", "act": "import", "source": "audit"}
    assert client.post(preview, data=sent).status_code == 302
    reading = actions.read(book(), "乙.xlsx", today=TODAY, by=world.supervisor)
    assert reading.correction.columns == {"啥事": "title", "线头": "source", "门类栏": "category", "私下说明": ""}
    assert reading.correction.source is None
    assert reading.errors == []


def test_a_ledger_that_needed_nothing_put_right_remembers_nothing(client: FlaskClient) -> None:
    heads = ("序号", "问题描述", "问题来源", "问题类别", "县市区", "责任单位", "整改时限", "整改状态", "备注")
    row = (*ROW[:3], "安全饮水", "新邵县", *ROW[5:])
    preview = upload(client, book(row, heads=heads))
    page = client.get(preview).text
    page = client.post(understood(preview), data=fields_of(page)).text
    assert client.post(preview, data={**fields_of(page), "act": "import"}).status_code == 302
    assert db.session.scalars(select(Ledger)).one().mapping == {}


def test_a_header_pointed_out_is_found_again_wherever_it_stands_the_next_time() -> None:
    """Two of three heads unknown, so nothing tells the header from the rows but a person."""
    heads, row = ("甲", "乙", "丙"), ("水厂未验收", "新邵县", "审计")
    meant = {"甲": "title", "乙": "county", "丙": "source"}
    once = read(workbook({"表": [TITLE, heads, row]}), header_rows={"表": (2, 2)}, columns=meant, category="安全饮水")
    assert [item.title for item in once.rows] == ["水厂未验收"]
    kept = mapping.kept(once, {})
    assert kept["heads"] == [[["甲", "乙", "丙"]]]
    again = mapping.from_kept(kept)
    moved = workbook({"八月": [TITLE, ("填报单位：某局",), (), heads, row]})
    reading = read(moved, heads=again.heads, columns=again.columns, category=again.category)
    assert [(item.sheet, item.row, item.title) for item in reading.rows] == [("八月", 5, "水厂未验收")]


def test_an_answer_to_a_cell_outlives_the_question_it_did_not_settle(client: FlaskClient) -> None:
    """The word answered is as unknown as the one written: it is asked about as a word, and what was typed is sent on."""
    heads = ("序号", "问题描述", "问题来源", "问题类别", "县市区", "责任单位", "整改时限", "整改状态")
    preview = upload(
        client, book((1, "未通水", "审计", "安全饮水", "新绍县", "新邵县水利局", "2019-12-31", "整改中"), heads=heads)
    )
    page = client.post(preview, data={"answer:台账!E3": "新少县"}).text
    assert "新少县" in page
    assert fields_of(page)["answer:台账!E3"] == "新少县"


def test_hidden_rows_are_read_or_left_as_a_person_says() -> None:
    other = workbook(
        {
            "台账": [
                (*HEADS[:1], "问题描述", "问题来源", "问题类别", "县市区"),
                *([n, f"问题{n}不同的事", "审计", "安全饮水", "新邵县"] for n in (1, 2)),
            ]
        }
    )
    other["台账"].row_dimensions[3].hidden = True
    assert ("台账!A3", "hidden_rows", "ask") in told(read(other))
    assert len(read(other, take_hidden=True).rows) == 2
    left = read(other, leave_hidden=True)
    assert (len(left.rows), left.asks) == (1, [])


def test_a_column_without_a_head_is_shown_and_can_be_named() -> None:
    rows = [("序号", "", "问题来源", "问题类别", "县市区"), (1, "水厂未验收", "审计", "安全饮水", "新邵县")]
    bare = read(workbook({"台账": rows}))
    assert bare.sheets[0].without_head == ("#B",)
    assert [item.title for item in read(workbook({"台账": rows}), columns={"#B": "title"}).rows] == ["水厂未验收"]


@given(
    columns=st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from([*MEANINGS, ""]), max_size=5),
    words=st.dictionaries(
        st.sampled_from(["county", "category"]),
        st.dictionaries(
            st.text(min_size=1, max_size=8), st.sampled_from(["新邵县", "安全饮水"]), min_size=1, max_size=3
        ),
        max_size=2,
    ),
    header=st.dictionaries(
        st.text(min_size=1, max_size=8), st.tuples(st.integers(1, 9), st.integers(0, 3)), max_size=3
    ),
    hidden=st.sampled_from([{}, {"take_hidden": True}, {"leave_hidden": True}]),
)
@settings(max_examples=20, deadline=None)
def test_a_pages_fields_say_the_correction_they_were_made_of(
    columns: dict[str, str],
    words: dict[str, dict[str, str]],
    header: dict[str, tuple[int, int]],
    hidden: dict[str, bool],
) -> None:
    rows = {sheet: (first, first + more) for sheet, (first, more) in header.items()}
    correction = Correction(header_rows=rows, columns=columns, words=words, units={"3:水利局": 7}, **hidden)
    reading = read(READ, header_rows=rows, columns=columns, words=words, units={"3:水利局": 7}, **hidden)
    assert mapping.from_fields(mapping.as_fields(reading)) == correction


READ = book()


def test_who_found_a_sections_problems_is_said_once_on_the_page_and_remembered(client: FlaskClient) -> None:
    heads = ("序号", "问题描述", "问题类别", "责任单位", "整改时限", "整改状态")
    section = "一、市人大代表视察发现的问题"
    row = (1, "未通水", "安全饮水", "新邵县水利局", "2019-12-31", "整改中")
    data = book((section,), row, (2, "断水", *row[2:]), heads=heads)
    preview = upload(client, data)
    page = client.get(preview).text
    assert "有 1 处请您确认" in page
    word = f"word:source:{section}"
    assert fields_of(page)[word] == ""
    done = client.post(preview, data={**fields_of(page), word: "媒体曝光", "act": "import"})
    assert done.status_code == 302
    assert {issue.source for issue in db.session.scalars(select(Issue))} == {"media"}
    assert section not in client.get(upload(client, data)).text.partition("不认识的写法")[2]

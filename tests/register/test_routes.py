"""Pages of the list: what they show, to whom, and what it costs."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.register.test_queries import sent
from tests.register.varied import make_varied
from tests.world import NOW, World, assign_one, list_one, sign_in
from tracker.base.db import transaction
from tracker.register import actions


@pytest.fixture
def client(app: Flask, world: World) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield sign_in(app.test_client(), world.root_supervisor)


def test_an_empty_list_says_how_to_begin(client: FlaskClient) -> None:
    page = client.get("/register").text
    assert "清单上还没有问题" in page
    assert "/ledgers" in page


def test_a_filtered_list_says_by_what_and_how_to_clear_it(client: FlaskClient, world: World) -> None:
    with transaction():
        assign_one(world)
    page = client.get(f"/register?county={world.xinshao.id}&state=assigned").text
    assert "沙坪村饮水工程" in page
    assert "清除筛选" in page
    assert f'href="/register?county={world.xinshao.id}"' in page  # without the state
    assert "没有符合条件的问题" in client.get("/register?state=cleared").text


def test_an_exact_number_opens_the_issue(client: FlaskClient, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    assert client.get(f"/register?q={number}").location == f"/issues/{number}"


def test_a_search_that_finds_nothing_offers_all_years(client: FlaskClient) -> None:
    assert "/register?q=%E9%A5%AE%E6%B0%B4&amp;year=all" in client.get("/register?q=饮水").text


def test_neighbouring_pages_keep_filters_and_order(client: FlaskClient, world: World) -> None:
    with transaction():
        for place in range(60):
            list_one(world, title=f"第{place}个")
    first = client.get("/register?state=listed&sort=-number").text
    assert "上一页" not in first
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert link.startswith("/register?state=listed&sort=-number&page=")
    second = client.get(link).text
    assert "第9个" in second
    assert "第59个" not in second
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second
    assert client.get("/register?page=nonsense").status_code == 200


def test_what_people_typed_is_shown_as_text(client: FlaskClient, world: World) -> None:
    with transaction():
        list_one(world, title="<script>alert(1)</script>")
    page = client.get('/register?q=alert&lead="><b>x</b>').text + client.get("/register").text
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


@pytest.mark.parametrize("number", [0, 1, 60, 260])
def test_a_page_of_any_length_takes_at_most_sixteen_queries(client: FlaskClient, world: World, number: int) -> None:
    with transaction():
        make_varied(world, number)
    with sent() as queries_sent:
        assert client.get("/register?year=all").status_code == 200
    assert len(queries_sent) <= 16


def test_files_hold_what_the_page_lists(client: FlaskClient, world: World) -> None:
    with transaction():
        make_varied(world, 60)
    answer = client.get("/register/export.csv?state=assigned&year=all")
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert {row[head.index("整改状态")] for row in rows} == {"已交办"}
    book = client.get("/register/export.xlsx?state=assigned&year=all")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] == [row[0] for row in rows]
    assert f"共 <strong>{len(rows)}</strong>" in client.get("/register?state=assigned&year=all").text


def test_a_stranger_gets_neither_rows_nor_suggestions(app: Flask, world: World) -> None:
    with transaction():
        assign_one(world)
    stranger = sign_in(app.test_client(), world.stranger)
    assert "沙坪村" not in stranger.get("/register?q=饮水").text
    assert len(stranger.get("/register/export.csv?year=all").data.decode().splitlines()) == 1
    assert stranger.get("/register/leads?q=黄").json == []
    assert stranger.get("/register/units?q=水利").json == []
    inside = sign_in(app.test_client(), world.supervisor)
    assert [row["value"] for row in inside.get("/register/units?q=水利").json or []] == [world.water.name]


@pytest.mark.parametrize("key", ["auditor", "system_admin", "security_admin", "nobody"])
def test_whoever_sees_no_issue_sees_no_list(app: Flask, world: World, key: str) -> None:
    client = sign_in(app.test_client(), world.people[key])
    for path in ("/register", "/register/export.csv", "/register/export.xlsx", "/register/leads", "/register/units"):
        assert client.get(path).status_code == 403


def test_a_list_goes_out_in_chosen_columns_and_kind_of_file(client: FlaskClient, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    page = client.get(f"/register/export?county={world.xinshao.id}")
    assert "共 1 条" in page.text
    action = html.unescape(re.search(r'action="(/register/export[^"]+)"', page.text)[1])
    text = client.post(action, data={"layout": "superior", "kind": "csv"})
    heads, *rows = csv.reader(io.StringIO(text.data.decode("utf-8-sig")))
    assert (text.headers["X-Rows"], heads[:3]) == ("1", ["序号", "问题编号", "问题来源"])
    assert number in rows[-1]
    book = client.post(action, data={"layout": "", "kind": "xlsx"})
    assert openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0]["A3"].value == number
    assert client.post(action, data={"layout": "nobodys", "kind": "xlsx"}).status_code == 422
    assert f"/register/export?county={world.xinshao.id}" in client.get(f"/register?county={world.xinshao.id}").text


def test_an_export_says_how_far_it_is_and_is_called_off(
    client: FlaskClient, app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        for _ in range(3):
            assign_one(world)
    monkeypatch.setattr(actions, "CHUNK", 1)
    other = sign_in(app.test_client(), world.supervisor)
    heard: list[object] = []
    gather = actions.gather

    def asked_meanwhile(*given: Any) -> Any:
        heard.append(client.get("/register/export/underway?run=a").json)
        heard.append(other.get("/register/export/underway?run=a").json)
        if len(heard) == 4:
            assert client.post("/register/export/stop?run=a").status_code == 302
        return gather(*given)

    monkeypatch.setattr(actions, "gather", asked_meanwhile)
    stopped = client.post("/register/export?run=a", data={"layout": "standard", "kind": "xlsx"})
    idle = {"runs": False, "done": 0, "total": 0}
    assert heard == [
        {"runs": True, "done": 0, "total": 0}, idle, {"runs": True, "done": 1, "total": 3}, idle,
    ]  # fmt: skip
    assert (stopped.status_code, stopped.data) == (204, b"")
    assert client.get("/register/export/underway?run=a").json == idle


def test_a_ledger_is_in_chinese_whatever_language_the_page_is_in(client: FlaskClient, world: World) -> None:
    with transaction():
        assign_one(world)
    files = "/register/export.csv", "/register/export.csv?layout=standard"
    chinese = [client.get(file).data.split(b",")[:5] for file in files]
    client.post("/language/en")
    assert "Export" in client.get("/register").text
    assert [client.get(file).data.split(b",")[:5] for file in files] == chinese

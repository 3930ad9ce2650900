"""A year's calendar on its page: kept by the root office, each change on record, a year without a notice warned of."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.desks.test_routes import counted
from tests.dossier.situations import listed
from tests.world import NOW, World, sign_in
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.workflow import Kind
from tracker.workdays.actions import seed_published_years
from tracker.workdays.queries import calendar

NOTICE = "日期,类型,节日\n2027-01-01,放假,元旦\n2027/1/4,放假,元旦\n2027年1月9日,上班,元旦\n2026-12-31,放假,元旦\n"


@pytest.fixture
def keeper(app: Flask, world: World) -> FlaskClient:
    with transaction():
        seed_published_years()
    client: FlaskClient = sign_in(app.test_client(), world.root_supervisor)
    return client


def change(client: FlaskClient, year: int = 2027, **fields: str) -> Any:
    return client.post(f"/working-days/{year}", data={"kind": "off", "name": ""} | fields)


def send(client: FlaskClient, content: str, year: int = 2027, **more: str) -> Any:
    return client.post(
        f"/working-days/{year}/import", data={"file": (io.BytesIO(content.encode()), "安排.csv"), **more}
    )


def newest() -> Event:
    db.session.rollback()
    return db.session.scalars(select(Event).where(Event.subject == "workdays").order_by(Event.id.desc())).first()  # type: ignore[return-value]


def test_twelve_months_show_holidays_and_make_up_days(keeper: FlaskClient) -> None:
    page = keeper.get("/working-days/2019").text
    assert page.count('<table class="month">') == 12
    assert "2019 年有 250 个工作日" in page
    assert "2019-10-12 国庆节 上班" in page
    assert "2019-10-07 国庆节 休息" in page
    assert "还没有 2019 年的放假通知" not in page


def test_a_change_counts_at_once_and_says_who_made_it(keeper: FlaskClient, world: World) -> None:
    assert change(keeper, 2019, first="2019-08-05", last="2019-08-06", name="抗洪调休").status_code == 302
    assert not calendar().is_workday(date(2019, 8, 5))
    event = newest()
    assert (event.verb, event.subject_id, event.actor_id) == ("change_workdays", 2019, world.root_supervisor.id)
    assert event.data["after"] == {"2019-08-05": False, "2019-08-06": False}
    page = keeper.get("/working-days/2019").text
    assert "陈督查" in page
    assert "2019-08-05 抗洪调休 休息，手工改过" in page


def test_a_day_can_be_given_back_to_the_week(keeper: FlaskClient) -> None:
    change(keeper, 2019, first="2019-10-12", kind="plain")
    assert not calendar().is_workday(date(2019, 10, 12))  # a Saturday again
    assert newest().data["before"] == {"2019-10-12": True}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first": "2027-05-03", "last": "2027-05-01"}, "不能早于"),
        ({"first": "2026-12-31"}, "不在 2027 年"),
        ({"first": "2027-01-01", "last": "2027-03-01"}, "一次最多改 31 天"),
        ({"first": "2027-05-03", "kind": "plain"}, "本来就是这样"),
        ({"first": ""}, "请填写这一项"),
    ],
)
def test_what_cannot_be_meant_changes_nothing_and_stays_on_the_page(
    keeper: FlaskClient, fields: dict[str, str], said: str
) -> None:
    before = newest().id
    answer = change(keeper, **{"name": "劳动节", **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="劳动节"' in answer.text
    assert newest().id == before


def test_days_set_by_hand_do_not_make_a_year_published_until_confirmed(keeper: FlaskClient) -> None:
    assert "还没有 2027 年的放假通知" in keeper.get("/working-days/2027").text
    change(keeper, first="2027-10-01", last="2027-10-07", name="国庆节")
    assert not calendar().is_workday(date(2027, 10, 1))
    assert not calendar().is_official(2027)
    keeper.post("/working-days/2027/confirm")
    assert calendar().is_official(2027)
    assert newest().verb == "confirm_workdays"
    assert "还没有 2027 年的放假通知" not in keeper.get("/working-days/2027").text


def test_a_notice_comes_in_and_goes_out_as_the_same_file(keeper: FlaskClient) -> None:
    change(keeper, first="2027-05-03", name="录错的")
    assert send(keeper, NOTICE, check="1").status_code == 200
    assert not calendar().is_official(2027)
    assert send(keeper, NOTICE).status_code == 302
    found = calendar()
    assert found.is_official(2027)
    assert [found.is_workday(date(2027, 1, day)) for day in (1, 4, 9)] == [False, False, True]
    assert found.is_workday(date(2027, 5, 3))  # what stood there by hand is replaced
    out = keeper.get("/working-days/2027.csv").data.decode("utf-8-sig")
    assert "2027-01-09,上班,元旦" in out
    assert send(keeper, out).status_code == 302
    assert calendar() == found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("日期,类型\n2027-13-01,放假\n", "不是日期"),
        ("日期,类型\n2027-01-01,半天\n", "请写“放假”或“上班”"),
        ("日期\n2027-01-01\n", "没有找到表头"),
        ("日期,类型\n2026-10-01,放假\n", "文件是 2026 年的安排"),
        ("日期,类型\n2027-01-01,放假\n2027-01-01,上班\n", "出现了两次"),
    ],
)
def test_a_bad_file_is_refused_whole_with_its_cell(keeper: FlaskClient, content: str, said: str) -> None:
    before = newest().id
    answer = send(keeper, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert newest().id == before


def test_other_supervisors_look_and_change_nothing(app: Flask, world: World, keeper: FlaskClient) -> None:
    other = sign_in(app.test_client(), world.supervisor)
    page = other.get("/working-days/2019").text
    assert "改这几天" not in page
    assert change(other, 2019, first="2019-08-05").status_code == 422
    assert send(other, NOTICE).status_code == 422
    assert other.post("/working-days/2027/confirm").status_code == 422
    assert calendar().is_workday(date(2019, 8, 5))
    assert sign_in(app.test_client(), world.official).get("/working-days/2019").status_code == 403
    assert keeper.get("/working-days/1999").status_code == 404


def test_the_page_costs_the_same_however_much_was_changed(keeper: FlaskClient) -> None:
    sent = []
    for day in (1, 2, 3):
        db.session.rollback()
        with counted() as statements:
            keeper.get("/working-days/2027")
        sent.append(len(statements))
        change(keeper, first=f"2027-03-{day:02}")
    assert len(set(sent)) == 1


def test_wherever_working_days_are_guessed_the_page_says_so(app: Flask, world: World, keeper: FlaskClient) -> None:
    with transaction():
        number = listed(world, Kind.IMMEDIATE).number
    warned = "还没有 2031 年的放假通知"
    for now, expected in ((NOW, False), (NOW.replace(year=2031), True)):
        with time_machine.travel(now, tick=False):
            supervisor = sign_in(app.test_client(), world.supervisor)
            assert (warned in supervisor.get(f"/issues/{number}/assign").text) is expected
            assert (warned in supervisor.get("/desk").text) is expected

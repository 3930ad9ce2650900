"""The pages of look-backs: the record keeps what was typed, lists show their scope only, by a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.clearance.test_routes import picture
from tests.desks.test_routes import counted
from tests.dossier.situations import SITUATIONS
from tests.world import World, sign_in
from tracker.base.db import db, transaction
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind, State
from tracker.lookbacks import queries
from tracker.lookbacks.actions import hold_lookback
from tracker.lookbacks.rules import Asked, Rate, Result, Visit

DUE = date(2019, 10, 1)


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with time_machine.travel("2019-10-08 09:00+08:00", tick=False):
        yield


def cleared(world: World, number: int = 1) -> list[Issue]:
    with transaction():
        return [SITUATIONS["cleared"](world, Kind.IMMEDIATE) for _ in range(number)]


def client(app: Flask, world: World, who: str) -> FlaskClient:
    return sign_in(app.test_client(), world.people[who])


def record(**changes: Any) -> dict[str, Any]:
    fields = {"held_on": "2019-10-07", "place": "沙坪村三组", "people": "孙督查", "found": "龙头没水", "result": "held"}
    return fields | {"files": (picture(), "现场.jpg")} | changes


# --- one look-back --------------------------------------------------------------------------------------------


def test_from_the_list_to_a_failed_look_back_to_the_units_desk(app: Flask, world: World) -> None:
    (issue,) = cleared(world)
    address, number = f"/issues/{issue.number}/look-back", issue.id
    browser = client(app, world, "root_supervisor")
    assert address in browser.get("/look-backs").text
    assert browser.get(address).status_code == 200
    sent = browser.post(address, data=record(result="failed", new_term="2019-12-31", version=str(issue.version)))
    assert sent.status_code == 302, sent.text
    db.session.rollback()
    again = db.session.get_one(Issue, number)
    assert (again.state, again.relapses, again.deadline) == (State.RECTIFYING, 1, date(2019, 12, 31))
    assert address not in browser.get("/look-backs").text
    assert "龙头没水" in browser.get("/look-backs/held?result=failed").text
    dossier = client(app, world, "official").get(f"/issues/{again.number}").text
    assert "已经反弹" in dossier
    assert "现场.jpg" in dossier
    assert again.number in client(app, world, "official").get("/desk").text


def test_a_failed_one_without_a_new_deadline_comes_back_with_everything_typed(app: Flask, world: World) -> None:
    (issue,) = cleared(world)
    answer = client(app, world, "root_supervisor").post(
        f"/issues/{issue.number}/look-back", data=record(result="failed", version=str(issue.version))
    )
    assert answer.status_code == 422
    assert "龙头没水" in answer.text
    assert "请填写整改时限" in answer.text


def test_two_at_once_the_second_sees_what_happened_and_loses_nothing(app: Flask, world: World) -> None:
    (issue,) = cleared(world)
    address, seen = f"/issues/{issue.number}/look-back", str(issue.version)
    first = client(app, world, "root_supervisor").post(address, data=record(version=seen, seen="1"))
    assert first.status_code == 302
    second = client(app, world, "root_supervisor2").post(
        address, data=record(version=seen, seen="1", place="沙坪村五组")
    )
    assert second.status_code == 409
    assert "沙坪村五组" in second.text
    assert "陈督查" in second.text


@pytest.mark.parametrize(
    ("who", "status"),
    [("root_supervisor", 200), ("supervisor2", 200), ("supervisor", 422), ("stranger", 404), ("leader", 403),
     ("official", 403), ("auditor", 403)],
)  # fmt: skip
def test_the_page_opens_for_whoever_may_look_back(app: Flask, world: World, who: str, status: int) -> None:
    (issue,) = cleared(world)
    answer = client(app, world, who).get(f"/issues/{issue.number}/look-back")
    assert answer.status_code == status
    if status == 422:
        assert "职责分离" in answer.text


def test_the_dossier_offers_it_as_the_next_step_once_it_is_due(app: Flask, world: World) -> None:
    (issue,) = cleared(world)
    button = f'class="button button-main" href="/issues/{issue.number}/look-back"'
    assert button in client(app, world, "root_supervisor").get(f"/issues/{issue.number}").text
    assert "职责分离" in client(app, world, "supervisor").get(f"/issues/{issue.number}").text
    with time_machine.travel("2019-08-01 09:00+08:00", tick=False):
        early = client(app, world, "root_supervisor").get(f"/issues/{issue.number}").text
    assert button not in early
    assert f'href="/issues/{issue.number}/look-back"' in early


# --- the lists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "number"),
    [("root_supervisor", 1), ("supervisor", 1), ("leader", 1), ("water_supervisor", 1), ("stranger", 0)],
)
def test_a_list_shows_what_lies_in_ones_scope(app: Flask, world: World, who: str, number: int) -> None:
    (issue,) = cleared(world)
    today = date(2019, 10, 8)
    person = world.people[who]
    assert queries.due(Asked(), person, today, None).total == number
    assert queries.due_count(Asked(), person, today) == number
    with transaction():
        hold_lookback(issue, world.root_supervisor, today=today, visit=Visit(today, "村", "人", "好", Result.HELD))
    assert queries.held(Asked(), person, None).total == number


@pytest.mark.parametrize(
    ("day", "asked", "number"),
    [
        (date(2019, 9, 30), Asked(), 0),
        (DUE, Asked(), 1),
        (date(2019, 9, 2), Asked(ahead=30), 1),
        (date(2019, 8, 31), Asked(ahead=30), 0),
        (DUE, Asked(mine=True), 1),
        (DUE, Asked(category=-1), 0),
        (DUE, Asked(county=-1), 0),
    ],
)
def test_a_list_shows_what_it_is_asked_for(world: World, day: date, asked: Asked, number: int) -> None:
    cleared(world)
    assert queries.due(asked, world.root_supervisor, day, None).total == number


def test_whoever_reviewed_it_finds_it_but_not_among_what_they_may_hold(world: World) -> None:
    cleared(world)
    (row,) = queries.due(Asked(), world.supervisor, DUE, None).rows
    assert not row.theirs
    assert queries.due(Asked(mine=True), world.supervisor, DUE, None).total == 0
    (row,) = queries.due(Asked(mine=True), world.supervisor2, DUE, None).rows
    assert row.theirs


def test_a_list_walks_page_by_page_the_longest_due_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    numbers = [issue.number for issue in cleared(world, 5)]
    walked: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        listing = queries.due(Asked(), world.root_supervisor, DUE, cursor)
        assert listing.total == 5
        walked += [row.number for row in listing.rows]
        cursor = listing.next
    assert (walked, cursor) == (numbers, None)


@pytest.mark.parametrize("address", ["/look-backs", "/look-backs/held", "/look-backs/rates"])
def test_a_list_costs_the_same_however_long_it_is(app: Flask, world: World, address: str) -> None:
    def cost() -> int:
        browser = client(app, world, "root_supervisor")
        with counted() as sent:
            assert browser.get(address).status_code == 200
        return len(sent)

    def hold(issue: Issue) -> None:
        seen = Visit(DUE, "村", "人", "好", Result.HELD)
        with transaction():
            hold_lookback(issue, world.root_supervisor, today=DUE, visit=seen)

    first, second, third, *_more = cleared(world, 6)
    hold(first)
    before = cost()
    hold(second)
    hold(third)
    assert cost() == before <= 9


@pytest.mark.parametrize("who", ["official", "auditor", "system_admin", "security_admin", "nobody"])
def test_the_lists_are_for_supervisors_and_leaders(app: Flask, world: World, who: str) -> None:
    for address in ("/look-backs", "/look-backs/held", "/look-backs/rates"):
        assert client(app, world, who).get(address).status_code == 403


def test_rates_count_each_clearance_once_within_ones_scope(app: Flask, world: World) -> None:
    first, second = cleared(world, 2)
    for issue, result in ((first, Result.HELD), (first, Result.HELD), (second, Result.HELD), (second, Result.FAILED)):
        visit = Visit(DUE, "村", "人", "看了", result)
        with transaction():
            hold_lookback(issue, world.root_supervisor, today=DUE, visit=visit, new_term=date(2019, 12, 31))
    key = (world.xinshao.id, world.categories[2].id)
    assert queries.rates(world.root_supervisor) == {key: Rate(2, 1)}
    assert queries.rates(world.leader) == {key: Rate(2, 1)}
    assert queries.rates(world.stranger) == {}
    page = client(app, world, "city_leader").get("/look-backs/rates").text
    assert "回头看了 2 件销号，1 件已经反弹" in page
    assert "9.5%–90.5%" in page  # Wilson for one of two


def test_the_chosen_filters_are_named_and_only_they(app: Flask, world: World) -> None:
    browser = client(app, world, "root_supervisor")
    browser.post("/language/en", data={"next": "/look-backs"})
    assert 'class="chip"' not in browser.get("/look-backs").text
    page = browser.get(f"/look-backs?group=long_term&county={world.xinshao.id}&mine=1").text
    assert page.count('class="chip"') == 3


def test_an_empty_list_says_what_will_appear(app: Flask, world: World) -> None:
    assert "满三个月会出现在这里" in client(app, world, "root_supervisor").get("/look-backs").text
    assert "结果和看到的情况会出现在这里" in client(app, world, "root_supervisor").get("/look-backs/held").text

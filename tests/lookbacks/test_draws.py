"""The draw: kept whole, repeated by anybody, brought onto the list, changed by nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.dossier.situations import SITUATIONS
from tests.world import World, sign_in
from tracker.audit.queries import differences
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.lookbacks import queries
from tracker.lookbacks.actions import draw_look_backs, hold_lookback
from tracker.lookbacks.models import Draw
from tracker.lookbacks.rules import Asked, Result, Visit, draw, read_frame

TODAY = date(2019, 7, 15)
SOON = date(2019, 7, 31)
SITUATION = ("cleared", "cleared", "taken_over_cleared", "second_level", "dismissed")


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with time_machine.travel("2019-07-15 09:00+08:00", tick=False):
        yield


def make(world: World) -> list[Issue]:
    """Three clearances, and two issues that are none."""
    with transaction():
        return [SITUATIONS[name](world, Kind.IMMEDIATE) for name in SITUATION]


def drawn(world: World, who: str = "root_supervisor", size: int = 2) -> Draw:
    with transaction():
        return draw_look_backs(world.people[who], today=TODAY, seed=" 双色球 2019082 期 ", size=size, due_on=SOON)


def test_a_draw_keeps_its_urn_and_brings_what_was_drawn_onto_the_list(any_world: World) -> None:
    world = any_world
    numbers = sorted(issue.number for issue in make(world)[:3])
    made = drawn(world)
    found = queries.draw_numbered(made.id)
    slips = read_frame(found.frame)
    assert [slip.number for slip in slips] == numbers
    assert found.digest == hashlib.sha256(found.frame.encode()).hexdigest()
    assert [pick.number for pick in found.picks] == draw(slips, "双色球 2019082 期", 2)
    listed = queries.due(Asked(), world.root_supervisor, SOON, None)
    assert sorted(row.number for row in listed.rows) == sorted(pick.number for pick in found.picks)
    told = db.session.scalars(select(Event).where(Event.verb == "look_back_drawn")).all()
    assert {event.subject_id for event in told} == {pick.issue_id for pick in found.picks}
    one = db.session.scalars(select(Event).where(Event.verb == "draw_look_backs")).one()
    assert (one.data["seed"], one.data["frame"]) == ("双色球 2019082 期", found.digest)
    assert list(differences()) == []


def test_what_comes_up_earlier_anyway_is_not_put_off(world: World) -> None:
    issue = make(world)[0]
    with transaction():
        issue.look_back_on = TODAY
    drawn(world, size=3)
    assert issue.look_back_on == TODAY


def test_a_unit_with_a_relapse_on_its_record_has_more_tickets(world: World) -> None:
    first, second, *_rest = make(world)
    with transaction():
        visit = Visit(TODAY, "村", "人", "又坏了", Result.FAILED)
        hold_lookback(first, world.root_supervisor, today=TODAY, visit=visit, new_term=SOON)
    assert {slip.number: slip.tickets for slip in queries.urn()}[second.number] == 2


@pytest.mark.parametrize("who", ["supervisor", "city_leader", "water_supervisor", "official"])
def test_only_the_root_office_draws(world: World, who: str) -> None:
    make(world)
    with pytest.raises(Refused, match="最高一级"):
        drawn(world, who)


def test_nothing_is_drawn_from_nothing(world: World) -> None:
    with pytest.raises(Refused, match="无从抽取"):
        drawn(world)


def test_through_the_pages_from_the_seed_to_the_urn(app: Flask, world: World) -> None:
    make(world)
    root = sign_in(app.test_client(), world.root_supervisor)
    assert root.get("/look-backs/draws").status_code == 200
    wrong = root.post("/look-backs/draws", data={"seed": "期号 9", "size": "900", "due_on": "2019-07-31"})
    assert wrong.status_code == 422
    assert "期号 9" in wrong.text
    sent = root.post("/look-backs/draws", data={"seed": "期号 9", "size": "2", "due_on": "2019-07-31"})
    assert sent.status_code == 302
    made = db.session.scalars(select(Draw)).one()
    page = root.get(sent.location).text
    assert "结果一致" in page
    assert made.digest in page
    assert all(pick.number in page for pick in made.picks)
    assert "期号 9" in root.get("/look-backs/draws").text
    urn = root.get(f"/look-backs/draws/{made.id}/urn.csv")
    assert hashlib.sha256(urn.data).hexdigest() == made.digest
    assert urn.headers["Content-Disposition"].startswith("attachment")
    assert db.session.scalars(select(Event).where(Event.verb == "export")).one().subject == "look_back_draw"


def test_others_see_the_draw_and_of_what_was_drawn_only_their_own(app: Flask, world: World) -> None:
    make(world)
    made = drawn(world, size=3)
    for who, sees in (("supervisor", 3), ("leader", 3), ("stranger", 0)):
        browser = sign_in(app.test_client(), world.people[who])
        page = browser.get(f"/look-backs/draws/{made.id}")
        assert page.status_code == 200
        assert sum(pick.number in page.text for pick in made.picks) == sees
        assert browser.get(f"/look-backs/draws/{made.id}/urn.csv").status_code == 404
        assert 'name="seed"' not in browser.get("/look-backs/draws").text
        assert (
            browser.post("/look-backs/draws", data={"seed": "x", "size": "2", "due_on": "2019-07-31"}).status_code
            == 422
        )
    assert sign_in(app.test_client(), world.city_leader).get(f"/look-backs/draws/{made.id}/urn.csv").status_code == 200
    assert sign_in(app.test_client(), world.root_supervisor).get("/look-backs/draws/999").status_code == 404


def test_a_draw_that_was_tampered_with_shows(app: Flask, world: World) -> None:
    make(world)
    made = drawn(world)
    with transaction():
        made.seed = "另一个"
        made.picks[0].number, made.picks[1].number = "N-1", "N-2"
    page = sign_in(app.test_client(), world.root_supervisor).get(f"/look-backs/draws/{made.id}").text
    assert "结果不一致" in page

"""Steps that take too long: late by the calendar, recorded and told once each time a step began, whatever nights ran."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.dossier.situations import first_level
from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, assign_one, list_one, sign_in
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.clearance import actions as clearance
from tracker.clearance.jobs import mind_reviews
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import mind_steps
from tracker.deadlines.models import Delay
from tracker.deadlines.queries import kept_clocks
from tracker.deadlines.rules import DEFAULT, Clock, Clocks, late_since, wait
from tracker.desks import queries as desks
from tracker.issues import actions as issues
from tracker.issues.workflow import Kind, State
from tracker.messages.models import Message
from tracker.plans import actions as plans
from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import Calendar

#: The first days of July 2019: Monday the 1st; Tuesday off, Saturday worked to make up for it.
HOLIDAY, MADE_UP = date(2019, 7, 2), date(2019, 7, 6)


def night(day: date) -> int:
    with transaction():
        found = [mind_steps(day), mind_reviews(day)]
    return sum(one["recorded"] for one in found)


def told(world: World) -> Counter[tuple[str, str]]:
    keys = {person.id: key for key, person in world.people.items()}
    rows = db.session.execute(select(Message.person_id, Message.matter))
    return Counter((keys[person], matter.value) for person, matter in rows)


def first_night(world: World, until: date) -> date | None:
    day = TODAY
    while day <= until:
        if night(day):
            return day
        day += timedelta(days=1)
    return None


def test_a_step_is_late_by_working_days_with_holidays_and_days_made_up(any_world: World) -> None:
    with transaction():
        db.session.add_all(
            [SpecialDay(day=HOLIDAY, is_workday=False, official_year=2019),
             SpecialDay(day=MADE_UP, is_workday=True, official_year=2019)]
        )  # fmt: skip
        list_one(any_world)
    # counted: 3, 4, 5 July are three working days; Saturday the 6th is worked, and the fourth
    assert first_night(any_world, date(2019, 7, 12)) == MADE_UP
    assert told(any_world) == Counter([("supervisor", "delay_unassigned"), ("supervisor2", "delay_unassigned")])


def test_each_step_tells_who_must_act(any_world: World) -> None:
    with transaction():
        unsigned, planning, waits = (assign_one(any_world) for _ in range(3))
        for issue in (planning, waits):
            issues.accept(issue, any_world.official, today=TODAY)
        measures = [("铺管", "水利局", date(2019, 8, 1))]
        plans.submit_plan(waits, any_world.official, today=TODAY, goals="通水", measures=measures)
    night(date(2019, 7, 31))
    assert told(any_world) == Counter(
        [("official", "delay_unsigned"), ("official", "delay_planning"), ("leader", "delay_planning")]
    )
    rows = db.session.execute(select(Message.issue_id, Message.person_id).where(Message.issue_id != planning.id)).all()
    assert sorted(map(tuple, rows)) == [(unsigned.id, any_world.official.id), (waits.id, any_world.leader.id)]


def test_each_review_level_has_a_clock_of_its_own_and_its_reviewers_are_told(any_world: World) -> None:
    with transaction():
        issue = first_level(any_world, Kind.TIME_LIMITED)
    assert night(date(2019, 7, 8)) == 0  # the fifth working day
    assert night(date(2019, 7, 9)) == 1
    assert {who for who, matter in told(any_world) if matter == "delay_review"} == {"supervisor", "supervisor2"}
    with transaction():
        clearance.pass_level(issue, any_world.supervisor, today=date(2019, 7, 10), opinion="属实")
    assert night(date(2019, 7, 17)) == 0
    assert night(date(2019, 7, 18)) == 1
    assert sorted(db.session.execute(select(Delay.clock, Delay.level, Delay.since)).all()) == [
        (Clock.REVIEW, 1, TODAY),
        (Clock.REVIEW, 2, date(2019, 7, 10)),
    ]
    assert told(any_world)["city_leader", "delay_review"] == 1


def test_what_has_moved_on_is_told_to_nobody(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
    with transaction():
        issues.accept(issue, any_world.official, today=date(2019, 7, 12))
    assert night(date(2019, 7, 12)) == 0
    assert not told(any_world)


def test_the_issues_page_says_the_rule_the_dates_the_days_counted_and_who_was_told_when(
    app: Flask, world: World
) -> None:
    with transaction():
        number = assign_one(world).number
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app.test_client(), world.official)
        assert "还有 3 个工作日" in client.get(f"/issues/{number}").text
    with time_machine.travel(NOW + timedelta(days=7), tick=False):  # Monday the 8th, five working days later
        night(date(2019, 7, 8))
        client = sign_in(app.test_client(), world.official)
        page = client.get(f"/issues/{number}").text
        assert "已超 2 个工作日" in page
        assert "规定 3 个工作日内办结；从 2019-07-01 的次日起算，到今天 5 个工作日，2019-07-05 起超时。" in page
        assert "2019-07-08 通知：王建国（新邵县水利局）" in page.replace("\n", "").replace("  ", "")
        assert "已超过 3 个工作日，请尽快签收或退回。" in client.get("/messages").text
        assert desks.official_desk(world.official, date(2019, 7, 8), "stalled").counts["stalled"] == 1
        assert desks.official_desk(world.official2, date(2019, 7, 8)).counts["stalled"] == 0  # not theirs to sign
        assert desks.supervisor_figures(world.supervisor, date(2019, 7, 8)).stalled == 1
        assert number in sign_in(app.test_client(), world.supervisor).get("/register?stalled=1").text


def asked(clocks: Clocks) -> dict[str, Any]:
    """What the page of the thresholds sends."""
    levels = enumerate(zip(clocks.level_days, clocks.tells, strict=True), 1)
    fields: dict[str, Any] = {name: str(value) for name, value in vars(clocks).items() if isinstance(value, int)}
    for number, (days, told) in levels:
        fields |= {f"days_{number}": str(days), f"tells_{number}": [each.value for each in told]}
    return fields


def test_the_root_office_keeps_the_thresholds_and_what_was_recorded_stands(app: Flask, world: World) -> None:
    with transaction():
        assign_one(world)
    night(date(2019, 7, 8))
    fields = asked(DEFAULT)
    client = sign_in(app.test_client(), world.root_supervisor)
    assert client.post("/settings/clocks", data=fields | {"unsigned_workdays": "6"}).status_code == 302
    assert kept_clocks() == Clocks(unsigned_workdays=6)
    assert len(db.session.scalars(select(Delay)).all()) == 1
    event = db.session.scalars(select(Event).where(Event.verb == "set_clocks")).one()
    assert event.data == {"changed": {"unsigned_workdays": [3, 6]}}
    assert "不能多于" in client.post("/settings/clocks", data=fields | {"yellow_days": "9"}).text
    assert client.post("/settings/clocks", data=fields | {"red_lag": "x"}).status_code == 422
    assert (
        "第 3 级要满的天数（3）必须多于第 2 级（3）"
        in client.post("/settings/clocks", data=fields | {"days_3": "3"}).text
    )
    assert "第 5 级没有选通知谁" in client.post("/settings/clocks", data=fields | {"tells_5": []}).text
    county = sign_in(app.test_client(), world.supervisor)
    assert "由市级督查修改" in county.get("/settings/clocks").text
    assert "只有市级督查可以修改" in county.post("/settings/clocks", data=fields).text
    with pytest.raises(Refused), transaction():
        deadlines.set_clocks(Clocks(planning_workdays=0), world.root_supervisor)


@pytest.mark.parametrize("allowed", [1, 3, 10])
def test_the_days_that_are_late_are_those_whose_wait_is_long(allowed: int) -> None:
    """The date that SQL compares with, and the wait that the page explains, are one rule."""
    days: dict[str, Any] = {"special": {HOLIDAY: False, MADE_UP: True}, "years": frozenset({2019})}
    calendar, clocks = Calendar(**days), Clocks(unsigned_workdays=allowed)
    for offset in range(40):
        today = TODAY + timedelta(days=offset)
        begun = late_since(today, calendar, allowed)
        for back in range(30):
            since = today - timedelta(days=back)
            found = wait(State.ASSIGNED, since, today, calendar, clocks)
            assert found is not None
            assert found.is_long == (since <= begun) == (today >= found.late_on)


def test_the_night_sends_as_many_statements_for_many_late_steps_as_for_one(world: World) -> None:
    def some_of_each(number: int) -> None:
        with transaction():
            for _ in range(number):
                list_one(world)
                assign_one(world)
                first_level(world, Kind.TIME_LIMITED)

    some_of_each(1)
    with sent() as few:
        assert night(date(2019, 7, 9)) == 3
    some_of_each(6)
    with sent() as many:
        assert night(date(2019, 7, 9)) == 18
    assert len(many) <= len(few)

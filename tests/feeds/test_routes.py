"""The address opens one person's deadlines to whoever has it, and nothing from the moment their rights end."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from tests.desks.test_routes import counted
from tests.dossier.situations import Make, assigned, cleared, extension_waits, first_level, planned, undated
from tests.tasks.test_actions import DUE, asked, task_of
from tests.world import NOW, TODAY, World, assign_one, list_one, make_duty, sign_in
from tracker.accounts import actions as accounts
from tracker.accounts.queries import locked
from tracker.accounts.rules import PER_ACCOUNT
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.feeds.models import CalendarAddress
from tracker.feeds.rules import PER_WINDOW, WINDOW, token_hash
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.tasks import actions as tasks

SHOWN = re.compile(r"http://localhost(/calendar/([\w-]{43})\.ics)")


@pytest.fixture(autouse=True)
def on_that_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def address(app: Flask, world: World, who: str = "official") -> str:
    """Made on the page as the person would; the path of the address."""
    answer = sign_in(app.test_client(), world.people[who]).post("/calendar")
    found = SHOWN.search(answer.text)
    assert found is not None
    return found[1]


def events(app: Flask, path: str) -> dict[str, Any]:
    """By UID, read by the library as a phone reads it, without signing in."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/calendar"
    return {str(event["uid"]).split("@")[0]: event for event in Calendar.from_ical(answer.data).walk("VEVENT")}


def status(app: Flask, path: str) -> int:
    return int(app.test_client().get(path).status_code)


def make(world: World, situation: Make = assigned, kind: Kind = Kind.TIME_LIMITED) -> str:
    with transaction():
        return situation(world, kind).number


def test_a_handler_follows_deadline_and_signature(app: Flask, world: World) -> None:
    number = make(world)
    found = events(app, address(app, world))
    assert set(found) == {f"deadline.{number}", f"sign.{number}"}
    assert found[f"deadline.{number}"].decoded("dtstart") == date(2019, 8, 31)
    assert found[f"sign.{number}"].decoded("dtstart") == date(2019, 7, 4)  # three working days
    assert set(events(app, address(app, world, "official2"))) == {f"deadline.{number}"}  # only the first unit signs


def test_nobody_elses_issue_is_in_it(app: Flask, world: World) -> None:
    mine = make(world)
    finance = {"lead_unit_id": world.finance.id, "unit_ids": (world.finance.id,), "responsible_person_id": None}
    with transaction():
        other = assign_one(world, list_one(world, title="财政局自己的问题"), duty=make_duty(world, **finance)).number
    text = app.test_client().get(address(app, world)).text.replace("\r\n ", "")
    assert mine in text
    assert other not in text
    assert "财政局自己的问题" not in text
    for stranger in ("stranger", "stranger_official", "supervisor"):  # a supervisor's list is not their own duty
        assert events(app, address(app, world, stranger)) == {}


def test_a_lead_official_follows_what_they_lead_and_plans_to_decide(app: Flask, world: World) -> None:
    number = make(world, planned)
    found = events(app, address(app, world, "leader"))
    assert set(found) == {f"deadline.{number}", f"plan.{number}"}
    assert found[f"plan.{number}"].decoded("dtstart") == date(2019, 7, 15)  # ten working days


def test_who_decides_an_extension_has_until_the_deadline(app: Flask, world: World) -> None:
    number = make(world, extension_waits)
    found = events(app, address(app, world, "supervisor"))
    assert found[f"extension.{number}"].decoded("dtstart") == date(2019, 8, 31)
    assert f"extension.{number}" not in events(app, address(app, world))  # not who asked


def test_a_reviewer_has_five_working_days_and_the_applicants_clock_stands_still(app: Flask, world: World) -> None:
    number = make(world, first_level)
    found = events(app, address(app, world, "supervisor"))
    assert found[f"review.{number}"].decoded("dtstart") == date(2019, 7, 8)
    assert events(app, address(app, world)) == {}


def test_a_clearance_to_be_looked_at_again_waits_for_who_had_no_part(app: Flask, world: World) -> None:
    number = make(world, cleared)
    due = db.session.scalars(select(Issue.look_back_on)).one()
    with time_machine.travel(datetime(due.year, due.month, due.day, 1, tzinfo=UTC) - timedelta(days=20), tick=False):
        found = events(app, address(app, world, "root_supervisor"))
        assert found[f"look-back.{number}"].decoded("dtstart") == due
        assert events(app, address(app, world, "supervisor")) == {}  # reviewed it


def test_a_long_term_issue_stands_on_its_review_date(app: Flask, world: World) -> None:
    number = make(world, undated, Kind.LONG_TERM)
    found = events(app, address(app, world))
    assert found[f"review-date.{number}"].decoded("dtstart") == date(2019, 12, 1)


def test_what_was_handed_over_is_gone_at_the_next_fetch(app: Flask, world: World) -> None:
    number = make(world)
    path = address(app, world)
    assert f"deadline.{number}" in events(app, path)
    with transaction():
        duty = make_duty(world, lead_unit_id=world.finance.id, unit_ids=(world.finance.id,), responsible_person_id=None)
        issue = db.session.scalars(select(Issue)).one()
        issues.reassign(issue, world.supervisor, today=TODAY, duty=duty, reason="换单位")
    assert events(app, path) == {}


def test_the_token_is_kept_as_a_digest_and_shown_once(app: Flask, world: World) -> None:
    path = address(app, world)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    row = db.session.get_one(CalendarAddress, world.official.id)
    assert row.token_hash == token_hash(token)
    page = sign_in(app.test_client(), world.official).get("/calendar").text
    assert token not in page
    assert token not in " ".join(str(event.data) for event in db.session.scalars(select(Event)))


def test_an_address_made_anew_or_revoked_is_dead(app: Flask, world: World) -> None:
    old = address(app, world)
    new = address(app, world)
    assert (status(app, old), status(app, new)) == (404, 200)
    sign_in(app.test_client(), world.official).post("/calendar/revoke")
    assert status(app, new) == 404


def deactivate(world: World) -> None:
    accounts.deactivate(world.official, actor_id=world.system_admin.id)


def end_posts(world: World) -> None:
    for post in list(world.official.posts):
        accounts.end_post(post, actor_id=world.security_admin.id, at=NOW)


def reset_password(world: World) -> None:
    accounts.give_one_time_password(world.official, actor_id=world.system_admin.id)


def guess_passwords(_world: World) -> None:
    for _ in range(PER_ACCOUNT):
        attempt = accounts.begin_sign_in("official", "192.0.2.1", at=NOW)
        assert attempt is not None
        accounts.end_sign_in(attempt, None, succeeded=False, at=NOW)


@pytest.mark.parametrize("what", [deactivate, end_posts, reset_password])
def test_it_is_dead_at_once_when_the_persons_rights_end(app: Flask, world: World, what: Any) -> None:
    make(world)
    path = address(app, world)
    assert status(app, path) == 200
    with transaction():
        what(world)
    assert status(app, path) == 404


def test_a_task_stands_in_it_until_it_is_answered(app: Flask, world: World) -> None:
    task_id = asked(world, text="排查全镇管网，" * 20)
    path = address(app, world)
    event = events(app, path)[f"task.{task_id}"]
    assert event.decoded("dtstart") == DUE
    assert str(event["summary"]).startswith("交办事项到期：排查全镇管网")
    assert len(str(event["summary"])) < 80
    assert str(event["url"]).endswith(f"/tasks/{task_id}")
    assert len(event.walk("VALARM")) == 2
    with transaction():
        tasks.answer(task_of(task_id), world.official, text="已排查", version=None)
    assert events(app, path) == {}


def test_wrong_passwords_of_somebody_else_hide_nobodys_calendar(app: Flask, world: World) -> None:
    make(world)
    path = address(app, world)
    with transaction():
        guess_passwords(world)
    assert locked(world.official, NOW)
    assert status(app, path) == 200


@pytest.mark.parametrize("path", ["/calendar/" + "a" * 43 + ".ics", "/calendar/x.ics", "/calendar/%s.ics" % ("é" * 43)])
def test_a_guessed_address_is_not_there(app: Flask, world: World, path: str) -> None:
    assert status(app, path) == 404


def test_no_cache_keeps_it(app: Flask, world: World) -> None:
    answer = app.test_client().get(address(app, world))
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_journal_has_a_fetch_once_a_day(app: Flask, world: World) -> None:
    path = address(app, world)

    def recorded() -> int:
        db.session.rollback()
        fetched = (Event.verb == "download", Event.subject == "calendar", Event.actor_id == world.official.id)
        return db.session.scalar(select(func.count()).select_from(Event).where(*fetched)) or 0

    for _ in range(3):
        events(app, path)
    assert recorded() == 1
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        events(app, path)
        events(app, path)
    assert recorded() == 2


def test_a_program_run_wild_is_told_when_to_come_back(app: Flask, world: World) -> None:
    path = address(app, world)
    client = app.test_client()
    assert {client.get(path).status_code for _ in range(PER_WINDOW)} == {200}
    refused = client.get(path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(int(WINDOW.total_seconds())))
    with time_machine.travel(NOW + WINDOW + timedelta(seconds=1), tick=False):
        assert client.get(path).status_code == 200


def test_the_number_of_queries_does_not_grow(app: Flask, world: World) -> None:
    paths = [address(app, world, who) for who in ("official", "leader", "supervisor")]
    client = app.test_client()
    sent: list[int] = []
    for number in (1, 1, 12):  # the first fetch of a day also writes its event
        for situation in (assigned, planned, first_level):
            for _ in range(number):
                make(world, situation)
        db.session.rollback()
        with counted() as statements:
            for path in paths:
                assert client.get(path).status_code == 200
        sent.append(len(statements))
    assert sent[0] > sent[1] == sent[2]


def test_a_stand_in_cannot_hand_out_the_absent_persons_days(app: Flask, world: World) -> None:
    with transaction():
        accounts.name_stand_in(
            world.official, world.official2, world.official, begins=TODAY, ends=TODAY, today=TODAY, at=NOW
        )
        standing = db.session.scalars(select(accounts.StandIn)).one().id
    client = sign_in(app.test_client(), world.official2)
    client.post(f"/stand-ins/{standing}/act")
    assert client.post("/calendar").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(CalendarAddress)) == 0


def test_whoever_reads_no_issues_is_told_there_is_nothing_to_follow(app: Flask, world: World) -> None:
    page = sign_in(app.test_client(), world.system_admin).get("/calendar")
    assert "没有可以订阅的时限" in page.text

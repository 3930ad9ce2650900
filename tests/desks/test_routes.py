"""Desks: each number is the length of its list, each row has one next step, nothing outside the scope is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from tests.dossier.situations import extension_waits
from tests.world import NOW, TODAY, World, assign_one, list_one, make_duty, sign_in
from tracker.accounts import actions as accounts
from tracker.accounts.models import User
from tracker.base.db import db, transaction
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import escalate, flag_overdue
from tracker.desks import queries
from tracker.desks.rules import APPLY, PLAN, REPORT, SIGN, next_step
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind, State
from tracker.org.models import Region
from tracker.papers.queries import proposal_counts, proposals
from tracker.plans import actions as plans

LATE = date(2019, 9, 10)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def make_some(world: World, number: int) -> None:
    with transaction():
        for _ in range(number):
            assign_one(world)


def test_an_official_signs_first(app: Flask, world: World) -> None:
    make_some(world, 1)
    desk = queries.official_desk(world.official, TODAY)
    assert desk.counts == {"all": 1, "sign": 1, "back": 0, "stalled": 0, "overdue": 0, "today": 1}
    assert [task.step for task in desk.tasks] == [SIGN]
    assert queries.official_desk(world.official2, TODAY).tasks[0].step == REPORT  # only the first unit signs


def test_a_returned_plan_comes_back_to_the_desk(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        issues.accept(issue, world.official, today=TODAY)
        plans.submit_plan(issue, world.official, today=TODAY, goals="通水", measures=[("铺管", "", date(2019, 8, 1))])
    waiting = queries.official_desk(world.official, TODAY)
    assert (waiting.counts["back"], waiting.tasks[0].step) == (0, REPORT)
    assert [row.number for row in queries.plans_to_decide(world.leader)] == [issue.number]
    with transaction():
        plans.return_plan(issue, world.leader, today=TODAY, reason="没有写清楚谁来做")
    back = queries.official_desk(world.official, TODAY, "back")
    assert (back.counts["back"], back.tasks[0].step) == (1, PLAN)


def test_what_is_urgent_for_two_reasons_counts_once(world: World) -> None:
    make_some(world, 1)
    counts = queries.official_desk(world.official, LATE).counts
    assert (counts["sign"], counts["overdue"], counts["today"]) == (1, 1, 1)


def test_a_queue_says_how_many_wait_not_how_many_are_shown(world: World) -> None:
    with transaction():
        for _ in range(queries.SHOWN + 2):
            issue = assign_one(world)
            issues.accept(issue, world.official, today=TODAY)
            plans.submit_plan(
                issue, world.official, today=TODAY, goals="通水", measures=[("铺管", "", date(2019, 8, 1))]
            )
    waiting = queries.reviews(world.leader, TODAY)
    assert (len(waiting.plans.rows), waiting.plans.total, waiting.total) == (
        queries.SHOWN,
        queries.SHOWN + 2,
        queries.SHOWN + 2,
    )
    assert queries.leader_desk(world.leader, TODAY).led == queries.SHOWN + 2


def test_what_cannot_be_done_is_no_step() -> None:
    assert next_step(State.REVIEWING, first=True, chain=True, plan_waiting=False, done=True) is None
    assert next_step(State.RECTIFYING, first=True, chain=True, plan_waiting=False, done=True) is APPLY
    assert next_step(State.RECTIFYING, first=False, chain=True, plan_waiting=False, done=True) is REPORT
    assert next_step(State.ASSIGNED, first=True, chain=False, plan_waiting=False, done=False) is REPORT


def test_a_supervisors_figures_are_the_lengths_of_their_lists(world: World) -> None:
    make_some(world, 2)
    with transaction():
        list_one(world)
        assign_one(world, duty=make_duty(world), deadline=date(2019, 12, 31))
    figures = queries.supervisor_figures(world.supervisor, LATE)
    assert (figures.overdue, figures.listed, figures.unsigned) == (2, 1, 3)
    assert queries.supervisor_figures(world.stranger, LATE).overdue == 0


@pytest.mark.parametrize("key", ["official", "supervisor", "leader", "root_supervisor", "city_leader"])
def test_every_desk_opens_full_and_empty_in_as_many_queries(app: Flask, world: World, key: str) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app.test_client(), world.people[key])
        if key == "city_leader":
            link(world, world.city_leader, world.xinshao)
        assert client.get("/desk").status_code == 200
        make_some(world, 3)
        with counted() as few:
            client.get("/desk")
        make_some(world, 9)
        with counted() as many:
            page = client.get("/desk")
    assert page.status_code == 200
    assert len(many) == len(few)
    assert len(many) < 40


def test_a_moved_deadline_shows_the_original_beside_it_on_every_desk_and_list(app: Flask, world: World) -> None:
    with transaction():
        issue = extension_waits(world, Kind.TIME_LIMITED)
        deadlines.grant_extension(issue, world.supervisor, today=TODAY)
        deadlines.request_extension(issue, world.official, today=TODAY, wanted=date(2019, 10, 31), reason="还是雨季")
    pages = [("official", "/desk"), ("leader", "/desk"), ("supervisor", "/desk/reviews"), ("supervisor", "/register")]
    with time_machine.travel(NOW, tick=False):
        for key, address in pages:
            assert "原 2019-08-31" in sign_in(app.test_client(), world.people[key]).get(address).text, (key, address)
    with time_machine.travel(NOW + timedelta(days=100), tick=False):
        assert "原 2019-08-31" in sign_in(app.test_client(), world.supervisor).get("/desk").text


def test_an_unmoved_deadline_is_said_once(app: Flask, world: World) -> None:
    make_some(world, 1)
    assert "原 2019" not in sign_in(app.test_client(), world.official).get("/desk").text


def elsewhere(world: World) -> Issue:
    with transaction():
        return issues.list_issue(
            world.root_supervisor, today=TODAY, title="武冈市水质不达标", wording="原文", source=Source.AUDIT,
            category_id=world.categories[2].id, region_id=world.wugang.id, kind=Kind.TIME_LIMITED,
        )  # fmt: skip


def link(world: World, leader: User, *counties: Region) -> None:
    with transaction():
        accounts.link_counties(leader, [county.id for county in counties], actor_id=world.system_admin.id)


def test_the_counties_a_leader_is_linked_to_are_one_filter_of_the_desk_and_the_list(app: Flask, world: World) -> None:
    make_some(world, 2)
    other = elsewhere(world)
    leader = world.city_leader
    assert queries.leader_desk(leader, TODAY).linked is None  # no counties, no filter
    link(world, leader, world.wugang)
    desk = queries.leader_desk(leader, TODAY, "linked")
    assert ([item.row.number for item in desk.shown], desk.linked, desk.led) == ([other.number], 1, 0)
    assert [name for _id, name, _open, _overdue, linked in desk.counties if linked] == ["武冈市"]
    client = sign_in(app.test_client(), leader)
    assert "我联系的县" in client.get("/desk").text
    page = client.get("/register?linked=1").text
    assert other.title in page
    assert "沙坪村" not in page
    assert "沙坪村" in client.get("/register").text


def test_a_link_shows_nothing_that_the_posts_do_not(app: Flask, world: World) -> None:
    make_some(world, 1)
    elsewhere(world)
    link(world, world.leader, world.wugang)  # a leader of 新邵县 only
    desk = queries.leader_desk(world.leader, TODAY, "linked")
    assert (desk.shown, desk.linked) == ([], 0)
    client = sign_in(app.test_client(), world.leader)
    for address in ("/register?linked=1", "/desk?part=linked", "/register/export.csv?linked=1&year=all"):
        assert "水质不达标" not in client.get(address).text


def test_without_links_the_filter_is_not_offered(app: Flask, world: World) -> None:
    make_some(world, 1)
    for key in ("leader", "supervisor", "official"):
        assert "我联系的县" not in sign_in(app.test_client(), world.people[key]).get("/register").text


def test_a_stranger_finds_nothing_on_the_desk(app: Flask, world: World) -> None:
    make_some(world, 2)
    page = sign_in(app.test_client(), world.stranger).get("/desk").text
    assert "沙坪村" not in page


@pytest.mark.parametrize(
    ("key", "there"),
    [
        ("official", "/desk"),
        ("system_admin", "/users"),
        ("security_admin", "/posts"),
        ("auditor", "/audit"),
        ("nobody", None),
    ],
)
def test_everybody_begins_somewhere(app: Flask, world: World, key: str, there: str | None) -> None:
    answer = sign_in(app.test_client(), world.people[key]).get("/")
    assert (answer.location, answer.status_code) == ((there, 302) if there else (None, 200))


def test_the_review_queue_opens_for_whoever_reads_issues(app: Flask, world: World) -> None:
    for key in ("supervisor", "leader", "official"):
        assert sign_in(app.test_client(), world.people[key]).get("/desk/reviews").status_code == 200


def test_what_the_job_proposes_to_issue_stands_on_the_desk_with_the_way_to_it(app: Flask, world: World) -> None:
    make_some(world, 3)
    with time_machine.travel(NOW.replace(month=9, day=16), tick=False):  # sixteen days overdue
        today = date(2019, 9, 16)
        client = sign_in(app.test_client(), world.supervisor)
        assert "按逾期天数建议发文" not in client.get("/desk").text
        with transaction():
            flag_overdue(today)
            escalate(today)
        text = client.get("/desk").text
        for kind, number in proposal_counts(world.supervisor).items():
            assert (f'href="/papers/proposals?kind={kind.value}"' in text) == bool(number)
            assert len(proposals(kind, world.supervisor, None, None).page.rows) == number
        assert text.count("3 个问题") == 2  # the notice and the bulletin
        assert "按逾期天数建议发文" not in sign_in(app.test_client(), world.stranger).get("/desk").text

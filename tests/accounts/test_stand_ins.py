"""Stand-ins: who may be one, when they may act, and that each act goes down as theirs for the absent person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.desks.test_routes import counted
from tests.world import NOW, TODAY, World, assign_one, make_person, sign_in
from tracker.accounts import actions
from tracker.accounts.models import Deputy, StandIn, User
from tracker.accounts.queries import deputy, stand_in_of, stand_ins_under, stood_in_for
from tracker.base import journal
from tracker.base.access import ADMINISTRATORS, Missing, Refused, Right, Role, may
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.queries import is_handler, issue_numbered, relations, visible_to
from tracker.issues.workflow import State, Who

LAST = date(2019, 7, 10)


def stand_in(absent: User, person: User, by: User | None = None, **days: date) -> StandIn:
    """Named in a transaction of its own; by the absent person unless somebody else is given."""
    with transaction():
        return actions.name_stand_in(
            absent, person, by or absent, begins=days.get("begins", TODAY), ends=days.get("ends", LAST), today=TODAY
        )


def acting(standing: StandIn, today: date = TODAY) -> Deputy:
    found = deputy(standing.id, standing.person, today)
    assert found is not None
    return found


def test_a_stand_in_has_the_absent_persons_duties_and_none_of_their_own(any_world: World) -> None:
    world = any_world
    with transaction():
        issue = assign_one(world)
    town = acting(stand_in(world.official, world.stranger))  # a supervisor of another county
    assert {grant.role for grant in town.grants} == {Role.OFFICIAL}
    for ask in (relations, is_handler):
        assert ask(issue, town) == ask(issue, world.official)
    assert issue_numbered(issue.number, town) is issue
    assert not may(town, Right.CLEARANCE_REVIEW), "what the stand-in may in person stays with their own name"
    own = db.session.scalars(select(Issue.id).where(visible_to(world.stranger))).all()
    assert own == [], "and in person they see nothing new"


def test_what_the_absent_person_leads_is_the_stand_ins_to_decide(any_world: World) -> None:
    world = any_world
    with transaction():
        issue = assign_one(world)
    assert Who.LEAD_OFFICIAL in relations(issue, acting(stand_in(world.leader, world.town_official)))


def test_no_administrators_right_is_passed_on(world: World) -> None:
    with transaction():
        actions.grant_post(world.system_admin, Role.SUPERVISOR, world.xinshao, actor_id=world.security_admin.id, at=NOW)
    both = acting(stand_in(world.system_admin, world.official))
    assert {grant.role for grant in both.grants} == {Role.SUPERVISOR}
    for key in ("auditor", "security_admin", "nobody"):
        with pytest.raises(Refused, match="没有可以代理的岗位"):
            stand_in(world.people[key], world.official)
    assert not any(grant.role in ADMINISTRATORS for grant in both.grants)


def end(standing: StandIn, world: World) -> None:
    actions.end_stand_in(standing, world.official)


def absent_deactivated(_standing: StandIn, world: World) -> None:
    actions.deactivate(world.official, actor_id=world.system_admin.id)


def stand_in_deactivated(_standing: StandIn, world: World) -> None:
    actions.deactivate(world.town_official, actor_id=world.system_admin.id)


def revoked_by_the_supervisor(standing: StandIn, world: World) -> None:
    actions.end_stand_in(standing, world.supervisor)


def given_back(standing: StandIn, world: World) -> None:
    actions.end_stand_in(standing, world.town_official)


@pytest.mark.parametrize("how", [end, absent_deactivated, stand_in_deactivated, revoked_by_the_supervisor, given_back])
def test_it_ends_at_once_and_for_good(world: World, how: Callable[[StandIn, World], None]) -> None:
    standing = stand_in(world.official, world.town_official)
    acting(standing)
    with transaction():
        how(standing, world)
    assert deputy(standing.id, world.town_official, TODAY) is None
    if "deactivated" in how.__name__:
        with transaction():
            for person in (world.official, world.town_official):
                if not person.active:
                    actions.reactivate(person, actor_id=world.system_admin.id)
        assert deputy(standing.id, world.town_official, TODAY) is None, "coming back does not revive it"


def test_it_holds_from_its_first_day_to_its_last(any_world: World) -> None:
    begins = TODAY + timedelta(days=2)
    standing = stand_in(any_world.official, any_world.town_official, begins=begins)
    person = any_world.town_official
    held = [day for day in range(14) if deputy(standing.id, person, TODAY + timedelta(days=day)) is not None]
    assert held == list(range(2, 10))
    assert stand_in_of(any_world.official.id, TODAY) is standing, "what is to come is shown already"
    assert stand_in_of(any_world.official.id, LAST + timedelta(days=1)) is None


def test_what_the_absent_person_loses_the_stand_in_loses(world: World) -> None:
    taken_place = acting(stand_in(world.supervisor, world.town_official))
    with transaction():
        actions.end_post(world.supervisor.posts[0], actor_id=world.security_admin.id, at=NOW)
    assert taken_place.grants == ()


def test_a_stand_ins_stand_in_does_not_act(world: World) -> None:
    first = stand_in(world.leader, world.official)
    second = acting(stand_in(world.official, world.town_official))
    with transaction():
        issue = assign_one(world)
    assert deputy(first.id, world.town_official, TODAY) is None
    assert Who.LEAD_OFFICIAL not in relations(issue, second)
    assert {grant.role for grant in second.grants} == {Role.OFFICIAL}
    with pytest.raises(Refused, match="先回到本人身份"), transaction():
        actions.name_stand_in(world.leader, world.nobody, acting(first), begins=TODAY, ends=LAST, today=TODAY)
    with pytest.raises(Refused, match="先回到本人身份"), transaction():
        actions.end_stand_in(first, acting(first))


def test_a_supervisor_names_one_for_whoever_cannot_sign_in(any_world: World) -> None:
    world = any_world
    with transaction():
        named_in_ledger = make_person(world, "paper", "纸上人", "county_office", ((Role.LEADER, "xinshao", None),))
        named_in_ledger.account = named_in_ledger.password_hash = None
    standing = stand_in(named_in_ledger, world.leader2, by=world.supervisor)
    assert acting(standing).duty_id == named_in_ledger.id
    assert list(stand_ins_under(world.supervisor, TODAY)) == [standing]
    assert list(stand_ins_under(world.stranger, TODAY)) == []
    event = db.session.scalars(select(Event).where(Event.verb == "name_stand_in")).one()
    assert (event.actor_id, event.subject_id) == (world.supervisor.id, named_in_ledger.id)
    assert event.data == {"stand_in": world.leader2.id, "from": "2019-07-01", "until": "2019-07-10"}


def test_nobody_gives_duties_to_themselves_or_beyond_their_own(world: World) -> None:
    with transaction():
        make_person(world, "city_post", "市管", "county_office", ((Role.LEADER, "city", None),))
    with pytest.raises(Refused, match="不能指定自己"):
        stand_in(world.leader, world.supervisor, by=world.supervisor)
    for by, absent in (
        (world.stranger, world.leader),  # another county's
        (world.supervisor, world.city_leader),  # sits higher
        (world.supervisor, world.city_post),  # sits here, but a post reaches further
        (world.water_supervisor, world.leader),  # one category only
        (world.leader2, world.leader),  # no supervisor
        (world.official, world.official2),
    ):
        with pytest.raises(Missing):
            stand_in(absent, world.nobody, by=by)
        assert stand_in_of(absent.id, TODAY) is None


def test_who_cannot_stand_in_and_days_that_cannot_be(world: World) -> None:
    with transaction():
        world.official2.account = world.official2.password_hash = None
        world.town_official.active = False
    yesterday = TODAY - timedelta(days=1)
    for person, days, words in (
        (world.leader, {}, "另一个人"),
        (world.official2, {}, "不能登录"),
        (world.town_official, {}, "不能登录"),
        (world.official, {"begins": yesterday}, "已经过去"),
        (world.official, {"begins": LAST, "ends": TODAY}, "不能早于"),
    ):
        with pytest.raises(Refused, match=words):
            stand_in(world.leader, person, **days)
    assert list(stood_in_for(world.official.id, TODAY)) == []


def test_one_stand_in_for_one_person_and_the_next_when_the_days_are_over(any_world: World) -> None:
    world = any_world
    first = stand_in(world.leader, world.official)
    with pytest.raises(Refused, match="王建国"):
        stand_in(world.leader, world.official2)
    later = LAST + timedelta(days=1)
    with transaction():
        actions.name_stand_in(world.leader, world.official2, world.leader, begins=later, ends=later, today=later)
    assert first.ended_at is not None


def test_each_act_is_recorded_for_the_absent_person_and_sealed_so(any_world: World) -> None:
    world = any_world
    with transaction():
        issue = assign_one(world)
    place = acting(stand_in(world.official, world.town_official))
    with transaction():
        event = issues.accept(issue, place, today=TODAY)
    assert (event.actor_id, event.for_id) == (world.town_official.id, world.official.id)
    said = event.mark
    nonce = (said or "").partition(".")[0]
    assert journal.marked(event, nonce) == said
    event.for_id = None
    assert journal.marked(event, nonce) != said, "the seal covers whom it was done for"
    db.session.rollback()


# --- through the pages ----------------------------------------------------------------------------------------


@pytest.fixture
def issue(world: World) -> Issue:
    with transaction():
        return assign_one(world)


@pytest.fixture
def client(app: Flask, world: World) -> Iterator[FlaskClient]:
    with time_machine.travel(datetime(2019, 7, 2, 1, tzinfo=UTC), tick=False):
        yield sign_in(app.test_client(), world.town_official)


def take_place(client: FlaskClient, standing: StandIn) -> Any:
    return client.post(f"/stand-ins/{standing.id}/act", follow_redirects=True)


def page(client: FlaskClient, path: str) -> str:
    return client.get(path, follow_redirects=True).get_data(as_text=True)


def test_the_stand_in_works_at_the_absent_persons_desk(client: FlaskClient, world: World, issue: Issue) -> None:
    standing = stand_in(world.official, world.town_official)
    path = f"/issues/{issue.number}"
    assert "王建国（新邵县水利局）不在岗，由您代理到 2019-07-10" in page(client, "/desk")
    assert client.get(path).status_code == 404
    desk = take_place(client, standing).get_data(as_text=True)
    assert "您正在代理王建国（新邵县水利局）" in desk
    assert issue.title in desk
    assert client.post(f"{path}/accept", data={"version": issue.version}).status_code == 302
    assert "胡国平（代王建国）" in page(client, path)
    event = db.session.scalars(select(Event).where(Event.verb == "accept")).one()
    assert (event.actor_id, event.for_id) == (world.town_official.id, world.official.id)
    client.post("/stand-ins/leave")
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("over", ["the last day has passed", "it was ended", "the absent person is deactivated"])
def test_a_form_sent_after_the_end_does_nothing(client: FlaskClient, world: World, issue: Issue, over: str) -> None:
    with time_machine.travel(datetime(2019, 7, 2, 15, tzinfo=UTC), tick=False) as clock:
        sign_in(client, world.town_official)
        standing = stand_in(world.official, world.town_official, ends=date(2019, 7, 2))
        take_place(client, standing)
        with transaction():
            if over.startswith("the last"):
                clock.move_to(datetime(2019, 7, 2, 16, tzinfo=UTC))  # midnight in Shanghai
            elif over.startswith("it"):
                actions.end_stand_in(standing, world.official)
            else:
                actions.deactivate(world.official, actor_id=world.system_admin.id)
        answer = client.post(f"/issues/{issue.number}/accept", data={"version": issue.version})
        assert "代理已经结束，刚才这一步没有办理" in answer.get_data(as_text=True)
        assert issue.state is State.ASSIGNED
        assert client.get(f"/issues/{issue.number}").status_code == 404
        assert "您正在代理" not in page(client, "/desk")


def test_a_form_of_ones_own_is_void_once_one_took_another_place(app: Flask, world: World, issue: Issue) -> None:
    """Two tabs: what was opened in one name must not be sent in another."""
    with time_machine.travel(datetime(2019, 7, 2, 1, tzinfo=UTC), tick=False):
        standing = stand_in(world.official, world.town_official)
        app.config["WTF_CSRF_ENABLED"] = True
        client = sign_in(app.test_client(), world.town_official)

        def token() -> str:
            g.pop("csrf_token", None)  # the test's context outlives its requests
            return page(client, "/stand-ins").partition('name="csrf_token" value="')[2].partition('"')[0]

        before = token()
        assert client.post(f"/stand-ins/{standing.id}/act", data={"csrf_token": before}).status_code == 302
        late = client.post(f"/issues/{issue.number}/accept", data={"csrf_token": before, "version": issue.version})
        assert late.status_code == 400
        answer = client.post(f"/issues/{issue.number}/accept", data={"csrf_token": token(), "version": issue.version})
        assert (answer.status_code, issue.state) == (302, State.PLANNING)


@time_machine.travel(datetime(2019, 7, 2, 1, tzinfo=UTC), tick=False)
def test_one_names_a_stand_in_and_ends_it_on_ones_own_page(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.official)
    days = {"begins": "2019-07-02", "ends": "2019-07-05"}
    bad = client.post("/stand-ins", data={"person": "查无此人", **days})
    assert bad.status_code == 422
    assert "查无此人" in bad.get_data(as_text=True)
    client.post("/stand-ins", data={"person": "胡国平（龙溪铺镇人民政府）", **days})
    standing = stand_in_of(world.official.id, TODAY)
    assert standing is not None
    assert standing.person_id == world.town_official.id
    assert "现在由胡国平代理您" in page(client, "/stand-ins")
    stranger = sign_in(app.test_client(), world.stranger)
    assert stranger.post(f"/stand-ins/{standing.id}/end").status_code == 404
    assert stranger.post(f"/stand-ins/{standing.id}/act").status_code == 404
    client.post(f"/stand-ins/{standing.id}/end")
    assert stand_in_of(world.official.id, TODAY) is None


@time_machine.travel(datetime(2019, 7, 2, 1, tzinfo=UTC), tick=False)
def test_a_supervisor_names_one_on_the_regions_page(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.supervisor)
    sent = {"absent": "黄志伟", "person": "赵国强", "begins": "2019-07-02", "ends": "2019-07-05"}
    assert client.post("/stand-ins/region", data=sent).status_code == 302
    shown = page(client, "/stand-ins/region")
    assert "本地区有 1 个人由人代理" in shown
    assert "赵国强" in shown
    assert sign_in(app.test_client(), world.official).get("/stand-ins/region").status_code == 403
    auditor = sign_in(app.test_client(), world.auditor)
    assert "指定代理人" in page(auditor, "/audit?verb=name_stand_in")


def test_a_stand_ins_page_costs_three_questions_more(
    client: FlaskClient, app: Flask, world: World, issue: Issue
) -> None:
    """Whether they still stand in, who is away, which posts those hold; what else is asked is what the absent person's desk asks."""
    with time_machine.travel(datetime(2019, 7, 2, 1, tzinfo=UTC), tick=False):
        standing = stand_in(world.official, world.town_official)
        own = sign_in(app.test_client(), world.official)
        take_place(client, standing)
        # on their own desk people are also told for whom they may stand in
        for path, more in (("/desk", 2), (f"/issues/{issue.number}", 3)):
            asked = []
            for browser in (own, client):
                browser.get(path)
                db.session.expire_all()
                with counted() as queries:
                    assert browser.get(path).status_code == 200
                asked.append(len(queries))
            assert asked[1] - asked[0] == more, (path, asked)


def test_the_page_in_anothers_place_offers_nothing_that_is_refused_there(client: FlaskClient, world: World) -> None:
    with time_machine.travel(datetime(2019, 7, 2, 1, tzinfo=UTC), tick=False):
        standing = stand_in(world.official, world.town_official)
        assert f"/stand-ins/{standing.id}/end" in page(client, "/stand-ins")
        take_place(client, standing)
        shown = page(client, "/stand-ins")
        assert f"/stand-ins/{standing.id}/" not in shown
        assert 'name="person"' not in shown
        refused = client.post(f"/stand-ins/{standing.id}/end")
        assert "先回到本人身份" in refused.get_data(as_text=True)
        assert standing.ended_at is None

"""A leader instructs where they look; whoever sees the issue sees it; the leader who asked closes it or asks again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.tasks.test_actions import sees, task_of
from tests.world import NOW, TODAY, World, assign_one, sign_in
from tracker.accounts.models import Post
from tracker.base.access import Conflict, Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.tasks import actions, queries
from tracker.tasks.models import Task
from tracker.tasks.rules import Asked, Part, TaskKind, TaskState

DUE = TODAY + timedelta(days=7)


def instructed(world: World, who: str = "leader", **fields: Any) -> int:
    """The county leader's instruction to the water bureau about its issue."""
    values = {"text": "本周内现场解决", "due": DUE, "unit_id": world.water.id, "person_id": None} | fields
    with transaction():
        issue = db.session.scalars(select(Issue)).first() or assign_one(world)
        return actions.instruct(issue, Asked(**values), world.people[who], today=TODAY).id


def answered(world: World, **fields: Any) -> int:
    task_id = instructed(world, **fields)
    with transaction():
        actions.answer(task_of(task_id), world.official, text="已通水", version=None)
    return task_id


def test_it_exists_for_whoever_sees_the_issue_and_for_whom_it_asks(any_world: World) -> None:
    world = any_world
    of_the_issue = {
        *("root_supervisor", "root_supervisor2", "city_leader", "city_leader2", "water_supervisor"),
        *("supervisor", "supervisor2", "leader", "leader2", "official", "official2"),
    }
    assert sees(world, instructed(world)) == of_the_issue
    assert sees(world, instructed(world, unit_id=world.town.id)) == of_the_issue | {"town_official"}
    assert queries.issue_of(task_of(1), world.official) is not None
    assert queries.issue_of(task_of(2), world.town_official) is None  # asked about it, not shown it
    for key, person in world.people.items():
        for part in Part:
            counts = queries.counts(person, TODAY)
            assert counts.of(part) == len(queries.listing(part, person, TODAY, None).rows), (key, part)


def test_a_leader_instructs_where_their_post_reaches_and_nobody_else(world: World) -> None:
    for who in ("supervisor", "official", "stranger", "auditor"):
        with pytest.raises(Missing):
            instructed(world, who)
    for fields, said in (
        ({"unit_id": world.wugang_water.id}, "责任链"),
        ({"unit_id": None, "person_id": world.stranger.id}, "责任链"),
        ({"unit_id": None, "person_id": world.leader.id}, "不能写给自己"),
        ({"due": TODAY - timedelta(days=1)}, "不能早于今天"),
        ({"unit_id": None}, "由哪个单位或哪个人"),
    ):
        with pytest.raises(Refused, match=said):
            instructed(world, **fields)
    assert db.session.scalar(select(Task.id)) is None
    assert task_of(instructed(world)).region_id == world.xinshao.id
    of_the_city = task_of(instructed(world, "city_leader", unit_id=None, person_id=world.leader.id))
    assert of_the_city.region_id == world.city.id  # the city's supervisors follow it


def test_the_leader_who_asked_closes_it(any_world: World) -> None:
    world = any_world
    task_id = answered(world)
    for who in ("leader2", "city_leader", "supervisor", "root_supervisor", "official"):
        with pytest.raises(Refused, match="由写批示的领导办结"), transaction():
            actions.accept(task_of(task_id), world.people[who], version=None)
        assert queries.counts(world.people[who], TODAY).decide == 0
    assert queries.counts(world.leader, TODAY).decide == 1
    assert queries.counts(world.leader, TODAY).asked == 1
    assert queries.counts(world.leader2, TODAY).asked == 0
    with transaction():
        actions.accept(task_of(task_id), world.leader, version=None)
    assert task_of(task_id).state is TaskState.ACCEPTED


def test_or_asks_again_until_another_day(world: World) -> None:
    task_id = answered(world)
    with pytest.raises(Refused, match="不能早于今天"), transaction():
        early = TODAY - timedelta(days=1)
        actions.send_back(task_of(task_id), world.leader, opinion="再办", version=2, today=TODAY, due=early)
    later = DUE + timedelta(days=5)
    with transaction():
        actions.send_back(task_of(task_id), world.leader, opinion="两个组没通", version=2, today=TODAY, due=later)
    assert (task_of(task_id).state, task_of(task_id).due) == (TaskState.OPEN, later)
    with pytest.raises(Conflict), transaction():
        actions.answer(task_of(task_id), world.official, text="都通了", version=2)  # answers what it has not read
    assert queries.counts(world.official, later + timedelta(days=1)).mine_late == 1


def test_once_its_leader_is_none_any_more_the_supervisors_close_it(world: World) -> None:
    task_id = answered(world)
    with transaction():
        db.session.execute(update(Post).where(Post.user_id == world.leader.id).values(ended_at=NOW))
    with transaction():
        actions.accept(task_of(task_id), world.supervisor, version=None)
    assert task_of(task_id).decided_by_id == world.supervisor.id


def test_the_issue_tells_it_in_its_own_history(world: World) -> None:
    task_id = answered(world)
    with transaction():
        actions.accept(task_of(task_id), world.leader, opinion="同意", version=None)
    events = db.session.scalars(
        select(Event).where(Event.subject == "issue", Event.verb.contains("instruct")).order_by(Event.id)
    ).all()
    assert [event.verb for event in events] == ["instructed", "instruction_answered", "instruction_settled"]
    assert [event.remark.text for event in events if event.remark] == ["本周内现场解决", "已通水", "同意"]
    assert {event.data["task"] for event in events} == {task_id}
    assert "通水" not in str([event.data for event in events])
    assert task_of(task_id).kind is TaskKind.INSTRUCTION


def test_from_the_issues_page_to_the_receivers_desk_and_back(app: Flask, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    with time_machine.travel(NOW, tick=False):
        leader = sign_in(app.test_client(), world.leader)
        assert f"/issues/{number}/instructions/new" in leader.get(f"/issues/{number}").text
        address = f"/issues/{number}/instructions/new"
        assert f'value="{DUE}"' in leader.get(address).text
        wrong = leader.post(address, data={"text": "现场解决", "owner": "other", "other": "", "due": str(DUE)})
        assert wrong.status_code == 422
        assert "请写明是哪个单位或哪个人" in wrong.text
        assert "现场解决" in wrong.text
        right = {"text": "现场解决", "owner": f"unit:{world.water.id}", "due": str(DUE)}
        assert leader.post(address, data=right).status_code == 302
        task = db.session.scalars(select(Task)).one()
        official = sign_in(app.test_client(), world.official)
        assert "1 件交办事项等您答复" in official.get("/desk").text
        assert "/instructions/new" not in official.get(f"/issues/{number}").text
        assert official.get(address).status_code == 403
        said = official.post(f"/tasks/{task.id}", data={"text": "已派人到场", "version": "1"}, follow_redirects=True)
        assert "等批示的领导办结" in said.text
        page = leader.get(f"/issues/{number}").text
        assert "现场解决" in page
        assert "答复：已派人到场" in page
        assert "1 件等您验收" in leader.get("/desk").text
        again = {"act": "return", "opinion": "还要供水到户", "due": str(DUE + timedelta(days=3)), "version": "2"}
        assert leader.post(f"/tasks/{task.id}/decide", data=again).status_code == 302
        db.session.rollback()
        assert (task_of(task.id).state, task_of(task.id).due) == (TaskState.OPEN, DUE + timedelta(days=3))
        stranger = sign_in(app.test_client(), world.stranger)
        assert stranger.get(f"/tasks/{task.id}").status_code == 404

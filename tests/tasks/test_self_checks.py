"""Many are asked to look for the same kind of problem; "none" says who looked and how; what is found enters the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.desks.test_routes import counted
from tests.tasks.test_actions import task_of
from tests.world import NOW, TODAY, World, assign_one, sign_in
from tracker.accounts.models import User
from tracker.base.access import Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.inspections.models import Finding
from tracker.inspections.rules import Source
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.reconciliation import actions as reconciliation
from tracker.tasks import actions, queries
from tracker.tasks.models import SelfCheck, Task
from tracker.tasks.rules import Look, TaskKind, TaskState

DUE = TODAY + timedelta(days=14)


def asked(world: World, who: str = "root_supervisor", **fields: Any) -> int:
    """The city asks both county offices."""
    values: dict[str, Any] = {
        "text": "对照排查饮水工程",
        "due": DUE,
        "unit_ids": [world.county_office.id, world.wugang_office.id],
        "region_id": world.city.id,
        "today": TODAY,
    }
    with transaction():
        return actions.ask_self_check(actor=world.people[who], **(values | fields)).id


def answer(world: World, who: str, *found: str, by: str = "周督查带队", task: Task | None = None) -> int:
    task = task or owed(world.people[who])
    with transaction():
        look = Look(by, found)
        actions.answer(task, world.people[who], text="逐村入户，看了 93 处", version=None, look=look, at=NOW)
    return task.id


def owed(person: User) -> Task:
    return db.session.scalars(select(Task).where(Task.unit_id == person.unit_id).order_by(Task.id.desc())).first()


def shown(check_id: int, person: User, days: int = 0) -> queries.SelfCheckShown:
    return queries.self_check_shown(check_id, person, TODAY + timedelta(days=days))


def test_each_unit_has_a_task_of_its_own_and_the_whole_is_for_those_who_asked(any_world: World) -> None:
    world = any_world
    check_id = asked(world)
    assert [task.kind for task in db.session.scalars(select(Task))] == [TaskKind.SELF_CHECK] * 2
    for key, person in world.people.items():
        whole = key in {"root_supervisor", "root_supervisor2", "city_leader", "city_leader2"}
        assert queries.sees_check(check_id, person) is whole, key
        if not whole:
            with pytest.raises(Missing):
                shown(check_id, person)
    assert queries.counts(world.supervisor, TODAY).mine == 1
    assert queries.counts(world.official, TODAY).mine == 0


def test_only_supervisors_ask_units_of_their_region_and_not_their_own(world: World) -> None:
    for who in ("leader", "official", "water_supervisor", "supervisor"):
        with pytest.raises(Missing):
            asked(world, who)
    for fields, said in (
        ({"unit_ids": []}, "至少选一个"),
        ({"unit_ids": [world.office.id]}, "自己单位"),
        ({"text": " "}, "请写明要做什么"),
        ({"due": TODAY - timedelta(days=1)}, "不能早于今天"),
    ):
        with pytest.raises(Refused, match=said):
            asked(world, **fields)
    with pytest.raises(Refused, match="武冈市整改办”不在您督查的地区"):
        asked(world, "supervisor", region_id=world.xinshao.id, unit_ids=[world.wugang_office.id])
    assert db.session.scalar(select(SelfCheck.id)) is None
    assert db.session.scalar(select(Task.id)) is None


def test_none_found_says_who_looked_and_how(world: World) -> None:
    check_id = asked(world)
    task = owed(world.supervisor)
    with pytest.raises(Refused, match="谁去查的"), transaction():
        actions.answer(task, world.supervisor, text="没有", version=None)
    with pytest.raises(Refused, match="谁去查的"):
        answer(world, "supervisor", by="  ")
    with pytest.raises(Refused, match="请写明落实情况"), transaction():
        actions.answer(task, world.supervisor, text=" ", version=None, look=Look("周督查"))
    answer(world, "supervisor")
    with pytest.raises(IntegrityError), transaction():
        task_of(task.id).part.looked_by = None
    part = next(row for row in shown(check_id, world.root_supervisor).parts if row.id == task.id)
    assert (part.found, part.looked_by, part.answer) == (0, "周督查带队", "逐村入户，看了 93 处")


def test_what_is_found_enters_the_list_by_the_one_door_once_the_answer_is_accepted(any_world: World) -> None:
    world = any_world
    check_id = asked(world)
    task_id = answer(world, "supervisor", "坪上镇大坪村水管爆裂", "坪上镇小坪村水质超标")
    assert db.session.scalar(select(Finding.id)) is None  # nobody has looked at the answer yet
    with transaction():
        actions.accept(task_of(task_id), world.root_supervisor, version=None, at=NOW)
    first, second = db.session.scalars(select(Finding).order_by(Finding.id)).all()
    assert (first.wording, first.clause, first.county_id) == ("坪上镇大坪村水管爆裂", "新邵县整改办", world.xinshao.id)
    assert (first.inspection.source, first.inspection.region_id) == (Source.SELF_INSPECTION, world.city.id)
    with transaction():
        number = reconciliation.list_finding(
            second, world.root_supervisor, today=TODAY, title="水质超标", wording=None,
            category_id=world.categories[2].id, region_id=world.xinshao.id, kind=Kind.TIME_LIMITED,
        ).number  # fmt: skip
    found = shown(check_id, world.root_supervisor).found[task_id]
    assert [(one.wording[-4:], one.number) for one in found] == [("水管爆裂", None), ("水质超标", number)]
    sums = shown(check_id, world.root_supervisor).sums
    assert (sums.asked, sums.answered, sums.found, sums.listed) == (2, 1, 2, 1)
    unseen = queries.found_by(task_of(task_id), world.official2)
    assert {one.number for one in unseen} == {None}


def test_given_back_it_is_answered_anew(world: World) -> None:
    check_id = asked(world)
    task_id = answer(world, "supervisor", "一处", "两处")
    with transaction():
        actions.send_back(task_of(task_id), world.root_supervisor, opinion="查到村", version=None, today=TODAY)
    assert shown(check_id, world.root_supervisor).sums.found == 0
    answer(world, "supervisor", "只有这一处", task=task_of(task_id))
    with transaction():
        actions.accept(task_of(task_id), world.root_supervisor, version=None, at=NOW)
    assert [one.wording for one in db.session.scalars(select(Finding))] == ["只有这一处"]


def test_the_page_tells_who_is_late(world: World) -> None:
    check_id = asked(world)
    answer(world, "stranger")
    on_time, late = shown(check_id, world.root_supervisor, 14).sums, shown(check_id, world.root_supervisor, 15).sums
    assert (on_time.answered, on_time.late) == (1, 0)
    assert (late.answered, late.late) == (1, 1)
    assert shown(check_id, world.root_supervisor, 15).parts[0].unit == "新邵县整改办"
    rows = queries.self_checks(world.root_supervisor, TODAY + timedelta(days=15), None).rows
    assert [(row.id, row.asked, row.late) for row in rows] == [(check_id, 2, 1)]


def test_it_costs_the_same_however_many_are_asked(world: World) -> None:
    sent = []
    for units in ([world.county_office.id], [unit.id for key, unit in world.units.items() if key != "office"]):
        check_id = asked(world, unit_ids=units)
        answer(world, "supervisor", "一处", "两处")
        db.session.expire_all()
        person = world.root_supervisor
        assert person.grants
        with counted() as statements:
            shown(check_id, person)
        sent.append(len(statements))
    assert sent[0] == sent[1]


def test_from_the_issues_page_to_the_answer_and_the_list(app: Flask, world: World) -> None:
    with transaction():
        issue = assign_one(world)
        number, title = issue.number, issue.title
    with time_machine.travel(NOW, tick=False):
        city = sign_in(app.test_client(), world.root_supervisor)
        address = f"/self-checks/new?issue={number}"
        assert address in city.get(f"/issues/{number}").text
        form = city.get(address).text
        assert title in form
        assert form.count(" checked") == 2  # both counties, by the office their supervisors sit in
        units = [world.county_office.id, world.wugang_office.id]
        right: dict[str, Any] = {"text": "对照排查", "due": str(DUE), "units": units, "others": ""}
        wrong = city.post(address, data=right | {"others": "查无此单位"})
        assert wrong.status_code == 422
        assert "“查无此单位”没有登记过" in wrong.text
        page = city.post(address, data=right, follow_redirects=True).text
        assert "2 个单位，0 个已答复" in page
        assert number in page
        wugang = sign_in(app.test_client(), world.stranger)
        task = owed(world.stranger)
        theirs = wugang.get(f"/tasks/{task.id}").text
        assert "对照排查" in theirs
        assert number not in theirs  # an issue outside their scope
        said = {"looked_by": "外县督查", "text": "查了 12 个村", "outcome": "found", "found": "", "version": "1"}
        assert "一行一个。" in wugang.post(f"/tasks/{task.id}", data=said).text
        other = wugang.post(f"/tasks/{task.id}", data=said | {"outcome": "none", "found": "甲村"})
        assert other.status_code == 422
        assert "甲村" in other.text
        assert wugang.post(f"/tasks/{task.id}", data=said | {"found": "甲村停水\n\n乙村停水"}).status_code == 302
        assert wugang.get("/self-checks/1").status_code == 404
        assert city.post(f"/tasks/{task.id}/decide", data={"act": "accept", "version": "2"}).status_code == 302
        page = city.get("/self-checks/1").text
        assert "查出 2 个" in page
        assert page.count("等待列单") == 2
        assert "已答复 1／2" in city.get(f"/issues/{number}").text
        official = sign_in(app.test_client(), world.official)
        assert official.get(address).status_code == 403
    db.session.rollback()
    assert db.session.scalars(
        select(Event.subject).where(Event.verb.in_(("ask_self_check", "self_check_asked")))
    ).all() == [
        "self_check",
        "issue",
    ]
    assert db.session.scalars(select(Issue)).one().number == number
    assert task_of(task.id).state is TaskState.ACCEPTED

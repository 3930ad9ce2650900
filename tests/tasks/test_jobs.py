"""Whatever is asked, drawing near, late, answered or decided is told to whom it concerns, once."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.messages.conftest import office as office
from tests.messages.conftest import reach
from tests.messages.receivers import Post
from tests.messages.test_jobs import give_mail
from tests.tasks.test_actions import DUE, asked, task_of
from tests.tasks.test_instructions import instructed
from tests.world import NOW, TODAY, World, sign_in
from tracker.accounts.models import User
from tracker.base.db import db, transaction
from tracker.messages.jobs import deliver, digest
from tracker.messages.models import Message
from tracker.messages.rules import Matter
from tracker.tasks import actions
from tracker.tasks.jobs import tell_tasks
from tracker.tasks.models import Task
from tracker.tasks.rules import TaskState

DAY = timedelta(days=1)


def told(world: World, matter: Matter) -> list[str]:
    """Who was told this, as often as they were."""
    rows = db.session.scalars(select(Message.person_id).where(Message.matter == matter))
    names = {person.id: key for key, person in world.people.items()}
    return sorted(names[row] for row in rows)


def night(day: date) -> int:
    with transaction():
        return tell_tasks(day)["told"]


def do(act: Any, task_id: int, who: User, **more: Any) -> None:
    with transaction():
        act(task_of(task_id), who, version=None, **more)


def test_each_step_of_a_task_is_told_to_whom_it_concerns_and_not_to_who_did_it(any_world: World) -> None:
    world = any_world
    task_id = asked(world)
    assert told(world, Matter.TASK_ASKED) == ["official"]
    do(actions.answer, task_id, world.official, text="已排查")
    assert told(world, Matter.TASK_ANSWERED) == ["supervisor", "supervisor2"]  # the county's, who are nearest
    do(actions.send_back, task_id, world.supervisor2, opinion="还有三个村", today=TODAY)
    assert told(world, Matter.TASK_RETURNED) == ["official"]
    do(actions.answer, task_id, world.official, text="都排查了")
    assert told(world, Matter.TASK_ANSWERED) == ["supervisor", "supervisor", "supervisor2", "supervisor2"]
    do(actions.accept, task_id, world.supervisor2)
    assert told(world, Matter.TASK_SETTLED) == ["official", "supervisor"]  # who owed it and who asked it
    other = asked(world, unit_id=None, person_id=world.official2.id)
    do(actions.withdraw, other, world.supervisor, reason="重复")
    assert told(world, Matter.TASK_WITHDRAWN) == ["official2"]
    unread = db.session.scalars(select(User.unread).where(User.id == world.official.id)).one()
    assert unread == 3  # asked, returned, settled


def test_an_answer_to_a_supervisor_goes_to_who_may_decide_it(world: World) -> None:
    task_id = asked(world, unit_id=None, person_id=world.supervisor.id)
    do(actions.answer, task_id, world.supervisor, text="做了")
    assert told(world, Matter.TASK_ANSWERED) == ["supervisor2"]  # nobody decides their own
    task_id = asked(world, unit_id=world.county_office.id)
    do(actions.answer, task_id, world.supervisor, text="做了")
    above = ["root_supervisor", "root_supervisor2"]  # nor what their unit owes: the next region's
    assert told(world, Matter.TASK_ANSWERED) == [*above, "supervisor2"]


def test_an_answer_to_an_instruction_goes_to_its_leader_alone(world: World) -> None:
    task_id = instructed(world)
    do(actions.answer, task_id, world.official, text="已通水")
    assert told(world, Matter.TASK_ANSWERED) == ["leader"]


def test_a_day_near_and_a_day_passed_are_told_once_however_often_it_runs(any_world: World) -> None:
    world = any_world
    asked(world)
    settled = asked(world, unit_id=world.finance.id)
    do(actions.withdraw, settled, world.supervisor, reason="重复")
    told_by_night = [night(TODAY + DAY * number) for number in range(20)]
    near, late = (DUE - 3 * DAY - TODAY).days, (DUE + DAY - TODAY).days
    assert {number: count for number, count in enumerate(told_by_night) if count} == {near: 1, late: 3}
    assert told(world, Matter.TASK_DUE_SOON) == ["official"]
    assert told(world, Matter.TASK_LATE) == ["official", "supervisor", "supervisor2"]
    assert [night(DUE + DAY), night(DUE - 2 * DAY), night(DUE + 9 * DAY)] == [0, 0, 0]


def test_missed_nights_are_made_up_for_and_a_new_day_counts_anew(world: World) -> None:
    task_id = asked(world)
    assert night(DUE + 5 * DAY) == 3
    do(actions.answer, task_id, world.official, text="已排查")
    assert night(DUE + 6 * DAY) == 0  # it waits for a decision: not late
    do(actions.send_back, task_id, world.supervisor, opinion="再查", today=TODAY, due=DUE + 10 * DAY)
    assert night(DUE + 8 * DAY) == 1  # near again
    assert night(DUE + 11 * DAY) == 3


def test_the_inbox_leads_to_the_task_and_keeps_its_words_from_whoever_lost_it(app: Flask, world: World) -> None:
    task_id = asked(world)
    client = sign_in(app.test_client(), world.official)
    page = client.get("/messages").text
    assert f'href="/tasks/{task_id}"' in page
    assert page.count("排查管网") == 2  # its words, and what was said with it
    with transaction():
        db.session.get_one(User, world.official.id).unit_id = world.finance.id
    page = client.get("/messages").text
    assert "已不在您的职责范围内" in page
    assert "排查管网" not in page


def test_the_morning_says_nothing_of_what_is_asked_no_more_or_is_somebody_elses_by_then(
    any_app: Flask, any_world: World, office: Post
) -> None:
    world = any_world
    reach(any_app, office=office)
    with time_machine.travel(NOW, tick=False):
        address = give_mail(world.official)
        kept, settled, moved = asked(world), asked(world), asked(world)
        do(actions.withdraw, settled, world.supervisor, reason="重复")
        with transaction():
            task_of(moved).unit_id = world.finance.id
            assert digest(TODAY)["digests"] == 1
        assert deliver() == {"sent": 1}
        (letter,) = office.to(address)
        body = base64.b64decode(letter.partition("\r\n\r\n")[2]).decode()
        assert "新的交办事项：1 件" in body
        assert "交办事项已撤销：1 件" in body
        asked(world)
        do(actions.answer, kept, world.official, text="已排查")
        with transaction():
            db.session.execute(update(Task).values(state=TaskState.WITHDRAWN))
            assert digest(TODAY + DAY)["digests"] == 1
        assert deliver() == {"dropped": 1}  # nothing left to say

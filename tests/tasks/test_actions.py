"""What is asked is answered by whoever owes it, decided by others, and never silently late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.world import TODAY, World, upload
from tracker.accounts.models import User
from tracker.base.access import Conflict, Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.tasks import actions, queries
from tracker.tasks.models import Task
from tracker.tasks.rules import Asked, Part, TaskKind, TaskState, is_late

DUE = TODAY + timedelta(days=10)


def asked(world: World, **fields: Any) -> int:
    """A county supervisor's task for the water bureau."""
    values = {"text": "排查管网", "due": DUE, "unit_id": world.water.id, "person_id": None} | fields
    with transaction():
        task = actions.ask(
            TaskKind.DECISION, Asked(**values), world.supervisor, region_id=world.xinshao.id, today=TODAY
        )
        return task.id


def answered(world: World, **fields: Any) -> int:
    task_id = asked(world, **fields)
    with transaction():
        actions.answer(task_of(task_id), world.official, text="已排查", version=None)
    return task_id


def task_of(task_id: int) -> Task:
    return db.session.get_one(Task, task_id)


def sees(world: World, task_id: int) -> set[str]:
    return {key for key, person in world.people.items() if _finds(person, task_id)}


def _finds(person: User, task_id: int) -> bool:
    try:
        return queries.task_with_id(task_id, person).id == task_id
    except Missing:
        return False


OVERSEERS = {
    "root_supervisor", "root_supervisor2", "city_leader", "city_leader2", "supervisor", "supervisor2", "leader", "leader2",
}  # fmt: skip


def test_outside_ones_scope_a_task_does_not_exist(world: World) -> None:
    assert sees(world, asked(world)) == OVERSEERS | {"official"}
    assert sees(world, asked(world, person_id=world.official2.id)) == OVERSEERS | {
        "official2"
    }  # a named person's alone


def test_an_answer_with_evidence_waits_for_a_supervisor_and_is_settled(any_world: World) -> None:
    world = any_world
    task_id = asked(world)
    with transaction():
        actions.answer(
            task_of(task_id), world.official, text="已排查 12 处", uploads=[upload("记录.txt", b"x")], version=1
        )
    assert (task_of(task_id).state, [file.name for file in task_of(task_id).files]) == (
        TaskState.ANSWERED,
        ["记录.txt"],
    )
    with transaction():
        actions.send_back(task_of(task_id), world.supervisor, opinion="还有三个村", version=None, today=TODAY)
    with transaction():
        actions.answer(task_of(task_id), world.official, text="已全部排查", version=None)
        actions.accept(task_of(task_id), world.supervisor2, version=None)
    task = task_of(task_id)
    assert (task.state, task.decided_by_id, task.due) == (TaskState.ACCEPTED, world.supervisor2.id, DUE)
    events = db.session.scalars(select(Event).where(Event.subject == "task").order_by(Event.id)).all()
    assert [event.verb for event in events] == ["ask_task", "answer_task", "return_task", "answer_task", "accept_task"]
    assert events[1].remark is not None
    assert "已排查" not in str(events[1].data)  # free text stands beside the journal


def test_only_whoever_owes_it_answers(world: World) -> None:
    task_id = asked(world)
    for who in ("official2", "supervisor", "stranger_official", "auditor", "nobody"):
        with pytest.raises(Refused), transaction():
            actions.answer(task_of(task_id), world.people[who], text="做了", version=None)
    assert task_of(task_id).state is TaskState.OPEN


def test_only_supervisors_of_the_region_decide(world: World) -> None:
    task_id = answered(world)
    for who in ("official", "leader", "water_supervisor", "stranger", "security_admin"):
        with pytest.raises(Refused), transaction():
            actions.accept(task_of(task_id), world.people[who], version=None)
    assert task_of(task_id).state is TaskState.ANSWERED


def test_nobody_accepts_their_own_answer(world: World) -> None:
    task_id = asked(world, unit_id=None, person_id=world.supervisor.id)
    with transaction():
        actions.answer(task_of(task_id), world.supervisor, text="做了", version=None)
    with pytest.raises(Refused, match="不能验收自己的事"), transaction():
        actions.accept(task_of(task_id), world.supervisor, version=None)
    assert queries.counts(world.supervisor, TODAY).decide == 0
    assert queries.counts(world.root_supervisor, TODAY).decide == 1


def test_two_at_once_have_one_winner(world: World) -> None:
    task_id = answered(world)
    with transaction():
        actions.send_back(task_of(task_id), world.supervisor, opinion="再查", version=2, today=TODAY)
    with transaction():
        actions.answer(task_of(task_id), world.official, text="又查了", version=None)
    with pytest.raises(Conflict), transaction():
        actions.accept(task_of(task_id), world.supervisor2, version=2)  # decides what it has not read


def test_a_task_that_cannot_be_followed_is_refused(world: World) -> None:
    for fields, said in (
        ({"text": " "}, "请写明要做什么"),
        ({"unit_id": None}, "由哪个单位或哪个人"),
        ({"due": TODAY - timedelta(days=1)}, "不能早于今天"),
    ):
        with pytest.raises(Refused, match=said):
            asked(world, **fields)
    assert db.session.scalar(select(Task.id)) is None


def test_late_is_what_nobody_answered_in_time(world: World) -> None:
    late, waits = asked(world), answered(world)
    day = DUE + timedelta(days=1)
    assert is_late(TaskState.OPEN, DUE, day)
    assert not is_late(TaskState.OPEN, DUE, DUE)
    found = queries.listing(Part.LATE, world.supervisor, day, None).rows
    assert [row.id for row in found] == [late]
    assert waits not in {row.id for row in found}
    counts = queries.counts(world.official, day)
    assert (counts.mine, counts.mine_late, counts.all) == (1, 1, 2)


def test_every_count_is_the_length_of_its_list(world: World) -> None:
    asked(world), answered(world), asked(world, person_id=world.supervisor.id)
    for who in ("official", "supervisor", "root_supervisor", "stranger", "leader"):
        for day in (TODAY, DUE + timedelta(days=1)):
            counts = queries.counts(world.people[who], day)
            for part in Part:
                assert counts.of(part) == len(queries.listing(part, world.people[who], day, None).rows), (who, part)


def test_withdrawn_it_asks_nothing_more(world: World) -> None:
    task_id = asked(world)
    with transaction():
        actions.withdraw(task_of(task_id), world.supervisor, reason="重复", version=None)
    assert queries.counts(world.official, date(2030, 1, 1)).mine == 0
    with pytest.raises(Refused), transaction():
        actions.answer(task_of(task_id), world.official, text="做了", version=None)


def test_the_database_itself_wants_somebody_who_owes_it(world: World) -> None:
    task_id = asked(world)
    with pytest.raises(IntegrityError), transaction():
        task_of(task_id).unit_id = None

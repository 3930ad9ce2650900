"""Never two lead officials, lead units or task forces for one issue (DOMAIN §3): not after any hand-over, not past the
door, on both engines."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from tests.world import TODAY, World, assign_one, make_duty
from tracker.audit.queries import differences
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues import actions as issues
from tracker.issues.actions import duty_of
from tracker.issues.models import IssueUnit, TaskForceMember


@pytest.fixture
def world(any_world: World) -> World:
    return any_world


def test_however_often_it_is_handed_over_an_issue_has_one_lead_official_one_lead_unit_and_one_task_force(
    world: World,
) -> None:
    chance = random.Random(7)
    with transaction():
        issue = assign_one(world)
    for turn in range(6):
        leader = chance.choice((world.leader, world.leader2, world.city_leader))
        units = chance.sample((world.water, world.finance, world.units["town"]), k=2)
        members = tuple(person.id for person in chance.sample((world.official, world.official2), k=turn % 3))
        duty = make_duty(
            world, lead_official_id=leader.id, lead_unit_id=units[0].id, unit_ids=tuple(unit.id for unit in units),
            task_force=f"专班{turn}", member_ids=members,
        )  # fmt: skip
        with transaction():
            issues.reassign(issue, world.supervisor, today=TODAY, duty=duty, reason="分工调整")
        assert duty_of(issue) == duty, "the whole chain is the new one, nothing of the old is left beside it"
        assert db.session.scalar(select(func.count()).where(IssueUnit.issue_id == issue.id)) == 2
        assert db.session.scalar(select(func.count()).where(TaskForceMember.issue_id == issue.id)) == len(members)
    hand_overs = db.session.scalars(select(Event).where(Event.subject_id == issue.id, Event.verb == "reassign")).all()
    assert len(hand_overs) == 6
    assert list(differences()) == []


def test_the_database_takes_no_second_first_unit_and_no_member_twice(world: World) -> None:
    with transaction():
        issue = assign_one(world, duty=make_duty(world, member_ids=(world.official.id,)))
    number, town, official = issue.id, world.units["town"].id, world.official.id
    for table, row in (
        (IssueUnit, {"issue_id": number, "unit_id": town, "position": 0}),
        (IssueUnit, {"issue_id": number, "unit_id": world.water.id, "position": 7}),
        (TaskForceMember, {"issue_id": number, "user_id": official}),
    ):
        with pytest.raises(IntegrityError):
            db.session.execute(insert(table), [row])
        db.session.rollback()

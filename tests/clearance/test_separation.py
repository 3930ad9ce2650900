"""Separation of duties, for every pair of roles: whatever part a person had in the work, no level of the review is theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.clearance.test_chains import FOUR, reviewing
from tests.world import NOW, TODAY, World, make_person
from tracker.accounts.models import User
from tracker.base.access import Refused, Role
from tracker.base.db import db, transaction
from tracker.clearance import actions
from tracker.clearance.models import Application
from tracker.clearance.queries import eligible_reviewers, open_application, review_queue
from tracker.clearance.rules import Verdict
from tracker.issues.models import Issue, IssueUnit, TaskForceMember
from tracker.org.rules import Level

Part = Callable[[World, Issue, Application, User], None]


def applicant(_world: World, _issue: Issue, application: Application, person: User) -> None:
    application.applicant_id = person.id


def lead_official(_world: World, issue: Issue, _application: Application, person: User) -> None:
    issue.lead_official_id = person.id


def responsible_person(_world: World, issue: Issue, _application: Application, person: User) -> None:
    issue.responsible_person_id = person.id


def in_the_task_force(_world: World, issue: Issue, _application: Application, person: User) -> None:
    issue.members.append(TaskForceMember(user_id=person.id))


def of_the_lead_unit(world: World, issue: Issue, _application: Application, person: User) -> None:
    issue.lead_unit_id = person.unit_id = world.city_water.id


def of_the_first_unit(world: World, _issue: Issue, _application: Application, person: User) -> None:
    person.unit_id = world.water.id


def of_a_further_unit(world: World, issue: Issue, _application: Application, person: User) -> None:
    issue.units.append(IssueUnit(unit_id=world.town.id, position=len(issue.units)))
    person.unit_id = world.town.id


def reviewer_of_another_level(_world: World, _issue: Issue, application: Application, person: User) -> None:
    other = next(level for level in application.levels if level.position != application.level)
    other.verdict, other.reviewer_id, other.reviewed_at, other.opinion = Verdict.PASSED, person.id, NOW, "属实"


PARTS: tuple[Part, ...] = (
    applicant, lead_official, responsible_person, in_the_task_force, of_the_lead_unit, of_the_first_unit,
    of_a_further_unit, reviewer_of_another_level,
)  # fmt: skip
REGION = {Level.TOWNSHIP: "longxipu", Level.COUNTY: "xinshao", None: "city"}


@pytest.mark.parametrize("position", range(1, len(FOUR) + 1))
def test_nobody_reviews_what_they_had_part_in(world: World, position: int) -> None:
    seat = FOUR[position - 1]
    with transaction():
        actions.set_chain(None, "四级审核", FOUR, world.root_supervisor)
    issue = reviewing(world)
    application = open_application(issue.id)
    assert application is not None
    with transaction():
        application.level = position
        person = make_person(world, "both", "两头人", "office", ((seat.role, REGION[seat.region_level], None),))

    for part in PARTS:
        db.session.expire_all()
        assert person.id in eligible_reviewers(application, TODAY), "without a part in the work the level is theirs"
        assert issue.number in {row.number for row in review_queue(person, TODAY)}
        part(world, issue, application, person)
        db.session.flush()
        db.session.expire_all()
        assert person.id not in eligible_reviewers(application, TODAY), part.__name__
        assert issue.number not in {row.number for row in review_queue(person, TODAY)}, part.__name__
        for act in (actions.pass_level, actions.return_application, actions.ask_site_check):
            with pytest.raises(Refused, match="职责分离"):
                act(issue, person, today=TODAY, opinion="属实")
        db.session.rollback()  # the next part is played on the same application


def test_at_the_root_the_last_level_needs_another_leader_than_the_lead_official(world: World) -> None:
    with transaction():
        actions.set_chain(None, "终审", FOUR[3:], world.root_supervisor)
    issue = reviewing(world)
    with transaction():
        issue.lead_official_id = world.city_leader.id
    application = db.session.scalars(select(Application).where(Application.issue_id == issue.id)).one()
    assert [person for person, _name, _unit in eligible_reviewers(application, TODAY).people] == [world.city_leader2.id]
    with transaction():
        issue.members.append(TaskForceMember(user_id=world.city_leader2.id))
    vacant = eligible_reviewers(application, TODAY)
    assert (vacant.people, vacant.role, vacant.own_region) == ((), Role.LEADER, "邵阳市"), (
        "which post is vacant is named"
    )

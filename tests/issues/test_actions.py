"""Rules of the door: what moves an issue, and what moves along with it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.world import TODAY, World, assign_one, list_one, make_duty
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues import actions
from tracker.issues.models import IssueCount, OverdueEpisode
from tracker.issues.workflow import Kind, State
from tracker.workdays.queries import calendar


def counts() -> dict[tuple[str, str], int]:
    rows = db.session.execute(select(IssueCount.kind, IssueCount.state, IssueCount.number)).all()
    return {(row.kind.value, row.state.value): row.number for row in rows if row.number}


def test_every_move_leaves_an_event_and_moves_the_count(world: World) -> None:
    with transaction():
        issue = list_one(world)
    assert counts() == {("time_limited", "listed"): 1}
    with transaction():
        assign_one(world, issue)
        actions.accept(issue, world.official, today=TODAY)
    assert issue.state is State.PLANNING
    assert counts() == {("time_limited", "planning"): 1}
    assert [event.verb for event in db.session.scalars(select(Event).order_by(Event.id))] == [
        "list",
        "assign",
        "accept",
    ]


def test_an_immediate_issue_needs_no_plan_and_gets_ten_working_days(world: World) -> None:
    with transaction():
        issue = assign_one(world, list_one(world, kind=Kind.IMMEDIATE), deadline=None)
        actions.accept(issue, world.official, today=TODAY)
    assert issue.state is State.RECTIFYING
    assert issue.deadline == calendar().add_workdays(TODAY, 10)
    assert issue.deadline_proposed


def test_assigning_without_a_deadline_refuses(world: World) -> None:
    with pytest.raises(Refused, match="整改时限"), transaction():
        assign_one(world, deadline=None)


def test_a_person_outside_the_scope_cannot_press_anything(world: World) -> None:
    with transaction():
        issue = assign_one(world)
    with pytest.raises(Refused), transaction():
        actions.accept(issue, world.stranger_official, today=TODAY)
    assert issue.state is State.ASSIGNED


def test_declining_and_assigning_again_does_not_move_the_deadline(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        actions.decline(issue, world.official, today=TODAY, reason="不属于本单位职责")
    with pytest.raises(Refused, match="延期"), transaction():
        assign_one(world, issue, deadline=date(2019, 12, 31))
    assert issue.state is State.LISTED


def test_a_taken_over_late_row_is_overdue_from_its_deadline(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        actions.reassign(issue, world.supervisor, today=date(2019, 9, 5), duty=make_duty(world), reason="职责调整")
    episode = db.session.scalars(select(OverdueEpisode)).one()
    assert episode.starts_on == date(2019, 9, 1)
    assert issue.overdue_from == episode.starts_on


def test_correcting_cannot_postpone_the_deadline(world: World) -> None:
    with transaction():
        issue = assign_one(world)
    for deadline in (issue.deadline + timedelta(days=1), None):
        with pytest.raises(Refused, match="延期"), transaction():
            actions.correct(issue, world.supervisor, today=TODAY, reason="写错了", changes={"deadline": deadline})
    assert issue.deadline == date(2019, 8, 31)

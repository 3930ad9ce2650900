"""Plans: handed in by a handler, decided by the lead official alone, one at a time, one approved at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from tests.base.test_db import THREADS, in_threads
from tests.dossier.situations import DUE, accepted, planned, rectifying
from tests.world import TODAY, World, assign_one, list_one, make_duty
from tracker.accounts.models import User
from tracker.base.access import Conflict, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind, State
from tracker.plans import actions
from tracker.plans.models import Measure, Plan
from tracker.plans.queries import all_measures_done, approved_plan, measures_state, plans_of, waiting_plan
from tracker.plans.rules import PlanState

LATER = TODAY + timedelta(days=2)


@pytest.fixture
def issue(world: World) -> Issue:
    """Signed for: a plan is to be made."""
    with transaction():
        return accepted(world, Kind.TIME_LIMITED)


def submit(issue: Issue, actor: Any, **overrides: Any) -> Plan:
    values: dict[str, Any] = {"today": TODAY, "goals": "全村通水", "measures": [("铺管", "水利局", DUE)]}
    with transaction():
        return actions.submit_plan(issue, actor, **(values | overrides))


def rows() -> tuple[int, ...]:
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Plan, Measure, Event))


def states(issue: Issue) -> list[PlanState]:
    return [plan.state for plan in reversed(plans_of(issue.id))]


# --- handed in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lacking", "word"),
    [
        ({"goals": " "}, "整改目标"),
        ({"measures": []}, "整改措施"),
        ({"measures": [("铺管", "", DUE), ("通水", "", DUE + timedelta(days=1))]}, "不晚于整改时限"),
        ({"measures": [("", "水利局", DUE)]}, "整改措施"),
    ],
)
def test_a_plan_has_goals_and_measures_due_by_the_deadline(
    world: World, issue: Issue, lacking: dict[str, Any], word: str
) -> None:
    before = rows()
    with pytest.raises(Refused, match=word):
        submit(issue, world.official, **lacking)
    assert rows() == before


def test_a_task_force_is_named_in_the_duty_chain_by_its_members_or_in_the_plan(world: World) -> None:
    def signed(**duty: Any) -> Issue:
        with transaction():
            made = assign_one(world, list_one(world), duty=make_duty(world, task_force=None, **duty))
            issues.accept(made, world.official, today=TODAY)
        return made

    nobody = signed()
    with pytest.raises(Refused, match="专班"):
        submit(nobody, world.official, task_force="  ")
    submit(nobody, world.official, task_force="饮水专班")
    assert nobody.task_force == "饮水专班"
    submit(signed(member_ids=(world.official2.id,)), world.official)


def test_every_handler_may_hand_it_in_and_nobody_else(world: World, issue: Issue) -> None:
    for key in sorted(set(world.people) - {"official", "official2"}):
        with pytest.raises(Refused):
            submit(issue, world.people[key])
    assert submit(issue, world.official2).version == 1


def test_a_long_term_problem_without_a_deadline_binds_no_measure(world: World) -> None:
    with transaction():
        made = assign_one(world, list_one(world, kind=Kind.LONG_TERM), deadline=None, review_on=date(2020, 1, 1))
        issues.accept(made, world.official, today=TODAY)
    assert submit(made, world.official, measures=[("建立管护制度", "", date(2025, 1, 1))])


def test_while_a_plan_waits_there_is_no_second_one(world: World, issue: Issue) -> None:
    submit(issue, world.official)
    before = rows()
    with pytest.raises(Refused, match="等待牵头领导"):
        submit(issue, world.official2)
    assert rows() == before


# --- decided ------------------------------------------------------------------------------------------------------


def test_only_the_lead_official_decides(world: World, issue: Issue) -> None:
    submit(issue, world.official)
    for key in sorted(set(world.people) - {"leader"}):
        with pytest.raises(Refused), transaction():
            actions.approve_plan(issue, world.people[key], today=TODAY)
        with pytest.raises(Refused), transaction():
            actions.return_plan(issue, world.people[key], today=TODAY, reason="措施太少")
    assert (issue.state, states(issue)) == (State.PLANNING, [PlanState.SUBMITTED])
    with transaction():
        actions.approve_plan(issue, world.leader, today=TODAY)
    assert (issue.state, states(issue)) == (State.RECTIFYING, [PlanState.APPROVED])


def test_a_lead_official_without_a_leaders_post_approves_nothing(world: World) -> None:
    with transaction():
        made = assign_one(world, list_one(world), duty=make_duty(world, lead_official_id=world.official2.id))
        issues.accept(made, world.official, today=TODAY)
    submit(made, world.official)
    with pytest.raises(Refused), transaction():
        actions.approve_plan(made, world.official2, today=TODAY)


def test_a_plan_is_returned_with_a_reason_and_the_next_is_a_new_version(world: World, issue: Issue) -> None:
    submit(issue, world.official)
    with pytest.raises(Refused, match="理由"), transaction():
        actions.return_plan(issue, world.leader, today=TODAY, reason=" ")
    with transaction():
        actions.return_plan(issue, world.leader, today=TODAY, reason="没有写谁来做")
    assert issue.state is State.PLANNING
    with pytest.raises(Refused, match="没有待批准"), transaction():
        actions.approve_plan(issue, world.leader, today=TODAY)
    assert submit(issue, world.official).version == 2
    assert states(issue) == [PlanState.RETURNED, PlanState.SUBMITTED]
    assert plans_of(issue.id)[1].reason == "没有写谁来做"


def test_a_plan_made_before_a_hand_over_is_not_approved_after_it(world: World) -> None:
    with transaction():
        made = planned(world, Kind.TIME_LIMITED)
        issues.reassign(made, world.supervisor, today=TODAY, duty=make_duty(world), reason="分工调整")
        issues.accept(made, world.official, today=TODAY)
    assert waiting_plan(made.id) is None
    with pytest.raises(Refused, match="没有待批准"), transaction():
        actions.approve_plan(made, world.leader, today=TODAY)
    submit(made, world.official)
    assert states(made) == [PlanState.REPLACED, PlanState.SUBMITTED]


def test_there_are_never_two_approved_plans(any_world: World) -> None:
    with transaction():
        made = rectifying(any_world, Kind.TIME_LIMITED)
        duty = make_duty(any_world, lead_official_id=any_world.leader2.id)
        issues.reassign(made, any_world.supervisor, today=TODAY, duty=duty, reason="分工调整")
        issues.accept(made, any_world.official, today=TODAY)
    submit(made, any_world.official)
    with transaction():
        actions.approve_plan(made, any_world.leader2, today=TODAY)
    assert states(made) == [PlanState.REPLACED, PlanState.APPROVED]
    with pytest.raises((IntegrityError, Conflict)), transaction():
        db.session.execute(update(Plan).values(state=PlanState.APPROVED))


def test_of_several_decisions_at_once_one_holds(any_app: Flask, any_world: World) -> None:
    with transaction():
        made = planned(any_world, Kind.TIME_LIMITED)
    issue_id, leader, seen = made.id, any_world.leader.id, made.version
    db.session.rollback()

    def decide(place: int) -> None:
        issue, actor = db.session.get_one(Issue, issue_id), db.session.get_one(User, leader)
        with transaction():
            issues.unchanged(issue, seen)
            if place % 2:
                actions.approve_plan(issue, actor, today=TODAY)
            else:
                actions.return_plan(issue, actor, today=TODAY, reason="措施太少")

    raised = in_threads(any_app, decide)
    # On PostgreSQL one who read the issue just before the decision finds nothing waiting any more.
    assert len(raised) == THREADS - 1
    assert all(isinstance(error, Refused) for error in raised), raised
    db.session.rollback()
    (plan,) = plans_of(issue_id)
    assert (plan.state is PlanState.APPROVED) == (db.session.get_one(Issue, issue_id).state is State.RECTIFYING)
    decided = select(func.count()).where(Event.verb.in_(["approve_plan", "return_plan"]))
    assert db.session.scalar(decided) == 1


# --- carried out --------------------------------------------------------------------------------------------------


@pytest.fixture
def running(world: World) -> Issue:
    """Two measures to carry out."""
    with transaction():
        return rectifying(world, Kind.TIME_LIMITED)


def measures(issue: Issue) -> list[Measure]:
    plan = approved_plan(issue.id)
    assert plan is not None
    return plan.measures


def test_a_measure_ticked_off_counts_and_the_tick_can_be_taken_back(world: World, running: Issue) -> None:
    first, _second = measures(running)
    with transaction():
        actions.finish_measure(running, world.official, first.id, True, today=TODAY)
    assert (measures_state(running.id), all_measures_done(running.id)) == ((1, 2), False)
    with transaction():
        actions.finish_measure(running, world.official, first.id, False, today=TODAY)
    assert measures_state(running.id) == (0, 2)
    told = select(Event.data).where(Event.verb == "report").order_by(Event.id)
    assert [event["done"] for event in db.session.scalars(told)] == [True, False]


def test_the_first_day_a_measure_was_done_stands(world: World, running: Issue) -> None:
    first, second = measures(running)
    for day in (TODAY, LATER):
        with transaction():
            actions.finish_measure(running, world.official, first.id, True, today=day)
    with transaction():
        actions.finish_measure(running, world.official2, second.id, True, today=LATER)
    assert [measure.done_on for measure in measures(running)] == [TODAY, LATER]
    assert all_measures_done(running.id)


def test_a_measure_of_another_plan_or_by_another_person_is_not_ticked(world: World, running: Issue) -> None:
    old = measures(running)[0].id
    with transaction():
        other = rectifying(world, Kind.TIME_LIMITED)
    with pytest.raises(Refused, match="现行整改方案"), transaction():
        actions.finish_measure(other, world.official, old, True, today=TODAY)
    with pytest.raises(Refused), transaction():
        actions.finish_measure(running, world.supervisor, old, True, today=TODAY)
    assert not db.session.scalars(select(Measure.id).where(Measure.done_on.is_not(None))).all()
    assert not db.session.scalars(select(Event.id).where(Event.verb == "report")).all()

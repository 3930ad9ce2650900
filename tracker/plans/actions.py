"""Use cases: submit, approve, return a plan; finish its measures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from tracker.base import clock
from tracker.base.access import N_, Actor, Refused
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.issues.actions import advance
from tracker.issues.models import Issue
from tracker.issues.workflow import Fact, Verb
from tracker.plans.models import Measure, Plan
from tracker.plans.queries import approved_plan, submitted_plan, waiting_plan
from tracker.plans.rules import PlanState, in_time


def submit_plan(
    issue: Issue,
    actor: Actor,
    *,
    today: date,
    goals: str,
    measures: Sequence[tuple[str, str, date]],
    task_force: str | None = None,
    at: datetime | None = None,
) -> Plan:
    """Hand in a new version of the plan (报方案).

    ``measures``: what, by whom, due; ``task_force`` replaces the one named.
    """
    instant = at or clock.now()
    force = (task_force or "").strip() or issue.task_force
    waiting = waiting_plan(issue.id)
    version = _next_version(issue.id)
    advance(
        issue,
        Verb.SUBMIT_PLAN,
        actor,
        today=today,
        at=instant,
        data={"plan": version},
        changes={"task_force": force},
        facts={
            Fact.NO_PLAN_WAITING: waiting is None,
            Fact.GOALS: bool(goals.strip()),
            Fact.MEASURES_IN_TIME: in_time(measures, issue.deadline),
            Fact.TASK_FORCE: bool(force or issue.members),
        },
    )
    _set_aside(submitted_plan(issue.id), instant)
    plan = Plan(
        issue_id=issue.id,
        version=version,
        state=PlanState.SUBMITTED,
        goals=goals.strip(),
        submitted_by_id=actor.id,
        submitted_for_id=actor.for_id,
        submitted_at=instant,
    )
    plan.measures = [
        Measure(position=place, text=text.strip(), owner=owner.strip(), due=due)
        for place, (text, owner, due) in enumerate(measures)
    ]
    db.session.add(plan)
    db.session.flush()
    return plan


def approve_plan(issue: Issue, actor: Actor, *, today: date, at: datetime | None = None) -> Event:
    """The lead official approves (批准); a plan approved before, for another duty chain, is set aside."""
    instant = at or clock.now()
    plan = _others_plan(issue, actor)
    event = advance(
        issue,
        Verb.APPROVE_PLAN,
        actor,
        today=today,
        at=instant,
        facts={Fact.PLAN_SUBMITTED: plan is not None},
        data={"plan": plan.version} if plan else {},
    )
    assert plan is not None  # the fact above refused otherwise
    _set_aside(approved_plan(issue.id), instant)
    _decide(plan, PlanState.APPROVED, actor, instant)
    return event


def _decide(plan: Plan, state: PlanState, actor: Actor, at: datetime) -> None:
    plan.state, plan.decided_at = state, at
    plan.decided_by_id, plan.decided_for_id = actor.id, actor.for_id


def _others_plan(issue: Issue, actor: Actor) -> Plan | None:
    """The plan to decide. Raises Refused where a stand-in's hand would approve what the same hand wrote."""
    plan = waiting_plan(issue.id)
    if plan is not None and plan.submitted_by_id == actor.id and (actor.for_id or plan.submitted_for_id):
        raise Refused(N_("这一版方案是您经手上报的，代理期间不能又由您批准；请由他人办理。"))
    return plan


def return_plan(issue: Issue, actor: Actor, *, today: date, reason: str, at: datetime | None = None) -> Event:
    """The lead official gives it back with a reason (退回)."""
    instant = at or clock.now()
    plan = waiting_plan(issue.id)
    event = advance(
        issue,
        Verb.RETURN_PLAN,
        actor,
        today=today,
        at=instant,
        remark=reason.strip(),
        facts={Fact.PLAN_SUBMITTED: plan is not None},
        data={"plan": plan.version} if plan else {},
    )
    assert plan is not None  # the fact above refused otherwise
    _decide(plan, PlanState.RETURNED, actor, instant)
    plan.reason = reason.strip()
    return event


def finish_measure(
    issue: Issue, actor: Actor, measure_id: int, done: bool, *, today: date, at: datetime | None = None
) -> Event:
    """Tick a measure off, or take the tick back; a report whose text is the measure's own."""
    event = advance(
        issue,
        Verb.REPORT,
        actor,
        today=today,
        at=at,
        facts={Fact.TEXT: True},
        data={"measures": [measure_id], "done": done},
    )
    tick_measures(issue, [measure_id], done_on=today if done else None)
    return event


def tick_measures(issue: Issue, measure_ids: Collection[int], *, done_on: date | None) -> None:
    """Set when these measures of the approved plan were done. Part of a report: the caller passes the door.

    Raises Refused for a measure that is not of the plan being carried out.
    """
    if not measure_ids:
        return
    plan = approved_plan(issue.id)
    own = {measure.id: measure for measure in plan.measures} if plan else {}
    if not set(measure_ids) <= own.keys():
        raise Refused(N_("所选措施不在现行整改方案里，请刷新页面后重选。"))
    for measure_id in measure_ids:
        if done_on is None or own[measure_id].done_on is None:  # the first day it was done stands
            own[measure_id].done_on = done_on


def _next_version(issue_id: int) -> int:
    return 1 + (db.session.scalar(select(func.max(Plan.version)).where(Plan.issue_id == issue_id)) or 0)


def _set_aside(plan: Plan | None, instant: datetime) -> None:
    """A plan made for a duty chain that no longer has the issue; there is only ever one approved, one submitted."""
    if plan is None:
        return
    plan.state, plan.decided_at = PlanState.REPLACED, plan.decided_at or instant
    db.session.flush()

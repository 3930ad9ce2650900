"""Questions about plans and their measures, asked for an issue already found through its scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.base.access import Missing
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.issues.workflow import Verb
from tracker.plans.models import Measure, Plan
from tracker.plans.rules import MeasureChange, Piece, PlanState, difference, measure_changes

_EVERYTHING = (
    selectinload(Plan.measures),
    joinedload(Plan.submitted_by),
    joinedload(Plan.submitted_for),
    joinedload(Plan.decided_by),
    joinedload(Plan.decided_for),
)


def plans_of(issue_id: int) -> list[Plan]:
    """Every version with its measures, newest first."""
    return list(
        db.session.scalars(
            select(Plan).where(Plan.issue_id == issue_id).order_by(Plan.version.desc()).options(*_EVERYTHING)
        )
    )


@dataclass(frozen=True)
class Comparison:
    """Two versions of a plan: what became of the goals and of each measure."""

    before: Plan
    after: Plan

    @property
    def goals(self) -> list[Piece]:
        return difference(self.before.goals, self.after.goals)

    @property
    def measures(self) -> list[MeasureChange]:
        return measure_changes(self.before.measures, self.after.measures)


def comparison(plans: Sequence[Plan], before: int | None, after: int | None) -> Comparison | None:
    """Of the versions asked for, by default the latest with the one before it; None where there is only one.

    ``plans`` as ``plans_of`` returns them. Raises Missing for a version there never was.
    """
    if len(plans) < 2:
        return None
    known = {plan.version: plan for plan in plans}
    later = known.get(after or plans[0].version)
    earlier = known.get(before or max((v for v in known if later and v < later.version), default=plans[-1].version))
    if later is None or earlier is None:
        raise Missing
    return Comparison(earlier, later)


def current_plan(issue_id: int) -> Plan | None:
    """The latest version, whatever became of it."""
    return db.session.scalar(
        select(Plan).where(Plan.issue_id == issue_id).order_by(Plan.version.desc()).limit(1).options(*_EVERYTHING)
    )


def approved_plan(issue_id: int) -> Plan | None:
    """The plan being carried out."""
    return _in_state(issue_id, PlanState.APPROVED)


def submitted_plan(issue_id: int) -> Plan | None:
    """The version not decided yet, also one overtaken by a hand-over (``waiting_plan`` leaves that out)."""
    return _in_state(issue_id, PlanState.SUBMITTED)


def waiting_plan(issue_id: int) -> Plan | None:
    """The plan the lead official is to decide; none when the issue was handed over after it was submitted."""
    plan = submitted_plan(issue_id)
    return None if plan is None or _overtaken(issue_id) else plan


def _overtaken(issue_id: int) -> bool:
    """Whether another duty chain got the issue since the last plan was submitted.

    By the order of events, not by dates: both may happen on one day.
    """
    latest = select(Event.verb).where(
        Event.subject == "issue",
        Event.subject_id == issue_id,
        Event.verb.in_([Verb.SUBMIT_PLAN.value, Verb.REASSIGN.value, Verb.ASSIGN.value]),
    )
    return db.session.scalar(latest.order_by(Event.id.desc()).limit(1)) != Verb.SUBMIT_PLAN.value


def _in_state(issue_id: int, state: PlanState) -> Plan | None:
    # every act on a plan asks this: what hangs on it is loaded where it is looked at
    return db.session.scalar(select(Plan).where(Plan.issue_id == issue_id, Plan.state == state))


def measures_state(issue_id: int) -> tuple[int, int]:
    """(done, total) measures of the approved plan; (0, 0) without one."""
    return measure_counts([issue_id]).get(issue_id, (0, 0))


def measure_counts(issue_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """(done, total) measures of the approved plan per issue, in one query; an issue without a plan is left out."""
    if not issue_ids:
        return {}
    rows = db.session.execute(
        select(Plan.issue_id, func.count(Measure.done_on), func.count())
        .join(Measure, Measure.plan_id == Plan.id)
        .where(Plan.issue_id.in_(issue_ids), Plan.state == PlanState.APPROVED)
        .group_by(Plan.issue_id)
    ).all()
    return {issue: (done, total) for issue, done, total in rows}


def all_measures_done(issue_id: int) -> bool:
    """Whether no measure of the approved plan is left; an issue without a plan (immediate, taken over) has none."""
    done, total = measures_state(issue_id)
    return done == total

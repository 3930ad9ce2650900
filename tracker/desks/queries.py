"""What waits for a person: each desk in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.base.access import Actor
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.board import queries as board
from tracker.board.rules import Standing
from tracker.clearance.models import Application
from tracker.clearance.queries import review_queue, review_queue_count
from tracker.clearance.rules import ApplicationState
from tracker.deadlines.queries import extensions_to_decide, extensions_to_decide_count
from tracker.desks.rules import Step, next_step
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode
from tracker.issues.queries import handled_by, visible_to
from tracker.issues.rules import EpisodeEnd
from tracker.issues.workflow import State, Verb
from tracker.org.models import Region
from tracker.plans.models import Plan
from tracker.plans.rules import PlanState
from tracker.register import queries as register
from tracker.register.rules import COUNT_LIMIT, Filters

SHOWN = 50

_OPEN: ColumnElement[bool] = literal_column("issue.state NOT IN ('cleared','dismissed')")


@dataclass(frozen=True)
class Task:
    """One row of the official's desk. ``back``: why it came back, None when it did not."""

    item: register.Item
    step: Step | None
    back: str | None


@dataclass(frozen=True)
class OfficialDesk:
    """``counts``: of all, to sign, returned, overdue; ``today``: how many are any of these (one may be two of them)."""

    tasks: list[Task]
    counts: dict[str, int]
    today: int


def _first(actor: Actor) -> ColumnElement[bool]:
    return exists().where(IssueUnit.issue_id == Issue.id, IssueUnit.position == 0, IssueUnit.unit_id == actor.unit_id)


def _plan(state: PlanState) -> ColumnElement[bool]:
    """The latest version of the plan is in this state, and the issue was not handed over since."""
    later = aliased(Plan)
    newest = ~exists().where(later.issue_id == Plan.issue_id, later.version > Plan.version)
    return exists().where(Plan.issue_id == Issue.id, Plan.state == state, newest, _not_overtaken())


def _not_overtaken() -> ColumnElement[bool]:
    """No other duty chain got the issue after its plan was submitted; the set's form of ``plans.queries.waiting_plan``,
    by the order of events: both may happen at one instant."""
    handed, submitted = aliased(Event), aliased(Event)
    of_issue = [[event.subject == "issue", event.subject_id == Plan.issue_id] for event in (handed, submitted)]
    since = (
        select(func.coalesce(func.max(submitted.id), 0))
        .where(*of_issue[1], submitted.verb == Verb.SUBMIT_PLAN.value)
        .correlate(Plan)
        .scalar_subquery()
    )
    return ~exists().where(
        *of_issue[0], handed.verb.in_([Verb.ASSIGN.value, Verb.REASSIGN.value]), handed.id > since
    ).correlate(Plan)


def _returned() -> ColumnElement[bool]:
    """Given back: its plan, or its latest application."""
    later = aliased(Application)
    newest = ~exists().where(later.issue_id == Application.issue_id, later.id > Application.id)
    application = exists().where(
        Application.issue_id == Issue.id, Application.state == ApplicationState.RETURNED, newest
    )
    return or_(
        and_(Issue.state == State.PLANNING, _plan(PlanState.RETURNED)),
        and_(Issue.state == State.RECTIFYING, application),
    )


def official_desk(actor: Actor, today: date, part: str = "") -> OfficialDesk:
    """What the person handles, most urgent first; ``part``: sign, back or overdue, else all."""
    mine = (_OPEN, handled_by(actor))
    parts = {
        "sign": and_(Issue.state == State.ASSIGNED, _first(actor)),
        "back": _returned(),
        "overdue": Issue.overdue_from <= today,
    }
    counted = db.session.execute(
        select(
            func.count(case((or_(*parts.values()), 1))),
            func.count(),
            *(func.count(case((condition, 1))) for condition in parts.values()),
        ).where(*mine)
    ).one()
    urgency = case((parts["overdue"], 0), (parts["sign"], 1), (parts["back"], 2), else_=3)
    query = (
        register.rows()
        .add_columns(
            _first(actor).label("first"),
            _plan(PlanState.SUBMITTED).label("plan_waiting"),
            parts["back"].label("came_back"),
        )
        .where(*mine, *([parts[part]] if part in parts else []))
    )
    rows = db.session.execute(
        query.order_by(urgency, Issue.deadline.is_(None), Issue.deadline, Issue.id).limit(SHOWN)
    ).all()
    tasks = [_task(item) for item in register.items(rows, today)]
    return OfficialDesk(tasks, dict(zip(("all", *parts), counted[1:], strict=True)), counted[0])


def _task(item: register.Item) -> Task:
    row = item.row
    done = item.progress is None or item.progress[0] >= item.progress[1]
    chain = bool(row.lead_official_id and row.lead_unit_id and item.units)
    step = next_step(State(row.state), first=row.first, chain=chain, plan_waiting=row.plan_waiting, done=done)
    return Task(item, step, row.state if row.came_back else None)


# --- supervisor -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SupervisorFigures:
    """The strip: each number is the length of a list, counted no further than the list is. ``change``: of the overdue
    against a week ago."""

    overdue: int
    change: int
    reviews: int
    extensions: int
    unsigned: int
    incomplete: int
    listed: int


def supervisor_figures(actor: Actor, today: date) -> SupervisorFigures:
    def length(**conditions: Any) -> int:
        return register.count(register.scope(Filters(**conditions), actor, today), COUNT_LIMIT + 1)

    return SupervisorFigures(
        overdue=length(overdue=True),
        change=_change_since(actor, today - timedelta(days=7), today),
        reviews=review_queue_count(actor),
        extensions=extensions_to_decide_count(actor),
        unsigned=length(unsigned=True),
        incomplete=length(incomplete=True),
        listed=length(state=(State.LISTED,)),
    )


def _change_since(actor: Actor, day: date, today: date) -> int:
    """How many more of the person's issues are overdue than on that day: those that came, less those that went.

    Two short stretches of an index each, whatever the number overdue.
    """
    came = and_(literal_column("issue.overdue_from IS NOT NULL"), Issue.overdue_from > day, Issue.overdue_from <= today)
    went = (
        select(func.count())
        .select_from(OverdueEpisode)
        .join(Issue, Issue.id == OverdueEpisode.issue_id)
        .where(
            literal_column("overdue_episode.ended_on IS NOT NULL"),
            OverdueEpisode.ended_on > day,
            OverdueEpisode.starts_on <= day,
            OverdueEpisode.end != EpisodeEnd.ANNULLED,
            visible_to(actor),
        )
    )
    arrived = select(func.count()).select_from(Issue).where(came, visible_to(actor))
    number = db.session.execute(select(arrived.scalar_subquery(), went.scalar_subquery())).one()
    return int(number[0] - number[1])


@dataclass(frozen=True)
class Reviews:
    """What waits for a decision of this person: the first rows of each list, and how many there are."""

    applications: Sequence[Row[Any]]
    extensions: Sequence[Any]
    plans: Sequence[Any]
    counts: dict[str, int]

    @property
    def number(self) -> int:
        return sum(self.counts.values())


def reviews(actor: Actor) -> Reviews:
    applications, extensions = review_queue(actor, SHOWN), extensions_to_decide(actor, SHOWN)
    plans = plans_to_decide(actor)
    return Reviews(
        applications,
        extensions,
        plans,
        {
            "applications": len(applications) if len(applications) < SHOWN else review_queue_count(actor),
            "extensions": len(extensions) if len(extensions) < SHOWN else extensions_to_decide_count(actor),
            "plans": len(plans),
        },
    )


def plans_to_decide(actor: Actor) -> Sequence[Any]:
    """Plans that wait for this lead official: number, title, county, by, at."""
    by = aliased(User)
    return db.session.execute(
        select(
            Issue.number,
            Issue.title,
            Region.name.label("county"),
            by.name.label("by"),
            Plan.submitted_at.label("at"),
            Issue.deadline,
        )
        .join(Plan, and_(Plan.issue_id == Issue.id, Plan.state == PlanState.SUBMITTED))
        .join(Region, Region.id == Issue.county_id)
        .join(by, by.id == Plan.submitted_by_id)
        .where(Issue.lead_official_id == actor.id, Issue.state == State.PLANNING, _not_overtaken())
        .order_by(Plan.submitted_at, Plan.id)
    ).all()


# --- leader ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeaderDesk:
    proven: int
    cells: int
    waiting: Reviews
    led: list[register.Item]
    led_count: int
    counties: list[tuple[int, str, int, int]]  # id, name, open, overdue; the most overdue first


def leader_desk(actor: Actor, today: date) -> LeaderDesk:
    """What the leader is asked to decide, what they lead, and where it is overdue."""
    shown = board.board(actor, today)
    led = (Issue.lead_official_id == actor.id, _OPEN)
    rows = db.session.execute(
        register.rows()
        .where(*led)
        .order_by(Issue.overdue_from.is_(None), Issue.overdue_from, Issue.deadline.is_(None), Issue.deadline, Issue.id)
        .limit(SHOWN)
    ).all()
    counties = [
        (column.id, column.name, tally.open, tally.overdue)
        for column, tally in zip(shown.columns, shown.sums, strict=True)
    ]
    return LeaderDesk(
        proven=shown.standings[Standing.PROVEN],
        cells=sum(shown.standings.values()),
        waiting=reviews(actor),
        led=register.items(rows, today),
        led_count=db.session.scalar(select(func.count()).select_from(Issue).where(*led)) or 0,
        counties=sorted(counties, key=lambda county: -county[3]),
    )

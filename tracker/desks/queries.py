"""What waits for a person: each desk in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.accounts.queries import linked_counties
from tracker.base.access import Actor, Missing
from tracker.base.db import db
from tracker.base.paging import Page, Segment, read_page
from tracker.board import queries as board
from tracker.board.rules import Standing
from tracker.clearance.models import Application
from tracker.clearance.queries import review_queue, review_queue_count
from tracker.clearance.rules import ApplicationState
from tracker.deadlines.queries import (
    extensions_to_decide,
    extensions_to_decide_count,
    kept_clocks,
    objections_to_decide,
    objections_to_decide_count,
)
from tracker.deadlines.rules import LEVEL_NAMES, Clock, allowed_workdays, late_since
from tracker.desks.models import Batch, BatchItem
from tracker.desks.rules import MOST_AT_ONCE, By, Part, Step, next_step, weeks
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode
from tracker.issues.queries import handled_by, visible_to
from tracker.issues.rules import EpisodeEnd
from tracker.issues.workflow import State
from tracker.lookbacks.queries import due_count
from tracker.lookbacks.rules import Asked
from tracker.org.models import Region, Unit
from tracker.plans.models import Plan
from tracker.plans.rules import PlanState
from tracker.register import queries as register
from tracker.register.rules import COUNT_LIMIT, Filters, overdue_between
from tracker.withdrawals import queries as withdrawals
from tracker.workdays.queries import calendar

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
    """``counts``: all, to sign, returned, stalled, overdue, and today: those that ask something of the person now, each once."""

    tasks: list[Task]
    counts: dict[str, int]


def is_first(actor: Actor) -> ColumnElement[bool]:
    """The person's unit is the first responsible one (主责)."""
    return exists().where(IssueUnit.issue_id == Issue.id, IssueUnit.position == 0, IssueUnit.unit_id == actor.unit_id)


def _plan(state: PlanState) -> ColumnElement[bool]:
    """The latest version of the plan is in this state."""
    later = aliased(Plan)
    newest = ~exists().where(later.issue_id == Plan.issue_id, later.version > Plan.version)
    return exists().where(Plan.issue_id == Issue.id, Plan.state == state, newest)


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


def _stalled(actor: Actor, today: date) -> ColumnElement[bool]:
    """The signature or the plan takes longer than its working days, and it is this person's turn."""
    days, clocks = calendar(), kept_clocks()
    late = {
        which: late_since(today, days, allowed_workdays(which, clocks)) for which in (Clock.UNSIGNED, Clock.PLANNING)
    }
    signing = and_(Issue.state == State.ASSIGNED, is_first(actor), Issue.waiting_since <= late[Clock.UNSIGNED])
    waits = _plan(PlanState.SUBMITTED)
    return or_(signing, and_(Issue.state == State.PLANNING, ~waits, Issue.waiting_since <= late[Clock.PLANNING]))


def official_desk(actor: Actor, today: date, part: str = "") -> OfficialDesk:
    """What the person handles, most urgent first; ``part``: sign, back, stalled or overdue, else all."""
    mine = (_OPEN, handled_by(actor))
    parts = {
        "sign": and_(Issue.state == State.ASSIGNED, is_first(actor)),
        "back": _returned(),
        "stalled": _stalled(actor, today),
        "overdue": Issue.overdue_from <= today,
    }
    counts = {**parts, "today": or_(*parts.values())}
    counted = db.session.execute(
        select(func.count(), *(func.count(case((condition, 1))) for condition in counts.values())).where(*mine)
    ).one()
    urgency = case((parts["overdue"], 0), (parts["stalled"], 1), (parts["sign"], 2), (parts["back"], 3), else_=4)
    query = (
        register.rows()
        .add_columns(
            is_first(actor).label("first"),
            _plan(PlanState.SUBMITTED).label("plan_waiting"),
            parts["back"].label("came_back"),
        )
        .where(*mine, *([parts[part]] if part in parts else []))
    )
    rows = db.session.execute(
        query.order_by(urgency, Issue.deadline.is_(None), Issue.deadline, Issue.id).limit(SHOWN)
    ).all()
    tasks = [_task(item) for item in register.items(rows, today, kept_clocks())]
    return OfficialDesk(tasks, dict(zip(("all", *counts), counted, strict=True)))


def _task(item: register.Item) -> Task:
    row = item.row
    done = item.progress is None or item.progress[0] >= item.progress[1]
    chain = bool(row.lead_official_id and row.lead_unit_id and item.units)
    step = next_step(State(row.state), first=row.first, chain=chain, plan_waiting=row.plan_waiting, done=done)
    return Task(item, step, row.state if row.came_back else None)


# --- supervisor -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SupervisorFigures:
    """The strip: each number is the length of a list. ``last_week``: how many were overdue seven days ago."""

    overdue: int
    last_week: int
    reviews: int
    extensions: int
    objections: int
    unsigned: int
    stalled: int
    incomplete: int
    review_due: int
    look_backs: int
    withdrawals: int
    listed: int


def supervisor_figures(actor: Actor, today: date) -> SupervisorFigures:
    def length(**conditions: Any) -> int:
        return register.count(register.scope(Filters(**conditions), actor, today), COUNT_LIMIT + 1)

    return SupervisorFigures(
        overdue=length(overdue=True),
        last_week=_overdue_on(actor, today - timedelta(days=7)),
        reviews=review_queue_count(actor, today),
        extensions=extensions_to_decide_count(actor, today),
        objections=objections_to_decide_count(actor, today),
        unsigned=length(unsigned=True),
        stalled=length(stalled=True),
        incomplete=length(incomplete=True),
        review_due=length(review_due=True),
        look_backs=due_count(Asked(), actor, today),
        withdrawals=withdrawals.to_decide_count(actor, today),
        listed=length(state=(State.LISTED,)),
    )


def _overdue_on(actor: Actor, day: date) -> int:
    """How many of the person's issues had a running episode on that day."""
    running = _in_part(Part.RUNNING, day, day - timedelta(days=7))
    query = select(func.count()).select_from(OverdueEpisode).join(Issue, Issue.id == OverdueEpisode.issue_id)
    return db.session.scalar(query.where(running, _COUNTS, visible_to(actor))) or 0


@dataclass(frozen=True)
class Queue:
    """The rows shown, those that waited longest first, and how many wait in all."""

    rows: Sequence[Any]
    total: int

    @classmethod
    def of(cls, rows: Sequence[Any], count: Callable[[], int]) -> Queue:
        """Asks for the number only where rows may have been left out."""
        return cls(rows, count() if len(rows) == SHOWN else len(rows))


@dataclass(frozen=True)
class Reviews:
    """What waits for a decision of this person."""

    applications: Queue
    extensions: Queue
    objections: Queue
    plans: Queue
    withdrawals: Queue

    @property
    def total(self) -> int:
        return (
            self.applications.total
            + self.extensions.total
            + self.objections.total
            + self.plans.total
            + self.withdrawals.total
        )


def reviews(actor: Actor, today: date) -> Reviews:
    return Reviews(
        Queue.of(review_queue(actor, today, SHOWN), lambda: review_queue_count(actor, today)),
        Queue.of(extensions_to_decide(actor, today, SHOWN), lambda: extensions_to_decide_count(actor, today)),
        Queue.of(objections_to_decide(actor, today, SHOWN), lambda: objections_to_decide_count(actor, today)),
        Queue.of(plans_to_decide(actor), lambda: _plans_to_decide_count(actor)),
        Queue.of(withdrawals.to_decide(actor, today, SHOWN), lambda: withdrawals.to_decide_count(actor, today)),
    )


def _plans_waiting(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Plan.state == PlanState.SUBMITTED, Issue.lead_official_id == actor.duty_id, Issue.state == State.PLANNING


def _plans_to_decide_count(actor: Actor) -> int:
    query = select(func.count()).select_from(Issue).join(Plan, Plan.issue_id == Issue.id)
    return db.session.scalar(query.where(*_plans_waiting(actor))) or 0


def plans_to_decide(actor: Actor) -> Sequence[Any]:
    """Plans that wait for this lead official: number, title, county, by, at, deadline, original_deadline, waiting_since."""
    by = aliased(User)
    return db.session.execute(
        select(
            Issue.number,
            Issue.title,
            Region.name.label("county"),
            by.name.label("by"),
            Plan.submitted_at.label("at"),
            Issue.deadline,
            Issue.original_deadline,
            Issue.waiting_since,
        )
        .join(Plan, Plan.issue_id == Issue.id)
        .join(Region, Region.id == Issue.county_id)
        .join(by, by.id == Plan.submitted_by_id)
        .where(*_plans_waiting(actor))
        .order_by(Plan.submitted_at)
        .limit(SHOWN)
    ).all()


# --- what is overdue, counted ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many are overdue there; ``value`` is what the filter of this name takes."""

    value: Any
    number: int


def counted_by(by: By, filters: Filters, actor: Actor, today: date) -> list[Count]:
    """How many each county, lead official, unit, category or level has of what the other filters find; one query.

    Names are counted as the filter of that name finds them: two officials of one name are one count.
    """
    without: dict[str, Any] = {by.value: "" if by in (By.LEAD, By.UNIT) else None}
    found = register.scope(replace(filters, **without), actor, today)
    conditions = (*found.shared, *(condition for part in found.parts.values() for condition in part))
    query: Any
    if by is By.UNIT:
        query = _counted_by_unit(conditions)
    elif by is By.LEAD:
        query = select(User.name, func.count()).select_from(Issue).join(User, User.id == Issue.lead_official_id)
        query = query.where(*conditions).group_by(User.name)
    else:
        columns: dict[By, Any] = {By.COUNTY: Issue.county_id, By.CATEGORY: Issue.category_id}
        column = columns[by] if by in columns else _level(today)
        query = select(column.label("value"), func.count()).where(*conditions).group_by("value")
    found_first = (lambda row: -row[0]) if by is By.LEVEL else (lambda row: (-row[1], str(row[0])))
    rows = [row for row in db.session.execute(query).all() if row[0] is not None]
    return [Count(value, number) for value, number in sorted(rows, key=found_first)]


def _counted_by_unit(conditions: Sequence[ColumnElement[bool]]) -> Any:
    """An issue counts once for each unit that leads it or is responsible for it."""
    leading = select(Issue.id, Unit.name).join(Unit, Unit.id == Issue.lead_unit_id).where(*conditions)
    responsible = (
        select(Issue.id, Unit.name)
        .join(IssueUnit, IssueUnit.issue_id == Issue.id)
        .join(Unit, Unit.id == IssueUnit.unit_id)
        .where(*conditions)
    )
    pairs = union(leading, responsible).subquery()
    return select(pairs.c.name, func.count()).group_by(pairs.c.name)


def _level(today: date) -> ColumnElement[int]:
    """Empty below the first level: no band, and so no number."""
    days = kept_clocks().level_days
    begun = ((number, overdue_between(number, today, days)[1]) for number in range(len(LEVEL_NAMES), 0, -1))
    return case(*((Issue.overdue_from <= latest, number) for number, latest in begun), else_=null())


# --- one act on many issues -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """The issues that something is to be done to. ``found``: how many the filters found, where all were asked for."""

    rows: Sequence[Any]  # id, number, title, county
    found: int

    @property
    def ids(self) -> list[int]:
        return [row.id for row in self.rows]


def chosen(ids: Sequence[int], actor: Actor) -> Chosen:
    """These issues, as far as they are this person's to see, in the order they were ticked in."""
    rows = db.session.execute(_chosen_rows().where(Issue.id.in_(ids[:MOST_AT_ONCE]), visible_to(actor))).all()
    place = {one: number for number, one in enumerate(ids)}
    return Chosen(sorted(rows, key=lambda row: place[row.id]), len(rows))


def all_found(filters: Filters, actor: Actor, today: date) -> Chosen:
    """Everything the filters find, in the list's order, as far as can be done at once."""
    listing = register.listing(filters, actor, today, None, MOST_AT_ONCE)
    return replace(chosen([item.row.id for item in listing.items], actor), found=listing.total)


def _chosen_rows() -> Any:
    query = select(Issue.id, Issue.number, Issue.title, Region.name.label("county"))
    return query.join(Region, Region.id == Issue.county_id)


@dataclass(frozen=True)
class Settled:
    """A batch and what became of each issue: number, title, outcome, said, fields."""

    batch: Batch
    rows: Sequence[Any]

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.rows)


def batch_with_id(batch_id: int, actor: Actor) -> Settled:
    """The batch this person carried out. Raises Missing for anybody else's. An issue they no longer see has no name."""
    batch = db.session.get(Batch, batch_id)
    if batch is None or (batch.by_id, batch.for_id) != (actor.id, actor.for_id):
        raise Missing
    seen = visible_to(actor)
    query = (
        select(
            case((seen, Issue.number)).label("number"),
            case((seen, Issue.title)).label("title"),
            BatchItem.outcome,
            BatchItem.said,
            BatchItem.fields,
        )
        .join(Issue, Issue.id == BatchItem.issue_id)
        .where(BatchItem.batch_id == batch_id)
        .order_by(BatchItem.position)
    )
    return Settled(batch, db.session.execute(query).all())


# --- the trend ------------------------------------------------------------------------------------------------

#: What an upheld objection annulled never counted.
_COUNTS: ColumnElement[bool] = or_(OverdueEpisode.end.is_(None), OverdueEpisode.end != EpisodeEnd.ANNULLED)


@dataclass(frozen=True)
class Week:
    """How many of the person's issues were overdue on that day, began and ceased to be in the seven days up to it."""

    day: date
    running: int
    began: int
    ended: int


def trend(actor: Actor, today: date) -> list[Week]:
    """The last weeks, oldest first; one query over the episodes, dated from the deadlines."""
    found = union_all(*(
        select(literal(day, Date).label("day"), literal(day - timedelta(days=7), Date).label("since"))
        for day in weeks(today)
    )).subquery()  # fmt: skip
    episode = OverdueEpisode
    rows = db.session.execute(
        select(
            found.c.day,
            *(func.count(case((_in_part(part, found.c.day, found.c.since), 1))).label(part) for part in Part),
        )
        .select_from(found)
        .join(episode, and_(episode.starts_on <= found.c.day, _not_over(found.c.since)))
        .join(Issue, Issue.id == episode.issue_id)
        .where(_COUNTS, visible_to(actor))
        .group_by(found.c.day)
    ).all()
    by_day = {row.day: row for row in rows}
    return [
        Week(day, *((row.running, row.began, row.ended) if (row := by_day.get(day)) else (0, 0, 0)))
        for day in weeks(today)
    ]


def _not_over(day: Any) -> ColumnElement[bool]:
    return or_(OverdueEpisode.ended_on.is_(None), OverdueEpisode.ended_on > day)


def _in_part(part: Part, day: Any, since: Any) -> ColumnElement[bool]:
    """The condition of one number of the trend; the lists behind the numbers ask the same."""
    episode = OverdueEpisode
    return {
        Part.RUNNING: and_(episode.starts_on <= day, _not_over(day)),
        Part.BEGAN: and_(episode.starts_on > since, episode.starts_on <= day),
        Part.ENDED: and_(episode.ended_on > since, episode.ended_on <= day),
    }[part]


def episodes_behind(part: Part, day: date, actor: Actor, cursor: str | None) -> Page:
    """What a number of the trend counts, those overdue for longest first: number, title, county, lead, deadline,
    starts_on, ended_on, end."""
    lead = aliased(User)
    columns: tuple[Any, ...] = (
        Issue.number,
        Issue.title,
        Region.name.label("county"),
        lead.name.label("lead"),
        OverdueEpisode.deadline,
        OverdueEpisode.ended_on,
        OverdueEpisode.end,
    )
    query = (
        select(*columns)
        .select_from(OverdueEpisode)
        .join(Issue, Issue.id == OverdueEpisode.issue_id)
        .join(Region, Region.id == Issue.county_id)
        .outerjoin(lead, lead.id == Issue.lead_official_id)
        .where(_COUNTS, visible_to(actor), _in_part(part, day, day - timedelta(days=7)))
    )
    return read_page(
        query, (Segment("all", (), (OverdueEpisode.starts_on, OverdueEpisode.id)),), cursor, SHOWN, register.read
    )


# --- leader ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeaderDesk:
    proven: int
    cells: int
    waiting: Reviews
    part: str  # linked, or nothing: what they lead
    shown: Sequence[register.Item]  # the most urgent of that part
    led: int
    linked: int | None  # open issues of the counties they keep in touch with; None where there are no such counties
    counties: list[tuple[int, str, int, int, bool]]  # id, name, open, overdue, linked; the most overdue first

    @property
    def total(self) -> int:
        return self.led if not self.part else self.linked or 0


def leader_desk(actor: Actor, today: date, part: str = "") -> LeaderDesk:
    """What the leader is asked to decide, what they lead, the counties they keep in touch with, where it is overdue."""
    shown = board.board(actor, today)
    links = linked_counties(actor.duty_id)
    parts: dict[str, tuple[ColumnElement[bool], ...]] = {"": (Issue.lead_official_id == actor.duty_id, _OPEN)}
    if links:
        parts["linked"] = (Issue.county_id.in_(links), visible_to(actor), _OPEN)
    part = part if part in parts else ""
    urgency = (Issue.overdue_from.is_(None), Issue.overdue_from, Issue.id)
    rows = db.session.execute(register.rows().where(*parts[part]).order_by(*urgency).limit(SHOWN)).all()
    counts = {
        name: db.session.scalar(select(func.count()).select_from(Issue).where(*conditions)) or 0
        for name, conditions in parts.items()
    }
    counties = [
        (column.id, column.name, tally.open, tally.overdue, column.id in links)
        for column, tally in zip(shown.columns, shown.sums, strict=True)
    ]
    return LeaderDesk(
        proven=shown.standings[Standing.PROVEN],
        cells=sum(shown.standings.values()),
        waiting=reviews(actor, today),
        part=part,
        shown=register.items(rows, today, kept_clocks()),
        led=counts[""],
        linked=counts.get("linked"),
        counties=sorted(counties, key=lambda county: -county[3]),
    )

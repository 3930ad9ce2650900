"""Questions about lamps, extensions and escalation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, union
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.models import Post, StandIn, User
from tracker.accounts.queries import PARTNER, in_force, nor_partners, others_requests, partners_of
from tracker.base.access import Actor, Role
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.deadlines.models import Delay, Escalation, Extension, Objection
from tracker.deadlines.rules import (
    AUDIENCE_NAMES,
    CLOCK_OF,
    DEFAULT,
    Audience,
    Clock,
    Clocks,
    ExtensionState,
    Facing,
    ObjectionState,
    Signal,
    Wait,
    as_kept,
    delay_occasion,
    level_from,
    level_name,
    occasion,
    progress_of,
    signal,
    wait,
)
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode, TaskForceMember
from tracker.issues.queries import supervised_by, visible_to
from tracker.issues.workflow import OPEN, Verb
from tracker.messages.queries import told_about
from tracker.org.models import Region, Unit
from tracker.plans.models import Plan
from tracker.plans.queries import measure_counts, measures_state
from tracker.plans.rules import PlanState
from tracker.settings.models import Setting
from tracker.workdays.rules import Calendar

#: Name of the setting with the thresholds that the root office changed.
CLOCKS = "clocks"

_HANDS = (Extension.asked_by, Extension.asked_for, Extension.decided_by, Extension.decided_for)

#: What a list selects so that its rows can be given lamps (``lamps_of``).
LAMP_COLUMNS = (
    Issue.id,
    Issue.state,
    Issue.deadline,
    Issue.overdue_from,
    Issue.waiting_since,
    Issue.assigned_on,
    Issue.listed_on,
    Issue.quantity_done,
    Issue.quantity_total,
)


class LampRow(Protocol):
    """An issue, or a row of ``LAMP_COLUMNS``."""

    @property
    def id(self) -> Any: ...
    @property
    def state(self) -> Any: ...
    @property
    def deadline(self) -> Any: ...
    @property
    def overdue_from(self) -> Any: ...
    @property
    def waiting_since(self) -> Any: ...
    @property
    def assigned_on(self) -> Any: ...
    @property
    def listed_on(self) -> Any: ...
    @property
    def quantity_done(self) -> Any: ...
    @property
    def quantity_total(self) -> Any: ...


def facing_of(row: LampRow, measures: tuple[int, int] | None) -> Facing:
    """What the lamp of this row depends on. ``measures``: (done, total) of the approved plan, None without one."""
    quantity = (row.quantity_done, row.quantity_total) if row.quantity_total else None
    return Facing(
        row.state,
        row.deadline,
        row.overdue_from,
        row.waiting_since,
        row.assigned_on or row.listed_on,
        progress_of(quantity, measures),
    )


def lamp_of(row: LampRow, today: date, calendar: Calendar) -> Signal:
    """The lamp of one issue; two queries."""
    return signal(facing_of(row, measures_state(row.id)), today, calendar, kept_clocks())


def lamps_of(rows: Iterable[LampRow], today: date, calendar: Calendar) -> dict[int, Signal]:
    """The lamps of a page of rows by issue id; two queries however many rows."""
    found, clocks = list(rows), kept_clocks()
    measures = measure_counts([row.id for row in found if not row.quantity_total])
    return {row.id: signal(facing_of(row, measures.get(row.id)), today, calendar, clocks) for row in found}


# --- extensions -----------------------------------------------------------------------------------------------


def extensions_of(issue_id: int) -> list[Extension]:
    """Every extension asked for this issue, newest first."""
    return list(
        db.session.scalars(
            select(Extension)
            .where(Extension.issue_id == issue_id)
            .order_by(Extension.id.desc())
            .options(*(joinedload(hand) for hand in _HANDS))
        )
    )


def waiting_extension(issue_id: int) -> Extension | None:
    """The one to be decided."""
    return db.session.scalar(
        select(Extension)
        .where(Extension.issue_id == issue_id, Extension.state == ExtensionState.WAITING)
        .options(joinedload(Extension.asked_by), joinedload(Extension.asked_for))
    )


def _to_decide(actor: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Extension.state == ExtensionState.WAITING,
        Issue.state.in_(OPEN),
        visible_to(actor),
        supervised_by(actor),
        *others_requests(Extension.asked_by_id, Extension.asked_for_id, actor, today),
    )


def extensions_to_decide(actor: Actor, today: date, limit: int = 50) -> Sequence[Any]:
    """What waits for this supervisor, longest waiting first: number, title, county, wanted, asked_by, asked_on, reason,
    original_deadline and ``LAMP_COLUMNS``."""
    asker, county = aliased(User), aliased(Region)
    query = (
        select(
            Issue.number,
            Issue.title,
            county.name.label("county"),
            asker.name.label("asked_by"),
            Extension.wanted,
            Extension.asked_on,
            Extension.reason,
            Issue.original_deadline,
            *LAMP_COLUMNS,
        )
        .join(Extension, Extension.issue_id == Issue.id)
        .join(asker, asker.id == Extension.asked_by_id)
        .join(county, county.id == Issue.county_id)
        .where(*_to_decide(actor, today))
        .order_by(Extension.asked_on, Extension.id)
        .limit(limit)
    )
    return db.session.execute(query).all()


def extensions_to_decide_count(actor: Actor, today: date) -> int:
    """How many wait for this supervisor."""
    query = select(func.count()).select_from(Extension).join(Issue, Issue.id == Extension.issue_id)
    return db.session.scalar(query.where(*_to_decide(actor, today))) or 0


# --- objections -----------------------------------------------------------------------------------------------


def running_episode(issue_id: int) -> OverdueEpisode | None:
    """The stretch of being overdue that runs now."""
    mine = (OverdueEpisode.issue_id == issue_id, OverdueEpisode.ended_on.is_(None))
    return db.session.scalar(select(OverdueEpisode).where(*mine))


def objections_of(issue_id: int) -> dict[int, list[Objection]]:
    """Every objection ever made, by the episode it is about, newest first."""
    hands = (Objection.raised_by, Objection.raised_for, Objection.decided_by, Objection.decided_for)
    query = select(Objection).where(Objection.issue_id == issue_id).order_by(Objection.id.desc())
    found: dict[int, list[Objection]] = defaultdict(list)
    for one in db.session.scalars(
        query.options(*(joinedload(hand) for hand in hands), selectinload(Objection.evidence))
    ):
        found[one.episode_id].append(one)
    return found


def waiting_objection(issue_id: int) -> Objection | None:
    """The one to be decided: about the episode that runs now. Where that has ended, there is nothing to decide."""
    return db.session.scalar(
        select(Objection)
        .join(OverdueEpisode, OverdueEpisode.id == Objection.episode_id)
        .where(
            Objection.issue_id == issue_id, Objection.state == ObjectionState.WAITING, OverdueEpisode.ended_on.is_(None)
        )
        .options(joinedload(Objection.raised_by), joinedload(Objection.raised_for), selectinload(Objection.evidence))
    )


def is_concerned(objection: Objection, issue: Issue, actor: Actor, today: date) -> bool:
    """Whether the person objected, handles or leads the issue, or stands in for somebody who does or they for them: who
    is concerned does not decide."""
    people = {objection.raised_by_id, objection.raised_for_id, issue.lead_official_id, issue.responsible_person_id}
    people |= {row.user_id for row in issue.members}
    units = {issue.lead_unit_id, *(row.unit_id for row in issue.units)}
    own = {person for person, _unit in actor.sides}
    partners = db.session.execute(select(User.id, User.unit_id).where(User.id.in_(partners_of(own, today)))).all()
    sides = {*actor.sides, *((row.id, row.unit_id) for row in partners)}
    return any(person in people or unit in units for person, unit in sides)


def _objections_to_decide(actor: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    """``is_concerned`` turned round, as conditions."""
    return (
        Objection.state == ObjectionState.WAITING,
        OverdueEpisode.ended_on.is_(None),
        Issue.state.in_(OPEN),
        supervised_by(actor),
        *(_unconcerned(person, unit) for person, unit in actor.sides),
        *(nor_partners(person, today, _unconcerned(PARTNER.id, PARTNER.unit_id)) for person, _unit in actor.sides),
    )


def _unconcerned(person: Any, unit: Any) -> ColumnElement[bool]:
    units = select(IssueUnit.unit_id).where(IssueUnit.issue_id == Issue.id, IssueUnit.unit_id == unit)
    force = select(TaskForceMember.user_id).where(
        TaskForceMember.issue_id == Issue.id, TaskForceMember.user_id == person
    )
    named = (Objection.raised_by_id, Objection.raised_for_id, Issue.lead_official_id, Issue.responsible_person_id)
    return and_(
        *(func.coalesce(column, 0) != person for column in named),
        func.coalesce(Issue.lead_unit_id, 0) != unit,
        ~units.correlate_except(IssueUnit).exists(),
        ~force.correlate_except(TaskForceMember).exists(),
    )


def objections_to_decide(actor: Actor, today: date, limit: int = 50) -> Sequence[Any]:
    """What waits for this supervisor, longest waiting first: number, title, county, raised_by, raised_on, reason, deadline,
    starts_on."""
    raiser, county = aliased(User), aliased(Region)
    columns: tuple[Any, ...] = (
        Issue.number,
        Issue.title,
        county.name.label("county"),
        raiser.name.label("raised_by"),
        Objection.raised_on,
        Objection.reason,
        OverdueEpisode.deadline,
        OverdueEpisode.starts_on,
    )
    query = (
        select(*columns)
        .select_from(Objection)
        .join(Issue, Issue.id == Objection.issue_id)
        .join(OverdueEpisode, OverdueEpisode.id == Objection.episode_id)
        .join(raiser, raiser.id == Objection.raised_by_id)
        .join(county, county.id == Issue.county_id)
        .where(*_objections_to_decide(actor, today))
        .order_by(Objection.raised_on, Objection.id)
        .limit(limit)
    )
    return db.session.execute(query).all()


def objections_to_decide_count(actor: Actor, today: date) -> int:
    query = select(func.count()).select_from(Objection).join(Issue, Issue.id == Objection.issue_id)
    query = query.join(OverdueEpisode, OverdueEpisode.id == Objection.episode_id)
    return db.session.scalar(query.where(*_objections_to_decide(actor, today))) or 0


# --- reminders ------------------------------------------------------------------------------------------------


def reminded_on(issue_id: int) -> date | None:
    """The day of the latest reminder (催办), None without one."""
    query = select(Event.data).where(Event.subject == "issue", Event.subject_id == issue_id, Event.verb == Verb.REMIND)
    latest = db.session.scalar(query.order_by(Event.id.desc()).limit(1))
    return date.fromisoformat(latest["day"]) if latest else None


def handlers_reached(issue: Issue, today: date) -> Sequence[Any]:
    """id, name and unit of who is reached when the handlers are told: the officials of the lead and the responsible units, the responsible
    person and the task force, or who stands in for one of them that cannot sign in."""
    units = [row.unit_id for row in issue.units] + ([issue.lead_unit_id] if issue.lead_unit_id else [])
    named = [row.user_id for row in issue.members]
    named += [issue.responsible_person_id] if issue.responsible_person_id else []
    posted = select(Post.id).where(Post.user_id == User.id, *_posted(Role.OFFICIAL)).exists()
    handlers = select(User.id).where(or_(and_(User.unit_id.in_(units), posted), User.id.in_(named)))
    stood_in_for = select(StandIn.person_id).join(absent := aliased(User), absent.id == StandIn.absent_id)
    stand_ins = stood_in_for.where(in_force(today), absent.id.in_(handlers), absent.account.is_(None))
    reached = or_(User.id.in_(handlers), User.id.in_(stand_ins))
    query = select(User.id, User.name, Unit.name.label("unit")).join(Unit, Unit.id == User.unit_id)
    return db.session.execute(query.where(reached, *_SIGNS_IN).order_by(User.id)).all()


# --- escalation -----------------------------------------------------------------------------------------------


def people_concerned(issues: Any) -> Select[Any]:
    """The responsible person and the officials of the responsible units of those issues, whose columns are kept:
    issue_id, …, person_id. ``issues`` selects from Issue. Only people who can sign in."""
    found = union(*_responsible(issues)).subquery()
    return select(found).join(User, User.id == found.c.person_id).where(*_SIGNS_IN)


#: People named by each of some issues (a query from Issue, whose columns are kept), as queries with a ``person_id``.
Named = Callable[[Any], list[Any]]


def tiers_of_level(tells: Sequence[Audience]) -> tuple[Named, ...]:
    """Whom a level tells, all of these at once, and who can act instead where that reaches nobody, so that nothing is told to
    nobody: whoever stands above the highest of them, then whoever stands below."""
    chosen = [_AUDIENCES[each] for each in Audience if each in tells]

    def all_of_them(some: Any) -> list[Any]:
        return [query for named in chosen for query in named(some)]

    others = (*_INSTEAD[_BEGINS_AT[chosen[-1]] :], _supervising_county, _leading, _leading_unit, _responsible)
    return (all_of_them, *(named for named in dict.fromkeys(others) if named not in chosen))


def tiers_of_delay(which: Clock) -> tuple[Named, ...]:
    """The same for a step that took too long: unassigned, the county's supervisors; unsigned, the first unit's officials and
    the responsible person; planning, the lead official where a plan waits for them, else the same. Whom a review waits
    for only clearance knows: here stands who is told instead.
    """
    if which in (Clock.UNASSIGNED, Clock.REVIEW):
        return _supervising_county, _supervising_root
    return (_planning if which is Clock.PLANNING else _signing), *_INSTEAD


def untold_delays(which: Clock) -> Any:
    """The delays of this clock that nobody was told of yet, while the issue still waits there: issue_id, delay_id, allowed."""
    state = next(state for state, clock in CLOCK_OF.items() if clock is which)
    waits = (Issue.state == state, true() if which is Clock.REVIEW else Issue.waiting_since == Delay.since)
    return (
        select(Delay.issue_id, Delay.id.label("delay_id"), Delay.allowed)
        .join(Issue, Issue.id == Delay.issue_id)
        .where(Delay.clock == which, Delay.told_on.is_(None), *waits)
    )


def people_told(some: Any, named: Named, today: date) -> Select[Any]:
    """Of the people named by each of ``some`` (whose columns are kept), those who can sign in; and who stands in today for
    one who cannot."""
    found = union(*named(some)).subquery()
    rest = [column for column in found.c if column.name != "person_id"]
    absent, hand = aliased(User), aliased(User)
    own = select(*rest, User.id.label("person_id")).join(User, User.id == found.c.person_id).where(*_SIGNS_IN)
    stands_in = (
        select(*rest, hand.id.label("person_id"))
        .join(absent, absent.id == found.c.person_id)
        .join(StandIn, and_(StandIn.absent_id == absent.id, in_force(today)))
        .join(hand, hand.id == StandIn.person_id)
        .where(absent.account.is_(None), hand.active, hand.account.is_not(None))
    )
    return select(union(own, stands_in).subquery())


_SIGNS_IN = (User.active, User.account.is_not(None))


def untold(number: int, *, at_take_over: bool) -> Any:
    """The raises to this level that nobody was told of yet, of episodes that run: issue_id, episode_id, days."""
    return (
        select(Escalation.issue_id, Escalation.episode_id, Escalation.days)
        .join(Issue, Issue.id == Escalation.issue_id)
        .join(OverdueEpisode, OverdueEpisode.id == Escalation.episode_id)
        .where(Escalation.level == number, Escalation.told_on.is_(None), OverdueEpisode.ended_on.is_(None))
        .where(Escalation.at_take_over.is_(at_take_over))
    )


def _officials(some: Any, unit_id: Any, *join: ColumnElement[bool]) -> Any:
    """The officials of a unit of the issue's."""
    query = some.add_columns(User.id.label("person_id"))
    query = query.join(IssueUnit, and_(IssueUnit.issue_id == Issue.id, *join)) if join else query
    posted = select(Post.id).where(Post.user_id == User.id, *_posted(Role.OFFICIAL)).exists()
    return query.join(User, User.unit_id == unit_id).where(posted)


def _responsible(some: Any) -> list[Any]:
    return [_named(some), _officials(some, IssueUnit.unit_id, true())]


def _signing(some: Any) -> list[Any]:
    return [_named(some), _officials(some, IssueUnit.unit_id, IssueUnit.position == 0)]


def _named(some: Any) -> Any:
    return some.add_columns(Issue.responsible_person_id.label("person_id"))


def _planning(some: Any) -> list[Any]:
    waits = select(Plan.id).where(Plan.issue_id == Issue.id, Plan.state == PlanState.SUBMITTED).exists()
    return [*(part.where(waits) for part in _leading(some)), *(part.where(~waits) for part in _signing(some))]


def _leading(some: Any) -> list[Any]:
    return [some.add_columns(Issue.lead_official_id.label("person_id"))]


def _leading_unit(some: Any) -> list[Any]:
    return [_officials(some, Issue.lead_unit_id)]


def _supervising_county(some: Any) -> list[Any]:
    return [_supervisors(some, Post.region_id == Issue.county_id)]


def _supervising_root(some: Any) -> list[Any]:
    return [_supervisors(some, _at_root())]


#: Who can act instead, upwards; for each audience, from where on.
_INSTEAD: tuple[Named, ...] = (_leading_unit, _supervising_county, _supervising_root)
_BEGINS_AT: dict[Named, int] = {_responsible: 0, _leading: 0, _supervising_county: 2, _supervising_root: 3}
_AUDIENCES: dict[Audience, Named] = {
    Audience.RESPONSIBLE: _responsible,
    Audience.LEADING: _leading,
    Audience.COUNTY: _supervising_county,
    Audience.ROOT: _supervising_root,
}


def _supervisors(some: Any, *where: ColumnElement[bool]) -> Any:
    query = some.add_columns(Post.user_id.label("person_id"))
    return query.join(Post, and_(*_posted(Role.SUPERVISOR), _reaches(Post))).where(*where)


def _posted(role: Role, post: type[Post] = Post) -> tuple[ColumnElement[bool], ...]:
    return post.role == role, post.ended_at.is_(None)


def _reaches(post: type[Post]) -> ColumnElement[bool]:
    return or_(post.category_id.is_(None), post.category_id == Issue.category_id)


def _at_root() -> ColumnElement[bool]:
    return Post.region_id.in_(select(Region.id).where(Region.parent_id.is_(None)))


# --- steps that took too long -----------------------------------------------------------------------------------


def kept_clocks() -> Clocks:
    """The thresholds as the root office keeps them, the default ones where it keeps none."""
    kept = db.session.get(Setting, CLOCKS)
    return as_kept(kept.value) if kept else DEFAULT


@dataclass(frozen=True)
class Waiting:
    """The step that an issue waits for, with what was recorded and who was told when it took too long."""

    wait: Wait
    recorded_on: date | None
    told: tuple[Any, ...]  # person, unit, day


def waiting_of(issue: Issue, since: date, level: int, today: date, calendar: Calendar) -> Waiting | None:
    """The clock of the issue's state, None where only the deadline runs. ``since``, ``level``: of the review, else when
    the state was entered and 0. At most three queries."""
    found = wait(issue.state, since, today, calendar, kept_clocks())
    if found is None:
        return None
    mine = (Delay.issue_id == issue.id, Delay.clock == found.clock, Delay.since == since, Delay.level == level)
    delay = db.session.scalar(select(Delay).where(*mine)) if found.is_long else None
    if delay is None:
        return Waiting(found, None, ())
    occasion_of_it = delay_occasion(delay.clock, delay.id)
    told = tuple(row for row in told_about(issue.id) if row.occasion == occasion_of_it)
    return Waiting(found, delay.recorded_on, told)


@dataclass(frozen=True)
class Reached:
    """A level an episode has reached: since when by the dates, and who was told of it on which day."""

    level: int
    name: str
    days: int  # overdue, with which it began, as the rule stood
    since: date
    told_on: date | None
    at_take_over: bool
    told: tuple[Any, ...]  # person, unit, day


def levels_of(episodes: Sequence[OverdueEpisode]) -> dict[int, list[Reached]]:
    """By episode, the highest level first; two queries, none without episodes (of one issue)."""
    if not episodes:
        return {}
    issue_id, begun = episodes[0].issue_id, {one.id: one.starts_on for one in episodes}
    told: dict[str, list[Any]] = defaultdict(list)
    for row in told_about(issue_id):
        told[row.occasion].append(row)
    found: dict[int, list[Reached]] = {one.id: [] for one in episodes}
    raised = select(Escalation).where(Escalation.issue_id == issue_id).order_by(Escalation.level.desc())
    for one in db.session.scalars(raised):
        found[one.episode_id].append(
            Reached(
                one.level,
                level_name(one.level),
                one.days,
                level_from(begun[one.episode_id], one.days),
                one.told_on,
                one.at_take_over,
                tuple(told[occasion(one.level, one.episode_id)]),
            )
        )
    return found


@dataclass(frozen=True)
class Coming:
    """The next level of an episode that runs: from which day by the dates, and whom it will tell (msgids)."""

    level: int
    name: str
    days: int
    since: date
    tells: tuple[str, ...]


def coming_level(
    episodes: Sequence[OverdueEpisode], reached: Mapping[int, Sequence[Reached]], clocks: Clocks
) -> Coming | None:
    """By the rule as it stands; None where nothing runs or the last level is reached. No query."""
    running = next((one for one in episodes if one.ended_on is None), None)
    if running is None:
        return None
    known = {one.level for one in reached[running.id]}
    for number, days in enumerate(clocks.level_days, 1):
        if number not in known:
            tells = tuple(AUDIENCE_NAMES[each] for each in clocks.tells[number - 1])
            return Coming(number, level_name(number), days, level_from(running.starts_on, days), tells)
    return None

"""Questions about lamps, extensions and escalation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.models import Post, StandIn, User
from tracker.accounts.queries import in_force, partners_of
from tracker.base.access import Actor, Role
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.deadlines.models import Escalation, Extension
from tracker.deadlines.rules import (
    DEFAULT,
    Clocks,
    ExtensionState,
    Facing,
    Signal,
    level_from,
    level_name,
    occasion,
    progress_of,
    signal,
)
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode
from tracker.issues.queries import supervised_by, visible_to
from tracker.issues.workflow import OPEN, Verb
from tracker.messages.queries import told_about
from tracker.org.models import Region, Unit
from tracker.plans.queries import measure_counts, measures_state
from tracker.workdays.rules import Calendar

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


def lamp_of(row: LampRow, today: date, calendar: Calendar, clocks: Clocks = DEFAULT) -> Signal:
    """The lamp of one issue; one query."""
    return signal(facing_of(row, measures_state(row.id)), today, calendar, clocks)


def lamps_of(rows: Iterable[LampRow], today: date, calendar: Calendar, clocks: Clocks = DEFAULT) -> dict[int, Signal]:
    """The lamps of a page of rows by issue id; one query however many rows."""
    found = list(rows)
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


def is_askers(extension: Extension, actor: Actor, today: date) -> bool:
    """Whether the person asked for it, or the one who did stands in for them or the other way round: the twin of
    ``_to_decide``'s last conditions."""
    asked = {extension.asked_by_id, extension.asked_for_id}
    own = {actor.id, actor.duty_id}
    return bool(asked & own) or bool(asked.intersection(db.session.scalars(partners_of(own, today))))


def _to_decide(actor: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    own = {actor.id, actor.duty_id}
    asked_by, asked_for = Extension.asked_by_id, func.coalesce(Extension.asked_for_id, 0)
    partners = partners_of(own, today)
    return (
        Extension.state == ExtensionState.WAITING,
        Issue.state.in_(OPEN),
        visible_to(actor),
        supervised_by(actor),
        asked_by.not_in(own),
        asked_for.not_in(own),
        asked_by.not_in(partners),
        asked_for.not_in(partners),
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


def people_of_level(number: int) -> Select[Any]:
    """Whom the levels raised and not told yet name: issue_id, episode_id, at_take_over, person_id.

    1 the responsible person and the officials of the responsible units · 2 the lead official · 3 the county's
    supervisors, the root's where it has none · 4 and 5 the root's supervisors. Only people who can sign in.
    """
    named = {1: _responsible, 2: _leading, 3: _supervising_county}.get(number, _supervising_root)
    found = union(*named(untold(number))).subquery()
    return select(found).join(User, User.id == found.c.person_id).where(*_SIGNS_IN)


def people_concerned(issues: Any) -> Select[Any]:
    """The responsible person and the officials of the responsible units of those issues, whose columns are kept:
    issue_id, …, person_id. ``issues`` selects from Issue. Only people who can sign in."""
    found = union(*_responsible(issues)).subquery()
    return select(found).join(User, User.id == found.c.person_id).where(*_SIGNS_IN)


_SIGNS_IN = (User.active, User.account.is_not(None))


def untold(number: int) -> Any:
    """The raises to this level that nobody was told of yet: issue_id, episode_id, at_take_over."""
    return (
        select(Escalation.issue_id, Escalation.episode_id, Escalation.at_take_over)
        .join(Issue, Issue.id == Escalation.issue_id)
        .where(Escalation.level == number, Escalation.told_on.is_(None))
    )


def _responsible(untold: Select[Any]) -> list[Select[Any]]:
    of_unit = (
        untold.add_columns(User.id.label("person_id"))
        .join(IssueUnit, IssueUnit.issue_id == Issue.id)
        .join(User, User.unit_id == IssueUnit.unit_id)
        .where(select(Post.id).where(Post.user_id == User.id, *_posted(Role.OFFICIAL)).exists())
    )
    return [untold.add_columns(Issue.responsible_person_id.label("person_id")), of_unit]


def _leading(untold: Select[Any]) -> list[Select[Any]]:
    return [untold.add_columns(Issue.lead_official_id.label("person_id"))]


def _supervising_county(untold: Select[Any]) -> list[Select[Any]]:
    own = aliased(Post)
    has_own = (
        select(own.id)
        .join(User, User.id == own.user_id)
        .where(*_posted(Role.SUPERVISOR, own), _reaches(own), own.region_id == Issue.county_id, *_SIGNS_IN)
        .correlate(Issue)
        .exists()
    )
    return [_supervisors(untold, Post.region_id == Issue.county_id), _supervisors(untold, _at_root(), ~has_own)]


def _supervising_root(untold: Select[Any]) -> list[Select[Any]]:
    return [_supervisors(untold, _at_root())]


def _supervisors(untold: Select[Any], *where: ColumnElement[bool]) -> Select[Any]:
    query = untold.add_columns(Post.user_id.label("person_id"))
    return query.join(Post, and_(*_posted(Role.SUPERVISOR), _reaches(Post))).where(*where)


def _posted(role: Role, post: type[Post] = Post) -> tuple[ColumnElement[bool], ...]:
    return post.role == role, post.ended_at.is_(None)


def _reaches(post: type[Post]) -> ColumnElement[bool]:
    return or_(post.category_id.is_(None), post.category_id == Issue.category_id)


def _at_root() -> ColumnElement[bool]:
    return Post.region_id.in_(select(Region.id).where(Region.parent_id.is_(None)))


@dataclass(frozen=True)
class Reached:
    """A level an episode has reached: since when by the dates, and who was told of it on which day."""

    level: int
    name: str
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
                level_from(begun[one.episode_id], one.level),
                one.told_on,
                one.at_take_over,
                tuple(told[occasion(one.level, one.episode_id)]),
            )
        )
    return found

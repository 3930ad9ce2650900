"""Questions about tasks; each starts at ``visible_to``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, literal_column, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.models import User
from tracker.base.access import READERS, Actor, Missing, Role
from tracker.base.db import db
from tracker.base.paging import Page, Segment, read_page
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to as issue_visible_to
from tracker.org.models import Region, Unit
from tracker.org.queries import below
from tracker.tasks.models import Task, TaskFile
from tracker.tasks.rules import Part, TaskState

PAGE_SIZE = 50
_PENDING: ColumnElement[bool] = literal_column("task.state IN ('open','answered')")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A region's supervisors and leaders (for all categories) see its tasks and those below; others what they owe or
    asked themselves."""
    return or_(_overseen(actor, frozenset({Role.SUPERVISOR, Role.LEADER})), owed_by(actor), _asked_by(actor))


def _overseen(actor: Actor, roles: frozenset[Role]) -> ColumnElement[bool]:
    parts = [
        Task.region_id.in_(below(grant.region_id))
        for grant in actor.grants
        if grant.role in roles and grant.category_id is None
    ]
    return or_(*parts) if parts else false()


def owed_by(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of ``rules.owns``."""
    if not any(grant.role in READERS for grant in actor.grants):
        return false()
    return or_(Task.person_id == actor.duty_id, and_(Task.person_id.is_(None), Task.unit_id == actor.unit_id))


def _asked_by(actor: Actor) -> ColumnElement[bool]:
    return or_(Task.asked_by_id == actor.duty_id, Task.asked_for_id == actor.duty_id)


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """Answers this person may accept or return: a supervisor's, who neither owes the task nor answered it."""
    none = (
        and_(
            func.coalesce(Task.unit_id, 0) != unit,
            func.coalesce(Task.person_id, 0) != person,
            func.coalesce(Task.answered_by_id, 0) != person,
            func.coalesce(Task.answered_for_id, 0) != person,
        )
        for person, unit in actor.sides
    )
    return and_(_overseen(actor, frozenset({Role.SUPERVISOR})), *none)


def task_with_id(task_id: int, actor: Actor) -> Task:
    """The whole task. Raises Missing where it is not there for this person."""
    hands = (Task.asked_by, Task.answered_by, Task.answered_for, Task.decided_by, Task.decided_for, Task.person)
    found = db.session.scalar(
        select(Task)
        .where(Task.id == task_id, visible_to(actor))
        .options(
            *(joinedload(hand).lazyload(User.posts) for hand in hands),
            joinedload(Task.unit),
            joinedload(Task.region),
            selectinload(Task.files),
        )
    )
    if found is None:
        raise Missing
    return found


def file_of(task: Task, file_id: int) -> TaskFile:
    """Raises Missing."""
    found = next((one for one in task.files if one.id == file_id), None)
    if found is None:
        raise Missing
    return found


def _part(part: Part, actor: Actor, today: date) -> ColumnElement[bool]:
    if part is Part.MINE:
        return and_(owed_by(actor), Task.state == TaskState.OPEN)
    if part is Part.DECIDE:
        return and_(decided_by(actor), Task.state == TaskState.ANSWERED)
    if part is Part.LATE:
        return and_(visible_to(actor), late(today))
    return visible_to(actor)


def late(today: date) -> ColumnElement[bool]:
    """The SQL twin of ``rules.is_late``."""
    return and_(_PENDING, Task.state == TaskState.OPEN, Task.due < today)


def rows(actor: Actor) -> Select[Any]:
    """What a list says of a task: id, kind, state, text, due, asked_on, unit, person, region, answer, opinion, and
    issue: its number where this person may see it."""
    person = aliased(User)
    number = case((issue_visible_to(actor), Issue.number))
    return (
        select(
            Task.kind,
            Task.state,
            Task.text,
            Task.asked_on,
            Task.answer,
            Task.opinion,
            Unit.name.label("unit"),
            person.name.label("person"),
            Region.name.label("region"),
            number.label("issue"),
            Task.due,
            Task.id,
        )
        .join(Region, Region.id == Task.region_id)
        .outerjoin(Unit, Unit.id == Task.unit_id)
        .outerjoin(person, person.id == Task.person_id)
        .outerjoin(Issue, Issue.id == Task.issue_id)
    )


def listing(part: Part, actor: Actor, today: date, cursor: str | None) -> Page:
    """One page, the earliest due first; what is settled after what is pending."""
    pending, settled = Segment("pending", (_PENDING,), (Task.due, Task.id)), Segment("settled", (), (Task.due, Task.id))
    segments = [pending]
    if part is Part.ALL:
        segments.append(Segment("settled", (~_PENDING,), settled.keys, descending=True))
    query = rows(actor).where(_part(part, actor, today))
    return read_page(query, segments, cursor, PAGE_SIZE, lambda one: db.session.execute(one).all())


@dataclass(frozen=True)
class Counts:
    """How long each list is, and how many of the person's own are late."""

    mine: int
    mine_late: int
    decide: int
    late: int
    all: int

    def of(self, part: Part) -> int:
        return int(getattr(self, part.value))


def counts(actor: Actor, today: date) -> Counts:
    """One query."""
    parts = {part.value: _part(part, actor, today) for part in Part}
    parts["mine_late"] = and_(parts["mine"], Task.due < today)
    sums = [func.count(case((condition, 1))).label(name) for name, condition in parts.items()]
    found: dict[str, int] = dict(db.session.execute(select(*sums).where(visible_to(actor))).one()._mapping)
    return Counts(**found)


def tasks_with_ids(ids: Sequence[int], actor: Actor) -> list[Row[Any]]:
    """These tasks in this order, for a meeting's page: whoever sees the meeting sees what it decided."""
    found = {row.id: row for row in db.session.execute(rows(actor).where(Task.id.in_(ids)))}
    return [found[one] for one in ids if one in found]

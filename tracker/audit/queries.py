"""Questions of the journal: a search for the auditor, and what stands held against what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.audit.rules import Asked, Replayed, replay
from tracker.base import clock
from tracker.base.db import db
from tracker.base.journal import Event, SealLink
from tracker.base.paging import Page, Segment, read_page
from tracker.issues.models import Issue, IssueUnit, TaskForceMember

PAGE_SIZE = 50
CHUNK = 5_000


def entries(asked: Asked, cursor: str | None) -> Page:
    """One page of the journal, newest first: id, at, verb, subject, subject_id, data, address, mark, actor, acted_for,
    number (of an issue), person (a person it was done to) and position (in the sealed chain)."""
    actor, other, whom = aliased(User), aliased(User), aliased(User)
    query = (
        select(Event.id, Event.at, Event.verb, Event.subject, Event.subject_id, Event.data, Event.address, Event.mark,
               actor.name.label("actor"), actor.account, other.name.label("acted_for"), whom.name.label("person"),
               Issue.number, SealLink.position)
        .outerjoin(actor, actor.id == Event.actor_id)
        .outerjoin(other, other.id == Event.for_id)
        .outerjoin(whom, and_(Event.subject == "person", whom.id == Event.subject_id))
        .outerjoin(Issue, and_(Event.subject == "issue", Issue.id == Event.subject_id))
        .outerjoin(SealLink, SealLink.event_id == Event.id)
        .where(*_conditions(asked))
    )  # fmt: skip
    return read_page(query, (Segment("journal", (), (Event.id,), descending=True),), cursor, PAGE_SIZE, _read)


def _read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.verb:
        yield Event.verb == asked.verb
    if asked.subject:
        yield Event.subject == asked.subject
    if asked.address:
        yield Event.address == asked.address
    if asked.person:
        named = select(User.id).where((User.name == asked.person) | (User.account == asked.person))
        yield Event.actor_id.in_(named) | Event.for_id.in_(named)
    if asked.number:
        issue = db.session.scalar(select(Issue.id).where(Issue.number == asked.number))
        yield and_(Event.subject == "issue", Event.subject_id == issue) if issue is not None else false()
    if asked.since:
        yield Event.at >= datetime.combine(asked.since, time(), clock.ZONE)
    if asked.until:
        yield Event.at < datetime.combine(asked.until + timedelta(days=1), time(), clock.ZONE)


# --- what stands against what was written ---------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """An issue that is not what its events say; ``columns``: where (a column, "state", or "history" for none at all)."""

    number: str
    columns: tuple[str, ...]


def differences() -> Iterator[Difference]:
    """Play every issue's events again and compare with the issue as it stands now.

    Free text is only referred to by events and may have been erased, so it is left to the chain's marks.
    """
    played = replay(_events())
    units, members = _lists(IssueUnit.unit_id, IssueUnit.position), _lists(TaskForceMember.user_id)
    for issue in _issues():
        found = _different(issue, played.get(issue.id), units.get(issue.id, []), members.get(issue.id, []))
        if found:
            yield Difference(issue.number, tuple(found))


def _events() -> Iterator[tuple[int, dict[str, Any]]]:
    query = select(Event.id, Event.subject_id, Event.data).where(Event.subject == "issue").order_by(Event.id)
    after = 0
    while rows := db.session.execute(query.where(Event.id > after).limit(CHUNK)).all():
        yield from ((row.subject_id, row.data) for row in rows)
        after = rows[-1].id


def _issues() -> Iterator[Row[Any]]:
    query, after = select(*Issue.__table__.columns).order_by(Issue.id), 0
    while rows := db.session.execute(query.where(Issue.id > after).limit(CHUNK)).all():
        yield from rows
        after = rows[-1].id


def _lists(column: Any, *order: Any) -> dict[int, list[int]]:
    """issue -> the ids in its duty chain's lists."""
    found: dict[int, list[int]] = {}
    issue = column.class_.issue_id
    for row in db.session.execute(select(issue, column).order_by(issue, *(order or (column,)))):
        found.setdefault(row[0], []).append(row[1])
    return found


def _different(issue: Any, played: Replayed | None, units: list[int], members: list[int]) -> list[str]:
    if played is None or played.state is None:
        return ["history"]
    found = list(played.broken)
    if issue.state != played.state:
        found.append("state")
    now = issue._asdict() | {"units": units, "members": members}
    for name, value in played.columns.items():
        if name in now and _written(now[name]) != value:
            found.append(name)
    return sorted(set(found))


def _written(value: Any) -> Any:
    """As an event writes it."""
    return value if value is None or isinstance(value, bool | int | list) else str(value)

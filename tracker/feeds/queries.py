"""Whose address it is, and what asks something of that person on which day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select

from tracker.accounts.models import User
from tracker.base.access import Actor, Missing, Right, Role, holds, may
from tracker.base.db import db
from tracker.clearance.queries import review_queue
from tracker.deadlines.queries import extensions_to_decide, kept_clocks
from tracker.deadlines.rules import Clocks
from tracker.desks.queries import is_first, plans_to_decide
from tracker.feeds.models import CalendarAddress
from tracker.feeds.rules import (
    COMING,
    LOOK_BACKS_AHEAD,
    PASSED,
    TITLE_LENGTH,
    TOKEN_LENGTH,
    WAITING,
    Agenda,
    Duty,
    Entry,
    token_hash,
)
from tracker.issues.models import Issue
from tracker.issues.queries import handled_by, visible_to
from tracker.issues.workflow import Kind, State
from tracker.lookbacks.queries import due as look_backs_due
from tracker.lookbacks.rules import Asked
from tracker.org.models import Region
from tracker.tasks.models import Task
from tracker.tasks.queries import owed_by
from tracker.tasks.queries import rows as asked_rows
from tracker.tasks.rules import TaskState
from tracker.workdays.rules import Calendar

_OPEN: ColumnElement[bool] = literal_column("issue.state NOT IN ('cleared','dismissed')")
#: The day an issue runs to: its deadline; a long-term one is looked at on its review date instead.
_DAY: ColumnElement[Any] = func.coalesce(Issue.deadline, Issue.review_on)


def address_of(person_id: int) -> CalendarAddress | None:
    return db.session.get(CalendarAddress, person_id)


def address_with(token: str) -> CalendarAddress:
    """The address of this token, while its person may sign in and see issues. Raises Missing."""
    if len(token) != TOKEN_LENGTH:
        raise Missing
    found = db.session.scalar(select(CalendarAddress).where(CalendarAddress.token_hash == token_hash(token)))
    if found is None or not _may_follow(found.person):
        raise Missing
    return found


def _may_follow(person: User) -> bool:
    """Rights end here when they end: deactivated, given a one-time password, or without a post that reads. Wrong passwords
    close the way in by password only: else anybody who knows an account's name could empty its calendar."""
    return person.is_active and not person.one_time and may(person, Right.ISSUE_READ)


def agenda_of(actor: Actor, today: date, calendar: Calendar) -> Agenda:
    """What the person's desks call theirs, each on its day; a constant number of queries, none of them long."""
    clocks = kept_clocks()
    coming, passed = _own(actor, today, coming=True), _own(actor, today, coming=False)
    duties = [
        *(entry for row in (*coming[:COMING], *passed[:PASSED]) for entry in _entries(row, calendar, clocks)),
        *_decisions(actor, today, calendar, clocks),
        *_tasks(actor),
    ]
    if may(actor, Right.LOOKBACK_READ):
        rows = look_backs_due(Asked(mine=True, ahead=LOOK_BACKS_AHEAD), actor, today, None).rows
        duties += [Entry(Duty.LOOK_BACK, row.number, row.title, row.county, row.look_back_on) for row in rows[:WAITING]]
    return Agenda(tuple(duties), whole=len(coming) <= COMING and len(passed) <= PASSED)


def _own(actor: Actor, today: date, *, coming: bool) -> Sequence[Any]:
    """Open issues that the person handles or leads, by the day they run to; those of the future or of the past, one
    more than is handed out."""
    theirs = [Issue.lead_official_id == actor.duty_id]
    if holds(actor, Role.OFFICIAL):
        theirs.append(handled_by(actor))
    query = (
        select(
            Issue.number,
            Issue.title,
            Region.name.label("county"),
            Issue.kind,
            Issue.state,
            Issue.deadline,
            Issue.overdue_from,
            Issue.review_on,
            Issue.waiting_since,
            is_first(actor).label("first"),
        )
        .join(Region, Region.id == Issue.county_id)
        .where(_OPEN, visible_to(actor), or_(*theirs), today <= _DAY if coming else today > _DAY)
    )
    order = (_DAY, Issue.id) if coming else (_DAY.desc(), Issue.id.desc())
    return db.session.execute(query.order_by(*order).limit((COMING if coming else PASSED) + 1)).all()


def _entries(row: Any, calendar: Calendar, clocks: Clocks) -> Iterator[Entry]:
    """An issue's days: the one it runs to, unless a clearance applied for in time stops the clock, and to sign it."""
    if row.deadline is not None and (row.overdue_from is not None or row.state != State.REVIEWING):
        yield Entry(Duty.DEADLINE, row.number, row.title, row.county, row.deadline)
    if row.deadline is None and row.kind == Kind.LONG_TERM:
        yield Entry(Duty.REVIEW_DATE, row.number, row.title, row.county, row.review_on)
    if row.state == State.ASSIGNED and row.first:
        yield _by(Duty.SIGN, row, row.waiting_since, clocks.unsigned_workdays, calendar)


def _decisions(actor: Actor, today: date, calendar: Calendar, clocks: Clocks) -> Iterator[Entry]:
    """What waits for the person: plans, extensions, clearances, each by the end of its clock."""
    for row in plans_to_decide(actor):
        yield _by(Duty.PLAN, row, row.waiting_since, clocks.planning_workdays, calendar)
    for row in extensions_to_decide(actor, today, WAITING):
        yield Entry(Duty.EXTENSION, row.number, row.title, row.county, row.deadline)
    for row in review_queue(actor, today, WAITING):
        yield _by(Duty.REVIEW, row, row.level_since, clocks.review_workdays, calendar)


def _tasks(actor: Actor) -> Iterator[Entry]:
    """What the person owes an answer to, each by its day."""
    query = asked_rows(actor).where(owed_by(actor), Task.state == TaskState.OPEN).order_by(Task.due, Task.id)
    for row in db.session.execute(query.limit(WAITING)):
        yield Entry(Duty.TASK, str(row.id), _title(row.text), row.region, row.due)


def _title(text: str) -> str:
    """The beginning of what is asked, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


def _by(duty: Duty, row: Any, since: date, workdays: int, calendar: Calendar) -> Entry:
    due = calendar.add_workdays(since, workdays)
    return Entry(duty, row.number, row.title, row.county, due, calendar.is_official(due.year))

"""Questions about lamps and extensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.models import User
from tracker.accounts.queries import partners_of
from tracker.base.access import Actor
from tracker.base.db import db
from tracker.deadlines.models import Extension
from tracker.deadlines.rules import DEFAULT, Clocks, ExtensionState, Facing, Signal, progress_of, signal
from tracker.issues.models import Issue
from tracker.issues.queries import supervised_by, visible_to
from tracker.issues.workflow import OPEN
from tracker.org.models import Region
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

"""The calendar as stored, and what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.base.access import N_
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import BY_HAND, Calendar, PublishedDay

CHANGES_SHOWN = 50


def calendar() -> Calendar:
    """Every special day on record, as one value."""
    rows = db.session.execute(select(SpecialDay.day, SpecialDay.is_workday, SpecialDay.official_year)).all()
    return Calendar({row.day: row.is_workday for row in rows}, frozenset(row.official_year for row in rows) - {BY_HAND})


def days_of(year: int) -> list[PublishedDay]:
    """The special days of this year and those that its notice names beside it, in order."""
    inside = SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31))
    rows = db.session.scalars(
        select(SpecialDay).where(or_(inside, SpecialDay.official_year == year)).order_by(SpecialDay.day)
    )
    return [PublishedDay(row.day, row.is_workday, row.name) for row in rows]


@dataclass(frozen=True)
class Change:
    """One act on a year's calendar. ``days``: day, what it was and what it became (True worked, False off, None as the
    week has it); ``who`` is None for the console."""

    at: datetime
    who: str | None
    verb: str
    days: tuple[tuple[date, bool | None, bool | None], ...]


def changes_of(year: int) -> list[Change]:
    """What people did to this year, newest first."""
    absent = aliased(User)
    rows = db.session.execute(
        select(Event, User.name, absent.name)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(absent, absent.id == Event.for_id)
        .where(Event.subject == "workdays", Event.subject_id == year, Event.verb.in_(CHANGE_NAMES))
        .order_by(Event.id.desc())
        .limit(CHANGES_SHOWN)
    ).all()
    return [Change(event.at, _hand(name, away), event.verb, _days(event.data)) for event, name, away in rows]


#: What an act on the calendar is called on its page.
CHANGE_NAMES: dict[str, str] = {
    "import_workdays": N_("导入放假安排"),
    "change_workdays": N_("手工改动"),
    "confirm_workdays": N_("确认与通知一致"),
}


def _hand(name: str | None, away: str | None) -> str | None:
    return f"{name}（{away}）" if name and away else name


def _days(data: dict[str, Any]) -> tuple[tuple[date, bool | None, bool | None], ...]:
    before, after = data.get("before", {}), data.get("after", {})
    differ: Sequence[str] = [day for day in sorted({*before, *after}) if before.get(day) != after.get(day)]
    return tuple((date.fromisoformat(day), before.get(day), after.get(day)) for day in differ)

"""The calendar as stored."""

from __future__ import annotations

from sqlalchemy import select

from tracker.base.db import db
from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import Calendar


def calendar() -> Calendar:
    """Every special day on record, as one value."""
    rows = db.session.execute(select(SpecialDay.day, SpecialDay.is_workday, SpecialDay.official_year)).all()
    return Calendar({row.day: row.is_workday for row in rows}, frozenset(row.official_year for row in rows))

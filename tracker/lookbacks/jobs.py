"""What the clock does to look-backs: a function of the day, set-based, safe to run twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from tracker.base import clock, journal
from tracker.base.db import db
from tracker.issues.models import Issue


def bring_up(today: date, at: datetime | None = None) -> dict[str, int]:
    """Record that a clearance is to be looked at again, on the day its date comes. Returns how many.

    The lists need no job: they compare the date. The event tells whoever follows the history, once for each date.
    """
    ids = db.session.scalars(select(Issue.id).where(Issue.look_back_on == today).order_by(Issue.id)).all()
    row = {"at": at or clock.now(), "verb": "look_back_due", "subject": "issue", "data": {"due_on": today.isoformat()}}
    journal.record_all([{**row, "subject_id": issue} for issue in ids])
    return {"brought_up": len(ids)}

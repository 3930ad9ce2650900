"""What the clock does to deadlines: a function of the day, set-based, safe to run twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import aliased

from tracker.base import clock, journal
from tracker.base.db import db, upsert
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.workflow import OPEN, Kind, State

CHUNK = 5000  # rows per statement


def flag_overdue(today: date, at: datetime | None = None) -> dict[str, int]:
    """Open an episode, with its event, for every issue overdue on this day that has none running.

    Everything is derived from dates: a day on which nothing ran is made up for by the next, a second run finds
    nothing to do, and an earlier day un-flags nothing. Runs in the caller's transaction. Returns how many it opened.
    """
    opened, instant = 0, at or clock.now()
    while number := _open(today, instant):
        opened += number
    return {"opened": opened}


def bring_up(today: date, at: datetime | None = None) -> dict[str, int]:
    """Record that a long-term issue is to be looked at again, on the day its review date comes. Returns how many.

    The lists need no job: they compare the date. The event tells whoever follows the history, once for each date.
    """
    due = select(Issue.id).where(
        Issue.review_on == today, Issue.kind == Kind.LONG_TERM, Issue.state.in_(OPEN - {State.REVIEWING})
    )
    ids = db.session.scalars(due.order_by(Issue.id)).all()
    row = {"at": at or clock.now(), "verb": "review_due", "subject": "issue", "data": {"review_on": today.isoformat()}}
    journal.record_all([{**row, "subject_id": issue} for issue in ids])
    return {"brought_up": len(ids)}


def _open(today: date, instant: datetime) -> int:
    """One chunk: the episodes by one statement from the issues themselves, then the events of what it opened."""
    running = aliased(OverdueEpisode)
    flagged = select(running.id).where(running.issue_id == Issue.id, running.ended_on.is_(None)).exists()
    late = (
        select(Issue.id, Issue.deadline, Issue.overdue_from, literal(instant, OverdueEpisode.recorded_at.type))
        .where(Issue.overdue_from.is_not(None), Issue.overdue_from <= today, ~flagged)
        .order_by(Issue.overdue_from, Issue.id)
        .limit(CHUNK)
    )
    rows = db.session.execute(
        upsert(OverdueEpisode)
        .from_select(["issue_id", "deadline", "starts_on", "recorded_at"], late)
        .on_conflict_do_nothing()  # another scheduler was faster with some: theirs stand
        .returning(OverdueEpisode.issue_id, OverdueEpisode.deadline, OverdueEpisode.starts_on)
    ).all()
    if rows:
        journal.record_all(
            [
                {
                    "at": instant,
                    "verb": "overdue",
                    "subject": "issue",
                    "subject_id": issue,
                    "data": {"deadline": deadline.isoformat(), "starts_on": starts_on.isoformat()},
                }
                for issue, deadline, starts_on in rows
            ]
        )
    return len(rows)

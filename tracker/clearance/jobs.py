"""What the clock does to reviews: a function of the day, set-based, safe to run twice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import literal, select

from tracker.base import clock
from tracker.base.db import db
from tracker.clearance.models import Application
from tracker.clearance.queries import reviewing
from tracker.clearance.rules import ApplicationState
from tracker.deadlines.actions import record_delays, tell_delays
from tracker.deadlines.models import Delay
from tracker.deadlines.queries import kept_clocks, tiers_of_delay
from tracker.deadlines.rules import Clock, allowed_workdays, late_since
from tracker.issues.models import Issue
from tracker.workdays.queries import calendar


def mind_reviews(today: date, at: datetime | None = None) -> dict[str, int]:
    """Record every review level that has waited longer than the rule allows, one event each, and tell whoever may
    review it, once: a level is known by the day it was reached. Runs in the caller's transaction.

    Who may review is asked of all levels that are newly late at once (``queries.reviewing``): at a level with nobody free
    these are the supervisors above, and where a post is vacant the supervisors of county and root learn of it. Returns how
    many were recorded and how many messages queued.
    """
    instant, allowed = at or clock.now(), allowed_workdays(Clock.REVIEW, kept_clocks())
    begun = late_since(today, calendar(), allowed)
    found = (
        select(
            Application.issue_id,
            literal(Clock.REVIEW, Delay.clock.type),
            Application.level_since,
            Application.level,
            literal(allowed),
            literal(today),
        )
        .join(Issue, Issue.id == Application.issue_id)
        .where(Application.state == ApplicationState.OPEN, Application.level_since <= begun)
    )
    recorded, told = record_delays(found, instant), 0
    if db.session.scalar(select(Delay.id).where(Delay.clock == Clock.REVIEW, Delay.told_on.is_(None)).limit(1)):

        def who_may(some: Any) -> list[Any]:
            return [reviewing(some, today)]

        told = tell_delays(Clock.REVIEW, (who_may, *tiers_of_delay(Clock.REVIEW)), today, instant)
    return {"recorded": recorded, "told": told}

"""What the clock does to reviews: a function of the day, safe to run twice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import literal, select, update

from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db
from tracker.clearance.models import Application
from tracker.clearance.queries import eligible_reviewers
from tracker.clearance.rules import ApplicationState
from tracker.deadlines.actions import record_delays
from tracker.deadlines.models import Delay
from tracker.deadlines.queries import kept_clocks
from tracker.deadlines.rules import DELAY_MATTERS, Clock, allowed_workdays, delay_occasion, late_since
from tracker.issues.models import Issue
from tracker.messages.actions import queue
from tracker.workdays.queries import calendar


def mind_reviews(today: date, at: datetime | None = None) -> dict[str, int]:
    """Record every review level that has waited longer than the rule allows, one event each, and tell whoever may
    review it, once: a level is known by the day it was reached. Runs in the caller's transaction.

    Who may review is asked of each level that is newly late, by the one rule there is (``eligible_reviewers``): at a level
    with nobody free these are the supervisors above. Returns how many were recorded and how many messages queued.
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
    for delay in db.session.scalars(select(Delay).where(Delay.told_on.is_(None), Delay.clock == Clock.REVIEW)).all():
        told += _tell(delay, today, instant)
    mine = (Delay.told_on.is_(None), Delay.clock == Clock.REVIEW)
    db.session.execute(update(Delay).where(*mine).values(told_on=today))
    return {"recorded": recorded, "told": told}


def _tell(delay: Delay, today: date, instant: datetime) -> int:
    mine = (Application.issue_id == delay.issue_id, Application.state == ApplicationState.OPEN)
    application = db.session.scalar(select(Application).where(*mine, Application.level == delay.level))
    if application is None:  # answered meanwhile: nobody is told of what is over
        return 0
    people = [person for person, _name, _unit in eligible_reviewers(application, today).people]
    what: tuple[Any, ...] = (
        literal(delay_occasion(Clock.REVIEW, delay.id)).label("occasion"),
        User.id.label("person_id"),
        literal(delay.issue_id).label("issue_id"),
        literal(delay.allowed).label("number"),
    )
    return queue(select(*what).where(User.id.in_(people)), DELAY_MATTERS[Clock.REVIEW], day=today, at=instant)

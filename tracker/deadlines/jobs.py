"""What the clock does to deadlines: a function of the day, set-based, safe to run twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from tracker.base import clock, journal
from tracker.base.db import db, upsert
from tracker.base.journal import Event
from tracker.deadlines.actions import record_delays
from tracker.deadlines.models import Delay, Escalation
from tracker.deadlines.queries import (
    kept_clocks,
    people_concerned,
    people_of_delay,
    people_of_level,
    tiers_of_delay,
    tiers_of_level,
    untold,
)
from tracker.deadlines.rules import (
    CLOCK_OF,
    DELAY_MATTERS,
    MATTERS,
    Clock,
    allowed_workdays,
    delay_occasion,
    late_since,
    level_days,
    occasion,
)
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.workflow import OPEN, Kind, State
from tracker.messages.actions import announce, queue
from tracker.messages.models import Message
from tracker.messages.rules import Matter
from tracker.workdays.queries import calendar

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


def escalate(today: date, at: datetime | None = None) -> dict[str, int]:
    """Raise every running episode to the level its dates call for, one event a level, and queue what each level tells.

    Levels are rows with one key each, so a day on which nothing ran is made up for with every level in between, a
    second run finds nothing to raise, and an earlier day takes nothing back. An episode that has ended is not raised
    any more: nobody is told of what is over. Runs in the caller's transaction. Returns how many levels were raised
    and how many messages were queued.
    """
    instant = at or clock.now()
    raised = sum(_raise(number, today, instant) for number in MATTERS)
    told = sum(_tell(number, today, instant) for number in MATTERS) + _tell_taken_over(today, instant)
    db.session.execute(update(Escalation).where(Escalation.told_on.is_(None)).values(told_on=today))
    return {"raised": raised, "told": told}


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


def tell_upcoming(today: date, at: datetime | None = None) -> dict[str, int]:
    """Tell the people of an issue that its deadline is near (once at each of the two thresholds of the lamps) and that it
    waits to be signed for (once for each hand-out; what a ledger brought in is told by its own summary). Not urgent: it
    goes into the inbox and the day's digest. Runs in the caller's transaction. Returns how many were told."""
    instant, clocks = at or clock.now(), kept_clocks()
    near, nearer = clocks.blue_days, clocks.yellow_days
    under_way = (Issue.state.in_(OPEN - {State.REVIEWING}), Issue.has_children.is_(False))
    told = 0
    for days, after in ((near, today + timedelta(days=nearer)), (nearer, today - timedelta(days=1))):
        mark = literal(f"due:{days}:").concat(cast(Issue.id, String)).concat(":").concat(cast(Issue.deadline, String))
        due = select(Issue.id.label("issue_id"), mark.label("occasion"), literal(days).label("number")).where(
            Issue.deadline > after, Issue.deadline <= today + timedelta(days=days), *under_way
        )
        told += queue(_told_of(due), Matter.DUE_SOON, day=today, at=instant)
    mark = literal("to_accept:").concat(cast(Issue.id, String)).concat(":").concat(cast(Issue.waiting_since, String))
    handed = select(
        Issue.id.label("issue_id"), mark.label("occasion"), literal(clocks.unsigned_workdays).label("number")
    ).where(Issue.state == State.ASSIGNED, Issue.taken_over.is_(False))
    return {"told": told + queue(_told_of(handed), Matter.TO_ACCEPT, day=today, at=instant)}


def _told_of(issues: Any) -> Select[Any]:
    people = people_concerned(issues).subquery()
    return select(people.c.occasion, people.c.person_id, people.c.issue_id, people.c.number)


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


def _raise(number: int, today: date, instant: datetime) -> int:
    """Record this level on every running episode whose dates call for it and that has not reached it."""
    reached, told, known = aliased(Escalation), aliased(Escalation), aliased(Event)
    flagged = select(known.id).where(known.subject == "issue", known.subject_id == Issue.id, known.verb == "overdue")
    was_told = select(told.level).where(told.issue_id == Issue.id, told.told_on.is_not(None))
    # Opened by the take-over itself, not by a night of ours: everything up to now is told in one summary.
    at_take_over = and_(Issue.taken_over, ~flagged.exists(), ~was_told.exists())
    episode = OverdueEpisode
    due = (
        select(episode.id, literal(number), episode.issue_id, literal(today), at_take_over)
        .join(Issue, Issue.id == episode.issue_id)
        .where(episode.ended_on.is_(None), episode.starts_on <= today - timedelta(days=level_days(number) - 1))
        .where(~select(reached.level).where(reached.episode_id == episode.id, reached.level == number).exists())
        .order_by(episode.id)
    )
    columns = ["episode_id", "level", "issue_id", "raised_on", "at_take_over"]
    insert = upsert(Escalation).from_select(columns, due).on_conflict_do_nothing().returning(Escalation.issue_id)
    issues = db.session.scalars(insert).all()
    row = {"at": instant, "verb": "escalated", "subject": "issue", "data": {"level": number}}
    journal.record_all([{**row, "subject_id": issue} for issue in issues])
    return len(issues)


def _tell(number: int, today: date, instant: datetime) -> int:
    """Tell whom the level names; where that reached nobody, whoever can act instead."""
    raised = untold(number).subquery()
    mark = literal(occasion(number)).concat(cast(raised.c.episode_id, String)).label("occasion")
    groups = select(mark, raised.c.issue_id).where(~raised.c.at_take_over)
    announce(groups, MATTERS[number], number=level_days(number), at=instant)
    told = 0
    for tier in range(len(tiers_of_level(number))):
        people = people_of_level(number, tier, today).subquery()
        what = literal(occasion(number)).concat(cast(people.c.episode_id, String))
        rows = select(
            what.label("occasion"),
            people.c.person_id,
            people.c.issue_id,
            literal(level_days(number)).label("number"),
        ).where(~people.c.at_take_over, *_nobody_told(tier, what))
        told += queue(rows, MATTERS[number], day=today, at=instant)
    return told


def _nobody_told(tier: int, what: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    return (~select(Message.id).where(Message.occasion == what).exists(),) if tier else ()


def _tell_taken_over(today: date, instant: datetime) -> int:
    """One summary per person of what was late when it was taken over, whatever level each of it had."""
    people = union_all(*(people_of_level(number, 0, today) for number in MATTERS)).subquery()
    told = (
        select(
            literal(f"taken_over:{today}:").concat(cast(func.max(people.c.episode_id), String)).label("occasion"),
            people.c.person_id,
            cast(null(), Integer).label("issue_id"),
            func.count(people.c.issue_id.distinct()).label("number"),
        )
        .where(people.c.at_take_over)
        .group_by(people.c.person_id)
    )
    raised = union_all(*(untold(number) for number in MATTERS)).subquery()
    mark = literal("taken_over:").concat(cast(raised.c.episode_id, String)).label("occasion")
    announce(select(mark, raised.c.issue_id).where(raised.c.at_take_over), Matter.TAKEN_OVER, number=0, at=instant)
    return queue(told, Matter.TAKEN_OVER, day=today, at=instant)


# --- steps that take too long -----------------------------------------------------------------------------------


def mind_steps(today: date, at: datetime | None = None) -> dict[str, int]:
    """Record every issue that has waited for its assignment, signature or plan longer than the rule allows, one event
    each, and tell who must act, once.

    A pure function of the dates and the calendar: the key of a delay is when its step began, so missed nights, double
    runs and a clock moved back are harmless. Runs in the caller's transaction. The review levels are minded by
    clearance, which knows them. Returns how many delays were recorded and how many messages queued.
    """
    instant, days, clocks = at or clock.now(), calendar(), kept_clocks()
    recorded = told = 0
    for state, which in CLOCK_OF.items():
        if which is Clock.REVIEW:
            continue
        allowed = allowed_workdays(which, clocks)
        begun = late_since(today, days, allowed)
        found = select(
            Issue.id,
            literal(which, Delay.clock.type),
            Issue.waiting_since,
            literal(0),
            literal(allowed),
            literal(today),
        )
        recorded += record_delays(found.where(Issue.state == state, Issue.waiting_since <= begun), instant)
        told += sum(_tell_delay(which, tier, today, instant) for tier in range(len(tiers_of_delay(which))))
    mine = (Delay.told_on.is_(None), Delay.clock != Clock.REVIEW)
    db.session.execute(update(Delay).where(*mine).values(told_on=today))
    return {"recorded": recorded, "told": told}


def _tell_delay(which: Clock, tier: int, today: date, instant: datetime) -> int:
    people = people_of_delay(which, tier, today).subquery()
    what = literal(delay_occasion(which)).concat(cast(people.c.delay_id, String))
    rows = select(what.label("occasion"), people.c.person_id, people.c.issue_id, people.c.allowed.label("number"))
    return queue(rows.where(*_nobody_told(tier, what)), DELAY_MATTERS[which], day=today, at=instant)

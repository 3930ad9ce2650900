"""What the clock does to deadlines: a function of the day, set-based, safe to run twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Date,
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
from tracker.deadlines.actions import nobody_told, record_delays, tell_delays
from tracker.deadlines.models import Delay, Escalation
from tracker.deadlines.queries import (
    kept_clocks,
    people_concerned,
    people_told,
    tiers_of_delay,
    tiers_of_level,
    untold,
)
from tracker.deadlines.rules import (
    CLOCK_OF,
    MATTERS,
    Clock,
    Clocks,
    allowed_workdays,
    late_since,
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
    second run finds nothing to raise, and an earlier day takes nothing back; nor do other thresholds: they hold from the
    next run on, and what was raised under the old ones stands. An episode that has ended is not raised any more: nobody
    is told of what is over. Where a level reached nobody at all it stays to be told, and the next run tries again. Runs in
    the caller's transaction. Returns how many levels were raised and how many messages were queued.
    """
    instant, clocks = at or clock.now(), kept_clocks()
    raised = _raise(clocks, today, instant)
    waiting = select(Escalation.level, Escalation.at_take_over).where(Escalation.told_on.is_(None)).distinct()
    untold_levels = sorted((row.level, row.at_take_over) for row in db.session.execute(waiting))
    told = sum(_tell(number, clocks, today, instant) for number, at_take_over in untold_levels if not at_take_over)
    taken_over = [number for number, at_take_over in untold_levels if at_take_over]
    told += _tell_taken_over(taken_over, clocks, today, instant) if taken_over else 0
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
    episodes: Any = OverdueEpisode.__table__  # not the class: a night writes tens of thousands
    said = (cast(episodes.c.deadline, String), cast(episodes.c.starts_on, String))
    rows = db.session.execute(
        upsert(episodes)
        .from_select(["issue_id", "deadline", "starts_on", "recorded_at"], late)
        .on_conflict_do_nothing()  # another scheduler was faster with some: theirs stand
        .returning(episodes.c.issue_id, *said)
    ).all()
    if rows:
        journal.record_all(
            [
                {
                    "at": instant,
                    "verb": "overdue",
                    "subject": "issue",
                    "subject_id": issue,
                    "data": {"deadline": deadline, "starts_on": starts_on},
                }
                for issue, deadline, starts_on in rows
            ]
        )
    return len(rows)


def _raise(clocks: Clocks, today: date, instant: datetime) -> int:
    """Record every level that the dates of a running episode call for and that it has not reached; one statement."""
    reached, told, known = aliased(Escalation), aliased(Escalation), aliased(Event)
    flagged = select(known.id).where(known.subject == "issue", known.subject_id == Issue.id, known.verb == "overdue")
    was_told = select(told.level).where(told.issue_id == Issue.id, told.told_on.is_not(None))
    # Opened by the take-over itself, not by a night of ours: everything up to now is told in one summary.
    at_take_over = and_(Issue.taken_over, ~flagged.exists(), ~was_told.exists())
    episode = OverdueEpisode
    rungs = [
        select(
            literal(number).label("level"),
            literal(days).label("days"),
            literal(today - timedelta(days=days - 1), Date).label("latest"),
        )
        for number, days in enumerate(clocks.level_days, 1)
    ]
    rung = union_all(*rungs).subquery()
    due = (
        select(episode.id, rung.c.level, episode.issue_id, rung.c.days, literal(today), at_take_over)
        .join(Issue, Issue.id == episode.issue_id)
        .join(rung, episode.starts_on <= rung.c.latest)
        .where(episode.ended_on.is_(None))
        .where(~select(reached.level).where(reached.episode_id == episode.id, reached.level == rung.c.level).exists())
        .order_by(rung.c.level, episode.id)
    )
    columns = ["episode_id", "level", "issue_id", "days", "raised_on", "at_take_over"]
    levels: Any = Escalation.__table__  # not the class: a night writes tens of thousands
    insert = upsert(levels).from_select(columns, due).on_conflict_do_nothing()
    rows = db.session.execute(insert.returning(levels.c.issue_id, levels.c.level)).all()
    event = {"at": instant, "verb": "escalated", "subject": "issue"}
    journal.record_all([{**event, "subject_id": issue, "data": {"level": level}} for issue, level in rows])
    return len(rows)


def _tell(number: int, clocks: Clocks, today: date, instant: datetime) -> int:
    """Tell whom the level names; where that reached nobody, whoever can act instead."""
    raised = untold(number, at_take_over=False)
    mark = literal(occasion(number))
    groups = raised.subquery()
    announce(
        select(mark.concat(cast(groups.c.episode_id, String)).label("occasion"), groups.c.issue_id),
        MATTERS[number],
        number=clocks.level_days[number - 1],
        at=instant,
    )
    told = 0
    for tier, named in enumerate(tiers_of_level(clocks.tells[number - 1])):
        left = raised.where(*nobody_told(tier, mark.concat(cast(Escalation.episode_id, String))))
        people = people_told(left, named, today).subquery()
        what = mark.concat(cast(people.c.episode_id, String))
        rows = select(what.label("occasion"), people.c.person_id, people.c.issue_id, people.c.days.label("number"))
        told += queue(rows, MATTERS[number], day=today, at=instant)
    of_it = (Escalation.level == number, Escalation.told_on.is_(None), Escalation.at_take_over.is_(False))
    somebody = select(Message.id).where(Message.occasion == mark.concat(cast(Escalation.episode_id, String)))
    db.session.execute(update(Escalation).where(*of_it, somebody.exists()).values(told_on=today))
    return told


def _tell_taken_over(numbers: Sequence[int], clocks: Clocks, today: date, instant: datetime) -> int:
    """One summary per person of what was late when it was taken over, whatever level each of it had. A level that reaches
    nobody is told to whoever can act instead, here too."""
    named_by = [
        select(people.c.issue_id, people.c.episode_id, people.c.person_id, literal(number).label("level"), literal(tier).label("tier"))
        for number in numbers
        for tier, named in enumerate(tiers_of_level(clocks.tells[number - 1]))
        for people in [people_told(untold(number, at_take_over=True), named, today).subquery()]
    ]  # fmt: skip
    everyone = union_all(*named_by).cte("everyone")
    nearest = select(everyone.c.episode_id, everyone.c.level, func.min(everyone.c.tier).label("tier"))
    first = nearest.group_by(everyone.c.episode_id, everyone.c.level).subquery()
    summaries = (
        select(
            literal(f"taken_over:{today}:").concat(cast(func.max(everyone.c.episode_id), String)).label("occasion"),
            everyone.c.person_id,
            cast(null(), Integer).label("issue_id"),
            func.count(everyone.c.issue_id.distinct()).label("number"),
        )
        .join(
            first,
            and_(
                first.c.episode_id == everyone.c.episode_id,
                first.c.level == everyone.c.level,
                first.c.tier == everyone.c.tier,
            ),
        )
        .group_by(everyone.c.person_id)
    )
    raised = union_all(*(untold(number, at_take_over=True) for number in numbers)).subquery()
    mark = literal("taken_over:").concat(cast(raised.c.episode_id, String)).label("occasion")
    announce(select(mark, raised.c.issue_id), Matter.TAKEN_OVER, number=0, at=instant)
    told = queue(summaries, Matter.TAKEN_OVER, day=today, at=instant)
    if told:
        of_it = (Escalation.told_on.is_(None), Escalation.at_take_over)
        db.session.execute(update(Escalation).where(*of_it).values(told_on=today))
    return told


# --- steps that take too long -----------------------------------------------------------------------------------


def mind_steps(today: date, at: datetime | None = None) -> dict[str, int]:
    """Record every issue that has waited for its assignment, signature or plan longer than the rule allows, one event
    each, and tell who must act, once.

    A pure function of the dates and the calendar: the key of a delay is when its step began, so missed nights, double
    runs and a clock moved back are harmless. Runs in the caller's transaction. The review levels are minded by
    clearance, which knows them. Returns how many delays were recorded and how many messages queued.
    """
    instant, days, clocks = at or clock.now(), calendar(), kept_clocks()
    recorded = 0
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
    waiting = set(db.session.scalars(select(Delay.clock).where(Delay.told_on.is_(None)).distinct())) - {Clock.REVIEW}
    told = sum(tell_delays(which, tiers_of_delay(which), today, instant) for which in sorted(waiting))
    return {"recorded": recorded, "told": told}

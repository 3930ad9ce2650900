"""Use cases: ask for a later deadline, grant it, refuse it; remind whoever handles an issue; object
to being overdue, decide that; keep the thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, literal, select, update

from tracker.accounts.models import User
from tracker.accounts.queries import is_own_request
from tracker.base import clock, journal
from tracker.base.access import N_, Actor, Refused, keeps_rules
from tracker.base.db import db, upsert
from tracker.base.journal import Event
from tracker.deadlines.models import Delay, Extension, Objection
from tracker.deadlines.queries import (
    CLOCKS,
    Named,
    handlers_reached,
    is_concerned,
    kept_clocks,
    people_told,
    reminded_on,
    running_episode,
    untold_delays,
    waiting_extension,
    waiting_objection,
)
from tracker.deadlines.rules import (
    DELAY_MATTERS,
    OWN_OBJECTION,
    Clock,
    Clocks,
    ExtensionState,
    ObjectionState,
    check_clocks,
    days_overdue,
    delay_occasion,
    to_keep,
)
from tracker.issues import workflow
from tracker.issues.actions import advance, authorise
from tracker.issues.models import Issue
from tracker.issues.queries import relations
from tracker.issues.rules import EpisodeEnd
from tracker.issues.workflow import Fact, Verb
from tracker.messages.actions import queue
from tracker.messages.models import Message
from tracker.messages.rules import Matter
from tracker.progress.actions import attach, references
from tracker.progress.rules import Upload
from tracker.settings.actions import put


def request_extension(
    issue: Issue, actor: Actor, *, today: date, wanted: date, reason: str, at: datetime | None = None
) -> Extension:
    """Ask for a later deadline, on or before the present one (申请延期)."""
    deadline = issue.deadline
    advance(
        issue,
        Verb.REQUEST_EXTENSION,
        actor,
        today=today,
        at=at,
        remark=reason.strip(),
        facts={
            Fact.HAS_DEADLINE: deadline is not None,
            Fact.ASKED_IN_TIME: deadline is not None and today <= deadline,
            Fact.NO_EXTENSION_WAITING: waiting_extension(issue.id) is None,
            Fact.LATER_DATE: deadline is not None and wanted > deadline,
        },
        data={"deadline": str(deadline), "wanted": str(wanted)},
    )
    extension = Extension(
        issue_id=issue.id,
        state=ExtensionState.WAITING,
        deadline=deadline,
        wanted=wanted,
        reason=reason.strip(),
        asked_by_id=actor.id,
        asked_for_id=actor.for_id,
        asked_on=today,
    )
    db.session.add(extension)
    db.session.flush()
    return extension


def grant_extension(issue: Issue, actor: Actor, *, today: date, opinion: str = "", at: datetime | None = None) -> Event:
    """Agree (同意延期): the deadline moves, the original stays; a running episode ends as extended."""
    extension = _others_request(issue, actor, today)
    wanted = extension.wanted if extension else None
    event = advance(
        issue,
        Verb.GRANT_EXTENSION,
        actor,
        today=today,
        at=at,
        remark=opinion.strip() or None,
        facts={
            Fact.EXTENSION_WAITING: extension is not None,
            Fact.LATER_DATE: bool(wanted and issue.deadline and wanted > issue.deadline),
        },
        changes={"deadline": wanted, "extensions": issue.extensions + 1, "deadline_proposed": False} if wanted else {},
    )
    _decide(extension, ExtensionState.GRANTED, actor, opinion, at)
    _tell_decided(issue, Matter.EXTENSION_GRANTED, event, extension, actor, today)
    return event


def refuse_extension(issue: Issue, actor: Actor, *, today: date, reason: str, at: datetime | None = None) -> Event:
    """Disagree, with a reason (不同意延期); the deadline stays."""
    extension = _others_request(issue, actor, today)
    event = advance(
        issue,
        Verb.REFUSE_EXTENSION,
        actor,
        today=today,
        at=at,
        remark=reason.strip(),
        facts={Fact.EXTENSION_WAITING: extension is not None},
        data={"wanted": str(extension.wanted)} if extension else {},
    )
    _decide(extension, ExtensionState.REFUSED, actor, reason, at)
    _tell_decided(issue, Matter.EXTENSION_REFUSED, event, extension, actor, today)
    return event


def _others_request(issue: Issue, actor: Actor, today: date) -> Extension | None:
    """The request to decide. Raises Refused for whoever asked it, or had it asked by a stand-in."""
    extension = waiting_extension(issue.id)
    if extension is not None and is_own_request((extension.asked_by_id, extension.asked_for_id), actor, today):
        raise Refused(N_("延期不能由申请人自己审批，请由其他督查人员办理。"))
    return extension


def _decide(
    extension: Extension | None, state: ExtensionState, actor: Actor, opinion: str, at: datetime | None
) -> None:
    assert extension is not None  # the fact EXTENSION_WAITING refused otherwise
    extension.state, extension.decided_at = state, at or clock.now()
    extension.decided_by_id, extension.decided_for_id = actor.id, actor.for_id
    extension.opinion = opinion.strip() or None


def _tell_decided(
    issue: Issue, matter: Matter, event: Event, asked: Extension | Objection | None, actor: Actor, today: date
) -> None:
    """Tell who asked, in whose name, and everybody who handles the issue, what was decided and why; not who decided."""
    assert asked is not None  # the fact that something waits refused otherwise
    hands = (
        (asked.asked_by_id, asked.asked_for_id)
        if isinstance(asked, Extension)
        else (asked.raised_by_id, asked.raised_for_id)
    )
    people = {*hands, *(person.id for person in handlers_reached(issue, today))} - {None, actor.id, actor.duty_id}
    db.session.flush()
    told = _told_about(issue, f"{matter}:{asked.id}", 0).where(User.id.in_(sorted(people)))
    queue(told, matter, day=today, at=event.at, remark_id=event.remark_id)


def _told_about(issue: Issue, occasion: str, number: int) -> Select[Any]:
    """People to tell one thing of this issue, as ``queue`` takes them; whom is for the caller to add."""
    what: tuple[Any, ...] = (
        literal(occasion).label("occasion"),
        User.id.label("person_id"),
        literal(issue.id).label("issue_id"),
        literal(number).label("number"),
    )
    return select(*what)


def remind(issue: Issue, actor: Actor, *, today: date, words: str, at: datetime | None = None) -> int:
    """Urge the handlers (催办), in the supervisor's words, at most once a day; returns how many people are told."""
    people = [person.id for person in handlers_reached(issue, today)]
    event = advance(
        issue,
        Verb.REMIND,
        actor,
        today=today,
        at=at,
        remark=words.strip() or None,
        facts={
            Fact.WORDS: bool(words.strip()),
            Fact.NOT_REMINDED_TODAY: reminded_on(issue.id) != today,
            Fact.REACHABLE: bool(people),
        },
        data={"day": today.isoformat(), "told": len(people)},
    )
    db.session.flush()
    told = _told_about(issue, f"remind:{today}:{issue.id}", days_overdue(issue.overdue_from, today))
    told = told.where(User.id.in_(people))
    return queue(told, Matter.REMINDER, day=today, at=event.at, remark_id=event.remark_id)


def set_clocks(clocks: Clocks, actor: Actor, *, at: datetime | None = None) -> None:
    """Keep other thresholds (时限规则) from the next run on; what was recorded under the old ones stands: no level that an
    episode was raised to falls back. The root office only."""
    if not keeps_rules(actor):
        raise Refused(N_("只有市级督查可以修改时限规则。"))
    check_clocks(clocks)
    before = kept_clocks()
    if clocks == before:
        return
    new, old = to_keep(clocks), to_keep(before)
    put(CLOCKS, new)
    changed = {name: [old[name], value] for name, value in new.items() if old[name] != value}
    journal.record("set_clocks", "clocks", 0, **journal.by(actor), data={"changed": changed}, at=at)


def record_delays(found: Any, instant: datetime) -> int:
    """Write a delay, with its event, for each row of ``found`` (issue_id, clock, since, level, allowed, recorded_on) that
    was not written before; returns how many."""
    columns = ["issue_id", "clock", "since", "level", "allowed", "recorded_on"]
    insert = upsert(Delay).from_select(columns, found).on_conflict_do_nothing()
    rows = db.session.execute(insert.returning(Delay.issue_id, Delay.clock, Delay.since, Delay.level)).all()
    event = {"at": instant, "verb": "delayed", "subject": "issue"}
    journal.record_all(
        [
            {
                **event,
                "subject_id": issue,
                "data": {"clock": which.value, "since": since.isoformat(), "at_level": level},
            }
            for issue, which, since, level in rows
        ]
    )
    return len(rows)


def tell_delays(which: Clock, tiers: Sequence[Named], today: date, instant: datetime) -> int:
    """Queue what the delays of this clock tell whom they name, and where that reaches nobody, whoever can act instead (the
    further ``tiers``); a constant number of statements. What reached nobody at all stays to be told. Returns how many
    messages."""
    mark, told = literal(delay_occasion(which)), 0
    for tier, named in enumerate(tiers):
        left = untold_delays(which).where(*nobody_told(tier, mark.concat(cast(Delay.id, String))))
        people = people_told(left, named, today).subquery()
        what = mark.concat(cast(people.c.delay_id, String))
        rows = select(what.label("occasion"), people.c.person_id, people.c.issue_id, people.c.allowed.label("number"))
        told += queue(rows, DELAY_MATTERS[which], day=today, at=instant)
    somebody = select(Message.id).where(Message.occasion == mark.concat(cast(Delay.id, String)))
    of_it = (Delay.clock == which, Delay.told_on.is_(None))
    db.session.execute(update(Delay).where(*of_it, somebody.exists()).values(told_on=today))
    return told


def nobody_told(tier: int, what: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    """The condition of every tier but the first: this occasion has reached nobody yet."""
    return (~select(Message.id).where(Message.occasion == what).exists(),) if tier else ()


def object_to(
    issue: Issue, actor: Actor, *, today: date, reason: str, files: Iterable[Upload] = (), at: datetime | None = None
) -> Objection:
    """Say why being overdue is not right (提出异议), with evidence; one open objection per episode. The flag stands
    until a supervisor decides."""
    # asked before a byte is stored; ``advance`` asks again with the facts
    authorise(workflow.find(Verb.OBJECT, issue.state, issue.kind), actor, relations(issue, actor))
    episode = running_episode(issue.id)
    evidence = attach(issue, actor, files, at=at)
    advance(
        issue,
        Verb.OBJECT,
        actor,
        today=today,
        at=at,
        remark=reason.strip(),
        facts={
            Fact.EPISODE_RUNS: episode is not None,
            Fact.NO_OBJECTION_WAITING: waiting_objection(issue.id) is None,
        },
        data=references(evidence),
    )
    assert episode is not None  # the fact EPISODE_RUNS refused otherwise
    objection = Objection(
        issue_id=issue.id,
        episode_id=episode.id,
        state=ObjectionState.WAITING,
        reason=reason.strip(),
        raised_by_id=actor.id,
        raised_for_id=actor.for_id,
        raised_on=today,
        evidence=evidence,
    )
    db.session.add(objection)
    db.session.flush()
    return objection


def uphold_objection(
    issue: Issue, actor: Actor, *, today: date, opinion: str, term: date | None, at: datetime | None = None
) -> Event:
    """Agree (异议成立): the episode is annulled and stays to be seen; the issue runs to a new deadline, or nobody would
    ask for it again. The original deadline stays."""
    objection = _others_objection(issue, actor, today)
    event = advance(
        issue,
        Verb.UPHOLD_OBJECTION,
        actor,
        today=today,
        at=at,
        remark=opinion.strip(),
        facts={
            Fact.OBJECTION_WAITING: objection is not None,
            Fact.NEW_TERM: term is not None and term >= today,
        },
        changes={"deadline": term, "deadline_proposed": False} if term else {},
        ends=EpisodeEnd.ANNULLED,
    )
    _settle_objection(objection, ObjectionState.UPHELD, actor, opinion, at)
    _tell_decided(issue, Matter.OBJECTION_UPHELD, event, objection, actor, today)
    return event


def refuse_objection(issue: Issue, actor: Actor, *, today: date, opinion: str, at: datetime | None = None) -> Event:
    """Disagree, with a reason (异议不成立); the issue stays overdue."""
    objection = _others_objection(issue, actor, today)
    event = advance(
        issue,
        Verb.REFUSE_OBJECTION,
        actor,
        today=today,
        at=at,
        remark=opinion.strip(),
        facts={Fact.OBJECTION_WAITING: objection is not None},
    )
    _settle_objection(objection, ObjectionState.REFUSED, actor, opinion, at)
    _tell_decided(issue, Matter.OBJECTION_REFUSED, event, objection, actor, today)
    return event


def _others_objection(issue: Issue, actor: Actor, today: date) -> Objection | None:
    """The objection to decide. Raises Refused for whoever is concerned."""
    objection = waiting_objection(issue.id)
    if objection is not None and is_concerned(objection, issue, actor, today):
        raise Refused(OWN_OBJECTION)
    return objection


def _settle_objection(
    objection: Objection | None, state: ObjectionState, actor: Actor, opinion: str, at: datetime | None
) -> None:
    assert objection is not None  # the fact OBJECTION_WAITING refused otherwise
    objection.state, objection.decided_at = state, at or clock.now()
    objection.decided_by_id, objection.decided_for_id = actor.id, actor.for_id
    objection.opinion = opinion.strip()

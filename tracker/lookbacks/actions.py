"""Use cases: hold a look-back; what did not hold is reopened as a relapse."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from tracker.base import clock, journal
from tracker.base.access import N_, Actor, Refused, keeps_rules
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.issues import workflow
from tracker.issues.actions import advance, authorise, prove, unchanged
from tracker.issues.models import Issue
from tracker.issues.queries import look_back_months, relations
from tracker.issues.rules import LOOK_BACKS, next_look_back
from tracker.issues.workflow import STATE_NAMES, Fact, Kind, State, Verb, Who
from tracker.lookbacks.models import Draw, LookBack, Pick
from tracker.lookbacks.queries import cleared_above, had_no_part, urn
from tracker.lookbacks.rules import Visit, check_draw, check_new_term, check_visit, draw, write_frame
from tracker.progress.actions import attach, references
from tracker.progress.models import Evidence
from tracker.settings.actions import put


def hold_lookback(
    issue: Issue,
    actor: Actor,
    *,
    today: date,
    visit: Visit,
    new_term: date | None = None,
    seen: int | None = None,
    at: datetime | None = None,
) -> LookBack:
    """Look at a clearance again (回头看). One that held is recorded; one that failed reopens the issue as a relapse.

    ``new_term``: of a failed one the new deadline, for a long-term issue the new review date; ``seen``: the version
    the person looked at, raises Conflict when somebody was faster.
    """
    unchanged(issue, seen)
    cleared_on = may_hold(issue, actor, today)
    check_visit(visit, cleared_on, today)
    if visit.is_failed:
        check_new_term(issue.kind, new_term, today)
        workflow.require(workflow.find(Verb.RELAPSE, issue.state, issue.kind), _facts(new_term))
    instant = at or clock.now()
    row = LookBack(
        issue_id=issue.id, cleared_on=cleared_on, due_on=issue.look_back_on, held_on=visit.on, place=visit.place.strip(),
        people=visit.people.strip(), seen=visit.seen.strip(), result=visit.result, by_id=actor.id, held_for_id=actor.for_id,
        at=instant,
        new_term=new_term if visit.is_failed else None,
    )  # fmt: skip
    db.session.add(row)
    row.evidence = attach(issue, actor, visit.files, at=instant)
    if visit.is_failed:
        assert new_term is not None  # the fact DEADLINE_SET refused otherwise
        _relapse(issue, actor, row, new_term, today)
    else:
        _held(issue, actor, row)
    return row


def may_hold(issue: Issue, actor: Actor, today: date) -> date:
    """The day of the clearance to look at. Raises Refused where this person may not, or not here."""
    if issue.state is not State.CLEARED or issue.cleared_on is None:
        raise Refused(N_("只对已销号的问题回头看；这个问题现在是“%(state)s”。"), state=STATE_NAMES[issue.state])
    authorise(workflow.find(Verb.RELAPSE, issue.state, issue.kind), actor, relations(issue, actor))
    if issue.has_children:
        raise Refused(N_("这个问题已经分解，请对分解到各地的问题分别回头看。"))
    if not had_no_part(issue, actor, today):
        raise Refused(N_("您参与了这个问题的整改或审核，按职责分离要求，回头看要由其他人做。"))
    return issue.cleared_on


def _facts(new_term: date | None) -> dict[Fact, bool]:
    return {Fact.FAILED_LOOKBACK: True, Fact.DEADLINE_SET: new_term is not None}


def _held(issue: Issue, actor: Actor, row: LookBack) -> None:
    """It stands; the date after the one it answers comes next. What a ledger only declared is proven by it."""
    issue.look_back_on = next_look_back(row.cleared_on, issue.kind, row.held_on, look_back_months())
    issue.updated_at = row.at
    following: dict[str, Any] = {"next": str(issue.look_back_on)} if issue.look_back_on else {}
    if not issue.proven:
        following["changed"] = prove(issue)
    journal.record(
        "look_back",
        "issue",
        issue.id,
        **journal.by(actor),
        remark=row.seen,
        at=row.at,
        data={**_trace(row, row.evidence), **following},
    )


def _relapse(issue: Issue, actor: Actor, row: LookBack, new_term: date, today: date) -> None:
    """Reopen what it was broken down from, from above, then the issue itself: no child may outlast its parent."""
    for above in cleared_above(issue):
        advance(
            above,
            Verb.RELAPSE,
            actor,
            today=today,
            at=row.at,
            also=frozenset({Who.SUPERVISOR}),  # by a child's relapse: the child's supervisor need not cover it
            facts=_facts(new_term),
            changes=_term(above, new_term),
            data={"child": issue.id, "look_back": row.id},
        )
    advance(
        issue,
        Verb.RELAPSE,
        actor,
        today=today,
        at=row.at,
        facts=_facts(new_term),
        changes=_term(issue, new_term),
        remark=row.seen,
        data=_trace(row, row.evidence),
    )


def _term(issue: Issue, new_term: date) -> dict[str, Any]:
    """The columns a new term sets; the original deadline stays."""
    if issue.kind is Kind.LONG_TERM:
        return {"review_on": new_term, "deadline": issue.deadline and new_term}
    original = issue.original_deadline or new_term
    return {"deadline": new_term, "original_deadline": original, "deadline_proposed": False}


def _trace(row: LookBack, evidence: list[Evidence]) -> dict[str, Any]:
    """What the event keeps: which look-back, of when, and the files by id and hash."""
    return {"look_back": row.id, "held_on": str(row.held_on), "result": row.result.value, **references(evidence)}


# --- when -----------------------------------------------------------------------------------------------------


def set_look_backs(months: tuple[int, ...], actor: Actor, *, at: datetime | None = None) -> None:
    """Keep other months for look-backs from now on; dates that are set stay. The root office only."""
    if not keeps_rules(actor):
        raise Refused(N_("回头看的安排只能由最高一级的督查修改。"))
    before = look_back_months()
    if months == before:
        return
    put(LOOK_BACKS, list(months))
    data = {"before": list(before), "after": list(months)}
    journal.record("set_look_backs", "look_backs", 0, **journal.by(actor), data=data, at=at)


# --- the draw -------------------------------------------------------------------------------------------------


def draw_look_backs(
    actor: Actor, *, today: date, seed: str, size: int, due_on: date, at: datetime | None = None
) -> Draw:
    """Draw clearances at random (抽查), to be looked at by ``due_on``; the urn is kept so that anybody can repeat it."""
    if not keeps_rules(actor):
        raise Refused(N_("回头看抽查只能由最高一级的督查抽取。"))
    check_draw(seed, size, due_on, today)
    slips = urn()
    if not slips:
        raise Refused(N_("还没有已销号的问题，无从抽取。"))
    frame, instant, seed = write_frame(slips), at or clock.now(), seed.strip()
    numbers = draw(slips, seed, size)
    made = Draw(
        seed=seed, size=size, drawn_on=today, due_on=due_on, frame=frame, digest=sha256(frame.encode()).hexdigest(),
        by_id=actor.id, for_id=actor.for_id, at=instant,
    )  # fmt: skip
    found = {issue.number: issue for issue in db.session.scalars(select(Issue).where(Issue.number.in_(numbers)))}
    made.picks = [
        Pick(position=place, issue_id=found[number].id, number=number) for place, number in enumerate(numbers, start=1)
    ]
    db.session.add(made)
    for issue in found.values():
        issue.look_back_on = min(issue.look_back_on or due_on, due_on)
        issue.updated_at = instant
    db.session.flush()
    told = {"at": instant, **journal.by(actor), "verb": "look_back_drawn", "subject": "issue"}
    about = {"draw": made.id, "due_on": str(due_on)}
    journal.record_all([{**told, "subject_id": pick.issue_id, "data": about} for pick in made.picks])
    journal.record(
        "draw_look_backs",
        "look_back_draw",
        made.id,
        **journal.by(actor),
        at=instant,
        data={"seed": seed, "size": size, "drawn": len(numbers), "frame": made.digest},
    )
    return made


def record_frame_export(made: Draw, actor: Actor) -> Event:
    """Who took the urn of a draw."""
    return journal.record("export", "look_back_draw", made.id, **journal.by(actor), data={"frame": made.digest})

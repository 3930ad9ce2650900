"""Use case: one act on many issues, each by itself through the one door, each with a result of its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from tracker.base import clock, journal
from tracker.base.access import Actor, Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Remark
from tracker.deadlines import actions as deadlines
from tracker.desks.models import Batch, BatchItem
from tracker.desks.rules import BROKEN, DONE, MOST_AT_ONCE, Act, Outcome
from tracker.issues import actions as issues
from tracker.issues.actions import Duty, duty_of
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to

log = logging.getLogger(__name__)


def begin(
    actor: Actor,
    act: Act,
    issue_ids: Sequence[int],
    *,
    token: str,
    today: date,
    words: str = "",
    duty: Duty | None = None,
    at: datetime | None = None,
) -> int:
    """Note what is to be done to which issues; returns the batch's id. The same token again returns the same batch.

    ``words``: the reminder, the reason, the opinion; ``duty``: what of the duty chain is to be replaced (``handed_to``).
    """
    known = db.session.scalar(select(Batch).where(Batch.token == token))
    if known is not None:
        return _own(known, actor).id
    terms: dict[str, Any] = {"remark": journal.keep(words.strip())} if words.strip() else {}
    if duty is not None:
        terms["duty"] = vars(duty)
    batch = Batch(
        token=token, act=act, terms=terms, by_id=actor.id, for_id=actor.for_id, day=today, begun_at=at or clock.now()
    )
    db.session.add(batch)
    db.session.flush()
    chosen = set(db.session.scalars(select(Issue.id).where(Issue.id.in_(issue_ids), visible_to(actor))))
    items = [{"batch_id": batch.id, "issue_id": one, "position": place, "outcome": Outcome.WAITING, "fields": {}}
             for place, one in enumerate([one for one in issue_ids if one in chosen][:MOST_AT_ONCE])]  # fmt: skip
    if not items:
        raise Missing
    db.session.execute(insert(BatchItem), items)
    return batch.id


def _own(batch: Batch, actor: Actor) -> Batch:
    if (batch.by_id, batch.for_id) != (actor.id, actor.for_id):
        raise Missing
    return batch


def carry_out(batch_id: int, actor: Actor, *, today: date) -> None:
    """Settle every issue of the batch that still waits: each in a transaction of its own, so that one that is refused,
    or breaks, stops no other, and a batch cut short goes on where it stood. Call it outside a transaction."""
    batch = _own(db.session.get_one(Batch, batch_id), actor)
    act, terms = batch.act, dict(batch.terms)
    words = db.session.scalar(select(Remark.text).where(Remark.id == terms.get("remark"))) or ""
    waiting = select(BatchItem.issue_id).where(BatchItem.batch_id == batch_id, BatchItem.outcome == Outcome.WAITING)
    for issue_id in db.session.scalars(waiting.order_by(BatchItem.position)).all():
        try:
            with transaction():
                if _claim(batch_id, issue_id, DONE[act]):
                    _note(batch_id, issue_id, _press(act, issue_id, actor, today, words, terms))
        except Refused as refusal:
            _refuse(batch_id, issue_id, refusal.msgid, refusal.params)
        except Exception:
            log.exception("batch %s, issue %s", batch_id, issue_id)
            _refuse(batch_id, issue_id, BROKEN, {})


def _claim(batch_id: int, issue_id: int, said: str, outcome: Outcome = Outcome.DONE) -> bool:
    """Whether the issue was still waiting: two who carry out the same batch never both press."""
    mine = (BatchItem.batch_id == batch_id, BatchItem.issue_id == issue_id)
    claim = update(BatchItem).where(*mine, BatchItem.outcome == Outcome.WAITING).values(outcome=outcome, said=said)
    return (
        db.session.scalar(claim.returning(BatchItem.position), execution_options={"synchronize_session": False})
        is not None
    )


def _note(batch_id: int, issue_id: int, fields: Mapping[str, Any]) -> None:
    plain = {name: value if isinstance(value, int) else str(value) for name, value in fields.items()}
    mine = (BatchItem.batch_id == batch_id, BatchItem.issue_id == issue_id)
    db.session.execute(update(BatchItem).where(*mine).values(fields=plain))


def _refuse(batch_id: int, issue_id: int, said: str, fields: Mapping[str, Any]) -> None:
    with transaction():
        if _claim(batch_id, issue_id, said, Outcome.REFUSED):
            _note(batch_id, issue_id, fields)


def _press(act: Act, issue_id: int, actor: Actor, today: date, words: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Do it to one issue; returns the fields of the sentence that says so. Raises Refused."""
    issue = db.session.scalar(select(Issue).where(Issue.id == issue_id, visible_to(actor)))
    if issue is None:
        raise Missing
    if act is Act.REMIND:
        return {"number": deadlines.remind(issue, actor, today=today, words=words)}
    if act is Act.REASSIGN:
        duty = handed_to(issue, _duty(terms["duty"]))
        issues.reassign(issue, actor, today=today, duty=duty, reason=words)
        return {"unit": issue.first_unit.name if issue.first_unit else ""}
    if act is Act.GRANT_EXTENSION:
        deadlines.grant_extension(issue, actor, today=today, opinion=words)
    else:
        deadlines.refuse_extension(issue, actor, today=today, reason=words)
    return {"day": issue.deadline}


def handed_to(issue: Issue, new: Duty) -> Duty:
    """The issue's duty chain with what is new in its place: who leads stays where nobody else is named; other units come
    with their own responsible person, task force and members, or none."""
    was = duty_of(issue)
    kept = new if new.unit_ids else was
    return Duty(
        lead_official_id=new.lead_official_id or was.lead_official_id,
        lead_unit_id=new.lead_unit_id or was.lead_unit_id,
        unit_ids=kept.unit_ids,
        responsible_person_id=new.responsible_person_id or kept.responsible_person_id,
        task_force=new.task_force or kept.task_force,
        member_ids=new.member_ids or kept.member_ids,
    )


def _duty(kept: Mapping[str, Any]) -> Duty:
    return Duty(**{**kept, "unit_ids": tuple(kept["unit_ids"]), "member_ids": tuple(kept["member_ids"])})

"""Questions about evidence that is to go: what rests on it, and who decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import User
from tracker.accounts.queries import others_requests
from tracker.base.access import Actor, Missing, Right, may
from tracker.base.db import db
from tracker.clearance.models import Application, StandardAnswer, answer_evidence, site_evidence
from tracker.clearance.rules import ApplicationState
from tracker.issues.models import Issue
from tracker.issues.queries import supervised_by, visible_to
from tracker.issues.workflow import State
from tracker.lookbacks.models import LookBack, look_back_evidence
from tracker.org.models import Region
from tracker.progress.models import Evidence


def evidence_with_id(issue: Issue, evidence_id: int) -> Evidence:
    """One file of this issue with everybody who had a hand in it, also when it is gone. Raises Missing."""
    hands = (Evidence.by, Evidence.asked_by, Evidence.asked_for, Evidence.withdrawn_by, Evidence.withdrawn_for)
    found = db.session.scalar(
        select(Evidence)
        .where(Evidence.id == evidence_id, Evidence.issue_id == issue.id)
        .options(*(joinedload(hand).lazyload(User.posts) for hand in hands))
    )
    if found is None:
        raise Missing
    return found


def props_of_clearance(issue: Issue) -> ColumnElement[bool]:
    """Evidence the present clearance rests on, as a condition on ``Evidence``: what the application that passed
    answered with, what its reviewers brought from the spot, what look-backs since then brought."""
    passed = (
        select(func.max(Application.id))
        .where(Application.issue_id == issue.id, Application.state == ApplicationState.PASSED)
        .scalar_subquery()
    )
    answered = (
        select(answer_evidence.c.evidence_id)
        .join(StandardAnswer, StandardAnswer.id == answer_evidence.c.answer_id)
        .where(StandardAnswer.application_id == passed)
    )
    on_site = select(site_evidence.c.evidence_id).where(site_evidence.c.application_id == passed)
    looked = (
        select(look_back_evidence.c.evidence_id)
        .join(LookBack, LookBack.id == look_back_evidence.c.look_back_id)
        .where(LookBack.issue_id == issue.id, LookBack.cleared_on == issue.cleared_on)
    )
    return or_(Evidence.id.in_(answered), Evidence.id.in_(on_site), Evidence.id.in_(looked))


def holds_up_clearance(issue: Issue, evidence: Evidence) -> bool:
    """Whether the issue is struck off and that rests on this file."""
    if issue.state is not State.CLEARED:
        return False
    return (
        db.session.scalar(select(Evidence.id).where(Evidence.id == evidence.id, props_of_clearance(issue))) is not None
    )


def lost_props(issue: Issue) -> Sequence[Evidence]:
    """What the present clearance rested on and is gone, the latest first; asks nothing unless it is struck off."""
    if issue.state is not State.CLEARED:
        return ()
    gone = select(Evidence).where(
        Evidence.issue_id == issue.id, Evidence.withdrawn_at.is_not(None), props_of_clearance(issue)
    )
    return db.session.scalars(gone.order_by(Evidence.withdrawn_at.desc())).all()


# --- who decides ------------------------------------------------------------------------------------------------


def _to_decide(actor: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Evidence.asked_at.is_not(None),
        Evidence.withdrawn_at.is_(None),
        visible_to(actor),
        supervised_by(actor),
        *others_requests(Evidence.asked_by_id, Evidence.asked_for_id, actor, today),
    )


def to_decide(actor: Actor, today: date, limit: int = 50) -> Sequence[Any]:
    """What waits for this supervisor, longest waiting first: evidence_id, number, title, county, reason, asked_by,
    asked_at."""
    if not may(actor, Right.EVIDENCE_WITHDRAW):
        return ()
    return db.session.execute(
        select(
            Evidence.id.label("evidence_id"),
            Issue.number,
            Issue.title,
            Region.name.label("county"),
            Evidence.withdrawal_reason.label("reason"),
            User.name.label("asked_by"),
            Evidence.asked_at,
        )
        .join(Issue, Issue.id == Evidence.issue_id)
        .join(Region, Region.id == Issue.county_id)
        .join(User, User.id == Evidence.asked_by_id)
        .where(*_to_decide(actor, today))
        .order_by(Evidence.asked_at, Evidence.id)
        .limit(limit)
    ).all()


def to_decide_count(actor: Actor, today: date) -> int:
    if not may(actor, Right.EVIDENCE_WITHDRAW):
        return 0
    query = select(func.count()).select_from(Evidence).join(Issue, Issue.id == Evidence.issue_id)
    return db.session.scalar(query.where(*_to_decide(actor, today))) or 0

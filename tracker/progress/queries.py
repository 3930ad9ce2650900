"""Questions about reports and evidence, asked for an issue already found through its scope (or finding it)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from tracker.base.access import Actor, Missing
from tracker.base.db import db
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to
from tracker.progress.models import Evidence, ProgressEntry


def entries_of(issue_id: int, limit: int | None = None) -> list[ProgressEntry]:
    """Reports with who made them and their evidence, newest first; two queries."""
    return list(
        db.session.scalars(
            select(ProgressEntry)
            .where(ProgressEntry.issue_id == issue_id)
            .order_by(ProgressEntry.id.desc())
            .limit(limit)
            .options(joinedload(ProgressEntry.by), selectinload(ProgressEntry.evidence))
        )
    )


def evidence_of(issue_id: int) -> list[Evidence]:
    """Every file attached to the issue with who brought it, newest first."""
    return list(
        db.session.scalars(
            select(Evidence)
            .where(Evidence.issue_id == issue_id)
            .order_by(Evidence.id.desc())
            .options(joinedload(Evidence.by))
        )
    )


def evidence_numbered(number: str, evidence_id: int, actor: Actor) -> Evidence:
    """One file of one issue, its right checked in the same query. Raises Missing when it is not there for them."""
    found = db.session.scalar(
        select(Evidence)
        .join(Issue, Issue.id == Evidence.issue_id)
        .where(Evidence.id == evidence_id, Issue.number == number, visible_to(actor))
    )
    if found is None:
        raise Missing
    return found


def texts_of(issue_ids: Sequence[int]) -> dict[int, set[str]]:
    """What has been reported on each of some hundred issues, for telling whether a ledger's progress is new."""
    found: dict[int, set[str]] = {issue_id: set() for issue_id in issue_ids}
    reported = select(ProgressEntry.issue_id, ProgressEntry.text).where(ProgressEntry.issue_id.in_(issue_ids))
    for issue_id, text in db.session.execute(reported):
        found[issue_id].add(text)
    return found

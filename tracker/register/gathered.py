"""What a ledger shows of an issue that stands in other tables: gathered for many issues at a time, one query each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.base.access import Actor
from tracker.base.db import db
from tracker.clearance.models import Application, ApplicationLevel
from tracker.clearance.rules import ApplicationState, Verdict
from tracker.inspections.models import Finding, Inspection
from tracker.issues.models import FindingAnswer, Issue
from tracker.issues.workflow import State
from tracker.papers.models import Paper, PaperIssue
from tracker.papers.queries import visible_to as papers_visible_to
from tracker.papers.rules import PaperKind
from tracker.progress.models import Evidence, ProgressEntry

Ids = Sequence[int]
Found = Mapping[int, Any]  # issue id -> what stands in the column

#: The papers by which an office urges, the clearance sheet and the hand-over not among them.
URGING = (PaperKind.REMINDER, PaperKind.SUPERVISION, PaperKind.BULLETIN, PaperKind.TALK)


def gather(codes: Collection[str], ids: Ids, actor: Actor) -> dict[str, Found]:
    """For each of these columns that stands elsewhere what it says of each issue; a query a column."""
    return {code: ask(ids, actor) for code, ask in GATHERED.items() if code in codes}


def _report(place: int) -> Callable[[Ids, Actor], Found]:
    """The text of each issue's latest report of progress (``place`` 1), or of the one before it."""

    def ask(ids: Ids, _actor: Actor) -> Found:
        backwards = func.row_number().over(partition_by=ProgressEntry.issue_id, order_by=ProgressEntry.id.desc())
        numbered = (
            select(ProgressEntry.issue_id, ProgressEntry.text, backwards.label("place"))
            .where(ProgressEntry.issue_id.in_(ids))
            .subquery()
        )
        rows = db.session.execute(select(numbered.c.issue_id, numbered.c.text).where(numbered.c.place == place))
        return {row.issue_id: row.text for row in rows}

    return ask


def _clauses(ids: Ids, _actor: Actor) -> Found:
    """The document and clause of each finding that an issue answers."""
    found: dict[int, dict[str, None]] = {}
    rows = db.session.execute(
        select(FindingAnswer.issue_id, Inspection.document_number, Finding.clause)
        .join(Finding, Finding.id == FindingAnswer.finding_id)
        .join(Inspection, Inspection.id == Finding.inspection_id)
        .where(FindingAnswer.issue_id.in_(ids))
        .order_by(Finding.id)
    )
    for row in rows:
        if said := " ".join(filter(None, (row.document_number, row.clause))):
            found.setdefault(row.issue_id, {})[said] = None
    return {issue: "；".join(said) for issue, said in found.items()}


def _evidence(ids: Ids, _actor: Actor) -> Found:
    """How many files stand with each issue; what was withdrawn counts no more."""
    counted = (
        select(Evidence.issue_id, func.count().label("number"))
        .where(Evidence.issue_id.in_(ids), Evidence.withdrawn_at.is_(None))
        .group_by(Evidence.issue_id)
    )
    return {row.issue_id: row.number for row in db.session.execute(counted)}


def _accepted_by(ids: Ids, _actor: Actor) -> Found:
    """Who passed the last level of the application that struck the issue off; a taken-over clearance has nobody."""
    reviewer, absent = aliased(User), aliased(User)
    passed = (
        select(Application.issue_id, reviewer.name, absent.name.label("absent"))
        .join(Issue, Issue.id == Application.issue_id)
        .join(ApplicationLevel, ApplicationLevel.application_id == Application.id)
        .join(reviewer, reviewer.id == ApplicationLevel.reviewer_id)
        .outerjoin(absent, absent.id == ApplicationLevel.reviewer_for_id)
        .where(
            Application.issue_id.in_(ids),
            Application.state == ApplicationState.PASSED,
            ApplicationLevel.verdict == Verdict.PASSED,
            Issue.state == State.CLEARED,
        )
        .order_by(Application.id, ApplicationLevel.position)  # the last one of an issue stays
    )
    return {
        row.issue_id: f"{row.name}（代{row.absent}）" if row.absent else row.name for row in db.session.execute(passed)
    }


def _urged_by(ids: Ids, actor: Actor) -> Found:
    """The number of the latest paper that urged it, among those this person may read."""
    papers = (
        select(PaperIssue.issue_id, Paper.symbol)
        .join(Paper, Paper.id == PaperIssue.paper_id)
        .where(
            PaperIssue.issue_id.in_(ids),
            Paper.kind.in_(URGING),
            Paper.withdrawn_at.is_(None),
            papers_visible_to(actor),
        )
        .order_by(Paper.id)
    )
    return {row.issue_id: row.symbol for row in db.session.execute(papers)}


#: Column of ``sheet.COLUMNS`` -> the question it asks.
GATHERED: Mapping[str, Callable[[Ids, Actor], Found]] = {
    "progress": _report(1),
    "previous_progress": _report(2),
    "clause": _clauses,
    "evidence": _evidence,
    "accepted_by": _accepted_by,
    "paper": _urged_by,
}

"""Use cases: what becomes of a finding. Each answers it once; two people at once, and one of them is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tracker.base import clock, journal
from tracker.base.access import N_, Actor, Conflict, Refused, Right, may
from tracker.base.db import db
from tracker.inspections.models import Finding, Inspection
from tracker.inspections.queries import keeps, proposal_for
from tracker.issues import actions as issues
from tracker.issues.models import FindingAnswer, Issue
from tracker.issues.queries import relations
from tracker.issues.rules import Answer
from tracker.issues.workflow import Kind, Who
from tracker.reconciliation import queries
from tracker.reconciliation.rules import Outcome, Wanted, may_answer
from tracker.reconciliation.sheet import COLUMNS, Line, Say


def list_finding(
    finding: Finding,
    actor: Actor,
    *,
    today: date,
    title: str,
    category_id: int,
    region_id: int,
    kind: Kind,
    wording: str | None = None,
    amount: Decimal | None = None,
    at: datetime | None = None,
) -> Issue:
    """Put a new problem on the list that answers the finding (列单); its source is the inspection's."""
    may_decide(finding, actor)
    asked = proposal_for(finding.id)
    return issues.list_issue(
        actor,
        today=today,
        title=title,
        wording=wording or finding.wording,
        source=finding.inspection.source,
        source_note=finding.inspection.title,
        category_id=category_id,
        region_id=region_id,
        kind=kind,
        findings=[finding],
        amount=amount,
        deadline_written=(asked.deadline_written or None) if asked else None,
        at=at,
    )


def merge(
    finding: Finding, issue: Issue, actor: Actor, *, today: date, reason: str = "", at: datetime | None = None
) -> None:
    """Let an issue that stands answer the finding too (并入).

    The issue's version moves on, so that an application or review going on at the same moment sees it.
    """
    may_decide(finding, actor)
    if Who.SUPERVISOR not in relations(issue, actor):
        raise Refused(N_("只能并入您督查的问题。"))
    may_answer(issue.state, issue.cleared_on, finding.inspection.received_on)
    issue.updated_at = at or clock.now()
    _answer(finding, actor, Answer.MERGED, today, issue=issue, reason=reason.strip() or None)
    journal.record(
        "merge_finding",
        "issue",
        issue.id,
        **journal.by(actor),
        remark=reason.strip() or None,
        data={"finding": finding.id},
        at=at,
    )


def decline(finding: Finding, actor: Actor, *, today: date, reason: str, at: datetime | None = None) -> None:
    """Take it into no issue (不采纳), and say why: the reason stands in the reconciliation."""
    may_decide(finding, actor)
    if not reason.strip():
        raise Refused(N_("请写明理由。"))
    _answer(finding, actor, Answer.DECLINED, today, reason=reason.strip())
    journal.record("decline_finding", "finding", finding.id, **journal.by(actor), remark=reason.strip(), at=at)


def reopen(finding: Finding, actor: Actor, *, reason: str, at: datetime | None = None) -> None:
    """Take back a merger or a refusal made by mistake (重新处理); the history keeps both.

    A finding an issue was listed for stays with it: the issue itself can be corrected or taken off the list.
    """
    _may_keep(finding, actor)
    answer = db.session.get(FindingAnswer, finding.id)
    if answer is None or answer.how is Answer.LISTED:
        raise Refused(N_("只有并入、不采纳或随导入撤销的反馈问题可以重新处理。"))
    if not reason.strip():
        raise Refused(N_("请写明理由。"))
    issue = db.session.get(Issue, answer.issue_id) if answer.issue_id else None
    if issue is not None:
        may_answer(issue.state, None, finding.inspection.received_on)  # what is under review stays as it was shown
        issue.updated_at = at or clock.now()
    db.session.delete(answer)
    subject = ("issue", issue.id) if issue is not None else ("finding", finding.id)
    journal.record(
        "reopen_finding",
        *subject,
        **journal.by(actor),
        remark=reason.strip(),
        data={"finding": finding.id, "was": answer.how.value},
        at=at,
    )
    db.session.flush()


def _answer(
    finding: Finding,
    actor: Actor,
    how: Answer,
    today: date,
    *,
    issue: Issue | None = None,
    reason: str | None = None,
) -> None:
    db.session.add(
        FindingAnswer(
            finding_id=finding.id,
            how=how,
            issue_id=issue.id if issue else None,
            reason=reason,
            answered_on=today,
            by_id=actor.id,
        )
    )
    db.session.flush()


def may_decide(finding: Finding, actor: Actor) -> None:
    """Refuse unless the finding is this person's to decide and nobody has decided it yet."""
    _may_keep(finding, actor)
    if db.session.get(FindingAnswer, finding.id) is not None:
        raise Conflict(N_("这条反馈问题刚才已经有人处理，请先看处理结果。"))


def _may_keep(finding: Finding, actor: Actor) -> None:
    if not may(actor, Right.FINDING_KEEP) or not keeps(actor, finding.inspection.region_id):
        raise Refused(N_("只有收到这次检查的地区的督查可以处理它的反馈问题。"))


# --- taken out ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Export:
    """The reconciliation of one inspection on its way out."""

    title: str
    columns: list[str]
    widths: list[int]
    rows: Iterator[list[Any]]


def export(inspection: Inspection, actor: Actor, say: Say, *, at: datetime | None = None) -> Export:
    """Every finding this person may see of it, with what became of it; recorded. Commit before taking the rows."""
    wanted = Wanted(inspection=inspection.id)
    number = queries.figures(wanted, actor).found
    journal.record("export", "inspection", inspection.id, **journal.by(actor), data={"rows": number}, at=at)
    return Export(
        inspection.title,
        [say(column.label) for column in COLUMNS],
        [column.width for column in COLUMNS],
        ([column.value(Line(row, Outcome(row.outcome), say)) for column in COLUMNS]
         for chunk in queries.all_findings(wanted, actor) for row in chunk),
    )  # fmt: skip


def record_download(inspection: Inspection, actor: Actor) -> None:
    """Leave on record who took the letter."""
    journal.record(
        "download", "inspection", inspection.id, **journal.by(actor), data={"sha256": inspection.letter_sha256}
    )

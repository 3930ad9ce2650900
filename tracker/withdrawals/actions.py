"""Use cases: ask that a file goes, let it go, keep it. Two people, whatever their posts."""

from __future__ import annotations

from datetime import date, datetime

from tracker.accounts.queries import is_own_request
from tracker.base import clock, files, journal
from tracker.base.access import N_, Actor, Conflict, Refused, Right, may
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.issues.queries import relations
from tracker.issues.workflow import Who
from tracker.progress.actions import references
from tracker.progress.models import Evidence
from tracker.withdrawals.queries import holds_up_clearance
from tracker.withdrawals.rules import ASKERS, check_reason, check_unlocked, masked


def ask_withdrawal(issue: Issue, evidence: Evidence, actor: Actor, *, reason: str, at: datetime | None = None) -> Event:
    """Say that a file must not be there (申请撤下), and why; a second person decides."""
    may_ask(issue, evidence, actor)
    check_reason(reason)
    instant = at or clock.now()
    evidence.withdrawal_reason, evidence.asked_at = reason.strip(), instant
    evidence.asked_by_id, evidence.asked_for_id = actor.id, actor.for_id
    return _told(issue, evidence, "ask_withdrawal", actor, instant, reason)


def withdraw(
    issue: Issue, evidence: Evidence, actor: Actor, *, today: date, opinion: str = "", at: datetime | None = None
) -> Event:
    """Let the file go (同意撤下).

    1. its row keeps hash and reason, of its name only the kind; 2. the bytes go when nothing else uses them
    (``files.remove_erased`` after the commit); 3. a clearance that rested on it is to be looked at again at once, and
    until then its cell is no proven zero.
    """
    may_decide(issue, evidence, actor, today)
    check_unlocked(issue.state)
    instant = at or clock.now()
    weakened = holds_up_clearance(issue, evidence)
    evidence.withdrawn_at, evidence.name = instant, masked(evidence.name)
    evidence.withdrawn_by_id, evidence.withdrawn_for_id = actor.id, actor.for_id
    db.session.flush()
    data: dict[str, object] = {"erased": files.erase(evidence.sha256)}
    if weakened and not issue.has_children:
        issue.look_back_on = min(issue.look_back_on or today, today)
        data["next"] = str(issue.look_back_on)
    return _told(issue, evidence, "withdraw_evidence", actor, instant, opinion, data)


def keep(
    issue: Issue, evidence: Evidence, actor: Actor, *, today: date, opinion: str, at: datetime | None = None
) -> Event:
    """Let it stay (不撤下), and say why; it may be asked again."""
    may_decide(issue, evidence, actor, today)
    if not opinion.strip():
        raise Refused(N_("不撤下要写明理由。"))
    event = _told(issue, evidence, "keep_evidence", actor, at or clock.now(), opinion)
    evidence.withdrawal_reason = evidence.asked_at = evidence.asked_by_id = evidence.asked_for_id = None
    return event


def may_ask(issue: Issue, evidence: Evidence, actor: Actor) -> None:
    """Refuse unless the person works on the issue or supervises it, and nobody has asked yet."""
    if not may(actor, Right.EVIDENCE_ASK) or not relations(issue, actor) & ASKERS:
        raise Refused(N_("只有承办这个问题的人和督查可以提出撤下佐证材料。"))
    if evidence.is_withdrawn:
        raise Conflict(N_("这份材料刚才已经撤下。"))
    if evidence.asked_at is not None:
        raise Conflict(N_("已经有人提出撤下这份材料，正在等督查决定。"))


def may_decide(issue: Issue, evidence: Evidence, actor: Actor, today: date) -> None:
    """Refuse unless somebody else asked for it and the person supervises the issue."""
    if not may(actor, Right.EVIDENCE_WITHDRAW) or Who.SUPERVISOR not in relations(issue, actor):
        raise Refused(N_("撤下佐证材料由督查这个问题的人决定。"))
    if evidence.asked_at is None or evidence.is_withdrawn:
        raise Conflict(N_("没有等待决定的撤下申请，可能刚才已经有人处理。"))
    if is_own_request((evidence.asked_by_id, evidence.asked_for_id), actor, today):
        raise Refused(N_("撤下佐证材料要两个人：您提出的，由另一名督查决定。"))


def _told(
    issue: Issue,
    evidence: Evidence,
    verb: str,
    actor: Actor,
    at: datetime,
    remark: str,
    data: dict[str, object] | None = None,
) -> Event:
    """The issue moves on with its file, so that a form opened before notices it."""
    issue.updated_at = at
    return journal.record(
        verb,
        "issue",
        issue.id,
        **journal.by(actor),
        remark=remark.strip() or None,
        at=at,
        data={**references([evidence]), **(data or {})},
    )

"""Pages that ask that a file goes, and decide it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from tracker.base import clock, files
from tracker.base.access import Actor, Refused, Right
from tracker.base.db import transaction
from tracker.base.web import needs, refusals
from tracker.issues.actions import unchanged
from tracker.issues.models import Issue
from tracker.issues.pages import done, me, page
from tracker.issues.queries import issue_numbered
from tracker.progress.models import Evidence
from tracker.withdrawals import actions, queries
from tracker.withdrawals.forms import AskForm, DecideForm
from tracker.withdrawals.rules import is_locked

bp = Blueprint("withdrawals", __name__)


@bp.route("/issues/<number>/evidence/<int:evidence_id>/withdrawal", methods=["GET", "POST"])
@needs(Right.EVIDENCE_ASK)
def ask(number: str, evidence_id: int) -> Any:
    issue = issue_numbered(number, me())
    evidence = queries.evidence_with_id(issue, evidence_id)
    form = AskForm()
    if not form.is_submitted():
        actions.may_ask(issue, evidence, me())
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.ask_withdrawal(issue, evidence, me(), reason=form.reason.data or "")
            return done(issue, f"withdrawal-{evidence_id}", _("已提出撤下，等另一名督查决定；决定前材料还在。"))
    return page("withdrawals/ask.html", form, issue, **_about(issue, evidence))


@bp.route("/issues/<number>/evidence/<int:evidence_id>/withdrawal/decide", methods=["GET", "POST"])
@needs(Right.EVIDENCE_WITHDRAW)
def decide(number: str, evidence_id: int) -> Any:
    issue = issue_numbered(number, me())
    evidence = queries.evidence_with_id(issue, evidence_id)
    form = DecideForm()
    if form.validate_on_submit():
        with refusals(form):
            with transaction():
                unchanged(issue, form.version.data)
                told = _decided(issue, evidence, form.opinion.data or "")
            files.remove_erased()
            return done(issue, f"withdrawal-decide-{evidence_id}", told)
    return page(
        "withdrawals/decide.html", form, issue, hindered=_hindrance(issue, evidence, me()), **_about(issue, evidence)
    )


def _decided(issue: Issue, evidence: Evidence, opinion: str) -> Any:
    if request.form.get("decision") == "keep":
        actions.keep(issue, evidence, me(), today=clock.today(), opinion=opinion)
        return _("已答复不撤下，材料保留。")
    event = actions.withdraw(issue, evidence, me(), today=clock.today(), opinion=opinion)
    told = _("材料已撤下，校验值和理由保留。")
    if not event.data["erased"]:
        told += _("同一文件还用在别处，原件要等那里也撤下才会删除。")
    if "next" in event.data:
        told += _("销号以它为据，请尽快回头看。")
    return told


def _hindrance(issue: Issue, evidence: Evidence, actor: Actor) -> Refused | None:
    """Why this person cannot decide now, to be said instead of a form."""
    try:
        actions.may_decide(issue, evidence, actor, clock.today())
    except Refused as refused:
        return refused
    return None


def _about(issue: Issue, evidence: Evidence) -> dict[str, Any]:
    return {
        "evidence": evidence,
        "holds_up": queries.holds_up_clearance(issue, evidence),
        "locked": is_locked(issue.state),
    }

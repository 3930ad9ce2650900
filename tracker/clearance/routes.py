"""Pages that apply to strike an issue off, review a level, take the application back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from tracker.base import clock
from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import VersionedForm, largest_upload, needs, refusals
from tracker.clearance import actions
from tracker.clearance.forms import ApplyForm, ReviewForm
from tracker.clearance.models import Application
from tracker.clearance.queries import current_level, eligible_reviewers, open_application, relations_to
from tracker.clearance.rules import STANDARD_NAMES
from tracker.issues.actions import unchanged
from tracker.issues.models import Issue
from tracker.issues.pages import ask, done, me, page
from tracker.issues.queries import issue_numbered
from tracker.issues.workflow import State, Verb
from tracker.progress.queries import evidence_of

bp = Blueprint("clearance", __name__)


@bp.route("/issues/<number>/clearance", methods=["GET", "POST"])
@needs(Right.CLEARANCE_REQUEST)
def request_clearance(number: str) -> Any:
    """Apply; for an application that a ledger brought in, answer its standards."""
    issue = issue_numbered(number, me())
    unanswered = _unanswered(issue)
    if not unanswered:
        ask(issue, Verb.REQUEST_CLEARANCE)
    form = ApplyForm()
    form.offer(evidence_of(issue.id))
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            act = actions.answer_standards if unanswered else actions.request_clearance
            act(issue, me(), today=clock.today(), answers=form.answers())
            return done(issue, "clearance", _("销号申请已提交，审核期间内容和佐证材料锁定。"))
    return page("clearance/request_clearance.html", form, issue, unanswered=unanswered, most=largest_upload())


@bp.route("/issues/<number>/clearance/review", methods=["GET", "POST"])
@needs(Right.CLEARANCE_REVIEW)
def review(number: str) -> Any:
    issue = issue_numbered(number, me())
    ask(issue, Verb.RETURN, relations_to(issue, me()))
    form = ReviewForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _reviewed(issue, form)
    application = open_application(issue.id)
    return page(
        "clearance/review.html",
        form,
        issue,
        application=application,
        names=STANDARD_NAMES,
        level=current_level(application) if application else None,
        bench=eligible_reviewers(application) if application else None,
    )


def _reviewed(issue: Issue, form: ReviewForm) -> Any:
    if request.form.get("decision") == "return":
        actions.return_application(issue, me(), today=clock.today(), opinion=form.opinion.data or "")
        return done(issue, "review", _("已退回，责任单位继续整改。"))
    actions.pass_level(issue, me(), today=clock.today(), opinion=form.opinion.data or "", site=form.site())
    passed = _("已销号。") if issue.state is State.CLEARED else _("本级已通过，转下一级审核。")
    return done(issue, "review", passed)


@bp.route("/issues/<number>/clearance/withdraw", methods=["GET", "POST"])
@needs(Right.CLEARANCE_WITHDRAW)
def withdraw(number: str) -> Any:
    issue = issue_numbered(number, me())
    ask(issue, Verb.WITHDRAW_CLEARANCE, relations_to(issue, me()))
    form = VersionedForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.withdraw_clearance(issue, me(), today=clock.today())
            return done(issue, "withdraw", _("已撤回申请，可以补充后重新申请。"))
    return page("clearance/withdraw.html", form, issue)


def _unanswered(issue: Issue) -> Application | None:
    """The open application whose standards nobody has answered yet."""
    application = open_application(issue.id) if issue.state is State.REVIEWING else None
    return application if application is not None and not application.answers else None

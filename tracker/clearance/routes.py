"""Pages that apply to strike an issue off, review a level, take the application back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import VersionedForm, form_status, needs, refusals
from tracker.clearance import actions
from tracker.clearance.forms import ApplyForm, ReviewForm
from tracker.clearance.models import Application
from tracker.clearance.queries import current_level, eligible_reviewers, open_application, relations_to
from tracker.clearance.rules import STANDARD_NAMES
from tracker.issues import workflow
from tracker.issues.actions import authorise, unchanged
from tracker.issues.models import Issue
from tracker.issues.queries import events_since, issue_numbered, last_event, relations
from tracker.issues.workflow import State, Verb
from tracker.progress.queries import evidence_of

bp = Blueprint("clearance", __name__)


@bp.route("/issues/<number>/clearance", methods=["GET", "POST"])
@needs(Right.CLEARANCE_REQUEST)
def request_clearance(number: str) -> Any:
    """Apply; for an application that a ledger brought in, answer its standards."""
    issue = issue_numbered(number, _me())
    unanswered = _unanswered(issue)
    if request.method == "GET" and not unanswered:
        _authorised(issue, Verb.REQUEST_CLEARANCE)
    form = ApplyForm()
    form.offer(evidence_of(issue.id))
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            act = actions.answer_standards if unanswered else actions.request_clearance
            act(issue, _me(), today=clock.today(), answers=form.answers())
            return _done(issue, "clearance", _("销号申请已提交，审核期间内容和佐证材料锁定。"))
    return _page("clearance/request_clearance.html", form, issue, unanswered=unanswered, most=_most_bytes())


@bp.route("/issues/<number>/clearance/review", methods=["GET", "POST"])
@needs(Right.CLEARANCE_REVIEW)
def review(number: str) -> Any:
    issue = issue_numbered(number, _me())
    if request.method == "GET":
        _authorised(issue, Verb.RETURN)
    form = ReviewForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _reviewed(issue, form)
    application = open_application(issue.id)
    return _page(
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
        actions.return_application(issue, _me(), today=clock.today(), opinion=form.opinion.data or "")
        return _done(issue, "review", _("已退回，责任单位继续整改。"))
    actions.pass_level(issue, _me(), today=clock.today(), opinion=form.opinion.data or "", site=form.site())
    passed = _("已销号。") if issue.state is State.CLEARED else _("本级已通过，转下一级审核。")
    return _done(issue, "review", passed)


@bp.route("/issues/<number>/clearance/withdraw", methods=["GET", "POST"])
@needs(Right.CLEARANCE_WITHDRAW)
def withdraw(number: str) -> Any:
    issue = issue_numbered(number, _me())
    if request.method == "GET":
        _authorised(issue, Verb.WITHDRAW_CLEARANCE)
    form = VersionedForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.withdraw_clearance(issue, _me(), today=clock.today())
            return _done(issue, "withdraw", _("已撤回申请，可以补充后重新申请。"))
    return _page("clearance/withdraw.html", form, issue)


# --- what these pages share -----------------------------------------------------------------------------------


def _me() -> User:
    user: User = current_user._get_current_object()
    return user


def _unanswered(issue: Issue) -> Application | None:
    """The open application whose standards nobody has answered yet."""
    application = open_application(issue.id) if issue.state is State.REVIEWING else None
    return application if application is not None and not application.answers else None


def _authorised(issue: Issue, verb: Verb) -> None:
    """Refuse to show a form this person could not send. On a POST the action itself asks, so that words are kept."""
    known = relations(issue, _me()) | relations_to(issue, _me())
    authorise(workflow.find(verb, issue.state, issue.kind), _me(), known)


def _most_bytes() -> int:
    return int(current_app.config["TRACKER"].max_upload_mb) * 1024 * 1024


def _page(template: str, form: VersionedForm, issue: Issue, **more: Any) -> Any:
    """The form, fresh or as it was sent; after a conflict with what happened since it was opened."""
    status = form_status(form)
    since = events_since(issue, form.seen.data) if status == 409 else []
    if status == 409 or not form.is_submitted():
        form.shows(issue.version, last_event(issue))
    return render_template(template, form=form, issue=issue, since=since, **more), status


def _done(issue: Issue, draft: str, message: str) -> Any:
    flash(f"{draft}:{issue.number}", "draft-sent")
    flash(message, "success")
    return redirect(url_for("dossier.issue", number=issue.number))

"""Pages that ask for a later deadline and decide it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import VersionedForm, form_status, needs, refusals
from tracker.deadlines import actions
from tracker.deadlines.forms import AskForm, DecideForm
from tracker.deadlines.queries import extensions_of, waiting_extension
from tracker.issues import workflow
from tracker.issues.actions import authorise, unchanged
from tracker.issues.models import Issue
from tracker.issues.queries import events_since, issue_numbered, last_event, relations
from tracker.issues.workflow import Verb

bp = Blueprint("deadlines", __name__)


@bp.route("/issues/<number>/extension", methods=["GET", "POST"])
@needs(Right.EXTENSION_ASK)
def extension(number: str) -> Any:
    issue = _pressable(number, Verb.REQUEST_EXTENSION)
    form = AskForm()
    if form.validate_on_submit() and form.wanted.data:
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.request_extension(
                issue, _me(), today=clock.today(), wanted=form.wanted.data, reason=form.reason.data or ""
            )
            return _done(issue, "extension", _("延期申请已提交，等督查部门审批；批准前时限不变。"))
    return _page("deadlines/extension.html", form, issue, former=extensions_of(issue.id))


@bp.route("/issues/<number>/extension/decide", methods=["GET", "POST"])
@needs(Right.EXTENSION_DECIDE)
def decide(number: str) -> Any:
    issue = _pressable(number, Verb.GRANT_EXTENSION)
    form = DecideForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _decided(issue, form.opinion.data or "")
    return _page("deadlines/decide.html", form, issue, asked=waiting_extension(issue.id))


def _decided(issue: Issue, opinion: str) -> Any:
    if request.form.get("decision") == "refuse":
        actions.refuse_extension(issue, _me(), today=clock.today(), reason=opinion)
        return _done(issue, "extension-decide", _("已答复不同意，整改时限不变。"))
    actions.grant_extension(issue, _me(), today=clock.today(), opinion=opinion)
    return _done(issue, "extension-decide", _("已同意延期，新的时限 %(day)s；原时限保留。", day=issue.deadline))


# --- what these pages share -----------------------------------------------------------------------------------


def _me() -> User:
    user: User = current_user._get_current_object()
    return user


def _pressable(number: str, verb: Verb) -> Issue:
    """The issue, where this person may press the verb now. On a POST the action itself asks, so that words are kept."""
    issue = issue_numbered(number, _me())
    if request.method == "GET":
        authorise(workflow.find(verb, issue.state, issue.kind), _me(), relations(issue, _me()))
    return issue


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

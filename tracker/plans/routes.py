"""Pages that submit a plan and decide it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import VersionedForm, form_status, needs, refusals
from tracker.issues import workflow
from tracker.issues.actions import authorise, unchanged
from tracker.issues.models import Issue
from tracker.issues.queries import events_since, issue_numbered, last_event, relations
from tracker.issues.workflow import Verb
from tracker.plans import actions
from tracker.plans.forms import DecideForm, PlanForm
from tracker.plans.queries import current_plan, waiting_plan

bp = Blueprint("plans", __name__)

MOST_MEASURES = 60


@bp.route("/issues/<number>/plan", methods=["GET", "POST"])
@needs(Right.PLAN_SUBMIT)
def submit(number: str) -> Any:
    issue = _pressable(number, Verb.SUBMIT_PLAN)
    former = current_plan(issue.id)
    form = PlanForm()
    if not form.is_submitted():
        form.starts_from(former)
        form.task_force.data = issue.task_force
    elif not _one_more(form) and form.validate() and form.validate_due_dates(issue.deadline):
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.submit_plan(
                issue,
                _me(),
                today=clock.today(),
                goals=form.goals.data or "",
                measures=form.rows(),
                task_force=form.task_force.data,
            )
            return _done(issue, "plan", _("方案已上报，等牵头领导%(name)s批准。", name=_leader(issue)))
    return _page("plans/submit.html", form, issue, former=former, waiting=waiting_plan(issue.id))


@bp.route("/issues/<number>/plan/decide", methods=["GET", "POST"])
@needs(Right.PLAN_DECIDE)
def decide(number: str) -> Any:
    issue = _pressable(number, Verb.APPROVE_PLAN)
    form = DecideForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _decided(issue, form)
    return _page("plans/decide.html", form, issue, plan=waiting_plan(issue.id))


def _decided(issue: Issue, form: DecideForm) -> Any:
    if request.form.get("decision") == "return":
        actions.return_plan(issue, _me(), today=clock.today(), reason=form.reason.data or "")
        return _done(issue, "plan-decide", _("方案已退回，等责任单位修改后再报。"))
    actions.approve_plan(issue, _me(), today=clock.today())
    return _done(issue, "plan-decide", _("方案已批准，进入整改；责任单位按措施推进并报进展。"))


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


def _one_more(form: PlanForm) -> bool:
    """ "One row more" pressed without script: the page comes back with it, nothing is checked yet."""
    if request.form.get("add") != form.measures.name:
        return False
    if len(form.measures.entries) >= MOST_MEASURES:
        abort(400)
    form.measures.append_entry()
    return True


def _leader(issue: Issue) -> str:
    return issue.lead_official.name if issue.lead_official else ""


def _page(template: str, form: VersionedForm, issue: Issue, **more: Any) -> Any:
    """The form, fresh or as it was sent; after a conflict with what happened since it was opened."""
    status = form_status(form)
    since = events_since(issue, form.seen.data) if status == 409 else []
    if status == 409 or not form.is_submitted():
        form.shows(issue.version, last_event(issue))
    return render_template(template, form=form, issue=issue, since=since, verbs=workflow.VERB_NAMES, **more), status


def _done(issue: Issue, draft: str, message: str) -> Any:
    flash(f"{draft}:{issue.number}", "draft-sent")
    flash(message, "success")
    return redirect(url_for("dossier.issue", number=issue.number))

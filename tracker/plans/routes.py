"""Pages that submit a plan and decide it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from tracker.base import clock
from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import needs, refusals
from tracker.issues.actions import unchanged
from tracker.issues.models import Issue
from tracker.issues.pages import done, me, page, pressable
from tracker.issues.queries import issue_numbered
from tracker.issues.workflow import VERB_NAMES, Verb
from tracker.plans import actions
from tracker.plans.forms import DecideForm, PlanForm
from tracker.plans.queries import comparison, current_plan, plans_of, waiting_plan
from tracker.plans.rules import PLAN_STATE_NAMES

bp = Blueprint("plans", __name__)

MOST_MEASURES = 60


@bp.route("/issues/<number>/plan", methods=["GET", "POST"])
@needs(Right.PLAN_SUBMIT)
def submit(number: str) -> Any:
    issue = pressable(number, Verb.SUBMIT_PLAN)
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
                me(),
                today=clock.today(),
                goals=form.goals.data or "",
                measures=form.rows(),
                task_force=form.task_force.data,
            )
            return done(issue, "plan", _("方案已上报，等牵头领导%(name)s批准。", name=_leader(issue)))
    return page("plans/submit.html", form, issue, verbs=VERB_NAMES, former=former, waiting=waiting_plan(issue.id))


@bp.route("/issues/<number>/plan/decide", methods=["GET", "POST"])
@needs(Right.PLAN_DECIDE)
def decide(number: str) -> Any:
    issue = pressable(number, Verb.APPROVE_PLAN)
    form = DecideForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _decided(issue, form)
    return page("plans/decide.html", form, issue, verbs=VERB_NAMES, plan=waiting_plan(issue.id))


@bp.get("/issues/<number>/plan/versions")
@needs(Right.ISSUE_READ)
def versions(number: str) -> str:
    """Every version that was handed in, what became of it, and two of them compared."""
    issue = issue_numbered(number, me())
    plans = plans_of(issue.id)
    compared = comparison(plans, request.args.get("before", type=int), request.args.get("after", type=int))
    return render_template("plans/versions.html", issue=issue, plans=plans, compared=compared, names=PLAN_STATE_NAMES)


def _decided(issue: Issue, form: DecideForm) -> Any:
    if request.form.get("decision") == "return":
        actions.return_plan(issue, me(), today=clock.today(), reason=form.reason.data or "")
        return done(issue, "plan-decide", _("方案已退回，等责任单位修改后再报。"))
    actions.approve_plan(issue, me(), today=clock.today())
    return done(issue, "plan-decide", _("方案已批准，进入整改；责任单位按措施推进并报进展。"))


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

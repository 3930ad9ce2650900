"""Pages that apply to strike an issue off, review a level, take the application back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from tracker.base import clock
from tracker.base.access import ROLE_NAMES, Right, keeps_rules
from tracker.base.db import transaction
from tracker.base.web import VersionedForm, form_status, largest_upload, needs, refusals
from tracker.clearance import actions, queries
from tracker.clearance.forms import ApplyForm, ChainForm, ReviewForm
from tracker.clearance.models import Application
from tracker.clearance.queries import (
    application_numbered,
    current_level,
    eligible_reviewers,
    evidence_in,
    open_application,
    relations_to,
    reopened_at,
)
from tracker.clearance.rules import APPLICATION_STATE_NAMES, SEATS, STANDARD_NAMES, VERDICT_NAMES
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.issues.actions import unchanged
from tracker.issues.models import Issue
from tracker.issues.pages import ask, done, me, page
from tracker.issues.queries import issue_numbered
from tracker.issues.workflow import State, Verb
from tracker.progress.queries import concerns_of, evidence_of

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
    form.offer(evidence_of(issue.id), since=reopened_at(issue))
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
    ask(issue, Verb.RETURN, relations_to(issue, me(), clock.today()))
    form = ReviewForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _reviewed(issue, form)
    application = open_application(issue.id)
    shown = evidence_in(application) if application else []
    return page(
        "clearance/review.html",
        form,
        issue,
        application=application,
        names=STANDARD_NAMES,
        most=largest_upload(),
        level=current_level(application) if application else None,
        bench=eligible_reviewers(application, clock.today()) if application else None,
        concerns=concerns_of(issue, shown, me()),
        issue_url=f"{request.script_root}/issues/",
    )


def _reviewed(issue: Issue, form: ReviewForm) -> Any:
    if request.form.get("decision") == "return":
        actions.return_application(issue, me(), today=clock.today(), opinion=form.opinion.data or "")
        return done(issue, "review", _("已退回，责任单位继续整改。"))
    if request.form.get("decision") == "site":
        actions.ask_site_check(issue, me(), today=clock.today(), opinion=form.opinion.data or "")
        return done(issue, "review", _("已要求现场核查；核查后填写记录再审核。"))
    actions.pass_level(issue, me(), today=clock.today(), opinion=form.opinion.data or "", site=form.site())
    passed = _("已销号。") if issue.state is State.CLEARED else _("本级已通过，转下一级审核。")
    return done(issue, "review", passed)


@bp.get("/issues/<number>/clearance/<int:application_id>/sheet")
@needs(Right.ISSUE_READ)
def sheet(number: str, application_id: int) -> str:
    """The clearance sheet (销号审批表) of one application, for paper."""
    issue = issue_numbered(number, me())
    application = application_numbered(issue, application_id)
    return render_template(
        "clearance/sheet.html",
        issue=issue,
        application=application,
        standards=STANDARD_NAMES,
        verdicts=VERDICT_NAMES,
        states=APPLICATION_STATE_NAMES,
        sources=SOURCE_NAMES,
        concerns=concerns_of(issue, evidence_in(application), me()),
        issue_url=f"{request.script_root}/issues/",
    )


@bp.route("/issues/<number>/clearance/withdraw", methods=["GET", "POST"])
@needs(Right.CLEARANCE_WITHDRAW)
def withdraw(number: str) -> Any:
    issue = issue_numbered(number, me())
    ask(issue, Verb.WITHDRAW_CLEARANCE, relations_to(issue, me(), clock.today()))
    form = VersionedForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.withdraw_clearance(issue, me(), today=clock.today())
            return done(issue, "withdraw", _("已撤回申请，可以补充后重新申请。"))
    return page("clearance/withdraw.html", form, issue)


# --- chains -----------------------------------------------------------------------------------------------------


@bp.get("/review-chains")
@needs(Right.SETTINGS)
def chains() -> str:
    written = {chain.source: chain for chain in queries.chains()}
    return render_template(
        "clearance/chains.html",
        default=written.get(None),
        written=written,
        sources=SOURCE_NAMES,
        seats=SEATS,
        roles=ROLE_NAMES,
        keeper=keeps_rules(me()),
    )


@bp.route("/review-chains/<code>", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def chain(code: str) -> Any:
    """One source's chain, ``default`` for all others; a source without one begins with the default's levels."""
    source = _source(code)
    form = ChainForm()
    if not form.is_submitted():
        shown = queries.chain_of(source) or queries.chain_of(None)
        if shown is not None:
            form.shows(shown)
    elif form.validate():
        with refusals(form), transaction():
            actions.set_chain(source, form.name.data or "", form.seats(), me())
            flash(_("审核链已保存，只对以后的申请起作用；正在审核的申请不变。"), "success")
            return redirect(url_for("clearance.chains"))
    name = _(SOURCE_NAMES[source]) if source else _("其他来源")
    own = source is not None and queries.chain_of(source) is not None
    return render_template("clearance/chain.html", form=form, name=name, code=code, own=own), form_status(form)


@bp.post("/review-chains/<code>/remove")
@needs(Right.SETTINGS)
def remove_chain(code: str) -> Any:
    source = _source(code)
    if source is None:
        abort(404)
    with transaction():
        actions.remove_chain(source, me())
        flash(_("已改用默认审核链。"), "success")
    return redirect(url_for("clearance.chains"))


def _source(code: str) -> Source | None:
    if code == "default":
        return None
    if code not in set(Source):
        abort(404)
    return Source(code)


def _unanswered(issue: Issue) -> Application | None:
    """The open application whose standards nobody has answered yet."""
    application = open_application(issue.id) if issue.state is State.REVIEWING else None
    return application if application is not None and not application.answers else None

"""Pages that ask for a later deadline and decide it, and that remind."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.base import clock
from tracker.base.access import Right, keeps_rules
from tracker.base.db import transaction
from tracker.base.web import form_status, largest_upload, needs, refusals
from tracker.deadlines import actions
from tracker.deadlines.forms import AskForm, ClocksForm, DecideForm, ObjectForm, ObjectionForm, RemindForm
from tracker.deadlines.queries import (
    extensions_of,
    handlers_reached,
    kept_clocks,
    running_episode,
    waiting_extension,
    waiting_objection,
)
from tracker.deadlines.rules import LEVEL_NAMES
from tracker.issues.actions import unchanged
from tracker.issues.models import Issue
from tracker.issues.pages import done, me, page, pressable
from tracker.issues.workflow import Verb

bp = Blueprint("deadlines", __name__)


@bp.route("/issues/<number>/extension", methods=["GET", "POST"])
@needs(Right.EXTENSION_ASK)
def extension(number: str) -> Any:
    issue = pressable(number, Verb.REQUEST_EXTENSION)
    form = AskForm()
    if form.validate_on_submit() and form.wanted.data:
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.request_extension(
                issue, me(), today=clock.today(), wanted=form.wanted.data, reason=form.reason.data or ""
            )
            return done(issue, "extension", _("延期申请已提交，等督查部门审批；批准前时限不变。"))
    return page("deadlines/extension.html", form, issue, former=extensions_of(issue.id))


@bp.route("/issues/<number>/extension/decide", methods=["GET", "POST"])
@needs(Right.EXTENSION_DECIDE)
def decide(number: str) -> Any:
    issue = pressable(number, Verb.GRANT_EXTENSION)
    form = DecideForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _decided(issue, form.opinion.data or "")
    return page("deadlines/decide.html", form, issue, asked=waiting_extension(issue.id))


def _decided(issue: Issue, opinion: str) -> Any:
    if request.form.get("decision") == "refuse":
        actions.refuse_extension(issue, me(), today=clock.today(), reason=opinion)
        return done(issue, "extension-decide", _("已答复不同意，整改时限不变。"))
    actions.grant_extension(issue, me(), today=clock.today(), opinion=opinion)
    return done(issue, "extension-decide", _("已同意延期，新的时限 %(day)s；原时限保留。", day=issue.deadline))


@bp.route("/issues/<number>/remind", methods=["GET", "POST"])
@needs(Right.REMIND)
def remind(number: str) -> Any:
    issue = pressable(number, Verb.REMIND)
    form = RemindForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            told = actions.remind(issue, me(), today=clock.today(), words=form.words.data or "")
            return done(issue, "remind", ngettext("已催办，通知了 %(num)s 人。", "已催办，通知了 %(num)s 人。", told))
    return page("deadlines/remind.html", form, issue, reached=handlers_reached(issue, clock.today()))


@bp.route("/issues/<number>/objection", methods=["GET", "POST"])
@needs(Right.OBJECTION_MAKE)
def objection(number: str) -> Any:
    issue = pressable(number, Verb.OBJECT)
    form = ObjectForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            actions.object_to(
                issue, me(), today=clock.today(), reason=form.reason.data or "", files=form.files.data or ()
            )
            return done(issue, "objection", _("异议已提出，等督查部门裁定；裁定前仍计逾期。"))
    return page("deadlines/objection.html", form, issue, episode=running_episode(issue.id), most=largest_upload())


@bp.route("/issues/<number>/objection/decide", methods=["GET", "POST"])
@needs(Right.OBJECTION_DECIDE)
def decide_objection(number: str) -> Any:
    issue = pressable(number, Verb.UPHOLD_OBJECTION)
    form = ObjectionForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            unchanged(issue, form.version.data)
            return _objection_decided(issue, form)
    return page(
        "deadlines/decide_objection.html",
        form,
        issue,
        raised=waiting_objection(issue.id),
        episode=running_episode(issue.id),
    )


def _objection_decided(issue: Issue, form: ObjectionForm) -> Any:
    opinion = form.opinion.data or ""
    if request.form.get("decision") == "refuse":
        actions.refuse_objection(issue, me(), today=clock.today(), opinion=opinion)
        return done(issue, "objection-decide", _("已裁定异议不成立，仍计逾期。"))
    actions.uphold_objection(issue, me(), today=clock.today(), opinion=opinion, term=form.term.data)
    return done(
        issue, "objection-decide", _("已裁定异议成立，这次逾期撤销、留有记录；新的时限 %(day)s。", day=issue.deadline)
    )


@bp.route("/settings/clocks", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def clocks() -> Any:
    """The thresholds of lamps, steps and escalation: every supervisor reads them, the root office changes them."""
    form = ClocksForm.showing(kept_clocks())
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.set_clocks(form.clocks(), me())
            flash(_("时限规则已保存，从今晚的作业起按新规则计；已经记录的不变。"), "success")
            return redirect(url_for("deadlines.clocks"))
    keeper = keeps_rules(me())
    return render_template("deadlines/clocks.html", form=form, keeper=keeper, levels=LEVEL_NAMES), form_status(form)

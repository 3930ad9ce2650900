"""Pages that list, hand out, sign for, decline, hand over, correct and dismiss an issue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tracker.accounts import actions as accounts
from tracker.accounts.queries import user_with_id
from tracker.base import clock
from tracker.base.access import Conflict, Missing, Refused, Right
from tracker.base.db import transaction
from tracker.base.web import VersionedForm, form_status, needs, refusals
from tracker.groups import actions as groups_actions
from tracker.groups.queries import group_for, group_of, groups_of
from tracker.groups.rules import keeps_groups
from tracker.inspections.actions import record_finding
from tracker.inspections.queries import seat_over
from tracker.inspections.rules import Source
from tracker.issues import actions, workflow
from tracker.issues.forms import (
    AcceptForm,
    AssignForm,
    BreakDownForm,
    CorrectForm,
    DismissForm,
    DutyForm,
    GroupForm,
    ListForm,
    MoveForm,
    ReasonForm,
    ReassignForm,
)
from tracker.issues.models import Issue
from tracker.issues.pages import done, me, one_more, page, pressable
from tracker.issues.queries import (
    asked_by_document,
    categories_supervised,
    children_of,
    counties_supervised,
    issue_numbered,
    open_duties,
    regions_called_like,
    regions_in_words,
    regions_to_break_down_to,
)
from tracker.issues.rules import IMMEDIATE_WORKDAYS
from tracker.issues.workflow import WORKING, Kind, Verb
from tracker.org.models import Region
from tracker.org.queries import line_above
from tracker.settings.models import Category
from tracker.settings.queries import categories
from tracker.workdays.queries import calendar
from tracker.workdays.rules import guessed_years

bp = Blueprint("issues", __name__)


# --- 列单 -----------------------------------------------------------------------------------------------------


@bp.route("/issues/new", methods=["GET", "POST"])
@needs(Right.LIST)
def new() -> Any:
    form = ListForm()
    form.offer(counties_supervised(me()), categories_supervised(me()))
    if form.validate_on_submit():
        with refusals(form), transaction():
            number = _listed(form).number
            flash("list:new", "draft-sent")
            flash(_("已列单，编号 %(number)s。下一步：交办。", number=number), "success")
            return redirect(_dossier(number))
    return render_template("issues/new.html", form=form), form_status(form)


def _listed(form: ListForm) -> Issue:
    today, source = clock.today(), Source(form.source.data)
    findings = []
    if form.inspection.data:
        findings.append(
            record_finding(
                me(),
                today=today,
                source=source,
                title=form.inspection.data,
                wording=form.wording.data or "",
                document_number=form.document_number.data,
                clause=form.clause.data,
                received_on=form.received_on.data,
                region_id=seat_over(me(), form.region_id),
            )
        )
    return actions.list_issue(
        me(),
        today=today,
        title=form.title.data or "",
        wording=form.wording.data or "",
        source=source,
        source_note=form.source_note.data or form.inspection.data or None,
        category_id=form.category.data,
        region_id=form.region_id,
        kind=Kind(form.kind.data),
        findings=findings,
        amount=form.amount.data,
    )


@bp.get("/regions/suggest")
@needs(Right.ISSUE_READ)
def region_suggestions() -> Response:
    """Places for a field that takes one: ``[{"value", "label"}]``; the value may be sent as it is."""
    words = regions_in_words(regions_called_like(request.args.get("q", "")[:40]))
    return jsonify([{"value": text, "label": text} for text in words.values()])


# --- 交办, 签收, 退回, 转办 -----------------------------------------------------------------------------------


@bp.route("/issues/<number>/assign", methods=["GET", "POST"])
@needs(Right.ASSIGN)
def assign(number: str) -> Any:
    issue = pressable(number, Verb.ASSIGN)
    form, proposed = AssignForm(), False
    group, asked = group_for(issue.region_id, issue.category_id), asked_by_document(issue)
    if not form.is_submitted():
        form.shows_duty(issue)
        form.requirement.data, form.review_on.data = issue.requirement, issue.review_on
        form.quantity_total.data, form.quantity_unit.data = issue.quantity_total, issue.quantity_unit
        if proposed := group is not None and not issue.lead_official_id and not issue.lead_unit_id:
            form.proposes(group)
        if asked and issue.original_deadline is None and not issue.units:
            form.asked(asked)
    elif not one_more(form) and form.validate():
        with refusals(form), transaction():
            actions.unchanged(issue, form.version.data)
            actions.assign(
                issue,
                me(),
                today=clock.today(),
                calendar=calendar(),
                duty=form.duty(),
                requirement=form.requirement.data or "",
                deadline=form.deadline.data,
                review_on=form.review_on.data,
                quantity=form.quantity(),
            )
            return done(issue, Verb.ASSIGN.value, _("已交办，等%(unit)s签收。", unit=_first_unit(form)))
    days, today = calendar(), clock.today()
    guessed = guessed_years(days, today, days.add_workdays(today, IMMEDIATE_WORKDAYS))
    return _form_page(form, issue, Verb.ASSIGN, group=group, proposed=proposed, asked=asked, guessed_years=guessed)


@bp.post("/issues/<number>/accept")
@needs(Right.ACCEPT)
def accept(number: str) -> Any:
    issue = issue_numbered(number, me())
    form = AcceptForm()
    try:
        with transaction():
            actions.unchanged(issue, form.version.data)
            actions.accept(issue, me(), today=clock.today())
            flash(_("已签收。"), "success")
    except Conflict:
        flash(_("签收前有人更新了这个问题，请看过最新内容再签收。"), "warning")
    return redirect(_dossier(number))


@bp.route("/issues/<number>/decline", methods=["GET", "POST"])
@needs(Right.DECLINE)
def decline(number: str) -> Any:
    issue = pressable(number, Verb.DECLINE)
    form = ReasonForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.unchanged(issue, form.version.data)
            actions.decline(issue, me(), today=clock.today(), reason=form.reason.data or "")
            return done(issue, Verb.DECLINE.value, _("已退回督查部门，等待重新交办。"))
    return _form_page(form, issue, Verb.DECLINE)


@bp.route("/issues/<number>/reassign", methods=["GET", "POST"])
@needs(Right.REASSIGN)
def reassign(number: str) -> Any:
    issue = pressable(number, Verb.REASSIGN)
    form = ReassignForm()
    if not form.is_submitted():
        form.shows_duty(issue)
    elif not one_more(form) and form.validate():
        with refusals(form), transaction():
            actions.unchanged(issue, form.version.data)
            actions.reassign(issue, me(), today=clock.today(), duty=form.duty(), reason=form.reason.data or "")
            return done(issue, Verb.REASSIGN.value, _("已转办，等%(unit)s签收。", unit=_first_unit(form)))
    return _form_page(form, issue, Verb.REASSIGN)


# --- 细化分解 ---------------------------------------------------------------------------------------------------


@bp.route("/issues/<number>/break-down", methods=["GET", "POST"])
@needs(Right.BREAK_DOWN)
def break_down(number: str) -> Any:
    issue = pressable(number, Verb.BREAK_DOWN)
    form = BreakDownForm()
    form.offer(regions_to_break_down_to(issue))
    if not form.is_submitted():
        form.requirement.data = issue.requirement
    elif form.validate():
        with refusals(form), transaction():
            actions.unchanged(issue, form.version.data)
            children = actions.break_down(
                issue,
                me(),
                today=clock.today(),
                region_ids=form.regions.data or (),
                deadline=form.deadline.data,
                requirement=form.requirement.data or "",
            )
            told = ngettext(
                "已分解出 %(num)s 个问题。下一步：逐个交办。",
                "已分解出 %(num)s 个问题。下一步：逐个交办。",
                len(children),
            )
            return done(issue, Verb.BREAK_DOWN.value, told)
    return _form_page(form, issue, Verb.BREAK_DOWN, children=children_of(issue, me()))


# --- 更正, 不予列单 -------------------------------------------------------------------------------------------


@bp.route("/issues/<number>/correct", methods=["GET", "POST"])
@needs(Right.CORRECT)
def correct(number: str) -> Any:
    issue = pressable(number, Verb.CORRECT)
    form = CorrectForm()
    form.offer(counties_supervised(me()), categories_supervised(me()))
    with_duty = not issue.duty_chain_complete or issue.state not in WORKING  # else people change by handing over
    if not form.is_submitted():
        form.shows_subject(issue)
        form.shows_duty(issue)
    elif not one_more(form) and form.validate():
        with refusals(form), transaction():
            actions.unchanged(issue, form.version.data)
            _correct(issue, form, with_duty)
            return done(issue, Verb.CORRECT.value, _("已更正，更正前后的内容都留在办理记录里。"))
    return _form_page(form, issue, Verb.CORRECT, with_duty=with_duty)


def _correct(issue: Issue, form: CorrectForm, with_duty: bool) -> None:
    changes = form.changes(issue)
    duty = form.duty() if with_duty else None
    if not changes and duty in (None, actions.duty_of(issue)):
        raise Refused(_("没有任何改动，不需要更正。"))
    actions.correct(issue, me(), today=clock.today(), reason=form.reason.data or "", changes=changes, duty=duty)


@bp.route("/issues/<number>/dismiss", methods=["GET", "POST"])
@needs(Right.DISMISS)
def dismiss(number: str) -> Any:
    issue = pressable(number, Verb.DISMISS)
    form = DismissForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.unchanged(issue, form.version.data)
            actions.dismiss(
                issue, me(), today=clock.today(), reason=form.reason.data or "", document=form.document.data or ""
            )
            return done(issue, Verb.DISMISS.value, _("已作不予列单处理，单独统计。"))
    return _form_page(form, issue, Verb.DISMISS)


# --- what these pages share -----------------------------------------------------------------------------------


def _dossier(number: str) -> str:
    return url_for("dossier.issue", number=number)


def _first_unit(form: DutyForm) -> str:
    return next((str(entry.meant.name) for entry in form.units if entry.meant), "")


def _form_page(form: VersionedForm, issue: Issue, verb: Verb, **more: Any) -> Any:
    draft = f"{verb.value}:{issue.number}"
    return page(f"issues/{verb.value}.html", form, issue, verb=workflow.VERB_NAMES[verb], draft=draft, **more)


# --- 专项工作组 -----------------------------------------------------------------------------------------------


@bp.get("/work-groups")
@needs(Right.SETTINGS)
def groups() -> str:
    """Who leads each category, in one of the regions this person may hand out issues in."""
    regions = counties_supervised(me())
    if not regions:
        raise Missing
    chosen = next((region for region in regions if region.id == request.args.get("region", type=int)), None)
    region = chosen or next((region for region in regions if region.parent_id is None), regions[0])
    line = line_above(region.id)
    return render_template(
        "issues/groups.html",
        regions=regions,
        region=region,
        categories=(known := categories()),
        groups=groups_of(region.id),
        kept={category.id for category in known if keeps_groups(me(), line, category.id)},
    )


@bp.route("/work-groups/<int:region_id>/<int:category_id>", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def group(region_id: int, category_id: int) -> Any:
    region, category = _kept(region_id, category_id)
    standing, form = group_of(region.id, category.id), GroupForm()
    if not form.is_submitted():
        form.shows(standing.version if standing else 0, 0)
        form.name.data = standing.name if standing else _("%(category)s专项工作组", category=_(category.name))
        if standing:
            form.shows_group(standing)
    elif not one_more(form) and form.validate():
        with refusals(form), transaction():
            groups_actions.set_group(
                region,
                category,
                me(),
                name=form.name.data or "",
                lead_official=form.lead_official.meant,
                lead_unit_id=form.lead_unit.meant.id,
                member_ids=form.member_ids,
                version=form.version.data,
            )
            flash(_("专项工作组已保存，以后交办这类问题时自动填好；已经交办的不变。"), "success")
            return redirect(url_for("issues.groups", region=region_id))
    status = form_status(form)
    if status == 409:  # shown what stands now, the person may send theirs again
        standing = group_of(region.id, category.id)
        form.shows(standing.version if standing else 0, 0)
    return render_template(
        "issues/group.html", form=form, region=region, category=category, standing=standing, changed=status == 409
    ), status


@bp.post("/work-groups/<int:region_id>/<int:category_id>/remove")
@needs(Right.SETTINGS)
def remove_group(region_id: int, category_id: int) -> Response:
    region, category = _kept(region_id, category_id)
    with transaction():
        groups_actions.remove_group(region, category, me())
        flash(_("专项工作组已撤销；已经交办的问题不变。"), "success")
    return redirect(url_for("issues.groups", region=region_id))


def _kept(region_id: int, category_id: int) -> tuple[Region, Category]:
    """The region and the category, where this person keeps the group. Raises Missing."""
    region = next((each for each in counties_supervised(me()) if each.id == region_id), None)
    category = next((each for each in categories() if each.id == category_id), None)
    if region is None or category is None or not keeps_groups(me(), line_above(region.id), category.id):
        raise Missing
    return region, category


# --- moving a person ------------------------------------------------------------------------------------------


@bp.route("/users/<int:user_id>/move", methods=["GET", "POST"])
@needs(Right.USERS)
def move(user_id: int) -> Any:
    """To another unit, after a look at what the person is named for: numbers only, administrators see no issue."""
    user, form = user_with_id(user_id), MoveForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            accounts.move(user, form.unit.meant, actor_id=me().id)
            flash(_("“%(name)s”已调到“%(unit)s”。", name=user.name, unit=user.unit.name), "success")
            return redirect(url_for("accounts.user", user_id=user_id))
    return render_template("issues/move.html", user=user, form=form, duties=open_duties(user_id)), form_status(form)

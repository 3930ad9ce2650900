"""Pages: what is asked of whom, one task with its answer, the decision on it; a leader's instruction;
what many are asked to check, and what they found.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from tracker.base import clock, files
from tracker.base.access import N_, Missing, Refused, Right, may
from tracker.base.db import transaction
from tracker.base.web import form_status, largest_upload, needs, refusals
from tracker.issues.models import Issue
from tracker.issues.pages import me
from tracker.issues.queries import issue_numbered
from tracker.reconciliation.queries import finding_with_id
from tracker.tasks import actions, queries
from tracker.tasks.forms import AnswerForm, DecideForm, InstructionForm, LookForm, SelfCheckForm, lines
from tracker.tasks.models import Task
from tracker.tasks.rules import (
    INSTRUCTION_DAYS,
    KIND_NAMES,
    PART_NAMES,
    PENDING,
    SELF_CHECK_DAYS,
    STATE_NAMES,
    Asked,
    Part,
    TaskKind,
    TaskState,
    is_late,
    owns,
)

bp = Blueprint("tasks", __name__)


@bp.get("/tasks")
@needs(Right.TASK_READ)
def tasks() -> str:
    """One of the lists, by what the person is asked first."""
    today, asked = clock.today(), request.args.get("part", "")
    counts = queries.counts(me(), today)
    offered = [part for part in Part if part not in (Part.DECIDE, Part.ASKED) or may(me(), Right.TASK_DECIDE)]
    usual = Part.MINE if counts.mine or not counts.decide else Part.DECIDE
    part = Part(asked) if asked in set(offered) else usual
    return render_template(
        "tasks/tasks.html",
        page=queries.listing(part, me(), today, request.args.get("page")),
        part=part,
        counts=counts,
        tabs=[
            {
                "label": _(PART_NAMES[one]),
                "url": url_for("tasks.tasks", part=one.value),
                "count": counts.of(one),
                "current": one is part,
            }
            for one in offered
        ],
        kinds=KIND_NAMES,
        states=STATE_NAMES,
        follows=may(me(), Right.TASK_DECIDE),
    )


@bp.route("/tasks/<int:task_id>", methods=["GET", "POST"])
@needs(Right.TASK_READ)
def task(task_id: int) -> Any:
    """One task; whoever owes it answers here."""
    found = queries.task_with_id(task_id, me())
    form = LookForm() if found.kind is TaskKind.SELF_CHECK else AnswerForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            text, uploads = form.text.data or "", form.files.data or ()
            look = form.look() if isinstance(form, LookForm) else None
            actions.answer(found, me(), text=text, uploads=uploads, version=form.version.data, look=look)
            flash(f"task:{task_id}", "draft-sent")
            if found.kind is TaskKind.INSTRUCTION:
                flash(_("已答复，等批示的领导办结。"), "success")
            else:
                flash(_("已答复，等督查人员验收。"), "success")
            return redirect(url_for("tasks.task", task_id=task_id))
    return _page(found, form, DecideForm(formdata=None))


@bp.post("/tasks/<int:task_id>/decide")
@needs(Right.TASK_DECIDE)
def decide(task_id: int) -> Any:
    """Accept the answer, give it back, or withdraw the task, by the button pressed."""
    found, form = queries.task_with_id(task_id, me()), DecideForm()
    if form.validate_on_submit():
        opinion, version, act = form.opinion.data or "", form.version.data, request.form.get("act")
        with refusals(form), transaction():
            if act == "accept":
                actions.accept(found, me(), opinion=opinion, version=version)
                flash(_("已验收，这件事办结。"), "success")
            elif act == "return":
                actions.send_back(found, me(), opinion=opinion, version=version, today=clock.today(), due=form.due.data)
                flash(_("已退回，继续落实。"), "success")
            elif act == "withdraw":
                actions.withdraw(found, me(), reason=opinion, version=version)
                flash(_("已撤销，不再要求落实。"), "success")
            else:
                abort(400)
            return redirect(url_for("tasks.task", task_id=task_id))
    unanswered = LookForm if found.kind is TaskKind.SELF_CHECK else AnswerForm
    return _page(found, unanswered(formdata=None), form)


@bp.route("/issues/<number>/instructions/new", methods=["GET", "POST"])
@needs(Right.INSTRUCT)
def instruct(number: str) -> Any:
    """A leader writes what is to be done about an issue, by whom and until when."""
    issue, form, today = issue_numbered(number, me()), InstructionForm(), clock.today()
    if queries.seat_to_instruct(issue, me()) is None:
        raise Missing
    form.owner.choices = [*_chain(issue), (_OTHER, _("其他"))]
    if not form.is_submitted():
        form.due.data = today + timedelta(days=INSTRUCTION_DAYS)
        form.owner.data = form.owner.choices[0][0]
    if form.validate_on_submit():
        with refusals(form), transaction():
            assert form.due.data is not None  # it is needed
            asked = Asked(form.text.data or "", form.due.data, *_owner(form))
            actions.instruct(issue, asked, me(), today=today)
            flash(f"instruction:{number}", "draft-sent")
            flash(_("批示已交办，答复以后在这里和交办事项里能看到。"), "success")
            return redirect(url_for("dossier.issue", number=number))
    return render_template("tasks/instruct.html", form=form, issue=issue), form_status(form)


_OTHER = "other"


def _chain(issue: Issue) -> list[tuple[str, str]]:
    """Those who answer for the issue and are not whoever is looking, the lead official first."""
    people = {user.id: user for user in (issue.lead_official, issue.responsible_person) if user}
    people.pop(me().duty_id, None)
    leads = [(f"person:{user.id}", f"{user.name}（{user.unit.name}）") for user in people.values()]
    units = {unit.id: unit.name for unit in (issue.lead_unit, *(row.unit for row in issue.units)) if unit}
    return [*leads[:1], *((f"unit:{key}", name) for key, name in units.items()), *leads[1:]]


def _owner(form: InstructionForm) -> tuple[int | None, int | None]:
    """Unit and person of what was chosen or written."""
    kind, _colon, number = (form.owner.data or "").partition(":")
    if kind == _OTHER:
        if not (form.other.data or "").strip():
            raise Refused(N_("选了“其他”，请写明是哪个单位或哪个人。"))
        return queries.owner_meant(form.other.data or "")
    return (int(number), None) if kind == "unit" else (None, int(number))


@bp.get("/tasks/<int:task_id>/files/<int:file_id>")
@needs(Right.TASK_READ)
def original(task_id: int, file_id: int) -> Any:
    found = queries.file_of(queries.task_with_id(task_id, me()), file_id)
    path = files.path_of(found.sha256)
    if not path.exists():
        abort(404)
    with transaction():
        actions.record_download(found, me())
    return send_file(path, mimetype=found.file.media_type, as_attachment=True, download_name=found.name)


def _page(found: Task, answer: AnswerForm, decision: DecideForm) -> tuple[str, int]:
    status = max(form_status(answer), form_status(decision))
    for form in (answer, decision):
        if status == 409 or not form.is_submitted():
            form.shows(found.version)
    today = clock.today()
    decider = found.state in PENDING and queries.may_decide(found, me())
    page = render_template(
        "tasks/task.html",
        task=found,
        answer=answer,
        decision=decision,
        most=largest_upload(),
        owned=found.state is TaskState.OPEN and owns(me(), found.unit_id, found.person_id),
        deciding=decider,
        issue=queries.issue_of(found, me()),
        found=queries.found_by(found, me()),
        follows=found.part is not None and queries.sees_check(found.part.self_check_id, me()),
        answered=found.state is TaskState.ANSWERED,
        late=is_late(found.state, found.due, today),
        kinds=KIND_NAMES,
        states=STATE_NAMES,
    )
    return page, status


# --- self-checks ------------------------------------------------------------------------------------------------


@bp.get("/self-checks")
@needs(Right.TASK_DECIDE)
def self_checks() -> str:
    return render_template(
        "tasks/self_checks.html",
        page=queries.self_checks(me(), clock.today(), request.args.get("page")),
        asks=queries.seat_to_ask(me()) is not None,
    )


@bp.route("/self-checks/new", methods=["GET", "POST"])
@needs(Right.SELF_CHECK)
def new_self_check() -> Any:
    """``issue`` or ``finding`` in the address: what gives the occasion; ``region``: whose units, by default the highest
    region this person supervises."""
    seat = queries.seat_to_ask(me(), request.args.get("region", type=int))
    if seat is None:
        raise Missing
    issue = issue_numbered(request.args["issue"], me()) if request.args.get("issue") else None
    finding = finding_with_id(int(request.args["finding"]), me()) if request.args.get("finding", "").isdigit() else None
    form, today, offices = SelfCheckForm(), clock.today(), queries.offices_below(seat)
    offices = [row for row in offices if row.unit_id != me().unit_id]
    form.units.choices = [(row.unit_id, f"{row.region}（{row.unit}）") for row in offices]
    if not form.is_submitted():
        form.due.data = today + timedelta(days=SELF_CHECK_DAYS)
        form.units.data = [row.unit_id for row in offices]
        about = issue.title if issue else finding.wording[:200] if finding else ""
        form.text.data = _("请对照“%(about)s”，排查本地有没有同类问题。", about=about) if about else ""
    if form.validate_on_submit():
        with refusals(form), transaction():
            assert form.due.data is not None  # it is needed
            units = [*(form.units.data or ()), *queries.units_written(lines(form.others.data))]
            check = actions.ask_self_check(
                form.text.data or "", form.due.data, units, me(),
                region_id=seat, today=today, issue=issue, finding=finding,
            )  # fmt: skip
            flash(f"self-check:{issue.number if issue else finding.id if finding else 'new'}", "draft-sent")
            flash(_("已请各单位自查，谁答了、查出什么都在这一页。"), "success")
            return redirect(url_for("tasks.self_check", check_id=check.id))
    page = render_template("tasks/new_self_check.html", form=form, issue=issue, finding=finding, offices=offices)
    return page, form_status(form)


@bp.get("/self-checks/<int:check_id>")
@needs(Right.TASK_DECIDE)
def self_check(check_id: int) -> str:
    """Who has answered, who is late, what was found and what became of it."""
    return render_template(
        "tasks/self_check.html",
        shown=queries.self_check_shown(check_id, me(), clock.today()),
        states=STATE_NAMES,
    )

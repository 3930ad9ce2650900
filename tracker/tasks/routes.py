"""Pages: what is asked of whom, one task with its answer, the decision on it; a leader's instruction."""

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
from tracker.tasks import actions, queries
from tracker.tasks.forms import AnswerForm, DecideForm, InstructionForm
from tracker.tasks.models import Task
from tracker.tasks.rules import (
    INSTRUCTION_DAYS,
    KIND_NAMES,
    PART_NAMES,
    PENDING,
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
    offered = [part for part in Part if part is not Part.DECIDE or may(me(), Right.TASK_DECIDE)]
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
    )


@bp.route("/tasks/<int:task_id>", methods=["GET", "POST"])
@needs(Right.TASK_READ)
def task(task_id: int) -> Any:
    """One task; whoever owes it answers here."""
    found, form = queries.task_with_id(task_id, me()), AnswerForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            text, uploads = form.text.data or "", form.files.data or ()
            actions.answer(found, me(), text=text, uploads=uploads, version=form.version.data)
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
    return _page(found, AnswerForm(formdata=None), form)


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
        answered=found.state is TaskState.ANSWERED,
        late=is_late(found.state, found.due, today),
        kinds=KIND_NAMES,
        states=STATE_NAMES,
    )
    return page, status

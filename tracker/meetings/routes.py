"""Pages: the month's meetings, one of them with what it decided, who might be talked to, the pack to take along."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from tracker.base import clock
from tracker.base.access import Right, keeps_rules, may
from tracker.base.db import transaction
from tracker.base.sheets_out import XLSX
from tracker.base.web import form_status, needs, refusals
from tracker.issues.pages import me
from tracker.issues.queries import units_in_words
from tracker.meetings import actions, queries
from tracker.meetings.forms import DecisionForm, MeetingForm, RuleForm
from tracker.meetings.models import Meeting
from tracker.meetings.pack import as_word, outcomes
from tracker.meetings.rules import KIND_NAMES, MeetingKind, TalkRule
from tracker.register.actions import export_rows, write_workbook
from tracker.tasks import rules as tasks

bp = Blueprint("meetings", __name__)

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/meetings")
@needs(Right.MEETING_READ)
def meetings() -> str:
    return render_template(
        "meetings/meetings.html",
        page=queries.listing(me(), request.args.get("page")),
        month=queries.months_of(me(), clock.today()),
        kinds=KIND_NAMES,
        keeper=bool(queries.regions_kept(me())),
    )


@bp.route("/meetings/new", methods=["GET", "POST"])
@needs(Right.MEETING_KEEP)
def new_meeting() -> Any:
    """``kind`` and ``issue`` (as often as one likes) in the address fill the form in."""
    form = _offered(MeetingForm())
    if not form.is_submitted():
        form.kind.data = request.args.get("kind", MeetingKind.DISPATCH.value)
        form.held_on.data = clock.today()
        asked = queries.issues_named(request.args.getlist("issue")[:100], me())
        form.agenda.data = "\n".join(f"{row.number} {row.title}" for row in asked.values())
    return _form_page(form, None)


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@needs(Right.MEETING_KEEP)
def edit_meeting(meeting_id: int) -> Any:
    found = queries.meeting_with_id(meeting_id, me())
    form = _offered(MeetingForm(obj=found if request.method == "GET" else None))
    if not form.is_submitted():
        form.kind.data, form.region.data = found.kind.value, found.region_id
        form.chair.data = _in_words(found.chair) if found.chair else ""
        form.agenda.data = "\n".join(
            f"{row.number} {row.text}" if row.number else row.text for row in queries.agenda_of(found, me())
        )
        form.participants.data = "\n".join(_participants(found))
    return _form_page(form, found)


def _form_page(form: MeetingForm, meeting: Meeting | None) -> Any:
    if form.validate_on_submit():
        with refusals(form), transaction():
            saved = actions.save_meeting(meeting, _written(form), me(), version=form.version.data)
            flash(f"meeting:{saved.id if meeting else 'new'}", "draft-sent")
            flash(_("会议已保存。"), "success")
            return redirect(url_for("meetings.meeting", meeting_id=saved.id))
    status = form_status(form)
    if meeting is not None and (status == 409 or not form.is_submitted()):
        form.version.raw_data, form.version.data = None, meeting.version
    return render_template("meetings/edit_meeting.html", form=form, meeting=meeting), status


def _written(form: MeetingForm) -> actions.Written:
    assert form.held_on.data is not None  # it is needed
    return actions.Written(
        kind=MeetingKind(form.kind.data),
        held_on=form.held_on.data,
        place=form.place.data or "",
        region_id=form.region.data,
        chair=form.chair.data or "",
        agenda=form.agenda.data or "",
        participants=form.participants.data or "",
        minutes=form.minutes.data or "",
    )


def _offered(form: MeetingForm) -> MeetingForm:
    form.kind.choices = [(kind.value, _(name)) for kind, name in KIND_NAMES.items()]
    form.region.choices = [(region.id, region.name) for region in queries.regions_kept(me())]
    return form


def _participants(found: Meeting) -> list[str]:
    units = units_in_words([one.unit for one in found.participants if one.unit])
    return [units[one.unit.id] if one.unit else _in_words(one.person) for one in found.participants]


def _in_words(person: Any) -> str:
    """As a suggestion writes it, so that it may be sent again."""
    return f"{person.name}（{person.unit.name}）"


@bp.route("/meetings/<int:meeting_id>", methods=["GET", "POST"])
@needs(Right.MEETING_READ)
def meeting(meeting_id: int) -> Any:
    """One meeting: agenda, participants, minutes, decisions; whoever keeps it adds a decision here."""
    found, form, today = queries.meeting_with_id(meeting_id, me()), DecisionForm(), clock.today()
    if form.validate_on_submit():
        assert form.due.data is not None  # it is needed
        text, owner, number = form.text.data or "", form.owner.data or "", form.number.data or ""
        with refusals(form), transaction():
            actions.decide(found, text, owner, form.due.data, me(), today=today, number=number)
            flash(f"decision:{meeting_id}", "draft-sent")
            flash(_("已记下，落实单位和人员在工作台和交办事项里能看到。"), "success")
            return redirect(url_for("meetings.meeting", meeting_id=meeting_id))
    page = render_template(
        "meetings/meeting.html",
        meeting=found,
        form=form,
        agenda=queries.agenda_of(found, me()),
        participants=_participants(found),
        decisions=queries.decisions_of(found, me()),
        followed=queries.followed(found, me(), today),
        keeper=queries.keeps(me(), found.region_id),
        takes_pack=may(me(), Right.BOARD_READ),
        kinds=KIND_NAMES,
        task_kinds=tasks.KIND_NAMES,
        task_states=tasks.STATE_NAMES,
        issue_url=f"{request.script_root}/issues/",
    )
    return page, form_status(form)


@bp.get("/meetings/<int:meeting_id>/pack.docx")
@needs(Right.BOARD_READ)
def pack(meeting_id: int) -> Any:
    """What is taken along: figures, lists, talks proposed, what became of the last decisions; in one Word file."""
    found, today = queries.meeting_with_id(meeting_id, me()), clock.today()
    with transaction():
        whole = queries.pack(found, me(), today)
        content = as_word(whole, me().name, today)
        actions.record_pack(found, me())
        name = _file_name(found, "材料.docx")
    return send_file(io.BytesIO(content), mimetype=_DOCX, as_attachment=True, download_name=name)


@bp.get("/meetings/<int:meeting_id>/annex.xlsx")
@needs(Right.BOARD_READ)
def annex(meeting_id: int) -> Any:
    """Every overdue issue of the pack as a sheet, in the list's own columns; what was asked before as another."""
    found, today = queries.meeting_with_id(meeting_id, me()), clock.today()
    filters, name = queries.lists_of(found)[queries.OVERDUE], _file_name(found, "附表.xlsx")
    with transaction():
        table = export_rows(filters, me(), today=today)
        besides = outcomes(queries.followed(found, me(), today), today)
    out = io.BytesIO()
    write_workbook(out, table, [besides])
    out.seek(0)
    return send_file(out, mimetype=XLSX, as_attachment=True, download_name=name)


def _file_name(found: Meeting, ending: str) -> str:
    return f"{found.region.name}{KIND_NAMES[found.kind]}{found.held_on.isoformat()}{ending}"


@bp.route("/meetings/talk-candidates", methods=["GET", "POST"])
@needs(Right.MEETING_KEEP)
def talk_candidates() -> Any:
    """Whom the rule proposes, each with its reasons; and the rule itself, for the root office to change."""
    rule, keeper = queries.talk_rule(), keeps_rules(me())
    form = RuleForm(data=rule.as_json())
    if form.validate_on_submit():
        with refusals(form), transaction():
            wanted = TalkRule(form.overdue_days.data or 0, form.relapses.data or 0, form.returned.data or 0)
            actions.set_talk_rule(wanted, me())
            flash(_("约谈规则已保存，马上按新规则提出。"), "success")
            return redirect(url_for("meetings.talk_candidates"))
    page = render_template(
        "meetings/talk_candidates.html",
        form=form,
        rule=rule,
        keeper=keeper,
        found=queries.candidates(me(), rule, clock.today()),
        issue_url=f"{request.script_root}/issues/",
    )
    return page, form_status(form)

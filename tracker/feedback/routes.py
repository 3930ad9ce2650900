"""Pages of feedback documents: bring one, sort what was read, write its findings down."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tracker.base import files
from tracker.base.access import Conflict, Missing, Refused, Right, may
from tracker.base.db import transaction
from tracker.base.web import form_status, largest_upload, needs, refusals
from tracker.feedback import actions, queries
from tracker.feedback.forms import LEFT_OUT, TYPED, BringForm, ConfirmForm, EntryForm
from tracker.feedback.models import Draft, DraftEntry
from tracker.feedback.rules import UNLIKE, pieces_of, several_in, unchanged
from tracker.inspections.actions import record_document_download
from tracker.inspections.models import Document, Inspection
from tracker.inspections.queries import keeps
from tracker.issues.pages import me
from tracker.issues.workflow import KIND_NAMES
from tracker.ledgers.offers import Offer, offers_for
from tracker.org.queries import counties
from tracker.reconciliation.queries import inspection_with_id
from tracker.settings.queries import categories

bp = Blueprint("feedback", __name__)

_PASTED = "粘贴的反馈原文.txt"


@bp.route("/inspections/<int:inspection_id>/documents/new", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def bring(inspection_id: int) -> Any:
    """A Word file, pasted text, or the letter that stands with the inspection already."""
    inspection, form = _kept(inspection_id), BringForm()
    form.offer(counties())
    letter = "letter" in request.form and inspection.letter_name
    if form.is_submitted() and (letter or form.validate()):
        with refusals(form):
            content, name = _letter(inspection) if letter else _brought(form)
            feedback = actions.read(content, received_on=inspection.received_on)
            data = content.encode() if isinstance(content, str) else content
            with transaction():
                draft = actions.bring(inspection, me(), feedback, io.BytesIO(data), name, county_id=form.county.data)
                flash(f"bring:{inspection_id}", "draft-sent")
                return redirect(url_for("feedback.document", document_id=draft.document_id))
    return render_template(
        "feedback/bring.html",
        form=form,
        inspection=inspection,
        most=largest_upload(),
        readable=(inspection.letter_name or "").lower().endswith((".docx", ".txt")),
    ), form_status(form)


def _kept(inspection_id: int) -> Inspection:
    found = inspection_with_id(inspection_id, me())
    if not keeps(me(), found.region_id):
        raise Refused(_("只有这个地区的督查可以登记交给它的检查。"))
    return found


def _brought(form: BringForm) -> tuple[bytes | str, str]:
    """A file goes before pasted words; both are kept as they came."""
    upload = form.file.data
    if upload and upload.filename:
        data = upload.stream.read(largest_upload() + 1)
        if len(data) > largest_upload():
            raise Refused(_("文件太大，请删去图片后另存，或复制正文粘贴。"))
        return data, upload.filename
    return form.text.data or "", _PASTED


def _letter(inspection: Inspection) -> tuple[bytes, str]:
    path = files.path_of(inspection.letter_sha256 or "")
    if not path.exists():
        raise Refused(_("反馈件的原件不在了，请重新上传。"))
    return path.read_bytes(), inspection.letter_name or ""


@bp.get("/documents/<int:document_id>")
@needs(Right.FINDING_READ)
def document(document_id: int) -> str:
    """What was read of it, to be sorted; afterwards what became of it."""
    found = queries.document_with_id(document_id, me())
    draft = queries.draft_of(found)
    form = ConfirmForm()
    if draft is not None:
        form.shows(draft.version, 0)
    return _page(found, draft, form)


def _page(found: Document, draft: Draft | None, form: ConfirmForm) -> str:
    entries = queries.entries_of(draft) if draft else []
    context = actions.context_of(draft) if draft else None
    deadlines = {entry.id: actions.deadline_in(entry.deadline_written, context) for entry in entries if context}
    doubts = queries.doubts_of([queries.names_of(entry) for entry in entries])
    return render_template(
        "feedback/document.html",
        document=found,
        draft=draft,
        form=form,
        entries=[entry for entry in entries if entry.passed is None],
        passed=[entry for entry in entries if entry.passed is not None],
        deadlines=deadlines,
        doubts={entry.id: names for entry, names in zip(entries, doubts, strict=True)},
        several={entry.id: ones for entry in entries if (ones := several_in(queries.names_of(entry)))},
        read={entry_id for entry_id, deadline in deadlines.items() if deadline.due or deadline.kind},
        county_names={region.id: region.name for region in counties()},
        category_names={category.id: category.name for category in categories()},
        kinds=KIND_NAMES,
        written=0 if draft else queries.written_from(found),
        keeper=may(me(), Right.FINDING_KEEP) and keeps(me(), found.inspection.region_id),
    )


@bp.get("/documents/<int:document_id>/original")
@needs(Right.FINDING_READ)
def original(document_id: int) -> Any:
    """The document as it was brought."""
    found = queries.document_with_id(document_id, me())
    if not files.path_of(found.sha256).exists():
        abort(404)
    with transaction():
        record_document_download(found, me())
    return send_file(
        files.path_of(found.sha256),
        mimetype=found.stored.media_type,
        as_attachment=True,
        download_name=found.name,
        etag=found.sha256,
    )


# --- sorting --------------------------------------------------------------------------------------------------------


@bp.route("/documents/entries/<int:entry_id>", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def entry(entry_id: int) -> Any:
    """One entry: put right what was recognised, or part it."""
    found, form = queries.entry_with_id(entry_id, me()), EntryForm()
    form.offer(counties(), categories())
    pieces = pieces_of(found.wording)
    act = request.form.get("act", "save")
    if not form.is_submitted():
        _fill(form, found)
    elif form.validate():
        form.chooses(request.form, [offer.text for offer in _offers(form, found)])
        form.settles(queries.doubts_of([form.names])[0], request.form)
        with refusals(form), transaction():
            _unchanged(found, form.version.data)
            if act == "save":
                unchanged(found.wording, form.wording.data or "")
            actions.change(found, me(), **form.recognised())
            if act == "split":
                actions.split(found, me(), form.wording.data or "")
            elif act == "pieces":
                actions.split(found, me(), "\n\n".join(pieces_of(found.wording)))
            flash(f"entry:{entry_id}", "draft-sent")
            return _back(found)
    form.kind.data = form.kind.data or ""
    status = form_status(form)
    if status == 409:
        form.shows(found.version, 0)
    deadline = actions.deadline_in(form.deadline_written.data or "", actions.context_of(found.draft))
    return render_template(
        "feedback/entry.html",
        form=form,
        entry=found,
        pieces=pieces,
        deadline=deadline,
        doubts=queries.offers_for(queries.doubts_of([form.names])[0], found),
        unclear=[_(fault.message.msgid, **dict(fault.values)) for fault in deadline.faults],
        offers=[(offer.text, _(offer.label, text=offer.text)) for offer in _offers(form, found)],
        several=several_in(form.names),
        said=request.form,
        left_out=LEFT_OUT,
        kinds=KIND_NAMES,
    ), status


def _offers(form: EntryForm, found: DraftEntry) -> list[Offer]:
    """Days to choose from where the deadline's words have none."""
    deadline = actions.deadline_in(form.deadline_written.data or "", actions.context_of(found.draft))
    return [offer for fault in deadline.faults for offer in offers_for(fault)]


def _fill(form: EntryForm, found: DraftEntry) -> None:
    form.shows(found.version, 0)
    for name in ("wording", *TYPED):
        form[name].data = getattr(found, name)
    form.county.data, form.category.data = found.county_id, found.category_id


def _unchanged(found: DraftEntry, seen: int | None) -> None:
    if seen is not None and seen != found.version:
        raise Conflict(_("这一条刚才有人改过；您填的内容还在，请看过再保存。"))


def _back(found: DraftEntry) -> Response:
    return redirect(url_for("feedback.document", document_id=found.draft.document_id) + f"#entry-{found.id}")


@bp.post("/documents/entries/<int:entry_id>/join")
@needs(Right.FINDING_KEEP)
def join(entry_id: int) -> Response:
    found = queries.entry_with_id(entry_id, me())
    with transaction():
        above, unlike = actions.join(found, me())
        if unlike:
            names = "、".join(_(UNLIKE[name]) for name in unlike)
            flash(_("已并成一条。两条的%(names)s不同，照上一条的写，请核对。", names=names), "warning")
        return _back(above)


@bp.post("/documents/entries/<int:entry_id>/settle")
@needs(Right.FINDING_KEEP)
def settle(entry_id: int) -> Response:
    """One press: of several names for what there is one of, this one; the others stay in the remark."""
    found = queries.entry_with_id(entry_id, me())
    with transaction():
        actions.settle(found, me(), request.form.get("field", ""), request.form.get("name", ""))
        return _back(found)


@bp.post("/documents/entries/<int:entry_id>/take-out")
@needs(Right.FINDING_KEEP)
def take_out(entry_id: int) -> Response:
    found = queries.entry_with_id(entry_id, me())
    with transaction():
        actions.take_out(found, me())
        return _back(found)


@bp.post("/documents/entries/<int:entry_id>/take-back")
@needs(Right.FINDING_KEEP)
def take_back(entry_id: int) -> Response:
    found = queries.entry_with_id(entry_id, me())
    with transaction():
        actions.take_back(found, me())
        return _back(found)


# --- the end of it --------------------------------------------------------------------------------------------------


@bp.post("/documents/<int:document_id>/confirm")
@needs(Right.FINDING_KEEP)
def confirm(document_id: int) -> Any:
    """Write them down for good; a refusal leaves everything as it stood, and says which entry it is about."""
    found, draft, form = _waiting(document_id)
    inspection_id = found.inspection_id
    if form.validate_on_submit():
        with refusals(form), transaction():
            made = actions.confirm(draft, me(), seen=form.version.data or 0)
            said = ngettext(
                "已登记 %(num)s 条反馈问题。下一步：逐条处理。",
                "已登记 %(num)s 条反馈问题。下一步：逐条处理。",
                len(made),
            )
            flash(said, "success")
            return redirect(url_for("reconciliation.inspection", inspection_id=inspection_id))
    form.shows(draft.version, 0)
    return _page(found, draft, form), form_status(form)


@bp.post("/documents/<int:document_id>/discard")
@needs(Right.FINDING_KEEP)
def discard(document_id: int) -> Response:
    found, draft, _form = _waiting(document_id)
    inspection_id = found.inspection_id
    with transaction():
        actions.discard(draft, me())
        flash(_("已移除这份文件，什么都没有登记。"), "success")
    return redirect(url_for("reconciliation.inspection", inspection_id=inspection_id))


def _waiting(document_id: int) -> tuple[Document, Draft, ConfirmForm]:
    found = queries.document_with_id(document_id, me())
    draft = queries.draft_of(found)
    if draft is None:
        if found.entered_at is None:
            raise Missing
        raise Conflict(_("这份文件里的反馈问题刚才已经登记。"))
    return found, draft, ConfirmForm()

"""Pages that take a report, and the files that came with it."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from tracker.base import clock, files
from tracker.base.access import Right, may
from tracker.base.db import transaction
from tracker.base.photos import without_place
from tracker.base.web import form_status, largest_upload, local_url, needs, refusals
from tracker.issues.models import Issue
from tracker.issues.pages import me, pressable
from tracker.issues.workflow import Verb
from tracker.plans.queries import approved_plan
from tracker.progress import actions
from tracker.progress.forms import ReportForm
from tracker.progress.queries import entries_of, evidence_numbered

bp = Blueprint("progress", __name__)

LATEST = 3  # reports shown beside the form


@bp.route("/issues/<number>/progress", methods=["GET", "POST"])
@needs(Right.REPORT)
def report(number: str) -> Any:
    issue = pressable(number, Verb.REPORT)
    form = ReportForm()
    form.offer(approved_plan(issue.id))
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.report(
                issue,
                me(),
                today=clock.today(),
                text=form.text.data or "",
                files=form.files.data or (),
                quantity_done=form.quantity_done.data,
                amount_done=form.amount_done.data,
                measures_done=form.measures.data or (),
            )
            flash(f"progress:{issue.number}", "draft-sent")
            flash(_("进展已报。整改完成后请申请销号。"), "success")
            return redirect(_back(issue))
    return render_template(
        "progress/report.html",
        form=form,
        issue=issue,
        entries=entries_of(issue.id, LATEST),
        most=largest_upload(),
        dropped=_dropped(form),
    ), form_status(form)


@bp.get("/issues/<number>/evidence/<int:evidence_id>")
@needs(Right.ISSUE_READ)
def original(number: str, evidence_id: int) -> Any:
    """The file as it was brought: only ever a download. Where a photo was taken goes only to those with the right."""
    evidence = evidence_numbered(number, evidence_id, me())
    path = files.path_of(evidence.sha256)
    if not path.exists():
        abort(404)
    with transaction():
        actions.record_download(evidence, me())
    if evidence.file.is_picture and not may(me(), Right.PHOTO_PLACE):
        content = io.BytesIO(without_place(path, evidence.file.media_type))
        return send_file(content, mimetype=evidence.file.media_type, as_attachment=True, download_name=evidence.name)
    return send_file(
        path, mimetype=evidence.file.media_type, as_attachment=True, download_name=evidence.name, etag=evidence.sha256
    )


@bp.get("/issues/<number>/evidence/<int:evidence_id>/preview/<int:page>")
@needs(Right.ISSUE_READ)
def preview(number: str, evidence_id: int, page: int) -> Any:
    """The picture the server made of one page."""
    path = files.preview(evidence_numbered(number, evidence_id, me()).file, page)
    if path is None:
        abort(404)
    answer = send_file(path, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400"  # a content never changes; the right is asked each day
    return answer


def _back(issue: Issue) -> str:
    """The page the one-click form stood on (its field ``next``), else the dossier."""
    return local_url(request.form.get("next")) or url_for("dossier.issue", number=issue.number)


def _dropped(form: ReportForm) -> bool:
    """Whether files were sent that a browser will not offer again."""
    return form.is_submitted() and any(upload.filename for upload in form.files.data or ())

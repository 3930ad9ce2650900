"""Pages of the import: upload, what was understood and what would happen, the import done, its undoing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from tracker.base import clock, files
from tracker.base.access import N_, Missing, Refused, Right
from tracker.base.db import transaction
from tracker.base.sheets import SheetRefused
from tracker.base.sheets_out import XLSX
from tracker.base.underway import CalledOff, Told, Underway
from tracker.base.web import form_status, needs, refusals, said
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.workflow import KIND_NAMES, STATE_NAMES
from tracker.ledgers import actions, queries
from tracker.ledgers.columns import LABELS as COLUMN_NAMES
from tracker.ledgers.forms import PreviewForm, UploadForm
from tracker.ledgers.plan import ImportPlan
from tracker.ledgers.problems import Problem
from tracker.ledgers.reading import Reading
from tracker.ledgers.vocabulary import Correction
from tracker.org.queries import counties
from tracker.settings.queries import categories, demonstration

bp = Blueprint("ledgers", __name__)

_KEEP_SECONDS = 24 * 3600  # how long an upload may wait for its decision
_ROWS_SHOWN = 200
_ISSUES_SHOWN = 500
_ANSWER = "answer:"


@dataclass(frozen=True)
class Waiting:
    """An uploaded file waiting for a decision, known by a signed token to the one who brought it."""

    sha256: str
    name: str

    def data(self) -> bytes:
        return files.path_of(self.sha256).read_bytes()


def _token() -> str:
    return request.args.get("file", "")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"ledger-{current_user.id}")


def _waiting(token: str) -> Waiting:
    try:
        return Waiting(*_signer().loads(token, max_age=_KEEP_SECONDS))
    except BadSignature as error:
        raise Missing from error


@bp.get("/ledgers")
@needs(Right.LEDGER_IMPORT)
def ledgers() -> str:
    return render_template("ledgers/ledgers.html", imports=queries.imports_of(current_user))


@bp.route("/ledgers/new", methods=["GET", "POST"])
@needs(Right.LEDGER_IMPORT)
def upload() -> Any:
    form = UploadForm()
    if form.validate_on_submit():
        with refusals(form):
            return redirect(url_for("ledgers.preview", file=_take_in(form.file.data)))
    return render_template("ledgers/upload.html", form=form), form_status(form)


@bp.get("/ledgers/blank.xlsx")
@needs(Right.LEDGER_IMPORT)
def blank() -> Response:
    """A ledger to hand out, with this installation's words to choose from."""
    out = io.BytesIO()
    actions.blank_ledger(out, current_user)
    out.seek(0)
    return send_file(out, mimetype=XLSX, as_attachment=True, download_name="空白台账.xlsx")


def _take_in(upload: Any) -> str:
    """Keep the file and return the token of its preview; a file that cannot be opened is refused here already."""
    name = upload.filename or ""
    data = upload.stream.read()
    _read(data, name, None)
    with transaction():
        stored = files.store(io.BytesIO(data), name)
        sha256 = stored.sha256
    return str(_signer().dumps([sha256, name]))


def _read(data: bytes, name: str, correction: Correction | None) -> Reading:
    try:
        return actions.read(data, name, today=clock.today(), correction=correction)
    except SheetRefused as refusal:
        raise Refused(N_("%(problem)s%(mend)s"), problem=refusal.problem, mend=refusal.mend or "") from refusal


@bp.route("/ledgers/preview", methods=["GET", "POST"])
@needs(Right.LEDGER_IMPORT)
def preview() -> Any:
    waiting = _waiting(_token())
    form = PreviewForm()
    _offer(form)
    answers = {
        key.removeprefix(_ANSWER): text.strip()
        for key, text in request.form.items()
        if key.startswith(_ANSWER) and text.strip()
    }
    reading = _read(waiting.data(), waiting.name, _correction(form, answers))
    if form.validate_on_submit() and request.form.get("act") == "import":
        with refusals(form), _called_off(), Underway(_token()).told() as told, transaction():
            return _done(_apply(_plan(reading, form), waiting, form, told))
    plan = _plan(reading, form)
    form.title.data = form.title.data or plan.title
    return render_template(
        "ledgers/preview.html", form=form, plan=plan, reading=reading, answers=answers, **_words(plan)
    ), form_status(form)


@contextmanager
def _called_off() -> Iterator[None]:
    """Stopped on request: nothing to mend, so the page comes back as it was and says only that."""
    try:
        yield
    except CalledOff as answer:
        flash(said(answer), "info")


@bp.get("/ledgers/preview/underway")
@needs(Right.LEDGER_IMPORT)
def underway() -> Response:
    """How far the import of this upload is: ``{"done", "total"}``, both 0 while none runs."""
    _waiting(_token())
    done, total = Underway(_token()).how_far() or (0, 0)
    return jsonify({"done": done, "total": total})


@bp.post("/ledgers/preview/stop")
@needs(Right.LEDGER_IMPORT)
def stop() -> Response:
    """Call the running import off; it ends with its own answer, and changes nothing."""
    _waiting(_token())
    Underway(_token()).call_off()
    return redirect(url_for("ledgers.preview", file=_token()))


def _plan(reading: Reading, form: PreviewForm) -> ImportPlan:
    return actions.plan_import(reading, current_user, title=form.title.data or None, today=clock.today())


def _offer(form: PreviewForm) -> None:
    none = [("", gettext("（台账里已写明）"))]
    form.source.choices = none + [(code.value, gettext(name)) for code, name in SOURCE_NAMES.items()]
    form.category.choices = none + [(category.name, gettext(category.name)) for category in categories()]
    form.county.choices = none + [(region.name, region.name) for region in counties()]


def _correction(form: PreviewForm, answers: dict[str, str]) -> Correction:
    return Correction(
        answers=answers,
        source=form.source.data or None,
        category=form.category.data or None,
        county=form.county.data or None,
    )


def _apply(plan: ImportPlan, waiting: Waiting, form: PreviewForm, told: Told) -> actions.Imported:
    with files.path_of(waiting.sha256).open("rb") as stream:
        return actions.apply_import(
            plan,
            current_user,
            stream=stream,
            file_name=waiting.name,
            today=clock.today(),
            create_missing=form.create_missing.data,
            accept_new=form.accept_new.data,
            trial=form.trial.data,
            told=told,
        )


def _done(done: actions.Imported) -> Response:
    flash(gettext("已导入：新列 %(new)s 条，更新 %(changed)s 条，未变 %(same)s 条。", **done.counts), "success")
    return redirect(url_for("ledgers.taken", import_id=done.import_id))


def _said(problem: Problem) -> dict[str, str]:
    """A problem in the reader's language."""
    mend = gettext(problem.mend_msgid, **problem.params) if problem.mend_msgid else ""
    return {"cell": problem.cell, "said": gettext(problem.msgid, **problem.params), "mended": mend}


def _words(plan: ImportPlan) -> dict[str, Any]:
    reading = plan.reading
    return {
        "errors": [_said(problem) for problem in reading.errors],
        "asks": [_said(problem) for problem in reading.asks],
        "warnings": [_said(problem) for problem in reading.warnings],
        "obstacles": [{"cell": o.cell, "said": gettext(o.msgid, **o.params), "mended": ""} for o in plan.obstacles],
        "entries": plan.entries[:_ROWS_SHOWN],
        "changed": [entry for entry in plan.entries if entry.fate == "changed"],
        "unsure": [entry for entry in plan.entries if entry.fate == "unsure"],
        "sources": {code.value: gettext(name) for code, name in SOURCE_NAMES.items()},
        "states": {state.value: gettext(name) for state, name in STATE_NAMES.items()},
        "kinds": {kind.value: gettext(name) for kind, name in KIND_NAMES.items()},
        "columns": COLUMN_NAMES,
        "demonstration": demonstration() is not None,
    }


@bp.get("/ledgers/imports/<int:import_id>")
@needs(Right.LEDGER_IMPORT)
def taken(import_id: int) -> str:
    done = queries.import_seen_by(import_id, current_user)
    touched = queries.touched_since(import_id) if done.undone_at is None else []
    issues = queries.issues_of(import_id, limit=_ISSUES_SHOWN)
    return render_template("ledgers/taken.html", done=done, issues=issues, touched=touched)


@bp.post("/ledgers/imports/<int:import_id>/undo")
@needs(Right.LEDGER_IMPORT)
def undo(import_id: int) -> Response:
    done = queries.import_seen_by(import_id, current_user)
    with transaction():
        number = actions.undo_import(done, current_user, today=clock.today())
    flash(gettext("已撤销这次导入，%(number)s 条问题已移出清单。", number=number), "success")
    return redirect(url_for("ledgers.ledgers"))

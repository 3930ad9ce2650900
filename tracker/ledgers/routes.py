"""Pages of the import: upload, what was understood and what would happen, the import done, its undoing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import IO, Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from tracker.accounts.queries import person_meant
from tracker.base import clock, files
from tracker.base.access import N_, Missing, Refused, Right
from tracker.base.db import transaction
from tracker.base.sheets_out import XLSX
from tracker.base.underway import CalledOff, Told, Underway
from tracker.base.web import attached, file_underway, form_status, largest_upload, needs, refusals, said
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.workflow import KIND_NAMES, STATE_NAMES, VERB_NAMES
from tracker.ledgers import actions, mapping, namesakes, queries, sheet, shown
from tracker.ledgers.columns import MEANINGS
from tracker.ledgers.forms import PreviewForm, UploadForm
from tracker.ledgers.offers import offers_for
from tracker.ledgers.plan import ImportPlan
from tracker.ledgers.problems import Problem
from tracker.ledgers.reading import Reading
from tracker.org.queries import counties, unit_meant
from tracker.settings.queries import categories, demonstration

bp = Blueprint("ledgers", __name__)

_KEEP_SECONDS = 24 * 3600  # how long an upload may wait for its decision
_ROWS_SHOWN = 200
_ISSUES_SHOWN = 500
_NOT_KEPT = frozenset({"csrf_token", "act", "rows"})


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
    except SignatureExpired as error:
        raise Refused(N_("这份台账是一天以前上传的，没有导入。请到“台账导入”重新上传。")) from error
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
    data = upload.stream.read(largest_upload() + 1)
    if len(data) > largest_upload():
        most = largest_upload() // 1048576
        raise Refused(N_("文件超过 %(most)s MB。请删去里面的图片另存，或拆成几个文件分别导入。"), most=most)
    actions.opened(data, name)
    with transaction():
        stored = files.store(io.BytesIO(data), name)
        sha256 = stored.sha256
    return str(_signer().dumps([sha256, name]))


@bp.route("/ledgers/preview", methods=["GET", "POST"])
@needs(Right.LEDGER_IMPORT)
def preview() -> Any:
    """What was understood and what would happen; the import itself."""
    waiting, form, (fields, slips) = _waiting(_token()), PreviewForm(), _named(_fields())
    _offer(form)
    reading = None
    if form.validate_on_submit() and request.form.get("act") == "import" and not slips:
        with refusals(form), _called_off(), Underway(_token()).told() as told:
            reading = _again(waiting, fields)
            told(0, 0)  # where it was called off while it was read
            with transaction():
                return _done(_apply(_plan(reading, form), waiting, form, told))
    reading = reading or _again(waiting, fields)
    _fill(form, reading)
    plan = _plan(reading, form)
    form.title.data = form.title.data or plan.title
    form.form_errors = [*form.form_errors, *slips.values()]
    page = {**_words(plan), **_state(reading, fields), "names": _names(plan, fields, slips)}
    page["few"] = shown.FEW
    page["guessed_years"] = queries.guessed_in(reading.rows)
    return render_template("ledgers/preview.html", form=form, plan=plan, **page), form_status(form)


@bp.route("/ledgers/preview/understood", methods=["GET", "POST"])
@needs(Right.LEDGER_IMPORT)
def understood() -> str:
    """The table as it was understood, sheet by sheet; header and columns are put right here."""
    fields = _fields()
    reading = _again(_waiting(_token()), fields)
    return render_template(
        "ledgers/understood.html",
        sheets=shown.sheets(reading),
        columns=shown.columns(reading),
        why_passed=shown.WHY_PASSED,
        why_left=shown.WHY_LEFT,
        table_field=mapping.TABLE,
        passed_shown=shown.PASSED_SHOWN,
        left_out=mapping.LEFT_OUT,
        first=mapping.FIRST,
        last=mapping.LAST,
        **_state(reading, fields),
    )


@bp.post("/ledgers/preview/to-mend.xlsx")
@needs(Right.LEDGER_IMPORT)
def to_mend() -> Response:
    """The ledger with its wrong cells marked and explained; with ``rows=wrong`` only the rows that have any. Called off it
    answers with nothing, and the page it was asked from stays as it is."""
    waiting = _waiting(_token())

    def write(out: IO[bytes], told: Told) -> None:
        actions.hand_back(
            out,
            waiting.data(),
            waiting.name,
            current_user,
            today=clock.today(),
            correction=mapping.from_fields(_fields()),
            title=request.form.get("title") or None,
            only_wrong=request.form.get("rows") == "wrong",
            told=told,
        )

    response = file_underway(_token(), write, XLSX)
    if response is None:
        return Response(status=204)
    return attached(response, f"{PurePath(waiting.name).stem}-待改.xlsx", "to-mend.xlsx")


@bp.post("/ledgers/mappings/<int:ledger_id>/forget")
@needs(Right.LEDGER_IMPORT)
def forget(ledger_id: int) -> Response:
    """Read the waiting upload, and every later copy of its ledger, as if nothing had been put right."""
    with transaction():
        actions.forget_mapping(ledger_id, current_user)
    flash(gettext("已忘掉上次的对应关系，下面是重新读的。"), "success")
    return redirect(url_for("ledgers.preview", file=_token()))


def _fields() -> dict[str, str]:
    """What was put right on the pages of this upload so far."""
    return mapping.with_offers({name: text for name, text in request.form.items() if name not in _NOT_KEPT})


def _again(waiting: Waiting, fields: dict[str, str]) -> Reading:
    """The file read with what the pages say; on first sight with what this office put right the last time."""
    if request.method == "POST":
        return actions.opened(waiting.data(), waiting.name, mapping.from_fields(fields))
    return actions.opened(waiting.data(), waiting.name, by=current_user)


def _named(fields: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The fields with every typed name looked up, and by field what those say that are none of ours."""
    slips = {}
    for name, text in [*fields.items()]:
        if name.startswith(mapping.OTHER) and text.strip():
            is_person = name.startswith(mapping.OTHER + mapping.PERSON)
            try:
                meant = person_meant(text) if is_person else unit_meant(text)
            except Refused as refusal:
                slips[name] = said(refusal)
            else:
                fields = {key: value for key, value in fields.items() if key != name}
                fields[name.removeprefix(mapping.OTHER)] = str(meant.id)
    return fields, slips


def _names(plan: ImportPlan, fields: dict[str, str], slips: dict[str, str]) -> list[shown.Name]:
    """The names in doubt, those first that a person must or can settle."""
    doubts = sorted(plan.doubts, key=lambda doubt: not doubt.among)
    offered = namesakes.offered_for(doubts)
    names = [shown.Name(doubt, offered[doubt.is_person, doubt.key]) for doubt in doubts]
    names = [replace(name, typed=fields.get(name.other, ""), slip=slips.get(name.other, "")) for name in names]
    return sorted(names, key=lambda name: not (name.slip or name.offered))[: shown.NAMES_SHOWN]


def _state(reading: Reading, fields: dict[str, str]) -> dict[str, Any]:
    """What every page of an upload says again in its form, so that nothing put right before is lost."""
    fields = {**fields, **mapping.as_fields(reading)}
    origin = reading.correction.origin
    return {
        "reading": reading,
        "has_title": not any(problem.code in shown.ABOUT_THE_HEADER for problem in reading.errors),
        "meanings": MEANINGS,
        "fields": fields,
        "answers": reading.correction.answers,
        "remembered": queries.ledger_with_id(origin, current_user) if origin else None,
    }


def _fill(form: PreviewForm, reading: Reading) -> None:
    """What was remembered stands in the form from the start, as if it had been chosen."""
    if request.method == "GET":
        said = reading.correction
        form.source.data, form.category.data, form.county.data = said.source, said.category, said.county


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
    """How far the long work on this upload is."""
    _waiting(_token())
    return jsonify(Underway(_token()).as_json())


@bp.post("/ledgers/preview/stop")
@needs(Right.LEDGER_IMPORT)
def stop() -> Response:
    """Call the running work off; it ends with its own answer, and changes nothing."""
    _waiting(_token())
    Underway(_token()).call_off()
    return redirect(url_for("ledgers.preview", file=_token()))


def _plan(reading: Reading, form: PreviewForm) -> ImportPlan:
    return actions.plan_import(
        reading,
        current_user,
        title=form.title.data or None,
        today=clock.today(),
        decided=mapping.decisions(request.form),
    )


def _offer(form: PreviewForm) -> None:
    none = [("", gettext("（台账里已写明）"))]
    form.source.choices = none + [(code.value, gettext(name)) for code, name in SOURCE_NAMES.items()]
    form.category.choices = none + [(category.name, gettext(category.name)) for category in categories()]
    form.county.choices = none + [(region.name, region.name) for region in counties()]


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


def _said(problem: Problem) -> dict[str, Any]:
    """A problem in the reader's language."""
    said = gettext(problem.msgid, **problem.params)
    mend = gettext(problem.mend_msgid, **problem.params) if problem.mend_msgid else ""
    return {
        "cell": problem.cell,
        "written": problem.phrase if problem.phrase not in said else "",
        "said": said,
        "mended": mend,
        "answerable": problem.code not in shown.ABOUT_THE_TABLE,
        "offers": [(offer.text, gettext(offer.label, text=offer.text)) for offer in offers_for(problem.fault)],
    }


def _words(plan: ImportPlan) -> dict[str, Any]:
    reading = plan.reading
    return {
        "errors": [_said(problem) for problem in reading.errors],
        "asks": [_said(problem) for problem in reading.asks],
        "warnings": [_said(problem) for problem in reading.warnings],
        "obstacles": [
            {"cell": o.cell, "said": gettext(o.msgid, **o.params), "mended": "", "written": ""} for o in plan.obstacles
        ],
        "entries": plan.entries[:_ROWS_SHOWN],
        "conflicts": [entry for entry in plan.entries if entry.conflicts],
        "undecided": sum(entry.undecided for entry in plan.entries),
        "changed": [entry for entry in plan.entries if entry.differences and not entry.conflicts],
        "verbs": {verb.value: gettext(name) for verb, name in VERB_NAMES.items()},
        "unsure": [entry for entry in plan.entries if entry.fate == "unsure"],
        "sources": {code.value: gettext(name) for code, name in SOURCE_NAMES.items()},
        "states": {state.value: gettext(name) for state, name in STATE_NAMES.items()},
        "kinds": {kind.value: gettext(name) for kind, name in KIND_NAMES.items()},
        "asks_of_hidden": any(problem.code == "hidden_rows" for problem in reading.asks),
        "unknown_words": shown.words(reading, sheet.offered(queries.vocabulary())),
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

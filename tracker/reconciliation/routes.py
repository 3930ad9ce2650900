"""Pages of inspections, of their findings, and of what became of each."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.base import clock, files
from tracker.base.access import Actor, Refused, Right, may
from tracker.base.db import transaction
from tracker.base.sheets_out import write_xlsx
from tracker.base.web import form_status, largest_upload, needs, refusals
from tracker.inspections.actions import correct_inspection as correct
from tracker.inspections.actions import record_findings, record_inspection
from tracker.inspections.models import Finding, Inspection
from tracker.inspections.queries import documents_of, keeps, proposal_for, seats
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.issues.pages import listing_form, me
from tracker.issues.workflow import Kind
from tracker.org.queries import counties, regions_with_ids
from tracker.reconciliation import actions, queries
from tracker.reconciliation.forms import (
    CorrectionForm,
    DeclineForm,
    FindingForm,
    InspectionForm,
    MergeForm,
)
from tracker.reconciliation.rules import BY_NAMES, NOT_KNOWN, OUTCOME_NAMES, By, Outcome, Wanted
from tracker.settings.queries import categories

bp = Blueprint("reconciliation", __name__)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- inspections ----------------------------------------------------------------------------------------------------


@bp.get("/inspections")
@needs(Right.FINDING_READ)
def inspections() -> str:
    """What was handed over, newest first, and how much of it is left open."""
    wanted = Wanted.read(request.args)
    page = queries.inspection_page(wanted, me(), request.args.get("page"))
    return render_template(
        "reconciliation/inspections.html",
        page=page,
        wanted=wanted,
        of=queries.figures_of([row.inspection for row in page.rows], me()),
        total=queries.figures(Wanted(source=wanted.source, year=wanted.year), me()),
        keeper=bool(seats(me())),
        **_choices(),
        **_words(),
    )


@bp.route("/inspections/new", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def new_inspection() -> Any:
    form = InspectionForm()
    form.offer(regions_with_ids(seats(me())))
    if not form.is_submitted():
        form.received_on.data = clock.today()
    elif form.validate():
        with refusals(form), transaction():
            made = record_inspection(
                me(),
                today=clock.today(),
                source=Source(form.source.data),
                title=form.title.data or "",
                region_id=form.region.data,
                document_number=form.document_number.data,
                received_on=form.received_on.data,
                began_on=form.began_on.data,
                ended_on=form.ended_on.data,
                letter=form.letter.data,
            )
            flash("inspection:new", "draft-sent")
            flash(_("检查已登记。下一步：录入反馈问题。"), "success")
            return redirect(url_for("feedback.bring", inspection_id=made.id))
    return render_template("reconciliation/new_inspection.html", form=form, most=largest_upload()), form_status(form)


@bp.get("/inspections/<int:inspection_id>")
@needs(Right.FINDING_READ)
def inspection(inspection_id: int) -> str:
    """Every finding of one inspection and what became of it."""
    found = queries.inspection_with_id(inspection_id, me())
    wanted = Wanted(inspection=found.id, outcome=Wanted.read(request.args).outcome)
    return render_template(
        "reconciliation/inspection.html",
        inspection=found,
        wanted=wanted,
        page=queries.finding_page(wanted, me(), request.args.get("page")),
        total=queries.figures(Wanted(inspection=found.id), me()),
        following=queries.next_open(found.id, me()),
        documents=documents_of(found) if queries.is_whole(found, me()) else [],
        **_of(found, me()),
        **_words(),
    )


@bp.route("/inspections/<int:inspection_id>/correct", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def correct_inspection(inspection_id: int) -> Any:
    """Put right how it was entered, or bring the letter later."""
    found = _kept(inspection_id)
    form = CorrectionForm(obj=found)
    if form.validate_on_submit():
        with refusals(form), transaction():
            correct(
                found,
                me(),
                today=clock.today(),
                title=form.title.data or "",
                document_number=form.document_number.data,
                received_on=form.received_on.data,
                began_on=form.began_on.data,
                ended_on=form.ended_on.data,
                letter=form.letter.data,
                reason=form.reason.data or "",
            )
            flash(f"inspection:{inspection_id}", "draft-sent")
            flash(_("已更正，原来的写法留在记录里。"), "success")
            return redirect(url_for("reconciliation.inspection", inspection_id=inspection_id))
    page = render_template(
        "reconciliation/correct_inspection.html", form=form, inspection=found, most=largest_upload(), **_words()
    )
    return page, form_status(form)


@bp.get("/inspections/<int:inspection_id>/reconciliation")
@needs(Right.FINDING_READ)
def reconciled(inspection_id: int) -> str:
    """The figures of one inspection by county and category, and why they differ from those of issues."""
    found = queries.inspection_with_id(inspection_id, me())
    return render_template(
        "reconciliation/reconciled.html",
        inspection=found,
        **_of(found, me()),
        **_totals(Wanted(inspection=found.id), (By.COUNTY, By.CATEGORY)),
        **_words(),
    )


@bp.get("/inspections/<int:inspection_id>/export.xlsx")
@needs(Right.LEDGER_EXPORT)
def export(inspection_id: int) -> Any:
    found = queries.inspection_with_id(inspection_id, me())
    with transaction():
        table = actions.export(found, me(), _)
    out = BytesIO()
    write_xlsx(out, table.title, table.columns, table.rows, table.widths)
    out.seek(0)
    name = _("对账表") + f"-{table.title}-{clock.today().isoformat()}.xlsx"
    return send_file(out, mimetype=_XLSX, as_attachment=True, download_name=name)


@bp.get("/inspections/<int:inspection_id>/letter")
@needs(Right.FINDING_READ)
def letter(inspection_id: int) -> Any:
    """The covering letter as it was brought; for whoever sees the inspection whole."""
    found = queries.inspection_with_id(inspection_id, me())
    if found.letter is None or not queries.is_whole(found, me()) or not files.path_of(found.letter.sha256).exists():
        abort(404)
    with transaction():
        actions.record_download(found, me())
    return send_file(
        files.path_of(found.letter.sha256),
        mimetype=found.letter.media_type,
        as_attachment=True,
        download_name=found.letter_name,
        etag=found.letter.sha256,
    )


def _of(found: Inspection, actor: Actor) -> dict[str, Any]:
    """What every page of an inspection shows of it."""
    return {
        "whole": queries.is_whole(found, actor),
        "keeper": may(actor, Right.FINDING_KEEP) and keeps(actor, found.region_id),
    }


# --- entries --------------------------------------------------------------------------------------------------------


@bp.route("/inspections/<int:inspection_id>/findings/new", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def new_finding(inspection_id: int) -> Any:
    """One entry; the page stays, for the next."""
    found, form = _kept(inspection_id), FindingForm()
    form.offer(counties())
    if form.validate_on_submit():
        with refusals(form), transaction():
            record_findings(found, me(), form.entries(), county_id=form.county.data)
            flash(f"finding:{inspection_id}", "draft-sent")
            flash(_("已登记一条。可以接着登记下一条。"), "success")
            return redirect(url_for("reconciliation.new_finding", inspection_id=inspection_id))
    total = queries.figures(Wanted(inspection=inspection_id), me())
    page = render_template("reconciliation/new_finding.html", form=form, inspection=found, total=total)
    return page, form_status(form)


def _kept(inspection_id: int) -> Inspection:
    found = queries.inspection_with_id(inspection_id, me())
    if not keeps(me(), found.region_id):
        raise Refused(_("只有这个地区的督查可以登记交给它的检查。"))
    return found


# --- what becomes of a finding --------------------------------------------------------------------------------------


@bp.get("/findings/<int:finding_id>")
@needs(Right.FINDING_READ)
def finding(finding_id: int) -> str:
    """One finding: its wording, what became of it, or what may be done with it."""
    row = queries.finding_row(finding_id, me())
    keeper = may(me(), Right.FINDING_KEEP) and keeps(me(), row.handed_to)
    near = queries.suggestions(_finding(finding_id), me()) if keeper and row.outcome == Outcome.OPEN else []
    return render_template("reconciliation/finding.html", row=row, keeper=keeper, near=near, **_words())


@bp.route("/findings/<int:finding_id>/list", methods=["GET", "POST"])
@needs(Right.LIST)
def list_finding(finding_id: int) -> Any:
    found, form, asked = _open(finding_id), listing_form(), proposal_for(finding_id)
    if not form.is_submitted():
        form.wording.data, form.county.data = found.wording, found.county_id
        if asked:
            form.title.data, form.category.data, form.kind.data = asked.title, asked.category_id, asked.kind
    elif form.validate():
        with refusals(form), transaction():
            number = actions.list_finding(
                found,
                me(),
                today=clock.today(),
                title=form.title.data or "",
                wording=form.wording.data,
                category_id=form.category.data,
                region_id=form.region_id,
                kind=Kind(form.kind.data),
                amount=form.amount.data,
            ).number
            told = _("已列单，编号 %(number)s。下一步：交办。", number=number)
            return _decided(found, "list", told)
    return _form("list_finding", form, found, asked=asked)


@bp.route("/findings/<int:finding_id>/merge", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def merge(finding_id: int) -> Any:
    """Beside the wording of the issue chosen, so that a person compares before accepting."""
    found, form = _open(finding_id), MergeForm()
    if not form.is_submitted():
        form.number.data = request.args.get("number", "")[:40]
    elif form.validate():
        with refusals(form), transaction():
            issue = queries.issue_meant(form.number.data or "", me())
            actions.merge(found, issue, me(), today=clock.today(), reason=form.reason.data or "")
            return _decided(found, "merge", _("已并入问题 %(number)s。", number=issue.number))
    chosen = queries.issue_called(form.number.data, me()) if form.number.data else None
    return _form("merge", form, found, chosen=chosen, near=queries.suggestions(found, me()))


@bp.route("/findings/<int:finding_id>/decline", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def decline(finding_id: int) -> Any:
    found, form = _open(finding_id), DeclineForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.decline(found, me(), today=clock.today(), reason=form.reason.data or "")
            return _decided(found, "decline", _("已记为不采纳，理由写进对账表。"))
    return _form("decline", form, found)


@bp.route("/findings/<int:finding_id>/reopen", methods=["GET", "POST"])
@needs(Right.FINDING_KEEP)
def reopen(finding_id: int) -> Any:
    found, form = _finding(finding_id), DeclineForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.reopen(found, me(), reason=form.reason.data or "")
            flash(f"reopen:{finding_id}", "draft-sent")
            flash(_("这条反馈问题恢复为待处理。"), "success")
            return redirect(url_for("reconciliation.finding", finding_id=finding_id))
    return _form("reopen", form, found)


def _finding(finding_id: int) -> Finding:
    return queries.finding_with_id(finding_id, me())


def _open(finding_id: int) -> Finding:
    """The finding, where this person may decide it now; on a POST the action asks, so that words are kept."""
    found = _finding(finding_id)
    if request.method == "GET":
        actions.may_decide(found, me())
    return found


def _decided(found: Finding, act: str, told: str) -> Response:
    """On to the next finding of the inspection that is left open, else back to the inspection."""
    flash(f"{act}:{found.id}", "draft-sent")
    flash(told, "success")
    following = queries.next_open(found.inspection_id, me(), after=found.id)
    if following is not None:
        return redirect(url_for("reconciliation.finding", finding_id=following))
    return redirect(url_for("reconciliation.inspection", inspection_id=found.inspection_id))


def _form(act: str, form: Any, found: Finding, **more: Any) -> Any:
    row = queries.finding_row(found.id, me())
    return render_template(f"reconciliation/{act}.html", form=form, row=row, **more, **_words()), form_status(form)


# --- totals ---------------------------------------------------------------------------------------------------------


@bp.get("/inspections/totals")
@needs(Right.FINDING_READ)
def totals() -> str:
    """All inspections together by source, county and category."""
    wanted = Wanted.read(request.args)
    wanted = Wanted(source=wanted.source, year=wanted.year)
    return render_template("reconciliation/totals.html", **_totals(wanted, tuple(By)), **_choices(), **_words())


@bp.get("/inspections/findings")
@needs(Right.FINDING_READ)
def findings() -> str:
    """The findings that a figure counts."""
    wanted = Wanted.read(request.args)
    return render_template(
        "reconciliation/findings.html",
        wanted=wanted,
        total=queries.figures(wanted, me()).found,
        page=queries.finding_page(wanted, me(), request.args.get("page")),
        **_choices(),
        **_words(),
    )


def _totals(wanted: Wanted, parts: tuple[By, ...]) -> dict[str, Any]:
    return {
        "total": queries.figures(wanted, me()),
        "tables": {by: queries.figures_by(by, wanted, me()) for by in parts},
        "differences": queries.differences(wanted, me()),
        "wanted": wanted,
    }


def _words() -> dict[str, Any]:
    return {
        "source_names": SOURCE_NAMES,
        "outcome_names": OUTCOME_NAMES,
        "by_names": BY_NAMES,
    }


def _choices() -> dict[str, Any]:
    """What a list can be narrowed by, each as (value, label) pairs."""
    unknown = (NOT_KNOWN, _("还没有定"))
    return {
        "sources": [(source.value, _(SOURCE_NAMES[source])) for source in queries.sources_seen(me())],
        "years": [(year, _("%(year)s 年", year=year)) for year in queries.years_seen(me())],
        "places": [*((region.id, region.name) for region in counties()), unknown],
        "kinds": [*((category.id, _(category.name)) for category in categories()), unknown],
        "outcomes": [(outcome.value, _(name)) for outcome, name in OUTCOME_NAMES.items()],
    }

"""Pages of regions and units; suggestions of units; whether the service is alive and ready."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.base import clock
from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import form_status, needs, public, refusals
from tracker.org import actions, queries
from tracker.org.forms import FileForm, RegionForm, RegionNamesForm, UnitForm, UnitNamesForm
from tracker.org.rules import DEPTH, LEVEL_NAMES, FileRefused, Level, Slip
from tracker.org.sheet import split_aliases

bp = Blueprint("org", __name__)

PAGE = 50


# --- regions --------------------------------------------------------------------------------------------------


@bp.get("/regions")
@needs(Right.REGIONS)
def regions() -> Any:
    """The tree, one parent at a time; or what a search finds."""
    text = request.args.get("q", "").strip()[:80]
    root = queries.root()
    parent_id = request.args.get("parent", type=int)
    shown = queries.region_with_id(parent_id) if parent_id is not None else root
    return render_template(
        "org/regions.html",
        root=root,
        shown=shown,
        path=queries.path(shown.id) if shown else [],
        rows=queries.children(shown.id) if shown and not text else [],
        found=queries.regions_like(text) if text else [],
        text=text,
        totals=[(ngettext("%(num)s 个", "%(num)s 个", number), _(LEVEL_NAMES[level])) for level, number in _totals()],
        level_names={level: _(name) for level, name in LEVEL_NAMES.items()},
    )


def _totals() -> list[tuple[Level, int]]:
    totals = queries.totals_by_level()
    root = queries.root()
    return [
        (level, totals[level]) for level in Level if level in totals and root is not None and level is not root.level
    ]


@bp.route("/regions/new", methods=["GET", "POST"])
@needs(Right.REGIONS)
def new_region() -> Any:
    parent_id = request.args.get("parent", type=int)
    parent = queries.region_with_id(parent_id) if parent_id is not None else None
    form = RegionForm()
    form.offer(
        [
            (level.value, _(name))
            for level, name in LEVEL_NAMES.items()
            if parent is None or DEPTH[level] > DEPTH[parent.level]
        ]
    )
    if form.validate_on_submit():
        with refusals(form), transaction():
            region = actions.add_region(
                parent,
                name=form.name.data or "",
                level=Level(form.level.data),
                code=form.code.data or None,
                actor_id=current_user.id,
                today=clock.today(),
            )
            flash(_("已新增“%(name)s”。", name=region.name), "success")
            return redirect(url_for("org.regions", parent=region.parent_id))
    return render_template("org/new_region.html", form=form, parent=parent), form_status(form)


@bp.route("/regions/<int:region_id>", methods=["GET", "POST"])
@needs(Right.REGIONS)
def region(region_id: int) -> Any:
    """One region: its names; ending it."""
    region = queries.region_with_id(region_id)
    form = RegionNamesForm(obj=None if request.method == "POST" else _names(region))
    if form.validate_on_submit():
        with refusals(form), transaction():
            before = region.name
            if form.name.data != before:
                actions.rename_region(region, form.name.data or "", actor_id=current_user.id)
            kept = [before] if form.name.data != before else []
            aliases = [*split_aliases(form.aliases.data or ""), *kept]
            actions.set_region_aliases(region, aliases, actor_id=current_user.id)
            flash(_("已保存。"), "success")
            return redirect(url_for("org.region", region_id=region_id))
    page = render_template(
        "org/region.html",
        region=region,
        form=form,
        path=queries.path(region.id),
        level=_(LEVEL_NAMES[region.level]),
        may_end=region.valid_to is None and len(queries.line_above(region.id)) > 2,
    )
    return page, form_status(form)


class _Names:
    """What the form of names shows at first."""

    def __init__(self, name: str, aliases: list[str]) -> None:
        self.name = name
        self.aliases = "、".join(aliases)


def _names(named: Any) -> _Names:
    return _Names(named.name, sorted(alias.name for alias in named.aliases))


@bp.post("/regions/<int:region_id>/end")
@needs(Right.REGIONS)
def end_region(region_id: int) -> Response:
    region = queries.region_with_id(region_id)
    with transaction():
        actions.end_region(region, actor_id=current_user.id, today=clock.today())
    flash(_("“%(name)s”已终止。", name=region.name), "success")
    return redirect(url_for("org.regions", parent=region.parent_id))


@bp.route("/regions/import", methods=["GET", "POST"])
@needs(Right.REGIONS)
def import_regions() -> Any:
    """A file of regions: checked first if one likes, taken whole or refused with every bad cell."""
    form, counts = FileForm(), None
    slips: tuple[Slip, ...] = ()
    if form.validate_on_submit():
        check = "check" in request.form
        try:
            with transaction():
                counts = actions.import_regions(
                    form.file.data.read(),
                    form.file.data.filename,
                    actor_id=current_user.id,
                    today=clock.today(),
                    dry_run=check,
                )
        except FileRefused as refusal:
            slips = refusal.slips
        if counts is not None and not check:
            flash(_in_words(counts), "success")
            return redirect(url_for("org.regions"))
    return _import_page("org/import_regions.html", form, slips, counts)


def _import_page(template: str, form: Any, slips: tuple[Slip, ...], counts: dict[str, int] | None) -> Any:
    page = render_template(
        template, form=form, slips=slip_rows(slips), counts=_in_words(counts) if counts is not None else None
    )
    return page, 422 if slips else form_status(form)


def slip_rows(slips: tuple[Slip, ...]) -> list[dict[str, str]]:
    """What is wrong in a file, in the reader's language: cell, problem, mend."""
    return [
        {
            "cell": slip.cell,
            "problem": _(slip.problem, **slip.params),
            "mend": _(slip.mend, **slip.params) if slip.mend else "",
        }
        for slip in slips[:200]
    ]


def _in_words(counts: dict[str, int]) -> str:
    return "，".join(f"{_(heading)} {number}" for heading, number in counts.items())


# --- units ----------------------------------------------------------------------------------------------------


@bp.get("/units")
@needs(Right.UNITS)
def units() -> Any:
    text = request.args.get("q", "").strip()[:80]
    region_id = request.args.get("region", type=int)
    counties = queries.counties()
    page = queries.unit_page(text, region_id, request.args.get("page"), PAGE)
    return render_template(
        "org/units.html",
        page=page,
        total=queries.unit_total(text, region_id),
        text=text,
        region=next((county for county in counties if county.id == region_id), None),
        counties=[(county.id, county.name) for county in counties],
        next_url=_page_url("org.units", page.next),
        previous_url=_page_url("org.units", page.previous),
    )


def _page_url(endpoint: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    return url_for(endpoint, **kept, page=cursor)


@bp.route("/units/new", methods=["GET", "POST"])
@needs(Right.UNITS)
def new_unit() -> Any:
    form = UnitForm(region=request.args.get("region", ""))
    if form.validate_on_submit():
        with refusals(form), transaction():
            unit = actions.add_unit(
                form.name.data or "",
                queries.region_meant(form.region.data or ""),
                split_aliases(form.aliases.data or ""),
                actor_id=current_user.id,
            )
            flash(_("已新增“%(name)s”。", name=unit.name), "success")
            return redirect(url_for("org.units", q=unit.name))
    return render_template("org/new_unit.html", form=form, counties=_county_names()), form_status(form)


def _county_names() -> list[str]:
    return [county.name for county in queries.counties()]


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
@needs(Right.UNITS)
def unit(unit_id: int) -> Any:
    """One unit: its names; putting it out of use."""
    unit = queries.unit_with_id(unit_id)
    form = UnitNamesForm(obj=None if request.method == "POST" else _names(unit))
    if form.validate_on_submit():
        with refusals(form), transaction():
            aliases = split_aliases(form.aliases.data or "")
            actions.change_unit(unit, name=form.name.data or "", aliases=aliases, actor_id=current_user.id)
            flash(_("已保存。"), "success")
            return redirect(url_for("org.unit", unit_id=unit_id))
    return render_template("org/unit.html", unit=unit, form=form), form_status(form)


@bp.post("/units/<int:unit_id>/deactivate")
@needs(Right.UNITS)
def deactivate_unit(unit_id: int) -> Response:
    unit = queries.unit_with_id(unit_id)
    with transaction():
        actions.deactivate_unit(unit, actor_id=current_user.id)
    flash(_("“%(name)s”已停用。", name=unit.name), "success")
    return redirect(url_for("org.unit", unit_id=unit_id))


@bp.post("/units/<int:unit_id>/reactivate")
@needs(Right.UNITS)
def reactivate_unit(unit_id: int) -> Response:
    unit = queries.unit_with_id(unit_id)
    with transaction():
        actions.reactivate_unit(unit, actor_id=current_user.id)
    flash(_("“%(name)s”已恢复使用。", name=unit.name), "success")
    return redirect(url_for("org.unit", unit_id=unit_id))


@bp.route("/units/import", methods=["GET", "POST"])
@needs(Right.UNITS)
def import_units() -> Any:
    form, counts = FileForm(), None
    slips: tuple[Slip, ...] = ()
    if form.validate_on_submit():
        check = "check" in request.form
        try:
            with transaction():
                counts = actions.import_units(
                    form.file.data.read(), form.file.data.filename, actor_id=current_user.id, dry_run=check
                )
        except FileRefused as refusal:
            slips = refusal.slips
        if counts is not None and not check:
            flash(_in_words(counts), "success")
            return redirect(url_for("org.units"))
    return _import_page("org/import_units.html", form, slips, counts)


@bp.get("/units/suggest")
@needs(Right.ISSUE_READ)
def suggest_units() -> Response:
    """Units for a field that completes itself: ``[{"id", "value", "label"}]``; the value may be sent as it is."""
    return jsonify(queries.suggested_units(request.args.get("q", "")[:60]))


@bp.get("/units/choices")
@needs(Right.UNITS)
def unit_choices() -> Response:
    """The same for the administrators' forms, whose people see no issue."""
    return jsonify(queries.suggested_units(request.args.get("q", "")[:60]))


# --- alive and ready ------------------------------------------------------------------------------------------


@bp.get("/healthz")
@public
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
@public
def readyz() -> tuple[str, int, dict[str, str]]:
    """The database answers and has the tables this version wants."""
    problem = queries.not_ready()
    return f"{problem or 'ready'}\n", 503 if problem else 200, {"Content-Type": "text/plain; charset=utf-8"}

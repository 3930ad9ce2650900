"""Pages: a year's working days, for every supervisor to look at and for the root office to keep."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from tracker.base import clock
from tracker.base.access import Actor, Right, keeps_rules
from tracker.base.db import transaction
from tracker.base.web import form_status, needs, refusals
from tracker.org.rules import FileRefused, Slip
from tracker.workdays import actions, queries
from tracker.workdays.forms import ChangeForm, NoticeForm
from tracker.workdays.rules import DAY_KINDS, FIRST_YEAR, LAST_YEAR, DayKind, weeks_of
from tracker.workdays.sheet import COLUMNS, as_rows

bp = Blueprint("workdays", __name__)


@bp.get("/working-days")
@needs(Right.SETTINGS)
def this_year() -> str:
    """The year we are in."""
    return str(_page(clock.today().year)[0])


@bp.route("/working-days/<int:year>", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def year(year: int) -> Any:
    """Twelve months; and a change to some of their days."""
    _known(year)
    form = _change_form()
    if form.validate_on_submit():
        first = form.first.data
        assert first is not None  # it is needed
        with refusals(form), transaction():
            kind, name = DayKind(form.kind.data), form.name.data or ""
            number = actions.change_days(year, first, form.last.data or first, kind, name, _me())
            flash(_("已改 %(number)s 天。", number=number), "success")
            return redirect(url_for("workdays.year", year=year))
    return _page(year, form)


@bp.post("/working-days/<int:year>/confirm")
@needs(Right.SETTINGS)
def confirm(year: int) -> Redirect:
    _known(year)
    with transaction():
        actions.confirm_year(year, _me())
    flash(_("%(year)s 年的放假安排已确认，不再提示。", year=year), "success")
    return redirect(url_for("workdays.year", year=year))


@bp.route("/working-days/<int:year>/import", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def import_notice(year: int) -> Any:
    """A notice as a file: checked first if one likes, taken whole or refused with every bad cell."""
    _known(year)
    form, counts = NoticeForm(), None
    slips: tuple[Slip, ...] = ()
    if form.validate_on_submit():
        check = "check" in request.form
        with refusals(form):
            try:
                counts = _take(form, year, check=check)
            except FileRefused as refusal:
                slips = refusal.slips
        if counts is not None and not check:
            flash(counts, "success")
            return redirect(url_for("workdays.year", year=year))
    page = render_template("workdays/import_notice.html", form=form, slips=_in_words(slips), counts=counts, year=year)
    return page, 422 if slips else form_status(form)


class _OnlyChecked(Exception):
    """Rolls a rehearsal back."""


def _take(form: NoticeForm, year: int, *, check: bool) -> str:
    """Import the file, or only see whether it could be; what it holds in words."""
    counts: dict[str, int] = {}
    try:
        with transaction():
            data, name = form.file.data.read(), form.file.data.filename
            counts = actions.import_file(data, name, actor=_me(), year=year)
            if check:
                raise _OnlyChecked
    except _OnlyChecked:
        pass
    return "，".join(f"{_(heading)} {number}" for heading, number in counts.items())


def _in_words(slips: tuple[Slip, ...]) -> list[dict[str, str]]:
    return [
        {"cell": slip.cell, "problem": _(slip.problem, **slip.params), "mend": _(slip.mend, **slip.params)}
        for slip in slips[:200]
    ]


@bp.get("/working-days/<int:year>.csv")
@needs(Right.SETTINGS)
def as_file(year: int) -> Response:
    """The year as the file that can be imported; of an empty one the head alone."""
    _known(year)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([column.labels[0] for column in COLUMNS])
    rows.writerows(as_rows(queries.days_of(year)))
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")  # the mark lets Excel read it as UTF-8
    answer.headers["Content-Disposition"] = f"attachment; filename=workdays-{year}.csv"
    return answer


def _page(year: int, form: ChangeForm | None = None) -> tuple[str, int]:
    """``?day=`` fills the form in: every day of the year is a link to itself."""
    form = form or _change_form()
    days = queries.calendar()
    if not form.is_submitted():
        form.first.data = _asked(year)
        form.kind.data = DayKind.OFF.value
    changes = queries.changes_of(year)
    by_hand = {day for change in changes if change.verb == "change_workdays" for day, _was, _is in change.days}
    page = render_template(
        "workdays/year.html",
        form=form,
        year=year,
        year_links=[
            {"label": str(one), "url": url_for("workdays.year", year=one), "current": one == year}
            for one in range(max(FIRST_YEAR, year - 2), min(LAST_YEAR, year + 2) + 1)
        ],
        months=[(month, weeks_of(year, month)) for month in range(1, 13)],
        special=days.special,
        special_here=any(day.year == year for day in days.special),
        names={one.day: one.name for one in queries.days_of(year)},
        is_workday=days.is_workday,
        total=days.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)),
        official=days.is_official(year),
        changes=changes,
        by_hand=by_hand,
        change_names=queries.CHANGE_NAMES,
        keeper=keeps_rules(_me()),
    )
    return page, form_status(form)


def _asked(year: int) -> date | None:
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if day.year == year else None


def _change_form() -> ChangeForm:
    form = ChangeForm()
    form.kind.choices = [(kind.value, _(name)) for kind, name in DAY_KINDS.items()]
    return form


def _known(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)


def _me() -> Actor:
    actor: Actor = current_user._get_current_object()
    return actor

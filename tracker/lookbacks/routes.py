"""Pages: what is to be looked at again, what was found, and the record of one look-back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from tracker.base import clock
from tracker.base.access import N_, Missing, Right, keeps_rules
from tracker.base.db import transaction
from tracker.base.web import form_status, largest_upload, needs, refusals
from tracker.issues.models import Issue
from tracker.issues.pages import done, me, page
from tracker.issues.queries import issue_numbered, look_back_months
from tracker.issues.workflow import KIND_NAMES
from tracker.lookbacks import actions, queries
from tracker.lookbacks.forms import DrawForm, LookBackForm, MonthsForm
from tracker.lookbacks.rules import RESULT_NAMES, Asked, Rate, Result, read_frame, read_months
from tracker.lookbacks.rules import draw as repeat
from tracker.org.queries import counties
from tracker.settings.queries import categories

bp = Blueprint("lookbacks", __name__)


@bp.route("/issues/<number>/look-back", methods=["GET", "POST"])
@needs(Right.RELAPSE)
def look_back(number: str) -> Any:
    issue = issue_numbered(number, me())
    form = LookBackForm()
    form.offer()
    if not form.is_submitted():
        actions.may_hold(issue, me(), clock.today())
        form.held_on.data = clock.today()
    if form.validate_on_submit():
        with refusals(form), transaction():
            row = actions.hold_lookback(
                issue, me(), today=clock.today(), visit=form.visit(), new_term=form.new_term.data,
                seen=form.version.data,
            )  # fmt: skip
            return done(issue, "look-back", _said(issue, row.result))
    return page(
        "lookbacks/look_back.html",
        form,
        issue,
        most=largest_upload(),
        former=queries.look_backs_of(issue.id),
        results=RESULT_NAMES,
    )


def _said(issue: Issue, result: Result) -> Any:
    if result is Result.FAILED:
        return _("已按反弹重开，责任单位继续整改；新的时限到了会计逾期。")
    if issue.look_back_on is None:
        return _("回头看已记录，这次销号不再安排回头看。")
    return _("回头看已记录，下一次在 %(day)s。", day=issue.look_back_on)


@bp.get("/look-backs")
@needs(Right.LOOKBACK_READ)
def look_backs() -> str:
    """What is due, or coming within a month."""
    asked, today = Asked.read(request.args), clock.today()
    return render_template(
        "lookbacks/look_backs.html",
        asked=asked,
        listing=queries.due(asked, me(), today, request.args.get("page")),
        kinds=KIND_NAMES,
        months="、".join(str(number) for number in look_back_months()),
        **_shared(asked, "lookbacks.look_backs"),
    )


@bp.get("/look-backs/held")
@needs(Right.LOOKBACK_READ)
def held() -> str:
    """What look-backs found."""
    asked = Asked.read(request.args)
    return render_template(
        "lookbacks/held.html",
        asked=asked,
        listing=queries.held(asked, me(), request.args.get("page")),
        results=RESULT_NAMES,
        **_shared(asked, "lookbacks.held"),
    )


@bp.get("/look-backs/rates")
@needs(Right.LOOKBACK_READ)
def rates() -> str:
    """How often what was struck off came back, per county and category."""
    found = queries.rates(me())
    shared = _shared(Asked(), "lookbacks.rates")
    return render_template(
        "lookbacks/rates.html",
        whole=sum(found.values(), Rate()),
        tables=[
            (_("各县市区"), _("县市区"), "county", _by(found, 0, shared["counties"])),
            (_("各类别"), _("类别"), "category", _by(found, 1, shared["categories"])),
        ],
        **shared,
    )


def _by(found: Mapping[tuple[int, int], Rate], place: int, names: Mapping[int, str]) -> list[tuple[int, str, Rate]]:
    """The rates summed over the other axis: what has surely come back most (by the interval's lower end) first."""
    sums: dict[int, Rate] = {}
    for key, rate in found.items():
        sums[key[place]] = sums.get(key[place], Rate()) + rate
    rows = [(each, names.get(each, str(each)), rate) for each, rate in sums.items()]
    return sorted(rows, key=lambda row: (-row[2].between[0], -row[2].percent, -row[2].looked, row[0]))


@bp.route("/look-backs/draws", methods=["GET", "POST"])
@needs(Right.LOOKBACK_READ)
def draws() -> Any:
    """Every draw there was; the root office draws here."""
    form = DrawForm()
    if form.validate_on_submit() and form.due_on.data:
        with refusals(form), transaction():
            made = actions.draw_look_backs(
                me(), today=clock.today(), seed=form.seed.data or "", size=form.size.data or 0, due_on=form.due_on.data
            )
            flash(_("已抽取 %(number)s 件，都列入要看的。", number=len(made.picks)), "success")
            return redirect(url_for("lookbacks.draw", draw_id=made.id))
    return render_template(
        "lookbacks/draws.html",
        form=form if keeps_rules(me()) else None,
        draws=queries.draws(),
        **_shared(Asked(), "lookbacks.draws"),
    ), form_status(form)


@bp.route("/look-backs/months", methods=["GET", "POST"])
@needs(Right.LOOKBACK_READ)
def months() -> Any:
    """After how many months a clearance is looked at again: everybody reads it, the root office changes it."""
    form = MonthsForm(months="、".join(str(number) for number in look_back_months()))
    keeper = keeps_rules(me())
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.set_look_backs(read_months(form.months.data or ""), me())
            flash(_("已保存，从今天起销号的按新的安排；已经定下的日期不变。"), "success")
            return redirect(url_for("lookbacks.months"))
    page = render_template("lookbacks/months.html", form=form, keeper=keeper, **_shared(Asked(), "lookbacks.months"))
    return page, form_status(form)


@bp.get("/look-backs/draws/<int:draw_id>")
@needs(Right.LOOKBACK_READ)
def draw(draw_id: int) -> str:
    """One draw: its seed, its urn's mark, what was drawn, and whether drawing again gives the same."""
    found = queries.draw_numbered(draw_id)
    again = repeat(read_frame(found.frame), found.seed, found.size)
    return render_template(
        "lookbacks/draw.html",
        draw=found,
        same=again == [pick.number for pick in found.picks],
        picked=queries.picked(found, me()),
        whole=queries.sees_all(me()),
        results=RESULT_NAMES,
        **_shared(Asked(), "lookbacks.draws"),
    )


@bp.get("/look-backs/draws/<int:draw_id>/urn.csv")
@needs(Right.LOOKBACK_READ)
def urn(draw_id: int) -> Any:
    """Every clearance that could be drawn, for whoever may see the whole list."""
    if not queries.sees_all(me()):
        raise Missing
    found = queries.draw_numbered(draw_id)
    with transaction():
        actions.record_frame_export(found, me())
    return send_file(
        io.BytesIO(found.frame.encode()), mimetype="text/csv", as_attachment=True, download_name=f"draw-{draw_id}.csv"
    )


_GROUP_NAMES = {True: N_("长期坚持"), False: N_("具体问题")}
#: The pages of look-backs, side by side.
_VIEWS = {
    "lookbacks.look_backs": N_("要看的"),
    "lookbacks.held": N_("看过的"),
    "lookbacks.rates": N_("反弹率"),
    "lookbacks.draws": N_("抽查"),
    "lookbacks.months": N_("安排"),
}


def _shared(asked: Asked, here: str) -> dict[str, Any]:
    """What every list of look-backs shows: its neighbours, the filters' choices and the chosen ones in words."""
    english = str(get_locale()) == "en"
    places = {region.id: _own(region) if region.parent_id is None else region.name for region in counties()}
    kinds = {each.id: each.name_en if english else each.name for each in categories()}

    def address(**changes: Any) -> str:
        return url_for(here, **asked.query(**changes))

    chosen = [
        {"label": label, "value": value, "remove_url": address(**{name: clear})}
        for name, label, value, clear in (
            ("county", _("县市区"), places.get(asked.county or 0), None),
            ("category", _("类别"), kinds.get(asked.category or 0), None),
            ("result", _("结果"), _(RESULT_NAMES[asked.result]) if asked.result else None, None),
            ("long_term", _("口径"), None if asked.long_term is None else _(_GROUP_NAMES[asked.long_term]), None),
            ("mine", _("范围"), _("我可以看的") if asked.mine else None, False),
        )
        if value
    ]
    return {
        "views": [{"label": _(name), "url": url_for(view), "current": view == here} for view, name in _VIEWS.items()],
        "counties": places,
        "categories": kinds,
        "applied": chosen,
        "address": address,
        "english": english,
    }


def _own(region: Any) -> Any:
    return _("%(name)s本级", name=region.name)

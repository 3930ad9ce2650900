"""What waits for me: one address, the desk that a person's posts call for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from tracker.accounts.models import StandIn
from tracker.accounts.queries import stood_in_for
from tracker.base import clock
from tracker.base.access import READERS, Right, holds, keeps_rules, may
from tracker.base.web import needs
from tracker.desks import queries
from tracker.desks.rules import DESK_NAMES, Desk, desks_of
from tracker.issues.pages import me
from tracker.register import queries as register
from tracker.register.rules import Filters, Sort, Words, words_in
from tracker.workdays.queries import calendar
from tracker.workdays.rules import guessed_years

bp = Blueprint("desks", __name__)


@bp.get("/")
@needs(Right.SELF)
def home() -> Response | str:
    """Where a person begins: their desk, the pages they keep, or a page that says why there is nothing."""
    if any(holds(me(), role) for role in READERS):
        return redirect(url_for("desks.desk"))
    if may(me(), Right.USERS):
        return redirect(url_for("accounts.users"))
    if may(me(), Right.POSTS):
        return redirect(url_for("accounts.posts"))
    if may(me(), Right.AUDIT):
        return redirect(url_for("audit.audit"))
    return render_template("desks/home.html", stands_in=_stands_in())


@bp.get("/desk")
@needs(Right.ISSUE_READ)
def desk() -> str:
    mine = desks_of(me().grants)
    asked = request.args.get("desk")
    chosen = next((one for one in mine if one.value == asked), mine[0])
    page = {Desk.OFFICIAL: _official, Desk.SUPERVISOR: _supervisor, Desk.LEADER: _leader}[chosen]
    tabs = (
        [
            {"label": gettext(DESK_NAMES[one]), "url": url_for("desks.desk", desk=one.value), "current": one is chosen}
            for one in mine
        ]
        if len(mine) > 1
        else []
    )
    return page(tabs=tabs, chosen=chosen, stands_in=_stands_in())


def _stands_in() -> Sequence[StandIn]:
    """For whom the person may act now; nobody while they already do."""
    today = clock.today()
    return [] if me().for_id else [row for row in stood_in_for(me().id, today) if row.begins_on <= today]


def _official(**shared: Any) -> str:
    part = request.args.get("part", "")
    return render_template(
        "desks/official.html",
        desk=queries.official_desk(me(), clock.today(), part),
        part=part,
        words=_words(),
        issue_url=_issue_url(),
        **shared,
    )


def _supervisor(**shared: Any) -> str:
    words, today = _words(), clock.today()
    filters = Filters.read({**request.args.to_dict(flat=False), "overdue": ["1"]}, default=Sort.OVERDUE)
    return render_template(
        "desks/supervisor.html",
        figures=queries.supervisor_figures(me(), today),
        guessed_years=guessed_years(calendar(), today, today),
        keeper=keeps_rules(me()),
        filters=filters,
        words=words,
        choices=register.choices(words),
        issue_url=_issue_url(),
        listing=register.listing(filters, me(), today, request.args.get("page")),
        **shared,
    )


def _leader(**shared: Any) -> str:
    return render_template(
        "desks/leader.html",
        desk=queries.leader_desk(me(), clock.today(), request.args.get("part", "")),
        words=_words(),
        issue_url=_issue_url(),
        **shared,
    )


@bp.get("/desk/reviews")
@needs(Right.ISSUE_READ)
def reviews() -> str:
    """Everything that waits for this person's decision."""
    return render_template("desks/reviews.html", waiting=queries.reviews(me(), clock.today()), issue_url=_issue_url())


def _issue_url() -> str:
    return f"{request.script_root}/issues/"


def _words() -> Words:
    return words_in(str(get_locale()), gettext, ngettext)

"""What waits for me: one address, the desk that a person's posts call for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from secrets import token_hex
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from tracker.accounts.models import StandIn
from tracker.accounts.queries import stood_in_for
from tracker.base import clock
from tracker.base.access import N_, READERS, Conflict, Right, holds, keeps_rules, may
from tracker.base.db import transaction
from tracker.base.web import form_status, needs
from tracker.desks import actions, queries
from tracker.desks.forms import DecideManyForm, RemindManyForm
from tracker.desks.rules import (
    ACT_NAMES,
    BY_NAMES,
    DESK_NAMES,
    PART_NAMES,
    Act,
    By,
    Desk,
    Part,
    desks_of,
    issue_ids,
    plot,
)
from tracker.issues.pages import me, one_more, replacing_form
from tracker.issues.rules import END_NAMES
from tracker.papers.queries import proposal_counts
from tracker.papers.queries import waiting_count as papers_waiting
from tracker.papers.rules import KIND_NAMES, MOST_ISSUES, PaperKind
from tracker.register import queries as register
from tracker.register.rules import Filters, ListPage, Sort, Words, words_in
from tracker.tasks.queries import counts as asked_of
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
def desk() -> Response | str:
    mine = desks_of(me().grants)
    asked = request.args.get("desk")
    chosen = next((one for one in mine if one.value == asked), mine[0])
    if chosen is Desk.SUPERVISOR and not request.args and (query := register.opening_view(ListPage.OVERDUE, me())):
        return redirect(f"{url_for('desks.desk')}{query}&desk={chosen.value}")
    page = {Desk.OFFICIAL: _official, Desk.SUPERVISOR: _supervisor, Desk.LEADER: _leader}[chosen]
    tabs = (
        [
            {"label": gettext(DESK_NAMES[one]), "url": url_for("desks.desk", desk=one.value), "current": one is chosen}
            for one in mine
        ]
        if len(mine) > 1
        else []
    )
    return page(tabs=tabs, chosen=chosen, stands_in=_stands_in(), asked=asked_of(me(), clock.today()))


def _stands_in() -> Sequence[StandIn]:
    """For whom the person may act now; nobody while they already do."""
    today = clock.today()
    return [] if me().for_id else [row for row in stood_in_for(me().id, today) if row.begins_on <= today]


def _official(**shared: Any) -> str:
    part = request.args.get("part", "")
    return render_template(
        "desks/official.html",
        desk=queries.official_desk(me(), clock.today(), part),
        papers=papers_waiting(me()),
        part=part,
        words=_words(),
        issue_url=_issue_url(),
        **shared,
    )


def _supervisor(**shared: Any) -> str:
    words, today, filters = _words(), clock.today(), _overdue_filters()
    by = By(given) if (given := request.args.get("by", "")) in set(By) else By.COUNTY
    return render_template(
        "desks/supervisor.html",
        figures=queries.supervisor_figures(me(), today),
        guessed_years=guessed_years(calendar(), today, today),
        proposed={kind: number for kind, number in proposal_counts(me()).items() if number},
        paper_kinds=KIND_NAMES,
        keeper=keeps_rules(me()),
        filters=filters,
        words=words,
        choices=register.choices(words),
        issue_url=_issue_url(),
        listing=register.listing(filters, me(), today, request.args.get("page")),
        by=by,
        by_names=BY_NAMES,
        counts=queries.counted_by(by, filters, me(), today),
        acts=_acts(),
        views=register.views_of(ListPage.OVERDUE, me()),
        **shared,
    )


#: What can be done to the rows one ticks: label, endpoint. A page further right that takes ``issue`` the same way
#: is one more row.
_ACTS = (
    (N_("催办"), "desks.remind"),
    (N_("转办"), "desks.reassign"),
    (N_("审批延期"), "desks.extensions"),
    (N_("督办单"), "desks.paper"),
)


def _acts() -> list[dict[str, str]]:
    return [{"label": gettext(label), "url": url_for(endpoint)} for label, endpoint in _ACTS]


def _overdue_filters() -> Filters:
    return Filters.read({**request.args.to_dict(flat=False), "overdue": ["1"]}, default=Sort.OVERDUE)


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


@bp.get("/desk/trend")
@needs(Right.REMIND)
def trend() -> str:
    """How many were overdue, week by week; with ``day`` and ``part``, what that number counts."""
    found = queries.trend(me(), clock.today())
    asked = next((week.day for week in found if week.day.isoformat() == request.args.get("day")), None)
    part = Part(given) if (given := request.args.get("part", "")) in set(Part) else Part.RUNNING
    return render_template(
        "desks/trend.html",
        found=found,
        plot=plot([week.running for week in found]),
        asked=asked,
        part=part,
        names=PART_NAMES,
        ends=END_NAMES,
        page=queries.episodes_behind(part, asked, me(), request.args.get("page")) if asked else None,
        issue_url=_issue_url(),
    )


# --- one act on many issues -----------------------------------------------------------------------------------


@bp.route("/desk/remind", methods=["GET", "POST"])
@needs(Right.REMIND)
def remind() -> Any:
    return _on_many("desks/remind.html", RemindManyForm(), lambda: Act.REMIND)


@bp.route("/desk/reassign", methods=["GET", "POST"])
@needs(Right.REASSIGN)
def reassign() -> Any:
    form = replacing_form()
    if one_more(form):
        return _asked("desks/reassign.html", form, _picked())
    return _on_many("desks/reassign.html", form, lambda: Act.REASSIGN, lambda: form.duty())


@bp.route("/desk/extensions", methods=["GET", "POST"])
@needs(Right.EXTENSION_DECIDE)
def extensions() -> Any:
    form = DecideManyForm()
    return _on_many(
        "desks/extensions.html", form, lambda: Act.REFUSE_EXTENSION if form.refused else Act.GRANT_EXTENSION
    )


@bp.get("/desk/paper")
@needs(Right.PAPER_ISSUE)
def paper() -> Response:
    """The chosen issues on one paper: on to its draft, where the kind can still be changed."""
    picked = _picked()
    if not picked.rows:
        return _nothing_chosen()
    if len(picked.rows) > MOST_ISSUES:
        told = gettext("一份文书最多列 %(most)s 个问题：这里先列清单最前面的，其余的请再发一份。", most=MOST_ISSUES)
        flash(told, "warning")
    numbers = [row.number for row in picked.rows[:MOST_ISSUES]]
    return redirect(url_for("papers.new_paper", kind=PaperKind.SUPERVISION.value, issue=numbers))


def _nothing_chosen() -> Response:
    flash(gettext("没有选中任何问题，请先在清单里勾选。"), "warning")
    return redirect(url_for("desks.desk", desk=Desk.SUPERVISOR.value))


def _on_many(template: str, form: Any, act: Callable[[], Act], duty: Callable[[], Any] = lambda: None) -> Any:
    """Ask what is to be said to the chosen issues; then do it, each by itself, and show what became of each."""
    picked = _picked()
    if not picked.rows:
        return _nothing_chosen()
    if form.validate_on_submit():
        begin = partial(
            actions.begin, me(), act(), picked.ids,
            token=_token(), today=clock.today(), words=form.reason.data or "", duty=duty(),
        )  # fmt: skip
        batch_id = _begun(begin)
        actions.carry_out(batch_id, me(), today=clock.today())
        return redirect(url_for("desks.batch", batch_id=batch_id))
    return _asked(template, form, picked)


def _asked(template: str, form: Any, picked: queries.Chosen) -> tuple[str, int]:
    token = _token() if request.method == "POST" else token_hex(16)
    return render_template(template, form=form, picked=picked, token=token), form_status(form)


def _picked() -> queries.Chosen:
    """What was ticked, or everything the filters find; once the page is shown, what it showed."""
    if request.method == "POST":
        return queries.chosen(issue_ids(request.form.getlist("issues")), me())
    if request.args.get("all") == "1":
        return queries.all_found(_overdue_filters(), me(), clock.today())
    return queries.chosen(issue_ids(request.args.getlist("issue")), me())


def _token() -> str:
    """The page's own word, so that what it asks for is begun once however often it is sent."""
    token = request.form.get("token", "")
    if len(token) != 32 or not token.isalnum() or not token.isascii():
        abort(400)
    return token


def _begun(begin: Callable[[], int]) -> int:
    try:
        with transaction():
            return begin()
    except Conflict:  # the same page came twice at once: the other one began it
        with transaction():
            return begin()


@bp.get("/desk/batches/<int:batch_id>")
@needs(Right.ISSUE_READ)
def batch(batch_id: int) -> str:
    """What became of each issue; may be opened again at any time."""
    return render_template(
        "desks/batch.html", settled=queries.batch_with_id(batch_id, me()), names=ACT_NAMES, issue_url=_issue_url()
    )


@bp.post("/desk/batches/<int:batch_id>/resume")
@needs(Right.ISSUE_READ)
def resume(batch_id: int) -> Response:
    """Go on with a batch that was cut short."""
    actions.carry_out(batch_id, me(), today=clock.today())
    return redirect(url_for("desks.batch", batch_id=batch_id))


def _issue_url() -> str:
    return f"{request.script_root}/issues/"


def _words() -> Words:
    return words_in(str(get_locale()), gettext, ngettext)

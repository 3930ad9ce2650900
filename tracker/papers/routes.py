"""Pages: the register of papers, what is proposed, a paper before and after it is issued, the templates."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from tracker.base import clock
from tracker.base.access import Conflict, Missing, Refused, Right, keeps_rules, may
from tracker.base.db import transaction
from tracker.base.web import form_status, needs, refusals, said
from tracker.deadlines.queries import kept_clocks
from tracker.issues.models import Issue
from tracker.issues.pages import me
from tracker.issues.queries import counties_supervised
from tracker.issues.workflow import STATE_NAMES
from tracker.papers import actions, queries
from tracker.papers.forms import PaperForm, TalksForm, TemplateForm, WithdrawForm
from tracker.papers.rendering import blocks
from tracker.papers.rules import (
    ANSWER_DAYS,
    KIND_NAMES,
    MOST_ISSUES,
    PROPOSED,
    SHOW_NAMES,
    Asked,
    Draft,
    PaperKind,
    check_draft,
    check_state,
    fields_of,
    first_kind,
    key_of_one,
    may_hold,
    outline,
    symbol,
)

bp = Blueprint("papers", __name__)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/papers")
@needs(Right.PAPER_READ)
def papers() -> str:
    asked = Asked.read(request.args)

    def address(page: str | None = None, **changes: Any) -> str:
        return url_for("papers.papers", **asked.query(**changes), page=page)

    chosen = (
        ("kind", _("文种"), _(KIND_NAMES[asked.kind]) if asked.kind else None),
        ("show", _("范围"), _(SHOW_NAMES[asked.show]) if asked.show else None),
        ("year", _("年份"), asked.year),
    )
    return render_template(
        "papers/papers.html",
        asked=asked,
        listing=queries.register(asked, me(), request.args.get("page")),
        waiting=queries.waiting_count(me()),
        address=address,
        applied=[
            {"label": label, "value": value, "remove_url": address(**{name: None})}
            for name, label, value in chosen
            if value
        ],
        kinds=KIND_NAMES,
        kind_choices=[(kind.value, _(name)) for kind, name in KIND_NAMES.items()],
        show_choices=[(show.value, _(name)) for show, name in SHOW_NAMES.items()],
        year_choices=[(year, year) for year in queries.years()],
        issues=may(me(), Right.PAPER_ISSUE),
        keeps=may(me(), Right.SETTINGS),
    )


@bp.get("/papers/proposals")
@needs(Right.PAPER_ISSUE)
def proposals() -> str:
    """What the levels of escalation propose; a person decides."""
    counts = queries.proposal_counts(me())
    kinds = list(PROPOSED.values())
    asked = request.args.get("kind", "")
    first = next((kind for kind in kinds if counts[kind]), kinds[0])
    kind = PaperKind(asked) if asked in kinds else first
    places = {county.id: county.name for county in counties_supervised(me())}
    county = request.args.get("county", type=int)
    county = county if county in places else None
    begins = kept_clocks().level_days
    return render_template(
        "papers/proposals.html",
        kind=kind,
        kinds=KIND_NAMES,
        switch=[
            {
                "label": _(KIND_NAMES[each]),
                "url": url_for("papers.proposals", kind=each.value),
                "count": counts[each],
                "current": each is kind,
            }
            for each in kinds
        ],
        counts=counts,
        counties=places,
        county=county,
        listing=queries.proposals(kind, me(), county, request.args.get("page")),
        most=MOST_ISSUES,
        days=dict(zip(("notice", "bulletin", "talk"), (begins[number - 1] for number in PROPOSED), strict=True)),
    )


# --- drafting and issuing ---------------------------------------------------------------------------------------


@bp.route("/papers/new", methods=["GET", "POST"])
@needs(Right.PAPER_ISSUE)
def new_paper() -> Any:
    """A paper about the issues in the address: proposed, changed, looked at as it will be, issued."""
    kind, issues = _asked_for()
    application_id = request.args.get("application", type=int)
    units = queries.addressees(kind, issues, me())
    form = PaperForm()
    form.offer(units)
    decision = request.form.get("decision", "preview") if form.is_submitted() else ""
    if not decision:
        _propose(form, kind, issues, units)
    elif decision != "edit" and form.validate():
        draft = form.draft(kind, [issue.id for issue in issues], application_id)
        with refusals(form):
            return _carried_out(decision, draft, form, issues)
    shown = {"form": form, "kind": kind, "issues": issues, "kinds": KIND_NAMES, "here": _here(kind, issues)}
    switch = [
        {"label": _(KIND_NAMES[each]), "url": _here(each, issues), "current": each is kind}
        for each in PaperKind
        if all(may_hold(each, issue.state) for issue in issues)
    ]
    return render_template("papers/new_paper.html", switch=switch, **shown), form_status(form)


def _asked_for() -> tuple[PaperKind, list[Issue]]:
    """The kind and the issues an address names; of everything proposed, as many as one paper holds."""
    asked = request.args.get("kind", "")
    kind = PaperKind(asked) if asked in set(PaperKind) else None
    numbers: Sequence[str] = request.args.getlist("issue")[: MOST_ISSUES + 1]
    if request.args.get("all") and kind is not None and kind in PROPOSED.values():
        numbers = queries.numbers_proposed(kind, me(), request.args.get("county", type=int))
    issues = queries.issues_to_write(numbers, me()) if numbers else []
    if kind is None:
        kind = PaperKind.ASSIGNMENT
        if issues:
            first = issues[0]
            kind = first_kind(first.state, queries.level_of(first.id), queries.assigned_on_paper(first.id))
    if request.method == "GET":
        for issue in issues:
            check_state(kind, issue.number, issue.state)
    return kind, issues


def _here(kind: PaperKind, issues: Sequence[Issue]) -> str:
    return url_for(
        "papers.new_paper",
        kind=kind.value,
        issue=[issue.number for issue in issues],
        application=request.args.get("application") if kind is PaperKind.CLEARANCE else None,
    )


def _propose(form: PaperForm, kind: PaperKind, issues: Sequence[Issue], units: dict[int, tuple[str, bool]]) -> None:
    reply_by = clock.today() + timedelta(days=ANSWER_DAYS)
    more: dict[str, Any] = {"reply_by": reply_by}
    if kind is PaperKind.TALK:
        more["talk_people"] = queries.talk_people(issues)
    titles = [issue.title for issue in issues] or [""]
    form.propose(outline(kind, titles), queries.office_of(me().unit_id), units, **more)


def _carried_out(decision: str, draft: Draft, form: PaperForm, issues: Sequence[Issue]) -> Any:
    """Look at it, take it as a file, or issue it."""
    check_draft(draft)
    for issue in issues:
        check_state(draft.kind, issue.number, issue.state)
    today = clock.today()
    if decision == "issue":
        if draft.kind is PaperKind.BULLETIN:
            with suppress(Conflict), transaction():  # somebody else is sealing: as good
                actions.seal_history()
        with transaction():
            paper = actions.issue_paper(draft, me(), key=form.key.data or "", today=today)
            flash(f"paper:{draft.kind.value}:{issues[0].number}", "draft-sent")
            flash(_("已签发 %(symbol)s，等主送单位签收。", symbol=paper.symbol), "success")
            return redirect(url_for("papers.paper", paper_id=paper.id))
    content = queries.draft_file(draft, me(), today)
    if decision == "file":
        return _attachment(content, f"{draft.title}（草稿）.docx")
    number = queries.next_number(me().unit_id, draft.kind, today.year)
    return render_template(
        "papers/preview.html",
        kind=draft.kind,
        kinds=KIND_NAMES,
        blocks=blocks(content),
        expected=symbol(draft.code, draft.kind, today.year, number),
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_SENT_ON],
        here=_here(draft.kind, issues),
    )


@bp.route("/papers/talks", methods=["GET", "POST"])
@needs(Right.PAPER_ISSUE)
def talks() -> Any:
    """The notices of several talks at once: a draft for each person who leads issues in the address, the ticked ones
    issued one by one, each with its own number, its own transaction and a line that says what became of it."""
    numbers = list(dict.fromkeys(request.args.getlist("issue")))[:MOST_TALKED_ABOUT]
    issues = queries.issues_to_write(numbers, me()) if numbers else []
    proposed, form, results = queries.talks_about(issues, me()), TalksForm(), []
    form.talks.choices = [(talk.key, talk.people) for talk in proposed]
    if not form.is_submitted():
        office = queries.office_of(me().unit_id)
        form.code.data, form.letterhead.data, form.signer.data = office.code, office.letterhead, office.signer
        form.talks.data = [talk.key for talk in proposed]
        form.reply_by.data = clock.today() + timedelta(days=ANSWER_DAYS)
    elif form.validate():
        chosen = [talk for talk in proposed if talk.key in (form.talks.data or ())]
        drafts = [(talk.key, talk.people, _talk_draft(form, talk)) for talk in chosen]
        results = [_issue_one(draft, people, key_of_one(form.key.data or "", key)) for key, people, draft in drafts]
        flash(f"talks:{numbers[0]}", "draft-sent")
    page = render_template(
        "papers/talks.html",
        form=form,
        proposed=proposed,
        results=results,
        here=url_for("papers.talks", issue=numbers),
        number=queries.next_number(me().unit_id, PaperKind.TALK, clock.today().year),
        one_url={talk.key: _here(PaperKind.TALK, talk.issues) for talk in proposed},
    )
    return page, form_status(form)


#: Issues that may be named at once: as many as the list of proposals shows.
MOST_TALKED_ABOUT = 100


def _talk_draft(form: TalksForm, talk: queries.Talk) -> Draft:
    said_of_it = outline(PaperKind.TALK, [issue.title for issue in talk.issues])
    return form.draft([issue.id for issue in talk.issues], list(talk.units), talk.people, said_of_it)


def _issue_one(draft: Draft, people: str, key: str) -> dict[str, Any]:
    """What became of one: the paper, or why there is none."""
    try:
        with transaction():
            paper = actions.issue_paper(draft, me(), key=key, today=clock.today())
            return {"people": people, "symbol": paper.symbol, "paper_id": paper.id, "refused": None}
    except Refused as refusal:
        return {"people": people, "symbol": None, "paper_id": None, "refused": said(refusal)}


_NOT_SENT_ON = frozenset({"csrf_token", "decision"})


def _attachment(content: bytes, name: str) -> Any:
    return send_file(io.BytesIO(content), mimetype=DOCX, as_attachment=True, download_name=name)


# --- one paper --------------------------------------------------------------------------------------------------


@bp.get("/papers/<int:paper_id>")
@needs(Right.PAPER_READ)
def paper(paper_id: int) -> str:
    found = queries.paper_numbered(paper_id, me())
    content = queries.file_of(found)
    return render_template(
        "papers/paper.html",
        paper=found,
        kinds=KIND_NAMES,
        states=STATE_NAMES,
        issues=queries.issues_in(found, me()),
        blocks=blocks(content) if content is not None else None,
        head_holds=queries.head_holds(found) if found.head else None,
        may_receive=queries.may_receive(found, me()),
        may_withdraw=found.withdrawn_at is None and queries.supervises_all(found, me()),
    )


@bp.get("/papers/<int:paper_id>/file")
@needs(Right.PAPER_READ)
def file(paper_id: int) -> Any:
    """The file that was issued."""
    found = queries.paper_numbered(paper_id, me())
    content = queries.file_of(found)
    if content is None:
        abort(404)
    name = f"{found.symbol} {found.title}.docx"
    with transaction():
        actions.record_download(found, me())
    return _attachment(content, name)


@bp.post("/papers/<int:paper_id>/receipt")
@needs(Right.PAPER_RECEIVE)
def receive(paper_id: int) -> Any:
    found = queries.paper_numbered(paper_id, me())
    with transaction():
        actions.receive_paper(found, me())
        flash(_("已签收 %(symbol)s。", symbol=found.symbol), "success")
    return redirect(url_for("papers.paper", paper_id=paper_id))


@bp.route("/papers/<int:paper_id>/withdraw", methods=["GET", "POST"])
@needs(Right.PAPER_ISSUE)
def withdraw(paper_id: int) -> Any:
    found = queries.paper_numbered(paper_id, me())
    if not queries.supervises_all(found, me()):
        raise Missing
    form = WithdrawForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.withdraw_paper(found, me(), reason=form.reason.data or "")
            flash(_("已撤回，文号保留。"), "success")
            return redirect(url_for("papers.paper", paper_id=paper_id))
    return render_template("papers/withdraw.html", form=form, paper=found, kinds=KIND_NAMES), form_status(form)


# --- templates --------------------------------------------------------------------------------------------------


@bp.get("/paper-templates")
@needs(Right.SETTINGS)
def templates() -> str:
    return render_template("papers/templates.html", kinds=KIND_NAMES, own=queries.templates(), keeper=keeps_rules(me()))


@bp.route("/paper-templates/<code>", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def template(code: str) -> Any:
    """One kind's template: what it may name, and another in its place."""
    kind = _kind(code)
    form = TemplateForm()
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.set_template(kind, form.file.data.stream, form.file.data.filename or "", me())
            flash(_("模板已换好，以后签发的%(kind)s用它；已签发的不变。", kind=_(KIND_NAMES[kind])), "success")
            return redirect(url_for("papers.templates"))
    return render_template(
        "papers/template.html",
        form=form,
        kind=kind,
        kinds=KIND_NAMES,
        fields=fields_of(kind),
        marks=_MARKS,
        own=queries.templates().get(kind),
        keeper=keeps_rules(me()),
    ), form_status(form)


#: How marks are written, for the page that explains them.
_MARKS = {"open": "{{ ", "close": " }}", "begin": "{%p ", "end": " %}"}


@bp.get("/paper-templates/<code>/file")
@needs(Right.SETTINGS)
def template_file(code: str) -> Any:
    """The template in force, to be changed in Word."""
    kind = _kind(code)
    return _attachment(queries.template_of(kind)[0], f"{_(KIND_NAMES[kind])}.docx")


@bp.post("/paper-templates/<code>/remove")
@needs(Right.SETTINGS)
def remove_template(code: str) -> Any:
    with transaction():
        actions.remove_template(_kind(code), me())
        flash(_("已改用内置模板。"), "success")
    return redirect(url_for("papers.templates"))


def _kind(code: str) -> PaperKind:
    if code not in set(PaperKind):
        abort(404)
    return PaperKind(code)

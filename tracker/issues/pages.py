"""What every form page about one issue does the same: may it be opened, how it comes back, where it leads."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.base.access import Actor
from tracker.base.web import VersionedForm, form_status
from tracker.issues import workflow
from tracker.issues.actions import authorise
from tracker.issues.forms import LeadForm, ReplaceDutyForm, SubjectForm
from tracker.issues.models import Issue
from tracker.issues.queries import (
    categories_supervised,
    counties_supervised,
    events_since,
    issue_numbered,
    last_event,
    relations,
)
from tracker.issues.workflow import Verb, Who


def me() -> Actor:
    """Who acts: the person signed in, in their own place or that of somebody who is away."""
    actor: Actor = current_user._get_current_object()
    return actor


def pressable(number: str, verb: Verb) -> Issue:
    """The issue, where this person may press the verb now. Raises Missing out of scope, Refused where it is not possible."""
    issue = issue_numbered(number, me())
    ask(issue, verb)
    return issue


def ask(issue: Issue, verb: Verb, more: frozenset[Who] = frozenset()) -> None:
    """Refuse to show a form this person could not send. On a POST the action itself asks, so that words are kept.

    ``more``: relations that parts right of this one know (who reviews).
    """
    if request.method == "GET":
        authorise(workflow.find(verb, issue.state, issue.kind), me(), relations(issue, me()) | more)


def listing_form() -> SubjectForm:
    """The form that lists an issue whose source is known, with what this person may list in."""
    form = SubjectForm()
    form.offer(counties_supervised(me()), categories_supervised(me()))
    return form


def replacing_form() -> ReplaceDutyForm:
    """The form that replaces parts of the duty chains of many issues."""
    return ReplaceDutyForm()


def one_more(form: LeadForm) -> bool:
    """ "One row more" pressed without script: the page comes back with it, nothing is checked yet."""
    if request.form.get("add") not in ("units", "members") or request.form["add"] not in form:
        return False
    rows = form[request.form["add"]]
    if len(rows.entries) >= 50:
        abort(400)
    rows.append_entry("")
    return True


def page(template: str, form: VersionedForm, issue: Issue, **more: Any) -> tuple[str, int]:
    """The form, fresh or as it was sent; after a conflict with what happened since it was opened."""
    status = form_status(form)
    since = events_since(issue, form.seen.data) if status == 409 else []
    if status == 409 or not form.is_submitted():
        form.shows(issue.version, last_event(issue))
    return render_template(template, form=form, issue=issue, since=since, **more), status


def done(issue: Issue, draft: str, message: str) -> Response:
    """Back to the issue: says what happened, and lets the browser forget the draft."""
    flash(f"{draft}:{issue.number}", "draft-sent")
    flash(message, "success")
    return redirect(url_for("dossier.issue", number=issue.number))

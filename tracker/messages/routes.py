"""Pages: the inbox."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import needs
from tracker.issues.pages import me
from tracker.messages import actions, queries
from tracker.messages.rules import MATTER_NAMES, MATTER_WORDS

bp = Blueprint("messages", __name__)


@bp.route("/messages")
@needs(Right.ISSUE_READ)
def inbox() -> Any:
    page = queries.inbox(me(), request.args.get("page"))
    return render_template("messages/inbox.html", page=page, names=MATTER_NAMES, words=MATTER_WORDS)


@bp.route("/messages/<int:message_id>/read", methods=["POST"])
@needs(Right.ISSUE_READ)
def read(message_id: int) -> Any:
    with transaction():
        actions.mark_read(message_id, me())
    return redirect(url_for("messages.inbox", page=request.form.get("page") or None))


@bp.route("/messages/read", methods=["POST"])
@needs(Right.ISSUE_READ)
def read_all() -> Any:
    with transaction():
        actions.mark_all_read(me(), request.form.get("up_to", 0, type=int))
    return redirect(url_for("messages.inbox"))

"""The auditor's page, and refused accesses put on record."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.audit import actions, queries
from tracker.audit.rules import DETAILED, SUBJECT_NAMES, VERB_NAMES, Asked
from tracker.base import journal
from tracker.base.access import Right
from tracker.base.db import transaction
from tracker.base.web import needs

bp = Blueprint("audit", __name__)

_DENIED = frozenset({403, 404})


def init_app(app: Flask) -> None:
    app.after_request(_note_denial)


@bp.get("/audit")
@needs(Right.AUDIT)
def audit() -> str:
    """Who did which verb on which number, when, from where, with hashes; never what an issue says."""
    asked = Asked.read(request.args)
    return render_template(
        "audit/audit.html",
        asked=asked,
        page=queries.entries(asked, request.args.get("page")),
        head=journal.head(),
        verb_choices=[(verb, gettext(name)) for verb, name in VERB_NAMES.items()],
        subject_choices=[(subject, gettext(name)) for subject, name in SUBJECT_NAMES.items()],
        verbs=VERB_NAMES,
        subjects=SUBJECT_NAMES,
        detailed=DETAILED,
    )


def _note_denial(response: Response) -> Response:
    """An address that is nobody's is a slip, not a denial; what a person may not see is one."""
    if response.status_code in _DENIED and request.endpoint not in (None, "static") and current_user.is_authenticated:
        person = current_user._get_current_object()
        with transaction():
            actions.record_denial(person, request.path, response.status_code)
    return response

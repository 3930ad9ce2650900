"""The page of one issue."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user

from tracker.base import clock
from tracker.base.access import Right, may
from tracker.base.web import needs
from tracker.clearance.rules import APPLICATION_STATE_NAMES, STANDARD_NAMES, VERDICT_NAMES
from tracker.deadlines.rules import CLOCK_NAMES, OBJECTION_STATE_NAMES
from tracker.dossier.queries import dossier
from tracker.dossier.rules import CHILDREN_PRINTED, EVENTS_PRINTED
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.rules import END_NAMES
from tracker.issues.workflow import KIND_NAMES, Who
from tracker.lookbacks.rules import RESULT_NAMES
from tracker.papers.rules import KIND_NAMES as PAPER_NAMES
from tracker.plans.rules import PLAN_STATE_NAMES
from tracker.tasks.rules import KIND_NAMES as TASK_NAMES
from tracker.tasks.rules import STATE_NAMES as TASK_STATES
from tracker.withdrawals.rules import ASKERS

bp = Blueprint("dossier", __name__)


@bp.get("/issues/<number>")
@needs(Right.ISSUE_READ)
def issue(number: str) -> str:
    shown = dossier(number, current_user, clock.today(), whole_timeline=request.args.get("timeline") == "all")
    return render_template(
        "dossier/issue.html",
        dossier=shown,
        issue=shown.issue,
        printed=EVENTS_PRINTED,
        children_printed=CHILDREN_PRINTED,
        may_ask_withdrawal=may(current_user, Right.EVIDENCE_ASK) and bool(ASKERS & shown.around.known),
        may_withdraw=may(current_user, Right.EVIDENCE_WITHDRAW) and Who.SUPERVISOR in shown.around.known,
        may_reconcile=may(current_user, Right.FINDING_READ),
        missing=[gettext(part) for part in shown.missing],
        names={
            "clock": CLOCK_NAMES,
            "objection": OBJECTION_STATE_NAMES,
            "kind": KIND_NAMES,
            "source": SOURCE_NAMES,
            "standard": STANDARD_NAMES,
            "verdict": VERDICT_NAMES,
            "application": APPLICATION_STATE_NAMES,
            "plan": PLAN_STATE_NAMES,
            "end": END_NAMES,
            "look_back": RESULT_NAMES,
            "paper": PAPER_NAMES,
            "task_kind": TASK_NAMES,
            "task_state": TASK_STATES,
        },
    )

"""States of a plan version. Pure."""

from __future__ import annotations

from enum import StrEnum

from tracker.base.access import N_


class PlanState(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    REPLACED = "replaced"  # approved once, then the issue was handed over


PLAN_STATE_NAMES: dict[PlanState, str] = {
    PlanState.SUBMITTED: N_("待批准"),
    PlanState.APPROVED: N_("已批准"),
    PlanState.RETURNED: N_("已退回"),
    PlanState.REPLACED: N_("已作废"),
}

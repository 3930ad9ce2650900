"""States of a plan version, and when its measures are in time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
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


def in_time(measures: Sequence[tuple[str, str, date]], deadline: date | None) -> bool:
    """At least one measure (what, by whom, due), each said in words and due by the deadline where there is one."""
    return bool(measures) and all(
        text.strip() and (deadline is None or due <= deadline) for text, _owner, due in measures
    )

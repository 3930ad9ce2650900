"""The columns of a reconciliation that is taken out: each finding, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracker.base.access import N_
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.workflow import STATE_NAMES
from tracker.reconciliation.rules import OUTCOME_NAMES, Outcome

Say = Callable[[str], str]


@dataclass(frozen=True)
class Line:
    """One finding (a row of queries.all_findings) and the language it is written in."""

    row: Any
    outcome: Outcome
    say: Say

    @property
    def result(self) -> str:
        """In words: the issue and its state, or why there is none."""
        if self.row.answered and self.row.number is None:
            return self.say(N_("由职责范围以外的问题回应"))
        return self.say(OUTCOME_NAMES[self.outcome])


@dataclass(frozen=True)
class Column:
    label: str
    width: int
    value: Callable[[Line], Any]


COLUMNS = (
    Column(N_("检查"), 24, lambda line: line.row.inspection_title),
    Column(N_("问题来源"), 14, lambda line: line.say(SOURCE_NAMES[line.row.source])),
    Column(N_("文号"), 16, lambda line: line.row.document_number),
    Column(N_("收到日期"), 12, lambda line: line.row.received_on),
    Column(N_("条款"), 10, lambda line: line.row.clause),
    Column(N_("反馈原文"), 60, lambda line: line.row.wording),
    Column(N_("对账结果"), 14, lambda line: line.result),
    Column(N_("问题编号"), 16, lambda line: line.row.number),
    Column(N_("问题标题"), 36, lambda line: line.row.title),
    Column(N_("县市区"), 12, lambda line: line.row.county),
    Column(N_("类别"), 16, lambda line: line.say(line.row.category) if line.row.category else None),
    Column(N_("整改状态"), 12, lambda line: line.say(STATE_NAMES[line.row.state]) if line.row.state else None),
    Column(N_("整改时限"), 12, lambda line: line.row.deadline),
    Column(N_("销号日期"), 12, lambda line: line.row.cleared_on),
    Column(N_("理由"), 36, lambda line: line.row.reason),
    Column(N_("处理日期"), 12, lambda line: line.row.answered_on),
)

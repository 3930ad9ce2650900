"""ONE table of columns of the list as a sheet. The words are those that an import of it understands again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.base.access import N_
from tracker.issues.workflow import OPEN
from tracker.register.rules import Words


@dataclass(frozen=True)
class Line:
    """One issue as the sheet needs it. ``item``: a row with its lamp and units (``register.queries.Item``)."""

    item: Any
    words: Words
    today: date
    county: str
    category: str
    place: str
    person: str | None
    progress_text: str | None
    serial: int = 0  # within the list, or the section it stands in

    @property
    def row(self) -> Any:
        return self.item.row


@dataclass(frozen=True)
class Column:
    """A column: its code, its head, its width in characters, and what stands in it."""

    code: str
    label: str
    width: int
    value: Callable[[Line], Any]


def _lamp(line: Line) -> str:
    return line.words.beside(line.item.lamp, line.item.why) if line.item.lamp else ""


def _distance(line: Line) -> str:
    row = line.row
    return line.words.distance(row.deadline, line.today) if row.deadline and row.state in OPEN else ""


def _cleared_how(line: Line) -> str:
    return line.words.proven[str(int(line.row.proven))] if line.row.cleared_on else ""


#: What the list's own export writes, in this order.
COLUMNS: tuple[Column, ...] = (
    Column("number", N_("问题编号"), 16, lambda line: line.row.number),
    Column("title", N_("问题描述"), 44, lambda line: line.row.title),
    Column("source", N_("问题来源"), 14, lambda line: line.words.source[line.row.source]),
    Column("category", N_("问题类别"), 14, lambda line: line.category),
    Column("county", N_("县市区"), 12, lambda line: line.county),
    Column("place", N_("所在地"), 14, lambda line: line.place),
    Column("kind", N_("整改类型"), 10, lambda line: line.words.kind[line.row.kind]),
    Column("state", N_("整改状态"), 10, lambda line: line.words.state[line.row.state]),
    Column("lamp", N_("亮灯"), 8, _lamp),
    Column("original_deadline", N_("原定时限"), 12, lambda line: line.row.original_deadline),
    Column("deadline", N_("整改时限"), 12, lambda line: line.row.deadline),
    Column("distance", N_("距时限"), 12, _distance),
    Column("overdue_days", N_("逾期天数"), 9, lambda line: line.item.days or None),
    Column("lead_official", N_("牵头领导"), 10, lambda line: line.row.lead_official),
    Column("lead_unit", N_("牵头单位"), 18, lambda line: line.row.lead_unit),
    Column("responsible_units", N_("责任单位"), 26, lambda line: "、".join(line.item.units)),
    Column("responsible_person", N_("责任人"), 10, lambda line: line.person),
    Column("requirement", N_("整改要求"), 36, lambda line: line.row.requirement),
    Column("quantity_unit", N_("量化单位"), 9, lambda line: line.row.quantity_unit),
    Column("quantity_total", N_("量化总数"), 9, lambda line: line.row.quantity_total),
    Column(
        "quantity_done", N_("量化完成数"), 10, lambda line: line.row.quantity_done if line.row.quantity_total else None
    ),
    Column("progress_on", N_("最近进展日期"), 12, lambda line: line.row.progress_on),
    Column("progress", N_("整改进展"), 44, lambda line: line.progress_text),
    Column("listed_on", N_("列单日期"), 12, lambda line: line.row.listed_on),
    Column("cleared_on", N_("销号日期"), 12, lambda line: line.row.cleared_on),
    Column("cleared_how", N_("销号情况"), 10, _cleared_how),
    Column("taken_over", N_("承接"), 6, lambda line: line.words.say(N_("是")) if line.row.taken_over else ""),
    Column("amount", N_("涉及金额（元）"), 14, lambda line: line.row.amount),
)

#: Columns that only a layout asks for.
FURTHER: tuple[Column, ...] = (
    Column("serial", N_("序号"), 6, lambda line: line.serial),
    Column("wording", N_("问题描述"), 44, lambda line: line.row.wording or line.row.title),
    Column("ledger_number", N_("台账原编号"), 14, lambda line: line.row.ledger_number),
    Column("assigned_on", N_("交办日期"), 12, lambda line: line.row.assigned_on),
    Column("deadline_written", N_("时限原文"), 16, lambda line: line.row.deadline_written),
    Column("extensions", N_("延期次数"), 6, lambda line: line.row.extensions or None),
    Column("relapses", N_("反弹次数"), 6, lambda line: line.row.relapses or None),
    Column("task_force", N_("专班"), 16, lambda line: line.row.task_force),
    Column("blank", N_("备注"), 10, lambda _line: None),
)

BY_CODE: dict[str, Column] = {column.code: column for column in (*COLUMNS, *FURTHER)}

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

    @property
    def row(self) -> Any:
        return self.item.row


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in characters, and what stands in it."""

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


COLUMNS: tuple[Column, ...] = (
    Column(N_("问题编号"), 16, lambda line: line.row.number),
    Column(N_("问题描述"), 44, lambda line: line.row.title),
    Column(N_("问题来源"), 14, lambda line: line.words.source[line.row.source]),
    Column(N_("问题类别"), 14, lambda line: line.category),
    Column(N_("县市区"), 10, lambda line: line.county),
    Column(N_("所在地"), 14, lambda line: line.place),
    Column(N_("整改类型"), 10, lambda line: line.words.kind[line.row.kind]),
    Column(N_("整改状态"), 10, lambda line: line.words.state[line.row.state]),
    Column(N_("亮灯"), 8, _lamp),
    Column(N_("原定时限"), 12, lambda line: line.row.original_deadline),
    Column(N_("整改时限"), 12, lambda line: line.row.deadline),
    Column(N_("距时限"), 12, _distance),
    Column(N_("逾期天数"), 9, lambda line: line.item.days or None),
    Column(N_("牵头领导"), 10, lambda line: line.row.lead_official),
    Column(N_("牵头单位"), 18, lambda line: line.row.lead_unit),
    Column(N_("责任单位"), 26, lambda line: "、".join(line.item.units)),
    Column(N_("责任人"), 10, lambda line: line.person),
    Column(N_("整改要求"), 36, lambda line: line.row.requirement),
    Column(N_("量化单位"), 9, lambda line: line.row.quantity_unit),
    Column(N_("量化总数"), 9, lambda line: line.row.quantity_total),
    Column(N_("量化完成数"), 10, lambda line: line.row.quantity_done if line.row.quantity_total else None),
    Column(N_("最近进展日期"), 12, lambda line: line.row.progress_on),
    Column(N_("整改进展"), 44, lambda line: line.progress_text),
    Column(N_("列单日期"), 12, lambda line: line.row.listed_on),
    Column(N_("销号日期"), 12, lambda line: line.row.cleared_on),
    Column(N_("销号情况"), 10, _cleared_how),
    Column(N_("承接"), 6, lambda line: line.words.say(N_("是")) if line.row.taken_over else ""),
    Column(N_("涉及金额（元）"), 14, lambda line: line.row.amount),
)

"""ONE table of columns of the list as a sheet: the 43 that ledgers are made of. The words are those an import of it
understands again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.base.access import N_
from tracker.base.sheets_out import Coloured
from tracker.inspections.rules import Source
from tracker.issues.workflow import OPEN
from tracker.register.rules import Words


@dataclass(frozen=True)
class Line:
    """One issue as the sheet needs it. ``item``: a row with its lamp and units (``register.queries.Item``);
    ``elsewhere``: what other tables say of it, by column (``register.gathered``)."""

    item: Any
    words: Words
    today: date
    county: str
    category: str
    place: str
    person: str | None
    elsewhere: Mapping[str, Any] = field(default_factory=dict)
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
    lamp = line.item.lamp
    return Coloured(line.words.beside(lamp, line.item.why), lamp.value) if lamp else ""


def _distance(line: Line) -> str:
    row = line.row
    return line.words.distance(row.deadline, line.today) if row.deadline and row.state in OPEN else ""


def _cleared_how(line: Line) -> str:
    return line.words.proven[str(int(line.row.proven))] if line.row.cleared_on else ""


def _level(line: Line) -> str:
    return line.words.level[line.item.level] if line.item.level else ""


def _clause(line: Line) -> str | None:
    """A source that is none of the known ones has its own words."""
    return line.elsewhere.get("clause") or (line.row.source_note if line.row.source is Source.OTHER else None)


def _quantity_done(line: Line) -> int | None:
    return line.row.quantity_done if line.row.quantity_total else None


def _elsewhere(code: str, label: str, width: int) -> Column:
    return Column(code, label, width, lambda line: line.elsewhere.get(code))


#: The standard columns, in the order of an official ledger: what it is, who and by when, how far, how it ended.
COLUMNS: tuple[Column, ...] = (
    Column("serial", N_("序号"), 6, lambda line: line.serial),
    Column("number", N_("问题编号"), 16, lambda line: line.row.number),
    Column("ledger_number", N_("台账原编号"), 14, lambda line: line.row.ledger_number),
    Column("source", N_("问题来源"), 14, lambda line: line.words.source[line.row.source]),
    Column("clause", N_("来源文件及条款"), 16, _clause),
    Column("category", N_("问题类别"), 14, lambda line: line.category),
    Column("county", N_("县市区"), 12, lambda line: line.county),
    Column("place", N_("所在地"), 14, lambda line: line.place),
    Column("title", N_("问题标题"), 44, lambda line: line.row.title),
    Column("wording", N_("问题描述"), 44, lambda line: line.row.wording or line.row.title),
    Column("amount", N_("涉及金额（元）"), 14, lambda line: line.row.amount),
    Column("amount_done", N_("已整改金额（元）"), 14, lambda line: line.row.amount_done),
    Column("quantity_unit", N_("量化单位"), 9, lambda line: line.row.quantity_unit),
    Column("quantity_total", N_("量化总数"), 9, lambda line: line.row.quantity_total),
    Column("quantity_done", N_("量化完成数"), 10, _quantity_done),
    Column("lead_official", N_("牵头领导"), 10, lambda line: line.row.lead_official),
    Column("lead_unit", N_("牵头单位"), 18, lambda line: line.row.lead_unit),
    Column("responsible_units", N_("责任单位"), 26, lambda line: "、".join(line.item.units)),
    Column("responsible_person", N_("责任人"), 10, lambda line: line.person),
    Column("task_force", N_("专班"), 16, lambda line: line.row.task_force),
    Column("kind", N_("整改类型"), 10, lambda line: line.words.kind[line.row.kind]),
    Column("requirement", N_("整改要求"), 36, lambda line: line.row.requirement),
    Column("listed_on", N_("列单日期"), 12, lambda line: line.row.listed_on),
    Column("assigned_on", N_("交办日期"), 12, lambda line: line.row.assigned_on),
    Column("deadline_written", N_("时限原文"), 16, lambda line: line.row.deadline_written),
    Column("original_deadline", N_("原定时限"), 12, lambda line: line.row.original_deadline),
    Column("extensions", N_("延期次数"), 6, lambda line: line.row.extensions or None),
    Column("deadline", N_("整改时限"), 12, lambda line: line.row.deadline),
    Column("distance", N_("距时限"), 12, _distance),
    Column("lamp", N_("亮灯"), 8, _lamp),
    Column("overdue_days", N_("逾期天数"), 9, lambda line: line.item.days or None),
    Column("level", N_("督办级别"), 10, _level),
    _elsewhere("paper", N_("督办文号"), 18),
    Column("progress_on", N_("最近进展日期"), 12, lambda line: line.row.progress_on),
    _elsewhere("progress", N_("整改进展"), 44),
    _elsewhere("previous_progress", N_("上期进展"), 36),
    _elsewhere("evidence", N_("佐证材料数"), 8),
    Column("state", N_("整改状态"), 10, lambda line: line.words.state[line.row.state]),
    Column("cleared_on", N_("销号日期"), 12, lambda line: line.row.cleared_on),
    Column("cleared_how", N_("销号情况"), 10, _cleared_how),
    _elsewhere("accepted_by", N_("验收人"), 10),
    Column("relapses", N_("反弹次数"), 6, lambda line: line.row.relapses or None),
    Column("taken_over", N_("承接"), 6, lambda line: line.words.say(N_("是")) if line.row.taken_over else ""),
)

#: A place to write by hand, which a layout may ask for as often as it likes; nothing of ours ever stands in it.
BLANK = Column("blank", N_("备注"), 10, lambda _line: None)

#: Columns of money, kept in yuan.
MONEY = frozenset({"amount", "amount_done"})

BY_CODE: dict[str, Column] = {column.code: column for column in (*COLUMNS, BLANK)}

#: What the list's own export writes, in this order.
PLAIN: tuple[Column, ...] = tuple(
    BY_CODE[code]
    for code in (
        *("number", "wording", "source", "category", "county", "place", "kind", "state", "lamp"),
        *("original_deadline", "deadline", "distance", "overdue_days", "lead_official", "lead_unit"),
        *("responsible_units", "responsible_person", "requirement", "quantity_unit", "quantity_total", "quantity_done"),
        *("progress_on", "progress", "listed_on", "cleared_on", "cleared_how", "taken_over", "amount"),
    )
)

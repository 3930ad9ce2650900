"""By when a problem is to be put right, and of which kind it is thereby; the other days of a row too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from tracker.issues.rules import IMMEDIATE_WORKDAYS
from tracker.ledgers.deadline_calendar import Moment, read_date
from tracker.ledgers.deadlines import IMMEDIATE, LONG_TERM, TIME_LIMITED, Deadline, Milestone, read_deadline
from tracker.ledgers.problems import fault
from tracker.ledgers.row_cells import Cell, TableCells
from tracker.ledgers.values import kind_of
from tracker.ledgers.vocabulary import is_nothing, plain


def day_in(cells: TableCells, name: str, *, quiet: bool = False) -> date | None:
    found = cells.cell(name)
    if isinstance(found.value, datetime):
        return found.value.date()
    if isinstance(found.value, date):
        return found.value
    if not found.text or is_nothing(found.text) or found.broken:
        return None
    day: date | None = cells.remember(read_date, found.text, cells.head.year)
    if day is None and not quiet:
        cells.tell(found, fault("unreadable_date", phrase=found.text[:30]))
    return day


def handed_over(cells: TableCells) -> date | None:
    return day_in(cells, "handed_over") if cells.has("handed_over") else cells.head.handed_over


def fed_back(cells: TableCells) -> date | None:
    return day_in(cells, "fed_back") if cells.has("fed_back") else cells.head.fed_back


def deadline(cells: TableCells, handed_over: date | None, fed_back: date | None) -> Deadline:
    moment = Moment(cells.vocabulary.add_workdays, cells.head.year, cells.head.ledger_date, handed_over, fed_back)
    columns = cells.columns.get("deadline")
    if not columns:
        return _extended(cells, _deadline_in_remark(cells, moment), moment)
    found = _one_deadline(cells, cells.by_column[columns[0]], moment)
    if not found.written and not cells.by_column[columns[0]].broken:
        found = _deadline_of_section(cells, moment) or found
    if cells.record.more:
        found = _deadline_over_rows(cells, found, columns[0], moment)
    return _extended(cells, found, moment)


def _extended(cells: TableCells, first: Deadline, moment: Moment) -> Deadline:
    """延期后时限 in a column of its own holds where it is filled in; what stood before it is kept as a remark."""
    cell = cells.cell("extended_to")
    if is_nothing(cell.text) or cell.broken:
        return first
    found = _one_deadline(cells, cell, moment)
    before = f"原时限：{first.written}" if first.written else ""
    return replace(found, remark="、".join(filter(None, [found.remark, before])))


def _one_deadline(cells: TableCells, cell: Cell, moment: Moment) -> Deadline:
    if isinstance(cell.value, date):
        day = cell.value.date() if isinstance(cell.value, datetime) else cell.value
        return Deadline(cell.written, day, TIME_LIMITED)
    if cell.broken:
        return Deadline(cell.written)
    if isinstance(cell.value, float) and re.fullmatch(r"\d+\.[123]", cell.text):
        unclear = fault("number_as_date", phrase=cell.text)
        cells.tell(cell, unclear)
        return Deadline(cell.written, faults=(unclear,))
    found: Deadline = cells.remember(read_deadline, cell.text, moment)
    cells.tell_all(cell, found.faults)
    if found.due and moment.handed_over and found.due < moment.handed_over:
        cells.tell(cell, fault("before_hand_over", due=found.due, handed_over=moment.handed_over))
    return found if found.written == cell.written else replace(found, written=cell.written)


def _deadline_over_rows(cells: TableCells, first: Deadline, column: int, moment: Moment) -> Deadline:
    """A problem written over several rows: each row's date is a stage, the last is the deadline."""
    stages = [(cells.record.row, first)]
    stages += [(row, _one_deadline(cells, cells.at(row, column), moment)) for row in cells.record.more]
    dated = [(found.due, row) for row, found in stages if found.due]
    if len({day for day, _ in dated}) < 2:
        return next((found for _, found in stages if found.due or found.kind), first)
    measures = cells.columns.get("measures", [0])[0]
    milestones = tuple(Milestone(day, cells.at(row, measures).text if measures else "") for day, row in sorted(dated))
    written = "；".join(dict.fromkeys(found.written for _, found in stages if found.written))
    return replace(first, written=written, due=milestones[-1].due, kind=TIME_LIMITED, milestones=milestones)


def _deadline_in_remark(cells: TableCells, moment: Moment) -> Deadline:
    """Some lists have no column for it but write 整改时限：8月31日 among the remarks or measures."""
    for name in ("remark", "requirement", "measures"):
        found = cells.cell(name)
        if match := re.search(r"(?:整改|完成|办理)?(?:时限|期限)[:：]\s*([^;；。\n]+)", found.text):
            cell = replace(found, text=match[1], written=match[1], value=match[1])
            return _one_deadline(cells, cell, moment)
        if found.text and _names_deadline(cells, name):
            return _one_deadline(cells, found, moment)
    if found_in_section := _deadline_of_section(cells, moment):
        return found_in_section
    if said := cells.head.deadline:
        return _one_deadline(cells, Cell(said, said, said, cells.header_address()), moment)
    return Deadline()


_SECTION_TERM = re.compile(
    r"立行立改|立即整改|长期坚持|长期整改|(?<=[(（:：，,])[^()（）:：，,]{2,16}前(?:完成|整改到位|办结|销号)?(?=$|[)）])"
)


def _deadline_of_section(cells: TableCells, moment: Moment) -> Deadline | None:
    """一、立行立改类（2019年9月底前完成） holds for its rows that say nothing themselves."""
    for text in reversed(cells.sections):
        if said := "，".join(_SECTION_TERM.findall(text)):
            return _one_deadline(cells, Cell(said, text, said, cells.section_address(text)), moment)
    return None


def _names_deadline(cells: TableCells, name: str) -> bool:
    """整改措施及完成时限; a column that somebody said the meaning of is that and nothing besides."""
    columns, said = cells.columns.get(name, []), cells.vocabulary.correction.columns
    headings = (h for h in cells.table.headings if h.column in columns and h.text not in said)
    return any(re.search(r"时限|期限", heading.text) for heading in headings)


def kind(cells: TableCells, deadline: Deadline) -> str:
    found = cells.cell("kind")
    if found.text and not is_nothing(found.text):
        kind, faults = cells.remember(kind_of, found.text)
        cells.tell_all(found, faults)
        if kind and deadline.kind and _conflict(kind, deadline.kind):
            cells.tell(found, fault("kind_conflict", kind=found.text, deadline=deadline.written[:30]))
        _missing_deadline(cells, deadline, kind or TIME_LIMITED)
        return kind or deadline.kind or TIME_LIMITED
    if deadline.kind:
        return deadline.kind
    if "体制机制" in plain(cells.text("nature")) and not deadline.written:
        cells.tell(cells.cell("nature"), fault("kind_from_nature"))
        return LONG_TERM
    _missing_deadline(cells, deadline, TIME_LIMITED)
    return TIME_LIMITED


def _missing_deadline(cells: TableCells, deadline: Deadline, kind: str) -> None:
    if kind != TIME_LIMITED or deadline.due or deadline.faults or deadline.kind:
        return
    if "deadline" not in cells.columns:
        cells.tell(cells.header_address(), fault("no_deadline_column"))
    elif not cells.cell("deadline").broken:
        cells.tell(cells.cell("deadline"), fault("missing_deadline"))


def proposed(
    cells: TableCells, deadline: Deadline, kind: str, state: str | None, handed_over: date | None, today: date
) -> date | None:
    if kind != IMMEDIATE or deadline.due or deadline.faults or state in ("cleared", None):
        return None
    return cells.vocabulary.add_workdays(handed_over or cells.head.ledger_date or today, IMMEDIATE_WORKDAYS)


def _conflict(kind: str, by_deadline: str) -> bool:
    """A date beside any kind is no conflict; 限期整改 beside 长期坚持 is."""
    return by_deadline != TIME_LIMITED and kind != by_deadline

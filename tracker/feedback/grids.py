"""Tables of a document: ledgers by the ledgers' own words for columns, and forms with their labels down the left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tracker.base.sheets import Sheet
from tracker.feedback.entries import Context, Found, term_columns, title_of
from tracker.feedback.terms import code_of, term_of, terms_of
from tracker.ledgers.columns import LABELS, field_of
from tracker.ledgers.deadlines import Deadline
from tracker.ledgers.letterhead import Letterhead
from tracker.ledgers.row_cells import TableCells
from tracker.ledgers.rows import LedgerRow, read_rows
from tracker.ledgers.table import Table, find_tables
from tracker.ledgers.vocabulary import plain


def ledgers_in(sheet: Sheet) -> list[Table]:
    """Tables with a column of problems, by the ledgers' own words; in a document even two columns are a table."""
    tables = [table for table in find_tables(sheet) if "title" in table.fields and table.records]
    if tables:
        return tables
    for row in range(1, min(4, len(sheet.rows)) + 1):
        heads = [field_of((str(cell),)) for cell in sheet.rows[row - 1] if str(cell).strip()]
        if len(heads) > 1 and "title" in heads:
            found = find_tables(sheet, {1: (row, row)})
            return [table for table in found if table.records]
        column = _column_of_opinions([str(cell) for cell in sheet.rows[row - 1]])
        if len(heads) > 1 and column:
            return [table for table in find_tables(sheet, {1: (row, row)}, {column: "title"}) if table.records]
    return []


def _column_of_opinions(cells: Sequence[str]) -> str | None:
    """评审意见, 检查情况: what else stands for the problems where no column is called so."""
    for word in ("问题", "意见", "隐患", "情况"):
        named = [
            cell
            for cell in cells
            if word in cell and len(plain(cell)) <= 8 and not re.search("整改|处理|落实|解决", cell)
        ]
        if named:
            return re.sub(r"\s+", " ", named[0]).strip()
    return None


def found_in(
    table: Table, context: Context, clause: str | None, section: str, *, first_leads: bool
) -> Iterator[tuple[Found, str]]:
    """The problems of a ledger in a document, each with what its row says besides. ``clause``, ``section``: the number and
    headings it stands under."""
    day = context.written_on or context.received_on
    head = Letterhead(
        ledger_date=day, year=day.year, first_leads=first_leads, handed_over=context.handed_over or day, fed_back=day
    )
    cells = TableCells(table, head, context.vocabulary)
    for row in read_rows(cells, day):
        terms = terms_of(row.wording, context.written)
        deadline = _deadline(row, cells)
        if not deadline.written and terms.written:
            deadline = term_of(terms.written, context.written, context.received)
        title = title_of(terms.bare) or row.title
        found = Found(
            (clause or "") + (row.clause or row.number or row.serial or "") or None,
            "\n".join(filter(None, (row.wording, row.detail))),
            title,
            section,
            row.county or context.county(terms, title, section),
            row.category or context.category(title, section),
            row.lead_unit or _several(cells, "two_lead_units") or "、".join(terms.lead) or None,
            row.responsible_units or terms.units,
            deadline.written,
            lead_official=row.lead_official or _several(cells, "two_lead_officials") or "、".join(terms.officials),
            responsible_person=row.responsible_person or "、".join(terms.people),
            **term_columns(deadline, row.kind if cells.text("kind") else terms.kind),
        )
        yield found, _beside(row)


def _beside(row: LedgerRow) -> str:
    """The columns a finding has no place for, so that nothing is lost."""
    said = [(LABELS[name], str(getattr(row, name))) for name in _NO_FINDING if getattr(row, name)]
    return "\n".join(f"{label}：{text}" for label, text in (*said, *row.others))


_NO_FINDING = ("goal", "requirement", "measures", "progress", "remark", "task_force")


def _several(cells: TableCells, told: str) -> str:
    """All the names a cell of the record gives where there is one, for a person to choose from."""
    addresses = {cell.address for cell in cells.by_column.values()}
    found = (one.params["names"] for one in cells.problems if one.fault.key == told and one.cell in addresses)
    return next(found, "")


def _deadline(row: LedgerRow, cells: TableCells) -> Deadline:
    faults = tuple(one.fault for one in cells.problems if row.cells.get("deadline") == one.cell)
    return Deadline(row.deadline_written, row.deadline, row.kind, row.milestones, faults=faults)


def is_form(rows: Sequence[Sequence[str]]) -> bool:
    """Labels down the left: the first column is nothing but names of fields."""
    first = [row[0] for row in rows if row and row[0].strip()]
    return len(first) > 1 and sum(code_of(text) is not None for text in first) * 2 > len(first) and not (
        sum(code_of(text) is not None for text in rows[0]) > 2 and len(rows) > 1
        and sum(code_of(text) is not None for text in rows[0]) == sum(bool(text.strip()) for text in rows[0])
    )  # fmt: skip


def forms_in(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Each form as lines of label and value, and the lines whose label is none of ours; a second label of the problem
    begins a second form."""
    forms: list[tuple[list[str], list[str]]] = [([], [])]
    begun = False
    for row in rows:
        cells = [cell.strip() for cell in row if cell.strip()]
        for label, value in zip_longest(cells[::2], cells[1::2], fillvalue=""):
            code = code_of(label)
            if code in _BEGINNING and begun and any(line.startswith(label) for line in forms[-1][0]):
                forms.append(([], []))
                begun = False
            begun = begun or code in _BEGINNING
            if code is None or not value:
                forms[-1][1].append(f"{label}：{value}" if value else label)
            else:
                forms[-1][0].append(f"{label}：{value}")
    return [
        ("\n".join(lines), "\n".join(others))
        for lines, others in forms
        if any(code_of(line.split("：")[0]) == "title" for line in lines)
    ]


_BEGINNING = ("title", "number", "serial")

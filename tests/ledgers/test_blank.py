"""The blank ledger: whatever is chosen in it is read back without a question."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask

from tests.world import TODAY, World, sign_in
from tracker.base.access import Refused
from tracker.inspections.rules import Source
from tracker.issues.workflow import Kind, State
from tracker.ledgers import actions
from tracker.ledgers.columns import FIELDS, field_of
from tracker.ledgers.sheet import COLUMNS, ROWS


def blank(world: World) -> Any:
    out = io.BytesIO()
    actions.blank_ledger(out, world.root_supervisor)
    return openpyxl.load_workbook(out)


def choices(book: Any) -> dict[str, list[str]]:
    """Field -> what its drop-down offers, found as a spreadsheet finds it."""
    found = {}
    for rule in book.worksheets[0].data_validations.dataValidation:
        sheet, block = rule.formula1.split("!")
        cells = book[sheet.strip("'")][block.replace("$", "")]
        column = openpyxl.utils.range_boundaries(str(rule.sqref))[0]
        found[COLUMNS[column - 1].field] = (
            [row[0].value for row in cells] if isinstance(cells, tuple) else [cells.value]
        )
    return found


def test_every_head_is_the_field_it_stands_for() -> None:
    assert [field_of((column.head,)) for column in COLUMNS] == [column.field for column in COLUMNS]
    assert {column.field for column in COLUMNS} <= {field.code for field in FIELDS}


def test_every_choice_is_read_back_without_a_question(world: World) -> None:
    book = blank(world)
    offered = choices(book)
    assert set(offered) == {"source", "category", "county", "kind", "state"}
    sheet = book.worksheets[0]
    number = max(map(len, offered.values()))
    for row in range(number):
        filled = {field: words[row % len(words)] for field, words in offered.items()}
        if filled["kind"] == "立行立改" and filled["state"] == "制定方案":
            filled["state"] = "整改中"  # no path leads to a plan of what is done at once
        filled |= {"title": f"沙坪村第{row}件事", "deadline": "2019年12月底前", "number": f"TB-{row}"}
        for column, each in enumerate(COLUMNS, 1):
            sheet.cell(4 + row, column, filled.get(each.field))
    out = io.BytesIO()
    book.save(out)
    reading = actions.read(out.getvalue(), "空白台账.xlsx", today=TODAY)
    assert (reading.errors, reading.asks) == ([], [])
    assert len(reading.rows) == number
    assert {row.source for row in reading.rows} == {source.value for source in Source}
    assert {row.kind for row in reading.rows} == {kind.value for kind in Kind}
    assert {row.county for row in reading.rows} == {"新邵县", "武冈市", "邵阳市"}
    assert {row.state for row in reading.rows} <= {state.value for state in State} - {State.DISMISSED.value}
    assert [row.category for row in reading.rows] == [
        offered["category"][row % len(offered["category"])] for row in range(number)
    ]


def test_a_blank_ledger_prints_and_its_drop_downs_hold_for_all_rows(world: World) -> None:
    sheet = blank(world).worksheets[0]
    assert (sheet.page_setup.paperSize, sheet.print_title_rows, sheet.freeze_panes) == (8, "$3:$3", "A4")
    assert {str(rule.sqref).split(":")[1][1:] for rule in sheet.data_validations.dataValidation} == {str(3 + ROWS)}


def test_a_blank_ledger_is_handed_out_by_whoever_may_import(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.root_supervisor)
    assert "/ledgers/blank.xlsx" in client.get("/ledgers/new").text
    assert client.get("/ledgers/blank.xlsx").data.startswith(b"PK")
    assert sign_in(app.test_client(), world.official).get("/ledgers/blank.xlsx").status_code in (403, 404)
    with pytest.raises(Refused):
        actions.blank_ledger(io.BytesIO(), world.official)

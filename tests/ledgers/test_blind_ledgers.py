"""Ledgers nobody showed the reader, of three writers: nearly every cell is read right, and nothing is silently wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest

from tests.ledgers import blind_ledgers, blind_ledgers_2, blind_ledgers_3
from tests.ledgers.blind_ledgers import ASKED, BlindLedger
from tests.ledgers.ledger_world import TODAY, state_workdays, vocabulary
from tracker.ledgers.problems import Problem
from tracker.ledgers.reading import Reading, read_ledger

LEDGERS = (*blind_ledgers.LEDGERS, *blind_ledgers_2.LEDGERS, *blind_ledgers_3.LEDGERS)
BY_NAME = {ledger.file: ledger for ledger in LEDGERS}
LEAST_RIGHT = 0.95


@lru_cache
def _read(name: str) -> Reading:
    words = replace(vocabulary(), add_workdays=state_workdays)
    return read_ledger(BY_NAME[name].data(), name, vocabulary=words, today=TODAY)


def _misread(ledger: BlindLedger) -> list[tuple[str, int, str, Any, Any]]:
    """Sheet, row, field, what it says, what was read."""
    reading = _read(ledger.file)
    rows = {(row.sheet, row.row): row for row in reading.rows}
    found: list[tuple[str, int, str, Any, Any]] = []
    for place, right in ledger.right.items():
        said = {**rows[place].as_json()} if place in rows else {}
        if said:
            said["milestones"] = [item["due"] for item in said["milestones"]]
            said["amount"] = None if said["amount"] is None else Decimal(said["amount"])
        asked = place in _places(reading.errors + reading.asks)
        for name, value in right.items():
            good = value if isinstance(value, tuple) else (value,)
            if said.get(name) not in good and not (ASKED in good and asked):
                found.append((*place, name, value, said.get(name)))
    return found


def _places(problems: Iterable[Problem]) -> set[tuple[str, int]]:
    """Sheets and rows that are spoken of."""
    cells = [problem.cell.rpartition("!")[::2] for problem in problems]
    return {(sheet, int(digits)) for sheet, cell in cells if (digits := "".join(filter(str.isdigit, cell)))}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_problem_is_found_and_nothing_else_is_one(name: str) -> None:
    assert [(row.sheet, row.row) for row in _read(name).rows] == list(BY_NAME[name].right)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_ledgers_own_date_is_found(name: str) -> None:
    assert _read(name).as_json()["ledger_date"] == BY_NAME[name].ledger_date


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_is_silently_wrong(name: str) -> None:
    """What was not read as it is meant is spoken of in its row."""
    spoken_of = _places(_read(name).problems)
    assert [item for item in _misread(BY_NAME[name]) if item[:2] not in spoken_of] == []


@pytest.mark.parametrize("ledger", [one for one in LEDGERS if one.hidden], ids=lambda ledger: ledger.file)
def test_what_is_hidden_and_what_holds_no_table_is_told(ledger: BlindLedger) -> None:
    reading = _read(ledger.file)
    hidden = {f"{sheet.sheet}!{head.letter}" for sheet in reading.sheets for head in sheet.headings if head.hidden}
    hidden |= {f"{sheet.sheet}!{one.row}" for sheet in reading.sheets for one in sheet.passed if one.what == "hidden"}
    assert (hidden, reading.sheets_without_table) == (set(ledger.hidden), ledger.sheets_without_table)


def test_what_is_no_table_is_refused() -> None:
    assert [problem.code for problem in _read(blind_ledgers_2.CARDS.file).errors] == ["no_table"]


def test_nearly_every_cell_is_read_as_it_is_meant() -> None:
    cells = sum(len(right) for ledger in LEDGERS for right in ledger.right.values())
    missed = [(ledger.file, *item) for ledger in LEDGERS for item in _misread(ledger)]
    assert len(missed) <= (1 - LEAST_RIGHT) * cells, "\n".join(map(str, missed))

"""Seven ledgers nobody showed the reader: nearly every cell is read right, and nothing is silently wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest

from tests.ledgers.blind_ledgers import LEDGERS, BlindLedger
from tests.ledgers.ledger_world import TODAY, state_workdays, vocabulary
from tracker.ledgers.reading import Reading, read_ledger

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
        found += [(*place, name, value, said.get(name)) for name, value in right.items() if said.get(name) != value]
    return found


@pytest.mark.parametrize("name", BY_NAME)
def test_every_problem_is_found_and_nothing_else_is_one(name: str) -> None:
    assert [(row.sheet, row.row) for row in _read(name).rows] == list(BY_NAME[name].right)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_ledgers_own_date_is_found(name: str) -> None:
    assert _read(name).as_json()["ledger_date"] == BY_NAME[name].ledger_date


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_is_silently_wrong(name: str) -> None:
    """What was not read as it is meant is spoken of in its row."""
    reading = _read(name)
    spoken_of = {problem.cell.rstrip("0123456789") + "!" + problem.cell for problem in reading.problems}
    rows = {cell.rsplit("!", 2)[-2] + "!" + "".join(filter(str.isdigit, cell.rsplit("!", 1)[-1])) for cell in spoken_of}
    assert [item for item in _misread(BY_NAME[name]) if f"{item[0]}!{item[1]}" not in rows] == []


def test_nearly_every_cell_is_read_as_it_is_meant() -> None:
    cells = sum(len(right) for ledger in LEDGERS for right in ledger.right.values())
    missed = [(ledger.file, *item) for ledger in LEDGERS for item in _misread(ledger)]
    assert len(missed) <= (1 - LEAST_RIGHT) * cells, "\n".join(map(str, missed))

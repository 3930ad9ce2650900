"""The ledgers handed to us with their meaning, where they lie beside the project; elsewhere these tests say so."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.ledgers.ledger_world import CATEGORIES, COUNTIES, TODAY, state_workdays
from tracker.ledgers.reading import Reading, read_ledger
from tracker.ledgers.vocabulary import Place, Vocabulary

BESIDE = [parent / "shared" / "data" / "ledgers" for parent in Path(__file__).resolve().parents[3:]]
FOLDER = next((folder for folder in BESIDE if folder.is_dir()), BESIDE[0])
FILES = ("01-clean.xlsx", "02-county-office.xlsx", "03-audit.csv", "04-tracking.xlsx", "06-broken.xlsx")
# What a sample says under another name, or what may be left empty.
ASIDE = {"sheet", "row", "state_note", "title_start", "milestones", "amount_wan_yuan", "deadline_written"}


@lru_cache
def _read(name: str) -> Reading:
    if not FOLDER.is_dir():
        pytest.skip("the folder ../shared/data/ledgers is not here")
    words = Vocabulary(CATEGORIES, COUNTIES, state_workdays, Place("邵阳市", ("市本级",)))
    return read_ledger(FOLDER / name, vocabulary=words, today=TODAY)


def _expected(name: str) -> dict[str, Any]:
    if not FOLDER.is_dir():
        pytest.skip("the folder ../shared/data/ledgers is not here")
    found: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("utf-8"))["files"][name]
    return found


@pytest.mark.parametrize("name", FILES)
def test_rows_and_counts(name: str) -> None:
    form, expected = _read(name).as_json(), _expected(name)
    assert (form["rows"], form["ledger_date"]) == (expected["rows"], expected["ledger_date"])
    for key, counts in expected.get("counts", {}).items():
        if (name, key) != ("01-clean.xlsx", "state"):  # counted there in the ledger's own words
            assert Counter(issue[key] for issue in form["issues"]) == counts
    passed = {row["row"] for sheet in form["sheets"] for row in sheet["not_problems"]}
    above = set(range(1, form["sheets"][0]["header"][0]))
    assert {row["row"] for row in expected.get("not_problems", [])} <= passed | above
    assert form["hidden_columns"] == expected.get("hidden_columns", [])


@pytest.mark.parametrize("name", FILES)
def test_samples(name: str) -> None:
    form, expected = _read(name).as_json(), _expected(name)
    rows = {(issue["sheet"], issue["row"]): issue for issue in form["issues"]}
    only_sheet = form["issues"][0]["sheet"]
    for sample in expected["samples"]:
        issue = rows[sample.get("sheet", only_sheet), sample["row"]]
        assert issue["title"][:16] == sample["title_start"]
        assert [item["due"] for item in issue["milestones"]] == sample.get("milestones", [])
        assert (issue["deadline_written"] or None) == sample["deadline_written"]
        same = {key: value for key, value in sample.items() if key not in ASIDE}
        if "lead_unit_note" in expected:
            same.pop("lead_unit", None)
        assert {key: issue[key] for key in same} == same


def test_what_is_wrong_is_named_cell_by_cell_and_nothing_else_is() -> None:
    expected = {(item["cell"], item["code"], item["severity"]) for item in _expected("06-broken.xlsx")["errors"]}
    found = _read("06-broken.xlsx").problems
    assert {(problem.cell, problem.code, problem.severity.value) for problem in found} == expected


def test_only_two_immediate_issues_of_the_clean_ledger_are_spoken_of() -> None:
    assert [problem.code for problem in _read("01-clean.xlsx").problems] == ["immediate_in_planning"] * 2


def test_amounts_add_up() -> None:
    rows = _read("03-audit.csv").rows
    assert float(sum(row.amount or 0 for row in rows)) == _expected("03-audit.csv")["amount_total_wan_yuan"] * 10_000


@pytest.mark.parametrize("name", FILES)
def test_header_sheets_and_amounts(name: str) -> None:
    form, expected = _read(name).as_json(), _expected(name)
    assert {tuple(sheet["header"]) for sheet in form["sheets"]} == {tuple(expected["header"]["rows"])}
    if "sheets" in expected:
        assert Counter(issue["sheet"] for issue in form["issues"]) == expected["sheets"]
    assert form["sheets_without_table"] == expected.get("sheets_without_table", [])
    rows = {(issue["sheet"], issue["row"]): issue for issue in form["issues"]}
    only_sheet = form["issues"][0]["sheet"]
    for sample in expected["samples"]:
        if sample.get("amount_wan_yuan") is not None:
            amount = rows[sample.get("sheet", only_sheet), sample["row"]]["amount"]
            assert float(amount) == pytest.approx(sample["amount_wan_yuan"] * 10_000)


@pytest.mark.parametrize("name", [name for name in FILES if name != "06-broken.xlsx"])
def test_nothing_is_asked_about_where_nothing_is_unclear(name: str) -> None:
    reading = _read(name)
    assert ([problem.cell for problem in reading.errors], [problem.cell for problem in reading.asks]) == ([], [])

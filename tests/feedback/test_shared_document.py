"""The feedback document handed to us with its meaning, where it lies beside the project; elsewhere this test says so."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.feedback.test_reading import read

BESIDE = [parent / "shared" / "data" / "ledgers" for parent in Path(__file__).resolve().parents[3:]]
FOLDER = next((folder for folder in BESIDE if folder.is_dir()), BESIDE[0])
NAME = "05-feedback.docx"


def test_the_document_says_exactly_what_is_expected() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the folder ../shared/data/ledgers is not here")
    expected: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("utf-8"))["files"][NAME]
    said = read((FOLDER / NAME).read_bytes()).as_json()
    assert (said["rows"], said["ledger_date"]) == (expected["rows"], expected["ledger_date"])
    assert said["document_number"] == expected["document_number"]
    assert [one["clause"] for one in said["issues"]] == expected["clauses"]
    assert said["asks"] == said["warnings"] == []
    for key, counts in expected["counts"].items():
        assert Counter(one[key] for one in said["issues"]) == counts
    for sample in expected["samples"]:
        one = said["issues"][sample["row"] - 1]
        assert one["title"].startswith(sample["title_start"])
        assert [stage["due"] for stage in one["milestones"]] == sample.get("milestones", [])
        same = {key: value for key, value in sample.items() if key not in ("title_start", "milestones")}
        assert {key: one[key] for key in same} == same

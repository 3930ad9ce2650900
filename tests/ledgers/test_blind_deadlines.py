"""Deadlines written by somebody who had not seen the grammar: nearly all are read right, and none is silently wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.ledgers.ledger_world import add_workdays
from tracker.ledgers.deadline_calendar import Moment
from tracker.ledgers.deadlines import Deadline, read_deadline
from tracker.ledgers.problems import Severity

MOMENT = Moment(add_workdays, 2019, date(2019, 7, 31), date(2019, 7, 8), date(2019, 7, 5))
LINES = Path(__file__).with_name("blind_deadlines.txt").read_text("utf-8").splitlines()
PHRASES = [tuple(line.replace("\\n", "\n").rsplit(" | ", 1)) for line in LINES if line and not line.startswith("#")]
LEAST_RIGHT = 0.95


def _said(found: Deadline) -> str:
    """The reading in the words of the file."""
    asked = any(fault.message.severity != Severity.WARNING for fault in found.faults)
    if asked or (found.due is None and found.kind is None):
        return "?"
    days = [stage.due for stage in found.milestones] or ([found.due] if found.due else [])
    kind = [] if found.kind == "time_limited" else [str(found.kind)]
    return " ".join([*map(str, days), *kind])


def _readings(right: str) -> set[str]:
    return {reading.removesuffix(" soft") for reading in right.split(" or ")}


def test_there_are_enough_of_them_and_each_once() -> None:
    assert len({phrase for phrase, _ in PHRASES}) == len(PHRASES) >= 200


@pytest.mark.parametrize(("phrase", "right"), PHRASES)
def test_no_deadline_is_silently_wrong(phrase: str, right: str) -> None:
    found = read_deadline(phrase, MOMENT)
    assert found.written == phrase
    assert _said(found) in _readings(right) | {"?"}


def test_nearly_all_are_read_as_they_are_meant() -> None:
    missed = [
        f"{phrase!r}: {_said(read_deadline(phrase, MOMENT))}, not {right}"
        for phrase, right in PHRASES
        if _said(read_deadline(phrase, MOMENT)) not in _readings(right)
    ]
    assert len(missed) <= (1 - LEAST_RIGHT) * len(PHRASES), "\n".join(missed)


@pytest.mark.parametrize("phrase", [phrase for phrase, right in PHRASES if right.endswith(" soft")])
def test_a_soft_word_is_kept_as_a_remark(phrase: str) -> None:
    assert read_deadline(phrase, MOMENT).remark

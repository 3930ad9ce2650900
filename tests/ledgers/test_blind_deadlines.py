"""Deadlines written by three people who had not seen the grammar: nearly all are read right, and none is silently wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.ledgers.ledger_world import add_workdays, state_workdays
from tracker.ledgers.deadline_calendar import Moment
from tracker.ledgers.deadlines import Deadline, read_deadline
from tracker.ledgers.problems import Severity

FIRST = Moment(add_workdays, 2019, date(2019, 7, 31), date(2019, 7, 8), date(2019, 7, 5))
LEAST_RIGHT = 0.95


def _phrases(file: str, moment: Moment) -> Iterator[tuple[str, str, Moment]]:
    for line in Path(__file__).with_name(file).read_text("utf-8").splitlines():
        if line.startswith("@"):
            handed_over, ledger = (None if day == "-" else date.fromisoformat(day) for day in line.split()[1:])
            moment = Moment(state_workdays, ledger.year if ledger else None, ledger, handed_over, handed_over)
        elif line and not line.startswith("#"):
            phrase, right = line.replace("\\n", "\n").rsplit(" | ", 1)
            yield phrase, right, moment


FILES = ("blind_deadlines.txt", "blind_deadlines_2.txt", "blind_deadlines_3.txt")
SETS = [list(_phrases(file, FIRST)) for file in FILES]
PHRASES = [one for phrases in SETS for one in phrases]


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


@pytest.mark.parametrize("phrases", SETS)
def test_there_are_enough_of_them_and_each_once(phrases: list[tuple[str, str, Moment]]) -> None:
    assert len({(phrase, moment) for phrase, _, moment in phrases}) == len(phrases) >= 200


@pytest.mark.parametrize(("phrase", "right", "moment"), PHRASES)
def test_no_deadline_is_silently_wrong(phrase: str, right: str, moment: Moment) -> None:
    found = read_deadline(phrase, moment)
    assert found.written == phrase
    assert _said(found) in _readings(right) | {"?"}


@pytest.mark.parametrize("phrases", SETS)
def test_nearly_all_are_read_as_they_are_meant(phrases: list[tuple[str, str, Moment]]) -> None:
    missed = [
        f"{phrase!r}: {said}, not {right}"
        for phrase, right, moment in phrases
        if (said := _said(read_deadline(phrase, moment))) not in _readings(right)
    ]
    assert len(missed) <= (1 - LEAST_RIGHT) * len(phrases), "\n".join(missed)


@pytest.mark.parametrize(("phrase", "moment"), [(one[0], one[2]) for one in PHRASES if one[1].endswith(" soft")])
def test_a_soft_word_is_kept_as_a_remark(phrase: str, moment: Moment) -> None:
    assert read_deadline(phrase, moment).remark

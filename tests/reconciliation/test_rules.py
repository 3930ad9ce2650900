"""What may answer a finding, and how alike two wordings are."""

from __future__ import annotations

from datetime import date

import pytest

from tests.reconciliation.situations import WORDINGS
from tracker.base.access import Refused
from tracker.inspections.rules import Source
from tracker.issues.rules import Answer
from tracker.issues.workflow import State
from tracker.reconciliation.rules import (
    ALIKE,
    NOT_KNOWN,
    OUTCOME_NAMES,
    Outcome,
    Wanted,
    alike,
    grams_of,
    grams_to_search,
    may_answer,
)

CAME = date(2019, 7, 1)


def likeness(one: str, other: str) -> float:
    return alike(grams_of(one), grams_of(other))


def test_every_answer_is_an_outcome_and_has_a_name() -> None:
    assert {answer.value for answer in Answer} | {Outcome.OPEN.value} == {outcome.value for outcome in Outcome}
    assert set(OUTCOME_NAMES) == set(Outcome)


def test_two_wordings_of_one_problem_are_alike_and_of_two_problems_not() -> None:
    assert likeness(WORDINGS[0], WORDINGS[1]) >= ALIKE
    assert likeness(WORDINGS[0], WORDINGS[0]) == 1
    assert likeness(WORDINGS[0], WORDINGS[2]) < ALIKE
    assert likeness(WORDINGS[1], "洞口县高沙镇饮水安全工程管护责任没有落实。") < ALIKE
    assert likeness("", WORDINGS[0]) == 0


def test_what_every_report_says_makes_nothing_alike() -> None:
    assert (
        likeness("小额信贷工作力度不够，存在落实不到位等问题。", "易地搬迁工作力度不够，存在落实不到位等问题。") < ALIKE
    )


def test_a_long_wording_is_searched_by_pairs_from_all_of_it() -> None:
    long = "".join(chr(0x4E00 + place) for place in range(600))
    grams = grams_to_search(long)
    assert len(grams) <= 48
    assert grams[-1] in long[-40:]


@pytest.mark.parametrize("state", [State.LISTED, State.ASSIGNED, State.PLANNING, State.RECTIFYING])
def test_an_open_issue_may_answer(state: State) -> None:
    may_answer(state, None, CAME)


def test_what_is_off_the_list_or_locked_may_not() -> None:
    with pytest.raises(Refused, match="不予列单"):
        may_answer(State.DISMISSED, None, CAME)
    with pytest.raises(Refused, match="审核"):
        may_answer(State.REVIEWING, None, CAME)


def test_struck_off_before_the_finding_came_it_is_back_and_no_answer() -> None:
    may_answer(State.CLEARED, CAME, CAME)
    with pytest.raises(Refused, match="回头看"):
        may_answer(State.CLEARED, date(2019, 6, 30), CAME)


def test_an_address_says_what_is_wanted_and_nonsense_is_left_out() -> None:
    wanted = Wanted.read({"source": "audit", "county": "none", "outcome": "open", "year": "2019"})
    assert wanted == Wanted(source=Source.AUDIT, county=NOT_KNOWN, outcome=Outcome.OPEN, year=2019)
    assert Wanted.read(dict(wanted.parameters())) == wanted
    assert Wanted.read({"source": "x", "outcome": "y", "county": "²", "year": "-1", "category": "9" * 30}) == Wanted()
    assert wanted.query(outcome=None, county=None, year=None) == "?source=audit"

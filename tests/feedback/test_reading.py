"""What a feedback document says: every paper gives exactly its problems, each with clause, wording, units and term."""

from __future__ import annotations

from datetime import date

import pytest

from tests.feedback.papers import PAPERS, Entry, Paper
from tests.ledgers.ledger_world import CATEGORIES, COUNTIES, state_workdays
from tracker.feedback.entries import Found
from tracker.feedback.reading import Feedback, read_document, read_text
from tracker.ledgers.vocabulary import Place, Vocabulary

WORDS = Vocabulary(CATEGORIES, COUNTIES, state_workdays, Place("邵阳市", ("市本级",)))
RECEIVED = date(2019, 9, 5)


def read(content: bytes | str) -> Feedback:
    if isinstance(content, str):
        return read_text(content, vocabulary=WORDS, received_on=RECEIVED)
    return read_document(content, vocabulary=WORDS, received_on=RECEIVED)


def as_entry(found: Found, expected: Entry) -> Entry:
    term = found.deadline.isoformat() if found.deadline else found.kind if found.kind != "time_limited" else None
    return (found.clause, found.title[: len(expected[1])], found.county, found.lead_unit, found.units, term)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_paper_gives_exactly_its_problems(paper: Paper) -> None:
    feedback = read(paper.make())
    found = [as_entry(one, expected) for one, expected in zip(feedback.entries, paper.entries, strict=False)]
    assert found == list(paper.entries)[: len(found)]
    assert [one.title for one in feedback.entries[len(found) :]] == []
    assert len(found) == len(paper.entries)
    assert (feedback.written_on.isoformat() if feedback.written_on else None) == paper.written_on
    assert feedback.document_number == paper.document_number

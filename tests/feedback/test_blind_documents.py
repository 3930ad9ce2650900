"""Feedback documents nobody showed the reader: no problem lost, no word of one changed, nearly all exactly as meant."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest

from tests.feedback import blind_documents, blind_documents_2
from tests.feedback.blind_documents import Blind, F
from tests.feedback.test_reading import WORDS
from tracker.feedback.entries import Found
from tracker.feedback.reading import Feedback, read_document, read_text

DOCUMENTS = (*blind_documents.DOCUMENTS, *blind_documents_2.DOCUMENTS)
BY_NAME = {document.name: document for document in DOCUMENTS}
LEAST_EXACT, LEAST_FIELDS, MOST_NOISE = 0.98, 0.98, 1


@lru_cache
def _read(name: str) -> Feedback:
    document = BY_NAME[name]
    if document.build:
        return read_document(document.build(), vocabulary=WORDS, received_on=document.written)
    return read_text(document.text or "", vocabulary=WORDS, received_on=document.written)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _same(title: str, wording: str) -> bool:
    return _bare(title).rstrip("。；;") == _bare(wording).rstrip("。；;")


def _exact(document: Blind, finding: F) -> list[Found]:
    """The entries that are this finding and nothing else: one, or one for each of its parts; none where it is not so."""
    for wordings in ((finding.wording,), finding.parts):
        found = [next((e for e in _read(document.name).entries if _same(e.title, words)), None) for words in wordings]
        if found and all(found):
            return [entry for entry in found if entry]
    return []


def _good(right: object, said: object) -> bool:
    return said in right if isinstance(right, tuple) else said == right


def _checks(finding: F, entry: Found) -> list[tuple[str, object, object]]:
    checks: list[tuple[str, object, object]] = []
    if finding.clause is not None:
        checks.append(("clause", finding.clause, entry.clause))
    if finding.lead != "":
        checks.append(("lead", finding.lead, entry.lead_unit))
    if finding.units is not None:
        checks.append(("units", finding.units, list(entry.units)))
    if finding.phrase != "":
        checks.append(("phrase", finding.phrase or "", entry.deadline_written))
    if finding.deadline != "":
        checks.append(("deadline", finding.deadline, entry.deadline and entry.deadline.isoformat()))
    if finding.county != "":
        checks.append(("county", finding.county, entry.county))
    return checks


def _misread(finding: F, entry: Found) -> list[tuple[str, object, object]]:
    return [(name, right, said) for name, right, said in _checks(finding, entry) if not _good(right, said)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_no_problem_is_lost_and_no_word_of_it_changed(document: Blind) -> None:
    """Whatever stands around it, every problem's own words stand whole and in their order in the entries."""
    read = "".join(_bare(entry.wording) for entry in _read(document.name).entries)
    for finding in document.findings:
        assert _bare(finding.wording) in read or (
            finding.parts and all(_bare(part) in read for part in finding.parts)
        ), finding.wording


def test_nearly_every_problem_is_read_as_it_is_meant() -> None:
    missed = [
        (document.name, finding.wording)
        for document in DOCUMENTS
        for finding in document.findings
        if not _exact(document, finding)
    ]
    total = sum(len(document.findings) for document in DOCUMENTS)
    assert len(missed) <= (1 - LEAST_EXACT) * total, "\n".join(map(str, missed))


def test_what_stands_beside_a_problem_is_read_too() -> None:
    pairs = [(f, found[0]) for document in DOCUMENTS for f in document.findings if (found := _exact(document, f))]
    wrong = [(finding.wording[:20], *item) for finding, entry in pairs for item in _misread(finding, entry)]
    fields = sum(len(_checks(finding, entry)) for finding, entry in pairs)
    assert len(wrong) <= (1 - LEAST_FIELDS) * fields, "\n".join(map(str, wrong))


def test_praise_demands_and_the_furniture_of_a_page_seldom_get_into_a_problem() -> None:
    noise = [
        (document.name, passage)
        for document in DOCUMENTS
        for passage in document.nothing
        if any(_bare(passage) in _bare(entry.title) for entry in _read(document.name).entries)
    ]
    assert len(noise) <= MOST_NOISE, "\n".join(map(str, noise))

"""The dossier's tables fit the workflow's: every verb has one page, every event and changed field its words."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import RequestRedirect

from tracker.base.access import Right
from tracker.dossier.rules import (
    ANY_OTHER_VERB,
    CHANGED,
    EVENTS_PRINTED,
    EVENTS_SHOWN,
    NEXT_STEPS,
    NEXT_WORDS,
    OTHER_VERBS,
    PAGES,
    Offer,
    Page,
    verb_words,
)
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.issues.workflow import OPEN, TABLE, VERB_NAMES, Verb

#: Verbs without a page on an existing issue: they make one.
ELSEWHERE = {Verb.LIST, Verb.TAKE_OVER}


def test_every_verb_of_the_table_has_one_page() -> None:
    verbs = [verb for page in PAGES for verb in page.verbs]
    assert sorted(verbs) == sorted(set(Verb) - ELSEWHERE)
    assert len({page.path for page in PAGES}) == len(PAGES)


def rights_of(page: Page) -> set[Right]:
    return {row.right for row in TABLE if row.verb in page.verbs}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_stands_at_its_path_under_the_right_of_its_verbs(app: Flask, page: Page) -> None:
    address = app.url_map.bind("localhost")
    for method in ("POST",) if page.post else ("GET", "POST"):
        try:
            endpoint, given = address.match(f"/issues/2019-00001/{page.path}", method=method)
        except RequestRedirect:
            pytest.fail(f"{page.path} is redirected")
        assert given == {"number": "2019-00001"}
        assert {app.view_functions[endpoint].tracker_right} == rights_of(page)  # type: ignore[attr-defined]


def test_verbs_that_share_a_page_share_whoever_may_press_them() -> None:
    for page in PAGES:
        rows = [row for row in TABLE if row.verb in page.verbs]
        assert len({(row.states, row.right, row.who) for row in rows if row.verb is not Verb.ACCEPT}) <= 1, page.path


def test_deciding_comes_before_working_and_mending_comes_last() -> None:
    places = {verb: place for place, page in enumerate(PAGES) for verb in page.verbs}
    assert places[Verb.ASSIGN] < places[Verb.ACCEPT] < places[Verb.APPROVE_PLAN] < places[Verb.SUBMIT_PLAN]
    assert places[Verb.REQUEST_CLEARANCE] < places[Verb.REPORT] < places[Verb.DECLINE] < places[Verb.DISMISS]
    mending = {
        "decline",
        "reassign",
        "remind",
        "objection",
        "correct",
        "dismiss",
        "extension",
        "clearance/withdraw",
        "break-down",
    }
    assert {page.path for page in PAGES} - NEXT_STEPS == mending


def test_an_offers_verb_is_its_first() -> None:
    assert Offer((Verb.PASS, Verb.RETURN), "审核", "clearance/review").verb is Verb.PASS


def test_every_event_has_words() -> None:
    assert {verb_words(verb.value) for verb in Verb} == set(VERB_NAMES.values())
    assert {verb_words(verb) for verb in OTHER_VERBS} == set(OTHER_VERBS.values())
    assert verb_words("of a later version") == ANY_OTHER_VERB
    assert not set(OTHER_VERBS) & {verb.value for verb in Verb}


def test_every_changed_field_that_has_words_is_one_of_an_issue() -> None:
    fields = set(Issue.__mapper__.attrs.keys()) | set(Duty.__dataclass_fields__)
    assert set(CHANGED) <= fields
    assert len(set(CHANGED.values())) == len(CHANGED)  # two fields of one name could not be told apart


def test_whatever_is_open_waits_for_something() -> None:
    assert set(NEXT_WORDS) == OPEN


def test_fewer_events_are_printed_than_shown() -> None:
    assert 0 < EVENTS_PRINTED < EVENTS_SHOWN

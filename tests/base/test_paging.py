"""Pages by key: a cursor is opaque, says a place in one list, and anything else means the first page."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Row, Select, insert, select

from tracker.base.db import db, transaction
from tracker.base.paging import Cursor, Segment, decode, encode, ordered, read_page
from tracker.workdays.models import SpecialDay

FIRST = date(2019, 1, 1)
WORKED = Segment("worked", (SpecialDay.is_workday,), (SpecialDay.official_year, SpecialDay.day))
OFF = Segment("off", (SpecialDay.is_workday.is_(False),), (SpecialDay.day,), descending=True)
SEGMENTS = (WORKED, OFF)


def read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


@pytest.fixture
def days(app: Flask) -> list[date]:
    """Forty days, every third worked; in the order of SEGMENTS."""
    every = [FIRST + timedelta(days=step) for step in range(40)]
    with transaction():
        db.session.execute(insert(SpecialDay), [
            {"day": day, "is_workday": place % 3 == 0, "name": "", "official_year": 2019 - place % 2}
            for place, day in enumerate(every)])  # fmt: skip
    worked = sorted(every[::3], key=lambda day: (2019 - (day - FIRST).days % 2, day))
    return worked + [day for place, day in reversed(list(enumerate(every))) if place % 3]


def page(word: str | None, size: int) -> tuple[list[date], str | None, str | None]:
    found = read_page(select(SpecialDay.day.label("shown")), SEGMENTS, word, size, read)
    return [row.shown for row in found.rows], found.next, found.previous


@pytest.mark.parametrize("size", [1, 3, 7, 13, 14, 39, 40, 41])
def test_pages_follow_one_another_and_lead_back(days: list[date], size: int) -> None:
    rows, word, before = page(None, size)
    assert before is None
    pages = [rows]
    while word:
        rows, word, before = page(word, size)
        pages.append(rows)
    assert [day for rows in pages for day in rows] == days
    for expected in reversed(pages[:-1]):
        rows, word, before = page(before, size)
        assert rows == expected
        assert word is not None
    assert before is None


def test_what_was_put_in_front_meanwhile_fills_the_first_page(days: list[date]) -> None:
    _, word, _ = page(None, 5)
    rows, _, before = page(word, 5)
    with transaction():
        db.session.query(SpecialDay).where(SpecialDay.day == days[2]).delete()
    assert page(before, 5)[0] == [*days[:2], *days[3:6]]  # going back finds four: it gives a whole first page
    assert rows == days[5:10]


def test_a_cursor_behind_which_nothing_is_left_gives_the_first_page(days: list[date]) -> None:
    last = encode(Cursor("off", (days[-1],)))
    assert page(last, 5)[0] == days[:5]


@pytest.mark.parametrize("wrong", [
    None, "", "x", "%%%", "a" * 500, encode(Cursor("elsewhere", (FIRST,))), encode(Cursor("off", (FIRST, 1))),
    encode(Cursor("off", (5,))), encode(Cursor("worked", (2019, "no date"))), encode(Cursor("worked", (1 << 70, FIRST))),
    encode(Cursor("worked", (True, FIRST))), encode(Cursor("worked", (None, FIRST))),
    base64.urlsafe_b64encode(json.dumps({"a": 1}).encode()).decode(), base64.urlsafe_b64encode(b"[" * 200).decode(),
])  # fmt: skip
def test_a_bad_cursor_is_the_first_page(days: list[date], wrong: str | None) -> None:
    assert page(wrong, 5)[0] == days[:5]


@given(st.text(max_size=60))
def test_no_word_breaks_the_reader(word: str) -> None:
    assert decode(word, SEGMENTS) is None or word


@given(st.integers(1900, 2100), st.dates(), st.booleans())
def test_a_cursor_survives_its_journey(year: int, day: date, back: bool) -> None:
    cursor = Cursor("worked", (year, day), back)
    assert decode(encode(cursor), SEGMENTS) == cursor
    assert encode(cursor).isascii()


def test_the_whole_list_comes_in_chunks(days: list[date]) -> None:
    chunks = list(ordered(select(SpecialDay.day.label("shown")), SEGMENTS, 15, read))
    assert [len(chunk) for chunk in chunks] == [15, 15, 10]
    assert [row.shown for chunk in chunks for row in chunk] == days

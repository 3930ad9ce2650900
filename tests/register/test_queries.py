"""The list: every filter means what it says, nothing outside the scope in any form, every row once, indexes used."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.register.varied import make_varied
from tests.world import TODAY, World, assign_one, list_one
from tracker.accounts.models import CountyLink
from tracker.base.db import db, transaction
from tracker.deadlines.queries import lamps_of
from tracker.deadlines.rules import LEVEL_NAMES, Lamp, days_overdue, level
from tracker.inspections.rules import Source
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to
from tracker.issues.rules import bigrams
from tracker.issues.workflow import OPEN, Kind, State
from tracker.register import queries
from tracker.register.rules import ALL_YEARS, FLAGS, Filters, Group, Sort
from tracker.workdays.queries import calendar

EVERYTHING = 1_000
LINKED = "武冈市"  # the county that the reader is linked to


@pytest.fixture
def filled(world: World) -> World:
    with transaction():
        for step in range(23):
            assign_one(world, deadline=date(2019, 8, 1) + timedelta(days=step % 7))
        list_one(world, title="茶山村卫生室没有村医", wording="", category_id=world.categories[3].id)
    return world


@pytest.fixture
def varied(any_world: World) -> World:
    with transaction():
        make_varied(any_world, 120)
        db.session.add(CountyLink(user_id=any_world.root_supervisor.id, region_id=any_world.wugang.id))
    return any_world


def found(filters: Filters, person: Any, today: date = TODAY) -> list[int]:
    return [item.row.id for item in queries.listing(filters, person, today, None, EVERYTHING).items]


# --- filters ----------------------------------------------------------------------------------------------------


def holds(filters: Filters, issue: Issue, lamp: Lamp) -> bool:
    """What the filters promise, said once more without SQL."""
    late = days_overdue(issue.overdue_from, TODAY)
    units = {row.unit.name for row in issue.units} | ({issue.lead_unit.name} if issue.lead_unit else set())
    conditions = {
        "q": lambda value: bigrams(value) in bigrams(issue.title),
        "county": lambda value: issue.county_id == value,
        "category": lambda value: issue.category_id == value,
        "source": lambda value: issue.source is value,
        "kind": lambda value: issue.kind is value,
        "group": lambda value: (issue.kind is Kind.LONG_TERM) == (value is Group.LONG_TERM),
        "state": lambda value: issue.state in value,
        "lamp": lambda value: issue.state in OPEN and lamp is value,
        "level": lambda value: level(late) == value,
        "lead": lambda value: issue.lead_official is not None and issue.lead_official.name == value,
        "unit": lambda value: value in units,
        "proven": lambda value: issue.state is State.CLEARED and issue.proven is value,
        "overdue": lambda _: late > 0,
        "unsigned": lambda _: issue.state is State.ASSIGNED,
        "stalled": lambda _: stalled(issue),
        "incomplete": lambda _: issue.state in OPEN - {State.LISTED} and not issue.duty_chain_complete,
        "review_due": lambda _: (
            issue.state in OPEN
            and issue.kind is Kind.LONG_TERM
            and issue.review_on is not None
            and issue.review_on <= TODAY
        ),
        "linked": lambda _: issue.county.name == LINKED,
        "relapsed": lambda _: issue.relapses > 0,
        "cleared_in": lambda value: issue.cleared_on is not None and issue.cleared_on.isoformat().startswith(value),
        "taken_over": lambda _: issue.taken_over,
        "no_parents": lambda _: not issue.has_children,
    }
    if filters.year is None and not filters.cleared_in and issue.cleared_on and issue.cleared_on.year < TODAY.year:
        return False
    if filters.year and issue.listed_on.year != filters.year:
        return False
    if not filters.state and issue.state is State.DISMISSED:
        return False
    return all(
        check(value) for name, check in conditions.items()
        if ((value := getattr(filters, name)) is not None and value not in ("", (), False)) or (
            name == "proven" and filters.proven is False)
    )  # fmt: skip


def stalled(issue: Issue) -> bool:
    """Longer than 3, 3 or 10 working days in its state; nothing varied is reviewed by an application of ours."""
    allowed = {State.LISTED: 3, State.ASSIGNED: 3, State.PLANNING: 10}.get(issue.state)
    return allowed is not None and calendar().workdays_between(issue.waiting_since, TODAY) > allowed


def some_filters(world: World, chance: random.Random) -> Filters:
    choices: dict[str, list[Any]] = {
        "q": ["饮水", "村医", "信贷", "水工程"], "county": [world.xinshao.id, world.wugang.id, world.city.id],
        "category": [each.id for each in world.categories], "source": list(Source), "kind": list(Kind),
        "group": list(Group), "lamp": list(Lamp), "level": [1, 2, 3, 4, 5], "proven": [True, False],
        "state": [tuple(chance.sample(list(State), chance.randrange(1, 5)))], "lead": [world.leader.name, "没有这个人"],
        "unit": [world.water.name, world.finance.name, world.city_water.name], "year": [ALL_YEARS, 2019, 2018],
        "cleared_in": [f"{TODAY:%Y-%m}", "2019-05", "2018-12"],
        **{name: [True] for name in FLAGS},
    }  # fmt: skip
    wanted = chance.sample(list(choices), chance.randrange(0, 4))
    return Filters(**{name: chance.choice(choices[name]) for name in wanted}, sort=chance.choice(list(Sort)))


def test_every_filter_finds_what_it_says(varied: World) -> None:
    issues = list(db.session.scalars(select(Issue)))
    lamps = {number: signal.lamp for number, signal in lamps_of(issues, TODAY, calendar()).items()}
    chance, hits = random.Random(2019), 0
    for _ in range(300):
        filters = some_filters(varied, chance)
        wanted = {issue.id for issue in issues if holds(filters, issue, lamps[issue.id])}
        shown = queries.listing(filters, varied.root_supervisor, TODAY, None, EVERYTHING)
        assert {item.row.id for item in shown.items} == wanted, filters
        assert shown.total == len(shown.items) == len(wanted), filters
        hits += bool(wanted)
    assert hits > 100  # or the comparison would say nothing


def test_each_filter_alone_parts_the_list(varied: World) -> None:
    everything = len(found(Filters(year=ALL_YEARS), varied.root_supervisor))
    for name in ("overdue", "unsigned", "incomplete", "review_due", "linked", "taken_over", "no_parents"):
        assert 0 < len(found(Filters(year=ALL_YEARS, **{name: True}), varied.root_supervisor)) < everything, name


def test_a_lamp_in_sql_is_the_lamp_on_the_page(varied: World) -> None:
    issues = list(db.session.scalars(select(Issue)))
    seen = set()
    for days in (0, 1, 2, 3, 5, 8, 13, 40):
        today = TODAY + timedelta(days=days)
        expected = {number: signal.lamp for number, signal in lamps_of(issues, today, calendar()).items()}
        shown = dict(db.session.execute(select(Issue.id, queries.lamp_of(today, calendar()))).all())
        assert shown == expected
        seen |= set(expected.values())
    assert seen == set(Lamp)


def test_the_bands_of_escalation_cover_every_overdue_issue_once(varied: World) -> None:
    overdue = found(Filters(overdue=True), varied.root_supervisor)
    banded = [issue for number in range(1, len(LEVEL_NAMES) + 1)
              for issue in found(Filters(level=number), varied.root_supervisor)]  # fmt: skip
    assert sorted(banded) == sorted(overdue)


# --- scope ------------------------------------------------------------------------------------------------------


def test_what_is_outside_the_scope_is_in_no_list_count_or_search(filled: World) -> None:
    for filters in (Filters(), Filters(q="饮水"), Filters(state=(State.ASSIGNED,)), Filters(overdue=True)):
        shown = queries.listing(filters, filled.stranger, date(2019, 12, 1), None)
        assert (shown.items, shown.total) == ([], 0)
    assert queries.listing(Filters(), filled.water_supervisor, TODAY, None).total == 23  # 条: drinking water only


def test_each_person_sees_what_the_scope_function_says(varied: World) -> None:
    every = Filters(state=tuple(State), year=ALL_YEARS)
    for person in varied.people.values():
        wanted = set(db.session.scalars(select(Issue.id).where(visible_to(person))))
        shown = queries.listing(every, person, TODAY, None, EVERYTHING)
        assert ({item.row.id for item in shown.items}, shown.total) == (wanted, len(wanted))
        assert set(found(Filters(q="饮水", state=tuple(State), year=ALL_YEARS), person)) <= wanted


def test_a_number_leads_only_to_what_one_may_see(filled: World) -> None:
    number = db.session.scalars(select(Issue.number)).first()
    assert number
    assert queries.number_of(number, filled.supervisor) == number
    assert queries.number_of(number, filled.stranger) is None


def test_suggestions_name_nobody_outside_the_scope(filled: World) -> None:
    assert [name for name, _ in queries.leads_like("黄", filled.supervisor)] == [filled.leader.name]
    assert queries.units_like("水利", filled.supervisor) == [filled.water.name]
    assert queries.leads_like("黄", filled.stranger) == []
    assert queries.units_like("水利", filled.stranger) == []


# --- order and pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("sort", list(Sort))
def test_paging_shows_every_row_once_in_order_and_back_again(varied: World, sort: Sort, turned: bool) -> None:
    filters = Filters(sort=sort, turned=turned, year=ALL_YEARS, state=tuple(State))
    whole = found(filters, varied.root_supervisor)
    assert len(whole) == len(set(whole)) == 120
    page = queries.listing(filters, varied.root_supervisor, TODAY, None, 7)
    pages = [page]
    while page.next:
        page = queries.listing(filters, varied.root_supervisor, TODAY, page.next, 7)
        pages.append(page)
    assert [item.row.id for page in pages for item in page.items] == whole
    for expected in reversed(pages[:-1]):
        page = queries.listing(filters, varied.root_supervisor, TODAY, page.previous, 7)
        assert [item.row.id for item in page.items] == [item.row.id for item in expected.items]
    assert page.previous is None


def test_the_most_urgent_come_first_and_the_cleared_last(varied: World) -> None:
    shown = queries.listing(Filters(year=ALL_YEARS), varied.root_supervisor, TODAY, None, EVERYTHING).items
    order = [(item.row.state is State.CLEARED, item.row.deadline is None, item.row.deadline or date.max)
             for item in shown if item.row.state is not State.CLEARED or item is shown[-1]]  # fmt: skip
    assert order[:-1] == sorted(order[:-1])
    cleared = [item.row.cleared_on for item in shown if item.row.state is State.CLEARED]
    assert cleared == sorted(cleared, reverse=True)
    assert all(item.row.state is State.CLEARED for item in shown[-len(cleared) :])


def test_the_longest_overdue_come_first(varied: World) -> None:
    days = [item.days for item in queries.listing(Filters(overdue=True, sort=Sort.OVERDUE), varied.root_supervisor,
                                                  TODAY, None, EVERYTHING).items]  # fmt: skip
    assert days == sorted(days, reverse=True)
    assert days[-1] > 0


def test_beyond_the_limit_a_list_only_says_that_there_are_more(varied: World) -> None:
    assert queries.count(queries.scope(Filters(year=ALL_YEARS), varied.root_supervisor, TODAY), 11) == 11


# --- search -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "number"),
    [("村医", 1), ("饮水", 23), ("水", 23), ("医", 1), ("程", 23), ("水饮", 0), ("茶山 村医", 1), ("茶山 饮水", 0),
     ('"', 0), ("饮水\" OR 1", 0), ("*", 0), ("2019-0002", 5), ("00024", 1)],
)  # fmt: skip
def test_search_finds_words_single_characters_and_numbers(any_world: World, words: str, number: int) -> None:
    with transaction():
        for _ in range(23):
            assign_one(any_world)
        list_one(any_world, title="茶山村卫生室没有村医", wording="")
    assert queries.listing(Filters(q=words), any_world.supervisor, TODAY, None).total == number


def test_many_hits_are_walked_in_the_lists_order(varied: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few = found(Filters(q="饮水"), varied.root_supervisor)
    monkeypatch.setattr(queries, "MANY_HITS", 3)
    assert found(Filters(q="饮水"), varied.root_supervisor) == few
    assert len(few) > 3
    shown = queries.listing(Filters(q="饮水"), varied.root_supervisor, TODAY, None)
    assert (shown.total, shown.limit) == (4, 3), "more than three"


# --- cost -------------------------------------------------------------------------------------------------------


@contextmanager
def sent() -> Iterator[list[tuple[str, Any]]]:
    """Every statement sent to the database meanwhile, with its parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plans_of(filters: Filters, person: Any) -> list[str]:
    """How SQLite would read each statement of one page that asks about issues."""
    with sent() as statements:
        queries.listing(filters, person, TODAY, None)
    plans = []
    for statement, parameters in statements:
        if "FROM issue" in statement and "FROM issue_unit" not in statement:
            rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            plans.append("\n".join(row[3] for row in rows))
    return plans


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "ix_issue_open_deadline"),
        (Filters(overdue=True, sort=Sort.OVERDUE), "ix_issue_overdue"),
        (Filters(overdue=True), "ix_issue_overdue"),
        (Filters(level=5), "ix_issue_overdue"),
        (Filters(incomplete=True), "ix_issue_broken_chain"),
    ],
)
def test_a_page_is_read_along_an_index_and_never_sorted(world: World, filters: Filters, index: str) -> None:
    with transaction():
        make_varied(world, 10)
    page, *rest = plans_of(filters, world.root_supervisor)
    assert f"INDEX {index} " in page
    assert not any("TEMP B-TREE" in plan or "SCAN issue\n" in f"{plan}\n" for plan in (page, *rest))


def test_a_cells_drill_down_begins_with_the_cell(world: World) -> None:
    with transaction():
        make_varied(world, 10)
    cell = Filters(county=world.xinshao.id, category=world.categories[2].id, group=Group.CONCRETE, no_parents=True,
                   year=ALL_YEARS)  # fmt: skip
    for filters in (cell, Filters(county=cell.county, category=cell.category, state=(State.CLEARED,), year=ALL_YEARS)):
        page = plans_of(filters, world.root_supervisor)[0]
        assert "ix_issue_cell (category_id=? AND county_id=?" in page


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("number", [1, 60, 180])
def test_a_list_of_any_length_takes_at_most_eleven_queries(world: World, sort: Sort, number: int) -> None:
    with transaction():
        make_varied(world, number)
    with sent() as queries_sent:
        queries.listing(Filters(sort=sort, year=ALL_YEARS), world.root_supervisor, TODAY, None)
    assert len(queries_sent) <= 11

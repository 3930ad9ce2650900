"""When a cell is at zero, and which one filter says what a sum counts: both said once more by trying everything."""

from __future__ import annotations

import random
from itertools import product

import pytest

from tests.effort import dice, rounds
from tracker.board.rules import (
    DOUBT_NAMES,
    KINDS,
    MARKS,
    OWN_NAMES,
    STANDING_NAMES,
    Doubt,
    Reach,
    Standing,
    Tally,
    add,
    filter_for,
    filters_of,
    reached,
    standing,
)
from tracker.issues.workflow import OPEN, Kind, State
from tracker.org.rules import Level
from tracker.register.rules import ALL_YEARS, Filters, Group

# --- the four states of a cell ------------------------------------------------------------------------------------


def said_again(open_: int, cleared: int, doubted: int, campaign: bool) -> str:
    """DOMAIN §6 in its own words, from the most to the least that is wrong."""
    if open_ == cleared == 0 and not campaign:
        return "未覆盖"
    if open_ > 0:
        return "未清零"
    return "账面清零" if doubted else "已证清零"


@pytest.mark.parametrize("campaign", [False, True])
def test_a_cell_is_one_of_four_whatever_is_in_it(campaign: bool) -> None:
    seen = set()
    for open_, cleared, doubted in product(range(3), range(3), range(3)):
        if doubted > cleared:
            continue
        what = standing(open_ + cleared, open_, {Doubt.TAKEN_OVER: doubted}, campaign=campaign)
        assert STANDING_NAMES[what] == said_again(open_, cleared, doubted, campaign), (open_, cleared, doubted)
        seen.add(what)
    assert seen == set(Standing) - ({Standing.UNCOVERED} if campaign else set())


def test_one_open_problem_outweighs_any_number_of_cleared_ones() -> None:
    assert standing(1000, 1, {}) is Standing.OPEN
    assert standing(1000, 0, {}) is Standing.PROVEN
    for doubt in Doubt:
        assert standing(1000, 0, {doubt: 1}) is Standing.DECLARED
        assert set(DOUBT_NAMES) == set(Doubt)


def test_every_state_has_a_name_and_only_an_open_cell_shows_a_number() -> None:
    assert set(STANDING_NAMES) == set(Standing)
    assert set(MARKS) == set(Standing) - {Standing.OPEN}
    assert set(OWN_NAMES) == set(Level)


def test_a_kind_is_counted_in_exactly_one_of_the_two_groups() -> None:
    assert sorted(kind for kinds in KINDS.values() for kind in kinds) == sorted(Kind)
    assert KINDS[Group.LONG_TERM] == (Kind.LONG_TERM,)


# --- figures ------------------------------------------------------------------------------------------------------


def test_figures_add_up_field_by_field() -> None:
    first, second = Tally(5, 2, 3, 1, 7, 4), Tally(50, 20, 30, 10, 70, 40)
    assert add([first, second]) == Tally(55, 22, 33, 11, 77, 44)
    assert add([]) == Tally()


def test_dismissed_issues_stand_outside_every_total() -> None:
    assert Tally(open=2, overdue=1, proven=3, declared=4, dismissed=9).total == 9
    assert Tally(dismissed=9).total == 0
    assert Tally(dismissed=9).share is None


@pytest.mark.parametrize(("open_", "cleared", "share"), [(1, 999, 99), (0, 3, 100), (3, 0, 0), (1, 2, 66)])
def test_a_share_of_a_hundred_means_all_of_them(open_: int, cleared: int, share: int) -> None:
    assert Tally(open=open_, proven=cleared).share == share


# --- which filter finds what a sum counts -------------------------------------------------------------------------

COUNTIES, CATEGORIES = range(1, 4), range(1, 4)
CELLS = set(product(COUNTIES, CATEGORIES))


def matching(county: int | None, category: int | None) -> set[tuple[int, int]]:
    return {(c, k) for c, k in CELLS if county in (None, c) and category in (None, k)}


def some_posts(chance: random.Random) -> list[Reach]:
    return [
        (chance.choice([None, *COUNTIES]), chance.choice([None, *CATEGORIES])) for _ in range(chance.randrange(1, 4))
    ]


def test_a_sum_links_only_to_a_filter_that_finds_exactly_its_cells() -> None:
    chance, again = dice()
    linked = unlinked = 0
    for _ in range(rounds(400)):
        posts = some_posts(chance)
        scope = {cell for post in posts for cell in matching(*post)}
        assert {cell for cell in CELLS if reached(posts, *cell)} == scope, (posts, again)
        for county, category in product([None, *COUNTIES], [None, *CATEGORIES]):
            summed = matching(county, category) & scope
            found = filter_for(posts, county, category)
            if found is None:
                unlinked += 1
            else:
                linked += 1
                # the whole of the filter: outside the posts there may be issues too that one sees (a leader's own)
                assert matching(*found) == summed, (posts, county, category, found, again)
    assert linked > 100
    assert unlinked > 100


@pytest.mark.parametrize(
    ("posts", "county", "category", "found"),
    [
        ([(None, None)], None, None, (None, None)),
        ([(None, None)], 2, 3, (2, 3)),
        ([(2, None)], None, None, (2, None)),
        ([(2, None)], None, 3, (2, 3)),
        ([(None, 3)], 2, None, (2, 3)),
        ([(2, None), (3, None)], None, None, None),
        ([(2, None), (3, None)], None, 1, None),
        ([(2, None), (3, None)], 3, 1, (3, 1)),
        ([(2, None), (None, None)], None, None, (None, None)),
        ([(2, 1), (2, 3)], 2, None, None),
    ],
)
def test_the_filter_of_a_sum(posts: list[Reach], county: int | None, category: int | None, found: Reach | None) -> None:
    assert filter_for(posts, county, category) == found


# --- which conditions say what a figure counts --------------------------------------------------------------------


@pytest.mark.parametrize("group", list(Group))
def test_a_figures_filters_count_every_year_and_never_a_parent(group: Group) -> None:
    filters = filters_of(group)
    assert set(filters) == {"open", "overdue", "cleared", "unproven", "total", "dismissed"}
    for each in filters.values():
        assert (each.group, each.year, each.no_parents) == (group, ALL_YEARS, True)
        assert Filters.read({name: [value] for name, value in each.parameters() if name != "state"}).group is group
    assert filters["open"].states == OPEN
    assert filters["overdue"].states == OPEN
    assert filters["cleared"].states == filters["unproven"].states == {State.CLEARED}
    assert filters["total"].states == OPEN | {State.CLEARED}
    assert filters["dismissed"].states == {State.DISMISSED}

"""Filters are one value and one address; words said once."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.deadlines.rules import DEFAULT, LEVEL_NAMES, Lamp, days_overdue, level
from tracker.inspections.rules import Source
from tracker.issues.workflow import OPEN, Kind, State
from tracker.register.rules import ALL_YEARS, CHINESE, FLAGS, Filters, Group, Sort, overdue_between, phrases

TODAY = date(2019, 9, 1)
NAMES = st.text(alphabet="饮水局长AB12 &=?+%", max_size=20).map(str.strip)
FILTERS = st.builds(
    Filters,
    q=NAMES, lead=NAMES, unit=NAMES,
    county=st.none() | st.integers(1, 2**31 - 1), category=st.none() | st.integers(1, 99),
    source=st.none() | st.sampled_from(Source), kind=st.none() | st.sampled_from(Kind),
    group=st.none() | st.sampled_from(Group), lamp=st.none() | st.sampled_from(Lamp),
    state=st.sets(st.sampled_from(State)).map(lambda chosen: tuple(state for state in State if state in chosen)),
    level=st.none() | st.integers(1, len(LEVEL_NAMES)), proven=st.none() | st.booleans(),
    year=st.none() | st.just(ALL_YEARS) | st.integers(1990, 2100), sort=st.sampled_from(Sort), turned=st.booleans(),
    cleared_in=st.just("") | st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(lambda day: f"{day:%Y-%m}"),
    **{name: st.booleans() for name in FLAGS},
)  # fmt: skip


@given(FILTERS)
def test_an_address_says_everything_and_nothing_else(filters: Filters) -> None:
    assert Filters.read(parse_qs(filters.query().removeprefix("?"))) == filters


def test_the_plain_list_has_a_plain_address() -> None:
    assert Filters().query() == ""
    assert not Filters().narrowed
    assert not Filters(sort=Sort.COUNTY, turned=True).narrowed


@pytest.mark.parametrize("given", [
    {"county": ["x"]}, {"county": ["-1"]}, {"county": ["0"]}, {"county": ["９"]}, {"county": ["99999999999999999999"]}, {"state": ["gone"]},
    {"lamp": ["purple"]}, {"level": ["6"]}, {"level": ["0"]}, {"year": ["x"]}, {"year": ["0"]}, {"sort": ["; DROP"]},
    {"sort": ["-"]}, {"overdue": ["yes"]}, {"proven": ["2"]}, {"cleared_in": ["2019-13"]}, {"cleared_in": ["2019"]}, {"county": []}, {"nonsense": ["1"]},
])  # fmt: skip
def test_what_makes_no_sense_is_left_out(given: dict[str, list[str]]) -> None:
    assert Filters.read(given) == Filters()


def test_conditions_that_exclude_each_other_leave_no_state() -> None:
    assert Filters(overdue=True, state=(State.CLEARED,)).states == frozenset()
    assert Filters().states == OPEN | {State.CLEARED}  # dismissed ones are counted apart
    assert Filters(state=(State.DISMISSED,)).states == {State.DISMISSED}
    assert Filters(incomplete=True).states == OPEN - {State.LISTED}


@given(st.integers(1, 400), st.just(DEFAULT.level_days) | st.just((2, 3, 40, 41, 200)))
def test_a_band_holds_exactly_the_days_of_its_level(days: int, begins: tuple[int, ...]) -> None:
    first = TODAY - timedelta(days=days - 1)
    assert days_overdue(first, TODAY) == days
    for number in range(1, len(LEVEL_NAMES) + 1):
        earliest, latest = overdue_between(number, TODAY, begins)
        assert ((earliest is None or first >= earliest) and first <= latest) == (level(days, begins) == number)


def test_every_condition_in_force_can_be_taken_away() -> None:
    filters = Filters(
        q="饮水", county=3, state=(State.ASSIGNED, State.PLANNING), overdue=True, proven=False, year=ALL_YEARS
    )
    chips = CHINESE.chips(filters, {3: "新邵县"}, {}, DEFAULT.level_days)
    assert [chip.value for chip in chips] == ["新邵县", "已交办", "制定方案", "账面销号", "饮水", "已逾期", "全部年份"]
    without = [Filters.read(parse_qs(chip.query.removeprefix("?"))) for chip in chips]
    assert without[1].state == (State.PLANNING,)
    assert (without[0].county, without[3].proven, without[4].q, without[5].overdue, without[6].year) == (
        None, None, "", False, None)  # fmt: skip


def test_each_word_of_a_search_is_its_own_phrase() -> None:
    assert phrases("沙坪  饮水工程") == [["沙坪"], ["饮水", "水工", "工程"]]
    assert phrases("“”") == []

"""When a clearance is to be looked at again, and which records of a visit cannot be."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.base.access import Refused
from tracker.issues.rules import LOOK_BACK_AHEAD, months_after, next_look_back
from tracker.issues.workflow import Kind
from tracker.lookbacks.rules import (
    MOST_TICKETS,
    RESULT_NAMES,
    Asked,
    Rate,
    Result,
    Slip,
    Visit,
    check_draw,
    check_new_term,
    check_visit,
    draw,
    read_frame,
    tickets_for,
    wilson,
    write_frame,
)

CLEARED = date(2019, 7, 1)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
CONCRETE = (Kind.IMMEDIATE, Kind.TIME_LIMITED)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2019, 7, 1), 3, date(2019, 10, 1)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2018, 11, 30), 3, date(2019, 2, 28)),
        (date(2019, 12, 31), 6, date(2020, 6, 30)),
        (date(2019, 10, 15), 12, date(2020, 10, 15)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
    ],
)
def test_a_month_too_short_for_the_day_gives_its_last(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def dates_of(kind: Kind, number: int) -> list[date]:
    """The dates that come up when each look-back is held on its day."""
    found: list[date] = []
    due = next_look_back(CLEARED, kind)
    while due is not None and len(found) < number:
        found.append(due)
        due = next_look_back(CLEARED, kind, due)
    return found


@pytest.mark.parametrize("kind", CONCRETE)
def test_a_concrete_problem_is_looked_at_three_times(kind: Kind) -> None:
    assert dates_of(kind, 9) == [date(2019, 10, 1), date(2020, 1, 1), date(2020, 7, 1)]


def test_a_long_term_one_every_further_year_besides() -> None:
    assert dates_of(Kind.LONG_TERM, 6) == [
        date(2019, 10, 1), date(2020, 1, 1), date(2020, 7, 1), date(2021, 7, 1), date(2022, 7, 1), date(2023, 7, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("held_on", "following"),
    [
        (date(2019, 8, 1), date(2019, 10, 1)),  # long before the first: an extra one
        (date(2019, 9, 10), date(2020, 1, 1)),  # three weeks before: it answers the first
        (date(2020, 2, 1), date(2020, 7, 1)),  # after the second: nobody is sent there twice
        (date(2020, 8, 1), None),
    ],
)
def test_a_look_back_answers_what_lies_before_it_and_what_is_near(held_on: date, following: date | None) -> None:
    assert next_look_back(CLEARED, Kind.TIME_LIMITED, held_on) == following


@given(cleared=DAYS, later=st.integers(0, 2000), kind=st.sampled_from(Kind))
def test_the_next_date_lies_ahead_of_what_was_held_and_ends_only_for_concrete_problems(
    cleared: date, later: int, kind: Kind
) -> None:
    held_on = cleared + timedelta(days=later)
    due = next_look_back(cleared, kind, held_on)
    assert due is None or held_on + LOOK_BACK_AHEAD < due <= held_on + LOOK_BACK_AHEAD + timedelta(days=366)
    assert (due is None) <= (kind is not Kind.LONG_TERM)
    assert (due is None) == (kind is not Kind.LONG_TERM and months_after(cleared, 12) <= held_on + LOOK_BACK_AHEAD)


def visit(**overrides: object) -> Visit:
    values = {"on": CLEARED, "place": "沙坪村", "people": "陈督查", "seen": "水龙头有水", "result": Result.HELD}
    return Visit(**(values | overrides))  # type: ignore[arg-type]


def test_a_whole_record_is_taken() -> None:
    check_visit(visit(), CLEARED, CLEARED)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"on": CLEARED + timedelta(days=2)}, "还没有到"),
        ({"on": CLEARED - timedelta(days=1)}, "早于销号日期"),
        ({"place": "  "}, "在哪里"),
        ({"people": ""}, "有谁参加"),
        ({"seen": "\n"}, "看到什么"),
    ],
)
def test_a_record_that_cannot_be_or_says_too_little_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_visit(visit(**wrong), CLEARED, CLEARED + timedelta(days=1))


def test_a_new_term_has_not_passed() -> None:
    for kind in Kind:
        check_new_term(kind, None, CLEARED)  # the workflow refuses a missing one
        check_new_term(kind, CLEARED, CLEARED)
    with pytest.raises(Refused, match="整改时限"):
        check_new_term(Kind.TIME_LIMITED, CLEARED - timedelta(days=1), CLEARED)
    with pytest.raises(Refused, match="检视日期"):
        check_new_term(Kind.LONG_TERM, CLEARED - timedelta(days=1), CLEARED)


def test_every_result_has_its_word() -> None:
    assert set(RESULT_NAMES) == set(Result)


@given(
    st.builds(
        Asked,
        county=st.none() | st.integers(1, 999_999_999),
        category=st.none() | st.integers(1, 999_999_999),
        ahead=st.sampled_from([0, 30]),
        mine=st.booleans(),
        result=st.none() | st.sampled_from(Result),
        long_term=st.none() | st.booleans(),
    )
)
def test_what_a_list_is_asked_for_survives_its_address(asked: Asked) -> None:
    assert Asked.read({name: str(value) for name, value in asked.query().items()}) == asked


@pytest.mark.parametrize("word", ["", "-1", "x", "１", "99999999999", "1 or 1"])
def test_what_is_no_filter_of_ours_is_left_out(word: str) -> None:
    asked = {"county": word, "category": word, "result": word, "mine": word, "when": word}
    assert Asked.read(asked) == Asked(mine=word == "1")


# --- rates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "looked", "low", "high"),
    [  # by the formula of the paper, worked out apart with exact fractions for z = 1.959963984540054
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_interval_is_wilsons(hits: int, looked: int, low: float, high: float) -> None:
    assert wilson(hits, looked) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_mirrors_and_narrows_with_more_visits(found: tuple[int, int]) -> None:
    hits, looked = found
    low, high = wilson(hits, looked)
    assert 0 <= low <= hits / looked <= high <= 1
    assert low < high
    assert wilson(looked - hits, looked) == pytest.approx((1 - high, 1 - low))
    more = wilson(hits * 4, looked * 4)
    assert more[1] - more[0] < high - low


def test_rates_add_up_before_they_are_divided() -> None:
    both = Rate(1, 1) + Rate(9, 0)
    assert (both, both.percent) == (Rate(10, 1), 10.0)
    assert Rate().percent == 0.0
    assert both.between == pytest.approx((1.79, 40.42), abs=0.01)


# --- the draw -----------------------------------------------------------------------------------------------------

SLIPS = st.lists(
    st.builds(
        Slip,
        number=st.integers(1, 10_000).map("N-{}".format),
        county=st.sampled_from(["新邵县", "武冈市", "邵阳市"]),
        category=st.sampled_from(["安全饮水", "小额贷款"]),
        tickets=st.integers(1, MOST_TICKETS),
    ),
    max_size=40,
    unique_by=lambda slip: slip.number,
)


def drawn_again(slips: list[Slip], seed: str, size: int) -> list[str]:
    """The algorithm a second time, with fractions and one winner after the other instead of sorted tickets."""
    strata: dict[tuple[str, str], dict[str, int]] = {}
    for slip in slips:
        strata.setdefault((slip.county, slip.category), {})[slip.number] = slip.tickets
    every = sum(slip.tickets for slip in slips)
    exact = {key: Fraction(size * sum(found.values()), every) for key, found in strata.items()}
    places = {key: min(int(exact[key]), len(found)) for key, found in strata.items()}
    by_remainder = sorted(sorted(strata), key=lambda key: exact[key] - int(exact[key]), reverse=True)
    while sum(places.values()) < min(size, len(slips)):
        for key in by_remainder:
            if sum(places.values()) < min(size, len(slips)) and places[key] < len(strata[key]):
                places[key] += 1
    drawn = []
    for key in sorted(strata):
        left = dict(strata[key])
        for _ in range(places[key]):
            tickets = {
                sha256(f"{seed}|{number}|{ticket + 1}".encode()).digest(): number
                for number, has in left.items()
                for ticket in range(has)
            }
            winner = tickets[max(tickets)]
            del left[winner]
            drawn.append(winner)
    return drawn


@given(slips=SLIPS, seed=st.text(min_size=1, max_size=20), size=st.integers(1, 60))
def test_anybody_draws_the_same(slips: list[Slip], seed: str, size: int) -> None:
    drawn = draw(slips, seed, size)
    assert drawn == drawn_again(slips, seed, size)
    assert len(set(drawn)) == len(drawn) == min(size, len(slips))
    assert draw(list(reversed(slips)), seed, size) == drawn
    assert draw(read_frame(write_frame(slips)), seed, size) == drawn


def test_a_ticket_is_what_the_command_line_makes_of_it() -> None:
    """What ``printf %s '2019-100|N-1|1' | sha256sum`` prints, and so on: the largest is drawn first."""
    printed = {"N-1": "d9f4f3c3", "N-2": "e6333ae4", "N-3": "6a0e7a80"}
    slips = [Slip(number, "新邵县", "安全饮水") for number in printed]
    assert draw(slips, "2019-100", 3) == sorted(printed, key=lambda number: printed[number], reverse=True)


def test_every_stratum_gives_its_share_by_tickets() -> None:
    slips = [Slip(f"A-{one}", "新邵县", "安全饮水") for one in range(60)]
    slips += [Slip(f"B-{one}", "武冈市", "安全饮水", 2) for one in range(10)]
    slips += [Slip(f"C-{one}", "武冈市", "小额贷款") for one in range(20)]
    drawn = Counter(number[0] for number in draw(slips, "种子", 10))
    assert drawn == {"A": 6, "B": 2, "C": 2}


def test_more_tickets_win_more_often_in_the_measure_of_their_number() -> None:
    slips = [Slip(f"N-{one}", "新邵县", "安全饮水", 4 if one == 0 else 1) for one in range(5)]
    won = sum(draw(slips, f"种子 {seed}", 1) == ["N-0"] for seed in range(2000))
    assert 0.45 < won / 2000 < 0.55  # four of eight tickets; the error of 2,000 draws is 0.011


def test_a_record_of_relapses_gives_tickets_up_to_a_limit() -> None:
    assert [tickets_for(relapses) for relapses in (0, 1, 4, 5, 90)] == [1, 2, 5, 5, 5]


@pytest.mark.parametrize(
    ("seed", "size", "days", "says"),
    [(" ", 5, 0, "随机种子"), ("x", 0, 0, "1 到 500"), ("x", 501, 0, "1 到 500"), ("x", 5, -1, "已经过去")],
)
def test_a_draw_that_cannot_be_repeated_or_done_is_refused(seed: str, size: int, days: int, says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_draw(seed, size, CLEARED + timedelta(days=days), CLEARED)

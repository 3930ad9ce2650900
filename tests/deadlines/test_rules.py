"""Lamps, levels and clocks against the domain's own sentences, written down here a second time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.base.access import Refused
from tracker.deadlines.rules import (
    DEFAULT,
    WHY_NAMES,
    Audience,
    Clocks,
    Facing,
    Lamp,
    Why,
    as_kept,
    check_clocks,
    days_overdue,
    lamp,
    level,
    level_name,
    progress_of,
    signal,
    time_used,
    to_keep,
    wait,
)
from tracker.issues.rules import overdue_from
from tracker.issues.workflow import OPEN, State
from tracker.workdays.rules import Calendar

DAY = timedelta(days=1)
MONDAY = date(2019, 9, 2)
WEEKDAYS = Calendar()
#: The first Saturday is worked, the Friday before it is off.
MADE_UP = Calendar({MONDAY + 4 * DAY: False, MONDAY + 5 * DAY: True})
GRAVITY = [Lamp.GREEN, Lamp.BLUE, Lamp.YELLOW, Lamp.RED]


@st.composite
def facings(draw: st.DrawFn, states: frozenset[State] = frozenset(State)) -> Facing:
    """An issue as lamps see it, around MONDAY."""
    around = st.integers(-30, 60).map(lambda days: MONDAY + days * DAY)
    state, deadline = draw(st.sampled_from(sorted(states))), draw(st.none() | around)
    began = MONDAY - draw(st.integers(0, 90)) * DAY
    applied = draw(st.dates(began, MONDAY)) if state is State.REVIEWING else None
    return Facing(
        State(state),
        deadline,
        overdue_from(State(state), deadline, applied),
        MONDAY - draw(st.integers(0, 9)) * DAY,
        began,
        draw(st.none() | st.integers(0, 100)),
    )


def expected(facing: Facing, today: date) -> Lamp:
    """The domain's sentence, each lamp asked for by itself; the gravest is shown."""
    if facing.state in (State.CLEARED, State.DISMISSED):
        return Lamp.GREEN
    unsigned = sum(
        (facing.waiting_since + n * DAY).weekday() < 5 for n in range(1, (today - facing.waiting_since).days + 1)
    )
    if facing.state is State.ASSIGNED and unsigned > 3:
        return Lamp.RED
    if facing.deadline is None:
        return Lamp.GREEN
    left = (facing.deadline - today).days
    if facing.overdue_from is None:  # applied for in time: the reviewers' clock runs
        return Lamp.GREEN
    whole = (facing.deadline - facing.began_on).days
    used = min(100, max(0, 100 * (today - facing.began_on).days // whole)) if whole > 0 else 0
    lag = used - facing.progress if facing.progress is not None else 0
    if left < 0 or lag > 30:
        return Lamp.RED
    if left <= 3 or lag >= 10:
        return Lamp.YELLOW
    return Lamp.BLUE if left <= 7 else Lamp.GREEN


@given(facings(), st.integers(0, 40))
def test_the_lamp_is_what_the_domain_says(facing: Facing, days: int) -> None:
    today = MONDAY + days * DAY
    assert lamp(facing, today, WEEKDAYS)[0] is expected(facing, today)


@given(facings(OPEN - {State.REVIEWING}), st.integers(0, 40), st.integers(1, 40))
def test_as_days_pass_and_nothing_is_done_a_lamp_never_gets_better(facing: Facing, days: int, more: int) -> None:
    now, then = (lamp(facing, MONDAY + passed * DAY, WEEKDAYS)[0] for passed in (days, days + more))
    assert GRAVITY.index(then) >= GRAVITY.index(now)


@given(facings(), st.integers(0, 40), st.integers(0, 100))
def test_more_progress_never_makes_a_lamp_worse(facing: Facing, days: int, more: int) -> None:
    today = MONDAY + days * DAY
    built = Facing(**(vars(facing) | {"progress": max(more, facing.progress or 0)}))
    if facing.progress is not None:
        before, after = (lamp(each, today, WEEKDAYS)[0] for each in (facing, built))
        assert GRAVITY.index(after) <= GRAVITY.index(before)


@pytest.mark.parametrize(
    ("left", "shown", "why"),
    [
        (8, Lamp.GREEN, Why.IN_TIME), (7, Lamp.BLUE, Why.DUE_THIS_WEEK), (4, Lamp.BLUE, Why.DUE_THIS_WEEK),
        (3, Lamp.YELLOW, Why.DUE_SOON), (0, Lamp.YELLOW, Why.DUE_SOON), (-1, Lamp.RED, Why.OVERDUE),
    ],
)  # fmt: skip
def test_blue_from_seven_days_yellow_from_three_red_the_day_after(left: int, shown: Lamp, why: Why) -> None:
    deadline = MONDAY + left * DAY
    facing = Facing(State.RECTIFYING, deadline, deadline + DAY, MONDAY, MONDAY - 30 * DAY)
    assert lamp(facing, MONDAY, WEEKDAYS) == (shown, why)


@pytest.mark.parametrize(
    ("progress", "shown"), [(50, Lamp.GREEN), (41, Lamp.GREEN), (40, Lamp.YELLOW), (20, Lamp.YELLOW), (19, Lamp.RED)]
)
def test_a_lag_of_ten_points_is_yellow_and_of_more_than_thirty_red(progress: int, shown: Lamp) -> None:
    deadline = MONDAY + 50 * DAY
    facing = Facing(State.RECTIFYING, deadline, deadline + DAY, MONDAY, MONDAY - 50 * DAY, progress)
    assert time_used(facing, MONDAY) == 50
    assert lamp(facing, MONDAY, WEEKDAYS)[0] is shown


def test_without_quantity_and_measures_there_is_no_lag() -> None:
    deadline = MONDAY + 9 * DAY
    facing = Facing(State.RECTIFYING, deadline, deadline + DAY, MONDAY, MONDAY - 300 * DAY, progress_of(None, None))
    assert lamp(facing, MONDAY, WEEKDAYS) == (Lamp.GREEN, Why.IN_TIME)


@pytest.mark.parametrize(
    ("quantity", "measures", "percent"),
    [((78, 93), (0, 4), 83), ((0, 93), (4, 4), 0), (None, (1, 3), 33), (None, (0, 0), None), ((100, 93), None, 100)],
)
def test_progress_is_the_quantity_else_the_share_of_finished_measures(
    quantity: tuple[int, int] | None, measures: tuple[int, int] | None, percent: int | None
) -> None:
    assert progress_of(quantity, measures) == percent


def test_unsigned_for_more_than_three_working_days_is_red_make_up_days_counted() -> None:
    deadline = MONDAY + 90 * DAY
    facing = Facing(State.ASSIGNED, deadline, deadline + DAY, MONDAY, MONDAY)
    assert [lamp(facing, MONDAY + passed * DAY, WEEKDAYS)[0] for passed in (3, 4)] == [Lamp.GREEN, Lamp.RED]
    assert [lamp(facing, MONDAY + passed * DAY, MADE_UP)[0] for passed in (4, 5)] == [Lamp.GREEN, Lamp.RED]


@given(facings(), st.integers(0, 40))
def test_every_lamp_explains_itself_with_nothing_missing(facing: Facing, days: int) -> None:
    shown = signal(facing, MONDAY + days * DAY, WEEKDAYS)
    assert shown.sentence == WHY_NAMES[shown.why]
    assert "None" not in shown.sentence % shown.fields


# --- levels -------------------------------------------------------------------------------------------------------


def test_the_level_rises_on_the_days_the_domain_names() -> None:
    levels = [level(days) for days in range(-5, 60)]
    assert levels == sorted(levels)
    rises = [days for days, (now, then) in enumerate(pairwise(levels), start=-4) if then > now]
    assert rises == [1, 3, 7, 15, 30]
    assert (levels[0], levels[-1]) == (0, 5)


def test_each_level_has_the_name_of_whom_it_tells() -> None:
    assert [level_name(number) for number in range(1, 6)] == ["责任单位", "牵头领导", "督办单", "通报名单", "约谈名单"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"level_days": (1, 3, 3, 15, 30)},
        {"level_days": (1, 3, 7, 15, 14)},
        {"level_days": (0, 3, 7, 15, 30)},
        {"level_days": (1, 3, 7, 15, 251)},
        {"tells": (*DEFAULT.tells[:4], ())},
    ],
)
def test_levels_rise_strictly_begin_with_a_day_and_tell_somebody(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        check_clocks(replace(DEFAULT, **wrong))


def test_thresholds_come_back_as_they_were_kept() -> None:
    other = replace(DEFAULT, level_days=(2, 4, 8, 16, 32), tells=((Audience.LEADING, Audience.ROOT),) * 5)
    assert as_kept(json.loads(json.dumps(to_keep(other)))) == other
    assert as_kept({"blue_days": 9}) == replace(DEFAULT, blue_days=9)


@given(st.dates(date(2019, 1, 1), date(2019, 12, 31)), st.integers(-50, 50))
def test_the_first_late_day_is_day_one(deadline: date, days: int) -> None:
    late_from = overdue_from(State.RECTIFYING, deadline)
    assert days_overdue(late_from, deadline + days * DAY) == max(0, days)
    assert days_overdue(None, deadline) == 0


# --- when the clock stands still ----------------------------------------------------------------------------------


@given(st.sampled_from(State), st.integers(-5, 5))
def test_the_clock_runs_while_open_unless_applied_for_by_the_deadline(state: State, days: int) -> None:
    applied = MONDAY + days * DAY if state is State.REVIEWING else None
    stands = state in (State.CLEARED, State.DISMISSED) or (applied is not None and days <= 0)
    assert overdue_from(state, MONDAY, applied) == (None if stands else MONDAY + DAY)
    assert overdue_from(state, None, applied) is None


# --- the other clocks ---------------------------------------------------------------------------------------------

ALLOWED = {State.LISTED: 3, State.ASSIGNED: 3, State.PLANNING: 10, State.REVIEWING: 5}


@pytest.mark.parametrize("state", State)
def test_each_state_may_wait_its_working_days(state: State) -> None:
    if state not in ALLOWED:
        assert wait(state, MONDAY, MONDAY + 99 * DAY, WEEKDAYS) is None
        return
    last = WEEKDAYS.add_workdays(MONDAY, ALLOWED[state])
    held, over = (wait(state, MONDAY, day, WEEKDAYS) for day in (last, WEEKDAYS.add_workdays(last, 1)))
    assert held is not None
    assert over is not None
    assert (held.workdays, held.is_long, over.is_long) == (ALLOWED[state], False, True)


def test_clocks_can_be_set_otherwise() -> None:
    slow = Clocks(blue_days=2, yellow_days=1, unsigned_workdays=30)
    facing = Facing(State.ASSIGNED, MONDAY + 3 * DAY, MONDAY + 4 * DAY, MONDAY - 14 * DAY, MONDAY - 14 * DAY)
    assert lamp(facing, MONDAY, WEEKDAYS, slow)[0] is Lamp.GREEN
    assert lamp(facing, MONDAY, WEEKDAYS, DEFAULT)[0] is Lamp.RED

"""The job brings up what is due, once for each date; an overdue look-back keeps a cell from being proven."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.dossier.situations import SITUATIONS
from tests.world import World
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.board.queries import board
from tracker.board.rules import Standing
from tracker.desks.queries import supervisor_figures
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.lookbacks import queries
from tracker.lookbacks.actions import hold_lookback
from tracker.lookbacks.rules import Asked, Result, Visit
from tracker.schedule import actions as schedule

DUE = date(2019, 10, 1)
DAY = timedelta(days=1)


@pytest.fixture
def world(any_world: World) -> World:
    return any_world


@pytest.fixture
def issue(world: World) -> Issue:
    with transaction():
        return SITUATIONS["cleared"](world, Kind.IMMEDIATE)


def told() -> list[tuple[int, str]]:
    events = db.session.scalars(select(Event).where(Event.verb == "look_back_due").order_by(Event.id))
    return [(event.subject_id or 0, event.data["due_on"]) for event in events]


def test_what_is_due_is_brought_up_on_its_day_and_once(issue: Issue) -> None:
    job = schedule.job_named("lookback")
    assert [schedule.run_slot(job, day) for day in (DUE - DAY, DUE, DUE, DUE + DAY)] == [
        {"brought_up": 0}, {"brought_up": 1}, None, {"brought_up": 0},
    ]  # fmt: skip
    assert told() == [(issue.id, "2019-10-01")]


def test_what_was_looked_at_in_time_is_not(world: World, issue: Issue) -> None:
    with transaction():
        early = DUE - 10 * DAY
        hold_lookback(issue, world.root_supervisor, today=early, visit=Visit(early, "村", "人", "好", Result.HELD))
    job = schedule.job_named("lookback")
    assert schedule.run_slot(job, DUE) == {"brought_up": 0}
    assert schedule.run_slot(job, date(2020, 1, 1)) == {"brought_up": 1}


def test_a_cell_is_proven_until_a_look_back_is_due_and_again_once_it_held(world: World, issue: Issue) -> None:
    def figures(today: date) -> tuple[Standing | None, int, int, int]:
        shown = board(world.root_supervisor, today)
        cells = {(cell.county_id, cell.category_id): cell for line in shown.lines for cell in line.cells}
        cell = cells[issue.county_id, issue.category_id]
        listed = queries.due(Asked(county=issue.county_id, long_term=False), world.root_supervisor, today, None).total
        return cell.standing, cell.tally.look_backs, listed, supervisor_figures(world.root_supervisor, today).look_backs

    assert figures(DUE - DAY) == (Standing.PROVEN, 0, 0, 0)
    assert figures(DUE) == (Standing.DECLARED, 1, 1, 1)
    with transaction():
        hold_lookback(issue, world.root_supervisor, today=DUE, visit=Visit(DUE, "村", "人", "好", Result.HELD))
    assert figures(DUE) == (Standing.PROVEN, 0, 0, 0)

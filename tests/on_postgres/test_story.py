"""The same rules on a real PostgreSQL: the door, the job, a ledger, search and board."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.ledgers.test_actions import ROWS, ledger, take_in
from tests.world import TODAY, World, assign_one, make_world
from tracker.base.db import db, transaction
from tracker.board.queries import board, counts_differ
from tracker.deadlines.jobs import flag_overdue
from tracker.issues.models import OverdueEpisode
from tracker.register import queries as register
from tracker.register.rules import Filters
from tracker.schedule import actions as schedule

LATE = date(2019, 9, 10)


@pytest.fixture
def app(pg_app: Flask) -> Flask:
    return pg_app


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


def test_a_ledger_comes_in_is_found_counted_and_flagged(world: World) -> None:
    take_in(world.supervisor, ledger(*ROWS), create_missing=True)
    assert register.listing(Filters(q="饮水"), world.supervisor, TODAY, None).total == 1
    assert counts_differ() == []
    with transaction():
        assign_one(world)
    ran = schedule.run_slot(schedule.job_named("overdue"), LATE)
    assert ran is not None
    assert schedule.run_slot(schedule.job_named("overdue"), LATE) is None
    with transaction():
        assert sum(flag_overdue(LATE).values()) == 0
    assert db.session.scalar(select(func.count()).select_from(OverdueEpisode)) >= 2
    assert board(world.root_supervisor, LATE).whole.overdue >= 2

"""The same rules on a real PostgreSQL: the door, the job, a ledger, search and board, and one winner among many."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.ledgers.test_actions import ROWS, ledger, take_in
from tests.world import TODAY, World, assign_one, list_one, make_world, upload
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.board.queries import board, counts_differ
from tracker.clearance import actions as clearance
from tracker.clearance.rules import Standard
from tracker.deadlines.jobs import flag_overdue
from tracker.issues import actions as issues
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.workflow import Kind, State
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


def test_of_many_reviews_at_once_exactly_one_wins(app: Flask, world: World, tmp_path: Path) -> None:
    with transaction():
        issue = assign_one(world, list_one(world, kind=Kind.IMMEDIATE))
        issues.accept(issue, world.official, today=TODAY)
    number = issue.id
    evidence = tmp_path / "证明.txt"
    evidence.write_text("已通水", encoding="utf-8")
    with transaction():
        clearance.request_clearance(
            db.session.get_one(Issue, number),
            world.official,
            today=TODAY,
            answers={
                each: clearance.Answer("已做到", (), [upload("证明.txt", evidence.read_bytes())]) for each in Standard
            },
        )
    reviewers = [world.supervisor.id, world.supervisor2.id] * 4
    won: list[int] = []

    def review(person: int) -> None:
        with app.app_context():
            try:
                with transaction():
                    clearance.pass_level(
                        db.session.get_one(Issue, number),
                        db.session.get_one(type(world.official), person),
                        today=TODAY,
                        opinion="属实",
                    )
                won.append(person)
            except Refused:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=review, args=(person,)) for person in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    db.session.rollback()
    assert db.session.get_one(Issue, number).state is State.REVIEWING

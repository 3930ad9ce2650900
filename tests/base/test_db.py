"""``transaction()``: whole or not at all, one writer at a time, and what was read before stays usable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError

from tests.world import TODAY, World, assign_one, list_one
from tracker.base.access import Conflict, Refused
from tracker.base.db import Instant, db, prepare, transaction
from tracker.base.journal import Event
from tracker.issues import actions
from tracker.issues.models import Issue, NumberSeries
from tracker.issues.workflow import Verb
from tracker.org.models import Region, Unit

THREADS, TIMES = 8, 50


def in_threads(app: Flask, act: Callable[[int], None], number: int = THREADS) -> list[BaseException]:
    """Run ``act(place)`` in as many threads at once, each with a session of its own; returns what they raised."""
    raised: list[BaseException] = []
    gate = threading.Barrier(number)

    def run(place: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                act(place)
            except BaseException as error:
                raised.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def test_a_block_that_ends_is_kept(any_world: World) -> None:
    with transaction():
        number = list_one(any_world).number
    db.session.rollback()
    assert db.session.scalars(select(Issue.number)).all() == [number]


@pytest.mark.parametrize("error", [Refused("不行"), KeyboardInterrupt(), ZeroDivisionError()])
def test_a_block_that_is_left_by_an_error_leaves_nothing(world: World, error: BaseException) -> None:
    with pytest.raises(type(error)), transaction():
        list_one(world)
        raise error
    with transaction():  # not poisoned
        pass
    for table in (Issue, Event, NumberSeries):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_what_was_read_before_is_read_again_and_usable_after(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
    assert issue.title  # loaded in this session, outside any writing
    with db.engine.connect() as elsewhere:
        elsewhere.exec_driver_sql("UPDATE issue SET title = 'somebody else''s'")
        elsewhere.commit()
    with transaction():
        assert issue.title == "somebody else's"
        issue.title = "mine"
    assert issue.title == "mine"
    assert issue.units[0].unit.name == "新邵县水利局"


def test_a_refused_block_gives_objects_back_as_they_are_stored(world: World) -> None:
    with transaction():
        issue = assign_one(world)
    with pytest.raises(Refused), transaction():
        issue.title = "half done"
        raise Refused("不行")
    assert issue.title == "沙坪村饮水工程完工一年未通水"


def test_changes_made_before_the_block_are_a_slip_that_is_named(world: World) -> None:
    world.units["water"].name = "改早了"
    with pytest.raises(RuntimeError, match="inside"), transaction():
        pass
    db.session.rollback()


def test_two_acts_on_one_issue_at_once_have_one_winner(any_app: Flask, any_world: World) -> None:
    with transaction():
        issue_id = assign_one(any_world).id
    seen, person = db.session.get_one(Issue, issue_id).version, any_world.official.id
    db.session.rollback()

    def accept(_place: int) -> None:
        issue = db.session.get_one(Issue, issue_id)
        actor = db.session.get_one(type(any_world.official), person)
        with transaction():
            actions.unchanged(issue, seen)
            actions.accept(issue, actor, today=TODAY)

    raised = in_threads(any_app, accept)
    assert len(raised) == THREADS - 1
    assert {type(error) for error in raised} <= {Conflict, Refused}
    assert db.session.scalar(select(func.count()).where(Event.verb == Verb.ACCEPT.value)) == 1


def test_on_sqlite_the_block_holds_the_write_lock_so_no_increment_is_lost(app: Flask, world: World) -> None:
    with transaction():
        db.session.add(NumberSeries(year=1, last=0))

    def count_up(_place: int) -> None:
        for _ in range(TIMES):
            with transaction():
                db.session.get_one(NumberSeries, 1).last += 1

    assert in_threads(app, count_up) == []
    assert db.session.get_one(NumberSeries, 1).last == THREADS * TIMES


def test_a_versioned_row_loses_no_increment_when_the_loser_tries_again(any_app: Flask, any_world: World) -> None:
    with transaction():
        issue_id = assign_one(any_world, quantity=("户", THREADS * 10)).id
    db.session.rollback()

    def build_ten(_place: int) -> None:
        built = 0
        while built < 10:
            issue = db.session.get_one(Issue, issue_id)
            try:
                with transaction():
                    issue.quantity_done += 1
                    issue.updated_at = datetime.now(UTC)
                built += 1
            except Conflict:
                continue

    assert in_threads(any_app, build_ten) == []
    assert db.session.get_one(Issue, issue_id).quantity_done == THREADS * 10


def test_numbers_of_a_series_are_given_once(any_app: Flask, any_world: World) -> None:
    given: list[str] = []

    def take(_place: int) -> None:
        for _ in range(10):
            with transaction():
                given.append(actions.next_number(2019))

    assert in_threads(any_app, take) == []
    assert sorted(given) == [f"2019-{number:05d}" for number in range(1, THREADS * 10 + 1)]


def test_a_unique_slot_lost_to_somebody_faster_is_a_conflict_and_a_slip_of_ours_is_not(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
    for slip in ({"state": "cleared"}, {"quantity_done": -1}, {"region_id": 99_999}, {"title": None}):
        with pytest.raises(IntegrityError), transaction():
            for name, value in slip.items():
                setattr(issue, name, value)
    with pytest.raises(Conflict), transaction():
        list_one(any_world, number=issue.number)


def test_foreign_keys_hold(any_world: World) -> None:
    region = any_world.regions["shaping"].id
    with pytest.raises(IntegrityError), transaction():
        db.session.add(Unit(name="无处可坐", region_id=99_999))
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text("DELETE FROM region WHERE id = :id"), {"id": region})
    assert db.session.get(Region, region) is not None


def test_an_instant_is_utc_both_ways_and_never_naive(any_app: Flask) -> None:
    told = datetime(2019, 7, 1, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    with transaction():
        db.session.add(Event(at=told, verb="x", subject="x", subject_id=1))
    db.session.expire_all()
    stored = db.session.scalars(select(Event.at)).one()
    assert (stored, stored.utcoffset()) == (told, timedelta(0))
    with pytest.raises(Exception, match="time zone"), transaction():
        db.session.add(Event(at=datetime(2019, 7, 1), verb="x", subject="x", subject_id=1))  # noqa: DTZ001
    assert Instant().process_bind_param(None, db.engine.dialect) is None


def test_every_sqlite_connection_is_durable_and_checks_keys(app: Flask) -> None:
    pragmas = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar()
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}


def test_reading_does_not_wait_for_the_writer_and_sees_what_was_there(app: Flask, world: World) -> None:
    reader = create_engine(db.engine.url)
    prepare(reader)
    with transaction():
        list_one(world)
        db.session.flush()
        with reader.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM issue")) == 0
    with reader.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM issue")) == 1
    reader.dispose()


def test_days_are_kept_as_days(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world, deadline=date(2019, 12, 31))
    db.session.expire_all()
    assert issue.deadline == date(2019, 12, 31)

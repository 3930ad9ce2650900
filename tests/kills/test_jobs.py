"""The overdue job killed anywhere, run twice, run by two at once: each overdue issue is flagged exactly once."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.bench.volume import build
from tests.effort import dice, rounds
from tests.kills.processes import finish, kill, kill_after, moments, start, timed
from tracker.base import clock
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.issues.models import Issue, OverdueEpisode
from tracker.schedule.models import JobRun

ISSUES = 5_000
JOB = ("jobs", "run", "overdue")
pytestmark = pytest.mark.xdist_group("kills")


def flagged() -> tuple[int, int, int]:
    """How many episodes, how many events of the job, how many slots on record."""
    db.session.rollback()
    events = select(func.count()).where(Event.verb == "overdue")
    return tuple(  # type: ignore[return-value]
        db.session.scalar(query) or 0
        for query in (
            select(func.count(OverdueEpisode.id)),
            events,
            select(func.count(JobRun.slot)).where(JobRun.job == "overdue"),
        )
    )


def overdue() -> int:
    number = db.session.scalar(select(func.count()).where(Issue.overdue_from <= clock.today())) or 0
    assert number > 50
    return number


def assert_each_is_flagged_once_from_its_deadline() -> None:
    number = overdue()
    assert flagged() == (number, number, 1)
    rows = db.session.execute(
        select(OverdueEpisode.issue_id, OverdueEpisode.deadline, OverdueEpisode.starts_on, Issue.deadline)
        .join(Issue, Issue.id == OverdueEpisode.issue_id)
        .where(OverdueEpisode.ended_on.is_(None), Issue.overdue_from <= clock.today())
    ).all()
    assert len({row.issue_id for row in rows}) == number
    assert all(row[1] == row[3] and row.starts_on == row[3] + timedelta(days=1) for row in rows)


def test_a_killed_job_leaves_nothing_or_all_and_is_made_up_for(any_app: Flask) -> None:
    chance, again = dice()
    build(ISSUES, clock.today())
    idle = timed(start(any_app, "jobs", "list"))  # what starting alone takes
    killed, late = 0, overdue()
    for moment in moments(chance, rounds(3), idle, 1.1):
        killed += kill_after(start(any_app, *JOB), moment)
        assert flagged() in {(0, 0, 0), (late, late, 1)}, again
        if flagged()[2]:
            break
    assert killed, "nothing was killed in time"
    finish(start(any_app, *JOB))
    assert_each_is_flagged_once_from_its_deadline()
    assert "没有重复" in finish(start(any_app, *JOB))
    assert_each_is_flagged_once_from_its_deadline()


def test_two_at_once_with_one_killed_flag_each_issue_once(any_app: Flask) -> None:
    chance, _ = dice()
    build(ISSUES, clock.today())
    for _ in range(rounds(1)):
        first, second = start(any_app, *JOB), start(any_app, *JOB)
        kill_after(first, chance.uniform(0.6, 2.0))
        finish(second)
    assert_each_is_flagged_once_from_its_deadline()


def test_a_scheduler_takes_over_from_a_killed_one(any_app: Flask) -> None:
    chance, _ = dice()
    build(ISSUES, clock.today())
    kill_after(start(any_app, "scheduler"), chance.uniform(0.8, 2.0))
    heirs = [start(any_app, "scheduler"), start(any_app, "scheduler")]
    try:
        for _ in range(600):
            if flagged()[2]:
                break
            assert all(heir.poll() is None for heir in heirs), "a scheduler ended by itself"
            time.sleep(0.1)
        assert_each_is_flagged_once_from_its_deadline()
    finally:
        for heir in heirs:
            kill(heir)

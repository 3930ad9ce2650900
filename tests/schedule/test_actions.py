"""Slots: due from their time of day, oldest first, once; a failing job keeps no claim."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask

from tracker.base.access import Refused
from tracker.schedule import actions
from tracker.schedule.jobs import Job
from tracker.schedule.queries import has_run
from tracker.schedule.rules import due_days

DAY = date(2019, 9, 5)


def test_missed_days_are_made_up_oldest_first() -> None:
    assert list(due_days(date(2019, 9, 2), DAY, time(0), time(8))) == [date(2019, 9, 3), date(2019, 9, 4), DAY]


def test_a_slot_is_not_due_before_its_time_of_day() -> None:
    assert list(due_days(date(2019, 9, 4), DAY, time(6), time(5, 59))) == []
    assert list(due_days(date(2019, 9, 4), DAY, time(6), time(6))) == [DAY]


def test_the_first_run_looks_at_today_only_and_time_going_back_runs_nothing() -> None:
    assert list(due_days(None, DAY, time(0), time(8))) == [DAY]
    assert list(due_days(date(2019, 9, 9), DAY, time(0), time(8))) == []


def test_a_slot_runs_once(app: Flask) -> None:
    ran: list[date] = []

    def note(day: date) -> dict[str, int]:
        ran.append(day)
        return {"noted": 1}

    job = Job("note", time(0), "", note)
    assert actions.run_slot(job, DAY) == {"noted": 1}
    assert actions.run_slot(job, DAY) is None
    assert ran == [DAY]


def test_a_job_that_fails_keeps_no_claim(app: Flask) -> None:
    def fail(_day: date) -> dict[str, int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        actions.run_slot(Job("fail", time(0), "", fail), DAY)
    assert not has_run("fail", DAY.isoformat())


def test_an_unknown_job_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(Refused, match="overdue"):
        actions.job_named("midnight")

"""The product's own scheduler in processes of their own, at a made-up time, killed at any statement, racing for a night."""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import time_machine
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy import event, func, select

from tracker import create_app
from tracker.base import clock
from tracker.base.config import Config
from tracker.base.db import db
from tracker.schedule import actions as schedule
from tracker.schedule.models import JobRun

#: What must have run before a night counts as over.
NIGHT = ("overdue", "escalation", "steps", "reviews")
_DEATHS = 3  # of a night; whoever comes then lives

# A server that has everything imported once and forks: a process each time from nothing would cost seconds.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


@contextmanager
def _everybody(_data_dir: Path) -> Iterator[bool]:
    yield True


def run(data_dir: str, database_url: str, secret_key: str, at: datetime, dies_after: int | None, lock: bool) -> None:
    """Be a scheduler until killed: by oneself after so many statements and commits, where ``dies_after`` says so.
    Without ``lock`` nothing but the claims keeps two from doing the same."""
    logging.disable(logging.CRITICAL)
    app = create_app(Config(data_dir=Path(data_dir), database_url=database_url, secret_key=secret_key))
    left = dies_after or -1

    def step(*_said: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", step)
        event.listen(db.engine, "commit", step)
    schedule.TICK_SECONDS = 0.2  # type: ignore[assignment]
    if not lock:
        schedule.sole_runner = _everybody
    with time_machine.travel(at, tick=True):
        schedule.start(app, BlockingScheduler(timezone=clock.ZONE))


def _start(app: Flask, at: datetime, dies_after: int | None, lock: bool) -> BaseProcess:
    config = app.config["TRACKER"]
    what = (str(config.data_dir), config.database_url, config.secret_key, at, dies_after, lock)
    process = _context.Process(target=run, args=what, daemon=True)
    process.start()
    return process


def is_over(day: date) -> bool:
    db.session.rollback()
    ran = select(func.count()).where(JobRun.slot == day.isoformat(), JobRun.job.in_(NIGHT))
    return db.session.scalar(ran) == len(NIGHT)


def through_the_night(app: Flask, day: date, at: datetime, chance: random.Random) -> int:
    """Two schedulers at once, each of which dies somewhere while others take over, until the night is over; then they too
    are killed, whatever they are at. Returns how many died on the way."""
    lock, deaths = chance.random() < 0.5, 0
    db.session.rollback()  # the test must not hold a snapshot while others write

    def another() -> BaseProcess:
        return _start(app, at, chance.randint(1, 60) if deaths < _DEATHS else None, lock)

    running = [another(), another()]
    patience = time.monotonic() + 120
    try:
        while not is_over(day):
            assert time.monotonic() < patience, "the night does not end"
            for place, process in enumerate(running):
                if not process.is_alive():
                    process.join()
                    deaths += 1
                    running[place] = another()
            time.sleep(0.02)
    finally:
        for process in running:
            process.kill()
            process.join(10)
    return deaths

"""Run what is due: each slot's effects and its claim in one transaction, so it happens once or not at all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from apscheduler.schedulers.base import BaseScheduler
from filelock import FileLock, Timeout
from flask import Flask
from sqlalchemy import text

from tracker.base import clock, journal
from tracker.base.access import N_, Refused
from tracker.base.db import db, transaction, upsert
from tracker.progress.jobs import keep, photos_to_look_at
from tracker.schedule.jobs import BEATS, JOBS, Beat, Job
from tracker.schedule.models import JobRun
from tracker.schedule.queries import latest_slot
from tracker.schedule.rules import due_days

log = logging.getLogger(__name__)

TICK_SECONDS = 20
_ADVISORY_LOCK = 0x7EC71F1E  # any number of our own; saves work only, the claim decides


def job_named(name: str) -> Job:
    """Raises Refused naming the jobs there are."""
    for job in JOBS:
        if job.name == name:
            return job
    raise Refused(
        N_("没有名为“%(name)s”的作业，现有：%(names)s。"),
        name=name,
        names="、".join([j.name for j in JOBS] + [b.name for b in BEATS]),
    )


def beat_named(name: str) -> Beat:
    """Raises KeyError: callers know their beats."""
    return {beat.name: beat for beat in BEATS}[name]


def run_slot(job: Job, day: date) -> dict[str, int] | None:
    """Run a job as of ``day`` unless that slot has run; returns its effects, None when it had."""
    with transaction():
        claim = upsert(JobRun).values(job=job.name, slot=day.isoformat(), ran_at=clock.now(), effects={})
        claimed = db.session.scalar(claim.on_conflict_do_nothing().returning(JobRun.slot))
        if claimed is None:
            return None
        effects = job.run(day)
        db.session.get_one(JobRun, (job.name, day.isoformat())).effects = effects
    return effects


def run_due() -> int:
    """Run every slot that is due, oldest first; returns how many ran here."""
    now = clock.local(clock.now())
    ran = 0
    for job in JOBS:
        newest = latest_slot(job.name)
        last = date.fromisoformat(newest) if newest else None
        for day in due_days(last, now.date(), job.at, now.time()):
            effects = run_slot(job, day)
            if effects is not None:
                log.info("job %s as of %s: %s", job.name, day, effects)
                ran += 1
    return ran


def seal() -> int:
    """Chain what was written since the last beat; returns how many events."""
    with transaction():
        return journal.seal()


def look_at_photos() -> int:
    """Look at some files stored before photos were looked at; returns how many. Pictures are drawn with no lock held."""
    found = photos_to_look_at()
    if found:
        with transaction():
            keep(found)
    return len(found)


@contextmanager
def sole_runner(data_dir: Path) -> Iterator[bool]:
    """True for at most one process at a time. Only saves work: without it the claims still keep everything once."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            mine = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_LOCK}))
            try:
                yield mine
            finally:
                if mine:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
        return
    lock = FileLock(data_dir / "scheduler.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def tick(app: Flask) -> None:
    """One beat: run what is due. A failure is logged and tried again at the next beat."""
    with app.app_context():
        try:
            with sole_runner(app.config["TRACKER"].data_dir) as mine:
                if mine:
                    run_due()
                    seal()
                    look_at_photos()
        except Exception:
            log.exception("tick failed; the next one tries again")
        finally:
            db.session.remove()


def beat(app: Flask, name: str) -> None:
    """Do what is done at every beat, apart from the slots: a receiver that answers slowly must not hold up a midnight."""
    with app.app_context():
        try:
            beat_named(name).run()
        except Exception:
            log.exception("%s failed; the next beat tries again", name)


def start(app: Flask, scheduler: BaseScheduler) -> None:
    """Give the scheduler its interval jobs, the tick and the beats, and start it (blocks with a blocking scheduler)."""
    scheduler.add_job(
        tick,
        "interval",
        args=(app,),
        seconds=TICK_SECONDS,
        next_run_time=clock.now(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    for each in BEATS:
        scheduler.add_job(
            beat,
            "interval",
            args=(app, each.name),
            seconds=TICK_SECONDS,
            next_run_time=clock.now(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()

"""Which slots have run."""

from __future__ import annotations

from sqlalchemy import func, select

from tracker.base.db import db
from tracker.schedule.models import JobRun


def latest_slot(job: str) -> str | None:
    """The newest slot on record (ISO day), None when the job never ran."""
    return db.session.scalar(select(func.max(JobRun.slot)).where(JobRun.job == job))


def has_run(job: str, slot: str) -> bool:
    return db.session.get(JobRun, (job, slot)) is not None

"""What the clock does to tasks: it tells that a day draws near, and that it has passed without an answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, literal, or_

from tracker.base import clock
from tracker.deadlines.queries import kept_clocks
from tracker.messages.actions import queue
from tracker.messages.rules import Matter
from tracker.tasks.models import Task
from tracker.tasks.queries import asked_it, follows_it, late, owes_it, to_tell
from tracker.tasks.rules import TaskState


def tell_tasks(today: date, at: datetime | None = None) -> dict[str, int]:
    """Tell whoever owes an answer that its day is near, and them, who asked and who follows it that it has passed; each once
    for each day it was to be answered by.

    The keys make missed days, double runs and a clock moved back harmless. Runs in the caller's transaction. Returns how
    many were told.
    """
    instant, days = at or clock.now(), kept_clocks().yellow_days
    # what was only asked today has just been told
    soon = (Task.state == TaskState.OPEN, Task.asked_on < today, Task.due.between(today, today + timedelta(days=days)))
    near = to_tell(_once("task_due"), days).join(Task, owes_it()).where(*soon)
    passed = to_tell(_once("task_late"), 0).join(Task, or_(owes_it(), asked_it(), follows_it())).where(late(today))
    return {
        "told": queue(near, Matter.TASK_DUE_SOON, day=today, at=instant)
        + queue(passed, Matter.TASK_LATE, day=today, at=instant)
    }


def _once(word: str) -> ColumnElement[str]:
    return literal(f"{word}:").concat(cast(Task.id, String)).concat(":").concat(cast(Task.due, String))

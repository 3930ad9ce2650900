"""Use cases: ask, answer, accept, return, withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.base import clock, files, journal
from tracker.base.access import N_, Actor, Conflict, Refused, Right, may
from tracker.base.db import db
from tracker.tasks.models import Task, TaskFile
from tracker.tasks.queries import decided_by
from tracker.tasks.rules import PENDING, Asked, TaskKind, TaskState, check_asked, owns


def ask(
    kind: TaskKind, asked: Asked, actor: Actor, *, region_id: int, today: date, issue_id: int | None = None
) -> Task:
    """Give a task out; that this person may is for whoever calls (a meeting's keeper, a leader) to know."""
    check_asked(asked, today)
    task = Task(
        kind=kind,
        state=TaskState.OPEN,
        text=asked.text.strip(),
        region_id=region_id,
        issue_id=issue_id,
        unit_id=asked.unit_id,
        person_id=asked.person_id,
        due=asked.due,
        asked_on=today,
        asked_by_id=actor.id,
        asked_for_id=actor.for_id,
    )
    db.session.add(task)
    db.session.flush()
    _record("ask_task", task, actor, {"kind": kind.value, "unit": task.unit_id, "person": task.person_id}, task.text)
    return task


def answer(
    task: Task, actor: Actor, *, text: str, uploads: Iterable[Any] = (), version: int | None, at: datetime | None = None
) -> None:
    """Say what was done about it, with files; whoever supervises it decides next."""
    instant = at or clock.now()
    if not may(actor, Right.TASK_ANSWER) or not owns(actor, task.unit_id, task.person_id):
        raise Refused(N_("这件事不由您落实，不能由您答复。"))
    if task.state is not TaskState.OPEN:
        raise Refused(N_("这件事现在不等答复。"))
    _unchanged(task, version)
    if not text.strip():
        raise Refused(N_("请写明落实情况。"))
    stored = [_attach(task, upload, actor, instant) for upload in uploads if upload.filename]
    task.state, task.answer, task.answered_at = TaskState.ANSWERED, text.strip(), instant
    task.answered_by_id, task.answered_for_id = actor.id, actor.for_id
    _record("answer_task", task, actor, {"sha256": [one.sha256 for one in stored]}, task.answer)


def accept(task: Task, actor: Actor, *, opinion: str = "", version: int | None, at: datetime | None = None) -> None:
    """The answer settles it (验收)."""
    _decide(task, actor, TaskState.ACCEPTED, opinion, version, at)


def send_back(task: Task, actor: Actor, *, opinion: str, version: int | None, at: datetime | None = None) -> None:
    """The answer does not settle it: the task is open again, its day stays."""
    if not opinion.strip():
        raise Refused(N_("请写明退回的理由。"))
    _decide(task, actor, TaskState.OPEN, opinion, version, at)


def withdraw(task: Task, actor: Actor, *, reason: str, version: int | None) -> None:
    """Nothing is asked any more (撤销), with a reason; by the supervisors who follow it."""
    _decider(task, actor)
    if task.state not in PENDING:
        raise Refused(N_("这件事已经办结。"))
    if not reason.strip():
        raise Refused(N_("请写明撤销的理由。"))
    _unchanged(task, version)
    task.state, task.opinion = TaskState.WITHDRAWN, reason.strip()
    _record("withdraw_task", task, actor, {}, task.opinion)


def record_download(file: TaskFile, actor: Actor) -> None:
    journal.record("download", "task", file.task_id, **journal.by(actor), data={"sha256": file.sha256})


def _decide(task: Task, actor: Actor, state: TaskState, opinion: str, version: int | None, at: datetime | None) -> None:
    _decider(task, actor)
    if task.state is not TaskState.ANSWERED:
        raise Refused(N_("这件事还没有答复，不能验收。"))
    _unchanged(task, version)
    task.state, task.opinion, task.decided_at = state, opinion.strip() or None, at or clock.now()
    task.decided_by_id, task.decided_for_id = actor.id, actor.for_id
    _record("accept_task" if state is TaskState.ACCEPTED else "return_task", task, actor, {}, task.opinion)


def _decider(task: Task, actor: Actor) -> None:
    mine = db.session.scalar(select(Task.id).where(Task.id == task.id, decided_by(actor)))
    if not may(actor, Right.TASK_DECIDE) or mine is None:
        raise Refused(N_("只有管这个地区的督查人员能验收，答复人和落实单位的人不能验收自己的事。"))


def _unchanged(task: Task, version: int | None) -> None:
    if version is not None and version != task.version:
        raise Conflict


def _attach(task: Task, upload: Any, actor: Actor, at: datetime) -> TaskFile:
    stored = files.store(upload.stream, upload.filename)
    row = TaskFile(task_id=task.id, sha256=stored.sha256, name=upload.filename[-200:], by_id=actor.id, at=at)
    db.session.add(row)
    db.session.flush()
    return row


def _record(verb: str, task: Task, actor: Actor, data: dict[str, Any], remark: str | None) -> None:
    about = {"state": task.state.value, "due": task.due.isoformat(), **data}
    journal.record(verb, "task", task.id, **journal.by(actor), data=about, remark=remark)

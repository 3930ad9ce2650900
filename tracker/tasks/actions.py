"""Use cases: ask, instruct, ask many to check themselves, answer, accept, return, withdraw.

Whatever happens to a task passes ``_happened``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import literal, select

from tracker.accounts.models import User
from tracker.base import clock, files, journal
from tracker.base.access import N_, Actor, Conflict, Missing, Refused, Right, may
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.inspections.actions import inspection_with, write_findings
from tracker.inspections.models import Finding
from tracker.inspections.queries import keeps
from tracker.inspections.rules import LONGEST_CLAUSE, Entry, Source
from tracker.issues.models import Issue
from tracker.messages.actions import queue
from tracker.messages.rules import Matter
from tracker.org.models import Unit
from tracker.org.queries import county_of
from tracker.tasks.models import SelfCheck, SelfCheckFinding, SelfCheckPart, Task, TaskFile
from tracker.tasks.queries import (
    deciders_of,
    may_decide,
    owes_it,
    seat_to_instruct,
    to_tell,
    units_outside,
    within,
)
from tracker.tasks.rules import PENDING, Asked, Look, TaskKind, TaskState, check_asked, check_look, owns


def ask(
    kind: TaskKind,
    asked: Asked,
    actor: Actor,
    *,
    region_id: int,
    today: date,
    issue_id: int | None = None,
    at: datetime | None = None,
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
    about = {"kind": kind.value, "unit": task.unit_id, "person": task.person_id}
    _happened("ask_task", task, actor, about, task.text, at)
    return task


def instruct(issue: Issue, asked: Asked, actor: Actor, *, today: date, at: datetime | None = None) -> Task:
    """Write an instruction (批示) about an issue: a leader's, to whoever answers for the issue or sits in the leader's
    region. Followed in the name of the leader's post, so that of a city's leader by the city."""
    seat = seat_to_instruct(issue, actor)
    if seat is None:
        raise Missing
    if asked.person_id is not None and asked.person_id == actor.duty_id:
        raise Refused(N_("批示不能写给自己。"))
    chain = {issue.lead_unit_id, *(row.unit_id for row in issue.units)} - {None}
    people = {issue.lead_official_id, issue.responsible_person_id} - {None}
    if asked.unit_id not in chain and asked.person_id not in people:
        check_asked(asked, today)
        if not within(seat, asked.unit_id, asked.person_id):
            raise Refused(N_("只能批示给这个问题的责任链，或者您分管地区内的单位和人员。"))
    return ask(TaskKind.INSTRUCTION, asked, actor, region_id=seat, today=today, issue_id=issue.id, at=at)


def ask_self_check(
    text: str,
    due: date,
    unit_ids: Sequence[int],
    actor: Actor,
    *,
    region_id: int,
    today: date,
    issue: Issue | None = None,
    finding: Finding | None = None,
    at: datetime | None = None,
) -> SelfCheck:
    """Ask units of the region to look for the same kind of problem (举一反三), each by a task of its own.

    A supervisor's, for the whole region; ``issue`` or ``finding``: what gave the occasion, as this person sees it.
    """
    if not may(actor, Right.SELF_CHECK) or not keeps(actor, region_id):
        raise Missing
    units = list(dict.fromkeys(unit_ids))
    if not units:
        raise Refused(N_("请至少选一个要自查的单位。"))
    if len(units) > MOST_ASKED:
        raise Refused(N_("一次最多请 %(most)s 个单位自查。"), most=MOST_ASKED)
    if actor.unit_id in units:
        raise Refused(N_("不能请自己单位自查：答复要由别的单位的人验收。"))
    outside = units_outside(region_id, units)
    if outside:
        raise Refused(N_("“%(unit)s”不在您督查的地区，不能请它自查。"), unit=outside[0])
    check_asked(Asked(text, due, units[0], None), today)
    check = SelfCheck(
        text=text.strip(),
        region_id=region_id,
        issue_id=issue.id if issue else None,
        finding_id=finding.id if finding else None,
        due=due,
        asked_on=today,
        asked_by_id=actor.id,
        asked_for_id=actor.for_id,
    )
    db.session.add(check)
    db.session.flush()
    about = {"due": due.isoformat(), "units": units, "issue": check.issue_id, "finding": check.finding_id}
    journal.record("ask_self_check", "self_check", check.id, **journal.by(actor), data=about, remark=check.text, at=at)
    if issue is not None:
        told = {"self_check": check.id, "units": len(units)}
        journal.record("self_check_asked", "issue", issue.id, **journal.by(actor), data=told, at=at)
    for unit_id in units:
        one = Asked(text, due, unit_id, None)
        task = ask(TaskKind.SELF_CHECK, one, actor, region_id=region_id, today=today, issue_id=check.issue_id, at=at)
        db.session.add(SelfCheckPart(task_id=task.id, self_check_id=check.id))
    db.session.flush()
    return check


#: Units asked by one self-check: more than the townships of any city.
MOST_ASKED = 500


def answer(
    task: Task,
    actor: Actor,
    *,
    text: str,
    uploads: Iterable[Any] = (),
    version: int | None,
    look: Look | None = None,
    at: datetime | None = None,
) -> None:
    """Say what was done about it, with files; whoever supervises it decides next. ``look``: a self-check's."""
    instant = at or clock.now()
    if not may(actor, Right.TASK_ANSWER) or not owns(actor, task.unit_id, task.person_id):
        raise Refused(N_("这件事不由您落实，不能由您答复。"))
    if task.state is not TaskState.OPEN:
        raise Refused(N_("这件事现在不等答复。"))
    _unchanged(task, version)
    if not text.strip():
        raise Refused(N_("请写明落实情况。"))
    check_look(task.kind, look)
    if task.part is not None and look is not None:
        _write_look(task.part, look)
    stored = [_attach(task, upload, actor, instant) for upload in uploads if upload.filename]
    task.state, task.answer, task.answered_at = TaskState.ANSWERED, text.strip(), instant
    task.answered_by_id, task.answered_for_id = actor.id, actor.for_id
    _happened("answer_task", task, actor, {"sha256": [one.sha256 for one in stored]}, task.answer, instant)


def accept(task: Task, actor: Actor, *, opinion: str = "", version: int | None, at: datetime | None = None) -> None:
    """The answer settles it (验收); what a self-check found becomes findings, to be listed one by one."""
    _decide(task, actor, TaskState.ACCEPTED, opinion, version, at)
    if task.part is not None and task.part.findings:
        _hand_over(task, task.part, actor, at or clock.now())


def send_back(
    task: Task,
    actor: Actor,
    *,
    opinion: str,
    version: int | None,
    today: date,
    due: date | None = None,
    at: datetime | None = None,
) -> None:
    """The answer does not settle it: the task is open again, until its day or a new one."""
    if not opinion.strip():
        raise Refused(N_("请写明退回的理由。"))
    if due is not None and due < today:
        raise Refused(N_("完成时限不能早于今天。"))
    _decide(task, actor, TaskState.OPEN, opinion, version, at, due)


def withdraw(task: Task, actor: Actor, *, reason: str, version: int | None, at: datetime | None = None) -> None:
    """Nothing is asked any more (撤销), with a reason; by whoever decides it."""
    _decider(task, actor)
    if task.state not in PENDING:
        raise Refused(N_("这件事已经办结。"))
    if not reason.strip():
        raise Refused(N_("请写明撤销的理由。"))
    _unchanged(task, version)
    task.state, task.opinion = TaskState.WITHDRAWN, reason.strip()
    _happened("withdraw_task", task, actor, {}, task.opinion, at)


def record_download(file: TaskFile, actor: Actor) -> None:
    journal.record("download", "task", file.task_id, **journal.by(actor), data={"sha256": file.sha256})


def _decide(
    task: Task,
    actor: Actor,
    state: TaskState,
    opinion: str,
    version: int | None,
    at: datetime | None,
    due: date | None = None,
) -> None:
    _decider(task, actor)
    if task.state is not TaskState.ANSWERED:
        raise Refused(N_("这件事还没有答复，不能验收。"))
    _unchanged(task, version)
    task.state, task.opinion, task.decided_at = state, opinion.strip() or None, at or clock.now()
    task.decided_by_id, task.decided_for_id, task.due = actor.id, actor.for_id, due or task.due
    _happened("accept_task" if state is TaskState.ACCEPTED else "return_task", task, actor, {}, task.opinion, at)


def _write_look(part: SelfCheckPart, look: Look) -> None:
    """Replace what the answer before said."""
    part.looked_by, part.found = look.by.strip()[:200], len(look.found)
    part.findings = []
    db.session.flush()  # the old lines go before new ones take their places
    part.findings = [SelfCheckFinding(position=place, wording=words) for place, words in enumerate(look.found)]


def _hand_over(task: Task, part: SelfCheckPart, actor: Actor, at: datetime) -> None:
    """What was found comes to the office as a hand-over of the self-check, the unit as its clause: from there each is
    listed, merged or declined like any other finding."""
    check = part.self_check
    title = f"举一反三自查（{check.asked_on.isoformat()}）：{check.text[:60]}"
    handed = inspection_with(Source.SELF_INSPECTION, title, None, check.region_id, clock.local(at).date())
    unit = db.session.get_one(Unit, task.unit_id)
    column = county_of(unit.region_id)
    entries = [Entry(unit.name[:LONGEST_CLAUSE], one.wording, column) for one in part.findings]
    made = write_findings(handed, actor, entries, at=at)
    for one, finding in zip(part.findings, made, strict=True):
        one.finding_id = finding.id


def _decider(task: Task, actor: Actor) -> None:
    if may_decide(task, actor):
        return
    if task.kind is TaskKind.INSTRUCTION:
        raise Refused(N_("批示由写批示的领导办结；答复的人不能自己办结。"))
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


#: What an instruction's issue tells of it, in its own history.
_OF_ISSUE = {
    "ask_task": "instructed",
    "answer_task": "instruction_answered",
    "accept_task": "instruction_settled",
    "return_task": "instruction_returned",
    "withdraw_task": "instruction_withdrawn",
}


def _happened(
    verb: str, task: Task, actor: Actor, data: dict[str, Any], remark: str | None, at: datetime | None = None
) -> None:
    """Every asking, answer and decision ends here, in the transaction of the change: the event, and with an instruction
    the event of its issue; and the messages to whom it concerns. ``verb``: a key of ``_OF_ISSUE``."""
    about = {"state": task.state.value, "due": task.due.isoformat(), **data}
    event = journal.record(verb, "task", task.id, **journal.by(actor), data=about, remark=remark, at=at)
    _tell(verb, task, actor, event)
    if task.kind is TaskKind.INSTRUCTION and task.issue_id is not None:
        told = {"task": task.id, "due": task.due.isoformat()}
        journal.record(_OF_ISSUE[verb], "issue", task.issue_id, **journal.by(actor), data=told, remark=remark, at=at)


_MATTERS = {
    "ask_task": Matter.TASK_ASKED,
    "answer_task": Matter.TASK_ANSWERED,
    "accept_task": Matter.TASK_SETTLED,
    "return_task": Matter.TASK_RETURNED,
    "withdraw_task": Matter.TASK_WITHDRAWN,
}


def _tell(verb: str, task: Task, actor: Actor, event: Event) -> None:
    """An answer to whoever decides it, all else to whoever owes it, the end to who asked too; nothing to who did it."""
    db.session.flush()
    if verb == "answer_task":
        people = deciders_of(task)
    else:
        people = set(db.session.scalars(select(User.id).join(Task, Task.id == task.id).where(owes_it())))
        if verb == "accept_task":
            people.add(task.asked_for_id or task.asked_by_id)
    people -= {actor.id, actor.duty_id}
    told = to_tell(literal(f"task:{event.id}"), 0).join(Task, Task.id == task.id).where(User.id.in_(sorted(people)))
    queue(told, _MATTERS[verb], day=clock.local(event.at).date(), at=event.at, remark_id=event.remark_id)

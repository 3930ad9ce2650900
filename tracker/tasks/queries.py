"""Questions about tasks; each starts at ``visible_to``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.models import Post, User
from tracker.base.access import N_, READERS, Actor, Missing, Refused, Right, Role, covers, may
from tracker.base.db import db
from tracker.base.paging import Page, Segment, read_page
from tracker.inspections.queries import keeps, seats
from tracker.issues.models import FindingAnswer, Issue
from tracker.issues.queries import people_meant, units_meant
from tracker.issues.queries import visible_to as issue_visible_to
from tracker.messages.models import Message
from tracker.messages.queries import TASKS, Besides
from tracker.messages.rules import Matter
from tracker.org.models import Region, RegionBelow, Unit
from tracker.org.queries import below, line_above
from tracker.tasks.models import SelfCheck, SelfCheckFinding, SelfCheckPart, Task, TaskFile
from tracker.tasks.rules import Part, TaskKind, TaskState

PAGE_SIZE = 50
_PENDING: ColumnElement[bool] = literal_column("task.state IN ('open','answered')")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A region's supervisors and leaders (for all categories) see its tasks and those below; others what they owe or
    asked themselves; an instruction about an issue exists for whoever sees the issue."""
    overseen = _overseen(actor, frozenset({Role.SUPERVISOR, Role.LEADER}))
    return or_(overseen, owed_by(actor), _asked_by(actor), _instructed_about(actor))


def _instructed_about(actor: Actor) -> ColumnElement[bool]:
    seen = exists().where(Issue.id == Task.issue_id, issue_visible_to(actor)).correlate(Task)
    return and_(Task.kind == TaskKind.INSTRUCTION, seen)


def _overseen(actor: Actor, roles: frozenset[Role]) -> ColumnElement[bool]:
    parts = [
        Task.region_id.in_(below(grant.region_id))
        for grant in actor.grants
        if grant.role in roles and grant.category_id is None
    ]
    return or_(*parts) if parts else false()


def owed_by(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of ``rules.owns``."""
    if not any(grant.role in READERS for grant in actor.grants):
        return false()
    return or_(Task.person_id == actor.duty_id, and_(Task.person_id.is_(None), Task.unit_id == actor.unit_id))


def _asked_by(actor: Actor) -> ColumnElement[bool]:
    return or_(Task.asked_by_id == actor.duty_id, Task.asked_for_id == actor.duty_id)


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """Answers this person may accept or return.

    An instruction is its leader's to close, or their stand-in's; everything else a supervisor's, and so is the
    instruction of somebody who is no leader any more. Nobody decides what they, or their unit, owe or answered; a
    leader may ask their own office, but not answer for it.
    """
    asker = func.coalesce(Task.asked_for_id, Task.asked_by_id)
    leads = exists().where(
        Post.user_id == asker, Post.role == Role.LEADER, Post.ended_at.is_(None), User.id == asker, User.active
    )
    instruction = Task.kind == TaskKind.INSTRUCTION
    hands = [_no_hand_in_it(person) for person, _unit in actor.sides]
    units = [func.coalesce(Task.unit_id, 0) != unit for _person, unit in actor.sides]
    own = and_(instruction, asker == actor.duty_id)
    supervised = and_(
        _overseen(actor, frozenset({Role.SUPERVISOR})), *units, or_(not_(instruction), not_(leads.correlate(Task)))
    )
    return and_(*hands, or_(own, supervised))


def _no_hand_in_it(person: int) -> ColumnElement[bool]:
    hands = (Task.person_id, Task.answered_by_id, Task.answered_for_id)
    return and_(*(func.coalesce(hand, 0) != person for hand in hands))


def may_decide(task: Task, actor: Actor) -> bool:
    """Whether the decision on this task is this person's."""
    mine = select(Task.id).where(Task.id == task.id, decided_by(actor))
    return may(actor, Right.TASK_DECIDE) and db.session.scalar(mine) is not None


def task_with_id(task_id: int, actor: Actor) -> Task:
    """The whole task. Raises Missing where it is not there for this person."""
    answered = (Task.answered_by, Task.answered_for)
    hands = (Task.asked_by, Task.asked_for, *answered, Task.decided_by, Task.decided_for, Task.person)
    found = db.session.scalar(
        select(Task)
        .where(Task.id == task_id, visible_to(actor))
        .options(
            *(joinedload(hand).lazyload(User.posts) for hand in hands),
            joinedload(Task.unit),
            joinedload(Task.region),
            selectinload(Task.files),
            joinedload(Task.part).selectinload(SelfCheckPart.findings),
        )
    )
    if found is None:
        raise Missing
    return found


def file_of(task: Task, file_id: int) -> TaskFile:
    """Raises Missing."""
    found = next((one for one in task.files if one.id == file_id), None)
    if found is None:
        raise Missing
    return found


def _part(part: Part, actor: Actor, today: date) -> ColumnElement[bool]:
    if part is Part.MINE:
        return and_(owed_by(actor), Task.state == TaskState.OPEN)
    if part is Part.DECIDE:
        return and_(decided_by(actor), Task.state == TaskState.ANSWERED)
    if part is Part.ASKED:
        return _asked_by(actor)
    if part is Part.LATE:
        return and_(visible_to(actor), late(today))
    return visible_to(actor)


def late(today: date) -> ColumnElement[bool]:
    """The SQL twin of ``rules.is_late``."""
    return and_(_PENDING, Task.state == TaskState.OPEN, Task.due < today)


def rows(actor: Actor) -> Select[Any]:
    """What a list says of a task: id, kind, state, text, due, asked_on, unit, person, region, answer, opinion, and
    issue: its number where this person may see it."""
    person = aliased(User)
    number = case((issue_visible_to(actor), Issue.number))
    return (
        select(
            Task.kind,
            Task.state,
            Task.text,
            Task.asked_on,
            Task.answer,
            Task.opinion,
            Unit.name.label("unit"),
            person.name.label("person"),
            Region.name.label("region"),
            number.label("issue"),
            Task.due,
            Task.id,
        )
        .join(Region, Region.id == Task.region_id)
        .outerjoin(Unit, Unit.id == Task.unit_id)
        .outerjoin(person, person.id == Task.person_id)
        .outerjoin(Issue, Issue.id == Task.issue_id)
    )


def listing(part: Part, actor: Actor, today: date, cursor: str | None) -> Page:
    """One page, the earliest due first; what is settled after what is pending."""
    pending, settled = Segment("pending", (_PENDING,), (Task.due, Task.id)), Segment("settled", (), (Task.due, Task.id))
    segments = [pending]
    if part in (Part.ASKED, Part.ALL):
        segments.append(Segment("settled", (~_PENDING,), settled.keys, descending=True))
    query = rows(actor).where(_part(part, actor, today))
    return read_page(query, segments, cursor, PAGE_SIZE, lambda one: db.session.execute(one).all())


@dataclass(frozen=True)
class Counts:
    """How long each list is, and how many of the person's own are late."""

    mine: int
    mine_late: int
    decide: int
    asked: int
    late: int
    all: int

    def of(self, part: Part) -> int:
        return int(getattr(self, part.value))


def counts(actor: Actor, today: date) -> Counts:
    """One query."""
    parts = {part.value: _part(part, actor, today) for part in Part}
    parts["mine_late"] = and_(parts["mine"], Task.due < today)
    sums = [func.count(case((condition, 1))).label(name) for name, condition in parts.items()]
    found: dict[str, int] = dict(db.session.execute(select(*sums).where(visible_to(actor))).one()._mapping)
    return Counts(**found)


#: As many as a meeting is told of.
FOLLOWED = 100


def instructions_since(actor: Actor, region_id: int, first: date, last: date) -> Sequence[Row[Any]]:
    """Instructions of a region, or about an issue in it, given in these days; and earlier ones that are not settled.
    As ``rows`` says it."""
    here = or_(Task.region_id.in_(below(region_id)), Issue.region_id.in_(below(region_id)))
    query = rows(actor).where(visible_to(actor), Task.kind == TaskKind.INSTRUCTION, here, Task.asked_on <= last)
    query = query.where(or_(Task.asked_on >= first, _PENDING), Task.state != TaskState.WITHDRAWN)
    return db.session.execute(query.order_by(Task.asked_on, Task.id).limit(FOLLOWED)).all()


def decisions_left(actor: Actor, *, region_id: int, last: date, without: Sequence[int]) -> Sequence[Row[Any]]:
    """Decisions of the region's meetings up to a day that are not settled, but for these; as ``rows`` says it."""
    query = rows(actor).where(visible_to(actor), Task.kind == TaskKind.DECISION, Task.region_id == region_id, _PENDING)
    query = query.where(Task.asked_on <= last, Task.id.not_in(without))
    return db.session.execute(query.order_by(Task.due, Task.id).limit(FOLLOWED)).all()


def tasks_with_ids(ids: Sequence[int], actor: Actor) -> list[Row[Any]]:
    """These tasks in this order, for a meeting's page: whoever sees the meeting sees what it decided."""
    found = {row.id: row for row in db.session.execute(rows(actor).where(Task.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


def about_issue(issue_id: int, actor: Actor) -> Sequence[Row[Any]]:
    """What was asked about an issue and of whom (self-checks apart), the newest first, as ``rows`` says it; and
    ``asker``."""
    asker = aliased(User)
    query = rows(actor).add_columns(asker.name.label("asker"), Task.asked_on)
    query = query.join(asker, asker.id == func.coalesce(Task.asked_for_id, Task.asked_by_id))
    wanted = Task.issue_id == issue_id, Task.kind != TaskKind.SELF_CHECK, visible_to(actor)
    return db.session.execute(query.where(*wanted).order_by(Task.id.desc())).all()


def seat_to_instruct(issue: Issue, actor: Actor) -> int | None:
    """The region in whose name this leader may instruct about the issue: the highest of their posts that covers it,
    the issue's county for its lead official; None for anybody else."""
    if not may(actor, Right.INSTRUCT):
        return None
    line = line_above(issue.region_id)
    own = [
        grant.region_id
        for grant in actor.grants
        if grant.role is Role.LEADER and covers(grant, line, issue.category_id)
    ]
    if own:
        return max(own, key=line.index)
    return issue.county_id if issue.lead_official_id == actor.duty_id else None


def owner_meant(words: str) -> tuple[int | None, int | None]:
    """The one unit or person these words mean, as (unit id, None) or (None, person id). Raises Refused for none or
    several."""
    units = units_meant(words.strip())
    people = [] if units else people_meant(words.strip())
    if len(units) + len(people) > 1:
        raise Refused(
            N_("“%(words)s”有 %(number)s 个，请写明地区或单位，如“王建国（新邵县水利局）”。"),
            words=words.strip(),
            number=len(units) + len(people),
        )
    if units:
        return units[0].id, None
    if people:
        return None, people[0].id
    raise Refused(N_("“%(words)s”没有登记过；请写单位全称，或一个人的姓名（单位）。"), words=words.strip())


def within(region_id: int, unit_id: int | None, person_id: int | None) -> bool:
    """Whether this unit, or this person's unit, is seated in the region or below it."""
    unit = select(Unit.id).where(Unit.region_id.in_(below(region_id)))
    unit = (
        unit.where(Unit.id == unit_id)
        if unit_id
        else unit.join(User, User.unit_id == Unit.id).where(User.id == person_id)
    )
    return db.session.scalar(unit) is not None


def issue_of(task: Task, actor: Actor) -> Row[Any] | None:
    """Number and title of the issue a task is about, where this person may see it."""
    if task.issue_id is None:
        return None
    columns: list[Any] = [Issue.number, Issue.title]
    query: Select[Any] = select(*columns)
    return db.session.execute(query.where(Issue.id == task.issue_id, issue_visible_to(actor))).one_or_none()


# --- self-checks ------------------------------------------------------------------------------------------------


def _checks_visible_to(actor: Actor) -> ColumnElement[bool]:
    """A region's supervisors and leaders (for all categories) see its self-checks and those below; whoever is asked sees
    their own task."""
    own = [
        SelfCheck.region_id.in_(below(grant.region_id))
        for grant in actor.grants
        if grant.role in (Role.SUPERVISOR, Role.LEADER) and grant.category_id is None
    ]
    return or_(*own) if own else false()


def seat_to_ask(actor: Actor, wanted: int | None = None) -> int | None:
    """The region whose units this supervisor may ask: the one wanted, else their highest; None where there is none."""
    if not may(actor, Right.SELF_CHECK):
        return None
    if wanted is not None:
        return wanted if keeps(actor, wanted) else None
    return next(iter(seats(actor)), None)


def offices_below(region_id: int) -> Sequence[Row[Any]]:
    """Who would look in each region directly below: region, unit_id, unit; the unit most of its supervisors (else of its
    officials) sit in, one a region, in order; regions nobody has a post in are left out."""
    supervising = func.max(case((Post.role == Role.SUPERVISOR, 1), else_=0))
    columns: list[Any] = [Region.id, Region.name.label("region"), Unit.id.label("unit_id"), Unit.name.label("unit")]
    query: Select[Any] = (
        select(*columns)
        .join(Post, Post.region_id == Region.id)
        .join(User, User.id == Post.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(Region.parent_id == region_id, Region.valid_to.is_(None), Unit.active, User.active)
        .where(Post.ended_at.is_(None), Post.category_id.is_(None), Post.role.in_((Role.SUPERVISOR, Role.OFFICIAL)))
        .where(User.account.is_not(None))
        .group_by(Region.id, Region.name, Region.position, Unit.id, Unit.name)
        .order_by(Region.position, Region.id, supervising.desc(), func.count().desc(), Unit.id)
    )
    first: dict[int, Row[Any]] = {}
    for row in db.session.execute(query):
        first.setdefault(row.id, row)
    return list(first.values())


def units_outside(region_id: int, unit_ids: Sequence[int]) -> list[str]:
    """Names of those of these units that do not sit in the region or below."""
    outside = select(Unit.name).where(Unit.id.in_(unit_ids), Unit.region_id.not_in(below(region_id)))
    return list(db.session.scalars(outside.order_by(Unit.id)))


def units_written(lines: Sequence[str]) -> list[int]:
    """The units these words mean, one each. Raises Refused for none, several or a person."""
    found = []
    for words in lines:
        unit_id, _person = owner_meant(words)
        if unit_id is None:
            raise Refused(N_("“%(words)s”是一个人，自查要请单位。"), words=words)
        found.append(unit_id)
    return found


def sees_check(check_id: int, actor: Actor) -> bool:
    """Whether the page of this self-check is there for the person; whoever is asked sees only their own task."""
    return (
        db.session.scalar(select(SelfCheck.id).where(SelfCheck.id == check_id, _checks_visible_to(actor))) is not None
    )


#: A part that nobody has answered, in SQL.
_UNANSWERED = Task.state == TaskState.OPEN


def _sum(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _check_rows(today: date) -> Select[Any]:
    """Self-checks with how they stand: id, text, due, asked_on, region, asked, answered, late, found, listed."""
    listed = (
        select(func.count())
        .select_from(SelfCheckFinding)
        .join(SelfCheckPart, SelfCheckPart.task_id == SelfCheckFinding.task_id)
        .join(FindingAnswer, FindingAnswer.finding_id == SelfCheckFinding.finding_id)
        .where(SelfCheckPart.self_check_id == SelfCheck.id, FindingAnswer.issue_id.is_not(None))
        .correlate(SelfCheck)
        .scalar_subquery()
    )
    standing = Task.state != TaskState.WITHDRAWN
    columns: list[Any] = [
        SelfCheck.text,
        SelfCheck.due,
        SelfCheck.asked_on,
        Region.name.label("region"),
        _sum(standing).label("asked"),
        _sum(Task.state.in_((TaskState.ANSWERED, TaskState.ACCEPTED))).label("answered"),
        _sum(and_(_UNANSWERED, Task.due < today)).label("late"),
        func.coalesce(
            func.sum(case((Task.state.in_((TaskState.ANSWERED, TaskState.ACCEPTED)), SelfCheckPart.found))), 0
        ).label("found"),
        listed.label("listed"),
        SelfCheck.id,
    ]
    query: Select[Any] = select(*columns)
    return (
        query.join(Region, Region.id == SelfCheck.region_id)
        .join(SelfCheckPart, SelfCheckPart.self_check_id == SelfCheck.id)
        .join(Task, Task.id == SelfCheckPart.task_id)
        .group_by(SelfCheck.id, Region.name)
    )


def self_checks(actor: Actor, today: date, cursor: str | None) -> Page:
    """One page, the newest first."""
    query = _check_rows(today).where(_checks_visible_to(actor))
    segment = Segment("all", (), (SelfCheck.id,), descending=True)
    return read_page(query, [segment], cursor, PAGE_SIZE, lambda one: db.session.execute(one).all())


def self_checks_about(actor: Actor, today: date, *, issue_id: int) -> Sequence[Row[Any]]:
    """Those an issue gave the occasion for."""
    query = _check_rows(today).where(_checks_visible_to(actor), SelfCheck.issue_id == issue_id)
    return db.session.execute(query.order_by(SelfCheck.id.desc())).all()


def self_checks_since(actor: Actor, today: date, region_id: int, first: date, last: date) -> Sequence[Row[Any]]:
    """Those asked in a region, or below it, in these days; and earlier ones that somebody has not answered yet."""
    waiting = select(SelfCheckPart.self_check_id).join(Task, Task.id == SelfCheckPart.task_id).where(_UNANSWERED)
    asked = SelfCheck.region_id.in_(below(region_id)), SelfCheck.asked_on <= last
    query = _check_rows(today).where(_checks_visible_to(actor), *asked)
    query = query.where(or_(SelfCheck.asked_on >= first, SelfCheck.id.in_(waiting)))
    return db.session.execute(query.order_by(SelfCheck.id).limit(FOLLOWED)).all()


@dataclass(frozen=True)
class SelfCheckShown:
    """One self-check with how it stands, each unit's part, what was found by task."""

    check: SelfCheck
    sums: Row[Any]
    issue: Row[Any] | None  # the occasion, where this person may see it
    parts: Sequence[Row[Any]]
    found: dict[int, list[Row[Any]]]


def self_check_shown(check_id: int, actor: Actor, today: date) -> SelfCheckShown:
    """Raises Missing where it is not there for this person. Parts: id (of the task), state, due, unit, county, looked_by,
    found, answer, answered_at, opinion; the late first, then those that wait for an answer, then the answered."""
    people = (SelfCheck.asked_by, SelfCheck.asked_for)
    check = db.session.scalar(
        select(SelfCheck)
        .where(SelfCheck.id == check_id, _checks_visible_to(actor))
        .options(*(joinedload(one).lazyload(User.posts) for one in people), joinedload(SelfCheck.region))
    )
    if check is None:
        raise Missing
    sums = db.session.execute(_check_rows(today).where(SelfCheck.id == check_id)).one()
    order = case((_UNANSWERED, 0), (Task.state == TaskState.ANSWERED, 1), else_=2)
    columns: list[Any] = [
        Task.id, Task.state, Task.due, Task.answer, Task.answered_at, Task.opinion, Unit.name.label("unit"),
        Region.name.label("region"), SelfCheckPart.looked_by, SelfCheckPart.found,
    ]  # fmt: skip
    query: Select[Any] = select(*columns)
    parts = db.session.execute(
        query.join(SelfCheckPart, SelfCheckPart.task_id == Task.id)
        .join(Unit, Unit.id == Task.unit_id)
        .join(Region, Region.id == Unit.region_id)
        .where(SelfCheckPart.self_check_id == check_id)
        .order_by(order, Region.position, Task.id)
    ).all()
    found: dict[int, list[Row[Any]]] = {}
    for row in _found(SelfCheckPart.self_check_id == check_id, actor):
        found.setdefault(row.task_id, []).append(row)
    occasion: list[Any] = [Issue.number, Issue.title]
    about: Select[Any] = select(*occasion)
    seen = issue_visible_to(actor)
    issue = db.session.execute(about.where(Issue.id == check.issue_id, seen)).one_or_none() if check.issue_id else None
    return SelfCheckShown(check, sums, issue, parts, found)


def _found(where: ColumnElement[bool], actor: Actor) -> Sequence[Row[Any]]:
    """Problems found: task_id, wording, finding_id (once the answer is accepted), and number and issue_state of the issue
    it was listed as, where this person may see that."""
    seen = issue_visible_to(actor)
    columns: list[Any] = [
        SelfCheckFinding.task_id,
        SelfCheckFinding.wording,
        SelfCheckFinding.finding_id,
        FindingAnswer.how,
        case((seen, Issue.number)).label("number"),
        case((seen, Issue.state)).label("issue_state"),
    ]
    query: Select[Any] = select(*columns)
    return db.session.execute(
        query.join(SelfCheckPart, SelfCheckPart.task_id == SelfCheckFinding.task_id)
        .outerjoin(FindingAnswer, FindingAnswer.finding_id == SelfCheckFinding.finding_id)
        .outerjoin(Issue, Issue.id == FindingAnswer.issue_id)
        .where(where)
        .order_by(SelfCheckFinding.task_id, SelfCheckFinding.position)
    ).all()


def found_by(task: Task, actor: Actor) -> Sequence[Row[Any]]:
    """The same for one task."""
    return _found(SelfCheckFinding.task_id == task.id, actor) if task.part is not None else ()


# --- who is told ----------------------------------------------------------------------------------------------


def to_tell(occasion: ColumnElement[str], number: int) -> Select[Any]:
    """What ``messages.queue`` takes: each person, to be joined with ``Task`` and narrowed to whom it concerns."""
    columns: tuple[Any, ...] = (
        occasion.label("occasion"),
        User.id.label("person_id"),
        cast(null(), Integer).label("issue_id"),
        Task.id.label("task_id"),
        literal(number).label("number"),
    )
    return select(*columns).select_from(User)


def owes_it() -> ColumnElement[bool]:
    """``owed_by`` turned round, between ``User`` and ``Task``: the person named (who may have no sign-in: a stand-in is told
    for them), else everybody of the unit who can answer."""
    holds = exists().where(Post.user_id == User.id, Post.role.in_(READERS), Post.ended_at.is_(None)).correlate(User)
    unit = and_(Task.person_id.is_(None), Task.unit_id == User.unit_id, User.account.is_not(None))
    return and_(User.active, holds, or_(Task.person_id == User.id, unit))


def asked_it() -> ColumnElement[bool]:
    """Who asked, between ``User`` and ``Task``; where a stand-in did, in whose name."""
    return and_(User.active, User.account.is_not(None), User.id == func.coalesce(Task.asked_for_id, Task.asked_by_id))


def follows_it() -> ColumnElement[bool]:
    """The supervisors of the task's region, or of the nearest one above that has any, between ``User`` and ``Task``."""
    way, person = aliased(RegionBelow), aliased(User)
    nearest = (
        select(func.min(way.depth))
        .join(Post, and_(Post.region_id == way.ancestor_id, *_SUPERVISES))
        .join(person, and_(person.id == Post.user_id, person.active, person.account.is_not(None)))
        .where(way.region_id == Task.region_id)
        .correlate(Task)
        .scalar_subquery()
    )
    up = aliased(RegionBelow)
    theirs = (
        select(Post.id)
        .join(up, up.ancestor_id == Post.region_id)
        .where(Post.user_id == User.id, *_SUPERVISES, up.region_id == Task.region_id, up.depth == nearest)
        .correlate(User, Task)
    )
    return and_(User.active, User.account.is_not(None), theirs.exists())


_SUPERVISES = (Post.role == Role.SUPERVISOR, Post.category_id.is_(None), Post.ended_at.is_(None))


def deciders_of(task: Task) -> set[int]:
    """Whom an answer waits for: of those who may decide it, the ones nearest to the task's region; for an instruction its
    leader."""
    asker = task.asked_for_id or task.asked_by_id
    line = line_above(task.region_id)
    posts = select(Post.user_id, Post.region_id).where(*_SUPERVISES, Post.region_id.in_(line))
    found = {row.user_id: line.index(row.region_id) for row in db.session.execute(posts)}
    if task.kind is TaskKind.INSTRUCTION:
        found[asker] = -1
    people = db.session.scalars(select(User).where(User.id.in_(found), User.active, User.account.is_not(None))).all()
    nearest: dict[int, set[int]] = {}
    for person in people:
        if may_decide(task, person):
            nearest.setdefault(found[person.id], set()).add(person.id)
    return nearest[min(nearest)] if nearest else set()


# What the inbox shows of a task: messages stand left of tasks and cannot ask themselves.
_TO_ANSWER = (Matter.TASK_ASKED, Matter.TASK_DUE_SOON, Matter.TASK_LATE, Matter.TASK_RETURNED)
_STANDS = case(
    (Message.matter.in_(_TO_ANSWER), Task.state == TaskState.OPEN),
    (Message.matter == Matter.TASK_ANSWERED, Task.state == TaskState.ANSWERED),
    else_=true(),
)
TASKS.append(Besides(Task.id, Task.text, Task.due, visible_to, _STANDS))

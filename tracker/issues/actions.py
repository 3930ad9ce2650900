"""The one door: every change of an issue's state passes ``advance`` (or ``enter`` when it begins)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from tracker.base import clock, journal
from tracker.base.access import N_, Actor, Conflict, Refused, may
from tracker.base.db import add_rows, db, next_ids, upsert
from tracker.base.journal import Event
from tracker.inspections.models import Finding
from tracker.inspections.rules import Source
from tracker.issues import workflow
from tracker.issues.models import (
    FindingAnswer,
    Issue,
    IssueCount,
    IssueText,
    IssueUnit,
    NumberSeries,
    OverdueEpisode,
    TaskForceMember,
)
from tracker.issues.queries import (
    look_back_months,
    regions_to_break_down_to,
    relations,
    supervises,
    supervises_along,
)
from tracker.issues.rules import IMMEDIATE_WORKDAYS, Answer, EpisodeEnd, next_look_back, overdue_from, shadow
from tracker.issues.workflow import Fact, Kind, State, Transition, Verb, Who
from tracker.org.queries import column_of, county_of, line_above
from tracker.workdays.rules import Calendar

#: Free text: may name people, so an event only refers to it.
_TEXTS = frozenset({"title", "wording", "requirement", "task_force", "source_note", "deadline_written"})
_ENDS = {State.CLEARED: EpisodeEnd.CLEARED, State.DISMISSED: EpisodeEnd.DISMISSED}


@dataclass(frozen=True)
class Duty:
    """The duty chain as one value: who leads, which units are responsible (the first is 主责), who is named."""

    lead_official_id: int | None
    lead_unit_id: int | None
    unit_ids: tuple[int, ...]
    responsible_person_id: int | None = None
    task_force: str | None = None
    member_ids: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        return bool(self.lead_official_id and self.lead_unit_id and self.unit_ids)


def duty_of(issue: Issue) -> Duty:
    """The duty chain an issue has now."""
    return Duty(
        lead_official_id=issue.lead_official_id,
        lead_unit_id=issue.lead_unit_id,
        unit_ids=tuple(row.unit_id for row in issue.units),
        responsible_person_id=issue.responsible_person_id,
        task_force=issue.task_force,
        member_ids=tuple(row.user_id for row in issue.members),
    )


# --- the door -------------------------------------------------------------------------------------------------


def advance(
    issue: Issue,
    verb: Verb,
    actor: Actor,
    *,
    today: date,
    facts: Mapping[Fact, bool] | None = None,
    changes: Mapping[str, Any] | None = None,
    duty: Duty | None = None,
    also: frozenset[Who] = frozenset(),
    last_level: bool | None = None,
    remark: str | None = None,
    data: Mapping[str, Any] | None = None,
    ends: EpisodeEnd | None = None,
    at: datetime | None = None,
) -> Event:
    """Move an issue by one verb, or refuse and change nothing.

    1. the table's row for this verb in this state; 2. the right and the relation it asks for (``also``: relations
    that only parts further right know); 3. its facts; 4. the change with everything that moves along: dates,
    duty chain, counts, episode, search text; 5. the event, with before and after.

    ``changes``: columns to set; ``ends``: why a running episode ends, where the state does not say it; ``at``: the instant
    to record, the clock's unless a story is being told.
    """
    row = workflow.find(verb, issue.state, issue.kind, last_level=last_level)
    authorise(row, actor, relations(issue, actor) | also)
    chain = duty.complete if duty else issue.duty_chain_complete
    workflow.require(row, {Fact.DUTY_CHAIN: chain, Fact.REASON: bool((remark or "").strip()), **(facts or {})})
    before, cell, late = issue.state, _cell(issue), _lateness(issue, today)
    to = row.to or before
    if "deadline" in (changes or {}):
        within_family(issue, (changes or {})["deadline"], relapsed_on=today if verb is Verb.RELAPSE else None)
    trail = _apply(issue, changes or {}) | (_hand_to(issue, duty) if duty else {})
    if row.to is not None:
        months = look_back_months() if row.to is State.CLEARED else ()
        trail |= _enter_state(issue, row.to, verb, today, months)
    _settle(issue, cell, today, at, ends, late)
    if trail.keys() & _TEXTS:
        index_text(issue)
    moved = {"from": before.value, "to": to.value} if to is not before else {}
    return journal.record(
        verb.value,
        "issue",
        issue.id,
        **journal.by(actor),
        remark=remark,
        at=at,
        data={**moved, **({"changed": trail} if trail else {}), **(data or {})},
    )


_COLUMNS = {column.name: column.default.arg if column.default is not None else None for column in Issue.__table__.c}


class Draft(SimpleNamespace):
    """A new issue as bare columns, for ``enter_all`` to write many of: what the session keeps about an ``Issue`` costs
    more than writing it. ``units`` and ``members`` are ids; the first unit is 主责."""

    __slots__ = ("members", "units")  # beside the columns, not among them

    def __init__(self, **columns: Any) -> None:
        super().__init__(**{**_COLUMNS, **columns})
        self.units: list[int] = []
        self.members: list[int] = []

    @property
    def duty_chain_complete(self) -> bool:
        return bool(self.lead_official_id and self.lead_unit_id and self.units)


@dataclass(frozen=True)
class Beginning:
    """A new issue that is to begin: in which state, with which duty chain, and what its event tells besides."""

    issue: Issue | Draft
    state: State
    duty: Duty | None = None
    data: Mapping[str, Any] | None = None


def enter(
    issue: Issue,
    verb: Verb,
    actor: Actor,
    *,
    state: State,
    today: date,
    facts: Mapping[Fact, bool],
    duty: Duty | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Let a new issue begin, by ``list`` (always listed) or ``take_over`` (any state but dismissed)."""
    one = Beginning(issue, state, duty, data)
    _begin_all([one], verb, actor, today, facts, at)
    db.session.add(issue)
    db.session.flush()
    _move_along([issue], today)
    return journal.record(verb.value, "issue", issue.id, **journal.by(actor), at=at, data=_entered(one))


def enter_all(
    beginnings: Sequence[Beginning],
    verb: Verb,
    actor: Actor,
    *,
    today: date,
    facts: Mapping[Fact, bool],
    at: datetime | None = None,
) -> None:
    """Let new issues begin together, from drafts that have their ids afterwards: each checked and told as if it came
    alone, all written in few statements."""
    drafts = [one.issue for one in beginnings if isinstance(one.issue, Draft)]
    if len(drafts) != len(beginnings):
        raise TypeError("enter_all takes drafts")
    if not drafts:
        return
    _begin_all(beginnings, verb, actor, today, facts, at)
    _write(drafts)
    _move_along(drafts, today)
    event = {"at": at or clock.now(), **journal.by(actor), "verb": verb.value, "subject": "issue"}
    journal.record_all([{**event, "subject_id": one.issue.id, "data": _entered(one)} for one in beginnings])


def _entered(one: Beginning) -> dict[str, Any]:
    return {"to": one.state.value, **(one.data or {})}


def _begin_all(
    beginnings: Sequence[Beginning],
    verb: Verb,
    actor: Actor,
    today: date,
    facts: Mapping[Fact, bool],
    at: datetime | None,
) -> None:
    """Check each beginning and set what follows from it; nothing is written yet."""
    lines: dict[int, list[int]] = {}
    months = look_back_months() if any(one.state is State.CLEARED for one in beginnings) else ()
    known: dict[tuple[int, int], frozenset[Who]] = {}
    for one in beginnings:
        region, category = one.issue.region_id, one.issue.category_id
        if region not in lines:
            lines[region] = line_above(region)
        if (region, category) not in known:
            known[region, category] = supervises_along(actor, lines[region], category)
        _may_begin(one, verb, actor, known[region, category], facts)
        one.issue.county_id = column_of(lines[region])
        _begin(one, verb, today, months)
        _bring_in_line(one.issue, at)


def _write(drafts: Sequence[Draft]) -> None:
    for issue, draft in zip(next_ids(Issue, len(drafts)), drafts, strict=True):
        draft.id = issue
    units = [
        {"issue_id": draft.id, "unit_id": unit, "position": place}
        for draft in drafts
        for place, unit in enumerate(draft.units)
    ]
    members = [{"issue_id": draft.id, "user_id": user} for draft in drafts for user in draft.members]
    add_rows(Issue, [vars(draft) for draft in drafts])
    add_rows(IssueUnit, units)
    add_rows(TaskForceMember, members)


def _move_along(issues: Sequence[Issue | Draft], today: date) -> None:
    """What new issues bring along: counts, episodes, search text."""
    shift_counts(Counter(cell for issue in issues if (cell := _cell(issue)) is not None))
    _open_episodes(issues, today)
    add_rows(IssueText, _texts(issues))


def _may_begin(one: Beginning, verb: Verb, actor: Actor, known: frozenset[Who], facts: Mapping[Fact, bool]) -> None:
    row = workflow.find(verb, None, one.issue.kind)
    authorise(row, actor, known)
    workflow.require(row, facts)
    if one.state is not (row.to or one.state) or one.state is State.DISMISSED:
        raise Refused(N_("不能以“%(state)s”状态进入清单。"), state=workflow.STATE_NAMES[one.state])


def _begin(one: Beginning, verb: Verb, today: date, months: Sequence[int]) -> None:
    issue = one.issue
    issue.original_deadline = issue.original_deadline or issue.deadline
    issue.taken_over = verb is Verb.TAKE_OVER
    issue.listed_on = issue.listed_on or today
    if one.duty:
        _give(issue, one.duty)
    _enter_state(issue, one.state, verb, today, months)  # its event tells the state alone


def _give(issue: Issue | Draft, duty: Duty) -> None:
    """Its first duty chain."""
    issue.lead_official_id, issue.lead_unit_id = duty.lead_official_id, duty.lead_unit_id
    issue.responsible_person_id, issue.task_force = duty.responsible_person_id, duty.task_force
    if isinstance(issue, Draft):
        issue.units, issue.members = list(dict.fromkeys(duty.unit_ids)), list(dict.fromkeys(duty.member_ids))
    else:
        _replace_units(issue, duty.unit_ids)
        issue.members = [TaskForceMember(user_id=user) for user in dict.fromkeys(duty.member_ids)]


def authorise(row: Transition, actor: Actor, known: frozenset[Who]) -> None:
    """Refuse unless the person has the row's right and stands in one of its relations."""
    if not may(actor, row.right) or not row.who & known:
        raise Refused(N_("您不能对这个问题“%(verb)s”。"), verb=workflow.VERB_NAMES[row.verb])


def unchanged(issue: Issue, seen: int | None) -> None:
    """Raise Conflict when the issue moved on since the person saw it (``seen``: the version their form carried)."""
    if seen is not None and seen != issue.version:
        raise Conflict


def _apply(issue: Issue | Draft, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Set columns and return what changed; free text is kept apart from the event and only referred to."""
    trail: dict[str, Any] = {}
    for name, value in changes.items():
        old = getattr(issue, name)
        if old == value:
            continue
        setattr(issue, name, value)
        trail[name] = [_reference(name, old), _reference(name, value)]
    return trail


def _reference(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if name in _TEXTS:
        return {"remark": journal.keep(str(value))}
    return str(value.value) if isinstance(value, StrEnum) else str(value)


def _hand_to(issue: Issue, duty: Duty) -> dict[str, Any]:
    """Replace the duty chain whole, so there are never two leads."""
    trail = _apply(
        issue,
        {
            "lead_official_id": duty.lead_official_id,
            "lead_unit_id": duty.lead_unit_id,
            "responsible_person_id": duty.responsible_person_id,
            "task_force": duty.task_force,
        },
    )
    units = [row.unit_id for row in issue.units]
    if units != list(duty.unit_ids):
        trail["units"] = [units, list(duty.unit_ids)]
        _replace_units(issue, duty.unit_ids)
    members = {row.user_id for row in issue.members}
    if members != set(duty.member_ids):
        trail["members"] = [sorted(members), sorted(duty.member_ids)]
        issue.members = [row for row in issue.members if row.user_id in duty.member_ids]
        issue.members += [TaskForceMember(user_id=user) for user in duty.member_ids if user not in members]
    return trail


def _replace_units(issue: Issue, unit_ids: Sequence[int]) -> None:
    if issue.units:
        issue.units = []
        db.session.flush()  # positions are unique: the old rows go before the new ones come
    issue.units = [IssueUnit(unit_id=unit, position=place) for place, unit in enumerate(dict.fromkeys(unit_ids))]


def _enter_state(issue: Issue | Draft, state: State, verb: Verb, today: date, months: Sequence[int]) -> dict[str, Any]:
    """Set the state and what follows from it; returns what the event tells besides the state. ``months``: after which a
    clearance is looked at again."""
    trail = _apply(issue, {"proven": state is State.CLEARED and verb is Verb.PASS})
    issue.state = state
    issue.waiting_since = today
    issue.applied_on = today if state is State.REVIEWING else None
    issue.cleared_on = (issue.cleared_on or today) if state is State.CLEARED else None
    issue.dismissed_on = today if state is State.DISMISSED else None
    # what was taken over as cleared is only declared, until people have looked (``prove``); what was broken down is
    # looked at place by place
    looked_at = state is State.CLEARED and not issue.has_children
    issue.look_back_on = next_look_back(today, issue.kind, months=months) if looked_at else None
    if state is State.ASSIGNED:
        issue.assigned_on, issue.accepted_on = today, None
    if verb is Verb.ACCEPT:
        issue.accepted_on = today
    if verb is Verb.RELAPSE:
        issue.relapses += 1
    return trail


def within_family(issue: Issue, deadline: date | None, *, relapsed_on: date | None = None) -> None:
    """Refuse a deadline that would put a child's after its parent's (DOMAIN §3), from either side.

    ``relapsed_on``: under a parent that is overdue already no day is left to keep; a relapse must be recorded all
    the same, and the parent stays overdue until this child is cleared again.
    """
    if deadline is None or deadline == issue.deadline:
        return
    parent = db.session.get(Issue, issue.parent_id) if issue.parent_id else None
    late = parent is not None and parent.overdue_from is not None and (relapsed_on or date.min) >= parent.overdue_from
    if parent is not None and parent.deadline is not None and deadline > parent.deadline and not late:
        raise Refused(
            N_("时限不能晚于上级问题 %(number)s 的时限 %(date)s；要更晚，请先延长上级问题。"),
            number=parent.number,
            date=parent.deadline,
        )
    if issue.has_children:
        latest = db.session.scalar(
            select(func.max(Issue.deadline)).where(Issue.parent_id == issue.id, Issue.state.in_(workflow.OPEN))
        )
        if latest is not None and deadline < latest:
            raise Refused(N_("分解出去的问题最晚到 %(date)s，上级问题的时限不能更早。"), date=latest)


def prove(issue: Issue) -> dict[str, list[bool]]:
    """Count a declared clearance as proven: people who had no part in it looked on the spot and it held (DOMAIN §6).

    Returns what the event tells of it; the caller records the event.
    """
    before = _cell(issue)
    issue.proven = True
    db.session.flush()
    shift_counts(Counter() if before is None else Counter({before: -1}), _cell(issue))
    return {"proven": [False, True]}


# --- what moves along -----------------------------------------------------------------------------------------

Cell = tuple[int, int, Kind, State, bool]
_CELL = ("category_id", "county_id", "kind", "state", "proven")


#: A deadline that has passed, and the first overdue day.
Late = tuple[date, date]


def _lateness(issue: Issue, today: date) -> Late | None:
    late = issue.overdue_from is not None and issue.overdue_from <= today
    return (issue.deadline, issue.overdue_from) if late and issue.deadline and issue.overdue_from else None


def _settle(
    issue: Issue,
    before: Cell | None,
    today: date,
    at: datetime | None,
    ends: EpisodeEnd | None,
    late: Late | None,
) -> None:
    """Bring counts and episode in line with the issue. ``late``: what it was before the change."""
    _bring_in_line(issue, at)
    db.session.flush()
    shift_counts(Counter() if before is None else Counter({before: -1}), _cell(issue))
    _settle_episode(issue, today, ends, late)


def _bring_in_line(issue: Issue | Draft, at: datetime | None) -> None:
    """The columns that follow from others; ``updated_at`` always changes, so two acts at once collide on the version."""
    issue.overdue_from = overdue_from(issue.state, issue.deadline, issue.applied_on)
    issue.chain_complete = issue.duty_chain_complete
    issue.updated_at = at or clock.now()


def _cell(issue: Issue | Draft) -> Cell | None:
    """The summary row the issue counts in; none for a parent, which is shown but never counted."""
    if issue.has_children:
        return None
    return (issue.category_id, issue.county_id, issue.kind, issue.state, issue.proven)


def shift_counts(shifts: Counter[Cell], entered: Cell | None = None) -> None:
    """Add to the board's summary, always in the same order so that two transactions cannot block each other."""
    if entered is not None:
        shifts[entered] += 1
    moved = sorted(cell for cell, number in shifts.items() if number)
    for grows, cells in groupby(moved, lambda cell: shifts[cell] > 0):
        rows = [dict(zip(_CELL, cell, strict=True)) | {"number": shifts[cell]} for cell in cells]
        if grows:
            added = upsert(IssueCount)
            number = IssueCount.number + added.excluded.number
            db.session.execute(added.on_conflict_do_update(index_elements=_CELL, set_={"number": number}), rows)
        else:  # an upsert would first try the negative number against the CHECK
            _lower_counts(rows)


def _lower_counts(rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        db.session.execute(
            update(IssueCount)
            .where(*(getattr(IssueCount, name) == row[name] for name in _CELL))
            .values(number=IssueCount.number + row["number"]),
            execution_options={"synchronize_session": False},
        )


def recount() -> None:
    """Rebuild the board's summary from the issues."""
    db.session.execute(delete(IssueCount))
    keys = (Issue.category_id, Issue.county_id, Issue.kind, Issue.state, Issue.proven)
    rows = select(*keys, func.count()).where(~Issue.has_children).group_by(*keys)
    db.session.execute(
        insert(IssueCount).from_select(["category_id", "county_id", "kind", "state", "proven", "number"], rows)
    )


def _settle_episode(issue: Issue, today: date, ends: EpisodeEnd | None, late: Late | None) -> None:
    """End the running episode when its reason is gone; open one when the deadline has passed.

    What was ``late`` and is not any more was late all the same, whether or not a night had run by then.
    """
    running = db.session.scalar(
        select(OverdueEpisode).where(OverdueEpisode.issue_id == issue.id, OverdueEpisode.ended_on.is_(None))
    )
    if running is None and late is not None:
        running = OverdueEpisode(issue_id=issue.id, deadline=late[0], starts_on=late[1], recorded_at=issue.updated_at)
        db.session.add(running)
        db.session.flush()
    if running is not None and issue.overdue_from and issue.deadline and issue.deadline < running.deadline:
        # corrected, not extended: it has been late for longer
        running.deadline, running.starts_on = issue.deadline, issue.overdue_from
    if running is not None and (issue.overdue_from is None or running.deadline != issue.deadline):
        running.ended_on, running.end = today, ends or _ENDS.get(issue.state, EpisodeEnd.EXTENDED)
        running = None
        db.session.flush()
    if running is None:
        _open_episodes([issue], today)


def _open_episodes(issues: Iterable[Issue | Draft], today: date) -> None:
    """Begin an episode where the deadline has passed and none is running."""
    late = [
        {"issue_id": one.id, "deadline": one.deadline, "starts_on": one.overdue_from, "recorded_at": one.updated_at}
        for one in issues
        if one.overdue_from is not None and one.overdue_from <= today and one.deadline
    ]
    add_rows(OverdueEpisode, late)


def forget(brought: Sequence[Issue]) -> None:
    """Take issues out as if they had never come: only for an import undone before anything happened to its rows.

    The findings they answered cannot go; they stand as withdrawn.
    """
    leaving = Counter(cell for issue in brought if (cell := _cell(issue)) is not None)
    shift_counts(Counter({cell: -number for cell, number in leaving.items()}))
    ids = [issue.id for issue in brought]
    db.session.execute(
        update(FindingAnswer).where(FindingAnswer.issue_id.in_(ids)).values(how=Answer.WITHDRAWN, issue_id=None),
        execution_options={"synchronize_session": False},
    )
    for table in (IssueText, OverdueEpisode, IssueUnit, TaskForceMember):
        db.session.execute(
            delete(table).where(table.issue_id.in_(ids)), execution_options={"synchronize_session": False}
        )
    db.session.execute(delete(Issue).where(Issue.id.in_(ids)), execution_options={"synchronize_session": False})
    for issue in brought:
        db.session.expunge(issue)


def index_text(*issues: Issue | Draft) -> None:
    """Refresh what search looks in: number, wording, requirement."""
    row = upsert(IssueText.__table__)
    row = row.on_conflict_do_update(index_elements=["issue_id"], set_={"grams": row.excluded.grams})
    db.session.execute(row, _texts(issues))


def _texts(issues: Iterable[Issue | Draft]) -> list[dict[str, Any]]:
    return [{"issue_id": issue.id, "grams": shadow(_searched(issue))} for issue in issues]


def _searched(issue: Issue | Draft) -> str:
    return " ".join(filter(None, (issue.number, issue.ledger_number, issue.title, issue.wording, issue.requirement)))


def next_number(year: int) -> str:
    """The next number of a year's series, ``2019-00042``; unique under concurrency."""
    return next_numbers(year, 1)[0]


def next_numbers(year: int, count: int) -> list[str]:
    """The next ``count`` numbers of a year's series, by one statement."""
    row = upsert(NumberSeries).values(year=year, last=count)
    row = row.on_conflict_do_update(index_elements=["year"], set_={"last": NumberSeries.last + count})
    last = db.session.scalar(row.returning(NumberSeries.last)) or 0
    return [f"{year}-{number:05d}" for number in range(last - count + 1, last + 1)]


# --- use cases ------------------------------------------------------------------------------------------------


def list_issue(
    actor: Actor,
    *,
    today: date,
    title: str,
    wording: str,
    source: Source,
    category_id: int,
    region_id: int,
    kind: Kind,
    source_note: str | None = None,
    number: str | None = None,
    findings: Iterable[Finding] = (),
    amount: Decimal | None = None,
    deadline_written: str | None = None,
    at: datetime | None = None,
) -> Issue:
    """Put a problem on the list (列单), with the findings it answers."""
    answers = list(findings)
    issue = Issue(
        number=number or next_number(today.year),
        title=title,
        wording=wording,
        source=source,
        source_note=source_note,
        category_id=category_id,
        region_id=region_id,
        kind=kind,
        listed_on=today,
        amount=amount,
        deadline_written=deadline_written,
    )
    enter(
        issue,
        Verb.LIST,
        actor,
        state=State.LISTED,
        today=today,
        at=at,
        facts={Fact.SOURCE_STATED: source is not Source.OTHER or bool(source_note)},
        data={"findings": [finding.id for finding in answers]} if answers else None,
    )
    answer_all([(finding.id, issue.id) for finding in answers], actor, today)
    return issue


def answer_all(answers: Sequence[tuple[int, int]], actor: Actor, today: date) -> None:
    """Note which issue was listed for which finding: (finding, issue). Their listing is the event."""
    if answers:
        db.session.execute(  # what an import undone left behind
            delete(FindingAnswer).where(
                FindingAnswer.finding_id.in_([finding for finding, _ in answers]), FindingAnswer.how == Answer.WITHDRAWN
            ),
            execution_options={"synchronize_session": False},
        )
        said = {"how": Answer.LISTED, "answered_on": today, "by_id": actor.id}
        add_rows(FindingAnswer, [{**said, "finding_id": finding, "issue_id": issue} for finding, issue in answers])


def break_down(
    issue: Issue,
    actor: Actor,
    *,
    today: date,
    region_ids: Sequence[int],
    deadline: date | None = None,
    requirement: str = "",
    at: datetime | None = None,
) -> list[Issue]:
    """Break an issue down (细化分解): one listed child in each of these regions directly below its own.

    The issue becomes a parent, shown but no longer counted. Each child gets its own duty chain when it is assigned;
    ``deadline``, not after the parent's, is set for all of them, else each one's is set then.
    """
    places = regions_to_break_down_to(issue)
    wanted = [region for region in places if region.id in set(region_ids)]
    inherited = {
        name: getattr(issue, name) for name in ("title", "wording", "source", "source_note", "category_id", "kind")
    }
    first = 1 + (db.session.scalar(select(func.count()).where(Issue.parent_id == issue.id)) or 0)
    facts = {
        Fact.COUNTIES: bool(wanted) and len(wanted) == len(set(region_ids)),
        Fact.CHILD_DEADLINES: deadline is None or issue.deadline is None or today <= deadline <= issue.deadline,
    }
    advance(
        issue,
        Verb.BREAK_DOWN,
        actor,
        today=today,
        at=at,
        facts=facts,
        changes={"has_children": True},
        data={"regions": [region.id for region in wanted]},
    )
    children = [
        Issue(
            number=f"{issue.number}-{serial:02d}",
            parent_id=issue.id,
            region_id=region.id,
            deadline=deadline,
            requirement=requirement or issue.requirement,
            listed_on=today,
            **inherited,
        )
        for serial, region in enumerate(wanted, first)
    ]
    for child in children:
        stated = {Fact.SOURCE_STATED: True}  # the parent's
        enter(child, Verb.LIST, actor, state=State.LISTED, today=today, facts=stated, data={"parent": issue.id}, at=at)
    return children


def assign(
    issue: Issue,
    actor: Actor,
    *,
    today: date,
    calendar: Calendar,
    duty: Duty,
    requirement: str,
    deadline: date | None = None,
    review_on: date | None = None,
    quantity: tuple[str, int] | None = None,
    at: datetime | None = None,
) -> Event:
    """Hand a listed problem to its duty chain (交办).

    An immediate problem without a deadline gets ten working days, marked as proposed by the system. A deadline
    once set stays: declining and handing over again is no way around an extension.
    """
    proposed = False
    if issue.original_deadline is not None:
        if deadline not in (None, issue.deadline):
            raise Refused(N_("整改时限已定为 %(date)s，要改须走延期。"), date=issue.deadline)
        deadline, proposed = issue.deadline, issue.deadline_proposed
    elif deadline is None and issue.kind is Kind.IMMEDIATE:
        deadline, proposed = calendar.add_workdays(today, IMMEDIATE_WORKDAYS), True
    elif deadline is not None and deadline < today:
        raise Refused(N_("整改时限 %(date)s 已经过去，请填写今天或以后的日期。"), date=deadline)
    unit, total = quantity or (issue.quantity_unit, issue.quantity_total)
    return advance(
        issue,
        Verb.ASSIGN,
        actor,
        today=today,
        duty=duty,
        at=at,
        facts={
            Fact.REQUIREMENT: bool(requirement.strip()),
            Fact.DEADLINE_SET: bool(review_on if issue.kind is Kind.LONG_TERM else deadline),
        },
        changes={
            "requirement": requirement,
            "deadline": deadline,
            "deadline_proposed": proposed,
            "original_deadline": issue.original_deadline or deadline,
            "review_on": review_on,
            "quantity_unit": unit,
            "quantity_total": total,
        },
    )


def accept(issue: Issue, actor: Actor, *, today: date, at: datetime | None = None) -> Event:
    """Sign for it (签收)."""
    return advance(issue, Verb.ACCEPT, actor, today=today, at=at)


def decline(issue: Issue, actor: Actor, *, today: date, reason: str, at: datetime | None = None) -> Event:
    """Give it back to the supervisor with a reason (退回)."""
    return advance(issue, Verb.DECLINE, actor, today=today, remark=reason, at=at)


def reassign(issue: Issue, actor: Actor, *, today: date, duty: Duty, reason: str, at: datetime | None = None) -> Event:
    """Hand it over to another duty chain (转办); the deadline stays."""
    return advance(issue, Verb.REASSIGN, actor, today=today, duty=duty, remark=reason, at=at)


def correct(
    issue: Issue,
    actor: Actor,
    *,
    today: date,
    reason: str,
    changes: Mapping[str, Any],
    duty: Duty | None = None,
    at: datetime | None = None,
) -> Event:
    """Mend what is written wrongly (更正), with a reason, before and after.

    A later deadline is an extension, not a correction; a missing one may be filled in. Where the place or
    category moves, the supervisor must cover the new one too.
    """
    fields = dict(changes)
    if "deadline" in fields:
        fields |= _corrected_deadline(issue, fields["deadline"])
    if "region_id" in fields:
        fields["county_id"] = county_of(fields["region_id"])
    region, category = fields.get("region_id", issue.region_id), fields.get("category_id", issue.category_id)
    if Who.SUPERVISOR not in supervises(actor, region, category):
        raise Refused(N_("更正后的地区或类别不在您的职责范围内。"))
    return advance(issue, Verb.CORRECT, actor, today=today, remark=reason, changes=fields, duty=duty, at=at)


def _corrected_deadline(issue: Issue, deadline: date | None) -> dict[str, Any]:
    if issue.deadline is None:
        return {"original_deadline": issue.original_deadline or deadline, "deadline_proposed": False}
    if deadline is None or deadline > issue.deadline:
        raise Refused(N_("时限不能用更正改晚或删去，请走延期申请。"))
    return {"deadline_proposed": False}


def dismiss(
    issue: Issue, actor: Actor, *, today: date, reason: str, document: str, at: datetime | None = None
) -> Event:
    """Take it off the list without clearing it (不予列单): merged, withdrawn, handed over. Counted apart."""
    return advance(
        issue,
        Verb.DISMISS,
        actor,
        today=today,
        remark=f"{reason}\n{document}",
        at=at,
        facts={Fact.REASON: bool(reason.strip()), Fact.DOCUMENT: bool(document.strip())},
    )

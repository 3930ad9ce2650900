"""Questions about meetings; each starts at ``visible_to``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, literal_column, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.models import User
from tracker.base.access import N_, READERS, Actor, Missing, Role
from tracker.base.db import db
from tracker.base.paging import Page, Segment, read_page
from tracker.clearance.models import Application
from tracker.clearance.rules import ApplicationState
from tracker.deadlines.rules import LEVEL_NAMES, days_overdue, level_name
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to as issue_visible_to
from tracker.issues.workflow import OPEN, State
from tracker.meetings.models import AgendaItem, Meeting, Participant
from tracker.meetings.rules import TALK_RULE, MeetingKind, Standing, TalkRule, reasons
from tracker.org.models import Region, Unit
from tracker.org.queries import below, counties, line_above
from tracker.register import queries as register
from tracker.register.queries import Item
from tracker.register.rules import ALL_YEARS, Filters, Sort
from tracker.settings.models import Setting
from tracker.tasks.queries import decisions_left, instructions_since, self_checks_since, tasks_with_ids

PAGE_SIZE = 50
CANDIDATES_SHOWN = 100
_OPEN: ColumnElement[bool] = literal_column("issue.state NOT IN ('cleared','dismissed')")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A region's supervisors and leaders (for all categories) see its meetings and those below; others those they
    chair or take part in, themselves or by their unit."""
    parts: list[ColumnElement[bool]] = [
        Meeting.region_id.in_(below(grant.region_id))
        for grant in actor.grants
        if grant.role in (Role.SUPERVISOR, Role.LEADER) and grant.category_id is None
    ]
    if any(grant.role in READERS for grant in actor.grants):
        mine = or_(Participant.person_id == actor.duty_id, Participant.unit_id == actor.unit_id)
        parts += [Meeting.chair_id == actor.duty_id, Meeting.id.in_(select(Participant.meeting_id).where(mine))]
    return or_(*parts) if parts else false()


def keeps(actor: Actor, region_id: int) -> bool:
    """Whether the person prepares this region's meetings and writes down what they decide."""
    line = line_above(region_id)
    return any(
        grant.role is Role.SUPERVISOR and grant.category_id is None and grant.region_id in line
        for grant in actor.grants
    )


def regions_kept(actor: Actor) -> list[Region]:
    """The counties (and the root) whose meetings this person keeps, the root first."""
    found = [region for region in counties() if keeps(actor, region.id)]
    return sorted(found, key=lambda region: region.parent_id is not None)


def meeting_with_id(meeting_id: int, actor: Actor) -> Meeting:
    """The whole meeting. Raises Missing where it is not there for this person."""
    found = db.session.scalar(
        select(Meeting)
        .where(Meeting.id == meeting_id, visible_to(actor))
        .options(
            joinedload(Meeting.chair).lazyload(User.posts),
            selectinload(Meeting.items),
            selectinload(Meeting.participants).joinedload(Participant.person).lazyload(User.posts),
            selectinload(Meeting.participants).joinedload(Participant.unit),
            selectinload(Meeting.decisions),
        )
    )
    if found is None:
        raise Missing
    return found


def listing(actor: Actor, cursor: str | None) -> Page:
    """Meetings, the newest first: id, kind, held_on, place, region, chair, decisions, settled (of them)."""
    chair = aliased(User)
    columns: list[Any] = [Meeting.kind, Meeting.place, Region.name.label("region"), chair.name.label("chair")]
    query: Select[Any] = (
        select(*columns)
        .join(Region, Region.id == Meeting.region_id)
        .outerjoin(chair, chair.id == Meeting.chair_id)
        .where(visible_to(actor))
    )
    segment = Segment("all", (), (Meeting.held_on, Meeting.id), descending=True)
    return read_page(query, [segment], cursor, PAGE_SIZE, lambda one: db.session.execute(one).all())


def agenda_of(meeting: Meeting, actor: Actor) -> Sequence[Row[Any]]:
    """The topics in order: text, and the issue's number, title and deadline where this person may see it."""
    seen = issue_visible_to(actor)
    return db.session.execute(
        select(
            AgendaItem.text,
            case((seen, Issue.number)).label("number"),
            case((seen, Issue.title)).label("title"),
            case((seen, Issue.state)).label("state"),
            AgendaItem.issue_id.is_not(None).label("about_issue"),
        )
        .outerjoin(Issue, Issue.id == AgendaItem.issue_id)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position)
    ).all()


def decisions_of(meeting: Meeting, actor: Actor) -> list[Row[Any]]:
    """What it decided, as ``tasks.queries.rows`` says it."""
    return tasks_with_ids([one.task_id for one in meeting.decisions], actor)


def meeting_before(meeting: Meeting, actor: Actor) -> Meeting | None:
    """The last one of the same kind and region."""
    earlier = or_(Meeting.held_on < meeting.held_on, and_(Meeting.held_on == meeting.held_on, Meeting.id < meeting.id))
    return db.session.scalar(
        select(Meeting)
        .where(Meeting.kind == meeting.kind, Meeting.region_id == meeting.region_id, earlier, visible_to(actor))
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
        .limit(1)
        .options(selectinload(Meeting.decisions))
    )


@dataclass(frozen=True)
class Followed:
    """What became of what was asked before a meeting: rows of ``tasks.queries.rows``, and of its self-checks."""

    before: Meeting | None
    decisions: Sequence[Row[Any]]  # of the meeting before
    left: Sequence[Row[Any]]  # of earlier meetings of the region, not settled
    instructions: Sequence[Row[Any]]  # since the meeting before, or not settled
    self_checks: Sequence[Row[Any]]


def followed(meeting: Meeting, actor: Actor, today: date) -> Followed:
    """A constant number of queries. Where no meeting went before, a month counts."""
    before = meeting_before(meeting, actor)
    shown = [one.task_id for one in [*(before.decisions if before else ()), *meeting.decisions]]
    first = before.held_on if before else meeting.held_on - timedelta(days=31)
    span = (meeting.region_id, first, meeting.held_on)
    return Followed(
        before=before,
        decisions=decisions_of(before, actor) if before else [],
        left=decisions_left(actor, region_id=meeting.region_id, last=meeting.held_on, without=shown),
        instructions=instructions_since(actor, *span),
        self_checks=self_checks_since(actor, today, *span),
    )


def months_of(actor: Actor, today: date) -> dict[MeetingKind, int]:
    """How many meetings of each kind this month has, held or planned: what the cycle still lacks."""
    first = today.replace(day=1)
    found = db.session.execute(
        select(Meeting.kind, func.count())
        .where(visible_to(actor), Meeting.held_on >= first, Meeting.held_on < _next_month(first))
        .group_by(Meeting.kind)
    ).all()
    return {row[0]: row[1] for row in found}


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


# --- who might be talked to -------------------------------------------------------------------------------------


def talk_rule() -> TalkRule:
    setting = db.session.get(Setting, TALK_RULE)
    return TalkRule.read(setting.value if setting else None)


@dataclass(frozen=True)
class Candidate:
    """An issue whose people might be talked to. ``why``: msgids with a number."""

    row: Row[Any]
    why: list[tuple[str, int]]


@dataclass(frozen=True)
class Candidates:
    shown: list[Candidate]
    total: int


def candidates(actor: Actor, rule: TalkRule, today: date, county_id: int | None = None) -> Candidates:
    """Open issues in this person's scope that the rule proposes, those longest overdue first; two queries.

    Rows: id, number, title, county, lead, unit, overdue_from, relapses, returned.
    """
    lead, unit = aliased(User), aliased(Unit)
    returned = (
        select(func.count())
        .where(Application.issue_id == Issue.id, Application.state == ApplicationState.RETURNED)
        .correlate(Issue)
        .scalar_subquery()
    )
    longest = today - timedelta(days=rule.overdue_days - 1)
    asked: list[ColumnElement[bool]] = []
    if rule.overdue_days:
        asked.append(and_(Issue.overdue_from.is_not(None), Issue.overdue_from <= longest))
    if rule.relapses:
        asked.append(Issue.relapses >= rule.relapses)
    if rule.returned:
        asked.append(returned >= rule.returned)
    where = [_OPEN, issue_visible_to(actor), or_(*asked)]
    if county_id is not None:
        where.append(Issue.county_id == county_id)
    query = (
        select(
            Issue.id, Issue.number, Issue.title, Region.name.label("county"), lead.name.label("lead"),
            unit.name.label("unit"), Issue.overdue_from, Issue.relapses, returned.label("returned"),
        )
        .join(Region, Region.id == Issue.county_id)
        .outerjoin(lead, lead.id == Issue.lead_official_id)
        .outerjoin(unit, unit.id == Issue.lead_unit_id)
        .where(*where)
        .order_by(Issue.overdue_from.is_(None), Issue.overdue_from, Issue.relapses.desc(), Issue.id)
    )  # fmt: skip
    rows = db.session.execute(query.limit(CANDIDATES_SHOWN)).all()
    total = len(rows)
    if total == CANDIDATES_SHOWN:
        total = db.session.scalar(select(func.count()).select_from(Issue).where(*where)) or 0
    return Candidates([Candidate(row, reasons(_standing(row, today), rule)) for row in rows], total)


def _standing(row: Row[Any], today: date) -> Standing:
    return Standing(days_overdue(row.overdue_from, today), row.relapses, row.returned)


def issues_named(words: Sequence[str], actor: Actor) -> dict[str, Row[Any]]:
    """Of these words those that are numbers of issues this person may see: id, number, title; one query."""
    columns: list[Any] = [Issue.id, Issue.number, Issue.title]
    query: Select[Any] = select(*columns)
    found = db.session.execute(query.where(Issue.number.in_(words), issue_visible_to(actor)))
    return {row.number: row for row in found}


# --- the pack ---------------------------------------------------------------------------------------------------

OVERDUE_SHOWN, CLEARED_SHOWN, RELAPSED_SHOWN = 20, 100, 50


@dataclass(frozen=True)
class Figure:
    """A number, and the list that has as many rows."""

    label: str
    filters: Filters
    number: int


@dataclass(frozen=True)
class Pack:
    """Everything that is taken along to a dispatch: as of today, of the month it is held in."""

    meeting: Meeting
    month: str
    figures: list[Figure]
    names: dict[int, str]  # of the counties
    counties: list[tuple[str, list[int]]]  # name, the numbers of COUNTY_FIGURES
    overdue: Sequence[Item]
    cleared: Sequence[Item]
    relapsed: Sequence[Item]
    candidates: Candidates
    followed: Followed


#: What the pack counts of each county.
COUNTY_FIGURES = (N_("未销号"), N_("逾期"), N_("本月销号"), N_("反弹未销号"))
STANDING, OVERDUE, CLEARED, RELAPSED = COUNTY_FIGURES


def lists_of(meeting: Meeting) -> dict[str, Filters]:
    """The lists whose lengths the pack states. Broken-down parents are counted nowhere (DOMAIN §6)."""
    county = meeting.region_id if meeting.region.parent_id is not None else None
    whole = Filters(county=county, no_parents=True, year=ALL_YEARS)
    standing = replace(whole, state=tuple(state for state in State if state in OPEN))
    return {
        STANDING: standing,
        OVERDUE: replace(whole, overdue=True),
        **{f"逾期升至{level_name(number)}": replace(whole, level=number) for number in range(1, len(LEVEL_NAMES) + 1)},
        N_("未签收"): replace(whole, unsigned=True),
        CLEARED: replace(whole, cleared_in=f"{meeting.held_on:%Y-%m}"),
        RELAPSED: replace(standing, relapsed=True),
    }


def pack(meeting: Meeting, actor: Actor, today: date) -> Pack:
    """A constant number of queries; every number is the length of a list this person can open."""
    asked = lists_of(meeting)
    figures = [
        Figure(label, filters, register.count(register.scope(filters, actor, today)))
        for label, filters in asked.items()
    ]
    by_county = [_by_county(asked[label], actor, today) for label in COUNTY_FIGURES]
    names = {region.id: region.name for region in counties()}

    def items(label: str, size: int, sort: Sort) -> Sequence[Item]:
        return register.listing(replace(asked[label], sort=sort), actor, today, None, size).items

    return Pack(
        meeting=meeting,
        month=f"{meeting.held_on:%Y-%m}",
        figures=figures,
        names=names,
        counties=[
            (name, [column.get(one, 0) for column in by_county])
            for one, name in names.items()
            if any(one in column for column in by_county)
        ],
        overdue=items(OVERDUE, OVERDUE_SHOWN, Sort.OVERDUE),
        cleared=items(CLEARED, CLEARED_SHOWN, Sort.COUNTY),
        relapsed=items(RELAPSED, RELAPSED_SHOWN, Sort.COUNTY),
        candidates=candidates(actor, talk_rule(), today, asked[STANDING].county),
        followed=followed(meeting, actor, today),
    )


def _by_county(filters: Filters, actor: Actor, today: date) -> dict[int, int]:
    """How long this list is in each county."""
    found = register.scope(filters, actor, today)
    sums: dict[int, int] = {}
    for part in found.parts.values():
        query = select(Issue.county_id, func.count()).where(*found.shared, *part).group_by(Issue.county_id)
        for county_id, number in db.session.execute(query):
            sums[county_id] = sums.get(county_id, 0) + number
    return sums

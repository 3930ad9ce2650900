"""Questions about look-backs: who may hold one, what is due, what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal_column, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from tracker.accounts.models import Post, User
from tracker.accounts.queries import PARTNER, nor_partners
from tracker.base.access import Actor, Missing, Role
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.base.paging import Segment, read_page
from tracker.clearance.models import Application, ApplicationLevel
from tracker.clearance.rules import WORK
from tracker.issues.models import Issue, IssueUnit, TaskForceMember
from tracker.issues.queries import supervised_by, visible_to
from tracker.issues.workflow import Kind, State
from tracker.lookbacks.models import Draw, LookBack, Pick, look_back_evidence
from tracker.lookbacks.rules import Asked, Rate, Result, Slip, tickets_for
from tracker.org.models import Region, RegionBelow, Unit
from tracker.settings.models import Category

PAGE_SIZE = 50
#: Further than this a list's number is not counted: one more stands for "more than that".
COUNT_LIMIT = 10_000

# Literal, as in the partial index: with a bound parameter SQLite would look at every row.
_DATED: ColumnElement[bool] = literal_column("issue.look_back_on IS NOT NULL")


# --- one issue ------------------------------------------------------------------------------------------------


def look_backs_of(issue_id: int) -> list[LookBack]:
    """Every look-back of the issue with who held it and its evidence, newest first; two queries."""
    return list(
        db.session.scalars(
            select(LookBack)
            .where(LookBack.issue_id == issue_id)
            .order_by(LookBack.id.desc())
            .options(
                *(joinedload(hand).lazyload(User.posts) for hand in (LookBack.by, LookBack.held_for)),
                selectinload(LookBack.evidence),
            )
        )
    )


def cleared_above(issue: Issue) -> list[Issue]:
    """The cleared issues it was broken down from, the topmost first."""
    found: list[Issue] = []
    above = db.session.get(Issue, issue.parent_id) if issue.parent_id else None
    while above is not None and above.state is State.CLEARED:
        found.insert(0, above)
        above = db.session.get(Issue, above.parent_id) if above.parent_id else None
    return found


def had_no_part(issue: Issue, actor: Actor, today: date) -> bool:
    """Whether the person neither worked on the issue nor reviewed any level of any application of it, nor did whoever
    stands in for them today or they for."""
    return db.session.scalar(select(Issue.id).where(Issue.id == issue.id, outsider(actor, today))) is not None


def outsider(actor: Actor, today: date) -> ColumnElement[bool]:
    """The same as a condition on ``Issue`` (DOMAIN §3: by someone who reviewed nothing of it)."""
    return and_(
        *(_stranger(person, unit) for person, unit in actor.sides),
        *(nor_partners(person, today, _partner_strange()) for person, _unit in actor.sides),
    )


def nearest_outsiders(issue: Issue, today: date) -> tuple[str, ...]:
    """Names of the supervisors nearest to the issue who can sign in and may look back: they had no part in it. One
    query; empty when there is none at all."""
    rows = db.session.execute(
        select(User.name, RegionBelow.depth)
        .join(Post, Post.user_id == User.id)
        .join(RegionBelow, and_(RegionBelow.ancestor_id == Post.region_id, RegionBelow.region_id == issue.region_id))
        .join(Issue, Issue.id == issue.id)
        .where(
            Post.role == Role.SUPERVISOR,
            Post.ended_at.is_(None),
            User.active,
            User.account.is_not(None),
            or_(Post.category_id.is_(None), Post.category_id == issue.category_id),
            _stranger(User.id, User.unit_id),
            nor_partners(User.id, today, _partner_strange()),
        )
        .order_by(RegionBelow.depth, Post.id)
    ).all()
    return tuple(dict.fromkeys(name for name, depth in rows if depth == rows[0].depth))


@lru_cache(maxsize=1)
def _partner_strange() -> ColumnElement[bool]:
    return _stranger(PARTNER.id, PARTNER.unit_id)


def _stranger(person_id: Any, unit_id: Any) -> ColumnElement[bool]:
    """This one person: named nowhere, never acted for it or had it done by a stand-in, reviewed nothing of it."""
    applied = select(Application.id).where(
        Application.issue_id == Issue.id, _one_of(person_id, Application.applicant_id, Application.applicant_for_id)
    )
    reviewed = (
        select(ApplicationLevel.position)
        .join(Application, Application.id == ApplicationLevel.application_id)
        .where(
            Application.issue_id == Issue.id,
            _one_of(person_id, ApplicationLevel.reviewer_id, ApplicationLevel.reviewer_for_id),
        )
    )
    unit = select(IssueUnit.unit_id).where(IssueUnit.issue_id == Issue.id, IssueUnit.unit_id == unit_id)
    force = select(TaskForceMember.user_id).where(
        TaskForceMember.issue_id == Issue.id, TaskForceMember.user_id == person_id
    )
    acted = select(Event.id).where(
        Event.subject == "issue",
        Event.subject_id == Issue.id,
        Event.verb.in_(WORK),
        _one_of(person_id, Event.actor_id, Event.for_id),
    )
    return and_(
        func.coalesce(Issue.lead_official_id, 0) != person_id,
        func.coalesce(Issue.responsible_person_id, 0) != person_id,
        func.coalesce(Issue.lead_unit_id, 0) != unit_id,
        ~unit.correlate_except(IssueUnit).exists(),
        ~force.correlate_except(TaskForceMember).exists(),
        ~applied.correlate_except(Application).exists(),
        ~reviewed.correlate_except(Application, ApplicationLevel).exists(),
        ~acted.correlate_except(Event).exists(),
    )


def _one_of(person_id: Any, *columns: Any) -> ColumnElement[bool]:
    return or_(*(column == person_id for column in columns))


# --- what is due ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """One page of a list. ``total``: exact up to COUNT_LIMIT."""

    rows: Sequence[Row[Any]]
    total: int
    next: str | None
    previous: str | None


def _due(asked: Asked, actor: Actor, today: date) -> Iterator[ColumnElement[bool]]:
    yield _DATED
    yield Issue.look_back_on <= today + timedelta(days=asked.ahead)
    yield visible_to(actor)
    yield from _placed(asked)
    if asked.mine:
        yield supervised_by(actor)
        yield outsider(actor, today)


def _placed(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.county is not None:
        yield Issue.county_id == asked.county
    if asked.category is not None:
        yield Issue.category_id == asked.category
    if asked.long_term is not None:
        yield Issue.kind == Kind.LONG_TERM if asked.long_term else Issue.kind != Kind.LONG_TERM


def due_count(asked: Asked, actor: Actor, today: date) -> int:
    """How many are due, as ``due`` lists them."""
    return _count(select(Issue.id).where(*_due(asked, actor, today)))


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.limit(COUNT_LIMIT + 1).subquery())) or 0


#: What every list says of an issue first.
_HEAD: tuple[Any, ...] = (
    Issue.number,
    Issue.title,
    Region.name.label("county"),
    Category.name.label("category"),
    Category.name_en.label("category_en"),
)


def due(asked: Asked, actor: Actor, today: date, cursor: str | None) -> Listing:
    """Clearances to be looked at, the longest due first; three queries.

    Rows: number, title, county, category, category_en, unit (主责), kind, cleared_on, relapses, look_back_on, and
    ``theirs``: whether this person may hold it.
    """
    first = and_(IssueUnit.issue_id == Issue.id, IssueUnit.position == 0)
    query = (
        select(
            *_HEAD,
            Unit.name.label("unit"),
            Issue.kind,
            Issue.cleared_on,
            Issue.relapses,
            and_(supervised_by(actor), outsider(actor, today)).label("theirs"),
            Issue.look_back_on,
        )
        .select_from(Issue)
        .join(Region, Region.id == Issue.county_id)
        .join(Category, Category.id == Issue.category_id)
        .outerjoin(IssueUnit, first)
        .outerjoin(Unit, Unit.id == IssueUnit.unit_id)
        .where(*_due(asked, actor, today))
    )
    segment = Segment("due", (), (Issue.look_back_on, Issue.id))
    return _listing(query, segment, cursor, lambda: due_count(asked, actor, today))


def _listing(query: Any, segment: Segment, cursor: str | None, count: Callable[[], int]) -> Listing:
    page = read_page(query, (segment,), cursor, PAGE_SIZE, _read)
    return Listing(page.rows, count(), page.next, page.previous)


def _read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


# --- what was found -------------------------------------------------------------------------------------------


def _held(asked: Asked, actor: Actor) -> Iterator[ColumnElement[bool]]:
    yield visible_to(actor)
    yield from _placed(asked)
    if asked.result is not None:
        yield LookBack.result == asked.result


def held(asked: Asked, actor: Actor, cursor: str | None) -> Listing:
    """Look-backs that were held, the newest first; two queries.

    Rows: number, title, county, category, category_en, place, seen, result, new_term, by, held_for, files, held_on.
    """
    files = select(func.count()).where(look_back_evidence.c.look_back_id == LookBack.id).scalar_subquery()
    joined = LookBack.issue_id == Issue.id
    query = (
        select(
            *_HEAD,
            LookBack.place,
            LookBack.seen,
            LookBack.result,
            LookBack.new_term,
            User.name.label("by"),
            PARTNER.name.label("held_for"),
            files.label("files"),
            LookBack.held_on,
        )
        .select_from(LookBack)
        .join(Issue, joined)
        .join(Region, Region.id == Issue.county_id)
        .join(Category, Category.id == Issue.category_id)
        .join(User, User.id == LookBack.by_id)
        .outerjoin(PARTNER, PARTNER.id == LookBack.held_for_id)
        .where(*_held(asked, actor))
    )
    segment = Segment("held", (), (LookBack.held_on, LookBack.id), descending=True)
    counted = select(LookBack.id).join(Issue, joined).where(*_held(asked, actor))
    return _listing(query, segment, cursor, lambda: _count(counted))


# --- how often it comes back ----------------------------------------------------------------------------------


def rates(actor: Actor) -> dict[tuple[int, int], Rate]:
    """(county, category) -> how many clearances were looked at and how many of them had relapsed; one query.

    A clearance counts once however often it was looked at; a second clearance of the same issue counts anew.
    """
    failed = func.max(case((LookBack.result == Result.FAILED, 1), else_=0)).label("failed")
    once = select(LookBack.issue_id, failed).group_by(LookBack.issue_id, LookBack.cleared_on).subquery()
    query = (
        select(Issue.county_id, Issue.category_id, func.count(), func.sum(once.c.failed))
        .select_from(once)
        .join(Issue, Issue.id == once.c.issue_id)
        .where(visible_to(actor))
        .group_by(Issue.county_id, Issue.category_id)
    )
    return {
        (county, category): Rate(looked, int(failed)) for county, category, looked, failed in db.session.execute(query)
    }


# --- the draw -------------------------------------------------------------------------------------------------


def urn() -> list[Slip]:
    """Every clearance that can be drawn, declared ones too, with the tickets of its first unit; two queries."""
    first = and_(IssueUnit.issue_id == Issue.id, IssueUnit.position == 0)
    relapses = {
        unit: int(number)
        for unit, number in db.session.execute(
            select(IssueUnit.unit_id, func.sum(Issue.relapses))
            .join(Issue, first)
            .where(Issue.relapses > 0)
            .group_by(IssueUnit.unit_id)
        )
    }
    rows = db.session.execute(
        select(Issue.number, Region.name, Category.name, IssueUnit.unit_id)
        .select_from(Issue)
        .join(Region, Region.id == Issue.county_id)
        .join(Category, Category.id == Issue.category_id)
        .outerjoin(IssueUnit, first)
        .where(Issue.state == State.CLEARED, ~Issue.has_children)
    )
    return [Slip(number, county, kind, tickets_for(relapses.get(unit, 0))) for number, county, kind, unit in rows]


def draws() -> Sequence[Row[Any]]:
    """Every draw, newest first: id, seed, size, drawn_on, due_on, by, number."""
    number = select(func.count()).where(Pick.draw_id == Draw.id).scalar_subquery().label("number")
    return db.session.execute(
        select(Draw.id, Draw.seed, Draw.size, Draw.drawn_on, Draw.due_on, User.name.label("by"), number)
        .join(User, User.id == Draw.by_id)
        .order_by(Draw.id.desc())
    ).all()


def draw_numbered(draw_id: int) -> Draw:
    """One draw with its urn and what was picked. Raises Missing."""
    found = db.session.scalar(
        select(Draw)
        .where(Draw.id == draw_id)
        .options(undefer(Draw.frame), joinedload(Draw.by).lazyload(User.posts), selectinload(Draw.picks))
    )
    if found is None:
        raise Missing
    return found


def picked(draw: Draw, actor: Actor) -> Sequence[Row[Any]]:
    """What was drawn and lies in this person's scope, in the draw's order: number, title, county, category,
    category_en, state, look_back_on, and ``result`` of a look-back since (None: nobody has looked)."""
    since = (
        select(LookBack.result)
        .where(LookBack.issue_id == Issue.id, LookBack.held_on >= draw.drawn_on)
        .order_by(LookBack.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query: Select[Any] = (
        select(
            *_HEAD,
            Issue.state,
            Issue.look_back_on,
            since.label("result"),
        )
        .join(Pick, Pick.issue_id == Issue.id)
        .join(Region, Region.id == Issue.county_id)
        .join(Category, Category.id == Issue.category_id)
        .where(Pick.draw_id == draw.id, visible_to(actor))
        .order_by(Pick.position)
    )
    return _read(query)


def sees_all(actor: Actor) -> bool:
    """Whether the whole list lies in this person's scope: only then is the whole urn theirs to see."""
    return any(
        grant.at_root and grant.category_id is None and grant.role in (Role.SUPERVISOR, Role.LEADER)
        for grant in actor.grants
    )

"""Questions about what was told and what leaves the house; an issue outside the reader's scope keeps number and title to
itself, and of a delivery nobody sees more than its matter, receiver, state and error."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, literal_column, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tracker.accounts.models import User
from tracker.base.access import Actor, Missing, Right, Role, may
from tracker.base.db import db
from tracker.base.journal import Remark
from tracker.base.paging import Page, Segment, read_page
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to
from tracker.issues.workflow import OPEN
from tracker.messages.models import Announcement, Delivery, Message, Outlet
from tracker.messages.rules import Channel, DeliveryState
from tracker.org.models import Region, Unit
from tracker.org.queries import below, line_above

PAGE_SIZE = 50
MOST_LINES = 20  # issues named in one message; the rest is a number and a link


@dataclass(frozen=True)
class Besides:
    """What a message may be about besides an issue, as the part that keeps it tells: its key, words, day, who sees it, and
    whether it still asks what the message says."""

    key: Any
    title: Any
    due: Any
    seen: Callable[[Actor], ColumnElement[bool]]
    stands: ColumnElement[bool]


#: Tasks stand further right and say here, when they are loaded, how they are asked for.
TASKS: list[Besides] = []


def _seen(
    reader: Actor, deputies: Iterable[Actor], visible: Callable[[Actor], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """What the reader may see of it; of what they were told for somebody else, what that person may."""
    own = and_(Message.for_id.is_(None), visible(reader))
    return or_(own, *(and_(Message.for_id == one.duty_id, visible(one)) for one in deputies))


def inbox(actor: Actor, cursor: str | None, deputies: Collection[Actor] = ()) -> Page:
    """A page of what this person was told, newest first: id, matter, number_told, day, read_at, whom it was told for
    (for_id, on_behalf); and of its issue number, title, county, of its task task, due, and what was said with it, None where
    there is none or the person no longer sees it. ``deputies``: the person in each place they take today. One query."""
    (tasks,) = TASKS
    seen, seen_task = _seen(actor, deputies, visible_to), _seen(actor, deputies, tasks.seen)
    absent = aliased(User)
    query = (
        select(
            Message.matter,
            Message.number.label("number_told"),
            Message.day,
            Message.read_at,
            Message.issue_id,
            Message.task_id,
            Message.for_id,
            absent.name.label("on_behalf"),
            case((or_(and_(Message.task_id.is_(None), seen), seen_task), Remark.text)).label("said"),
            case((seen_task, tasks.title)).label("task"),
            case((seen_task, tasks.due)).label("due"),
            case((seen, Issue.number)).label("number"),
            case((seen, Issue.title)).label("title"),
            case((seen, Region.name)).label("county"),
        )
        .outerjoin(Issue, Issue.id == Message.issue_id)
        .outerjoin(tasks.key.class_, tasks.key == Message.task_id)
        .outerjoin(absent, absent.id == Message.for_id)
        .outerjoin(Remark, Remark.id == Message.remark_id)
        .outerjoin(Region, Region.id == Issue.county_id)
        .where(Message.person_id == actor.duty_id, Message.channel == Channel.INBOX)
    )
    return read_page(query, (Segment("all", (), (Message.id,), descending=True),), cursor, PAGE_SIZE, _read)


def _read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


def told_about(issue_id: int) -> Sequence[Any]:
    """Who was told what of this issue: occasion, person, unit, day; in the order it was told."""
    return db.session.execute(
        select(Message.occasion, User.name.label("person"), Unit.name.label("unit"), Message.day)
        .join(User, User.id == Message.person_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(Message.issue_id == issue_id, Message.channel == Channel.INBOX)
        .order_by(Message.id)
    ).all()


# --- what a message says, asked again whenever it is sent ---------------------------------------------------------

_LINE = (Issue.number, Issue.title, Issue.deadline)


def lines_for_person(delivery_id: int, person: User, deputies: Collection[Actor]) -> tuple[Sequence[Any], int]:
    """The first open issues that an e-mail is about and its reader may see and has not read of (number, title, deadline,
    matter, on_behalf), and how many there are."""
    absent = aliased(User)
    about = (
        Message.delivery_id == delivery_id,
        Message.read_at.is_(None),
        Issue.state.in_(OPEN),
        _seen(person, deputies, visible_to),
    )
    query = select(*_LINE, Message.matter, absent.name.label("on_behalf")).join(Issue, Issue.id == Message.issue_id)
    query = query.outerjoin(absent, absent.id == Message.for_id).where(*about)
    total = select(func.count()).select_from(Message).join(Issue, Issue.id == Message.issue_id).where(*about)
    return _first(query, Message.id), db.session.scalar(total) or 0


def summaries_for_person(delivery_id: int, person: User, deputies: Collection[Actor]) -> Sequence[Any]:
    """What it says besides, about no issue or several at once: matter, how many times. Of tasks only those that the reader
    may see and that still ask what was told."""
    (tasks,) = TASKS
    told = or_(Message.task_id.is_(None), and_(tasks.stands, _seen(person, deputies, tasks.seen)))
    return db.session.execute(
        select(Message.matter, func.count().label("times"))
        .outerjoin(tasks.key.class_, tasks.key == Message.task_id)
        .where(told)
        .where(Message.delivery_id == delivery_id, Message.issue_id.is_(None), Message.read_at.is_(None))
        .group_by(Message.matter)
        .order_by(func.min(Message.id))
    ).all()


def lines_for_outlet(delivery_id: int, outlet: Outlet) -> tuple[Sequence[Any], int]:
    """The first open issues of the outlet's region that a message is about, and how many there are."""
    its = select(Announcement.issue_id).where(Announcement.delivery_id == delivery_id)
    about = (Issue.id.in_(its), Issue.state.in_(OPEN), Issue.region_id.in_(below(outlet.region_id)))
    total = select(func.count()).select_from(Issue).where(*about)
    return _first(select(*_LINE).where(*about), Issue.id), db.session.scalar(total) or 0


def _first(query: Any, key: InstrumentedAttribute[int]) -> Sequence[Any]:
    return db.session.execute(query.order_by(Issue.deadline.is_(None), Issue.deadline, key).limit(MOST_LINES)).all()


# --- deliveries ---------------------------------------------------------------------------------------------------

#: Literal: the index of what waits serves every beat.
_IS_WAITING: ColumnElement[bool] = literal_column("delivery.state = 'waiting'")
MAIL = 0  # the lane of all e-mail; an outlet's is its id


def lanes_due(now: datetime, *, mail: bool) -> list[int]:
    """The ways on which something is due: outlets by id, ``MAIL`` where e-mail can be sent."""
    found = db.session.scalars(
        select(Delivery.outlet_id)
        .where(_IS_WAITING, Delivery.due_at <= now, or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now))
        .distinct()
    )
    return sorted(lane or MAIL for lane in found if lane is not None or mail)


def on_lane(lane: int) -> ColumnElement[bool]:
    its = Delivery.outlet_id.is_(None) if lane == MAIL else Delivery.outlet_id == lane
    return and_(_IS_WAITING, its)


def delivery_with_id(delivery_id: int) -> Delivery:
    """Raises Missing for an unknown one."""
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None:
        raise Missing
    return delivery


def followed_delivery(delivery_id: int, actor: Actor) -> Delivery:
    """One of those this person follows. Raises Missing for any other."""
    query = _with_receivers(select(Delivery)).where(Delivery.id == delivery_id, _followed_by(actor))
    delivery: Delivery | None = db.session.scalar(query)
    if delivery is None:
        raise Missing
    return delivery


def deliveries(actor: Actor, state: DeliveryState | None, outlet_id: int | None, cursor: str | None) -> Page:
    """A page of what left or is to leave, newest first: matter, person, unit, outlet, state, tries, made_at, due_at,
    ended_at, trouble, detail. Of what it says, nothing. One query."""
    query = _with_receivers(
        select(
            Delivery.matter,
            User.name.label("person"),
            Unit.name.label("unit"),
            Outlet.name.label("outlet"),
            Delivery.state,
            Delivery.tries,
            Delivery.made_at,
            Delivery.due_at,
            Delivery.ended_at,
            Delivery.trouble,
            Delivery.detail,
        )
    ).where(*_filters(actor, state, outlet_id))
    return read_page(query, (Segment("all", (), (Delivery.id,), descending=True),), cursor, PAGE_SIZE, _read)


def delivery_counts(actor: Actor, outlet_id: int | None) -> dict[DeliveryState, int]:
    """How many this person follows, by state."""
    query = _with_receivers(select(Delivery.state, func.count().label("number"))).group_by(Delivery.state)
    found = db.session.execute(query.where(*_filters(actor, None, outlet_id))).all()
    return dict.fromkeys(DeliveryState, 0) | {row.state: row.number for row in found}


def failed_deliveries(actor: Actor, outlet_id: int | None, limit: int = 500) -> Sequence[Delivery]:
    """Those that failed, oldest first."""
    query = _with_receivers(select(Delivery)).where(*_filters(actor, DeliveryState.FAILED, outlet_id))
    return db.session.scalars(query.order_by(Delivery.id).limit(limit)).all()


def _with_receivers(query: Any) -> Any:
    return (
        query.outerjoin(User, User.id == Delivery.person_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(Outlet, Outlet.id == Delivery.outlet_id)
    )


def _filters(actor: Actor, state: DeliveryState | None, outlet_id: int | None) -> list[ColumnElement[bool]]:
    where = [_followed_by(actor)]
    if state is not None:
        where.append(Delivery.state == state)
    if outlet_id is not None:
        where.append(Delivery.outlet_id == outlet_id)
    return where


def _followed_by(actor: Actor) -> ColumnElement[bool]:
    """Whoever runs the system follows all; a supervisor what goes to the people and groups of their region."""
    if may(actor, Right.OUTLETS):
        return true()
    regions = _supervised_regions(actor)
    parts = [or_(Unit.region_id.in_(below(one)), Outlet.region_id.in_(below(one))) for one in regions]
    return or_(*parts) if parts else false()


def _supervised_regions(actor: Actor) -> list[int]:
    """Where the person supervises every category."""
    return [grant.region_id for grant in actor.grants if grant.role is Role.SUPERVISOR and grant.category_id is None]


# --- outlets ------------------------------------------------------------------------------------------------------


def open_outlets() -> Sequence[Outlet]:
    return db.session.scalars(select(Outlet).where(Outlet.opened_at.is_not(None)).order_by(Outlet.id)).all()


def outlets(actor: Actor) -> Sequence[Outlet]:
    """All for whoever runs the system; for a supervisor those whose region lies in theirs."""
    query = select(Outlet).order_by(Outlet.opened_at.is_not(None), Outlet.region_id, Outlet.id)
    if not may(actor, Right.OUTLETS):
        parts = [Outlet.region_id.in_(below(one)) for one in _supervised_regions(actor)]
        query = query.where(or_(*parts) if parts else false())
    return db.session.scalars(query).all()


def outlet_with_id(outlet_id: int) -> Outlet:
    """Raises Missing for an unknown one."""
    outlet = db.session.get(Outlet, outlet_id)
    if outlet is None:
        raise Missing
    return outlet


def covers_outlet(outlet: Outlet, actor: Actor) -> bool:
    """Whether the person supervises all that this outlet would hear of."""
    return bool(set(_supervised_regions(actor)) & set(line_above(outlet.region_id)))


def lane_figures() -> dict[int, Any]:
    """By lane (see ``MAIL``): waiting, failed, and when something was last sent. One query."""
    lane = func.coalesce(Delivery.outlet_id, MAIL)
    rows = db.session.execute(
        select(
            lane.label("lane"),
            func.sum(case((Delivery.state == DeliveryState.WAITING, 1), else_=0)).label("waiting"),
            func.sum(case((Delivery.state == DeliveryState.FAILED, 1), else_=0)).label("failed"),
            func.max(case((Delivery.state == DeliveryState.SENT, Delivery.ended_at))).label("last_sent"),
        ).group_by(lane)
    ).all()
    return {row.lane: row for row in rows}

"""Use cases: queue what is to be told, inside and out; mark it read; make the digest; deliver; keep the outlets."""

from __future__ import annotations

import base64
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from tracker.accounts.models import StandIn, User
from tracker.accounts.queries import in_force
from tracker.accounts.rules import NIGHT, awake_at
from tracker.base import clock, journal
from tracker.base.access import N_, Actor, Missing, Refused, Right, may
from tracker.base.db import db, transaction, upsert
from tracker.issues.models import Issue
from tracker.messages import outside, queries
from tracker.messages.models import Announcement, Delivery, Message, Outlet
from tracker.messages.rules import (
    GATHERED,
    LEASE,
    NOT_URGENT,
    PRESSING,
    SIGNED,
    URGENT,
    Channel,
    DeliveryState,
    Matter,
    OutletKind,
    Trouble,
    Unsent,
    check_webhook,
    robot_key,
    wait_after,
)
from tracker.messages.vault import Keys, lock, unlock
from tracker.org.models import Region
from tracker.org.queries import below

log = logging.getLogger(__name__)

_QUEUED = (
    *("occasion", "person_id", "issue_id", "task_id", "number", "for_id"),
    *("channel", "matter", "remark_id", "day", "queued_at"),
)
_MADE = ("occasion", "person_id", "matter", "number", "state", "tries", "made_at", "due_at")
_GATHERED = timedelta(minutes=1)
_DIGEST_REACH = timedelta(days=7)  # older things are no news: who turns the digest on is not told of a whole year


def queue(told: Select[Any], matter: Matter, *, day: date, at: datetime, remark_id: int | None = None) -> int:
    """Queue one message for each row of ``told`` (occasion, person_id, issue_id, number, perhaps task_id) that was not told
    before, and one for whoever stands in on that day, marked for whom.

    ``remark_id``: what a person said with it, kept beside the journal and only referred to.
    One statement however many; returns how many it queued. The readers' unread numbers move in the same transaction,
    and what is urgent goes out by e-mail to those who want it, one for each person.
    """
    away = db.session.scalar(select(StandIn.id).where(in_force(day)).limit(1)) is not None
    rows: Any = told.cte() if away else told.subquery()  # read twice
    same = (
        literal(Channel.INBOX, Message.channel.type),
        literal(matter, Message.matter.type),
        literal(remark_id, Message.remark_id.type),
        literal(day),
        literal(at, Message.queued_at.type),
    )
    about = (rows.c.issue_id, rows.c.task_id if "task_id" in rows.c else cast(null(), Integer), rows.c.number)
    source: Any = select(rows.c.occasion, rows.c.person_id, *about, cast(null(), Integer), *same)
    source = source.where(rows.c.person_id.is_not(None))  # SQLite reads ON CONFLICT after a bare FROM as a join
    if away:
        source = union_all(source, _for_those_away(rows, about, same, day))
    messages: Any = Message.__table__  # not the class: a night queues tens of thousands
    insert = upsert(messages).from_select(_QUEUED, source).on_conflict_do_nothing()
    queued = db.session.execute(insert.returning(messages.c.id, messages.c.person_id)).all()
    readers = Counter(person for _, person in queued)
    if readers:
        people: Any = User.__table__
        more = (
            update(people).where(people.c.id == bindparam("reader")).values(unread=people.c.unread + bindparam("more"))
        )
        # in one order: two transactions cannot block each other
        db.session.execute(more, [{"reader": one, "more": readers[one]} for one in sorted(readers)])
        if matter in URGENT:
            first, last = min(number for number, _ in queued), max(number for number, _ in queued)
            these = (Message.id.between(first, last), Message.matter == matter, Message.queued_at == at)
            _join_waiting_mail(these, matter)
            due = at + _GATHERED if matter in GATHERED else at
            _mail(these, User.mail_urgent, matter, f"{matter}:{secrets.token_hex(8)}", at, due)
    return readers.total()


def _for_those_away(rows: Any, about: tuple[Any, ...], same: tuple[Any, ...], day: date) -> Select[Any]:
    """The same for who stands in for one of the people named. Who is named too hears it once, for themselves: theirs
    comes first."""
    return (
        select(rows.c.occasion, StandIn.person_id, *about, StandIn.absent_id, *same)
        .join(StandIn, StandIn.absent_id == rows.c.person_id)
        .join(User, User.id == StandIn.person_id)
        .where(in_force(day), User.active, User.account.is_not(None))
    )


def _join_waiting_mail(which: tuple[ColumnElement[bool], ...], matter: Matter) -> None:
    """Whoever is reminded of forty issues by forty acts gets one e-mail: one of the same matter that nobody has begun to
    send takes the new messages along."""
    waiting = db.session.execute(
        select(Delivery.person_id, Delivery.id)
        .where(queries.on_lane(queries.MAIL), Delivery.matter == matter, Delivery.tries == 0)
        .where(Delivery.person_id.in_(select(Message.person_id).where(*which)))
        .with_for_update()  # or it could be read and sent before what is added here is there to be read
    ).all()
    for person, delivery in waiting:
        db.session.execute(
            update(Message).where(*which, Message.person_id == person).values(delivery_id=delivery),
            execution_options={"synchronize_session": False},
        )


def _mail(
    which: tuple[ColumnElement[bool], ...], wanted: Any, matter: Matter, occasion: str, at: datetime, due: datetime
) -> int:
    """One e-mail a person of those messages, to whoever wants them and has an address; returns how many."""
    if not outside.sends_mail():
        return 0
    unsent = (*which, Message.delivery_id.is_(None))
    source = (
        select(
            literal(occasion),
            Message.person_id,
            literal(matter, Delivery.matter.type),
            func.max(Message.number) if matter in URGENT else func.count(),
            literal(DeliveryState.WAITING, Delivery.state.type),
            literal(0),
            literal(at, Delivery.made_at.type),
            literal(due, Delivery.due_at.type),
        )
        .join(User, User.id == Message.person_id)
        .where(*unsent, wanted, User.email.is_not(None), User.active)
        .group_by(Message.person_id)
        .order_by(Message.person_id)
    )
    insert = upsert(Delivery).from_select(_MADE, source).on_conflict_do_nothing().returning(Delivery.id)
    made = len(db.session.scalars(insert).all())
    if made:
        if matter not in PRESSING:
            _let_sleep(occasion, due)
        its = select(Delivery.id).where(Delivery.occasion == occasion, Delivery.person_id == Message.person_id)
        db.session.execute(
            update(Message).where(*unsent, its.exists()).values(delivery_id=its.scalar_subquery()),
            execution_options={"synchronize_session": False},
        )
    return made


def _let_sleep(occasion: str, due: datetime) -> None:
    """What was just made for people whose night it is waits until it is over; few nights differ."""
    its = (Delivery.occasion == occasion, Delivery.person_id == User.id)
    nights = db.session.execute(select(User.quiet_from, User.quiet_until).where(*its).distinct()).all()
    for begins, ends in nights:
        later = awake_at(clock.local(due), begins, ends)
        if later > due:
            people = select(User.id).where(User.quiet_from == begins, User.quiet_until == ends)
            db.session.execute(
                update(Delivery)
                .where(Delivery.occasion == occasion, Delivery.person_id.in_(people))
                .values(due_at=later),
                execution_options={"synchronize_session": False},
            )


def announce(told: Select[Any], matter: Matter, *, number: int, at: datetime) -> int:
    """Queue one message for each outlet about those issues of ``told`` (occasion, issue_id) that lie in its region and were
    not told there before; returns how many messages. A group sleeps by night as people do, a program does not."""
    rows = told.subquery()
    made = 0
    morning = at if matter in PRESSING else awake_at(clock.local(at), *NIGHT)
    for outlet in queries.open_outlets():
        sending = Delivery(
            occasion=f"{matter}:{secrets.token_hex(8)}",
            outlet_id=outlet.id,
            matter=matter,
            number=number,
            made_at=at,
            due_at=at if outlet.kind is OutletKind.WEBHOOK else morning,
        )
        db.session.add(sending)
        db.session.flush()
        source = (
            select(literal(outlet.id), rows.c.occasion, rows.c.issue_id, literal(sending.id))
            .join(Issue, Issue.id == rows.c.issue_id)
            .where(Issue.region_id.in_(below(outlet.region_id)))
            .distinct()
        )
        columns = ("outlet_id", "occasion", "issue_id", "delivery_id")
        insert = upsert(Announcement).from_select(columns, source).on_conflict_do_nothing()
        if db.session.scalars(insert.returning(Announcement.issue_id)).all():
            made += 1
        else:
            db.session.delete(sending)
            db.session.flush()
    return made


def make_digests(today: date, at: datetime) -> int:
    """One e-mail for each person who wants it, about what came since their last one, is not urgent and was not read.

    Asked twice a day makes none the second time. Returns how many.
    """
    waiting = (
        Message.read_at.is_(None),
        Message.matter.in_(sorted(NOT_URGENT)),
        Message.day > today - _DIGEST_REACH,
    )
    return _mail(waiting, User.mail_digest, Matter.DIGEST, f"digest:{today}", at, at)


# Reading leaves no event: it changes nothing of an issue, and nobody is to be measured by what they read (DOMAIN §7).


def mark_read(message_id: int, actor: Actor, at: datetime | None = None) -> None:
    """Read one message. Raises Missing when it is not this person's."""
    mine = db.session.scalar(select(Message.id).where(Message.id == message_id, Message.person_id == actor.duty_id))
    if mine is None:
        raise Missing
    _read(Message.id == message_id, actor, at)


def mark_all_read(actor: Actor, up_to: int, at: datetime | None = None) -> None:
    """Read everything up to the newest message that the page showed: what came since stays unread."""
    _read(Message.id <= up_to, actor, at)


def _read(which: ColumnElement[bool], actor: Actor, at: datetime | None) -> None:
    mine = (Message.person_id == actor.duty_id, Message.channel == Channel.INBOX, Message.read_at.is_(None))
    db.session.execute(
        update(Message).where(which, *mine).values(read_at=at or clock.now()),
        execution_options={"synchronize_session": False},
    )
    left = select(func.count()).select_from(Message).where(*mine).scalar_subquery()
    db.session.execute(
        update(User).where(User.id == actor.duty_id).values(unread=left),
        execution_options={"synchronize_session": False},
    )


# --- delivering -----------------------------------------------------------------------------------------------


def lease(which: ColumnElement[bool]) -> tuple[int, str] | None:
    """Take the next message that is due and that nobody is sending: its id and the lease; None when there is none.

    One guarded UPDATE whose count is checked: of two at once one gets the row. Whoever dies with a lease leaves it to run
    out, and the message is sent again under the same id.
    """
    now, mine = clock.now(), secrets.token_hex(16)
    free = (
        Delivery.state == DeliveryState.WAITING,
        Delivery.due_at <= now,
        or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now),
    )
    for number in db.session.scalars(
        select(Delivery.id).where(which, *free).order_by(Delivery.due_at, Delivery.id).limit(5)
    ).all():
        taken: Any = db.session.execute(
            update(Delivery)
            .where(Delivery.id == number, *free)
            .values(lease=mine, leased_until=now + LEASE, tries=Delivery.tries + 1),
            execution_options={"synchronize_session": False},
        )
        if taken.rowcount == 1:
            return number, mine
    return None


def conclude(delivery_id: int, mine: str, unsent: Unsent | None) -> DeliveryState | None:
    """Write down how the try ended; None when the lease had run out and the message is somebody else's by now."""
    now = clock.now()
    row = db.session.execute(
        select(Delivery.tries, Delivery.matter, User.quiet_from, User.quiet_until)
        .outerjoin(User, User.id == Delivery.person_id)
        .where(Delivery.id == delivery_id)
    ).one()
    wait = None if unsent is None or unsent.final else wait_after(row.tries)
    again = now + (wait or timedelta())
    if row.matter not in PRESSING:  # a night can begin while it is tried again
        again = awake_at(clock.local(again), row.quiet_from, row.quiet_until)
    if unsent is None:
        state = DeliveryState.SENT
    elif unsent.trouble in (Trouble.NOTHING_LEFT, Trouble.CLOSED):
        state, wait = DeliveryState.DROPPED, None
    else:
        state = DeliveryState.FAILED if wait is None else DeliveryState.WAITING
    ended: Any = db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.lease == mine, Delivery.state == DeliveryState.WAITING)
        .values(
            state=state,
            lease=None,
            leased_until=None,
            due_at=again if wait else Delivery.due_at,
            ended_at=null() if wait else now,
            trouble=unsent.trouble if unsent else None,
            detail=(unsent.detail or None) if unsent else None,
        ),
        execution_options={"synchronize_session": False},
    )
    return state if ended.rowcount == 1 else None


def deliver(which: ColumnElement[bool], send: Callable[[int], None]) -> tuple[DeliveryState | None, bool] | None:
    """Send the next message that is due. Not inside a transaction: it makes two short ones, and none is open while ``send``
    talks to the world. Returns what became of it and whether others may go the same way now; None when none is due."""
    with transaction():
        leased = lease(which)
    if leased is None:
        return None
    delivery_id, mine = leased
    unsent: Unsent | None = None
    try:
        send(delivery_id)
    except Unsent as error:
        unsent = error
    except Exception:
        # ours to mend; it must not keep the ones behind it from being sent
        log.exception("delivery %s", delivery_id)
        unsent = Unsent(Trouble.UNEXPECTED, others=False)
    db.session.rollback()
    with transaction():
        state = conclude(delivery_id, mine, unsent)
    return state, unsent is None or not unsent.others


def retry(delivery: Delivery, actor: Actor, at: datetime | None = None) -> None:
    """Try one that failed again, from the beginning, under its old id."""
    now = at or clock.now()
    again: Any = db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.FAILED)
        .values(state=DeliveryState.WAITING, tries=0, due_at=now, ended_at=None),
        execution_options={"synchronize_session": False},
    )
    if again.rowcount != 1:
        raise Refused(N_("这条消息不是“发送失败”，不用重发。"))
    journal.record("retry_delivery", "delivery", delivery.id, **journal.by(actor), at=at)


def try_out(*, person: User | None = None, outlet: Outlet | None = None, at: datetime | None = None) -> int:
    """Queue a message that says only that it arrived; returns the delivery's id."""
    now = at or clock.now()
    if person is not None and not outside.sends_mail():
        raise Refused(N_("系统还没有配置邮件服务器，请联系系统管理员。"))
    if person is not None and person.email is None:
        raise Refused(N_("请先填写并保存邮箱。"))
    sending = Delivery(
        occasion=f"try:{secrets.token_hex(8)}",
        person_id=person.id if person else None,
        outlet_id=outlet.id if outlet else None,
        matter=Matter.TRY,
        number=0,
        made_at=now,
        due_at=now,
    )
    db.session.add(sending)
    db.session.flush()
    return sending.id


# --- outlets --------------------------------------------------------------------------------------------------


def set_outlet(
    outlet: Outlet | None,
    actor: Actor,
    *,
    name: str,
    kind: OutletKind,
    region: Region,
    address: str,
    secret: str,
    at: datetime | None = None,
) -> tuple[Outlet, str | None]:
    """Add or change one; returns it and, where one was made, the webhook's secret, to be shown once.

    ``address``: the robot's whole address or its key, a webhook's address; empty keeps what is stored. Wherever it leads
    elsewhere by this it is closed: a supervisor of the region opens it again.
    """
    if db.session.scalar(select(Outlet.id).where(Outlet.name == name, Outlet.id != (outlet.id if outlet else 0))):
        raise Refused(N_("已有名为“%(name)s”的渠道。"), name=name)
    kept = unlocked(outlet) if outlet is not None and outlet.kind is kind else None
    keys, where, made = _keys(kind, address.strip(), secret.strip(), kept, outlet)
    now = at or clock.now()
    before = (outlet.kind, outlet.region_id, outlet.address) if outlet is not None else None
    outlet = outlet or Outlet(made_at=now)
    if before != (kind, region.id, where) or keys != kept:
        outlet.opened_at = outlet.opened_by_id = None
        outlet.keys, outlet.key_end = lock(keys), (keys.key or keys.secret)[-4:]
    outlet.name, outlet.kind, outlet.region, outlet.address = name, kind, region, where
    db.session.add(outlet)
    db.session.flush()
    data = {"kind": kind.value, "region_id": region.id, "closed": outlet.opened_at is None}
    journal.record("set_outlet", "outlet", outlet.id, **journal.by(actor), data=data, at=at)
    return outlet, made


def unlocked(outlet: Outlet) -> Keys | None:
    """Its keys, None where the installation's secret has changed since."""
    try:
        return unlock(outlet.keys)
    except Unsent:
        return None


def _keys(
    kind: OutletKind, address: str, secret: str, kept: Keys | None, outlet: Outlet | None
) -> tuple[Keys, str | None, str | None]:
    """The keys, the webhook's address and the secret that was made for it."""
    if not address and kept is None:
        raise Refused(N_("请填写地址。"))
    if kind is OutletKind.WEBHOOK:
        where = check_webhook(address) if address or outlet is None else outlet.address
        if kept is not None and where == (outlet.address if outlet else None):
            return kept, where, None
        made = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        return Keys("", made), where, made
    key = robot_key(kind, address, outside.robots_base(kind)) if address else (kept.key if kept else "")
    if secret and kind not in SIGNED:
        raise Refused(N_("企业微信群机器人没有签名密钥，请留空。"))
    if not secret and kept is not None and key == kept.key:
        secret = kept.secret
    return Keys(key, secret), None, None


def open_outlet(outlet: Outlet, actor: Actor, at: datetime | None = None) -> None:
    """Let what happens to the region's issues out to it: decided by a supervisor who covers them all."""
    if not queries.covers_outlet(outlet, actor):
        raise Missing
    if outlet.opened_at is not None:
        raise Refused(N_("“%(name)s”已经启用。"), name=outlet.name)
    outlet.opened_at, outlet.opened_by_id = at or clock.now(), actor.id
    journal.record("open_outlet", "outlet", outlet.id, **journal.by(actor), at=at)


def close_outlet(outlet: Outlet, actor: Actor, at: datetime | None = None) -> None:
    """Nothing goes there any more, nor what waits. Whoever keeps the ways out may, and whoever may open it."""
    if not may(actor, Right.OUTLETS) and not queries.covers_outlet(outlet, actor):
        raise Missing
    if outlet.opened_at is None:
        raise Refused(N_("“%(name)s”没有启用。"), name=outlet.name)
    outlet.opened_at = outlet.opened_by_id = None
    journal.record("close_outlet", "outlet", outlet.id, **journal.by(actor), at=at)

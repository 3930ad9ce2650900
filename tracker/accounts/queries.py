"""Questions about people, their posts and their tries to sign in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, exists, func, not_, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.models import CountyLink, Deputy, Post, SignInAttempt, StandIn, User
from tracker.accounts.rules import PER_ACCOUNT, WINDOW, account_key, names_for_others
from tracker.base.access import N_, Actor, Missing, Refused, Role
from tracker.base.db import db
from tracker.base.paging import Page, Segment, read_page
from tracker.org.models import Region, RegionBelow, Unit
from tracker.org.queries import below, contains
from tracker.settings.models import Category


def user_with_account(account: str) -> User | None:
    return db.session.scalar(select(User).where(User.account == account_key(account)))


def user_with_id(user_id: int) -> User:
    """Raises Missing."""
    user = db.session.get(User, user_id)
    if user is None:
        raise Missing
    return user


def post_with_id(post_id: int) -> Post:
    """Raises Missing."""
    post = db.session.get(Post, post_id)
    if post is None:
        raise Missing
    return post


def user_of_session(cookie_id: str) -> User | None:
    """The person a session belongs to, unless they signed out, changed their password or were deactivated since."""
    user_id, _, version = cookie_id.partition(":")
    if not user_id.isdecimal() or not version.isdecimal():
        return None
    user = db.session.get(User, int(user_id))
    return user if user is not None and user.is_active and user.session_version == int(version) else None


def people_named(name: str) -> Sequence[User]:
    """Active people of this name, anywhere."""
    return db.session.scalars(select(User).where(User.name == name, User.active).order_by(User.id)).all()


def suggested_people(text: str, role: Role | None = None, limit: int = 20) -> list[dict[str, Any]]:
    """Active people whose name, or whose unit's name, holds the text; ``role``: only who holds such a post.

    ``value`` is what the field then sends, with the unit in brackets: names alone are often shared.
    """
    if not text.strip():
        return []
    like = contains(text.strip())
    by_name = User.name.like(like, escape="\\")
    query = (
        select(User.id, User.name, User.title, Unit.name.label("unit"))
        .join(Unit, Unit.id == User.unit_id)
        .where(User.active, or_(by_name, Unit.name.like(like, escape="\\")))
        .order_by(by_name.desc(), func.length(User.name), User.name, User.id)
        .limit(limit)
    )
    if role is not None:
        query = query.where(exists().where(Post.user_id == User.id, Post.role == role, Post.ended_at.is_(None)))
    return [
        {
            "id": row.id,
            "value": f"{row.name}（{row.unit}）",
            "label": " · ".join(part for part in (row.name, row.title, row.unit) if part),
        }
        for row in db.session.execute(query).all()
    ]


# --- stand-ins ------------------------------------------------------------------------------------------------


def in_force(today: date, row: type[StandIn] = StandIn) -> ColumnElement[bool]:
    """The period runs and was not ended; deactivating either person ends it."""
    return and_(row.ended_at.is_(None), row.begins_on <= today, row.ends_on >= today)


def partners_of(person_ids: Iterable[int], today: date) -> CompoundSelect[Any]:
    """Ids of who stands in for these people today, and of whom these people stand in for: where duties are to be kept
    apart, both count as one. One step only: a stand-in's stand-in has nothing to do with it."""
    ids = list(person_ids)
    return union_all(
        select(StandIn.person_id).where(in_force(today), StandIn.absent_id.in_(ids)),
        select(StandIn.absent_id).where(in_force(today), StandIn.person_id.in_(ids)),
    )


def is_own_request(hands: Iterable[int | None], actor: Actor, today: date) -> bool:
    """Whether the person made it (``hands``: by whom, for whom), or whoever did stands in for them today or the other way
    round: nobody decides what they asked for themselves."""
    asked, own = set(hands) - {None}, {actor.id, actor.duty_id}
    return bool(asked & own) or bool(asked.intersection(db.session.scalars(partners_of(own, today))))


def others_requests(by: Any, on_behalf: Any, actor: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    """``is_own_request`` turned round, as conditions on the columns by whom and for whom (which may be empty)."""
    own = {actor.id, actor.duty_id}
    partners, absent = partners_of(own, today), func.coalesce(on_behalf, 0)
    return by.not_in(own), absent.not_in(own), by.not_in(partners), absent.not_in(partners)


PAIR, PARTNER = aliased(StandIn), aliased(User)  # once: made anew for every question they cost more than the question


def nor_partners(person_id: Any, today: date, free: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether it holds for everybody who stands in for this person today or they for; ``free``: "it", of ``PARTNER``.

    A condition, for one person or for a column of them; ``partners_of`` as SQL.
    """
    other_one = case((PAIR.absent_id == person_id, PAIR.person_id), else_=PAIR.absent_id)
    paired = or_(PAIR.absent_id == person_id, PAIR.person_id == person_id)
    spoilt = select(PAIR.id).join(PARTNER, PARTNER.id == other_one).where(in_force(today, PAIR), paired, not_(free))
    return ~spoilt.correlate_except(PAIR, PARTNER).exists()


def stand_in_with_id(stand_in_id: int) -> StandIn:
    """Raises Missing."""
    found = db.session.get(StandIn, stand_in_id)
    if found is None:
        raise Missing
    return found


def deputy(stand_in_id: int, person: User, today: date) -> Deputy | None:
    """The person in the absent one's place, while this stand-in of theirs is in force."""
    row = db.session.scalar(
        select(StandIn).where(StandIn.id == stand_in_id, StandIn.person_id == person.id, in_force(today))
    )
    acting = Deputy(person, row.absent) if row is not None else None
    return acting if acting is not None and acting.is_active else None


def deputies_of(person: User, today: date) -> dict[int, Deputy]:
    """The person in the place of each whom they stand in for today, by the stand-in's id."""
    rows = [row for row in stood_in_for(person.id, today) if row.begins_on <= today]
    acting = {row.id: Deputy(person, row.absent) for row in rows}
    return {key: one for key, one in acting.items() if one.is_active}


def stand_ins_about(person_id: int) -> Sequence[StandIn]:
    """Every stand-in not ended, also those whose days are over, on either side of this person."""
    either = or_(StandIn.absent_id == person_id, StandIn.person_id == person_id)
    return db.session.scalars(select(StandIn).where(StandIn.ended_at.is_(None), either)).all()


def stood_in_for(person_id: int, today: date) -> Sequence[StandIn]:
    """For whom this person stands in, today or later, the nearest beginning first."""
    return _not_over(today, StandIn.person_id == person_id)


def stand_in_of(person_id: int, today: date) -> StandIn | None:
    """Who stands in for this person, today or later."""
    return next(iter(_not_over(today, StandIn.absent_id == person_id)), None)


def stand_ins_under(supervisor: Actor, today: date) -> Sequence[StandIn]:
    """The stand-ins, today or later, of everybody whose unit is in a region this supervisor's posts cover whole."""
    regions = [grant.region_id for grant in supervisor.grants if names_for_others(grant)]
    units = select(Unit.id).join(RegionBelow, RegionBelow.region_id == Unit.region_id)
    absent = select(User.id).where(User.unit_id.in_(units.where(RegionBelow.ancestor_id.in_(regions))))
    return _not_over(today, StandIn.absent_id.in_(absent))


def _not_over(today: date, whose: ColumnElement[bool]) -> Sequence[StandIn]:
    return db.session.scalars(
        select(StandIn)
        .where(whose, StandIn.ended_at.is_(None), StandIn.ends_on >= today)
        .order_by(StandIn.begins_on, StandIn.id)
        .options(*(joinedload(one).lazyload(User.posts) for one in (StandIn.absent, StandIn.person)))
    ).all()


def covers_whole(supervisor: Actor, person: User) -> bool:
    """Whether the supervisor's posts cover the person's unit and every post they hold: nothing reaches further."""
    regions = [grant.region_id for grant in supervisor.grants if names_for_others(grant)]
    wanted = {person.unit.region_id, *(grant.region_id for grant in person.grants)}
    covered = select(RegionBelow.region_id).where(RegionBelow.ancestor_id.in_(regions))
    return wanted <= set(db.session.scalars(covered.where(RegionBelow.region_id.in_(wanted))))


def person_meant(text: str) -> User:
    """The one person in service meant by what a suggestion wrote: a name, with （单位） where it is not enough.

    Raises Refused when none or several.
    """
    name, _, unit = text.strip().rstrip("）)").replace("(", "（").partition("（")
    found = [user for user in people_named(name.strip()) if unit in ("", user.unit.name)]
    if len(found) > 1:
        raise Refused(N_("有 %(number)s 个人叫“%(name)s”，请从提示中选择。"), number=len(found), name=text)
    if not found:
        raise Refused(N_("没有找到“%(name)s”，或者已停用。"), name=text)
    return found[0]


# --- signing in -----------------------------------------------------------------------------------------------


def failures(account: str, address: str, now: datetime) -> tuple[int, int]:
    """Failed tries within the window: of the account since it last succeeded or was unlocked, and of the address."""
    since = now - WINDOW
    success = aliased(SignInAttempt)
    last_success = (
        select(func.coalesce(func.max(success.id), 0))
        .where(success.account == account, success.at > since, success.succeeded)
        .scalar_subquery()
    )
    failed = (SignInAttempt.at > since, ~SignInAttempt.succeeded)
    by_account = select(func.count()).where(*failed, SignInAttempt.account == account, SignInAttempt.id > last_success)
    by_address = select(func.count()).where(*failed, SignInAttempt.address == address)
    return db.session.scalar(by_account) or 0, db.session.scalar(by_address) or 0


def locked(user: User, now: datetime) -> bool:
    """Whether the account is closed for a while after too many failed tries."""
    return user.account is not None and failures(user.account, "", now)[0] >= PER_ACCOUNT


# --- people ---------------------------------------------------------------------------------------------------


def user_page(text: str, region_id: int | None, sign_in: str, cursor: str | None, size: int) -> Page:
    """A page of people in the order they were entered: user_id, name, title, unit, account, active."""
    columns: list[Any] = [
        User.id.label("user_id"),
        User.name,
        User.title,
        User.account,
        User.active,
        Unit.name.label("unit"),
    ]
    statement: Select[Any] = (
        select(*columns).join(Unit, Unit.id == User.unit_id).where(*_user_filters(text, region_id, sign_in))
    )
    segments = [Segment("all", (), (User.id,))]
    return read_page(statement, segments, cursor, size, lambda query: db.session.execute(query).all())


def user_total(text: str, region_id: int | None, sign_in: str) -> int:
    query = select(func.count()).select_from(User).join(Unit, Unit.id == User.unit_id)
    return db.session.scalar(query.where(*_user_filters(text, region_id, sign_in))) or 0


def _user_filters(text: str, region_id: int | None, sign_in: str) -> list[ColumnElement[bool]]:
    """``sign_in``: with, without, off (deactivated) or posts (holds one); anything else: all."""
    filters: list[ColumnElement[bool]] = []
    if text:
        like = contains(text)
        filters.append(
            or_(
                User.name.like(like, escape="\\"),
                User.account.like(like.lower(), escape="\\"),
                Unit.name.like(like, escape="\\"),
            )
        )
    if region_id is not None:
        filters.append(Unit.region_id.in_(below(region_id)))
    kinds: dict[str, ColumnElement[bool]] = {
        "with": and_(User.active, User.account.is_not(None)),
        "without": and_(User.active, User.account.is_(None)),
        "off": ~User.active,
        "posts": exists().where(Post.user_id == User.id, Post.ended_at.is_(None)),
    }
    return [*filters, kinds[sign_in]] if sign_in in kinds else filters


def posts_of(user_ids: Iterable[int]) -> dict[int, list[Any]]:
    """Running posts by person: tuples (user_id, post_id, role, region, category), the category's name or None."""
    rows = db.session.execute(
        select(
            Post.user_id,
            Post.id.label("post_id"),
            Post.role,
            Region.name.label("region"),
            Category.name.label("category"),
        )
        .join(Region, Region.id == Post.region_id)
        .outerjoin(Category, Category.id == Post.category_id)
        .where(Post.user_id.in_(list(user_ids)), Post.ended_at.is_(None))
        .order_by(Post.id)
    ).all()
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(row)
    return found


def all_posts_of(user: User) -> Sequence[Post]:
    """Running and ended ones, newest first."""
    return db.session.scalars(
        select(Post).where(Post.user_id == user.id).order_by(Post.ended_at.is_(None).desc(), Post.id.desc())
    ).all()


def linked_counties(user_id: int) -> list[int]:
    """Ids of the counties a leader keeps in touch with (联系县)."""
    return list(
        db.session.scalars(
            select(CountyLink.region_id).where(CountyLink.user_id == user_id).order_by(CountyLink.region_id)
        )
    )


def holders_of(role: Role, but: int | None = None) -> int:
    """How many people who can sign in hold the role, one person left out.

    The rows are locked (where the engine can), so that two removals at once cannot both see "one more".
    """
    held = (
        select(Post.user_id)
        .join(User, User.id == Post.user_id)
        .where(Post.role == role, Post.ended_at.is_(None), User.active, User.account.is_not(None))
        .with_for_update()
    )
    return len({user_id for user_id in db.session.scalars(held) if user_id != but})


def people_by_unit_and_name() -> dict[tuple[int, str], list[int]]:
    """Ids of everyone, for recognising many at once."""
    found: dict[tuple[int, str], list[int]] = {}
    for user_id, unit_id, name in db.session.execute(select(User.id, User.unit_id, User.name)):
        found.setdefault((unit_id, name), []).append(user_id)
    return found

"""Tables: people, posts, sign-in attempts."""

from __future__ import annotations

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.rules import NIGHT
from tracker.base.access import ADMINISTRATORS, Grant, Role
from tracker.base.db import Base, Instant, words
from tracker.org.models import Region, Unit
from tracker.settings.models import Category


class User(Base, UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """A person. Without ``account`` they were named in a ledger and cannot sign in yet."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str | None] = mapped_column(String(60))  # 副市长, 局长 … as people write it
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    account: Mapped[str | None] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    one_time: Mapped[bool] = mapped_column(default=False)  # the password must be changed at the next sign-in
    active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    locale: Mapped[str | None] = mapped_column(String(5))
    unread: Mapped[int] = mapped_column(default=0, server_default="0")  # messages; moves with them, no page counts
    email: Mapped[str | None] = mapped_column(String(120))  # where messages go besides the inbox
    mail_urgent: Mapped[bool] = mapped_column(default=True, server_default=true())  # escalations
    mail_digest: Mapped[bool] = mapped_column(default=True, server_default=true())  # the rest, once a working day
    # Their night, in whole hours of the day (Asia/Shanghai): what is not pressing waits until it is over. None: they have none.
    quiet_from: Mapped[int | None] = mapped_column(default=NIGHT[0], server_default=text(str(NIGHT[0])))
    quiet_until: Mapped[int | None] = mapped_column(default=NIGHT[1], server_default=text(str(NIGHT[1])))

    unit: Mapped[Unit] = relationship(lazy="joined")
    posts: Mapped[list[Post]] = relationship(
        primaryjoin="and_(Post.user_id == User.id, Post.ended_at.is_(None))",
        order_by="Post.id",
        lazy="selectin",
        viewonly=True,
    )

    __table_args__ = (
        CheckConstraint("account IS NULL OR password_hash IS NOT NULL", name="account_has_password"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="night_has_both_ends"),
        CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="night_in_hours"),
        Index("ix_person_unit_id", "unit_id"),
        Index("ix_person_name", "name"),  # imports and suggestions look people up by name
    )

    def get_id(self) -> str:
        """What the session cookie holds: it dies when ``session_version`` moves on."""
        return f"{self.id}:{self.session_version}"

    @property
    def duty_id(self) -> int:
        return self.id

    @property
    def for_id(self) -> int | None:
        """Nobody: in their own name."""
        return None

    @property
    def sides(self) -> tuple[tuple[int, int], ...]:
        return ((self.id, self.unit_id),)

    @property
    def is_active(self) -> bool:
        return self.active and self.account is not None

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The posts in force; none for a deactivated person."""
        return tuple(post.grant for post in self.posts) if self.active else ()


class Post(Base):
    """A role over a region and all below it, optionally one category. Ended, never deleted."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    region: Mapped[Region] = relationship(lazy="joined")
    category: Mapped[Category | None] = relationship(lazy="joined")

    __table_args__ = (
        Index(
            "uq_post_running",
            "user_id",
            "role",
            "region_id",
            text("coalesce(category_id, 0)"),
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # no account holds two of the three administrators
        Index(
            "uq_post_one_administrator",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND role IN ('auditor','system_admin','security_admin')"),
            postgresql_where=text("ended_at IS NULL AND role IN ('auditor','system_admin','security_admin')"),
        ),
        Index("ix_post_region", "role", "region_id"),  # who reviews at this level
    )

    @property
    def grant(self) -> Grant:
        return Grant(self.role, self.region_id, self.region.parent_id is None, self.category_id)


class CountyLink(Base):
    """A county that a leader keeps in touch with (联系县). It opens nothing: what they see is their posts' business."""

    __tablename__ = "county_link"

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True)

    __table_args__ = (Index("ix_county_link_region_id", "region_id"),)


class StandIn(Base):
    """Who does a person's duties while they are away (代理人), from a day to a day. Ended early, never deleted."""

    __tablename__ = "stand_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begins_on: Mapped[date]
    ends_on: Mapped[date]  # the last day
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)  # taken back, or one of the two was deactivated

    absent: Mapped[User] = relationship(foreign_keys=absent_id)
    person: Mapped[User] = relationship(foreign_keys=person_id)

    __table_args__ = (
        CheckConstraint("absent_id <> person_id", name="somebody_else"),
        CheckConstraint("begins_on <= ends_on", name="begins_before_it_ends"),
        Index(
            "uq_stand_in_standing",  # one stand-in for one person
            "absent_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_stand_in_person_id",  # whom somebody stands in for
            "person_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class Deputy(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """A person acting for somebody who is away: the absent person's duties, the stand-in's own hand and session.

    Only what the absent person may do, nothing of the stand-in's own rights beside it, and never an administrator's.
    """

    def __init__(self, person: User, absent: User) -> None:
        self.person, self.absent = person, absent
        self.id, self.name, self.unit = person.id, person.name, person.unit
        self.duty_id, self.for_id, self.unit_id = absent.id, absent.id, absent.unit_id
        self.one_time, self.locale = person.one_time, person.locale

    @property
    def sides(self) -> tuple[tuple[int, int], ...]:
        return (*self.absent.sides, *self.person.sides)

    @property
    def is_active(self) -> bool:
        return self.person.is_active and self.absent.active

    @property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.absent.grants if grant.role not in ADMINISTRATORS)


class SignInAttempt(Base):
    """One try; counted per account and per address to slow guessing down."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    account: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(60))
    succeeded: Mapped[bool]

    __table_args__ = (
        Index("ix_sign_in_attempt_account", "account", "at"),
        Index("ix_sign_in_attempt_address", "address", "at"),
    )

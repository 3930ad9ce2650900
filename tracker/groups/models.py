"""Tables: work groups and their members."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base
from tracker.org.models import Region, Unit
from tracker.settings.models import Category


class WorkGroup(Base):
    """Who leads one category in one region. A proposal, not a duty: issues copy it and stay as they are when it changes."""

    __tablename__ = "work_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str] = mapped_column(String(120))
    lead_official_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lead_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int] = mapped_column(default=1)

    region: Mapped[Region] = relationship()
    category: Mapped[Category] = relationship()
    lead_official: Mapped[User] = relationship()
    lead_unit: Mapped[Unit] = relationship()
    members: Mapped[list[WorkGroupMember]] = relationship(
        order_by="WorkGroupMember.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it off the class
    __table_args__ = (
        UniqueConstraint("region_id", "category_id"),  # or nobody would know which one to propose
        {"sqlite_autoincrement": True},  # the history of a group that was taken away must not pass to another
    )


class WorkGroupMember(Base):
    __tablename__ = "work_group_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("work_group.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    position: Mapped[int]

    user: Mapped[User] = relationship(lazy="joined")

    __table_args__ = (Index("ix_work_group_member_user_id", "user_id"),)

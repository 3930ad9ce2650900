"""Tables: regions with their aliases and closure, units with their aliases."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.base.db import Base, words
from tracker.org.rules import Level


class Region(Base):
    """A node of the tree. The tree is ``parent_id``, never a prefix of ``code``: codes get reused."""

    __tablename__ = "region"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[Level] = mapped_column(words(Level, "level"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    position: Mapped[int] = mapped_column(default=0)
    longitude: Mapped[float | None]  # degrees east and north of its middle, where the region file knows it
    latitude: Mapped[float | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    parent: Mapped[Region | None] = relationship(remote_side=[id])
    aliases: Mapped[list[RegionAlias]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (
        # one root only
        Index(
            "uq_region_root",
            text("(1)"),
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
        # a code is unique while it is valid
        Index(
            "uq_region_code",
            "code",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index("ix_region_parent_id", "parent_id", "position"),  # children of one region, board columns
        Index("ix_region_name", "name"),  # imports look regions up by name
    )


class RegionAlias(Base):
    __tablename__ = "region_alias"

    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)


class RegionBelow(Base):
    """Closure of the tree: every region with each region below it, itself included (``depth`` 0)."""

    __tablename__ = "region_below"

    ancestor_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True)
    depth: Mapped[int]

    __table_args__ = (
        Index("ix_region_below_region_id", "region_id", "depth"),  # the way up from one region
    )


class Unit(Base):
    """An organisation seated in a region: a bureau, a township government, a village committee."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    active: Mapped[bool] = mapped_column(default=True)

    region: Mapped[Region] = relationship()
    aliases: Mapped[list[UnitAlias]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (
        UniqueConstraint("name", "region_id"),
        Index("ix_unit_region_id", "region_id"),
    )


class UnitAlias(Base):
    __tablename__ = "unit_alias"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)

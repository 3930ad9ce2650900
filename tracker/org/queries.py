"""Questions about places and organisations."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from tracker.base.db import db
from tracker.org.models import Region, RegionAlias, RegionBelow, Unit, UnitAlias


def root() -> Region | None:
    """The installation's one root region, None before any import."""
    return db.session.scalar(select(Region).where(Region.parent_id.is_(None)))


def counties() -> list[Region]:
    """The board's columns in order: the root's children, then the root itself (市本级)."""
    parent = aliased(Region)
    rows = db.session.scalars(
        select(Region)
        .join(parent, Region.parent_id == parent.id)
        .where(parent.parent_id.is_(None), Region.valid_to.is_(None))
        .order_by(Region.position, Region.id)
    ).all()
    top = root()
    return [*rows, top] if top else list(rows)


def below(region_id: int) -> Select[tuple[int]]:
    """A subquery of the ids of this region and all below it."""
    return select(RegionBelow.region_id).where(RegionBelow.ancestor_id == region_id)


def line_above(region_id: int) -> list[int]:
    """The region's own id, then its parent's, up to the root's."""
    return list(
        db.session.scalars(
            select(RegionBelow.ancestor_id).where(RegionBelow.region_id == region_id).order_by(RegionBelow.depth)
        )
    )


def county_of(region_id: int) -> int:
    """The board column a region belongs to: the child of the root above it, or the root itself."""
    line = line_above(region_id)
    return line[-2] if len(line) > 1 else line[-1]


def region_named(name: str) -> list[Region]:
    """Regions in force with this name or alias, anywhere."""
    by_alias = select(RegionAlias.region_id).where(RegionAlias.name == name)
    return list(
        db.session.scalars(
            select(Region).where((Region.name == name) | Region.id.in_(by_alias), Region.valid_to.is_(None))
        )
    )


def units_named(name: str) -> list[Unit]:
    """Active units with this name or alias, anywhere."""
    by_alias = select(UnitAlias.unit_id).where(UnitAlias.name == name)
    return list(db.session.scalars(select(Unit).where((Unit.name == name) | Unit.id.in_(by_alias), Unit.active)))

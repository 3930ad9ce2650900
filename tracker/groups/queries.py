"""Questions about work groups."""

from __future__ import annotations

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.base.db import db
from tracker.groups.models import WorkGroup
from tracker.org.models import RegionBelow

_EVERYTHING = (
    joinedload(WorkGroup.region),
    joinedload(WorkGroup.category),
    joinedload(WorkGroup.lead_official),
    joinedload(WorkGroup.lead_unit),
    selectinload(WorkGroup.members),
)


def groups_of(region_id: int) -> dict[int, WorkGroup]:
    """The region's own groups, by category."""
    rows = db.session.scalars(select(WorkGroup).where(WorkGroup.region_id == region_id).options(*_EVERYTHING))
    return {group.category_id: group for group in rows}


def group_of(region_id: int, category_id: int) -> WorkGroup | None:
    """The region's own group for this category."""
    return db.session.scalar(
        select(WorkGroup)
        .where(WorkGroup.region_id == region_id, WorkGroup.category_id == category_id)
        .options(*_EVERYTHING)
    )


def group_for(region_id: int, category_id: int) -> WorkGroup | None:
    """The group an issue there falls to: its county's, else that of the nearest region above."""
    above = and_(RegionBelow.ancestor_id == WorkGroup.region_id, RegionBelow.region_id == region_id)
    return db.session.scalar(
        select(WorkGroup)
        .join(RegionBelow, above)
        .where(WorkGroup.category_id == category_id)
        .order_by(RegionBelow.depth)
        .limit(1)
        .options(*_EVERYTHING)
    )

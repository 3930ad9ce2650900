"""Questions about places and organisations."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased, selectinload

from tracker.base.access import N_, Missing, Refused
from tracker.base.config import data_path
from tracker.base.db import db
from tracker.base.paging import Page, Segment, read_page
from tracker.org.models import Region, RegionAlias, RegionBelow, Unit, UnitAlias
from tracker.org.rules import Level, Places

_log = logging.getLogger(__name__)
_PARENT = aliased(Region)
#: Asked by nearly every page and always the same, so it is put together once.
_COUNTIES = (
    select(Region)
    .join(_PARENT, Region.parent_id == _PARENT.id)
    .where(_PARENT.parent_id.is_(None), Region.valid_to.is_(None))
    .order_by(Region.position, Region.id)
)
_ROOT = select(Region).where(Region.parent_id.is_(None))


def root() -> Region | None:
    """The installation's one root region, None before any import."""
    return db.session.scalar(_ROOT)


def counties() -> list[Region]:
    """The board's columns in order: the root's children, then the root itself (市本级)."""
    rows = db.session.scalars(_COUNTIES).all()
    top = root()
    return [*rows, top] if top else list(rows)


def regions_with_ids(ids: Sequence[int]) -> list[Region]:
    """These regions in the order of their ids given."""
    found = {region.id: region for region in db.session.scalars(select(Region).where(Region.id.in_(ids)))}
    return [found[region_id] for region_id in dict.fromkeys(ids) if region_id in found]


def below(region_id: int) -> Select[int]:
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
    return column_of(line_above(region_id))


def column_of(line: Sequence[int]) -> int:
    """The board column of the region whose line upwards this is."""
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


def places() -> Places:
    """Every region in force by code, name and alias, in three queries; for reading many names at once."""
    found = Places()
    in_force = Region.valid_to.is_(None)
    for region_id, code, name in db.session.execute(select(Region.id, Region.code, Region.name).where(in_force)):
        if code:
            found.codes[code] = region_id
        found.names.setdefault(name, []).append(region_id)
    by_alias = select(RegionAlias.region_id, RegionAlias.name).join(Region, Region.id == RegionAlias.region_id)
    for region_id, name in db.session.execute(by_alias.where(in_force)):
        found.names.setdefault(name, []).append(region_id)
    above: dict[int, set[int]] = {}
    for region_id, ancestor_id in db.session.execute(select(RegionBelow.region_id, RegionBelow.ancestor_id)):
        above.setdefault(region_id, set()).add(ancestor_id)
    found.lines = {region_id: frozenset(line) for region_id, line in above.items()}
    return found


def all_units() -> Sequence[Unit]:
    """Every unit with its aliases, inactive ones too; for recognising many at once."""
    return db.session.scalars(select(Unit).options(selectinload(Unit.aliases)).order_by(Unit.id)).all()


def region_meant(text: str) -> Region:
    """The one region meant by a code, a name, or names from above to below. Raises Refused when none or several."""
    found = places().find(text.strip())
    if len(found) > 1:
        raise Refused(
            N_("有 %(number)s 个区划叫“%(name)s”，请写明上级，如“新邵县/龙溪铺镇”。"), number=len(found), name=text
        )
    if not found:
        raise Refused(N_("没有找到区划“%(name)s”。"), name=text)
    region = db.session.get(Region, found[0])
    assert region is not None  # found in this very transaction
    return region


def unit_meant(text: str) -> Unit:
    """The one active unit meant by what a suggestion wrote: a name or alias, with （区划） where it is not enough.

    Raises Refused when none or several.
    """
    name, _, region = text.strip().rstrip("）").partition("（")
    found = units_named(text.strip()) or [unit for unit in units_named(name) if unit.region.name == region]
    if len(found) > 1:
        raise Refused(N_("有 %(number)s 个单位叫“%(name)s”，请从提示中选择。"), number=len(found), name=text)
    if not found:
        raise Refused(N_("没有找到单位“%(name)s”，或者它已停用。"), name=text)
    return found[0]


def suggested_units(text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Active units whose name or alias holds the text, for a field that completes itself; values are told apart."""
    if not text.strip():
        return []
    like = contains(text.strip())
    by_alias = select(UnitAlias.unit_id).where(UnitAlias.name.like(like, escape="\\"))
    rows = db.session.execute(
        select(Unit.id, Unit.name, Region.name.label("region"))
        .join(Region, Region.id == Unit.region_id)
        .where(Unit.active, Unit.name.like(like, escape="\\") | Unit.id.in_(by_alias))
        .order_by(func.length(Unit.name), Unit.name, Unit.id)
        .limit(limit)
    ).all()
    shared = set(
        db.session.scalars(
            select(Unit.name)
            .where(Unit.name.in_([row.name for row in rows]), Unit.active)
            .group_by(Unit.name)
            .having(func.count() > 1)
        )
    )
    return [
        {
            "id": row.id,
            "value": f"{row.name}（{row.region}）" if row.name in shared else row.name,
            "label": f"{row.name} · {row.region}",
        }
        for row in rows
    ]


def contains(text: str) -> str:
    """A LIKE pattern for rows that hold this text, its own wildcards escaped by a backslash."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    return f"%{text}%"


def children(region_id: int) -> Sequence[Any]:
    """Tuples of the regions in force right below one: id, code, name, level, how many below each, how many units there."""
    child, unit = aliased(Region), aliased(Unit)
    below_each = select(func.count()).where(child.parent_id == Region.id, child.valid_to.is_(None)).scalar_subquery()
    units = (
        select(func.count())
        .select_from(unit)
        .join(RegionBelow, RegionBelow.region_id == unit.region_id)
        .where(RegionBelow.ancestor_id == Region.id, unit.active)
        .scalar_subquery()
    )
    return db.session.execute(
        select(Region.id, Region.code, Region.name, Region.level, below_each.label("below"), units.label("units"))
        .where(Region.parent_id == region_id, Region.valid_to.is_(None))
        .order_by(Region.position, Region.id)
    ).all()


def path(region_id: int) -> Sequence[Any]:
    """Tuples (id, name) from the root down to this region."""
    return db.session.execute(
        select(Region.id, Region.name)
        .join(RegionBelow, RegionBelow.ancestor_id == Region.id)
        .where(RegionBelow.region_id == region_id)
        .order_by(RegionBelow.depth.desc())
    ).all()


def totals_by_level() -> dict[Level, int]:
    """How many regions are in force per level."""
    rows = db.session.execute(
        select(Region.level, func.count()).where(Region.valid_to.is_(None)).group_by(Region.level)
    )
    return {row[0]: row[1] for row in rows}


def regions_like(text: str, limit: int = 50) -> Sequence[Any]:
    """Tuples (id, name, level, code, parent name) of regions in force whose name, alias or code holds the text."""
    like, parent = contains(text), aliased(Region)
    by_alias = select(RegionAlias.region_id).where(RegionAlias.name.like(like, escape="\\"))
    hit = Region.name.like(like, escape="\\") | (Region.code == text) | Region.id.in_(by_alias)
    return db.session.execute(
        select(Region.id, Region.name, Region.level, Region.code, parent.name.label("parent"))
        .outerjoin(parent, parent.id == Region.parent_id)
        .where(hit, Region.valid_to.is_(None))
        .order_by(func.length(Region.name), Region.code, Region.id)
        .limit(limit)
    ).all()


def unit_page(text: str, region_id: int | None, cursor: str | None, size: int) -> Page:
    """A page of units, longest known first: id, name, active, region; ``aliases`` joined by 、."""
    aliases = (
        select(func.group_concat(UnitAlias.name, "、"))
        if db.engine.dialect.name == "sqlite"
        else select(func.string_agg(UnitAlias.name, "、"))
    )
    statement = (
        select(
            Unit.id.label("unit_id"),
            Unit.name,
            Unit.active,
            Region.name.label("region"),
            aliases.where(UnitAlias.unit_id == Unit.id).correlate(Unit).scalar_subquery().label("aliases"),
        )
        .join(Region, Region.id == Unit.region_id)
        .where(*_unit_filters(text, region_id))
    )
    segments = [Segment("all", (), (Unit.id,))]
    return read_page(statement, segments, cursor, size, lambda query: db.session.execute(query).all())


def unit_total(text: str, region_id: int | None) -> int:
    return db.session.scalar(select(func.count()).select_from(Unit).where(*_unit_filters(text, region_id))) or 0


def _unit_filters(text: str, region_id: int | None) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if text:
        by_alias = select(UnitAlias.unit_id).where(UnitAlias.name.like(contains(text), escape="\\"))
        filters.append(Unit.name.like(contains(text), escape="\\") | Unit.id.in_(by_alias))
    if region_id is not None:
        filters.append(Unit.region_id.in_(below(region_id)))
    return filters


def region_with_id(region_id: int) -> Region:
    """Raises Missing."""
    region = db.session.get(Region, region_id)
    if region is None:
        raise Missing
    return region


def unit_with_id(unit_id: int) -> Unit:
    """Raises Missing."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise Missing
    return unit


def not_ready() -> str | None:
    """Why the service cannot work yet: no database, or one without the tables of this version."""
    try:
        present = MigrationContext.configure(db.session.connection()).get_current_revision()
    except SQLAlchemyError:
        _log.exception("the database does not answer")
        return "the database does not answer"
    return None if present == _newest_revision() else "the database is not migrated"


@lru_cache
def _newest_revision() -> str | None:
    return ScriptDirectory(str(data_path("migrations"))).get_current_head()

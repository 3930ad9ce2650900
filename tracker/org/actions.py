"""Regions and units come in, get new names, and end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import delete, exists, func, insert, literal, select, union_all, update
from sqlalchemy.orm import aliased

from tracker.base import journal
from tracker.base.access import N_, Refused
from tracker.base.db import db, upsert
from tracker.org import queries
from tracker.org.models import Region, RegionAlias, RegionBelow, Unit, UnitAlias
from tracker.org.rules import (
    DEPTH,
    ROOT_ALIASES,
    FileRefused,
    Level,
    RegionRow,
    Slip,
    called,
    distinct,
    generations,
    tree_slips,
    without_virtual,
)
from tracker.org.sheet import read_regions, read_units, split_aliases

Alias = TypeVar("Alias", RegionAlias, UnitAlias)
_UPPER = (Level.PROVINCE, Level.CITY, Level.COUNTY)

# --- regions from a file --------------------------------------------------------------------------------------


def import_regions(
    data: bytes, filename: str = "regions.csv", *, actor_id: int | None, today: date, dry_run: bool = False
) -> dict[str, int]:
    """Take in a GB/T 2260-style table (CSV or sheet), whole or not at all; return numbers by (Chinese) heading.

    1. Rows are read and checked by themselves; virtual rows give their children to their own parent. 2. They meet the
    regions in force, recognised by code: a new name is taken and the old one kept as an alias; a moved region or
    changed level refuses. 3. A parent that stands nowhere makes its row the root, once. 4. New rows go in from the
    top down, each generation with its closure in one statement. Raises FileRefused naming the cells.
    """
    rows = read_regions(data, filename)
    real = without_virtual(rows)
    known = _known_regions()
    top = _check_tree(real, known)
    renamed = {code: row.name for code, (row, _) in real.items() if code in known and known[code].name != row.name}
    new = [code for code in real if code not in known]
    counts = {
        N_("新增"): len(new),
        N_("改名"): len(renamed),
        N_("未变"): len(real) - len(new) - len(renamed),
        N_("略过的虚拟行"): len(rows) - len(real),
    }
    if dry_run:
        return counts
    for code, name in renamed.items():
        _rename(known[code], name)
    for code in known.keys() & real.keys():
        if place := real[code][0].place:
            known[code].longitude, known[code].latitude = place
    _insert_regions(real, known, top, today)
    _name_upper_regions()
    _order_by_code()
    db.session.expire_all()
    root = queries.root()
    assert root is not None  # _check_tree refuses a file that leaves none
    journal.record(
        "import_regions", "region", root.id, actor_id=actor_id, data={"new": len(new), "renamed": len(renamed)}
    )
    return counts


def _known_regions() -> dict[str, Region]:
    rows = db.session.scalars(select(Region).where(Region.valid_to.is_(None), Region.code.is_not(None)))
    return {row.code: row for row in rows if row.code is not None}


def _check_tree(real: Mapping[str, tuple[RegionRow, str]], known: Mapping[str, Region]) -> RegionRow | None:
    """The row that becomes the root, if one does. Raises FileRefused for a tree that does not hold."""
    slips = tree_slips(real, {code: region.level for code, region in known.items()})
    codes = {region.id: code for code, region in known.items()}
    for code, (row, parent) in real.items():
        if code in known:
            slips += _changed(row, parent, known[code], codes, real)
    tops = [row for code, (row, parent) in real.items() if not {code, parent} & known.keys() and parent not in real]
    keep = 0 if _settled_root() else 1
    for row in tops[keep:]:
        slips.append(
            Slip(
                row.cells["parent"],
                N_("“%(name)s”的上级代码“%(parent)s”既不在文件中，也不在系统中。"),
                N_("一套系统只有一个根区划；请补上它的上级，或改正上级代码。"),
                {"name": row.name, "parent": row.parent},
            )
        )
    if slips:
        raise FileRefused(slips)
    return tops[0] if tops else None


def _changed(
    row: RegionRow, parent: str, region: Region, codes: Mapping[int, str], real: Mapping[str, object]
) -> list[Slip]:
    """A region that would change its level or its place: issues below it would silently change county."""
    found = []
    if row.level is not region.level:
        found.append(
            Slip(
                row.cells["level"],
                N_("“%(name)s”的级别与系统中不同。"),
                N_("请先在系统中终止原区划，再导入。"),
                {"name": row.name},
            )
        )
    present = codes.get(region.parent_id) if region.parent_id is not None else None
    if parent != present and (parent in real or parent in codes.values()):
        found.append(
            Slip(
                row.cells["parent"],
                N_("“%(name)s”的上级与系统中不同。"),
                N_("请先在系统中终止原区划，再导入。"),
                {"name": row.name},
            )
        )
    return found


def _settled_root() -> Region | None:
    """The root, unless it is a mere placeholder (no code, nothing below it) that a file's top may take over."""
    root = queries.root()
    if root is None or (
        root.code is None and not db.session.scalar(select(exists().where(Region.parent_id == root.id)))
    ):
        return None
    return root


def _insert_regions(
    real: Mapping[str, tuple[RegionRow, str]], known: Mapping[str, Region], top: RegionRow | None, today: date
) -> None:
    ids = {code: region.id for code, region in known.items()}
    placeholder = queries.root()
    if top is not None and placeholder is not None:
        placeholder.code, placeholder.name, placeholder.level = top.code, top.name, top.level
        placeholder.longitude, placeholder.latitude = top.place or (None, None)
        db.session.flush()
        ids[top.code] = placeholder.id
    for codes in generations(real):
        values = [
            {
                "code": code,
                "name": row.name,
                "level": row.level,
                "parent_id": ids.get(parent),
                "valid_from": today,
                **_place(row),
            }
            for code in codes
            if code not in ids
            for row, parent in [real[code]]
        ]
        if values:
            db.session.execute(insert(Region), values)
            _close()
            ids |= _ids_by_code()
    _name_lower_regions(real, known, ids)


def _place(row: RegionRow) -> dict[str, float | None]:
    return dict(zip(("longitude", "latitude"), row.place or (None, None), strict=True))


def _ids_by_code() -> dict[str, int]:
    rows = db.session.execute(select(Region.code, Region.id).where(Region.valid_to.is_(None), Region.code.is_not(None)))
    return {code: region_id for code, region_id in rows if code is not None}


def _close() -> None:
    """Give every region without a closure its own; its parent must have one."""
    above = aliased(RegionBelow)
    closed = exists().where(RegionBelow.region_id == Region.id)
    itself = select(Region.id, Region.id.label("region_id"), literal(0).label("depth")).where(~closed)
    up = (
        select(above.ancestor_id, Region.id, above.depth + 1)
        .join(above, above.region_id == Region.parent_id)
        .where(~closed)
    )
    db.session.execute(insert(RegionBelow).from_select(["ancestor_id", "region_id", "depth"], union_all(itself, up)))


def _name_lower_regions(
    real: Mapping[str, tuple[RegionRow, str]], known: Mapping[str, Region], ids: Mapping[str, int]
) -> None:
    _add_aliases(
        {
            ids[code]: called(row.name, row.level)
            for code, (row, _) in real.items()
            if row.level not in _UPPER and (code not in known or known[code].name != row.name)
        }
    )


def _name_upper_regions() -> None:
    """Short and older names of counties and above, only where they mean one place (邵阳 is both city and county)."""
    rows = db.session.execute(
        select(Region.id, Region.name, Region.level, Region.parent_id).where(
            Region.level.in_(_UPPER), Region.valid_to.is_(None)
        )
    ).all()
    wanted = {row.id: called(row.name, row.level) for row in rows}
    for row in rows:
        if row.parent_id is None:
            wanted[row.id] = [*wanted[row.id], *ROOT_ALIASES[row.level]]
    allowed = distinct(wanted, [row.name for row in rows])
    for region_id, aliases in wanted.items():
        unclear = set(aliases) - set(allowed[region_id])
        if unclear:
            db.session.execute(
                delete(RegionAlias).where(RegionAlias.region_id == region_id, RegionAlias.name.in_(unclear))
            )
    _add_aliases(allowed)


def _add_aliases(aliases: Mapping[int, Iterable[str]]) -> None:
    values = [{"region_id": region_id, "name": name} for region_id, names in aliases.items() for name in names]
    if values:
        db.session.execute(upsert(RegionAlias).on_conflict_do_nothing(), values)


def _order_by_code() -> None:
    """Siblings stand in the order of their codes, as every official list has them; those without a code last."""
    sibling = aliased(Region)
    before = (
        select(func.count())
        .where(
            sibling.parent_id == Region.parent_id, func.coalesce(sibling.code, "zz") < func.coalesce(Region.code, "zz")
        )
        .scalar_subquery()
    )
    db.session.execute(
        update(Region).where(Region.parent_id.is_not(None)).values(position=before),
        execution_options={"synchronize_session": False},
    )


# --- regions by hand ------------------------------------------------------------------------------------------


def add_region(
    parent: Region | None, *, name: str, level: Level, code: str | None, actor_id: int | None, today: date
) -> Region:
    """One more region; without a parent the root, when there is none yet."""
    _check_region(parent, name, level, code)
    region = Region(name=name, level=level, code=code, parent=parent, valid_from=today)
    db.session.add(region)
    db.session.flush()
    _close()
    _name(region)
    _order_by_code()
    db.session.refresh(region)
    journal.record("add_region", "region", region.id, actor_id=actor_id, data={"name": name, "level": level.value})
    return region


def _check_region(parent: Region | None, name: str, level: Level, code: str | None) -> None:
    if parent is None and queries.root() is not None:
        raise Refused(N_("已有根区划，新的区划要有上级。"))
    if parent is not None and parent.valid_to is not None:
        raise Refused(N_("“%(name)s”已终止，不能在它下面新增。"), name=parent.name)
    if parent is not None and DEPTH[level] <= DEPTH[parent.level]:
        raise Refused(N_("级别要低于上级“%(name)s”。"), name=parent.name)
    if parent is not None:
        _check_sibling_name(parent.id, name)
    _check_code(code)


def _check_sibling_name(parent_id: int, name: str, but: int | None = None) -> None:
    same = select(Region.id).where(Region.parent_id == parent_id, Region.name == name, Region.valid_to.is_(None))
    if db.session.scalar(same.where(Region.id != (but or 0))):
        raise Refused(N_("同一上级下已有“%(name)s”。"), name=name)


def _check_code(code: str | None) -> None:
    if code and db.session.scalar(select(Region.id).where(Region.code == code, Region.valid_to.is_(None))):
        raise Refused(N_("代码 %(code)s 已被使用。"), code=code)


def rename_region(region: Region, name: str, *, actor_id: int | None) -> None:
    """The region under its new name; the old one stays an alias, so that ledgers written before still find it."""
    if name == region.name:
        raise Refused(N_("名称没有变化。"))
    if region.parent_id is not None:
        _check_sibling_name(region.parent_id, name, but=region.id)
    before = region.name
    _rename(region, name)
    _name(region)
    journal.record("rename_region", "region", region.id, actor_id=actor_id, data={"before": before, "after": name})


def _rename(region: Region, name: str) -> None:
    db.session.execute(delete(RegionAlias).where(RegionAlias.region_id == region.id, RegionAlias.name == name))
    _add_aliases({region.id: [region.name]})
    region.name = name
    db.session.flush()


def _name(region: Region) -> None:
    if region.level in _UPPER:
        _name_upper_regions()
    else:
        _add_aliases({region.id: called(region.name, region.level)})
    db.session.expire(region, ["aliases"])


def set_region_aliases(region: Region, aliases: Sequence[str], *, actor_id: int | None) -> None:
    """Exactly these other names."""
    before = sorted(alias.name for alias in region.aliases)
    after = sorted({alias for alias in aliases if alias != region.name})
    if before == after:
        return
    region.aliases = [_kept(region.aliases, name) or RegionAlias(name=name) for name in after]
    journal.record("alias_region", "region", region.id, actor_id=actor_id, data={"before": before, "after": after})


def _kept(aliases: Sequence[Alias], name: str) -> Alias | None:
    return next((alias for alias in aliases if alias.name == name), None)


def end_region(region: Region, *, actor_id: int | None, today: date) -> None:
    """The region is no longer in force from today; what stands on it keeps it, nothing new can name it."""
    if region.valid_to is not None:
        raise Refused(N_("“%(name)s”已经终止。"), name=region.name)
    if region.parent is None or region.parent.parent_id is None:
        raise Refused(N_("根区划和看板的各列不能终止；更名请用“改名”。"))
    if db.session.scalar(select(exists().where(Region.parent_id == region.id, Region.valid_to.is_(None)))):
        raise Refused(N_("“%(name)s”下面还有区划，请先逐个终止。"), name=region.name)
    units = db.session.scalar(select(func.count()).where(Unit.region_id == region.id, Unit.active))
    if units:
        raise Refused(N_("“%(name)s”还有 %(number)s 个单位在用，请先停用。"), name=region.name, number=units)
    region.valid_to = today
    journal.record("end_region", "region", region.id, actor_id=actor_id, data={"date": today.isoformat()})


# --- units ----------------------------------------------------------------------------------------------------


def import_units(
    data: bytes, filename: str = "units.csv", *, actor_id: int | None, dry_run: bool = False
) -> dict[str, int]:
    """Take in units (name, region by name or code, aliases), whole or not at all; return numbers by (Chinese) heading.

    A unit is recognised by name or alias within its region; its new aliases are added. Raises FileRefused.
    """
    rows = read_units(data, filename)
    places, slips = queries.places(), []
    regions: list[int] = []
    for row in rows:
        found = places.find(row.text("region"))
        if len(found) != 1:
            slips.append(region_slip(row.cell("region"), row.text("region"), len(found)))
        regions.append(found[0] if found else 0)
    if slips:
        raise FileRefused(slips)
    counts: Counter[str] = Counter()
    known = {
        (name, unit.region_id): unit
        for unit in queries.all_units()
        for name in (unit.name, *(a.name for a in unit.aliases))
    }
    for row, region_id in zip(rows, regions, strict=True):
        name, aliases = row.text("name"), split_aliases(row.text("aliases"))
        unit = known.get((name, region_id))
        if unit is None:
            counts["new"] += 1
            unit = known[(name, region_id)] = Unit(name=name, region_id=region_id, active=True)
            if not dry_run:
                db.session.add(unit)
        extra = [alias for alias in aliases if alias != unit.name and not _kept(unit.aliases, alias)]
        counts["aliases"] += len(extra)
        if not dry_run:
            unit.aliases += [UnitAlias(name=alias) for alias in extra]
    if not dry_run:
        db.session.flush()
        first = known[(rows[0].text("name"), regions[0])]
        journal.record("import_units", "unit", first.id, actor_id=actor_id, data=dict(counts))
    return {N_("新增"): counts["new"], N_("已有"): len(rows) - counts["new"], N_("新别名"): counts["aliases"]}


def region_slip(cell: str, text: str, number: int) -> Slip:
    """Why a region named in a file cannot be taken: unknown, or several."""
    if number:
        return Slip(
            cell,
            N_("有 %(number)s 个区划叫“%(text)s”。"),
            N_("请写明上级，如“新邵县/龙溪铺镇”，或写代码。"),
            {"text": text, "number": number},
        )
    return Slip(cell, N_("没有找到区划“%(text)s”。"), N_("请写系统中的区划名称或代码。"), {"text": text})


def add_unit(name: str, region: Region, aliases: Sequence[str] = (), *, actor_id: int | None) -> Unit:
    _check_unit_name(name, region.id)
    if region.valid_to is not None:
        raise Refused(N_("“%(name)s”已终止，不能再设单位。"), name=region.name)
    unit = Unit(name=name, region=region, aliases=[UnitAlias(name=alias) for alias in _others(aliases, name)])
    db.session.add(unit)
    db.session.flush()
    journal.record("add_unit", "unit", unit.id, actor_id=actor_id, data={"name": name, "region_id": region.id})
    return unit


def _check_unit_name(name: str, region_id: int, but: int = 0) -> None:
    if db.session.scalar(select(Unit.id).where(Unit.name == name, Unit.region_id == region_id, Unit.id != but)):
        raise Refused(N_("这个区划已有单位“%(name)s”。"), name=name)


def _others(aliases: Sequence[str], name: str) -> list[str]:
    return [alias for alias in dict.fromkeys(aliases) if alias != name]


def change_unit(unit: Unit, *, name: str, aliases: Sequence[str], actor_id: int | None) -> None:
    """New name (the old one stays an alias) and exactly these other names."""
    before = {"name": unit.name, "aliases": sorted(alias.name for alias in unit.aliases)}
    wanted = _others([*aliases, unit.name], name) if name != unit.name else _others(aliases, name)
    if before == {"name": name, "aliases": sorted(wanted)}:
        return
    _check_unit_name(name, unit.region_id, but=unit.id)
    unit.name = name
    unit.aliases = [_kept(unit.aliases, alias) or UnitAlias(name=alias) for alias in wanted]
    after = {"name": name, "aliases": sorted(wanted)}
    journal.record("change_unit", "unit", unit.id, actor_id=actor_id, data={"before": before, "after": after})


def deactivate_unit(unit: Unit, *, actor_id: int | None) -> None:
    """Offered nowhere from now on; its people, duties and history stay as they are."""
    if not unit.active:
        raise Refused(N_("“%(name)s”已经停用。"), name=unit.name)
    unit.active = False
    journal.record("deactivate_unit", "unit", unit.id, actor_id=actor_id)


def reactivate_unit(unit: Unit, *, actor_id: int | None) -> None:
    if unit.active:
        raise Refused(N_("“%(name)s”没有停用。"), name=unit.name)
    unit.active = True
    journal.record("reactivate_unit", "unit", unit.id, actor_id=actor_id)

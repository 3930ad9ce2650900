"""Regions, units and people by name: whom a name in a ledger means, and whom one in doubt may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select

from tracker.accounts.models import Post, User
from tracker.base.access import Role
from tracker.base.db import db
from tracker.base.paging import in_chunks
from tracker.issues.models import Issue
from tracker.ledgers.plan import Doubt, PersonAt, UnitAt, likeliest
from tracker.org.models import Region, RegionBelow, Unit, UnitAlias
from tracker.org.queries import counties, root


@dataclass(frozen=True)
class Places:
    """Every region in force by name: (id, county id); the deeper one last."""

    by_name: dict[str, list[tuple[int, int]]]
    root_id: int
    names: dict[int, str]

    def inside(self, name: str, county_id: int) -> int | None:
        """The one region of this name in the county, None if there is none or more than one."""
        found = [region for region, county in self.by_name.get(name, []) if county == county_id]
        return found[0] if len(found) == 1 else None

    def below(self, text: str, county_id: int) -> int | None:
        """The place that 龙溪铺镇沙坪村 means in the county: the last one named; where several villages are called so, the
        township before it."""
        endings = (text[start:] for start in range(len(text) - 1))
        beginnings = (text[:end] for end in range(len(text) - 1, 1, -1))
        for name in (*endings, *beginnings):
            if (found := self.inside(name, county_id)) is not None:
                return found
        return None

    def seat_of(self, unit_name: str, county_id: int) -> int:
        """Where a unit of this name sits: the region its name begins with, in the row's county first, else the county.

        ``市水利局`` sits at the root.
        """
        for length in range(len(unit_name) - 1, 1, -1):
            matches = self.by_name.get(unit_name[:length], [])
            near = [region for region, county in matches if county == county_id]
            if len(near) == 1:
                return near[0]
            if len(matches) == 1:
                return matches[0][0]
        return self.root_id if unit_name.startswith("市") else county_id


def places() -> Places:
    """All regions, in three queries."""
    columns = counties()
    county_of = {
        region: county
        for county, region in db.session.execute(
            select(RegionBelow.ancestor_id, RegionBelow.region_id).where(
                RegionBelow.ancestor_id.in_([column.id for column in columns[:-1]])
            )
        )
    }
    top = columns[-1].id
    by_name: dict[str, list[tuple[int, int]]] = defaultdict(list)
    names = {}
    for row in db.session.execute(select(Region.id, Region.name).where(Region.valid_to.is_(None))):
        by_name[row.name].append((row.id, county_of.get(row.id, top)))
        names[row.id] = row.name
    for column in columns:
        for alias in column.aliases:
            by_name[alias.name].append((column.id, column.id))
    return Places(by_name, top, names)


def county_of_regions(known: Places) -> dict[int, int]:
    """region id -> its board column."""
    return {region: county for group in known.by_name.values() for region, county in group}


def units_by_name(names: Iterable[str], county_of: dict[int, int]) -> dict[str, list[UnitAt]]:
    """Active units under each name or alias; ``county_of``: region id -> county id."""
    found: dict[str, dict[int, UnitAt]] = defaultdict(dict)
    for chunk in in_chunks(names):
        own = select(Unit.id, Unit.name, Unit.region_id, Unit.name.label("called")).where(Unit.name.in_(chunk))
        alias = (
            select(Unit.id, Unit.name, Unit.region_id, UnitAlias.name.label("called"))
            .join(UnitAlias)
            .where(UnitAlias.name.in_(chunk))
        )
        for statement in (own, alias):
            for row in db.session.execute(statement.where(Unit.active)):
                found[row.called][row.id] = UnitAt(row.id, row.name, county_of[row.region_id])
    return {name: list(units.values()) for name, units in found.items()}


def units_with_ids(ids: Iterable[int], county_of: dict[int, int]) -> dict[int, UnitAt]:
    """The active units with these ids."""
    found: dict[int, UnitAt] = {}
    for chunk in in_chunks(ids):
        rows = db.session.execute(select(Unit.id, Unit.name, Unit.region_id).where(Unit.id.in_(chunk), Unit.active))
        found |= {row.id: UnitAt(row.id, row.name, county_of[row.region_id]) for row in rows}
    return found


def people_by_name(names: Iterable[str], county_of: dict[int, int]) -> dict[str, list[PersonAt]]:
    """Active people under each name, with whether they lead."""
    found: dict[str, list[PersonAt]] = defaultdict(list)
    for chunk in in_chunks(names):
        for person in _people(User.name.in_(chunk), county_of):
            found[person.name].append(person)
    return found


def people_with_ids(ids: Iterable[int], county_of: dict[int, int]) -> dict[int, PersonAt]:
    """The active people with these ids."""
    return {person.id: person for chunk in in_chunks(ids) for person in _people(User.id.in_(chunk), county_of)}


def _people(which: ColumnElement[bool], county_of: dict[int, int]) -> list[PersonAt]:
    """Active people, with whether they lead."""
    rows = db.session.execute(
        select(User.id, User.name, User.title, User.unit_id, Unit.region_id, _LEADS.label("leads"))
        .join(Unit, Unit.id == User.unit_id)
        .where(which, User.active)
    )
    return [
        PersonAt(row.id, row.name, row.title, row.unit_id, county_of[row.region_id], bool(row.leads)) for row in rows
    ]


_LEADS = or_(
    exists().where(Post.user_id == User.id, Post.role == Role.LEADER, Post.ended_at.is_(None)),
    exists().where(Issue.lead_official_id == User.id),
)


def offered_for(doubts: Sequence[Doubt]) -> dict[tuple[bool, str], list[tuple[int, str]]]:
    """For each name in doubt those on the register it may mean, likeliest first: (id, name with what tells it apart).

    Units of its own county and the root's; for people those of the unit, who leads, and namesakes nearby.
    """
    county_of = county_of_regions(places())
    names = [doubt for doubt in doubts if doubt.is_person]
    return {
        **_near_units([doubt for doubt in doubts if not doubt.is_person], county_of),
        **(_near_people(names, county_of) if names else {}),
    }


def _near_units(doubts: Sequence[Doubt], county_of: dict[int, int]) -> dict[tuple[bool, str], list[tuple[int, str]]]:
    if not doubts:
        return {}
    top = root()
    near = {doubt.county_id for doubt in doubts} | {top.id if top else 0}
    chosen = {unit for doubt in doubts for unit in (*doubt.among, doubt.meant or 0)}
    rows = db.session.execute(
        select(Unit.id, Unit.name, Unit.region_id, Region.name.label("place"))
        .join(Region, Region.id == Unit.region_id)
        .where(Unit.active)
        .order_by(Unit.id)
    ).all()
    units = [(row, county_of[row.region_id]) for row in rows if county_of[row.region_id] in near or row.id in chosen]
    found = {}
    for doubt in doubts:
        known = [
            (row.id, row.name, f"{row.name} · {row.place}")
            for row, county in units
            if county in (doubt.county_id, top.id if top else 0) or row.id in (doubt.meant, *doubt.among)
        ]
        found[False, doubt.key] = likeliest(doubt, known)
    return found


def _near_people(doubts: Sequence[Doubt], county_of: dict[int, int]) -> dict[tuple[bool, str], list[tuple[int, str]]]:
    units = {doubt.unit_id for doubt in doubts if doubt.unit_id}
    settled = {person for doubt in doubts for person in (*doubt.among, doubt.meant or 0)}
    which: list[ColumnElement[bool]] = [
        User.unit_id.in_(units),
        User.name.in_({doubt.name for doubt in doubts}),
        User.id.in_(settled),
    ]
    if any(doubt.leads for doubt in doubts):
        which.append(_LEADS)
    people = _people(or_(*which), county_of)
    homes = {
        row.id: row.name
        for chunk in in_chunks(person.unit_id for person in people)
        for row in db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(chunk)))
    }
    top = root()
    found = {}
    for doubt in doubts:
        near = (doubt.county_id, top.id if top else 0)
        known = [
            (person.id, person.name, " · ".join(filter(None, (person.name, person.title, homes[person.unit_id]))))
            for person in people
            if person.county_id in near or person.id in (doubt.meant, *doubt.among)
        ]
        found[True, doubt.key] = likeliest(doubt, known)
    return found

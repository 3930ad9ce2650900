"""Questions an import asks: the installation's words, earlier rows, namesakes; and the ledgers a person may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Post, User
from tracker.base.access import Actor, Missing, Role
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.inspections.models import Finding
from tracker.inspections.rules import Entry
from tracker.issues.models import FindingAnswer, Issue, IssueUnit
from tracker.issues.queries import visible_to
from tracker.issues.rules import Answer
from tracker.ledgers.mapping import from_kept
from tracker.ledgers.models import Ledger, LedgerImport, LedgerRow
from tracker.ledgers.plan import Change, Doubt, Known, PersonAt, UnitAt, ledger_title, likeliest
from tracker.ledgers.rows import LedgerRow as Row
from tracker.ledgers.vocabulary import Category, Correction, Place, Vocabulary
from tracker.org.models import Region, RegionBelow, Unit, UnitAlias
from tracker.org.queries import counties, root
from tracker.progress.queries import texts_of
from tracker.settings.queries import categories
from tracker.workdays.queries import calendar

Item = TypeVar("Item", str, int)
_CHUNK = 500  # names in one IN list


def vocabulary(correction: Correction | None = None) -> Vocabulary:
    """What this installation calls its categories and counties, and its working days."""
    top = root()
    columns = [region for region in counties() if top is None or region.id != top.id]
    return Vocabulary(
        categories=[Category(str(category.id), category.name) for category in categories()],
        counties=[_place(region) for region in columns],
        add_workdays=calendar().add_workdays,
        root=_place(top) if top else None,
        correction=correction or Correction(),
    )


def guessed_in(rows: Iterable[Row]) -> list[int]:
    """The years without a notice in which a file's deadlines were counted in working days."""
    counted = {row.proposed_deadline for row in rows if row.proposed_deadline}
    counted |= {row.deadline for row in rows if row.deadline and "工作日" in row.deadline_written}
    days = calendar()
    return sorted({day.year for day in counted if not days.is_official(day.year)})


def _place(region: Region) -> Place:
    return Place(region.name, tuple(alias.name for alias in region.aliases))


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


def units_by_name(names: Iterable[str], county_of: dict[int, int]) -> dict[str, list[UnitAt]]:
    """Active units under each name or alias; ``county_of``: region id -> county id."""
    found: dict[str, dict[int, UnitAt]] = defaultdict(dict)
    for chunk in _chunks(names):
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
    for chunk in _chunks(ids):
        rows = db.session.execute(select(Unit.id, Unit.name, Unit.region_id).where(Unit.id.in_(chunk), Unit.active))
        found |= {row.id: UnitAt(row.id, row.name, county_of[row.region_id]) for row in rows}
    return found


def people_by_name(names: Iterable[str], county_of: dict[int, int]) -> dict[str, list[PersonAt]]:
    """Active people under each name, with whether they lead."""
    found: dict[str, list[PersonAt]] = defaultdict(list)
    for chunk in _chunks(names):
        for person in _people(User.name.in_(chunk), county_of):
            found[person.name].append(person)
    return found


def people_with_ids(ids: Iterable[int], county_of: dict[int, int]) -> dict[int, PersonAt]:
    """The active people with these ids."""
    return {person.id: person for chunk in _chunks(ids) for person in _people(User.id.in_(chunk), county_of)}


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
        for chunk in _chunks(person.unit_id for person in people)
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


def county_of_regions(known: Places) -> dict[int, int]:
    """region id -> its board column."""
    return {region: county for group in known.by_name.values() for region, county in group}


def _chunks(names: Iterable[Item]) -> Iterable[Sequence[Item]]:
    ordered = sorted(set(names))
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


def ledger_of(unit_id: int, title: str) -> Ledger | None:
    """The ledger as its owner and title name it."""
    return db.session.scalar(select(Ledger).where(Ledger.unit_id == unit_id, Ledger.title == title))


def ledger_with_id(ledger_id: int, actor: Actor) -> Ledger:
    """A ledger of the person's own unit. Raises Missing."""
    found = db.session.scalar(select(Ledger).where(Ledger.id == ledger_id, Ledger.unit_id == actor.unit_id))
    if found is None:
        raise Missing
    return found


def remembered(unit_id: int, title: str, heads: frozenset[str]) -> Correction | None:
    """What this office put right when the ledger of this title came last, else a ledger with the very same headers."""
    own = db.session.scalars(select(Ledger).where(Ledger.unit_id == unit_id).order_by(Ledger.id.desc())).all()
    named = next((ledger for ledger in own if ledger.title == ledger_title(title)), None)
    if named is not None:
        return from_kept(named.mapping, origin=named.id) if named.mapping else None
    for ledger in own:
        if heads and set(ledger.mapping.get("headers", ())) == heads:
            return from_kept(ledger.mapping, same_ledger=False, origin=ledger.id)
    return None


def known_rows(ledger_id: int) -> list[Known]:
    """The rows earlier imports of this ledger brought in, with their issues."""
    rows = db.session.execute(
        select(
            Issue.id.label("issue_id"),
            Issue.number.label("issue_number"),
            LedgerRow.number,
            LedgerRow.serial,
            Issue.source,
            Issue.county_id,
            LedgerRow.wording_hash,
            Issue.title,
            Issue.lead_official_id,
            Issue.responsible_person_id,
        )
        .join(LedgerRow, LedgerRow.issue_id == Issue.id)
        .where(LedgerRow.ledger_id == ledger_id)
        .order_by(LedgerRow.id)
    )
    return [Known(**{**row._asdict(), "source": row.source.value}) for row in rows]


def listed_under(numbers: Iterable[str], actor: Actor) -> list[Known]:
    """The issues with these numbers on the list, as far as they exist for this person."""
    found: list[Known] = []
    for chunk in _chunks(numbers):
        rows = db.session.execute(
            select(
                Issue.id.label("issue_id"),
                Issue.number.label("issue_number"),
                Issue.number,
                literal(None).label("serial"),
                Issue.source,
                Issue.county_id,
                literal("").label("wording_hash"),
                Issue.title,
                Issue.lead_official_id,
                Issue.responsible_person_id,
            ).where(Issue.number.in_(chunk), visible_to(actor))
        )
        found += [Known(**{**row._asdict(), "source": row.source.value}) for row in rows]
    return found


def leads_of(ledger_id: int) -> set[int]:
    """Who leads the issues an earlier import of this ledger brought in."""
    found = db.session.scalars(
        select(Issue.lead_official_id)
        .join(LedgerRow, LedgerRow.issue_id == Issue.id)
        .where(LedgerRow.ledger_id == ledger_id, Issue.lead_official_id.is_not(None))
        .distinct()
    )
    return {person for person in found if person is not None}


def issues_and_texts(issue_ids: Iterable[int]) -> dict[int, tuple[Issue, set[str]]]:
    """Issues with everything a ledger's row is compared with, what was reported on them too, in a few queries."""
    found: dict[int, tuple[Issue, set[str]]] = {}
    whole = (
        selectinload(Issue.units).joinedload(IssueUnit.unit),
        selectinload(Issue.members),
        *(selectinload(part) for part in (Issue.category, Issue.region, Issue.lead_official, Issue.lead_unit)),
        selectinload(Issue.responsible_person),
    )
    for chunk in _chunks(issue_ids):
        reported = texts_of(chunk)
        issues = db.session.scalars(select(Issue).where(Issue.id.in_(chunk)).options(*whole))
        found.update({issue.id: (issue, reported[issue.id]) for issue in issues})
    return found


def done_since(issue_ids: Iterable[int], at: datetime) -> dict[int, list[Change]]:
    """What people did to these issues from a moment on, oldest first; what time alone did is no change of anybody's."""
    found: dict[int, list[Change]] = defaultdict(list)
    for chunk in _chunks(issue_ids):
        rows = db.session.execute(
            select(Event.subject_id, Event.at, Event.verb, User.name)
            .join(User, User.id == Event.actor_id)
            .where(Event.subject == "issue", Event.subject_id.in_(chunk), Event.at >= at)
            .order_by(Event.id)
        )
        for row in rows:
            found[row.subject_id].append(Change(row.at, row.verb, row.name))
    return found


def taken_numbers(numbers: Iterable[str]) -> set[str]:
    """Which of these numbers some issue already has."""
    found: set[str] = set()
    for chunk in _chunks(numbers):
        found.update(db.session.scalars(select(Issue.number).where(Issue.number.in_(chunk))))
    return found


def imports_of(actor: Actor) -> list[LedgerImport]:
    """The newest imports of the person's own unit."""
    return list(
        db.session.scalars(
            select(LedgerImport)
            .join(Ledger)
            .where(Ledger.unit_id == actor.unit_id)
            .options(joinedload(LedgerImport.ledger), joinedload(LedgerImport.by))
            .order_by(LedgerImport.id.desc())
            .limit(100)
        )
    )


def import_seen_by(import_id: int, actor: Actor) -> LedgerImport:
    """One import of the person's own unit. Raises Missing."""
    found = db.session.scalar(
        select(LedgerImport).join(Ledger).where(LedgerImport.id == import_id, Ledger.unit_id == actor.unit_id)
    )
    if found is None:
        raise Missing
    return found


def issues_of(import_id: int, limit: int | None = None) -> list[Issue]:
    """The issues an import brought in, in the order of its rows."""
    brought = select(Issue).join(LedgerRow).where(LedgerRow.import_id == import_id)
    return list(db.session.scalars(brought.order_by(LedgerRow.id).limit(limit)))


def touched_since(import_id: int) -> list[str]:
    """Numbers of the import's issues to which something has happened since (being overdue is nothing done)."""
    acts = (
        select(func.count())
        .where(
            Event.subject == "issue",
            Event.subject_id == Issue.id,
            Event.verb.not_in(("take_over", "overdue", "escalated")),
        )
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            select(Issue.number).join(LedgerRow).where(LedgerRow.import_id == import_id, acts > 0).order_by(Issue.id)
        )
    )


def issues_with_ids(ids: Sequence[int]) -> Sequence[Issue]:
    """Issues with their responsible units, in the order of their ids."""
    if not ids:
        return ()
    return db.session.scalars(
        select(Issue).where(Issue.id.in_(ids)).options(selectinload(Issue.units)).order_by(Issue.id)
    ).all()


def findings_waiting(inspection_id: int) -> dict[Entry, int]:
    """The inspection's findings that are open, or were withdrawn with an import undone, by what they say."""
    rows = db.session.execute(
        select(Finding.id, Finding.clause, Finding.wording)
        .outerjoin(FindingAnswer, FindingAnswer.finding_id == Finding.id)
        .where(
            Finding.inspection_id == inspection_id,
            or_(FindingAnswer.finding_id.is_(None), FindingAnswer.how == Answer.WITHDRAWN),
        )
    ).all()
    return {Entry(row.clause, row.wording): row.id for row in rows}

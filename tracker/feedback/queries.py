"""Questions about documents being sorted; each starts at the inspections that exist for the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from tracker.accounts.models import User
from tracker.base.access import Actor, Missing
from tracker.base.db import db
from tracker.feedback.models import Draft, DraftEntry
from tracker.feedback.rules import NAME_FIELDS, PEOPLE_FIELDS, Doubt, bare_name, doubts_in, split_names
from tracker.inspections.models import Document, Proposal
from tracker.inspections.queries import keeps
from tracker.ledgers import plan
from tracker.ledgers.namesakes import (
    county_of_regions,
    offered_for,
    people_by_name,
    places,
    units_by_name,
)
from tracker.org.models import Region, Unit
from tracker.reconciliation.queries import inspection_with_id, is_whole


def document_with_id(document_id: int, actor: Actor) -> Document:
    """For whoever sees its inspection whole. Raises Missing."""
    found = db.session.get(Document, document_id)
    if found is None or not is_whole(inspection_with_id(found.inspection_id, actor), actor):
        raise Missing
    return found


def draft_of(document: Document) -> Draft | None:
    return db.session.scalar(select(Draft).where(Draft.document_id == document.id))


def entries_of(draft: Draft) -> list[DraftEntry]:
    """In the order of the document, those passed over too."""
    return list(
        db.session.scalars(
            select(DraftEntry).where(DraftEntry.draft_id == draft.id).order_by(DraftEntry.position, DraftEntry.id)
        )
    )


def entry_with_id(entry_id: int, actor: Actor) -> DraftEntry:
    """For the supervisor who keeps its inspection. Raises Missing."""
    found = db.session.get(DraftEntry, entry_id)
    if found is None or not keeps(actor, found.draft.document.inspection.region_id):
        raise Missing
    return found


def entry_before(entry: DraftEntry) -> DraftEntry | None:
    """The entry above it that is to be written down too."""
    return db.session.scalars(
        select(DraftEntry)
        .where(DraftEntry.draft_id == entry.draft_id, DraftEntry.passed.is_(None), DraftEntry.position < entry.position)
        .order_by(DraftEntry.position.desc())
        .limit(1)
    ).first()


def next_position(draft_id: int) -> int:
    return (db.session.scalar(select(func.max(DraftEntry.position)).where(DraftEntry.draft_id == draft_id)) or 0) + 1


def written_from(document: Document) -> int:
    """How many findings came of it."""
    return db.session.scalar(select(func.count()).where(Proposal.document_id == document.id)) or 0


def day_of(draft: Draft) -> date:
    """From which its deadlines are understood, where the document says no day itself."""
    return draft.document.inspection.received_on


# --- names --------------------------------------------------------------------------------------------------------


def doubts_of(named: Sequence[Mapping[str, str]]) -> list[list[Doubt]]:
    """For each of these (names by field) those that nobody known goes by, or several do; a fixed number of queries."""
    wanted = {
        is_person: {
            bare_name(name)
            for one in named
            for code in NAME_FIELDS
            if (code in PEOPLE_FIELDS) == is_person
            for name in split_names(one[code])
        }
        for is_person in (False, True)
    }
    if not any(wanted.values()):
        return [[] for _ in named]
    county_of = county_of_regions(places())
    units = {name: len(known) for name, known in units_by_name(wanted[False], county_of).items()}
    people = {name: len(known) for name, known in people_by_name(wanted[True], county_of).items()}
    return [doubts_in(one, units, people) for one in named]


def names_of(entry: DraftEntry) -> dict[str, str]:
    return {code: getattr(entry, code) for code in NAME_FIELDS}


def offers_for(doubts: Sequence[Doubt], entry: DraftEntry) -> list[tuple[Doubt, list[tuple[str, str]]]]:
    """Each name in doubt with whom it may mean, likeliest first, as a ledger's import offers them: (as it may be typed,
    as it is shown)."""
    if not doubts:
        return []
    county_of = county_of_regions(places())
    county = entry.county_id or entry.draft.document.inspection.region_id
    names = names_of(entry)
    units = units_by_name(split_names(names["units"]) + split_names(names["lead_unit"]), county_of)
    home = next((unit for name in units for unit in units[name] if unit.county_id == county), None)
    people = people_by_name([one.name for one in doubts if one.field in PEOPLE_FIELDS], county_of)
    asked = []
    for doubt in doubts:
        is_person = doubt.field in PEOPLE_FIELDS
        among = (people if is_person else units).get(doubt.name, [])
        key = ("" if doubt.field == "lead_official" else doubt.field) + f":{doubt.name}"
        asked.append(
            plan.Doubt(
                key, doubt.name, is_person, "", "", county_of.get(county, county),
                home.id if home and is_person else None, tuple(one.id for one in among),
            )
        )  # fmt: skip
    offered = offered_for(asked)
    typed = _typed([number for (person, _), few in offered.items() if person for number, _ in few], is_person=True)
    typed |= _typed(
        [number for (person, _), few in offered.items() if not person for number, _ in few], is_person=False
    )
    return [
        (doubt, [(typed[one.is_person, number], shown) for number, shown in offered[one.is_person, one.key]])
        for doubt, one in zip(doubts, asked, strict=True)
    ]


def _typed(ids: Sequence[int], *, is_person: bool) -> dict[tuple[bool, int], str]:
    """By id: the name with what tells it apart in brackets, as the forms of handing out take it."""
    if is_person:
        rows = select(User.id, User.name, Unit.name.label("place")).join(Unit, Unit.id == User.unit_id)
        found = db.session.execute(rows.where(User.id.in_(ids)))
    else:
        places_of = select(Unit.id, Unit.name, Region.name.label("place")).join(Region, Region.id == Unit.region_id)
        found = db.session.execute(places_of.where(Unit.id.in_(ids)))
    return {(is_person, row.id): f"{row.name}（{row.place}）" for row in found}

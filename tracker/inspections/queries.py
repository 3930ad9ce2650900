"""Questions about what was handed over."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select, true

from tracker.base.access import READERS, Actor, Grant, Role
from tracker.base.db import db
from tracker.inspections.models import Document, Finding, Inspection, Proposal
from tracker.inspections.rules import Source
from tracker.org.queries import below, line_above


def inspection_called(source: Source, title: str, document_number: str | None, region_id: int) -> Inspection | None:
    """The hand-over of this source to this region with this title and document number, so that a second entry joins it."""
    return db.session.scalars(
        select(Inspection)
        .where(
            Inspection.source == source,
            Inspection.title == title,
            Inspection.document_number == document_number,
            Inspection.region_id == region_id,
        )
        .order_by(Inspection.id)
        .limit(1)
    ).first()


def handed_to(actor: Actor) -> ColumnElement[bool]:
    """Inspections of the regions this person supervises or leads for every category.

    A post for one category reaches none as a whole: of those it sees the findings its issues answer (reconciliation).
    """
    posts = [grant for grant in actor.grants if grant.role in READERS - {Role.OFFICIAL} and grant.category_id is None]
    if any(grant.at_root for grant in posts):
        return true()
    return or_(*(Inspection.region_id.in_(below(grant.region_id)) for grant in posts)) if posts else false()


def naming_a_county_of(actor: Actor) -> ColumnElement[bool]:
    """Findings that name a county this person supervises or leads for every category, whoever they were handed to."""
    posts = [grant for grant in actor.grants if grant.role in READERS - {Role.OFFICIAL} and grant.category_id is None]
    return or_(*(Finding.county_id.in_(below(grant.region_id)) for grant in posts)) if posts else false()


def keeps(actor: Actor, region_id: int) -> bool:
    """Whether this person keeps what is handed to the region: its supervisor, for every category."""
    line = line_above(region_id)
    return any(grant.region_id in line for grant in _keeping(actor))


def seat_over(actor: Actor, region_id: int) -> int:
    """The highest region this person supervises above a place: whom a hand-over is entered for that names the place."""
    line = line_above(region_id)
    own = {grant.region_id for grant in actor.grants if grant.role is Role.SUPERVISOR}
    return next((region for region in reversed(line) if region in own), region_id)


def seats(actor: Actor) -> list[int]:
    """The regions whose hand-overs this person keeps, the root first."""
    return [grant.region_id for grant in sorted(_keeping(actor), key=lambda grant: not grant.at_root)]


def _keeping(actor: Actor) -> list[Grant]:
    return [grant for grant in actor.grants if grant.role is Role.SUPERVISOR and grant.category_id is None]


def wordings_of(inspection: Inspection) -> set[tuple[str | None, str]]:
    """Clause and wording of everything entered so far."""
    rows = db.session.execute(
        select(Finding.clause, Finding.wording).where(Finding.inspection_id == inspection.id)
    ).all()
    return {(row.clause, row.wording) for row in rows}


def documents_of(inspection: Inspection) -> list[Document]:
    """What was brought to read its findings from, oldest first."""
    return list(
        db.session.scalars(select(Document).where(Document.inspection_id == inspection.id).order_by(Document.id))
    )


def proposal_for(finding_id: int) -> Proposal | None:
    """What its document asks for the finding, where it came from one."""
    return db.session.get(Proposal, finding_id)

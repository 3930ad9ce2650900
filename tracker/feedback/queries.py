"""Questions about documents being sorted; each starts at the inspections that exist for the person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from tracker.base.access import Actor, Missing
from tracker.base.db import db
from tracker.feedback.models import Draft, DraftEntry
from tracker.inspections.models import Document, Proposal
from tracker.inspections.queries import keeps
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

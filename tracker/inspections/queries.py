"""Questions about what was handed over."""

from __future__ import annotations

from sqlalchemy import select

from tracker.base.db import db
from tracker.inspections.models import Inspection
from tracker.inspections.rules import Source


def inspection_called(source: Source, title: str, document_number: str | None) -> Inspection | None:
    """The hand-over of this source with this title and document number, so that a second entry joins it."""
    return db.session.scalars(
        select(Inspection)
        .where(Inspection.source == source, Inspection.title == title, Inspection.document_number == document_number)
        .order_by(Inspection.id)
        .limit(1)
    ).first()

"""Use case: write down one entry of a hand-over."""

from __future__ import annotations

from datetime import date, datetime

from tracker.base import journal
from tracker.base.access import N_, Actor, Refused
from tracker.base.db import db
from tracker.inspections.models import Finding, Inspection
from tracker.inspections.queries import inspection_called
from tracker.inspections.rules import Source


def record_finding(
    actor: Actor,
    *,
    today: date,
    source: Source,
    title: str,
    wording: str,
    document_number: str | None = None,
    clause: str | None = None,
    received_on: date | None = None,
    at: datetime | None = None,
) -> Finding:
    """Keep one finding in its original wording, under its inspection (a new one unless title and number are known).

    Who may do it is decided by the use case it belongs to (listing); Refused when the wording or title is missing.
    """
    title, wording = title.strip(), wording.strip()
    if not title or not wording:
        raise Refused(N_("反馈问题要写明检查名称和原文。"))
    number = (document_number or "").strip() or None
    inspection = inspection_called(source, title, number)
    if inspection is None:
        inspection = Inspection(source=source, title=title, document_number=number, received_on=received_on or today)
        db.session.add(inspection)
    finding = Finding(inspection=inspection, clause=(clause or "").strip() or None, wording=wording)
    db.session.add(finding)
    db.session.flush()
    journal.record(
        "record_finding", "finding", finding.id, **journal.by(actor), data={"inspection": inspection.id}, at=at
    )
    return finding

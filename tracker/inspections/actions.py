"""Use cases: write down a hand-over and its entries. What is written stays: no action changes a finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from tracker.base import clock, files, journal
from tracker.base.access import N_, Actor, Conflict, Missing, Refused, Right, may
from tracker.base.db import add_rows, db, next_ids
from tracker.inspections.models import Document, Finding, Inspection, Proposal
from tracker.inspections.queries import inspection_called, keeps, seats, wordings_of
from tracker.inspections.rules import LONGEST_CLAUSE, LONGEST_WORDING, MOST_ENTRIES, Entry, Source
from tracker.org.queries import county_of, root


def record_inspection(
    actor: Actor,
    *,
    today: date,
    source: Source,
    title: str,
    region_id: int,
    document_number: str | None = None,
    received_on: date | None = None,
    began_on: date | None = None,
    ended_on: date | None = None,
    letter: Any = None,
    at: datetime | None = None,
) -> Inspection:
    """Write down that a list was handed over to a region, with its letter (a file field) where there is one.

    Refused without the right over the region, without a title, and when the same hand-over stands there already.
    """
    _may_keep(actor, region_id)
    title, number = title.strip(), (document_number or "").strip() or None
    _check_head(title, received_on or today, began_on, ended_on, today)
    if inspection_called(source, title, number, region_id) is not None:
        raise Refused(N_("这次检查已经登记过，请打开它补登反馈问题。"))
    inspection = _new(source, title, number, region_id, received_on or today)
    inspection.began_on, inspection.ended_on = began_on, ended_on
    _keep_letter(inspection, letter)
    db.session.flush()
    journal.record(
        "record_inspection",
        "inspection",
        inspection.id,
        **journal.by(actor),
        data={"source": source.value, "region": region_id, "letter": inspection.letter_sha256},
        at=at,
    )
    return inspection


def correct_inspection(
    inspection: Inspection,
    actor: Actor,
    *,
    today: date,
    title: str,
    received_on: date | None,
    reason: str,
    document_number: str | None = None,
    began_on: date | None = None,
    ended_on: date | None = None,
    letter: Any = None,
    at: datetime | None = None,
) -> None:
    """Put right how a hand-over was entered (更正), or bring its letter later; the event keeps before and after.

    Its source and region stay: issues were listed and counted by them. Its findings are never changed.
    """
    _may_keep(actor, inspection.region_id)
    title, number = title.strip(), (document_number or "").strip() or None
    received_on = received_on or inspection.received_on
    _check_head(title, received_on, began_on, ended_on, today)
    if not reason.strip():
        raise Refused(N_("请写明更正的理由。"))
    namesake = inspection_called(inspection.source, title, number, inspection.region_id)
    if namesake is not None and namesake is not inspection:
        raise Refused(N_("已经有一次同名同文号的检查。"))
    before = _head(inspection)
    inspection.title, inspection.document_number, inspection.received_on = title, number, received_on
    inspection.began_on, inspection.ended_on = began_on, ended_on
    _keep_letter(inspection, letter)
    after = _head(inspection)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed:
        raise Refused(N_("没有改动任何内容。"))
    db.session.flush()
    journal.record(
        "correct_inspection",
        "inspection",
        inspection.id,
        **journal.by(actor),
        remark=reason.strip(),
        data={"changed": changed},
        at=at,
    )


def _head(inspection: Inspection) -> dict[str, str | None]:
    """What can be put right, as an event tells it; the letter by its hash."""
    columns = ("title", "document_number", "received_on", "began_on", "ended_on", "letter_sha256")
    values = {name: getattr(inspection, name) for name in columns}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _check_head(title: str, received_on: date, began_on: date | None, ended_on: date | None, today: date) -> None:
    if not title:
        raise Refused(N_("请填写检查名称。"))
    if ended_on is not None and began_on is not None and ended_on < began_on:
        raise Refused(N_("检查结束日期不能早于开始日期。"))
    if received_on > today:
        raise Refused(N_("收到日期 %(date)s 还没有到。"), date=received_on)


def _keep_letter(inspection: Inspection, letter: Any) -> None:
    if letter is not None and letter.filename:
        stored = files.store(letter.stream, letter.filename)
        inspection.letter_sha256, inspection.letter_name = stored.sha256, letter.filename[-200:]


def record_findings(
    inspection: Inspection,
    actor: Actor,
    entries: Sequence[Entry],
    *,
    county_id: int | None = None,
    at: datetime | None = None,
) -> list[Finding]:
    """Write down entries of a hand-over in their original wording, all or none.

    ``county_id``: the county all of them name. Refused when one stands there already word for word with its clause:
    what is entered can never be taken out again, so the same list sent twice must not double it.
    """
    _may_keep(actor, inspection.region_id)
    if not entries:
        raise Refused(N_("没有读到反馈问题，请照录原文，一行一条。"))
    if len(entries) > MOST_ENTRIES:
        raise Refused(
            N_("一次最多登记 %(most)s 条，这里有 %(number)s 条，请分几次。"), most=MOST_ENTRIES, number=len(entries)
        )
    _refuse_twice(inspection, entries)
    for number, entry in enumerate(entries, 1):
        if not entry.wording or len(entry.wording) > LONGEST_WORDING or len(entry.clause or "") > LONGEST_CLAUSE:
            raise Refused(
                N_("第 %(number)s 条不能登记：原文要有内容、最多 %(wording)s 字，条款最多 %(clause)s 字。"),
                number=number,
                wording=LONGEST_WORDING,
                clause=LONGEST_CLAUSE,
            )
    return write_findings(inspection, actor, entries, county_id=county_id, at=at)


def _refuse_twice(inspection: Inspection, entries: Sequence[Entry]) -> None:
    seen = wordings_of(inspection)
    for number, entry in enumerate(entries, 1):
        key = (entry.clause, entry.wording)
        if key in seen:
            raise Refused(
                N_("第 %(number)s 条“%(beginning)s”已经登记过，原文和条款都相同。"),
                number=number,
                beginning=entry.wording[:20],
            )
        seen.add(key)


def attach_document(
    inspection: Inspection, actor: Actor, stream: BinaryIO, name: str, *, at: datetime | None = None
) -> Document:
    """Keep a document whose findings are to be read, beside the inspection's letter."""
    _may_keep(actor, inspection.region_id)
    stored = files.store(stream, name)
    document = Document(
        inspection_id=inspection.id,
        sha256=stored.sha256,
        name=name[-200:],
        added_by_id=actor.id,
        added_at=at or clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    _tell("attach_document", document, actor, at)
    return document


def detach_document(document: Document, actor: Actor, *, at: datetime | None = None) -> None:
    """Take a document off again, as long as nothing has been written down from it."""
    _may_keep(actor, document.inspection.region_id)
    if document.entered_at is not None:
        raise Refused(N_("这份文件里的反馈问题已经登记，原件要留存。"))
    _tell("detach_document", document, actor, at)
    db.session.delete(document)
    db.session.flush()


def enter_document(
    document: Document,
    actor: Actor,
    entries: Sequence[tuple[Entry, Proposal]],
    *,
    at: datetime | None = None,
) -> list[Finding]:
    """Write down what a person confirmed of a document, all or none, with what is proposed for each."""
    if document.entered_at is not None:
        raise Conflict(N_("这份文件里的反馈问题刚才已经登记。"))
    made = record_findings(document.inspection, actor, [entry for entry, _ in entries], at=at)
    for finding, (_, proposal) in zip(made, entries, strict=True):
        proposal.finding_id, proposal.document_id = finding.id, document.id
    db.session.add_all([proposal for _, proposal in entries])
    document.entered_at = at or clock.now()
    db.session.flush()
    return made


def record_document_download(document: Document, actor: Actor) -> None:
    """Leave on record who took the document."""
    _tell("download", document, actor, None)


def _tell(verb: str, document: Document, actor: Actor, at: datetime | None) -> None:
    journal.record(
        verb,
        "inspection",
        document.inspection_id,
        **journal.by(actor),
        data={"document": document.id, "sha256": document.sha256},
        at=at,
    )


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
    region_id: int | None = None,
    at: datetime | None = None,
) -> Finding:
    """Keep one finding under its inspection (a new one unless source, title, number and region are known).

    For listing, which decides who may do it. ``region_id``: whom it was handed to, by default where the actor's post is.
    Refused when the wording or title is missing.
    """
    title, wording = title.strip(), wording.strip()
    if not title or not wording:
        raise Refused(N_("反馈问题要写明检查名称和原文。"))
    where = region_id or next(iter(seats(actor)), None)
    if where is None:
        raise Missing
    inspection = inspection_with(source, title, document_number, where, received_on or today)
    return write_findings(inspection, actor, [Entry((clause or "").strip() or None, wording)], at=at)[0]


def inspection_with(
    source: Source, title: str, document_number: str | None, region_id: int, received_on: date
) -> Inspection:
    """The hand-over of that name, made where it is not known yet."""
    number = (document_number or "").strip() or None
    known = inspection_called(source, title, number, region_id)
    if known is not None:
        return known
    made = _new(source, title, number, region_id, received_on)
    db.session.flush()
    return made


def _new(source: Source, title: str, number: str | None, region_id: int, received_on: date) -> Inspection:
    made = Inspection(source=source, title=title, document_number=number, region_id=region_id, received_on=received_on)
    db.session.add(made)
    return made


def write_findings(
    inspection: Inspection,
    actor: Actor,
    entries: Sequence[Entry],
    *,
    county_id: int | None = None,
    at: datetime | None = None,
) -> list[Finding]:
    """Keep entries with their events. Who may do it is for the use case to ask."""
    ids = keep_findings(inspection, actor, entries, county_id=county_id, at=at)
    return list(db.session.scalars(select(Finding).where(Finding.id.in_(ids)).order_by(Finding.id)))


def keep_findings(
    inspection: Inspection,
    actor: Actor,
    entries: Sequence[Entry],
    *,
    county_id: int | None = None,
    at: datetime | None = None,
) -> list[int]:
    """Keep entries with their events, in few statements; returns the findings' ids. Asks for no right either."""
    if not entries:
        return []
    column = county_of(inspection.region_id)
    own = column if column != _root_id() else None  # handed to a county, all of it lies there
    made = next_ids(Finding, len(entries))
    rows = [
        {
            "id": number,
            "inspection_id": inspection.id,
            "clause": entry.clause,
            "wording": entry.wording,
            "county_id": county_id or entry.county_id or own,
        }
        for number, entry in zip(made, entries, strict=True)
    ]
    add_rows(Finding, rows)
    said = {"at": at or clock.now(), **journal.by(actor), "verb": "record_finding", "subject": "finding"}
    journal.record_all([{**said, "subject_id": finding, "data": {"inspection": inspection.id}} for finding in made])
    return made


def _root_id() -> int | None:
    top = root()
    return top.id if top else None


def _may_keep(actor: Actor, region_id: int) -> None:
    if not may(actor, Right.FINDING_KEEP) or not keeps(actor, region_id):
        raise Refused(N_("只有这个地区的督查可以登记交给它的检查。"))

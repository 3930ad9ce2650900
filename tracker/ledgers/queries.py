"""The installation's words for reading a ledger; the ledgers a person's office has brought and what came of each import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.base.access import Actor, Missing
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.base.paging import in_chunks
from tracker.inspections.models import Finding
from tracker.inspections.rules import Entry
from tracker.issues.models import FindingAnswer, Issue
from tracker.issues.rules import Answer
from tracker.ledgers.mapping import from_kept
from tracker.ledgers.models import Ledger, LedgerImport, LedgerRow, LedgerTemplate
from tracker.ledgers.plan import ledger_title
from tracker.ledgers.rows import LedgerRow as Row
from tracker.ledgers.vocabulary import Category, Correction, Place, Vocabulary
from tracker.org.models import Region, RegionBelow, Unit
from tracker.org.queries import counties, root
from tracker.settings.queries import categories
from tracker.workdays.queries import calendar


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


def ledger_of(unit_id: int, title: str) -> Ledger | None:
    """The ledger as its owner and title name it."""
    return db.session.scalar(select(Ledger).where(Ledger.unit_id == unit_id, Ledger.title == title))


def ledger_with_id(ledger_id: int, actor: Actor) -> Ledger:
    """A ledger of the person's own unit. Raises Missing."""
    found = db.session.scalar(select(Ledger).where(Ledger.id == ledger_id, Ledger.unit_id == actor.unit_id))
    if found is None:
        raise Missing
    return found


def templates_of(unit_id: int) -> list[LedgerTemplate]:
    """The templates an office may use: its own, then those that offices at its level and above share; by title."""
    return list(db.session.scalars(_templates_of(unit_id, LedgerTemplate).options(contains_eager(LedgerTemplate.unit))))


def titles_of_templates(unit_id: int) -> list[tuple[int, str]]:
    """Of the same no more than id and title."""
    rows = db.session.execute(_templates_of(unit_id, LedgerTemplate.id, LedgerTemplate.title))
    return [(row.id, row.title) for row in rows]


def _templates_of(unit_id: int, *columns: Any) -> Select[Any]:
    above = (
        select(RegionBelow.ancestor_id)
        .join(Unit, Unit.region_id == RegionBelow.region_id)
        .where(Unit.id == unit_id)
        .scalar_subquery()
    )
    shared = and_(LedgerTemplate.shared, Unit.region_id.in_(above))
    return (
        select(*columns)
        .join(Unit, Unit.id == LedgerTemplate.unit_id)
        .where(or_(LedgerTemplate.unit_id == unit_id, shared))
        .order_by(LedgerTemplate.unit_id != unit_id, LedgerTemplate.title, LedgerTemplate.id)
    )


def remembered(unit_id: int, title: str, heads: frozenset[str]) -> Correction | None:
    """What the heads mean in a template of the office that the ledger went out by, and what it put right when the ledger
    came last, which goes before."""
    templates = templates_of(unit_id)
    template = next((each for each in templates if each.title == title), None)
    template = template or next((each for each in templates if _went_out_by(each, heads)), None)
    last = _last_time(unit_id, title, heads)
    if template is None:
        return last
    last = last or Correction()
    lines, columns = [*last.heads, *template.heads], {**template.reads, **last.columns}
    return replace(last, heads=lines, columns=columns, template=template.title)


def _went_out_by(template: LedgerTemplate, heads: frozenset[str]) -> bool:
    """Whether these can be a template's heads, some columns of which were taken away."""
    return heads <= set(template.reads) and 2 * len(heads) > len(template.columns)


def _last_time(unit_id: int, title: str, heads: frozenset[str]) -> Correction | None:
    """What this office put right when the ledger of this title came last, else a ledger with the very same headers."""
    own = db.session.scalars(select(Ledger).where(Ledger.unit_id == unit_id).order_by(Ledger.id.desc())).all()
    named = next((ledger for ledger in own if ledger.title == ledger_title(title)), None)
    if named is not None:
        return from_kept(named.mapping, origin=named.id) if named.mapping else None
    for ledger in own:
        if heads and set(ledger.mapping.get("headers", ())) == heads:
            return from_kept(ledger.mapping, same_ledger=False, origin=ledger.id)
    return None


def taken_numbers(numbers: Iterable[str]) -> set[str]:
    """Which of these numbers some issue already has."""
    found: set[str] = set()
    for chunk in in_chunks(numbers):
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

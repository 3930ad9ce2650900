"""What stands already that the rows of a ledger may be, and what they may say otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import selectinload

from tracker.accounts.models import User
from tracker.base.access import Actor
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.base.paging import in_chunks
from tracker.issues.models import Issue, IssueUnit
from tracker.issues.queries import visible_to
from tracker.ledgers.models import LedgerRow
from tracker.ledgers.plan import Change, Known
from tracker.progress.queries import texts_of

_BEGINNING = func.substr(Issue.wording, 1, 400).label("wording")


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
            Issue.region_id,
            LedgerRow.wording_hash,
            Issue.title,
            Issue.lead_official_id,
            Issue.responsible_person_id,
            _BEGINNING,
        )
        .join(LedgerRow, LedgerRow.issue_id == Issue.id)
        .where(LedgerRow.ledger_id == ledger_id)
        .order_by(LedgerRow.id)
    )
    return [Known(**{**row._asdict(), "source": row.source.value}) for row in rows]


def listed_under(numbers: Iterable[str], actor: Actor) -> list[Known]:
    """The issues with these numbers on the list, as far as they exist for this person."""
    found: list[Known] = []
    for chunk in in_chunks(numbers):
        rows = db.session.execute(
            select(
                Issue.id.label("issue_id"),
                Issue.number.label("issue_number"),
                Issue.number,
                literal(None).label("serial"),
                Issue.source,
                Issue.county_id,
                Issue.region_id,
                literal("").label("wording_hash"),
                Issue.title,
                Issue.lead_official_id,
                Issue.responsible_person_id,
                _BEGINNING,
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
    for chunk in in_chunks(issue_ids):
        reported = texts_of(chunk)
        issues = db.session.scalars(select(Issue).where(Issue.id.in_(chunk)).options(*whole))
        found.update({issue.id: (issue, reported[issue.id]) for issue in issues})
    return found


def done_since(issue_ids: Iterable[int], at: datetime) -> dict[int, list[Change]]:
    """What people did to these issues from a moment on, oldest first; what time alone did is no change of anybody's."""
    found: dict[int, list[Change]] = defaultdict(list)
    for chunk in in_chunks(issue_ids):
        rows = db.session.execute(
            select(Event.subject_id, Event.at, Event.verb, User.name)
            .join(User, User.id == Event.actor_id)
            .where(Event.subject == "issue", Event.subject_id.in_(chunk), Event.at >= at)
            .order_by(Event.id)
        )
        for row in rows:
            found[row.subject_id].append(Change(row.at, row.verb, row.name))
    return found

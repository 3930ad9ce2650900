"""What stands already that the rows of a ledger may be, and what they may say otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace

from sqlalchemy import func, literal, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.base.access import Actor
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.base.paging import in_chunks
from tracker.issues.models import Issue, IssueUnit, TaskForceMember
from tracker.issues.queries import visible_to
from tracker.ledgers.models import LedgerRow
from tracker.ledgers.plan import Change, Known
from tracker.org.models import Region, Unit
from tracker.progress.queries import texts_of
from tracker.settings.models import Category

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


class Standing(SimpleNamespace):
    """An issue as far as a ledger's row is compared with it: bare columns, the names they stand for, its ``units``
    (unit_id, name; the first is 主责), ``members`` (user_id) and the texts ``reported`` on it. An ``Issue`` of the session
    with all that belongs to it takes many times as long, and there may be as many as the ledger has rows."""


_LEAD, _PERSON = aliased(User), aliased(User)
_COMPARED = (
    select(
        *(Issue.id, Issue.number, Issue.version, Issue.title, Issue.wording, Issue.requirement, Issue.source),
        *(Issue.category_id, Issue.county_id, Issue.region_id, Issue.kind, Issue.state, Issue.deadline),
        *(Issue.amount, Issue.amount_done, Issue.quantity_unit, Issue.quantity_total, Issue.quantity_done),
        *(Issue.lead_official_id, Issue.lead_unit_id, Issue.responsible_person_id, Issue.task_force),
        Category.name.label("category"),
        Region.name.label("region"),
        Unit.name.label("lead_unit"),
        _LEAD.name.label("lead_official"),
        _PERSON.name.label("responsible_person"),
    )
    .join(Category, Category.id == Issue.category_id)
    .join(Region, Region.id == Issue.region_id)
    .outerjoin(Unit, Unit.id == Issue.lead_unit_id)
    .outerjoin(_LEAD, _LEAD.id == Issue.lead_official_id)
    .outerjoin(_PERSON, _PERSON.id == Issue.responsible_person_id)
)


def standing_with_ids(issue_ids: Iterable[int]) -> dict[int, Standing]:
    """What the list says of these issues, in a few queries."""
    found: dict[int, Standing] = {}
    for chunk in in_chunks(issue_ids):
        reported = texts_of(chunk)
        for row in db.session.execute(_COMPARED.where(Issue.id.in_(chunk))):
            found[row.id] = Standing(**row._mapping, units=[], members=[], reported=reported[row.id])
        units = select(IssueUnit.issue_id, IssueUnit.unit_id, Unit.name).join(Unit, Unit.id == IssueUnit.unit_id)
        for unit in db.session.execute(units.where(IssueUnit.issue_id.in_(chunk)).order_by(IssueUnit.position)):
            found[unit.issue_id].units.append(unit)
        members = select(TaskForceMember.issue_id, TaskForceMember.user_id)
        for member in db.session.execute(members.where(TaskForceMember.issue_id.in_(chunk))):
            found[member.issue_id].members.append(member)
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

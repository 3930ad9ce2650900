"""Questions about issues; each starts at ``visible_to``."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import selectinload

from tracker.base.access import READERS, Actor, Grant, Missing, Role
from tracker.base.db import db
from tracker.issues.models import Issue, IssueUnit, TaskForceMember
from tracker.issues.workflow import Who
from tracker.org.queries import below, line_above


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The scope: which issues exist for this person.

    Supervisors and leaders see their post's region and all below (块), within its category if it has one (条);
    officials see what they handle; a leader also sees what they lead. Everything else does not exist.
    """
    parts: list[ColumnElement[bool]] = []
    for grant in actor.grants:
        if grant.role in (Role.SUPERVISOR, Role.LEADER):
            parts.append(_covered_by(grant))
    roles = {grant.role for grant in actor.grants}
    if Role.OFFICIAL in roles:
        parts.append(handled_by(actor))
    if roles & READERS:
        parts.append(Issue.lead_official_id == actor.id)
    if any(part is _EVERYTHING for part in parts):
        return _EVERYTHING
    return or_(*parts) if parts else false()


_EVERYTHING: ColumnElement[bool] = true()


def _covered_by(grant: Grant) -> ColumnElement[bool]:
    if grant.at_root:
        return _EVERYTHING if grant.category_id is None else Issue.category_id == grant.category_id
    inside = Issue.region_id.in_(below(grant.region_id))
    return inside if grant.category_id is None else and_(inside, Issue.category_id == grant.category_id)


def handled_by(actor: Actor) -> ColumnElement[bool]:
    """Issues where the person is a handler: own unit leads or is responsible, or named, or in the task force."""
    own_units = select(IssueUnit.issue_id).where(IssueUnit.unit_id == actor.unit_id)
    own_forces = select(TaskForceMember.issue_id).where(TaskForceMember.user_id == actor.id)
    return or_(
        Issue.lead_unit_id == actor.unit_id,
        Issue.responsible_person_id == actor.id,
        Issue.id.in_(own_units),
        Issue.id.in_(own_forces),
    )


def issue_numbered(number: str, actor: Actor) -> Issue:
    """The issue of this number, its right checked in the same query. Raises Missing when it is not there for them."""
    issue = db.session.scalar(
        select(Issue)
        .where(Issue.number == number, visible_to(actor))
        .options(selectinload(Issue.units), selectinload(Issue.members))
    )
    if issue is None:
        raise Missing
    return issue


def relations(issue: Issue, actor: Actor) -> frozenset[Who]:
    """What this person is to this issue, as far as the issue itself knows (reviews are known further right)."""
    found: set[Who] = set()
    line = line_above(issue.region_id)
    for grant in actor.grants:
        if grant.role is Role.SUPERVISOR and covers(grant, line, issue.category_id):
            found.add(Who.SUPERVISOR)
            if grant.at_root:
                found.add(Who.ROOT_SUPERVISOR)
    if is_handler(issue, actor):
        found.add(Who.HANDLER)
        if issue.first_unit is not None and issue.first_unit.id == actor.unit_id:
            found.add(Who.FIRST_HANDLER)
    if issue.lead_official_id == actor.id:
        found.add(Who.LEAD_OFFICIAL)
    return frozenset(found)


def covers(grant: Grant, line: list[int], category_id: int) -> bool:
    """Whether a post reaches an issue whose region stands at the start of ``line`` (ids up to the root)."""
    return grant.region_id in line and grant.category_id in (None, category_id)


def is_handler(issue: Issue, actor: Actor) -> bool:
    """The Python twin of ``handled_by`` for one loaded issue; a test holds the two equal."""
    if not any(grant.role is Role.OFFICIAL for grant in actor.grants):
        return False
    return (
        issue.lead_unit_id == actor.unit_id
        or issue.responsible_person_id == actor.id
        or any(row.unit_id == actor.unit_id for row in issue.units)
        or any(row.user_id == actor.id for row in issue.members)
    )


def supervises(actor: Actor, region_id: int, category_id: int) -> frozenset[Who]:
    """The supervisor relations a person would have to an issue there; for verbs that make one."""
    line = line_above(region_id)
    posts = [g for g in actor.grants if g.role is Role.SUPERVISOR and covers(g, line, category_id)]
    found = {Who.SUPERVISOR} if posts else set()
    return frozenset(found | ({Who.ROOT_SUPERVISOR} if any(g.at_root for g in posts) else set()))

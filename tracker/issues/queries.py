"""Questions about issues; each starts at ``visible_to``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import selectinload

from tracker.accounts.models import User
from tracker.accounts.queries import people_named
from tracker.base.access import N_, READERS, Actor, Grant, Missing, Role, covers
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.inspections.models import Proposal
from tracker.issues.models import FindingAnswer, Issue, IssueUnit, TaskForceMember
from tracker.issues.rules import LOOK_BACK_MONTHS, LOOK_BACKS, Answer
from tracker.issues.workflow import OPEN, UNDER_WAY, VERB_NAMES, State, Verb, Who
from tracker.org.models import Region, RegionBelow, Unit
from tracker.org.queries import below, counties, county_of, line_above, region_named, units_named
from tracker.settings.models import Category, Setting
from tracker.settings.queries import categories


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
        parts.append(Issue.lead_official_id == actor.duty_id)
    if any(part is _EVERYTHING for part in parts):
        return _EVERYTHING
    return or_(*parts) if parts else false()


_EVERYTHING: ColumnElement[bool] = true()


def _covered_by(grant: Grant) -> ColumnElement[bool]:
    if grant.at_root:
        return _EVERYTHING if grant.category_id is None else Issue.category_id == grant.category_id
    inside = Issue.region_id.in_(below(grant.region_id))
    return inside if grant.category_id is None else and_(inside, Issue.category_id == grant.category_id)


def supervised_by(actor: Actor) -> ColumnElement[bool]:
    """Issues that a supervisor's post of this person covers: theirs to decide, not only to see."""
    parts = [_covered_by(grant) for grant in actor.grants if grant.role is Role.SUPERVISOR]
    return or_(*parts) if parts else false()


def handled_by(actor: Actor) -> ColumnElement[bool]:
    """Issues where the person is a handler: own unit leads or is responsible, or named, or in the task force."""
    own_units = select(IssueUnit.issue_id).where(IssueUnit.unit_id == actor.unit_id)
    own_forces = select(TaskForceMember.issue_id).where(TaskForceMember.user_id == actor.duty_id)
    return or_(
        Issue.lead_unit_id == actor.unit_id,
        Issue.responsible_person_id == actor.duty_id,
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
    if issue.lead_official_id == actor.duty_id:
        found.add(Who.LEAD_OFFICIAL)
    return frozenset(found)


def is_handler(issue: Issue, actor: Actor) -> bool:
    """The Python twin of ``handled_by`` for one loaded issue; a test holds the two equal."""
    if not any(grant.role is Role.OFFICIAL for grant in actor.grants):
        return False
    return (
        issue.lead_unit_id == actor.unit_id
        or issue.responsible_person_id == actor.duty_id
        or any(row.unit_id == actor.unit_id for row in issue.units)
        or any(row.user_id == actor.duty_id for row in issue.members)
    )


def supervises(actor: Actor, region_id: int, category_id: int) -> frozenset[Who]:
    """The supervisor relations a person would have to an issue there; for verbs that make one."""
    return supervises_along(actor, line_above(region_id), category_id)


def supervises_along(actor: Actor, line: list[int], category_id: int) -> frozenset[Who]:
    """The same, where the region's line upwards is known already."""
    posts = [g for g in actor.grants if g.role is Role.SUPERVISOR and covers(g, line, category_id)]
    found = {Who.SUPERVISOR} if posts else set()
    return frozenset(found | ({Who.ROOT_SUPERVISOR} if any(g.at_root for g in posts) else set()))


def look_back_months() -> tuple[int, ...]:
    """After how many months a clearance is looked at again, as the root office keeps it."""
    kept = db.session.get(Setting, LOOK_BACKS)
    return tuple(kept.value) if kept else LOOK_BACK_MONTHS


# --- what a form needs: the places and categories one may list in, and what typed words mean ---------------------

#: ``王建国（新邵县水利局）``: a name, and in brackets what tells it from others of the same name.
_BRACKETED = re.compile(r"(.+?)\s*[（(]([^（(]+)[）)]")
SUGGESTED = 12


def counties_supervised(actor: Actor) -> list[Region]:
    """The board's columns in which a supervisor's post of this person reaches something, in the board's order."""
    posts = [grant for grant in actor.grants if grant.role is Role.SUPERVISOR]
    if any(grant.at_root for grant in posts):
        return counties()
    own = {county_of(grant.region_id) for grant in posts}
    return [county for county in counties() if county.id in own]


def categories_supervised(actor: Actor) -> list[Category]:
    """The categories a supervisor's post of this person reaches somewhere."""
    posts = [grant for grant in actor.grants if grant.role is Role.SUPERVISOR]
    if any(grant.category_id is None for grant in posts):
        return categories()
    own = {grant.category_id for grant in posts}
    return [category for category in categories() if category.id in own]


def _name_and_place(words: str) -> tuple[str, str]:
    found = _BRACKETED.fullmatch(words.strip())
    return (found[1], found[2].strip()) if found else (words.strip(), "")


def people_meant(words: str) -> list[User]:
    """The people in service these words may mean: a name, or a name with title and unit (or one of them) in brackets."""
    name, place = _name_and_place(words)
    wanted = [part.strip() for part in re.split("[，,]", place) if part.strip()]
    found = people_named(name)
    return [user for user in found if all(part in (user.title, user.unit.name) for part in wanted)]


def units_meant(words: str) -> list[Unit]:
    """The units in service these words may mean: a name or alias, or a name with the region in brackets."""
    found = units_named(words.strip())
    if found:
        return found
    name, place = _name_and_place(words)
    return [unit for unit in units_named(name) if unit.region.name == place] if place else []


def regions_meant(words: str, inside_id: int | None = None) -> list[Region]:
    """The regions in force these words may mean: a name or alias, or a name with what lies above it in brackets.

    ``inside_id``: only those below this region.
    """
    found = region_named(words.strip())
    if not found:
        name, place = _name_and_place(words)
        candidates = region_named(name) if place else []
        above = regions_in_words(candidates)
        found = [region for region in candidates if place in above[region.id]]
    if inside_id is None or not found:
        return found
    inside = set(
        db.session.scalars(
            select(RegionBelow.region_id).where(
                RegionBelow.ancestor_id == inside_id, RegionBelow.region_id.in_([region.id for region in found])
            )
        )
    )
    return [region for region in found if region.id in inside]


def regions_called_like(words: str) -> list[Region]:
    """Regions in force whose name begins with, else contains, the words; the higher ones first."""
    like = words.strip().replace("\\", "").replace("%", "").replace("_", "")
    if not like:
        return []
    depth = select(func.count()).where(RegionBelow.region_id == Region.id).scalar_subquery()
    begins = Region.name.startswith(like)
    return list(
        db.session.scalars(
            select(Region)
            .where(Region.name.contains(like), Region.valid_to.is_(None))
            .order_by(~begins, depth, Region.position, Region.id)
            .limit(SUGGESTED)
        )
    )


def regions_in_words(regions: Iterable[Region]) -> dict[int, str]:
    """By id: ``沙坪村（新邵县龙溪铺镇）``, the root left out; as people may type it again. One query."""
    wanted = {region.id: region.name for region in regions}
    rows = db.session.execute(
        select(RegionBelow.region_id, Region.name)
        .join(Region, Region.id == RegionBelow.ancestor_id)
        .where(RegionBelow.region_id.in_(wanted), RegionBelow.depth > 0, Region.parent_id.is_not(None))
        .order_by(RegionBelow.depth.desc())
    ).all()
    above: dict[int, str] = dict.fromkeys(wanted, "")
    for region_id, name in rows:
        above[region_id] += name
    return {key: f"{name}（{above[key]}）" if above[key] else name for key, name in wanted.items()}


def asked_by_document(issue: Issue) -> Proposal | None:
    """What the document asks whose finding the issue was listed for."""
    return db.session.scalars(
        select(Proposal)
        .join(FindingAnswer, FindingAnswer.finding_id == Proposal.finding_id)
        .where(FindingAnswer.issue_id == issue.id, FindingAnswer.how == Answer.LISTED)
        .order_by(Proposal.finding_id)
        .limit(1)
    ).first()


def units_in_words(units: Sequence[Unit]) -> dict[int, str]:
    """By id: the unit's name, with its region in brackets where two units in service share the name. One query."""
    shared = (
        set(
            db.session.scalars(
                select(Unit.name)
                .where(Unit.name.in_([unit.name for unit in units]), Unit.active)
                .group_by(Unit.name)
                .having(func.count() > 1)
            )
        )
        if units
        else set()
    )
    return {unit.id: f"{unit.name}（{unit.region.name}）" if unit.name in shared else unit.name for unit in units}


def last_event(issue: Issue) -> int:
    """The id of the issue's newest event: what a person has seen when the form was shown."""
    return (
        db.session.scalar(select(func.max(Event.id)).where(Event.subject == "issue", Event.subject_id == issue.id)) or 0
    )


def regions_to_break_down_to(issue: Issue) -> Sequence[Region]:
    """The regions directly below the issue's own that no open or cleared child answers for yet, in order."""
    answered = select(Issue.region_id).where(Issue.parent_id == issue.id, Issue.state != State.DISMISSED)
    return db.session.scalars(
        select(Region)
        .where(Region.parent_id == issue.region_id, Region.valid_to.is_(None), Region.id.not_in(answered))
        .order_by(Region.position, Region.id)
    ).all()


def has_places_below(issue: Issue) -> bool:
    """Whether it could still be broken down to some region."""
    return bool(regions_to_break_down_to(issue)) if issue.state in UNDER_WAY else False


def children_of(issue: Issue, actor: Actor) -> Sequence[Any]:
    """What an issue was broken down to: number (None where it is not this person's to see), region, state, deadline,
    original_deadline, overdue_from, in order."""
    number = case((visible_to(actor), Issue.number)).label("number")
    return db.session.execute(
        select(
            number,
            Region.name.label("region"),
            Issue.state,
            Issue.deadline,
            Issue.original_deadline,
            Issue.overdue_from,
        )
        .join(Region, Region.id == Issue.region_id)
        .where(Issue.parent_id == issue.id)
        .order_by(Issue.id)
    ).all()


def parent_of(issue: Issue, actor: Actor) -> Any:
    """Number and title of the issue this one was broken down from; title and address only where it is visible."""
    if issue.parent_id is None:
        return None
    seen = visible_to(actor)
    return db.session.execute(
        select(Issue.number, case((seen, Issue.title)).label("title")).where(Issue.id == issue.parent_id)
    ).one()


@dataclass(frozen=True)
class Happened:
    """One event in words for whoever was typing meanwhile; ``verb`` and ``who`` are msgids where they are ours."""

    at: datetime
    who: str
    verb: str
    text: str | None


def events_since(issue: Issue, seen: int | None) -> list[Happened]:
    """What happened after the event ``seen``, oldest first; nothing where the page did not say what it had seen."""
    if seen is None:
        return []
    rows = db.session.execute(
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject == "issue", Event.subject_id == issue.id, Event.id > seen)
        .order_by(Event.id)
    ).all()
    return [
        Happened(event.at, name or N_("系统"), _verb_words(event.verb), event.remark.text if event.remark else None)
        for event, name in rows
    ]


def _verb_words(verb: str) -> str:
    return VERB_NAMES[Verb(verb)] if verb in set(Verb) else N_("更新记录")


# --- moving a person ------------------------------------------------------------------------------------------


def open_duties(user_id: int) -> Sequence[Any]:
    """What a person is named for on open issues: tuples (number, county, deadline, leads, responsible, member).

    Not bound to a scope: the administrator who moves people sees no issue, only the numbers to hand on.
    """
    member = select(TaskForceMember.issue_id).where(TaskForceMember.user_id == user_id)
    leads, responsible = Issue.lead_official_id == user_id, Issue.responsible_person_id == user_id
    return db.session.execute(
        select(
            Issue.number, Region.name.label("county"), Issue.deadline,
            func.coalesce(leads, false()).label("leads"),
            func.coalesce(responsible, false()).label("responsible"),
            Issue.id.in_(member).label("member"),
        )
        .join(Region, Region.id == Issue.county_id)
        .where(or_(leads, responsible, Issue.id.in_(member)), Issue.state.in_(OPEN))
        .order_by(Region.position, Issue.number)
    ).all()  # fmt: skip

"""Questions about applications and reviews; who may review is one rule in two forms (a test holds them equal):
``bench_of`` for one application, ``awaiting`` as SQL for a person's queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal_column, not_, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.models import Post, StandIn, User
from tracker.accounts.queries import PARTNER, in_force, nor_partners
from tracker.base.access import Actor, Grant, Missing, Right, Role, holds, may
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.clearance.models import Application, ApplicationLevel, ReviewChain, StandardAnswer
from tracker.clearance.rules import WORK, ApplicationState, Candidate, bench
from tracker.deadlines.models import Delay
from tracker.inspections.rules import Source
from tracker.issues.models import Issue, IssueUnit, TaskForceMember
from tracker.issues.queries import visible_to
from tracker.issues.workflow import State, Verb, Who
from tracker.org.models import Region, RegionBelow, Unit
from tracker.progress.models import Evidence

_REVIEWERS = (Role.SUPERVISOR, Role.LEADER)

#: Everything a page says of an application, in a constant number of queries.
_WHOLE = (
    joinedload(Application.applicant),
    joinedload(Application.applicant_for),
    joinedload(Application.unit),
    selectinload(Application.levels).joinedload(ApplicationLevel.reviewer),
    selectinload(Application.levels).joinedload(ApplicationLevel.reviewer_for),
    selectinload(Application.levels).selectinload(ApplicationLevel.site_files),
    selectinload(Application.answers).selectinload(StandardAnswer.evidence).joinedload(Evidence.by),
)


# --- applications of one issue ------------------------------------------------------------------------------------


def chain_for(issue: Issue) -> ReviewChain | None:
    """The chain of the issue's source, else the default one."""
    return db.session.scalar(
        select(ReviewChain)
        .where((ReviewChain.source == issue.source) | ReviewChain.source.is_(None))
        .order_by(ReviewChain.source.is_(None))
        .limit(1)
        .options(selectinload(ReviewChain.levels))
    )


def chain_of(source: Source | None) -> ReviewChain | None:
    """The chain written for exactly this source (None: the default)."""
    written = ReviewChain.source == source if source is not None else ReviewChain.source.is_(None)
    return db.session.scalar(select(ReviewChain).where(written).options(selectinload(ReviewChain.levels)))


def chains() -> Sequence[ReviewChain]:
    """Every chain, the default first."""
    query = select(ReviewChain).options(selectinload(ReviewChain.levels))
    return db.session.scalars(query.order_by(ReviewChain.source.is_not(None), ReviewChain.id)).all()


def application_numbered(issue: Issue, application_id: int) -> Application:
    """One application of this issue, whole. Raises Missing."""
    found = next((each for each in applications_of(issue.id) if each.id == application_id), None)
    if found is None:
        raise Missing
    return found


def open_application(issue_id: int) -> Application | None:
    """The application under review, with levels, reviews, answers and their evidence."""
    return db.session.scalar(
        select(Application)
        .where(Application.issue_id == issue_id, Application.state == ApplicationState.OPEN)
        .options(*_WHOLE)
    )


def applications_of(issue_id: int) -> list[Application]:
    """Every application ever made for the issue, newest first."""
    return list(
        db.session.scalars(
            select(Application).where(Application.issue_id == issue_id).order_by(Application.id.desc()).options(*_WHOLE)
        )
    )


def evidence_in(application: Application) -> list[Evidence]:
    """Every file the application and its site records rest on, loaded with it."""
    answered = [row for answer in application.answers for row in answer.evidence]
    return answered + [row for level in application.levels for row in level.site_files]


def reopened_at(issue: Issue) -> datetime | None:
    """When a clearance of it last turned out not to hold; None for what never relapsed (no query)."""
    if not issue.relapses:
        return None
    relapses = select(func.max(Event.at)).where(
        Event.subject == "issue", Event.subject_id == issue.id, Event.verb == Verb.RELAPSE.value
    )
    return db.session.scalar(relapses)


def children_settled(issue: Issue) -> bool:
    """Whether nothing is left of a breakdown: every child cleared or dismissed and at least one cleared."""
    if not issue.has_children:
        return True
    rows = db.session.execute(
        select(Issue.state, func.count()).where(Issue.parent_id == issue.id).group_by(Issue.state)
    ).all()
    states = {row[0] for row in rows}
    return State.CLEARED in states and states <= {State.CLEARED, State.DISMISSED}


def current_level(application: Application) -> ApplicationLevel:
    """The level the application waits at."""
    return next(level for level in application.levels if level.position == application.level)


# --- who may review one level -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reviewers:
    """Who may review one level now, in words for the page: ``people`` (id, name, unit), seated in ``region``.

    ``raised``: nobody is eligible at the level's own seat ``own_region``, so the supervisors above review.
    Without people, the post ``role`` in ``own_region`` is vacant.
    """

    people: tuple[tuple[int, str, str], ...]
    role: Role
    region_id: int
    region: str
    own_region: str
    raised: bool

    def __contains__(self, user_id: int) -> bool:
        return any(person == user_id for person, _name, _unit in self.people)


def eligible_reviewers(application: Application, today: date, position: int | None = None) -> Reviewers:
    """Who may review this level (the present one by default), separation of duties kept; four queries, one more
    where somebody could review at all.

    Named are the people who hold the posts; where one may review, their stand-in may, too.
    """
    issue = db.session.get_one(Issue, application.issue_id)
    level = next(level for level in application.levels if level.position == (position or application.level))
    line = _line(issue.region_id)
    seat = next((place.depth for place in line if place.level is level.region_level), line[-1].depth)
    posts = _posts(issue, today)
    sides = {(post.id, post.unit_id) for post in posts}
    sides |= {(post.stand_in, post.stand_in_unit) for post in posts if post.stand_in is not None}
    barred = _barred(issue, application, level.position, sides, today)
    found = bench(
        [
            Candidate(
                post.id, post.role, post.depth, post.id in barred or (not post.signs_in and post.stand_in in barred)
            )
            for post in posts
        ],
        level.role,
        seat,
    )
    names = {post.id: (post.id, post.name, post.unit) for post in posts}
    place = {region.depth: region for region in line}
    return Reviewers(
        people=tuple(sorted((names[user] for user in found.user_ids), key=lambda person: person[1])),
        role=Role.SUPERVISOR if found.raised else level.role,
        region_id=place[found.depth].id,
        region=place[found.depth].name,
        own_region=place[seat].name,
        raised=found.raised,
    )


def may_review(application: Application, actor: Actor, today: date) -> bool:
    """Whether this person may decide the present level; a stand-in where the absent person may, unless they are
    barred themselves."""
    if not may(actor, Right.CLEARANCE_REVIEW) or actor.duty_id not in eligible_reviewers(application, today):
        return False
    return actor.for_id is None or not is_barred(application, actor, today)


def relations_to(issue: Issue, actor: Actor, today: date) -> frozenset[Who]:
    """What the person is to the open application; joins ``issues.queries.relations`` for buttons and the door."""
    if issue.state is not State.REVIEWING:
        return frozenset()
    application = open_application(issue.id)
    if application is None:
        return frozenset()
    found: set[Who] = set()
    if holds(actor, Role.OFFICIAL) and actor.unit_id == application.unit_id:
        found.add(Who.APPLICANT_UNIT)
    if may_review(application, actor, today):
        found.add(Who.REVIEWER)
    return frozenset(found)


def is_barred(application: Application, actor: Actor, today: date) -> bool:
    """Whether the person, or who stands in for them or they for, had part in the rectification, or reviewed another
    level of this application."""
    issue = db.session.get_one(Issue, application.issue_id)
    return bool(_barred(issue, application, application.level, set(actor.sides), today))


def _line(region_id: int) -> Sequence[Any]:
    """The regions from this one up to the root: id, name, level, depth (steps up)."""
    return db.session.execute(
        select(Region.id, Region.name, Region.level, RegionBelow.depth)
        .join(RegionBelow, RegionBelow.ancestor_id == Region.id)
        .where(RegionBelow.region_id == region_id)
        .order_by(RegionBelow.depth)
    ).all()


def _posts(issue: Issue, today: date) -> Sequence[Any]:
    """Reviewing posts in force that cover the issue, of people who can sign in or whose stand-in can: id, name,
    unit_id, unit, role, depth, signs_in, stand_in and stand_in_unit."""
    can_sign_in = User.account.is_not(None)
    return db.session.execute(
        select(
            User.id,
            User.name,
            User.unit_id,
            Unit.name.label("unit"),
            Post.role,
            RegionBelow.depth,
            can_sign_in.label("signs_in"),
            StandIn.person_id.label("stand_in"),
            PARTNER.unit_id.label("stand_in_unit"),
        )
        .join(Post, Post.user_id == User.id)
        .outerjoin(StandIn, and_(StandIn.absent_id == User.id, in_force(today)))
        .outerjoin(PARTNER, PARTNER.id == StandIn.person_id)
        .join(Unit, Unit.id == User.unit_id)
        .join(RegionBelow, and_(RegionBelow.ancestor_id == Post.region_id, RegionBelow.region_id == issue.region_id))
        .where(
            _in_force(Post, User),
            or_(can_sign_in, StandIn.id.is_not(None)),
            or_(Post.category_id.is_(None), Post.category_id == issue.category_id),
        )
    ).all()


def _in_force(post: type[Post], person: type[User]) -> ColumnElement[bool]:
    return and_(post.role.in_(_REVIEWERS), post.ended_at.is_(None), person.active)


def _barred(
    issue: Issue, application: Application, position: int, candidates: set[tuple[int, int]], today: date
) -> set[int]:
    """Of these people (id and unit), those who may not review: for their own part in it, or for that of whoever
    stands in for them today or they stand in for."""
    part, units = _had_part(issue, application, position), {issue.lead_unit_id, *(row.unit_id for row in issue.units)}
    barred = {person for person, unit in candidates if person in part or unit in units}
    free = {person for person, _unit in candidates} - barred
    for person, partner, unit in _partners(free, today) if free else ():
        if partner in part or unit in units:
            barred.add(person)
    return barred


def _had_part(issue: Issue, application: Application, position: int) -> set[int]:
    """Whoever is named in the duty chain, ever acted for it, applied, or reviewed another level; a stand-in's act is
    also the absent person's."""
    acted = db.session.execute(
        select(Event.actor_id, Event.for_id)
        .where(Event.subject == "issue", Event.subject_id == issue.id, Event.verb.in_(WORK))
        .distinct()
    )
    people: set[int | None] = {issue.lead_official_id, issue.responsible_person_id}
    people |= {application.applicant_id, application.applicant_for_id}
    people |= {member.user_id for member in issue.members}
    for level in application.levels:
        if level.position != position:
            people |= {level.reviewer_id, level.reviewer_for_id}
    for hand, absent in acted:
        people |= {hand, absent}
    return {person for person in people if person is not None}


def _partners(person_ids: set[int], today: date) -> Sequence[Any]:
    """Of each of these people, who stands in for them today or they for: person, partner, the partner's unit."""
    pairs = union_all(
        select(StandIn.absent_id.label("person"), StandIn.person_id.label("partner")).where(in_force(today)),
        select(StandIn.person_id, StandIn.absent_id).where(in_force(today)),
    ).subquery()
    return db.session.execute(
        select(pairs.c.person, pairs.c.partner, User.unit_id)
        .join(User, User.id == pairs.c.partner)
        .where(pairs.c.person.in_(person_ids))
    ).all()


# --- a person's queue -----------------------------------------------------------------------------------------

# Other names of tables stand here once: made anew for every question they cost more than the question.
_POST_LINE, _RIVAL_LINE = aliased(RegionBelow), aliased(RegionBelow)
_RIVAL_POST, _RIVAL = aliased(Post), aliased(User)
_OTHER_LEVEL = aliased(ApplicationLevel)
_SEAT, _DEPUTY = aliased(StandIn), aliased(User)
_TURN_POST, _TURN = aliased(Post), aliased(User)


def awaiting(actor: Actor, today: date) -> ColumnElement[bool]:
    """Open applications whose present level waits for this person, as a condition on ``Application``, ``Issue`` and
    ``ApplicationLevel`` joined (``waiting_for`` joins them)."""
    posts = [grant for grant in actor.grants if grant.role in _REVIEWERS]
    if not posts or not may(actor, Right.CLEARANCE_REVIEW):
        return false()
    free = (_free(person, unit, today) for person, unit in actor.sides)
    return and_(*free, or_(*(_turn_of(grant, today) for grant in posts)))


def _turn_of(grant: Grant, today: date) -> ColumnElement[bool]:
    """The level waits for this post: it is the level's own, or a supervisor's above and nobody below can."""
    own = RegionBelow.depth
    post_depth = (
        select(_POST_LINE.depth)
        .where(_POST_LINE.ancestor_id == grant.region_id, _POST_LINE.region_id == Issue.region_id)
        .correlate_except(_POST_LINE)
        .scalar_subquery()
    )
    category = Issue.category_id == grant.category_id if grant.category_id is not None else None
    here = and_(ApplicationLevel.role == grant.role, post_depth == own)
    turn = here
    if grant.role is Role.SUPERVISOR:
        turn = or_(here, and_(post_depth > own, not_(_somebody_before(post_depth, today))))
    return turn if category is None else and_(category, turn)


def _somebody_before(depth: ColumnElement[int], today: date) -> ColumnElement[bool]:
    """Whether somebody eligible sits at the level's own seat, or as supervisor between it and ``depth``."""
    post, person, line = _RIVAL_POST, _RIVAL, _RIVAL_LINE
    at_seat = and_(line.depth == RegionBelow.depth, post.role == ApplicationLevel.role)
    between = and_(line.depth > RegionBelow.depth, line.depth < depth, post.role == Role.SUPERVISOR)
    return (
        select(post.id)
        .join(person, person.id == post.user_id)
        .join(line, and_(line.ancestor_id == post.region_id, line.region_id == Issue.region_id))
        .where(
            _in_force(post, person),
            or_(at_seat, between),
            _able(today),
            or_(post.category_id.is_(None), post.category_id == Issue.category_id),
        )
        .correlate_except(post, person, line)
        .exists()
    )


@lru_cache(maxsize=4)
def _able(today: date) -> ColumnElement[bool]:
    """The rival can act and is not barred. Put together once a day: it says nothing of who asks."""
    return and_(_can_act(_RIVAL, today), _free(_RIVAL.id, _RIVAL.unit_id, today))


@lru_cache(maxsize=1)
def _partner_free() -> ColumnElement[bool]:
    return _no_part(PARTNER.id, PARTNER.unit_id)


def _can_act(person: type[User], today: date) -> ColumnElement[bool]:
    """Can sign in, or has a stand-in who is not barred: the twin of what ``eligible_reviewers`` asks of its posts."""
    seat, deputy = _SEAT, _DEPUTY
    stands_in = (
        select(seat.id)
        .join(deputy, deputy.id == seat.person_id)
        .where(seat.absent_id == person.id, in_force(today, seat), _free(deputy.id, deputy.unit_id, today))
    )
    return or_(person.account.is_not(None), stands_in.correlate_except(seat, deputy).exists())


def reviewing(late: Any, today: date) -> Any:
    """``eligible_reviewers`` of many present levels at once: whoever holds the post that each waits for, as a query.

    ``late`` selects from Delay and Issue; its columns are kept, ``person_id`` comes along. Only levels that still wait.
    """
    post, person = _TURN_POST, _TURN
    own: Any = RegionBelow.depth
    depth: Any = _POST_LINE.depth
    waits: tuple[Any, ...] = (
        Application.issue_id == Issue.id,
        literal_column("application.state = 'open'"),
        Application.level == Delay.level,
        Application.level_since == Delay.since,
    )
    seat = or_(
        Region.level == ApplicationLevel.region_level,
        and_(ApplicationLevel.region_level.is_(None), Region.parent_id.is_(None)),
    )
    present = and_(ApplicationLevel.application_id == Application.id, ApplicationLevel.position == Application.level)
    able = (
        late.add_columns(person.id.label("person_id"), (depth - own).label("distance"))
        .join(Application, and_(*waits))
        .join(ApplicationLevel, present)
        .join(RegionBelow, RegionBelow.region_id == Issue.region_id)
        .join(Region, and_(Region.id == RegionBelow.ancestor_id, seat))
        .join(_POST_LINE, _POST_LINE.region_id == Issue.region_id)
        .join(post, post.region_id == _POST_LINE.ancestor_id)
        .join(person, person.id == post.user_id)
        .where(
            _in_force(post, person),
            or_(post.category_id.is_(None), post.category_id == Issue.category_id),
            or_(
                and_(ApplicationLevel.role == post.role, depth == own),
                and_(post.role == Role.SUPERVISOR, depth > own),
            ),
            _can_act(person, today),
            _free(person.id, person.unit_id, today),
        )
        .cte("able")
    )
    nearest = select(able.c.delay_id, func.min(able.c.distance).label("distance")).group_by(able.c.delay_id).subquery()
    kept = [column for column in able.c if column.name != "distance"]
    first = and_(nearest.c.delay_id == able.c.delay_id, nearest.c.distance == able.c.distance)
    return select(*kept).join(nearest, first)


def _free(person_id: Any, unit_id: Any, today: date) -> ColumnElement[bool]:
    """Not barred, nor is whoever stands in for them or they for: the twin of ``_barred``."""
    return and_(_no_part(person_id, unit_id), nor_partners(person_id, today, _partner_free()))


def _no_part(person_id: Any, unit_id: Any) -> ColumnElement[bool]:
    """Had no part in the work and reviewed no other level: the twin of ``_had_part`` and of the units there."""
    other = _OTHER_LEVEL
    units = select(IssueUnit.unit_id).where(IssueUnit.issue_id == Issue.id, IssueUnit.unit_id == unit_id)
    forces = select(TaskForceMember.user_id).where(
        TaskForceMember.issue_id == Issue.id, TaskForceMember.user_id == person_id
    )
    reviewed = select(other.position).where(
        other.application_id == Application.id,
        or_(other.reviewer_id == person_id, other.reviewer_for_id == person_id),
        other.position != Application.level,
    )
    acted = select(Event.id).where(
        Event.subject == "issue",
        Event.subject_id == Issue.id,
        Event.verb.in_(WORK),
        or_(Event.actor_id == person_id, Event.for_id == person_id),
    )
    return and_(
        Application.applicant_id != person_id,
        func.coalesce(Application.applicant_for_id, 0) != person_id,
        func.coalesce(Issue.lead_official_id, 0) != person_id,
        func.coalesce(Issue.responsible_person_id, 0) != person_id,
        func.coalesce(Issue.lead_unit_id, 0) != unit_id,
        ~units.correlate_except(IssueUnit).exists(),
        ~forces.correlate_except(TaskForceMember).exists(),
        ~reviewed.correlate_except(other).exists(),
        ~acted.correlate_except(Event).exists(),
    )


def waiting_for(actor: Actor, today: date, *columns: Any) -> Select[Any]:
    """A query of these columns over the applications that wait for this person, within their scope.

    Joined: Issue, Application, ApplicationLevel (the present one), Region (where that level is seated).
    """
    return (
        select(*columns)
        .select_from(Application)
        .join(Issue, Issue.id == Application.issue_id)
        .join(
            ApplicationLevel,
            and_(ApplicationLevel.application_id == Application.id, ApplicationLevel.position == Application.level),
        )
        .join(RegionBelow, RegionBelow.region_id == Issue.region_id)
        .join(
            Region,
            and_(
                Region.id == RegionBelow.ancestor_id,
                or_(
                    Region.level == ApplicationLevel.region_level,
                    and_(ApplicationLevel.region_level.is_(None), Region.parent_id.is_(None)),
                ),
            ),
        )
        .where(literal_column("application.state = 'open'"), visible_to(actor), awaiting(actor, today))
    )


def review_queue(
    actor: Actor, today: date, limit: int = 50, after: tuple[date, int] | None = None
) -> Sequence[Row[Any]]:
    """What waits for this person's review, longest waiting first.

    Rows: id (of the issue), number, title, county, unit, level, level_name, levels, level_since, applied_on, region,
    and ``application_id``; ``after``: (level_since, application_id) of the last row seen.
    """
    county, unit, every = aliased(Region), aliased(Unit), aliased(ApplicationLevel)
    levels = select(func.count()).where(every.application_id == Application.id).correlate(Application).scalar_subquery()
    query = (
        waiting_for(
            actor,
            today,
            Issue.id,
            Issue.number,
            Issue.title,
            county.name.label("county"),
            unit.name.label("unit"),
            Application.level,
            ApplicationLevel.name.label("level_name"),
            levels.label("levels"),
            Application.level_since,
            Application.applied_on,
            Region.name.label("region"),
            Application.id.label("application_id"),
            Issue.deadline,
            Issue.overdue_from,
        )
        .join(county, county.id == Issue.county_id)
        .join(unit, unit.id == Application.unit_id)
    )
    if after is not None:
        since, last = after
        query = query.where(
            or_(Application.level_since > since, and_(Application.level_since == since, Application.id > last))
        )
    return db.session.execute(query.order_by(Application.level_since, Application.id).limit(limit)).all()


def review_queue_count(actor: Actor, today: date) -> int:
    """How many applications wait for this person."""
    return db.session.scalar(waiting_for(actor, today, func.count())) or 0

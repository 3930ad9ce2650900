"""Questions about papers: which exist for a person, what is proposed, what a paper would say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, not_, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.models import Post, User
from tracker.base import clock, files, journal
from tracker.base.access import N_, READERS, RIGHTS, Actor, Missing, Refused, Right, Role, may
from tracker.base.db import db
from tracker.base.journal import SealLink
from tracker.base.paging import Page, Segment, read_page
from tracker.clearance.models import Application
from tracker.clearance.queries import applications_of
from tracker.clearance.rules import STANDARD_NAMES, VERDICT_NAMES, ApplicationState
from tracker.deadlines.models import Escalation
from tracker.deadlines.rules import days_overdue
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode, TaskForceMember
from tracker.issues.queries import supervised_by
from tracker.issues.queries import visible_to as issues_visible_to
from tracker.issues.rules import in_chinese
from tracker.issues.workflow import KIND_NAMES as ISSUE_KIND_NAMES
from tracker.issues.workflow import STATE_NAMES
from tracker.org.models import Region, Unit
from tracker.papers import layout
from tracker.papers.models import Addressee, Paper, PaperIssue, PaperOffice, PaperSeries, PaperTemplate
from tracker.papers.rendering import render
from tracker.papers.rules import (
    ANSWER,
    MOST_ISSUES,
    PROPOSED,
    Asked,
    Draft,
    PaperKind,
    Show,
    in_words,
    listed_in,
    proposed_code,
    proposed_letterhead,
    symbol,
)

PAGE_SIZE = 50
#: Further than this a list's number is not counted: one more stands for "more than that".
COUNT_LIMIT = 10_000


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The scope: papers all of whose issues exist for this person, and papers that went to their own unit."""
    if not any(grant.role in READERS for grant in actor.grants):
        return false()
    seen = func.coalesce(issues_visible_to(actor), false())  # unknown is not seen
    outside = exists().where(PaperIssue.paper_id == Paper.id, PaperIssue.issue_id == Issue.id, not_(seen))
    return or_(_to_my_unit(actor), not_(outside.correlate(Paper)))


def _to_my_unit(actor: Actor, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = exists().where(Addressee.paper_id == Paper.id, Addressee.unit_id == actor.unit_id, *more)
    return mine.correlate(Paper)


def paper_numbered(paper_id: int, actor: Actor) -> Paper:
    """One paper with whom it went to. Raises Missing when it is not there for this person."""
    people = (Paper.by, Paper.acted_for, Paper.withdrawn_by, Paper.withdrawn_for)
    hands = (Addressee.received_by, Addressee.received_for)
    found = db.session.scalar(
        select(Paper)
        .where(Paper.id == paper_id, visible_to(actor))
        .options(
            joinedload(Paper.unit),
            joinedload(Paper.file),
            *(joinedload(person).lazyload(User.posts) for person in people),
            selectinload(Paper.addressees).joinedload(Addressee.unit),
            *(selectinload(Paper.addressees).joinedload(hand).lazyload(User.posts) for hand in hands),
        )
    )
    if found is None:
        raise Missing
    return found


def issues_in(paper: Paper, actor: Actor) -> Sequence[Any]:
    """What the paper is about, in its order: number, title, county, state, and ``seen``: whether it is this person's to
    open. The paper itself names them all, and it was theirs to see."""
    return db.session.execute(
        select(Issue.number, Issue.title, Region.name.label("county"), Issue.state,
               func.coalesce(issues_visible_to(actor), false()).label("seen"))
        .join(PaperIssue, PaperIssue.issue_id == Issue.id)
        .join(Region, Region.id == Issue.county_id)
        .where(PaperIssue.paper_id == paper.id)
        .order_by(PaperIssue.position)
    ).all()  # fmt: skip


def supervises_all(paper: Paper, actor: Actor) -> bool:
    """Whether every issue of the paper is this supervisor's to decide: they could have issued it."""
    if not may(actor, Right.PAPER_ISSUE):
        return False
    mine = func.coalesce(supervised_by(actor), false())
    return not db.session.scalar(
        select(PaperIssue.issue_id)
        .join(Issue, Issue.id == PaperIssue.issue_id)
        .where(PaperIssue.paper_id == paper.id, not_(mine))
        .limit(1)
    )


def may_receive(paper: Paper, actor: Actor) -> bool:
    """Whether this person can sign for it now: of a unit it went to, which has not signed."""
    return (
        may(actor, Right.PAPER_RECEIVE)
        and paper.withdrawn_at is None
        and any(row.unit_id == actor.unit_id and row.received_at is None for row in paper.addressees)
    )


def file_of(paper: Paper) -> bytes | None:
    """The bytes that were issued; None when what lies there is no longer that file."""
    path = files.path_of(paper.sha256)
    content = path.read_bytes() if path.exists() else b""
    return content if hashlib.sha256(content).hexdigest() == paper.sha256 else None


def head_holds(paper: Paper) -> bool:
    """Whether the journal's chain still leads through the head that a bulletin carries."""
    position, _, digest = (paper.head or "").partition(":")
    return db.session.scalar(select(SealLink.digest).where(SealLink.position == int(position or 0))) == digest


def papers_about(issue_id: int, actor: Actor) -> Sequence[Any]:
    """What was issued about an issue, newest first: id, symbol, kind, title, issued_on, withdrawn_at, sent, signed."""
    return db.session.execute(
        select(Paper.id, Paper.symbol, Paper.kind, Paper.title, Paper.issued_on, Paper.withdrawn_at, *_COUNTS)
        .join(PaperIssue, PaperIssue.paper_id == Paper.id)
        .where(PaperIssue.issue_id == issue_id, visible_to(actor))
        .order_by(Paper.id.desc())
    ).all()


def readers_of(unit_ids: Sequence[int]) -> Select[Any]:
    """Ids of the people who can sign for a paper that went to these units, and can sign in."""
    posted = exists().where(
        Post.user_id == User.id, Post.ended_at.is_(None), Post.role.in_(RIGHTS[Right.PAPER_RECEIVE])
    )
    return select(User.id).where(User.unit_id.in_(unit_ids), User.active, User.account.is_not(None), posted)


# --- the register ---------------------------------------------------------------------------------------------

_SENT = select(func.count()).where(Addressee.paper_id == Paper.id)
_COUNTS: tuple[Any, ...] = (
    _SENT.correlate(Paper).scalar_subquery().label("sent"),
    _SENT.where(Addressee.received_at.is_not(None)).correlate(Paper).scalar_subquery().label("signed"),
)


@dataclass(frozen=True)
class Listing:
    """One page of a list. ``total``: exact up to COUNT_LIMIT."""

    page: Page
    total: int


def register(asked: Asked, actor: Actor, cursor: str | None) -> Listing:
    """Papers, the newest first; two queries. Rows: symbol, kind, title, unit, issued_on, withdrawn_at, sent, signed,
    ``mine`` (this person's unit has still to sign), first_unit, issues and id."""
    first = and_(Addressee.paper_id == Paper.id, Addressee.position == 0)
    addressee = aliased(Unit)
    number = select(func.count()).where(PaperIssue.paper_id == Paper.id).correlate(Paper).scalar_subquery()
    query = (
        select(
            Paper.symbol,
            Paper.kind,
            Paper.title,
            Unit.name.label("unit"),
            Paper.issued_on,
            Paper.withdrawn_at,
            *_COUNTS,
            case((_waiting(actor), 1), else_=0).label("mine"),
            addressee.name.label("first_unit"),
            number.label("issues"),
        )
        .join(Unit, Unit.id == Paper.unit_id)
        .join(Addressee, first)
        .join(addressee, addressee.id == Addressee.unit_id)
        .where(*_conditions(asked, actor))
    )
    page = read_page(query, (Segment("papers", (), (Paper.id,), descending=True),), cursor, PAGE_SIZE, _read)
    return Listing(page, _count(select(Paper.id).where(*_conditions(asked, actor))))


def _read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.limit(COUNT_LIMIT + 1).subquery())) or 0


def _conditions(asked: Asked, actor: Actor) -> Iterator[ColumnElement[bool]]:
    yield visible_to(actor)
    if asked.kind is not None:
        yield Paper.kind == asked.kind
    if asked.year is not None:
        yield Paper.year == asked.year
    if asked.show is Show.WITHDRAWN:
        yield Paper.withdrawn_at.is_not(None)
    if asked.show is Show.UNSIGNED:
        yield Paper.withdrawn_at.is_(None)
        yield exists().where(Addressee.paper_id == Paper.id, Addressee.received_at.is_(None)).correlate(Paper)
    if asked.show is Show.MINE:
        yield _waiting(actor)


def _waiting(actor: Actor) -> ColumnElement[bool]:
    return and_(Paper.withdrawn_at.is_(None), _to_my_unit(actor, Addressee.received_at.is_(None)))


def waiting_count(actor: Actor) -> int:
    """How many papers this person's unit has still to sign for; 0 for who cannot sign."""
    return _count(select(Paper.id).where(_waiting(actor))) if may(actor, Right.PAPER_RECEIVE) else 0


def years() -> Sequence[int]:
    """The years in which papers were issued, the newest first."""
    return db.session.scalars(select(PaperSeries.year).distinct().order_by(PaperSeries.year.desc())).all()


# --- what is proposed -----------------------------------------------------------------------------------------


def _proposed(kind: PaperKind, actor: Actor, county: int | None) -> tuple[ColumnElement[bool], ...]:
    """Running episodes that have reached the level of this paper, and about which none was issued since they began."""
    level = next(number for number, proposed in PROPOSED.items() if proposed is kind)
    issued = exists().where(
        PaperIssue.issue_id == Issue.id,
        PaperIssue.paper_id == Paper.id,
        Paper.kind == kind,
        Paper.withdrawn_at.is_(None),
        Paper.issued_on >= OverdueEpisode.starts_on,
    )
    return (
        Escalation.level == level,
        OverdueEpisode.ended_on.is_(None),
        supervised_by(actor),
        not_(issued.correlate(Issue, OverdueEpisode)),
        *((Issue.county_id == county,) if county is not None else ()),
    )


def _episodes(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Escalation)
        .join(OverdueEpisode, OverdueEpisode.id == Escalation.episode_id)
        .join(Issue, Issue.id == Escalation.issue_id)
    )


def proposals(kind: PaperKind, actor: Actor, county: int | None, cursor: str | None) -> Listing:
    """Issues for which a paper of this kind is proposed, the longest overdue first; two queries. Rows: number, title,
    county, unit (主责), lead_official, deadline, raised_on, starts_on, episode_id."""
    first = and_(IssueUnit.issue_id == Issue.id, IssueUnit.position == 0)
    where = _proposed(kind, actor, county)
    query = (
        _episodes(
            Issue.number,
            Issue.title,
            Region.name.label("county"),
            Unit.name.label("unit"),
            User.name.label("lead_official"),
            Issue.deadline,
            Escalation.raised_on,
        )
        .join(Region, Region.id == Issue.county_id)
        .outerjoin(IssueUnit, first)
        .outerjoin(Unit, Unit.id == IssueUnit.unit_id)
        .outerjoin(User, User.id == Issue.lead_official_id)
        .where(*where)
    )
    segment = Segment("proposed", (), (OverdueEpisode.starts_on, OverdueEpisode.id))
    return Listing(
        read_page(query, (segment,), cursor, PAGE_SIZE, _read), _count(_episodes(Escalation.episode_id).where(*where))
    )


def proposal_counts(actor: Actor) -> dict[PaperKind, int]:
    """How many issues each kind of paper is proposed for."""
    return {
        kind: _count(_episodes(Escalation.episode_id).where(*_proposed(kind, actor, None)))
        for kind in PROPOSED.values()
    }


def numbers_proposed(kind: PaperKind, actor: Actor, county: int | None) -> Sequence[str]:
    """The issues' numbers, as many as one paper holds."""
    query = _episodes(Issue.number).where(*_proposed(kind, actor, county))
    return db.session.scalars(query.order_by(OverdueEpisode.starts_on, OverdueEpisode.id).limit(MOST_ISSUES)).all()


def level_of(issue_id: int) -> int:
    """The highest level its running episode was raised to, 0 for none."""
    query = _episodes(func.max(Escalation.level)).where(
        Escalation.issue_id == issue_id, OverdueEpisode.ended_on.is_(None)
    )
    return db.session.scalar(query) or 0


def assigned_on_paper(issue_id: int) -> bool:
    """Whether it was handed out by a paper that stands."""
    return bool(
        db.session.scalar(
            select(Paper.id)
            .join(PaperIssue, PaperIssue.paper_id == Paper.id)
            .where(PaperIssue.issue_id == issue_id, Paper.kind == PaperKind.ASSIGNMENT, Paper.withdrawn_at.is_(None))
            .limit(1)
        )
    )


# --- what a paper would say -----------------------------------------------------------------------------------


def issues_to_write(wanted: Sequence[str] | Sequence[int], actor: Actor) -> list[Issue]:
    """The issues of these numbers (or ids) in their order, all of them this supervisor's. Raises Missing."""
    column = Issue.number if wanted and isinstance(wanted[0], str) else Issue.id
    rows = db.session.scalars(
        select(Issue)
        .where(column.in_(wanted), supervised_by(actor))
        .options(
            joinedload(Issue.category),
            joinedload(Issue.county),
            joinedload(Issue.region),
            joinedload(Issue.lead_unit),
            *(joinedload(role).lazyload(User.posts) for role in (Issue.lead_official, Issue.responsible_person)),
            selectinload(Issue.units),
            selectinload(Issue.members).joinedload(TaskForceMember.user).lazyload(User.posts),
        )
    ).all()
    found = {getattr(issue, column.key): issue for issue in rows}
    if set(found) != set(wanted):
        raise Missing
    return [found[key] for key in dict.fromkeys(wanted)]


def cleared_by(issue: Issue, application_id: int | None = None) -> Application | None:
    """The application by which the issue was struck off: this one, or the latest that passed."""
    return next(
        (
            each
            for each in applications_of(issue.id)
            if each.state is ApplicationState.PASSED and application_id in (None, each.id)
        ),
        None,
    )


def offices_of(county_ids: set[int]) -> list[Unit]:
    """The units of the supervisors seated in these counties: where a county is written to."""
    return list(
        db.session.scalars(
            select(Unit)
            .join(User, User.unit_id == Unit.id)
            .join(Post, Post.user_id == User.id)
            .where(
                Post.role == Role.SUPERVISOR,
                Post.ended_at.is_(None),
                Post.category_id.is_(None),
                Post.region_id.in_(county_ids),
                Unit.active,
            )
            .distinct()
            .order_by(Unit.id)
        )
    )


def addressees(
    kind: PaperKind, issues: Sequence[Issue], actor: Actor, offices: Sequence[Unit] | None = None
) -> dict[int, tuple[str, bool]]:
    """Units this paper may go to: id -> name and whether it is chosen from the start; never one's own.

    ``offices``: of the counties, where they are known already (``offices_of``).
    """
    if kind is PaperKind.CLEARANCE:
        application = cleared_by(issues[0]) if issues else None
        return {application.unit_id: (application.unit.name, True)} if application else {}
    found: dict[int, tuple[str, bool]] = {}
    only_first = kind is PaperKind.TALK
    for issue in issues:
        for row in issue.units:
            chosen = row.position == 0 or not only_first
            found[row.unit_id] = (row.unit.name, chosen or found.get(row.unit_id, ("", False))[1])
    counties = {issue.county_id for issue in issues}
    for office in offices_of(counties) if offices is None else [one for one in offices if one.region_id in counties]:
        found.setdefault(office.id, (office.name, kind in PROPOSED.values()))
    for issue in issues:
        if issue.lead_unit is not None:
            found.setdefault(issue.lead_unit.id, (issue.lead_unit.name, False))
    found.pop(actor.unit_id, None)
    return found


def talk_people(issues: Sequence[Issue]) -> str:
    """Whom a talk is proposed with: the lead officials and the responsible persons."""
    people = [person for issue in issues for person in (issue.lead_official, issue.responsible_person) if person]
    return listed_in([f"{person.unit.name}{person.name}" for person in people])


@dataclass(frozen=True)
class Talk:
    """One talk that is proposed: with whom, about which issues, to which units the notice goes."""

    key: str
    people: str
    issues: list[Issue]
    units: dict[int, str]


def talks_about(issues: Sequence[Issue], actor: Actor) -> list[Talk]:
    """The issues by whom a talk about them is held with, so that nobody is called twice: by lead official, else by the
    unit in the first place. Talks in the order of their first issue; queries do not grow with them."""
    groups: dict[str, list[Issue]] = {}
    for issue in issues:
        unit = issue.first_unit or issue.lead_unit
        key = f"person-{issue.lead_official_id}" if issue.lead_official_id else f"unit-{unit.id if unit else 0}"
        groups.setdefault(key, []).append(issue)
    offices = offices_of({issue.county_id for issue in issues})
    return [
        Talk(key, talk_people(group), group, _chosen(addressees(PaperKind.TALK, group, actor, offices)))
        for key, group in groups.items()
    ]


def _chosen(units: dict[int, tuple[str, bool]]) -> dict[int, str]:
    return {unit: name for unit, (name, chosen) in units.items() if chosen}


def office_of(unit_id: int) -> PaperOffice:
    """How this office signs; what is proposed where it has never issued a paper (not stored)."""
    found = db.session.get(PaperOffice, unit_id)
    if found is not None:
        return found
    unit = db.session.get_one(Unit, unit_id, options=[joinedload(Unit.region)])
    name = proposed_letterhead(unit.region.name, unit.name)
    return PaperOffice(unit_id=unit_id, code=proposed_code(unit.region.name, unit.name), letterhead=name, signer=name)


def template_of(kind: PaperKind, letterhead: str = "") -> tuple[bytes, str | None]:
    """The template in force, and its hash where it is an office's own."""
    own = db.session.get(PaperTemplate, kind)
    if own is None:
        return layout.built_in(kind, letterhead), None
    return files.path_of(own.sha256).read_bytes(), own.sha256


def templates() -> dict[PaperKind, PaperTemplate]:
    """The office's own templates."""
    rows = db.session.scalars(select(PaperTemplate).options(joinedload(PaperTemplate.by).lazyload(User.posts)))
    return {row.kind: row for row in rows}


def next_number(unit_id: int, kind: PaperKind, year: int) -> int:
    """The number a paper issued now would get; another may be faster."""
    last = db.session.get(PaperSeries, (unit_id, kind, year))
    return (last.last if last else 0) + 1


def draft_file(draft: Draft, actor: Actor, today: date) -> bytes:
    """The paper as it would be, without a number."""
    issues = issues_to_write(draft.issue_ids, actor)
    template, _own = template_of(draft.kind, draft.letterhead)
    head = str(journal.head()) if draft.kind is PaperKind.BULLETIN else None
    return render(template, values_of(draft, issues, symbol(draft.code, draft.kind, today.year, None), head, today))


def values_of(draft: Draft, issues: Sequence[Issue], number: str, head: str | None, today: date) -> dict[str, Any]:
    """Every field of ``rules.fields_of`` for this paper."""
    names = {
        row.id: row.name for row in db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(draft.unit_ids)))
    }
    answer = in_words(draft.reply_by) if draft.reply_by else ""
    found: dict[str, Any] = {
        "发文机关标志": draft.letterhead,
        "发文字号": number,
        "标题": draft.title,
        "主送机关": listed_in([names[unit] for unit in draft.unit_ids]),
        "正文开头": _paragraphs(draft.opening, answer),
        "正文结尾": _paragraphs(draft.closing, answer),
        "问题清单": [_issue_values(issue, place, today) for place, issue in enumerate(issues, start=1)],
        "问题数": str(len(issues)),
        "答复期限": answer,
        "发文机关署名": draft.signer,
        "成文日期": in_words(today),
        "抄送": draft.copies,
    }
    if draft.kind is PaperKind.TALK:
        found |= {"约谈时间": draft.talk_time, "约谈地点": draft.talk_place, "约谈对象": draft.talk_people}
    if draft.kind is PaperKind.BULLETIN:
        found["校验值"] = head or ""
    if draft.kind is PaperKind.CLEARANCE:
        found |= _clearance_values(issues[0], draft.application_id) | {"问题": found["问题清单"][0]}
    return found


def _paragraphs(text: str, answer: str) -> list[str]:
    return [line.strip().replace(ANSWER, answer) for line in text.splitlines() if line.strip()]


def _issue_values(issue: Issue, place: int, today: date) -> dict[str, str]:
    deadline = in_words(issue.deadline) if issue.deadline else "长期坚持"
    moved = issue.original_deadline if issue.original_deadline != issue.deadline else None
    where = issue.county.name + ("" if issue.region_id == issue.county_id else issue.region.name)
    days = days_overdue(issue.overdue_from, today)
    return {
        "序号": in_chinese(place),
        "数字序号": str(place),
        "编号": issue.number,
        "标题": issue.title,
        "原文": issue.wording or issue.title,
        "来源": SOURCE_NAMES[issue.source],
        "类别": issue.category.name,
        "县市区": issue.county.name,
        "地区": where,
        "整改类型": ISSUE_KIND_NAMES[issue.kind],
        "整改要求": issue.requirement or "按反馈意见整改到位。",
        "整改时限": deadline,
        "原时限": in_words(moved) if moved else "",
        "逾期天数": str(days) if days else "",
        "现状": STATE_NAMES[issue.state],
        "牵头领导": issue.lead_official.name if issue.lead_official else "（未定）",
        "牵头部门": issue.lead_unit.name if issue.lead_unit else "（未定）",
        "责任单位": listed_in([row.unit.name for row in issue.units]) or "（未定）",
        "责任人": issue.responsible_person.name if issue.responsible_person else "（未定）",
    }


def _clearance_values(issue: Issue, application_id: int | None) -> dict[str, Any]:
    """What the clearance sheet shows of the application that passed."""
    application = cleared_by(issue, application_id)
    if application is None:
        raise Refused(N_("问题 %(number)s 还没有销号，各级审核通过后再签发销号审批表。"), number=issue.number)
    return {
        "申请单位": application.unit.name,
        "申请人": _signed(application.applicant, application.applicant_for),
        "申请日期": in_words(application.applied_on),
        "销号日期": in_words(issue.cleared_on) if issue.cleared_on else "",
        "标准清单": [
            {
                "序号": str(place),
                "名称": STANDARD_NAMES[answer.standard],
                "说明": answer.text,
                "佐证": "；".join(f"{file.name}（{file.sha256[:12]}）" for file in answer.evidence),
            }
            for place, answer in enumerate(application.answers, start=1)
        ],
        "审核清单": [_level_values(level) for level in application.levels if level.verdict is not None],
    }


def _level_values(level: Any) -> dict[str, str]:
    seen = ""
    if level.site_seen:
        seen = f"现场核查：{in_words(level.site_on)}，{level.site_place}，{level.site_people}：{level.site_seen}"
    return {
        "名称": level.name,
        "结论": VERDICT_NAMES[level.verdict],
        "意见": level.opinion or "",
        "现场": seen,
        "审核人": _signed(level.reviewer, level.reviewer_for),
        "日期": in_words(clock.local(level.reviewed_at).date()),
    }


def _signed(person: User, absent: User | None) -> str:
    return f"{person.name}（代{absent.name}）" if absent is not None else person.name

"""Use cases: apply to strike off, withdraw, pass a level, return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from tracker.base import clock, journal
from tracker.base.access import N_, Actor, Missing, Refused, Role, keeps_rules
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.clearance.models import Application, ApplicationLevel, ReviewChain, ReviewLevel, StandardAnswer
from tracker.clearance.queries import (
    Reviewers,
    chain_for,
    chain_of,
    children_settled,
    current_level,
    eligible_reviewers,
    is_barred,
    open_application,
    relations_to,
    reopened_at,
)
from tracker.clearance.rules import EVIDENCED, Answer, ApplicationState, Seat, Site, Standard, Verdict, check_chain
from tracker.inspections.rules import Source
from tracker.issues import workflow
from tracker.issues.actions import advance, authorise, unchanged
from tracker.issues.models import Issue
from tracker.issues.queries import relations
from tracker.issues.workflow import Fact, State, Verb, Who
from tracker.org.models import Region, RegionBelow
from tracker.org.rules import Level
from tracker.plans.queries import all_measures_done
from tracker.progress.actions import attach
from tracker.progress.models import Evidence
from tracker.progress.queries import evidence_of

Answers = Mapping[Standard, Answer]
#: A level of the review chain, and the region level it sits at (None: the root).
Step = tuple[ReviewLevel, Level | None]

# --- apply ------------------------------------------------------------------------------------------------------


def request_clearance(
    issue: Issue, actor: Actor, *, today: date, answers: Answers, at: datetime | None = None
) -> Application:
    """Apply to strike the issue off (申请销号), with every standard answered; the chain is copied as it stands now."""
    given = _given(issue, answers)
    advance(
        issue,
        Verb.REQUEST_CLEARANCE,
        actor,
        today=today,
        at=at,
        facts=_facts(issue) | _answered(issue, given),
        data={"standards": [standard.value for standard in given]},
    )
    application = _open(issue, actor, today)
    _write_answers(application, issue, actor, given, at)
    return application


def open_taken_over(issues: Sequence[Issue], actor: Actor, *, today: date) -> None:
    """The applications of issues that a ledger brought in under review: at level 1, their standards still to be
    answered (``answer_standards``). Until then the importer stands as applicant; no event besides the import's."""
    steps: dict[tuple[Source, int], list[Step]] = {}
    for issue in issues:
        key = issue.source, issue.region_id
        if key not in steps:
            steps[key] = _steps_for(issue)
        unit = issue.units[0].unit_id if issue.units else issue.lead_unit_id or actor.unit_id
        application = _application(issue, issue.responsible_person_id or actor.id, unit, today, steps[key])
        application.applicant_for_id = None if issue.responsible_person_id else actor.for_id
        db.session.add(application)


def answer_standards(issue: Issue, actor: Actor, *, today: date, answers: Answers, at: datetime | None = None) -> Event:
    """Answer the standards of an application that came in without; who answers becomes the applicant.

    The same right, relation and facts as applying: it is what applying would have asked.
    """
    row = workflow.find(Verb.REQUEST_CLEARANCE, State.RECTIFYING, issue.kind)
    authorise(row, actor, relations(issue, actor))
    application = open_application(issue.id)
    if application is None or application.answers:
        raise Refused(N_("五条销号标准已经说明过；审核期间内容和佐证不能改动，要改请先撤回申请。"))
    given = _given(issue, answers)
    workflow.require(row, {Fact.DUTY_CHAIN: issue.duty_chain_complete, **_facts(issue), **_answered(issue, given)})
    application.applicant_id, application.applicant_for_id = actor.id, actor.for_id
    application.unit_id = actor.unit_id
    _write_answers(application, issue, actor, given, at)
    issue.updated_at = at or clock.now()
    return journal.record(
        "answer_standards", "issue", issue.id, **journal.by(actor), at=at, data={"application": application.id}
    )


def withdraw_clearance(issue: Issue, actor: Actor, *, today: date, at: datetime | None = None) -> Event:
    """Take the application back (撤回), by anybody of the unit that made it."""
    application = _running(issue)
    event = advance(
        issue,
        Verb.WITHDRAW_CLEARANCE,
        actor,
        today=today,
        at=at,
        also=relations_to(issue, actor, today),
        data={"application": application.id},
    )
    application.state = ApplicationState.WITHDRAWN
    return event


def _running(issue: Issue) -> Application:
    """The open application. Raises Refused with the table's words when the issue is not under review."""
    application = open_application(issue.id)
    if application is None:
        raise Refused(N_("没有正在审核的销号申请。"))
    return application


def _given(issue: Issue, answers: Answers) -> dict[Standard, Answer]:
    """What was answered, in the standards' order. Raises Missing for evidence of another issue."""
    given = {standard: Answer(*answers[standard]) for standard in Standard if standard in answers}
    chosen = {evidence for answer in given.values() for evidence in answer.evidence_ids}
    own = {row.id for row in evidence_of(issue.id)}
    if chosen - own:
        raise Missing
    return {
        standard: answer._replace(files=[file for file in answer.files if file.filename])
        for standard, answer in given.items()
    }


def _answered(issue: Issue, given: Answers) -> dict[Fact, bool]:
    """Evidence brought before a relapse was found not to hold: alone it answers nothing a second time."""
    since = reopened_at(issue)
    fresh = {row.id for row in evidence_of(issue.id) if since is None or row.at > since}
    return {
        Fact.STANDARDS_ANSWERED: all(standard in given and given[standard].text.strip() for standard in Standard),
        Fact.EVIDENCE_GIVEN: all(
            standard in given and bool(fresh.intersection(given[standard].evidence_ids) or given[standard].files)
            for standard in EVIDENCED
        ),
    }


def _facts(issue: Issue) -> dict[Fact, bool]:
    return {Fact.MEASURES_DONE: all_measures_done(issue.id), Fact.CHILDREN_SETTLED: children_settled(issue)}


def _open(issue: Issue, actor: Actor, today: date) -> Application:
    application = _application(issue, actor.id, actor.unit_id, today, _steps_for(issue))
    application.applicant_for_id = actor.for_id
    db.session.add(application)
    db.session.flush()
    return application


def _application(issue: Issue, applicant_id: int, unit_id: int, today: date, steps: Sequence[Step]) -> Application:
    """An open application with its own copy of the chain's levels."""
    return Application(
        issue_id=issue.id,
        state=ApplicationState.OPEN,
        applicant_id=applicant_id,
        unit_id=unit_id,
        applied_on=today,
        level_since=today,
        levels=[
            ApplicationLevel(
                position=place, name=level.name, role=level.role, region_level=seat, site_record=level.site_record
            )
            for place, (level, seat) in enumerate(steps, start=1)
        ],
    )


def _steps_for(issue: Issue) -> list[Step]:
    """The chain's levels that can exist for the place: a county's own issue has no township level.

    Where none can, the last one remains, seated at the root.
    """
    chain = chain_for(issue)
    if chain is None or not chain.levels:
        raise Refused(N_("还没有配置销号审核链，请联系市级督查部门。"))
    there = set(
        db.session.scalars(
            select(Region.level)
            .join(RegionBelow, RegionBelow.ancestor_id == Region.id)
            .where(RegionBelow.region_id == issue.region_id)
        )
    )
    steps = [
        (level, level.region_level)
        for level in chain.levels
        if level.region_level is None or level.region_level in there
    ]
    return steps or [(chain.levels[-1], None)]


def _write_answers(application: Application, issue: Issue, actor: Actor, given: Answers, at: datetime | None) -> None:
    for place, (standard, answer) in enumerate(given.items(), start=1):
        brought = attach(issue, actor, answer.files, at=at)
        chosen = db.session.scalars(select(Evidence).where(Evidence.id.in_(answer.evidence_ids)))
        application.answers.append(
            StandardAnswer(position=place, standard=standard, text=answer.text.strip(), evidence=[*chosen, *brought])
        )
    db.session.flush()


# --- review -----------------------------------------------------------------------------------------------------


def pass_level(
    issue: Issue,
    actor: Actor,
    *,
    today: date,
    opinion: str,
    site: Site | None = None,
    seen: int | None = None,
    at: datetime | None = None,
) -> Event:
    """Pass the present level (通过); the last one strikes the issue off.

    ``seen``: the issue's version the reviewer looked at; raises Conflict when somebody was faster.
    """
    unchanged(issue, seen)
    application = _running(issue)
    level, reviewers = current_level(application), eligible_reviewers(application, today)
    last = level is application.levels[-1]
    event = advance(
        issue,
        Verb.PASS,
        actor,
        today=today,
        at=at,
        last_level=last,
        remark=opinion.strip(),
        also=_as_reviewer(application, actor, reviewers, today),
        data=_trace(application, reviewers),
        facts={
            Fact.OPINION: bool(opinion.strip()),
            Fact.SITE_RECORD: not level.site_record or (site is not None and site.is_complete),
            **_facts(issue),
            **_standing(issue, application),
        },
    )
    _decide(level, Verdict.PASSED, actor, opinion, at)
    if site is not None:
        level.site_on, level.site_place = site.on, site.place.strip()
        level.site_people, level.site_seen = site.people.strip(), site.seen.strip()
        level.site_files = attach(issue, actor, site.files, at=at)
    if last:
        application.state = ApplicationState.PASSED
    else:
        application.level, application.level_since = level.position + 1, today
    db.session.flush()
    return event


def return_application(
    issue: Issue, actor: Actor, *, today: date, opinion: str, seen: int | None = None, at: datetime | None = None
) -> Event:
    """Send it back to be done properly (退回); the deadline's clock stands again from the deadline."""
    unchanged(issue, seen)
    application = _running(issue)
    level, reviewers = current_level(application), eligible_reviewers(application, today)
    event = advance(
        issue,
        Verb.RETURN,
        actor,
        today=today,
        at=at,
        remark=opinion.strip(),
        also=_as_reviewer(application, actor, reviewers, today),
        data=_trace(application, reviewers),
        facts={Fact.OPINION: bool(opinion.strip())},
    )
    _decide(level, Verdict.RETURNED, actor, opinion, at)
    application.state = ApplicationState.RETURNED
    db.session.flush()
    return event


def ask_site_check(
    issue: Issue, actor: Actor, *, today: date, opinion: str, seen: int | None = None, at: datetime | None = None
) -> Event:
    """Ask that the present level looks on the spot before it passes (现场核查): from now on it needs the record."""
    unchanged(issue, seen)
    application = _running(issue)
    level, reviewers = current_level(application), eligible_reviewers(application, today)
    row = workflow.find(Verb.RETURN, issue.state, issue.kind)  # whoever may return may ask for more
    authorise(row, actor, relations(issue, actor) | _as_reviewer(application, actor, reviewers, today))
    if level.site_record:
        raise Refused(N_("这一级已经要求现场核查。"))
    if not opinion.strip():
        raise Refused(N_("请写明要到现场核查什么。"))
    level.site_record = True
    issue.updated_at = at or clock.now()
    return journal.record(
        "ask_site_check",
        "issue",
        issue.id,
        **journal.by(actor),
        remark=opinion.strip(),
        at=at,
        data={"application": application.id, "level": level.position},
    )


def _as_reviewer(application: Application, actor: Actor, reviewers: Reviewers, today: date) -> frozenset[Who]:
    """The relation the door asks for. Raises Refused with the reason when it is the person's own work."""
    eligible = actor.duty_id in reviewers
    if eligible and actor.for_id is None:
        return frozenset({Who.REVIEWER})
    if is_barred(application, actor, today):
        raise Refused(N_("您参与了这个问题的整改，或审核过本次申请的其他级，按职责分离要求不能审核这一级。"))
    return frozenset({Who.REVIEWER}) if eligible else frozenset()


def _trace(application: Application, reviewers: Reviewers) -> dict[str, object]:
    """What the event keeps: which level, and where a higher region's supervisor decided in its stead."""
    raised = {"raised_to": reviewers.region_id} if reviewers.raised else {}
    return {"application": application.id, "level": application.level, **raised}


def _standing(issue: Issue, application: Application) -> dict[Fact, bool]:
    """The standards as they stand in the application: a taken-over one may have none yet."""
    return _answered(
        issue,
        {answer.standard: Answer(answer.text, [row.id for row in answer.evidence]) for answer in application.answers},
    )


def _decide(level: ApplicationLevel, verdict: Verdict, actor: Actor, opinion: str, at: datetime | None) -> None:
    level.verdict, level.reviewed_at = verdict, at or clock.now()
    level.reviewer_id, level.reviewer_for_id = actor.id, actor.for_id
    level.opinion = opinion.strip()


# --- chains -----------------------------------------------------------------------------------------------------


def set_chain(source: Source | None, name: str, levels: Sequence[Seat], actor: Actor) -> ReviewChain:
    """Write the chain of a source (None: of every source without one of its own). Running applications keep theirs."""
    _check_keeper(actor)
    if not name.strip():
        raise Refused(N_("请写明审核链的名称。"))
    check_chain(levels)
    chain = chain_of(source)
    before = _chain_data(chain)
    if chain is None:
        chain = ReviewChain(source=source)
        db.session.add(chain)
    chain.name = name.strip()
    chain.levels = []
    db.session.flush()  # positions are unique: the old rows go before the new ones come
    chain.levels = [
        ReviewLevel(position=place, name=level.name.strip(), role=level.role, region_level=level.region_level,
                    site_record=level.site_record)
        for place, level in enumerate(levels, start=1)
    ]  # fmt: skip
    db.session.flush()
    data = {"source": source, "before": before, "after": _chain_data(chain)}
    journal.record("set_chain", "review_chain", chain.id, **journal.by(actor), data=data)
    return chain


def remove_chain(source: Source, actor: Actor) -> None:
    """Take a source's own chain away: the default one holds for it again."""
    _check_keeper(actor)
    chain = chain_of(source)
    if chain is None:
        raise Missing
    data = {"source": source, "before": _chain_data(chain)}
    journal.record("remove_chain", "review_chain", chain.id, **journal.by(actor), data=data)
    db.session.delete(chain)


def _check_keeper(actor: Actor) -> None:
    if not keeps_rules(actor):
        raise Refused(N_("审核链只能由最高一级的督查修改。"))


def _chain_data(chain: ReviewChain | None) -> list[list[str | bool | None]] | None:
    return [[each.role, each.region_level, each.site_record] for each in chain.levels] if chain else None


def seed_chains() -> None:
    """The review chains an installation starts with, unless there are any: two levels, one for the nearest sources."""
    if db.session.scalar(select(ReviewChain.id).limit(1)) is not None:
        return
    county = (N_("县级审核"), Role.SUPERVISOR, Level.COUNTY)
    chains = [
        ReviewChain(name=N_("两级审核"), source=None, levels=_seeded(county, (N_("市级终审"), Role.LEADER, None)))
    ]
    chains += [
        ReviewChain(name=N_("县级一级审核"), source=source, levels=_seeded(county))
        for source in (Source.MEDIA, Source.PUBLIC_REPORT, Source.SELF_INSPECTION)
    ]
    db.session.add_all(chains)
    db.session.flush()


def _seeded(*levels: tuple[str, Role, Level | None]) -> list[ReviewLevel]:
    return [
        ReviewLevel(position=place, name=name, role=role, region_level=seat)
        for place, (name, role, seat) in enumerate(levels, start=1)
    ]

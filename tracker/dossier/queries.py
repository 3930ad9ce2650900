"""One issue, everything about it, in a number of queries that does not depend on how much has happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Post, User
from tracker.accounts.queries import is_own_request
from tracker.base.access import N_, Actor, Missing, Role, may
from tracker.base.db import db
from tracker.base.journal import Event, Remark
from tracker.clearance.models import Application
from tracker.clearance.queries import (
    Reviewers,
    applications_of,
    children_settled,
    eligible_reviewers,
    relations_to,
)
from tracker.clearance.rules import ApplicationState
from tracker.deadlines.models import Extension, Objection
from tracker.deadlines.queries import (
    Coming,
    Reached,
    Waiting,
    coming_level,
    extensions_of,
    facing_of,
    handlers_reached,
    is_concerned,
    kept_clocks,
    levels_of,
    objections_of,
    reminded_on,
    waiting_objection,
    waiting_of,
)
from tracker.deadlines.rules import OWN_OBJECTION, ExtensionState, Signal, level_name, signal
from tracker.dossier.rules import (
    CHANGED,
    CHILDREN_PRINTED,
    EVENTS_SHOWN,
    EVIDENCE_SHOWN,
    MEASURES_PRINTED,
    NEXT_STEPS,
    NEXT_WORDS,
    PAGES,
    PAPER_LINES,
    PAPER_WIDTH,
    Offer,
    Page,
    Said,
    verb_words,
)
from tracker.inspections.models import Finding
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.issues.models import Issue, TaskForceMember
from tracker.issues.queries import children_of, has_places_below, parent_of, relations, visible_to
from tracker.issues.workflow import (
    FACT_REFUSALS,
    KIND_NAMES,
    TABLE,
    WORKING,
    Fact,
    Kind,
    State,
    Transition,
    Verb,
    Who,
    pressable,
)
from tracker.lookbacks.models import LookBack
from tracker.lookbacks.queries import had_no_part, look_backs_of, nearest_outsiders
from tracker.org.models import Region, RegionBelow, Unit
from tracker.papers.queries import papers_about
from tracker.papers.rules import PaperKind, may_hold
from tracker.plans.models import Plan
from tracker.plans.queries import plans_of, waiting_plan
from tracker.plans.rules import PlanState
from tracker.progress.models import Evidence, ProgressEntry
from tracker.progress.queries import concerns_of
from tracker.progress.rules import Concern
from tracker.settings.models import Category
from tracker.tasks.queries import about_issue, seat_to_ask, seat_to_instruct, self_checks_about
from tracker.withdrawals.queries import lost_props
from tracker.workdays.queries import calendar
from tracker.workdays.rules import Calendar, guessed_years

_MOST_NAMED = 3  # people named where several may act


# --- where the issue stands -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What the parts around an issue know of it: enough to say whose turn it is and which buttons there are."""

    known: frozenset[Who]  # what the person looking is to it
    waiting_plan: Plan | None
    measures: tuple[int, int]  # done and total, of the approved plan
    children_settled: bool
    places_below: bool  # regions it could be broken down to
    extension: Extension | None  # the one to be decided
    application: Application | None  # the open one
    reviewers: Reviewers | None  # of its present level
    supervisors: tuple[str, ...]  # nearest to the issue
    outsider: bool  # cleared: had no part in it, so may look back
    lookers: tuple[str, ...]  # a look-back is due: who may hold it, nearest to the issue


def standing_of(
    issue: Issue,
    actor: Actor,
    plans: Sequence[Plan],
    extensions: Sequence[Extension],
    applications: Sequence[Application],
    today: date,
) -> Standing:
    """Where the issue stands for this person; plans, extensions and applications as ``…_of`` return them."""
    approved = next((plan for plan in plans if plan.state is PlanState.APPROVED), None)
    done = [measure.done_on is not None for measure in approved.measures] if approved else []
    application = next((one for one in applications if one.state is ApplicationState.OPEN), None)
    return Standing(
        known=relations(issue, actor) | relations_to(issue, actor, today),
        waiting_plan=waiting_plan(issue.id) if issue.state is State.PLANNING else None,
        measures=(sum(done), len(done)),
        children_settled=children_settled(issue),
        places_below=has_places_below(issue),
        extension=next((one for one in extensions if one.state is ExtensionState.WAITING), None),
        application=application,
        reviewers=eligible_reviewers(application, today) if application else None,
        supervisors=supervisors_of(issue),
        outsider=issue.state is State.CLEARED and had_no_part(issue, actor, today),
        lookers=nearest_outsiders(issue, today) if _look_back_due(issue, today) else (),
    )


def standing(issue: Issue, actor: Actor, today: date) -> Standing:
    """The same for one issue by itself."""
    return standing_of(issue, actor, plans_of(issue.id), extensions_of(issue.id), applications_of(issue.id), today)


def supervisors_of(issue: Issue) -> tuple[str, ...]:
    """Names of the supervisors nearest to the issue whose posts cover it: who hands out, decides, mends."""
    rows = db.session.execute(
        select(User.name, RegionBelow.depth)
        .join(Post, Post.user_id == User.id)
        .join(RegionBelow, and_(RegionBelow.ancestor_id == Post.region_id, RegionBelow.region_id == issue.region_id))
        .where(
            Post.role == Role.SUPERVISOR,
            Post.ended_at.is_(None),
            User.active,
            User.account.is_not(None),
            or_(Post.category_id.is_(None), Post.category_id == issue.category_id),
        )
        .order_by(RegionBelow.depth, Post.id)
    ).all()
    return tuple(name for name, depth in rows if depth == rows[0].depth)


def missing_duty(issue: Issue) -> list[str]:
    """The msgids of what the duty chain lacks (责任链不全); empty when it is whole."""
    parts = (
        (issue.lead_official_id, CHANGED["lead_official_id"]),
        (issue.lead_unit_id, CHANGED["lead_unit_id"]),
        (issue.units, CHANGED["units"]),
    )
    return [words for part, words in parts if not part]


# --- which buttons --------------------------------------------------------------------------------------------


def offers(issue: Issue, actor: Actor, around: Standing, today: date) -> list[Offer]:
    """Exactly the buttons this person may press on this issue now, the main one marked.

    From the workflow table: the state's verbs for which the person has the right and the relation. A verb whose
    facts do not hold is blocked (with the reason), or left out where there is nothing to decide.
    """
    verbs = [verb for verb in pressable(issue.state, issue.kind, around.known) if _has_right(actor, verb)]
    found = [
        _offer(page, [verb for verb in page.verbs if verb in verbs], issue, actor, around, today)
        for page in PAGES
        if any(verb in verbs for verb in page.verbs)
    ]
    if _unanswered(around) and Who.FIRST_HANDLER in around.known and _has_right(actor, Verb.REQUEST_CLEARANCE):
        found.append(_answer_standards(issue, around))
    shown = [offer for offer in found if offer is not None]
    main = _main(issue, [offer for offer in shown if offer.blocked is None and offer.path in NEXT_STEPS], today)
    return [replace(offer, main=offer is main) for offer in shown]


def _has_right(actor: Actor, verb: Verb) -> bool:
    return all(may(actor, row.right) for row in TABLE if row.verb is verb)


def _offer(page: Page, verbs: list[Verb], issue: Issue, actor: Actor, around: Standing, today: date) -> Offer | None:
    """One page's button; blocked only when each of its verbs is; None when there is nothing to do there."""
    answers = {verb: _hindrance(verb, issue, actor, around, today) for verb in verbs}
    free = tuple(verb for verb, answer in answers.items() if answer is None)
    offer = Offer(free or tuple(verbs), page.label, page.path, page.post)
    if free:
        return offer
    reasons = [answer for answer in answers.values() if isinstance(answer, Said)]
    return replace(offer, blocked=reasons[0]) if reasons else None


def _answer_standards(issue: Issue, around: Standing) -> Offer:
    """A taken-over application came in without its standards: whoever would have applied answers them."""
    blocked = _chain_missing(issue, around) or _left_to_do(issue, around)
    return Offer((Verb.REQUEST_CLEARANCE,), N_("补充五条销号标准"), "clearance", blocked=blocked)


def _main(issue: Issue, free: list[Offer], today: date) -> Offer | None:
    """The next step: first in the order of pages, but nobody applies before anything is reported or all is counted,
    and nobody is sent to look back before it is due."""
    if issue.state is State.CLEARED and not _look_back_due(issue, today):
        return None
    begun = _reported(issue) and issue.quantity_done >= (issue.quantity_total or 0)
    if not begun:
        free = [offer for offer in free if offer.verb is not Verb.REQUEST_CLEARANCE or issue.state is State.REVIEWING]
    return free[0] if free else None


_NOTHING_TO_DO = object()
_BRINGS_CHAIN = frozenset({Verb.ASSIGN, Verb.REASSIGN})


def _hindrance(verb: Verb, issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    """Why the verb cannot be pressed now: a sentence, ``_NOTHING_TO_DO`` (then no button), or None: it can."""
    if Fact.DUTY_CHAIN in _row(verb).facts and verb not in _BRINGS_CHAIN:
        missing = _chain_missing(issue, around)
        if missing is not None:
            return missing
    check = _CHECKS.get(verb)
    return check(issue, actor, around, today) if check else None


def _row(verb: Verb) -> Transition:
    return next(row for row in TABLE if row.verb is verb)


def _chain_missing(issue: Issue, around: Standing) -> Said | None:
    return (
        None
        if issue.duty_chain_complete
        else Said(N_("责任链不全，等%(who)s先补齐。"), {"who": _named(around.supervisors)})
    )


def _plan_can_be_submitted(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    return around.waiting_plan and Said(
        N_("方案第 %(version)s 版已上报，等%(who)s批准。"),
        {"version": around.waiting_plan.version, "who": _name(issue.lead_official)},
    )


def _plan_waits(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    return None if around.waiting_plan else Said(N_("等%(who)s报方案。"), {"who": _name(issue.first_unit)})


def _extension_can_be_asked(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    if issue.deadline is None:
        return _NOTHING_TO_DO
    if around.extension is not None:
        return Said(
            N_("已申请延到 %(wanted)s，等%(who)s审批。"),
            {"wanted": around.extension.wanted, "who": _named(around.supervisors)},
        )
    return Said(FACT_REFUSALS[Fact.ASKED_IN_TIME]) if today > issue.deadline else None


def _extension_waits(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    if around.extension is None:
        return _NOTHING_TO_DO
    if is_own_request((around.extension.asked_by_id, around.extension.asked_for_id), actor, today):
        return Said(N_("延期不能由申请人自己审批，请由其他督查人员办理。"))
    return None


def _can_apply(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    return _left_to_do(issue, around)


def _left_to_do(issue: Issue, around: Standing) -> Said | None:
    done, total = around.measures
    if done < total:
        return Said(
            N_("还有 %(number)s 条整改措施没有完成，等%(who)s完成。"),
            {"number": total - done, "who": _name(issue.first_unit)},
        )
    return None if around.children_settled else Said(FACT_REFUSALS[Fact.CHILDREN_SETTLED])


def _can_break_down(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    return None if around.places_below else _NOTHING_TO_DO


def _can_pass(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    if _unanswered(around):
        return Said(FACT_REFUSALS[Fact.STANDARDS_ANSWERED])
    application = around.application
    return _left_to_do(issue, around) if application and application.level == len(application.levels) else None


def _can_object(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    if all(episode.ended_on is not None for episode in issue.episodes):
        return _NOTHING_TO_DO
    waits = waiting_objection(issue.id)
    return Said(FACT_REFUSALS[Fact.NO_OBJECTION_WAITING]) if waits else None


def _objection_waits(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    waits = waiting_objection(issue.id) if any(episode.ended_on is None for episode in issue.episodes) else None
    if waits is None:
        return _NOTHING_TO_DO
    return Said(OWN_OBJECTION) if is_concerned(waits, issue, actor, today) else None


def _can_remind(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    if reminded_on(issue.id) == today:
        return Said(FACT_REFUSALS[Fact.NOT_REMINDED_TODAY])
    return None if handlers_reached(issue, today) else Said(FACT_REFUSALS[Fact.REACHABLE])


def _can_look_back(issue: Issue, actor: Actor, around: Standing, today: date) -> Said | object | None:
    if issue.has_children:
        return _NOTHING_TO_DO
    if around.outsider:
        return None
    return Said(N_("您参与了这个问题的整改或审核，按职责分离要求，回头看要由其他人做。"))


_CHECKS: Mapping[Verb, Callable[[Issue, Actor, Standing, date], Said | object | None]] = {
    Verb.SUBMIT_PLAN: _plan_can_be_submitted,
    Verb.APPROVE_PLAN: _plan_waits,
    Verb.RETURN_PLAN: _plan_waits,
    Verb.REQUEST_EXTENSION: _extension_can_be_asked,
    Verb.GRANT_EXTENSION: _extension_waits,
    Verb.REFUSE_EXTENSION: _extension_waits,
    Verb.REQUEST_CLEARANCE: _can_apply,
    Verb.BREAK_DOWN: _can_break_down,
    Verb.PASS: _can_pass,
    Verb.RELAPSE: _can_look_back,
    Verb.REMIND: _can_remind,
    Verb.OBJECT: _can_object,
    Verb.UPHOLD_OBJECTION: _objection_waits,
    Verb.REFUSE_OBJECTION: _objection_waits,
}


def _look_back_due(issue: Issue, today: date) -> bool:
    return issue.look_back_on is not None and issue.look_back_on <= today


def _unanswered(around: Standing) -> bool:
    """An application that a ledger brought in, its five standards still to be answered."""
    return around.application is not None and not around.application.answers


# --- whose turn -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """Who is to do what next; ``what`` is a msgid."""

    who: str
    what: str


def turns(issue: Issue, around: Standing, today: date) -> list[Turn]:
    """Whose turn it is, most important first; empty when nothing is left to do."""
    found = [_turn(issue, around)]
    if _look_back_due(issue, today):
        found.append(Turn(_named(around.lookers), N_("回头看")))
    if around.extension is not None:
        found.append(Turn(_named(around.supervisors), N_("审批延期")))
    return [turn for turn in found if turn is not None]


def _turn(issue: Issue, around: Standing) -> Turn | None:
    if issue.state not in NEXT_WORDS:
        return None
    if not issue.duty_chain_complete and issue.state in WORKING:
        return Turn(_named(around.supervisors), N_("补齐责任链"))
    if issue.state is State.LISTED:
        return Turn(_named(around.supervisors), NEXT_WORDS[issue.state])
    if issue.state is State.REVIEWING:
        return _review_turn(issue, around)
    if around.waiting_plan is not None:
        return Turn(_name(issue.lead_official), N_("批准方案"))
    if issue.state is State.RECTIFYING and _ready(issue, around):
        return Turn(_name(issue.first_unit), N_("申请销号"))
    return Turn(_name(issue.first_unit), NEXT_WORDS[issue.state])


def _reported(issue: Issue) -> bool:
    """Whether anything was reported; after a relapse, anything since."""
    if issue.progress_on is None:
        return False
    return not issue.relapses or issue.progress_on >= issue.waiting_since


def _ready(issue: Issue, around: Standing) -> bool:
    return (
        _reported(issue) and _left_to_do(issue, around) is None and issue.quantity_done >= (issue.quantity_total or 0)
    )


def _review_turn(issue: Issue, around: Standing) -> Turn:
    if _unanswered(around):
        return Turn(_name(issue.first_unit), N_("补充五条销号标准"))
    people = around.reviewers.people if around.reviewers else ()
    return Turn(_named([name for _id, name, _unit in people]), NEXT_WORDS[State.REVIEWING])


def _name(one: User | Unit | None) -> str:
    return one.name if one is not None else ""


def _named(names: Sequence[str]) -> str:
    return "、".join(names[:_MOST_NAMED]) + ("…" if len(names) > _MOST_NAMED else "")


# --- the timeline ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One field before and after; ``label`` is a msgid, and so are both values where ``coded``."""

    label: str
    before: str | None
    after: str | None
    coded: bool = False


@dataclass(frozen=True)
class Happening:
    """One event in words: ``verb`` a msgid, ``to`` the state it led to."""

    id: int
    at: datetime
    verb: str
    code: str
    who: str | None  # None: the system
    unit: str | None
    acting_for: str | None
    to: State | None
    text: str | None
    changes: tuple[Change, ...]
    plan: int | None  # version of the plan it is about
    wanted: str | None  # the date an extension asked for
    level: str | None  # of escalation, a msgid
    measures: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def timeline(issue: Issue, plans: Sequence[Plan], limit: int | None = EVENTS_SHOWN) -> tuple[list[Happening], int]:
    """What happened, newest first, and how many events there are; ``limit`` None: all of it.

    At most nine queries, however much happened.
    """
    rows = db.session.execute(
        select(Event, User.name, Unit.name, func.count().over())
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(Event.subject == "issue", Event.subject_id == issue.id)
        .order_by(Event.id.desc())
        .limit(limit)
    ).all()
    words = _Words.of([row[0] for row in rows], plans)
    return [_happening(event, name, unit, words) for event, name, unit, _total in rows], rows[0][3] if rows else 0


@dataclass(frozen=True)
class _Words:
    """Names for the ids that events refer to, read once for all of them."""

    people: Mapping[int, str]
    units: Mapping[int, str]
    places: Mapping[int, str]
    categories: Mapping[int, str]
    remarks: Mapping[int, str]
    entries: Mapping[int, str]
    evidence: Mapping[int, Evidence]
    measures: Mapping[int, str]

    @classmethod
    def of(cls, events: Sequence[Event], plans: Sequence[Plan]) -> _Words:
        ids = _ids_in(events)
        wanted = select(Evidence).where(Evidence.id.in_(ids["evidence"]))
        files = db.session.scalars(wanted) if ids["evidence"] else ()
        return cls(
            people=_names(User.id, User.name, ids["people"]),
            units=_names(Unit.id, Unit.name, ids["units"]),
            places=_names(Region.id, Region.name, ids["places"]),
            categories=_names(Category.id, Category.name, ids["categories"]),
            remarks=_names(Remark.id, Remark.text, ids["remarks"]),
            entries=_names(ProgressEntry.id, ProgressEntry.text, ids["entries"]),
            evidence={file.id: file for file in files},
            measures={measure.id: measure.text for plan in plans for measure in plan.measures},
        )


#: Which kind of id a changed column holds.
_HOLDS = {
    "lead_official_id": "people",
    "responsible_person_id": "people",
    "members": "people",
    "lead_unit_id": "units",
    "units": "units",
    "region_id": "places",
    "category_id": "categories",
}


def _ids_in(events: Iterable[Event]) -> dict[str, set[int]]:
    ids: dict[str, set[int]] = defaultdict(set)
    for event in events:
        for name, pair in event.data.get("changed", {}).items():
            for value in pair:
                _collect(ids, name, value)
        ids["evidence"].update(event.data.get("evidence", ()))
        if "entry" in event.data:
            ids["entries"].add(event.data["entry"])
        if event.for_id is not None:
            ids["people"].add(event.for_id)
    return ids


def _collect(ids: dict[str, set[int]], name: str, value: Any) -> None:
    if isinstance(value, dict):
        ids["remarks"].add(value["remark"])
    elif name in _HOLDS and value is not None:
        ids[_HOLDS[name]].update(value if isinstance(value, list) else [value])


def _names(key: Any, name: Any, ids: set[int]) -> dict[int, str]:
    return {row[0]: row[1] for row in db.session.execute(select(key, name).where(key.in_(ids)))} if ids else {}


def _happening(event: Event, name: str | None, unit: str | None, words: _Words) -> Happening:
    data = event.data
    text = event.remark.text if event.remark else words.entries.get(data.get("entry", 0))
    return Happening(
        id=event.id,
        at=event.at,
        verb=verb_words(event.verb),
        code=event.verb,
        who=name,
        unit=unit,
        acting_for=words.people.get(event.for_id) if event.for_id else None,
        to=State(data["to"]) if "to" in data else None,
        text=text,
        changes=_changes(data.get("changed", {}), words),
        plan=data.get("plan"),
        wanted=data.get("wanted"),
        level=level_name(data["level"]) if event.verb == "escalated" else None,
        measures=tuple(words.measures[key] for key in data.get("measures", ()) if key in words.measures),
        evidence=tuple(words.evidence[key] for key in data.get("evidence", ()) if key in words.evidence),
    )


def _changes(changed: Mapping[str, Any], words: _Words) -> tuple[Change, ...]:
    return tuple(
        Change(
            label,
            _value(name, changed[name][0], words),
            _value(name, changed[name][1], words),
            coded=name in ("kind", "source"),
        )
        for name, label in CHANGED.items()
        if name in changed
    )


def _value(name: str, value: Any, words: _Words) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, dict):
        return words.remarks.get(value["remark"])
    if name in _HOLDS:
        names: Mapping[int, str] = getattr(words, _HOLDS[name])
        return "、".join(names.get(key, "") for key in (value if isinstance(value, list) else [value]))
    if name == "kind":
        return KIND_NAMES[Kind(value)]
    return SOURCE_NAMES[Source(value)] if name == "source" else str(value)


# --- the whole page -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dossier:
    """Everything the page shows."""

    issue: Issue
    lamp: Signal
    guessed_years: list[int]  # whose working days were counted without a notice
    around: Standing
    turns: list[Turn]
    offers: list[Offer]
    missing: list[str]
    plans: Sequence[Plan]
    extensions: Sequence[Extension]
    waiting: Waiting | None  # the step it waits for, apart from the deadline
    levels: dict[int, list[Reached]]  # by episode: what it has escalated to, and who was told
    coming: Coming | None  # the next level of the episode that runs
    objections: Mapping[int, Sequence[Objection]]  # by episode
    applications: Sequence[Application]
    look_backs: Sequence[LookBack]
    tasks: Sequence[Any]  # asked about it; see tasks.queries.about_issue
    may_instruct: bool
    self_checks: Sequence[Any]  # it gave the occasion for; see tasks.queries.self_checks_about
    may_ask_self_check: bool
    papers: Sequence[Any]  # issued about it; see papers.queries.papers_about
    may_write: bool  # a paper about it
    evidence: Sequence[Evidence]
    evidence_total: int
    concerns: Mapping[int, Sequence[Concern]]  # by id of the evidence
    lost_props: Sequence[Evidence]  # what the clearance rested on and is gone
    timeline: list[Happening]
    events_total: int
    ledger_number: str | None
    parent: Any  # number, and the title where it is visible; None for most
    children: Sequence[Any]

    @property
    def plan(self) -> Plan | None:
        """The plan to show: the one waiting, else the one carried out, else the latest returned."""
        approved = next((plan for plan in self.plans if plan.state is PlanState.APPROVED), None)
        latest = self.plans[0] if self.plans and self.plans[0].state is not PlanState.REPLACED else None
        return self.around.waiting_plan or approved or latest

    @property
    def unanswered(self) -> bool:
        return _unanswered(self.around)

    @property
    def measures_on_paper(self) -> frozenset[int]:
        """Ids of the measures on the printed sheet: what is left to do, then what was done last."""
        measures = self.plan.measures if self.plan else []
        left = [measure for measure in measures if measure.done_on is None]
        done = [measure for measure in measures if measure.done_on is not None]
        return frozenset(measure.id for measure in [*left, *reversed(done)][:MEASURES_PRINTED])

    @property
    def crowded(self) -> bool:
        """Whether the printed sheet must cut every text short to hold the rest of it."""
        levels = self.applications[0].levels if self.applications else []
        texts = [self.issue.title * 2, self.issue.wording, self.issue.requirement, self.issue.source_note]
        texts += [finding.wording for finding in self.issue.findings[:1]]
        texts += [extension.reason + (extension.opinion or "") for extension in self.extensions[:1]]
        texts += [text for level in levels for text in (level.opinion, level.site_seen)]
        if self.plan:
            texts += [self.plan.goals, self.plan.reason]
            texts += [one.text * 2 for one in self.plan.measures if one.id in self.measures_on_paper]
        lines = sum(1 + len(text) // PAPER_WIDTH for text in texts if text) + min(len(self.children), CHILDREN_PRINTED)
        return lines > PAPER_LINES


def issue_in_full(number: str, actor: Actor) -> Issue:
    """The issue with everything it points to. Raises Missing when it is not there for this person."""
    people = [joinedload(role).lazyload(User.posts) for role in (Issue.lead_official, Issue.responsible_person)]
    issue = db.session.scalar(
        select(Issue)
        .where(Issue.number == number, visible_to(actor))
        .options(
            joinedload(Issue.category),
            joinedload(Issue.county),
            joinedload(Issue.region),
            joinedload(Issue.lead_unit),
            *people,
            selectinload(Issue.units),
            selectinload(Issue.episodes),
            selectinload(Issue.members).joinedload(TaskForceMember.user).lazyload(User.posts),
            selectinload(Issue.findings).joinedload(Finding.inspection),
        )
    )
    if issue is None:
        raise Missing
    return issue


def dossier(number: str, actor: Actor, today: date, *, whole_timeline: bool = False) -> Dossier:
    """One issue and everything about it. Raises Missing."""
    issue = issue_in_full(number, actor)
    plans, extensions, applications = plans_of(issue.id), extensions_of(issue.id), applications_of(issue.id)
    around = standing_of(issue, actor, plans, extensions, applications, today)
    days, clocks = calendar(), kept_clocks()
    reached = levels_of(issue.episodes)
    files, files_total = evidence_shown(issue)
    events, events_total = timeline(issue, plans, None if whole_timeline else EVENTS_SHOWN)
    return Dossier(
        issue=issue,
        lamp=signal(facing_of(issue, around.measures if around.measures[1] else None), today, days, clocks),
        guessed_years=guessed_years(days, min(issue.waiting_since, today), today),
        around=around,
        turns=turns(issue, around, today),
        offers=offers(issue, actor, around, today),
        missing=missing_duty(issue),
        plans=plans,
        extensions=extensions,
        waiting=_waiting(issue, around.application, today, days),
        levels=reached,
        coming=coming_level(issue.episodes, reached, clocks),
        objections=objections_of(issue.id) if issue.episodes else {},
        applications=applications,
        look_backs=look_backs_of(issue.id) if issue.state is State.CLEARED or issue.relapses else (),
        tasks=about_issue(issue.id, actor),
        may_instruct=seat_to_instruct(issue, actor) is not None,
        self_checks=self_checks_about(actor, today, issue_id=issue.id),
        may_ask_self_check=Who.SUPERVISOR in around.known and seat_to_ask(actor) is not None,
        papers=papers_about(issue.id, actor),
        may_write=Who.SUPERVISOR in around.known and any(may_hold(kind, issue.state) for kind in PaperKind),
        evidence=files,
        evidence_total=files_total,
        concerns=concerns_of(issue, files, actor),
        lost_props=lost_props(issue),
        timeline=events,
        events_total=events_total,
        ledger_number=issue.ledger_number,
        parent=parent_of(issue, actor),
        children=children_of(issue, actor) if issue.has_children else (),
    )


def _waiting(issue: Issue, application: Application | None, today: date, days: Calendar) -> Waiting | None:
    """The clock of the step; under review that of the present level."""
    if application is not None and issue.state is State.REVIEWING:
        return waiting_of(issue, application.level_since, application.level, today, days)
    return waiting_of(issue, issue.waiting_since, 0, today, days)


def evidence_shown(issue: Issue) -> tuple[Sequence[Evidence], int]:
    """The newest files, and how many there are."""
    rows = db.session.execute(
        select(Evidence, func.count().over())
        .where(Evidence.issue_id == issue.id)
        .order_by(Evidence.id.desc())
        .limit(EVIDENCE_SHOWN)
    ).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0

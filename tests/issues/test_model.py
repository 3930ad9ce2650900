"""Random people press random buttons on random days; a small model, the domain's rules written down a second time,
says what must happen. The model imports nothing of the workflow: words are its own, places and posts the world's tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, text

from tests.effort import rounds
from tests.world import PEOPLE, REGIONS, TODAY, World, make_person, upload
from tracker.base.access import Missing, Refused, Role
from tracker.base.db import Base, db, transaction
from tracker.base.journal import Event
from tracker.clearance import actions as clearance
from tracker.clearance.models import ReviewChain, ReviewLevel
from tracker.clearance.rules import Answer, Site, Standard
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import flag_overdue
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue, IssueCount, OverdueEpisode
from tracker.issues.queries import issue_numbered
from tracker.issues.workflow import Kind
from tracker.org.rules import Level
from tracker.plans import actions as plans
from tracker.plans.queries import approved_plan
from tracker.progress import actions as progress
from tracker.workdays.queries import calendar

# --- the model: who is who ----------------------------------------------------------------------------------------

#: Besides the world's people: one who handles and supervises, and a supervisor in a bureau that is often responsible.
MORE_PEOPLE = (
    ("two_hats", "两岗干部", "county_office", ((Role.OFFICIAL, "xinshao", None), (Role.SUPERVISOR, "xinshao", None))),
    ("inside", "局内督查", "water", ((Role.SUPERVISOR, "xinshao", None),)),
)
UNIT_OF = {key: unit for key, _name, unit, _posts in (*PEOPLE, *MORE_PEOPLE)}
POSTS_OF = {key: posts for key, _name, _unit, posts in (*PEOPLE, *MORE_PEOPLE)}
PARENT = {key: parent for key, _name, _level, parent in REGIONS}
LEVEL = {key: level.value for key, _name, level, _parent in REGIONS}

#: source -> levels (role, seat's level of region or None for the root, a site record is asked for)
CHAINS = {
    "provincial_assessment": (("supervisor", "county", False), ("leader", None, False)),
    "media": (("supervisor", "township", False), ("supervisor", "county", True), ("leader", None, False)),
}
DUTIES: dict[str, dict[str, Any]] = {
    "usual": {
        "lead": "leader",
        "lead_unit": "water",
        "units": ("water", "finance"),
        "named": "official",
        "force": "专班",
    },
    "town": {"lead": "city_leader", "lead_unit": "city_water", "units": ("town",), "named": "town_official"},
    "force": {"lead": "leader2", "lead_unit": "finance", "units": ("finance", "water"), "members": ("two_hats",)},
    "abroad": {"lead": "city_leader2", "lead_unit": "wugang_water", "units": ("wugang_water",), "force": "专班"},
    "reviewing": {"lead": "leader", "lead_unit": "water", "units": ("finance",), "members": ("supervisor", "two_hats")},
    "no lead": {"lead_unit": "water", "units": ("water",)},
    "no unit": {"lead": "leader", "lead_unit": "water"},
}


@dataclass(frozen=True)
class Duty:
    lead: str | None = None
    lead_unit: str | None = None
    units: tuple[str, ...] = ()
    named: str | None = None
    force: str | None = None
    members: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return bool(self.lead and self.lead_unit and self.units)


@dataclass
class Application:
    applicant: str
    unit: str
    levels: tuple[tuple[str, str, bool], ...]  # role, region it is seated in, site record
    reviewed: list[str] = field(default_factory=list)

    @property
    def level(self) -> tuple[str, str, bool]:
        return self.levels[len(self.reviewed)]

    @property
    def at_last(self) -> bool:
        return len(self.reviewed) == len(self.levels) - 1


@dataclass
class Case:
    """One issue as the model knows it."""

    kind: str
    category: int
    region: str
    source: str
    id: int = 0
    number: str = ""
    state: str = "listed"
    duty: Duty = field(default_factory=Duty)
    deadline: date | None = None
    original: date | None = None
    quantity: int | None = None
    plan: int | None = None  # measures of the plan that waits for the lead official
    measures: list[bool] = field(default_factory=list)  # of the approved plan: done?
    reminded: date | None = None
    objector: str | None = None  # of the objection that waits, about the late stretch that runs
    asked: tuple[str, date] | None = None  # the extension that waits: by whom, until when
    application: Application | None = None
    applied_on: date | None = None
    episodes: list[tuple[date, date, date | None, str | None]] = field(
        default_factory=list
    )  # deadline, start, end, why

    @property
    def flagged(self) -> bool:
        """A late stretch runs."""
        return bool(self.episodes) and self.episodes[-1][2] is None

    @property
    def late_from(self) -> date | None:
        """The first late day; none while no clock runs."""
        if self.deadline is None or self.state in ("cleared", "dismissed"):
            return None
        if self.state == "reviewing" and self.applied_on and self.applied_on <= self.deadline:
            return None
        return self.deadline + timedelta(days=1)

    @property
    def cell(self) -> tuple[int, str, str, str, bool]:
        county = self.region if self.region == "city" else line(self.region)[-2]
        return (self.category, county, self.kind, self.state, self.state == "cleared")


def line(region: str) -> list[str]:
    """The region and all above it, the root last."""
    above = PARENT[region]
    return [region, *line(above)] if above else [region]


def posts(who: str, role: str, region: str, category: int) -> list[str]:
    """The regions of this person's posts of this role that cover a place and category."""
    return [
        seat for post, seat, only in POSTS_OF[who] if post == role and seat in line(region) and only in (None, category)
    ]


def supervises(case: Case, who: str) -> bool:
    return bool(posts(who, "supervisor", case.region, case.category))


def supervises_whole(case: Case, who: str) -> bool:
    return "city" in posts(who, "supervisor", case.region, case.category)


def handles(case: Case, who: str) -> bool:
    duty, unit = case.duty, UNIT_OF[who]
    part = unit in (duty.lead_unit, *duty.units) or who == duty.named or who in duty.members
    return part and any(role == "official" for role, _region, _category in POSTS_OF[who])


def handles_first(case: Case, who: str) -> bool:
    return handles(case, who) and case.duty.units[:1] == (UNIT_OF[who],)


def leads(case: Case, who: str) -> bool:
    return case.duty.lead == who and any(role == "leader" for role, _region, _category in POSTS_OF[who])


def of_applicants_unit(case: Case, who: str) -> bool:
    official = any(role == "official" for role, _region, _category in POSTS_OF[who])
    return official and case.application is not None and UNIT_OF[who] == case.application.unit


def reviews(case: Case, who: str) -> bool:
    return case.application is not None and who in reviewers(case)


def reviewers(case: Case) -> set[str]:
    """Who sits at the level's seat; with nobody free there, the supervisors of the next higher region that has some."""
    assert case.application is not None
    role, seat, _site = case.application.level
    free = [who for who in UNIT_OF if not had_part(case, who)]
    found = {who for who in free if seat in posts(who, role, case.region, case.category)}
    for higher in line(seat)[1:]:
        found = found or {who for who in free if higher in posts(who, "supervisor", case.region, case.category)}
    return found


def had_part(case: Case, who: str) -> bool:
    assert case.application is not None
    duty = case.duty
    people = {case.application.applicant, duty.lead, duty.named, *duty.members, *case.application.reviewed}
    return who in people or UNIT_OF[who] in (duty.lead_unit, *duty.units)


def sees(case: Case, who: str) -> bool:
    over = posts(who, "supervisor", case.region, case.category) + posts(who, "leader", case.region, case.category)
    roles = {role for role, _region, _category in POSTS_OF[who]}
    return (
        bool(over)
        or handles(case, who)
        or (case.duty.lead == who and bool(roles & {"official", "supervisor", "leader"}))
    )


# --- the model: what is needed, and what follows -------------------------------------------------------------------

#: What somebody brings along with a verb, and the day.
Brought = SimpleNamespace
UNDER_WAY = {"listed", "assigned", "planning", "rectifying"}
WORKING = {"assigned", "planning", "rectifying"}


def assignable(case: Case, who: str, said: Brought) -> bool:
    kept, free = said.deadline in (None, case.deadline), said.deadline is None or said.deadline >= said.today
    dated = kept if case.original is not None else free
    if case.kind == "long_term":
        dated = dated and said.review_on is not None
    elif case.kind == "time_limited":
        dated = dated and (said.deadline or case.original) is not None
    return Duty(**DUTIES[said.duty]).whole and bool(said.words.strip()) and dated


def plannable(case: Case, who: str, said: Brought) -> bool:
    in_time = bool(said.dues) and all(case.deadline is None or due <= case.deadline for due in said.dues)
    named = said.force or case.duty.force or case.duty.members
    return case.plan is None and bool(said.words.strip()) and in_time and bool(named)


def reportable(case: Case, who: str, said: Brought) -> bool:
    figure = said.figure is None or (case.quantity is not None and 0 <= said.figure <= case.quantity)
    ticked = said.ticks in ("none", "all") or (said.ticks == "first" and bool(case.measures))
    return bool(said.words.strip()) and figure and ticked


def extendable(case: Case, who: str, said: Brought) -> bool:
    in_time = case.deadline is not None and said.today <= case.deadline < said.wanted
    return in_time and case.asked is None and bool(said.words.strip())


def grantable(case: Case, who: str, said: Brought) -> bool:
    return (
        case.asked is not None and case.asked[0] != who and case.deadline is not None and case.asked[1] > case.deadline
    )


def correctable(case: Case, who: str, said: Brought) -> bool:
    kept = True
    if said.field == "deadline" and case.deadline is not None:
        kept = said.moved is not None and said.moved <= case.deadline
    if said.field == "region":
        kept = bool(posts(who, "supervisor", said.region, case.category))
    return kept and bool(said.words.strip())


def passable(case: Case, who: str, said: Brought) -> bool:
    assert case.application is not None
    return bool(said.words.strip()) and (said.site == "whole" or not case.application.level[2])


def with_reason(case: Case, who: str, said: Brought) -> bool:
    return bool(said.words.strip())


def concerned(case: Case, who: str) -> bool:
    duty = case.duty
    people = {case.objector, duty.lead, duty.named, *duty.members}
    return who in people or UNIT_OF[who] in (duty.lead_unit, *duty.units)


def decidable(case: Case, who: str, said: Brought) -> bool:
    return case.flagged and case.objector is not None and not concerned(case, who) and bool(said.words.strip())


def freely(case: Case, who: str, said: Brought) -> bool:
    return True


#: verb -> (from these states, by whom, what is needed): the domain's table, by hand.
MAY: dict[str, tuple[set[str], Callable[[Case, str], bool], Callable[[Case, str, Brought], bool]]] = {
    "assign": ({"listed"}, supervises, assignable),
    "accept": ({"assigned"}, handles_first, freely),
    "decline": ({"assigned"}, handles_first, with_reason),
    "submit_plan": ({"planning"}, handles, plannable),
    "approve_plan": ({"planning"}, leads, lambda case, who, said: case.plan is not None),
    "return_plan": (
        {"planning"},
        leads,
        lambda case, who, said: case.plan is not None and bool(said.words.strip()),
    ),
    "report": (WORKING, handles, reportable),
    "object": (
        WORKING,
        handles,
        lambda case, who, said: case.flagged and case.objector is None and bool(said.words.strip()),
    ),
    "uphold_objection": (
        UNDER_WAY | {"reviewing"},
        supervises,
        lambda case, who, said: decidable(case, who, said) and said.term is not None and said.term >= said.today,
    ),
    "refuse_objection": (UNDER_WAY | {"reviewing"}, supervises, decidable),
    "remind": (
        WORKING,
        supervises,
        lambda case, who, said: bool(said.words.strip()) and case.reminded != said.today,
    ),
    "request_extension": (WORKING, handles, extendable),
    "grant_extension": (UNDER_WAY | {"reviewing"}, supervises, grantable),
    "refuse_extension": (
        UNDER_WAY | {"reviewing"},
        supervises,
        lambda case, who, said: case.asked is not None and case.asked[0] != who and bool(said.words.strip()),
    ),
    "reassign": (WORKING, supervises, lambda case, who, said: Duty(**DUTIES[said.duty]).whole and with_reason(case, who, said)),
    "request_clearance": (
        {"rectifying"},
        handles_first,
        lambda case, who, said: all(case.measures) and said.answers == "whole",
    ),
    "withdraw_clearance": ({"reviewing"}, of_applicants_unit, freely),
    "pass": ({"reviewing"}, reviews, passable),
    "return": ({"reviewing"}, reviews, with_reason),
    "correct": (UNDER_WAY | {"cleared"}, supervises, correctable),
    "dismiss": (UNDER_WAY, supervises_whole, lambda case, who, said: with_reason(case, who, said) and bool(said.document)),
}  # fmt: skip


def allowed(case: Case, verb: str, who: str, said: Brought) -> bool:
    states, by_whom, needs = MAY[verb]
    return case.state in states and by_whom(case, who) and needs(case, who, said)


def after(case: Case, verb: str, who: str, said: Brought) -> None:
    """Change the model as an allowed verb changes the issue."""
    FOLLOWS[verb](case, who, said)
    if case.state != "reviewing":
        case.applied_on = case.application = None
    keep_record(case, said.today)


def keep_record(case: Case, day: date) -> None:
    before = sum(one[2] is not None for one in case.episodes)
    keep_episodes(case, day)
    if sum(one[2] is not None for one in case.episodes) > before:  # an objection ends with the stretch it is about
        case.objector = None


def keep_episodes(case: Case, day: date) -> None:
    """A late stretch ends by clearance, dismissal or a granted extension; one begins the day after the deadline."""
    if case.episodes and case.episodes[-1][2] is None:
        deadline, start, _ended, _why = case.episodes[-1]
        if case.state in ("cleared", "dismissed"):
            case.episodes[-1] = (deadline, start, day, case.state)
        elif case.late_from is None or (case.deadline and case.deadline > deadline):
            case.episodes[-1] = (deadline, start, day, "extended")
        elif case.deadline and case.deadline < deadline:  # written wrongly: it has been late for longer
            case.episodes[-1] = (case.deadline, case.late_from, None, None)
    if case.late_from and case.late_from <= day and (not case.episodes or case.episodes[-1][2] is not None):
        assert case.deadline is not None
        case.episodes.append((case.deadline, case.late_from, None, None))


def assigned(case: Case, who: str, said: Brought) -> None:
    case.state, case.duty, case.plan = "assigned", Duty(**DUTIES[said.duty]), None
    if case.original is None:
        case.deadline = said.deadline
        if case.deadline is None and case.kind == "immediate":
            case.deadline = workday_after(said.today, 10)
        case.original = case.deadline
    case.quantity = said.quantity or case.quantity


def workday_after(day: date, number: int) -> date:
    """No special days are on record here: Monday to Friday."""
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def accepted(case: Case, who: str, said: Brought) -> None:
    case.state = "rectifying" if case.kind == "immediate" else "planning"


def declined(case: Case, who: str, said: Brought) -> None:
    case.state = "listed"


def planned(case: Case, who: str, said: Brought) -> None:
    case.plan, case.duty = len(said.dues), replace(case.duty, force=said.force or case.duty.force)


def plan_approved(case: Case, who: str, said: Brought) -> None:
    case.state, case.measures, case.plan = "rectifying", [False] * (case.plan or 0), None


def plan_returned(case: Case, who: str, said: Brought) -> None:
    case.plan = None


def reported(case: Case, who: str, said: Brought) -> None:
    if said.ticks != "none":
        case.measures = [done or place == 0 or said.ticks == "all" for place, done in enumerate(case.measures)]


def objected(case: Case, who: str, said: Brought) -> None:
    case.objector = who


def upheld(case: Case, who: str, said: Brought) -> None:
    deadline, start, _ended, _why = case.episodes[-1]
    case.episodes[-1] = (deadline, start, said.today, "annulled")
    case.deadline, case.objector = said.term, None


def objection_refused(case: Case, who: str, said: Brought) -> None:
    case.objector = None


def reminded(case: Case, who: str, said: Brought) -> None:
    case.reminded = said.today


def extension_asked(case: Case, who: str, said: Brought) -> None:
    case.asked = (who, said.wanted)


def extension_granted(case: Case, who: str, said: Brought) -> None:
    assert case.asked is not None
    case.deadline, case.asked = case.asked[1], None


def extension_refused(case: Case, who: str, said: Brought) -> None:
    case.asked = None


def reassigned(case: Case, who: str, said: Brought) -> None:
    case.state, case.duty, case.plan = "assigned", Duty(**DUTIES[said.duty]), None


def applied(case: Case, who: str, said: Brought) -> None:
    case.state, case.applied_on = "reviewing", said.today
    there = {LEVEL[region]: region for region in line(case.region)}
    levels = [(role, there.get(seat, "city") if seat else "city", site) for role, seat, site in CHAINS[case.source]
              if seat is None or seat in there]  # fmt: skip
    case.application = Application(who, UNIT_OF[who], tuple(levels))


def back_to_work(case: Case, who: str, said: Brought) -> None:
    case.state = "rectifying"


def passed(case: Case, who: str, said: Brought) -> None:
    assert case.application is not None
    if case.application.at_last:
        case.state = "cleared"
    else:
        case.application.reviewed.append(who)


def corrected(case: Case, who: str, said: Brought) -> None:
    if said.field == "deadline":
        case.deadline, case.original = said.moved, case.original or said.moved
    if said.field == "region":
        case.region = said.region


def dismissed(case: Case, who: str, said: Brought) -> None:
    case.state = "dismissed"


FOLLOWS: dict[str, Callable[[Case, str, Brought], None]] = {
    "assign": assigned, "accept": accepted, "decline": declined, "submit_plan": planned, "approve_plan": plan_approved,
    "return_plan": plan_returned, "report": reported, "remind": reminded, "object": objected, "uphold_objection": upheld, "refuse_objection": objection_refused,
    "request_extension": extension_asked,
    "grant_extension": extension_granted, "refuse_extension": extension_refused, "reassign": reassigned,
    "request_clearance": applied, "withdraw_clearance": back_to_work, "pass": passed, "return": back_to_work,
    "correct": corrected, "dismiss": dismissed,
}  # fmt: skip


# --- the product: the same verbs -----------------------------------------------------------------------------------


class Product:
    """Presses the real buttons with what was brought."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.person = {key: person.id for key, person in world.people.items()}
        self.unit = {key: unit.id for key, unit in world.units.items()}
        self.region = {key: region.id for key, region in world.regions.items()}
        self.category = [category.id for category in world.categories]

    def press(self, verb: str, issue: Issue, who: str, said: Brought) -> None:
        getattr(self, verb if verb != "return" else "return_")(
            issue, self.world.people[who], said, {"today": said.today}
        )

    def duty(self, name: str) -> issues.Duty:
        duty = Duty(**DUTIES[name])
        return issues.Duty(
            lead_official_id=self.person[duty.lead] if duty.lead else None,
            lead_unit_id=self.unit[duty.lead_unit] if duty.lead_unit else None,
            unit_ids=tuple(self.unit[unit] for unit in duty.units),
            responsible_person_id=self.person[duty.named] if duty.named else None,
            task_force=duty.force,
            member_ids=tuple(self.person[who] for who in duty.members),
        )

    def assign(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        issues.assign(
            issue, actor, **day, calendar=calendar(), duty=self.duty(said.duty), requirement=said.words,
            deadline=said.deadline, review_on=said.review_on, quantity=("户", said.quantity) if said.quantity else None,
        )  # fmt: skip

    def accept(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        issues.accept(issue, actor, **day)

    def decline(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        issues.decline(issue, actor, **day, reason=said.words)

    def submit_plan(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        measures = [("铺设管网", "水利局", due) for due in said.dues]
        plans.submit_plan(issue, actor, **day, goals=said.words, measures=measures, task_force=said.force)

    def approve_plan(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        plans.approve_plan(issue, actor, **day)

    def return_plan(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        plans.return_plan(issue, actor, **day, reason=said.words)

    def report(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        plan = approved_plan(issue.id)
        own = [measure.id for measure in plan.measures] if plan else []
        ticks = {"none": [], "all": own, "first": own[:1] or [10**6], "strange": [10**6]}[said.ticks]
        progress.report(issue, actor, **day, text=said.words, quantity_done=said.figure, measures_done=ticks)

    def object(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        deadlines.object_to(issue, actor, **day, reason=said.words)

    def uphold_objection(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        deadlines.uphold_objection(issue, actor, **day, opinion=said.words, term=said.term)

    def refuse_objection(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        deadlines.refuse_objection(issue, actor, **day, opinion=said.words)

    def remind(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        deadlines.remind(issue, actor, **day, words=said.words)

    def request_extension(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        deadlines.request_extension(issue, actor, **day, wanted=said.wanted, reason=said.words)

    def grant_extension(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        deadlines.grant_extension(issue, actor, **day, opinion=said.words)

    def refuse_extension(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        deadlines.refuse_extension(issue, actor, **day, reason=said.words)

    def reassign(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        issues.reassign(issue, actor, **day, duty=self.duty(said.duty), reason=said.words)

    def request_clearance(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        answers = {each: Answer("已做到", (), [upload("证明.txt", "已通水".encode())]) for each in Standard}
        if said.answers == "one missing":
            del answers[Standard.MECHANISM]
        if said.answers == "one empty":
            answers[Standard.SIMILAR] = Answer(" ")
        if said.answers == "no evidence":
            answers[Standard.EFFECT] = Answer("已做到")
        clearance.request_clearance(issue, actor, **day, answers=answers)

    def withdraw_clearance(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        clearance.withdraw_clearance(issue, actor, **day)

    def pass_(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        site = (
            None
            if said.site == "none"
            else Site(said.today, "沙坪村", "吴督查", "水通" if said.site == "whole" else " ")
        )
        clearance.pass_level(issue, actor, **day, opinion=said.words, site=site)

    def return_(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        clearance.return_application(issue, actor, **day, opinion=said.words)

    def correct(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        changes = {
            "deadline": {"deadline": said.moved},
            "region": {"region_id": self.region[said.region]},
            "title": {"title": f"改正于 {said.today}"},
        }[said.field]
        issues.correct(issue, actor, **day, reason=said.words, changes=changes)

    def dismiss(self, issue: Issue, actor: Any, said: Brought, day: Any) -> None:
        issues.dismiss(issue, actor, **day, reason=said.words, document=said.document)


# --- the machine ---------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["已写明", "已写明", "已写明", "已写明", " "])
PEOPLE_KEYS = sorted(UNIT_OF)
REGION_KEYS = sorted(PARENT)
WHOLE_DUTIES = sorted(name for name in DUTIES if Duty(**DUTIES[name]).whole)
#: Tables that stay as they are while issues come and go.
_LASTING = ("category", "region", "unit", "person", "post", "review_chain", "review_level", "special_day", "setting")
_APPEND_ONLY = {"event", "remark", "seal_link"}  # history cannot be taken back
_ISSUE_TABLES = [table for table in Base.metadata.sorted_tables if not table.name.startswith(_LASTING)]
_COUNT_ROWS = text(
    "SELECT " + ", ".join(f"(SELECT count(*) FROM {table.name}) AS {table.name}" for table in _ISSUE_TABLES)
)


def brought(draw: Callable[..., Any], case: Case, today: date, good: bool) -> Brought:
    """What somebody brings along: nearly always enough when ``good``, else anything."""
    days = st.sampled_from([-40, -3, -1, 0, 1, 3, 20, 60])
    later = (case.deadline or today) + timedelta(days=draw(st.sampled_from([1, 15, 40])))
    latest = case.deadline or today
    due = (
        st.sampled_from([latest, latest - timedelta(days=5)])
        if good
        else days.map(lambda n: latest + timedelta(days=n))
    )
    kept = None if case.original else today + timedelta(days=draw(st.sampled_from([0, 2, 30])))
    moved = st.none() | days.map(lambda n: latest + timedelta(days=n))
    return Brought(
        today=today,
        words="已写明" if good else draw(WORDS),
        document="会议纪要〔2019〕3号" if good else draw(st.sampled_from(["", "纪要"])),
        duty=draw(st.sampled_from(WHOLE_DUTIES if good else sorted(DUTIES))),
        deadline=kept if good else draw(moved),
        review_on=today if good else draw(st.sampled_from([None, today])),
        quantity=draw(st.sampled_from([None, 10])),
        dues=draw(st.lists(due, min_size=1 if good else 0, max_size=2)),
        force="饮水专班" if good else draw(st.sampled_from([None, "饮水专班"])),
        figure=None if good else draw(st.sampled_from([None, -1, 0, 10, 11])),
        ticks="all" if good else draw(st.sampled_from(["none", "all", "first", "strange"])),
        term=today + timedelta(days=20) if good else draw(moved),
        wanted=later if good else latest + timedelta(days=draw(days)),
        moved=latest - timedelta(days=draw(st.sampled_from([0, 1, 10]))) if good else draw(moved),
        field=draw(st.sampled_from(["deadline", "deadline", "region", "title"])),
        region=draw(st.sampled_from(REGION_KEYS)),
        answers="whole" if good else draw(st.sampled_from(["whole", "one missing", "one empty", "no evidence"])),
        site="whole" if good else draw(st.sampled_from(["whole", "half", "none"])),
    )


class Office(RuleBasedStateMachine):
    """People at work on up to three issues, while days pass and the nightly job runs, fails to run, or runs twice."""

    def __init__(self, product: Product, seen: Counter[str]) -> None:
        super().__init__()
        self.world, self.seen, self.product = product.world, seen, product
        self.today, self.cases = TODAY, list[Case]()
        with transaction():
            for table in reversed(_ISSUE_TABLES):
                if table.name in _APPEND_ONLY:
                    continue
                db.session.execute(table.delete())

    # -- steps

    @initialize(
        data=st.data(),
        kind=st.sampled_from(["time_limited", "time_limited", "immediate", "long_term"]),
        region=st.sampled_from(["shaping", "shaping", "xinshao", "city"]),
        source=st.sampled_from(sorted(CHAINS)),
        far=st.sampled_from([0, 2, 3, 4, 5, 6, 6, 7, 7]),
    )
    def an_issue_is_some_way_along(self, data: st.DataObject, kind: str, region: str, source: str, far: int) -> None:
        self.put_on_the_list("root_supervisor", Case(kind, 2, region, source))
        for _ in range(far):
            case = self.cases[0]
            if verb := next_step(case):
                said = brought(data.draw, case, self.today, good=True)
                self.press(case, verb, data.draw(st.sampled_from(fitting(case, verb))), said)

    @precondition(lambda self: any(next_step(case) for case in self.cases))
    @rule(data=st.data(), where=st.integers(0, 2))
    def the_next_step_is_taken(self, data: st.DataObject, where: int) -> None:
        under_way = [case for case in self.cases if next_step(case)]
        case = under_way[where % len(under_way)]
        verb = next_step(case)
        if verb and fitting(case, verb):
            said = brought(data.draw, case, self.today, good=True)
            self.press(case, verb, data.draw(st.sampled_from(fitting(case, verb))), said)

    @rule(data=st.data(), where=st.integers(0, 2), who=st.sampled_from(PEOPLE_KEYS))
    def anybody_presses_what_the_state_offers(self, data: st.DataObject, where: int, who: str) -> None:
        case = self.cases[where % len(self.cases)]
        verbs = [verb for verb in MAY if case.state in MAY[verb][0]] or sorted(MAY)
        said = brought(data.draw, case, self.today, good=True)
        self.press(case, data.draw(st.sampled_from(verbs)), who, said)

    @rule(data=st.data(), where=st.integers(0, 2), who=st.sampled_from(PEOPLE_KEYS), verb=st.sampled_from(sorted(MAY)))
    def anybody_presses_anything(self, data: st.DataObject, where: int, who: str, verb: str) -> None:
        case = self.cases[where % len(self.cases)]
        self.press(case, verb, who, brought(data.draw, case, self.today, good=data.draw(st.booleans())))

    @precondition(lambda self: len(self.cases) < 3)
    @rule(
        who=st.sampled_from(PEOPLE_KEYS),
        kind=st.sampled_from([kind.value for kind in Kind]),
        category=st.integers(1, 3),
        region=st.sampled_from(REGION_KEYS),
        source=st.sampled_from(sorted([*CHAINS, "other"])),
    )
    def somebody_lists_another(self, who: str, kind: str, category: int, region: str, source: str) -> None:
        self.put_on_the_list(who, Case(kind, category, region, source))

    @rule(number=st.sampled_from([1, 3, 12, 40, 70]))
    def days_pass(self, number: int) -> None:
        self.today += timedelta(days=number)

    @rule(back=st.sampled_from([0, 0, 0, 1, 30]), times=st.integers(1, 2))
    def the_job_runs(self, back: int, times: int) -> None:
        """Perhaps late in the night, perhaps for a day gone by, perhaps twice."""
        day = self.today - timedelta(days=back)
        newly = [case for case in self.cases if is_unrecorded(case, day)]
        before = self.rows()
        opened = []
        for _ in range(times):
            with transaction():
                opened.append(sum(flag_overdue(day).values()))
        for case in newly:
            keep_record(case, day)
        assert opened == [len(newly), 0][:times]
        assert self.rows() == before | {
            "event": before["event"] + len(newly),
            "overdue_episode": before["overdue_episode"] + len(newly),
        }
        self.compare()
        self.seen["overdue"] += len(newly)

    # -- one step, and what must hold after it

    def put_on_the_list(self, who: str, case: Case) -> None:
        expected = case.source != "other" and bool(posts(who, "supervisor", case.region, case.category))
        before = self.rows()
        try:
            with transaction():
                issue = issues.list_issue(
                    self.world.people[who], today=self.today, title="沙坪村饮水工程未通水", wording="", kind=Kind(case.kind),
                    source=Source(case.source), category_id=self.product.category[case.category],
                    region_id=self.product.region[case.region],
                )  # fmt: skip
        except Refused as refusal:
            assert not expected, f"{who} may list {case}, but: {refusal}"  # noqa: PT017 - most are meant to be refused
            assert self.rows() == before
            return
        assert expected, f"{who} listed {case}"
        case.id, case.number = issue.id, issue.number
        self.cases.append(case)
        self.one_event("list", who, case, before)
        self.compare()

    def press(self, case: Case, verb: str, who: str, said: Brought) -> None:
        expected, before, kept = allowed(case, verb, who, said), self.rows(), self.stored(case)
        self.out_of_scope_is_missing(case, who)
        try:
            with transaction():
                self.product.press("pass_" if verb == "pass" else verb, db.session.get_one(Issue, case.id), who, said)
        except Refused as refusal:
            assert not expected, f"{who} may {verb} {case} with {said}, but: {refusal}"  # noqa: PT017
            assert self.rows() == before, "a refused verb left something"
            assert self.stored(case) == kept, "a refused verb changed the issue"
            self.seen[f"no {verb}"] += 1
            return
        assert expected, f"{who} did {verb} {case} with {said}"
        after(case, verb, who, said)
        self.one_event(verb, who, case, before)
        assert self.stored(case)["version"] > kept["version"]
        self.compare()
        self.seen[verb] += 1

    def one_event(self, verb: str, who: str, case: Case, before: dict[str, int]) -> None:
        assert self.rows()["event"] == before["event"] + 1
        event = db.session.execute(
            select(Event.verb, Event.actor_id, Event.subject_id).order_by(Event.id.desc())
        ).first()
        assert event == (verb, self.product.person[who], case.id)

    def out_of_scope_is_missing(self, case: Case, who: str) -> None:
        try:
            issue_numbered(case.number, self.world.people[who])
        except Missing:
            assert not sees(case, who), f"{who} must see {case}"
        else:
            assert sees(case, who), f"{who} must not see {case}"

    def rows(self) -> dict[str, int]:
        """How many rows each table has that a step may write to."""
        return dict(db.session.execute(_COUNT_ROWS).one()._mapping)

    def stored(self, case: Case) -> dict[str, Any]:
        """The issue's row as the database has it."""
        table = Issue.__table__
        return dict(db.session.execute(select(table).where(table.c.id == case.id)).one()._mapping)

    def compare(self) -> None:
        """What is stored is what the model says: each issue, its late stretches, and the board's summary."""
        regions = {number: key for key, number in self.product.region.items()}
        for case in self.cases:
            row = self.stored(case)
            assert (row["state"].value, row["deadline"], row["original_deadline"], row["overdue_from"]) == (
                case.state, case.deadline, case.original, case.late_from), case  # fmt: skip
            assert row["proven"] == (case.state == "cleared")
            found = db.session.execute(
                select(OverdueEpisode.deadline, OverdueEpisode.starts_on, OverdueEpisode.ended_on, OverdueEpisode.end)
                .where(OverdueEpisode.issue_id == case.id)
                .order_by(OverdueEpisode.id)
            )
            assert [tuple(episode) for episode in found] == case.episodes, case
        counted = {
            (
                self.product.category.index(row.category_id),
                regions[row.county_id],
                row.kind.value,
                row.state.value,
                row.proven,
            ): row.number
            for row in db.session.execute(select(IssueCount.__table__)).all()
            if row.number
        }
        assert counted == Counter(case.cell for case in self.cases)

    def teardown(self) -> None:
        """The summary that moved along is the summary counted afresh."""
        cells = select(IssueCount.__table__).where(IssueCount.number > 0)
        moved = sorted(map(tuple, db.session.execute(cells)))
        with transaction():
            issues.recount()
        assert sorted(map(tuple, db.session.execute(cells))) == moved
        db.session.rollback()


def presses(verb: str) -> Callable[..., None]:
    """The rule that somebody who may presses this one button, where an issue is there for it: each as likely as another,
    the roads back too. What they bring along is enough, or it is anything."""

    def ready(case: Case) -> bool:
        waits = {
            "grant_extension": case.asked,
            "refuse_extension": case.asked,
            "approve_plan": case.plan,
            "return_plan": case.plan,
            "request_extension": case.deadline,
            "object": case.flagged and case.objector is None,
            "uphold_objection": case.flagged and case.objector,
            "refuse_objection": case.flagged and case.objector,
        }
        if verb == "dismiss" and not case.episodes:  # else few would come far
            return False
        return case.state in MAY[verb][0] and bool(waits.get(verb, True)) and bool(fitting(case, verb))

    @precondition(lambda self: any(map(ready, self.cases)))
    @rule(
        data=st.data(),
        where=st.integers(0, 2),
        good=st.sampled_from([True, True, False]),
        later=st.sampled_from([0, 0, 0, 1, 10]),
    )
    def press(self: Office, data: st.DataObject, where: int, good: bool, later: int) -> None:
        self.today += timedelta(days=later)
        cases = [case for case in self.cases if ready(case)]
        case = cases[where % len(cases)]
        said = brought(data.draw, case, self.today, good=good)
        self.press(case, verb, data.draw(st.sampled_from(fitting(case, verb))), said)

    return press


for _verb in MAY:
    setattr(Office, f"{_verb}_is_pressed", presses(_verb))


def is_unrecorded(case: Case, day: date) -> bool:
    running = bool(case.episodes) and case.episodes[-1][2] is None
    return case.late_from is not None and case.late_from <= day and not running


def next_step(case: Case) -> str | None:
    """The verb that brings an issue nearer to its end."""
    if case.state == "planning":
        return "submit_plan" if case.plan is None else "approve_plan"
    if case.state == "rectifying":
        return "request_clearance" if all(case.measures) else "report"
    return {"listed": "assign", "assigned": "accept", "reviewing": "pass"}.get(case.state)


def fitting(case: Case, verb: str) -> list[str]:
    """Who is to the issue what the verb asks for."""
    return [who for who in PEOPLE_KEYS if MAY[verb][1](case, who)]


@pytest.fixture
def office(world: World) -> World:
    """The small world with people of two minds and a longer chain of reviews."""
    with transaction():
        for key, name, unit, posts_held in MORE_PEOPLE:
            make_person(world, key, name, unit, posts_held)
        chain = ReviewChain(name="三级审核", source=Source.MEDIA)
        chain.levels = [
            ReviewLevel(
                position=place,
                name=f"第{place}级",
                role=Role(role),
                region_level=Level(seat) if seat else None,
                site_record=site,
            )
            for place, (role, seat, site) in enumerate(CHAINS["media"], start=1)
        ]
        db.session.add(chain)
    return world


def test_whatever_people_press_the_product_does_what_the_domain_says(office: World) -> None:
    seen: Counter[str] = Counter()
    product = Product(office)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Office(product, seen),
        settings=settings(
            max_examples=rounds(25),
            stateful_step_count=30,
            derandomize=rounds(1) == 1,  # an ordinary run is the same every time; more effort looks elsewhere
            print_blob=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    missing = sorted({verb for verb in [*MAY, "overdue", *(f"no {verb}" for verb in MAY)] if not seen[verb]})
    rare = 4 if rounds(1) == 1 else 0  # an ordinary run is short; more effort has to reach everything
    assert len(missing) <= rare, f"never happened, so nothing was learned of it: {missing}; {dict(seen)}"

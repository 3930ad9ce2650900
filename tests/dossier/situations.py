"""Every place an issue can stand in, made by the real use cases; and what to send to press each verb on its page."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from tests.world import TODAY, World, assign_one, list_one, make_duty, sign_in, upload
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.clearance import actions as clearance
from tracker.clearance.rules import Answer, Standard
from tracker.deadlines import actions as deadlines
from tracker.dossier.rules import PAGES
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import Fact, Kind, State, Verb
from tracker.org.models import Region
from tracker.plans import actions as plans
from tracker.plans.queries import approved_plan
from tracker.progress import actions as progress
from tracker.workdays.queries import calendar

DUE = date(2019, 8, 31)
AFTER = date(2019, 9, 5)  # a day on which DUE has passed

_serials = count(1)
Make = Callable[[World, Kind], Issue]


def picture() -> io.BytesIO:
    """A photo; no two are the same file."""
    out = io.BytesIO()
    serial = next(_serials)
    Image.new("RGB", (40, 30), (serial % 256, serial // 256 % 256, 7)).save(out, "PNG")
    out.seek(0)
    return out


# --- where an issue can stand -----------------------------------------------------------------------------------------


def listed(world: World, kind: Kind) -> Issue:
    return list_one(world, kind=kind)


def assigned(world: World, kind: Kind) -> Issue:
    return assign_one(world, listed(world, kind), deadline=DUE, review_on=date(2019, 12, 1))


def undated(world: World, kind: Kind) -> Issue:
    """Without a deadline of its own: long-term ones have a day to look at them again, immediate ones get ten days."""
    deadline = DUE if kind is Kind.TIME_LIMITED else None
    return assign_one(world, listed(world, kind), deadline=deadline, review_on=date(2019, 12, 1))


def accepted(world: World, kind: Kind) -> Issue:
    issue = assigned(world, kind)
    issues.accept(issue, world.official, today=TODAY)
    return issue


def planned(world: World, kind: Kind) -> Issue:
    """A plan waits for the lead official; an immediate problem needs none and is being rectified."""
    issue = accepted(world, kind)
    if issue.state is State.PLANNING:
        measures = [("铺管", "水利局", TODAY), ("通水", "水利局", DUE)]
        plans.submit_plan(issue, world.official, today=TODAY, goals="全村通水", measures=measures)
    return issue


def returned_plan(world: World, kind: Kind) -> Issue:
    issue = planned(world, kind)
    if issue.state is State.PLANNING:
        plans.return_plan(issue, world.leader, today=TODAY, reason="措施太少")
    return issue


def rectifying(world: World, kind: Kind) -> Issue:
    issue = planned(world, kind)
    if issue.state is State.PLANNING:
        plans.approve_plan(issue, world.leader, today=TODAY)
    return issue


def ready(world: World, kind: Kind) -> Issue:
    """Reported, every measure done."""
    issue = rectifying(world, kind)
    plan = approved_plan(issue.id)
    progress.report(
        issue,
        world.official,
        today=TODAY,
        text="管网接通",
        measures_done=[measure.id for measure in plan.measures] if plan else (),
        files=[upload("现场.png", picture().getvalue())],
    )
    return issue


def extension_waits(world: World, kind: Kind) -> Issue:
    issue = rectifying(world, kind)
    wanted = DUE + timedelta(days=20)
    deadlines.request_extension(issue, world.official, today=TODAY, wanted=wanted, reason="雨季")
    return issue


def first_level(world: World, kind: Kind) -> Issue:
    issue = ready(world, kind)
    answers = {each: Answer("已做到", files=[upload("证.png", picture().getvalue())]) for each in Standard}
    clearance.request_clearance(issue, world.official, today=TODAY, answers=answers)
    return issue


def second_level(world: World, kind: Kind) -> Issue:
    issue = first_level(world, kind)
    clearance.pass_level(issue, world.supervisor, today=TODAY, opinion="属实")
    return issue


def extension_waits_in_review(world: World, kind: Kind) -> Issue:
    issue = ready(world, kind)
    wanted = DUE + timedelta(days=20)
    deadlines.request_extension(issue, world.official, today=TODAY, wanted=wanted, reason="雨季")
    answers = {each: Answer("已做到", files=[upload("证.png", picture().getvalue())]) for each in Standard}
    clearance.request_clearance(issue, world.official, today=TODAY, answers=answers)
    return issue


def cleared(world: World, kind: Kind) -> Issue:
    issue = second_level(world, kind)
    clearance.pass_level(issue, world.city_leader, today=TODAY, opinion="同意")
    return issue


def dismissed(world: World, kind: Kind) -> Issue:
    issue = accepted(world, kind)
    issues.dismiss(issue, world.root_supervisor, today=TODAY, reason="并案", document="〔2019〕3 号")
    return issue


def declined(world: World, kind: Kind) -> Issue:
    issue = assigned(world, kind)
    issues.decline(issue, world.official, today=TODAY, reason="职责在财政局")
    return issue


def handed_over(world: World, kind: Kind) -> Issue:
    """The finance bureau is 主责 now; the water bureau only helps."""
    issue = rectifying(world, kind)
    duty = make_duty(world, unit_ids=(world.finance.id, world.water.id))
    issues.reassign(issue, world.supervisor, today=TODAY, duty=duty, reason="分工调整")
    return issue


def taken_over(state: State, **missing: Any) -> Make:
    """As a ledger's first import brings it in: the duty chain without ``missing``, an application unanswered."""

    def make(world: World, kind: Kind) -> Issue:
        issue = Issue(
            number=f"TO-{next(_serials)}", title="台账里的问题", wording="原文", source=Source.SELF_INSPECTION, kind=kind,
            category_id=world.categories[2].id, region_id=world.shaping.id, requirement="改好", deadline=DUE,
        )  # fmt: skip
        issues.enter(
            issue, Verb.TAKE_OVER, world.supervisor, state=state, today=TODAY,
            duty=make_duty(world, **missing), facts={Fact.LEDGER_FILE: True, Fact.FIRST_IMPORT: True},
        )  # fmt: skip
        if state is State.REVIEWING:
            clearance.open_taken_over([issue], world.supervisor, today=TODAY)
        return issue

    return make


def objected(world: World, kind: Kind) -> Issue:
    """Overdue as it was taken over; a handler objects."""
    issue = Issue(
        number=f"TO-{next(_serials)}", title="台账里的问题", wording="原文", source=Source.SELF_INSPECTION, kind=kind,
        category_id=world.categories[2].id, region_id=world.shaping.id, requirement="改好",
        deadline=TODAY - timedelta(days=5),
    )  # fmt: skip
    issues.enter(
        issue, Verb.TAKE_OVER, world.supervisor, state=State.RECTIFYING, today=TODAY, duty=make_duty(world),
        facts={Fact.LEDGER_FILE: True, Fact.FIRST_IMPORT: True},
    )  # fmt: skip
    deadlines.object_to(issue, world.official, today=TODAY, reason="时限抄错了一个月")
    return issue


def city_wide(world: World, kind: Kind) -> Issue:
    """Of the whole city, being rectified: could be broken down to its counties."""
    listed = issues.list_issue(
        world.root_supervisor, today=TODAY, title="全市饮水", wording="原文", source=Source.AUDIT, kind=kind,
        category_id=world.categories[2].id, region_id=world.city.id,
    )  # fmt: skip
    issues.assign(
        listed, world.root_supervisor, today=TODAY, calendar=calendar(), duty=make_duty(world), requirement="改好",
        deadline=DUE, review_on=DUE,
    )  # fmt: skip
    issues.accept(listed, world.official, today=TODAY)
    return listed


def broken_down(world: World, kind: Kind) -> Issue:
    """Every county has its child, none of them settled."""
    issue = rectified_city(world, kind)
    counties = [world.xinshao.id, world.wugang.id]
    issues.break_down(issue, world.root_supervisor, today=TODAY, region_ids=counties)
    return issue


def children_settled(world: World, kind: Kind) -> Issue:
    """One child, and that one cleared: the other county could still get one."""
    issue = rectified_city(world, kind)
    (child,) = issues.break_down(issue, world.root_supervisor, today=TODAY, region_ids=[world.xinshao.id])
    child.state, child.cleared_on, child.overdue_from = State.CLEARED, TODAY, None
    issues.recount()
    return issue


def rectified_city(world: World, kind: Kind) -> Issue:
    issue = city_wide(world, kind)
    if issue.state is State.PLANNING:
        measures = [("铺管", "水利局", TODAY)]
        plans.submit_plan(issue, world.official, today=TODAY, goals="通水", measures=measures)
        plans.approve_plan(issue, world.leader, today=TODAY)
        progress.report(
            issue,
            world.official,
            today=TODAY,
            text="通了",
            measures_done=[plans.approved_plan(issue.id).measures[0].id],
        )
    return issue


NOBODY_LEADS = {"lead_official_id": None}
SITUATIONS: dict[str, Make] = {
    make.__name__: make
    for make in (
        listed, assigned, undated, accepted, planned, returned_plan, rectifying, ready, extension_waits, first_level,
        second_level, extension_waits_in_review, cleared, dismissed, declined, handed_over,
        city_wide, broken_down, children_settled, objected,
    )
} | {
    "taken_over_assigned": taken_over(State.ASSIGNED, **NOBODY_LEADS),
    "taken_over_rectifying": taken_over(State.RECTIFYING),
    "taken_over_broken": taken_over(State.RECTIFYING, **NOBODY_LEADS),
    "taken_over_reviewing": taken_over(State.REVIEWING),
    "taken_over_reviewing_broken": taken_over(State.REVIEWING, **NOBODY_LEADS),
    "taken_over_cleared": taken_over(State.CLEARED),
}  # fmt: skip


#: Situation and kind: an immediate problem is accepted without a plan, so some situations are the same for it.
PLACES = [
    (name, kind)
    for name in SITUATIONS
    for kind in Kind
    if not (kind is Kind.IMMEDIATE and name in ("planned", "returned_plan", "rectifying"))
]


# --- pressing ---------------------------------------------------------------------------------------------------------

_LEADER, _WATER = "黄志伟（新邵县整改办）", "新邵县水利局"
_DUTY = {
    "lead_official": _LEADER,
    "lead_unit": _WATER,
    "units-0": _WATER,
    "units-1": "新邵县财政局",
    "task_force": "专班",
}
_STANDARDS = {f"{each.value}-text": "已做到，见附件" for each in Standard}
_SITE = {"site_on": "2019-07-01", "site_place": "沙坪村", "site_people": "周督查", "site_seen": "已通水"}


def fields_for(verb: Verb, issue: Issue) -> dict[str, Any]:
    """What a person would fill in for this verb, nothing left out."""
    later = (issue.deadline or DUE) + timedelta(days=40)
    return {
        Verb.ASSIGN: {**_DUTY, "requirement": "限期改", "review_on": "2020-01-01",
                      "deadline": str(issue.deadline or DUE)},
        Verb.ACCEPT: {},
        Verb.BREAK_DOWN: {"regions": list(db.session.scalars(select(Region.id).where(
            Region.parent_id == issue.region_id,
            Region.id.not_in(select(Issue.region_id).where(Issue.parent_id == issue.id)))))},
        Verb.DECLINE: {"reason": "职责在财政局"},
        Verb.REASSIGN: {**_DUTY, "units-0": "新邵县财政局", "units-1": "", "reason": "分工调整"},
        Verb.CORRECT: {**_DUTY, **_subject(issue), "title": "更正后的标题", "reason": "写错了"},
        Verb.DISMISS: {"reason": "并案", "document": "〔2019〕3 号"},
        Verb.SUBMIT_PLAN: {"goals": "通水", "task_force": "专班", "measures-0-text": "铺管",
                           "measures-0-due": str(min(TODAY, issue.deadline or TODAY))},
        Verb.APPROVE_PLAN: {"decision": "approve"},
        Verb.RETURN_PLAN: {"decision": "return", "reason": "再改"},
        Verb.REPORT: {"text": "做了"},
        Verb.OBJECT: {"reason": "时限抄错了一个月"},
        Verb.UPHOLD_OBJECTION: {"decision": "uphold", "opinion": "属实", "term": str(TODAY + timedelta(days=30))},
        Verb.REFUSE_OBJECTION: {"decision": "refuse", "opinion": "时限没有写错"},
        Verb.REMIND: {"words": "请于三天内报进展"},
        Verb.REQUEST_EXTENSION: {"wanted": str(later), "reason": "雨季"},
        Verb.GRANT_EXTENSION: {"decision": "grant", "opinion": "同意"},
        Verb.REFUSE_EXTENSION: {"decision": "refuse", "opinion": "不同意"},
        Verb.REQUEST_CLEARANCE: {**_STANDARDS, **{f"{each.value}-files": (picture(), "证.png") for each in Standard}},
        Verb.WITHDRAW_CLEARANCE: {},
        Verb.PASS: {"decision": "pass", "opinion": "属实", **_SITE},
        Verb.RETURN: {"decision": "return", "opinion": "不实"},
        Verb.RELAPSE: {"held_on": str(TODAY), "place": "沙坪村", "people": "孙督查", "found": "又断水了",
                       "result": "failed", "new_term": str(DUE + timedelta(days=90))},
    }[verb]  # fmt: skip


def _subject(issue: Issue) -> dict[str, Any]:
    return {
        "wording": issue.wording or "原文", "category": issue.category_id, "county": issue.county_id,
        "region": issue.region.name if issue.region_id != issue.county_id else "", "kind": issue.kind.value,
        "source": issue.source.value, "requirement": issue.requirement, "deadline": str(issue.deadline or ""),
        "review_on": str(issue.review_on or ""),
    }  # fmt: skip


PATHS: dict[Verb, str] = {verb: page.path for page in PAGES for verb in page.verbs}
#: Every verb that has a page.
PRESSED: tuple[Verb, ...] = tuple(PATHS)


class Desk:
    """One issue and the people before it; after a press that worked everything is put back."""

    def __init__(self, app: Flask, world: World, issue: Issue) -> None:
        self.app, self.number, self.id = app, issue.number, issue.id
        self._clients = {key: sign_in(app.test_client(), person) for key, person in world.people.items()}
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        db.session.remove()
        self._raw().backup(self._kept)

    def _raw(self) -> Any:
        return db.engine.raw_connection().driver_connection

    def client(self, who: str) -> FlaskClient:
        return self._clients[who]

    @property
    def issue(self) -> Issue:
        db.session.rollback()
        return db.session.get_one(Issue, self.id)

    def events(self) -> list[str]:
        db.session.rollback()
        return list(db.session.scalars(select(Event.verb).where(Event.subject == "issue").order_by(Event.id)))

    def press(self, who: str, verb: Verb) -> tuple[int, bool]:
        """The answer's status, and whether it happened; if it did, it is undone."""
        before, issue = self.events(), self.issue
        version = issue.version
        data = {"version": str(version), "seen": "0", **fields_for(verb, issue)}
        status = self.client(who).post(f"/issues/{self.number}/{PATHS[verb]}", data=data).status_code
        new = self.events()[len(before) :]
        if not new:
            assert self.issue.version == version, (who, verb, "changed without an event")
            return status, False
        assert new[0] in (verb.value, "answer_standards"), (who, verb, new)  # a breakdown lists its children too
        self._put_back()
        return status, True

    def _put_back(self) -> None:
        db.session.remove()
        self._kept.backup(self._raw())


def make(world: World, situation: str, kind: Kind) -> Issue:
    """One issue in this situation, committed."""
    with transaction():
        issue = SITUATIONS[situation](world, kind)
    return issue

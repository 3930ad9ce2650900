"""What a dossier says: whose turn it is, why a step is blocked, what happened, in words and without what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.dossier.situations import AFTER, DUE, SITUATIONS, make, picture
from tests.effort import dice
from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, assign_one, make_duty, make_person, upload
from tracker.base.access import Missing, Role
from tracker.base.db import db, transaction
from tracker.deadlines import actions as deadlines
from tracker.dossier.queries import Dossier, dossier, issue_in_full, missing_duty, supervisors_of, timeline
from tracker.dossier.rules import EVENTS_SHOWN, EVIDENCE_SHOWN
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to
from tracker.issues.workflow import Kind, State, Verb
from tracker.plans import actions as plans
from tracker.plans.rules import PlanState
from tracker.progress import actions as progress


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def shown(world: World, situation: str, who: str = "root_supervisor", kind: Kind = Kind.TIME_LIMITED) -> Dossier:
    return dossier(make(world, situation, kind).number, world.people[who], TODAY)


# --- whose turn -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("situation", "turns"),
    [
        ("listed", [("周督查、吴督查", "交办")]),
        ("assigned", [("新邵县水利局", "签收")]),
        ("accepted", [("新邵县水利局", "报方案")]),
        ("planned", [("黄志伟", "批准方案")]),
        ("returned_plan", [("新邵县水利局", "报方案")]),
        ("rectifying", [("新邵县水利局", "整改并报进展")]),
        ("ready", [("新邵县水利局", "申请销号")]),
        ("extension_waits", [("新邵县水利局", "整改并报进展"), ("周督查、吴督查", "审批延期")]),
        ("first_level", [("吴督查、周督查", "审核")]),
        ("second_level", [("李志刚、王立新", "审核")]),
        ("cleared", []),
        ("dismissed", []),
        ("handed_over", [("新邵县财政局", "签收")]),
        ("taken_over_assigned", [("周督查、吴督查", "补齐责任链")]),
        ("taken_over_broken", [("周督查、吴督查", "补齐责任链")]),
        ("taken_over_cleared", []),
        ("broken_down", [("新邵县水利局", "整改并报进展")]),
    ],
)
def test_whose_turn_it_is(world: World, situation: str, turns: list[tuple[str, str]]) -> None:
    assert [(turn.who, turn.what) for turn in shown(world, situation).turns] == turns


def test_the_nearest_supervisors_are_named_and_only_those_in_service(world: World) -> None:
    issue = make(world, "listed", Kind.TIME_LIMITED)
    with transaction():
        make_person(world, "town_supervisor", "镇督查", "town", ((Role.SUPERVISOR, "longxipu", None),))
    assert supervisors_of(issue) == ("镇督查",)
    with transaction():
        world.people["town_supervisor"].active = False
    assert supervisors_of(issue) == ("周督查", "吴督查")
    with transaction():
        for key in ("supervisor", "supervisor2"):
            world.people[key].posts[0].ended_at = NOW
    assert supervisors_of(issue) == ("陈督查", "孙督查", "水督查")


def test_a_category_post_is_nobodys_supervisor_in_other_lines(world: World) -> None:
    with transaction():
        for key in ("supervisor", "supervisor2", "root_supervisor", "root_supervisor2"):
            world.people[key].posts[0].ended_at = NOW
        water, roads = list_one_as_ledger(world, 2), list_one_as_ledger(world, 5)
    assert supervisors_of(water) == ("水督查",)
    assert supervisors_of(roads) == ()


def list_one_as_ledger(world: World, category: int) -> Issue:
    issue = Issue(
        number=f"L-{category}", title="问题", wording="", source=issues.Source.AUDIT, kind=Kind.TIME_LIMITED,
        category_id=world.categories[category].id, region_id=world.shaping.id, county_id=world.xinshao.id,
        state=State.LISTED, listed_on=TODAY, waiting_since=TODAY, updated_at=NOW,
    )  # fmt: skip
    db.session.add(issue)
    db.session.flush()
    return issue


# --- why not ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("situation", "who", "path", "said"),
    [
        ("planned", "official", "plan", "方案第 1 版已上报，等黄志伟批准。"),
        ("accepted", "leader", "plan/decide", "等新邵县水利局报方案。"),
        ("rectifying", "official", "clearance", "还有 2 条整改措施没有完成，等新邵县水利局完成。"),
        ("extension_waits", "official", "extension", "已申请延到 2019-09-20，等周督查、吴督查审批。"),
        ("taken_over_assigned", "official", "accept", "责任链不全，等周督查、吴督查先补齐。"),
        ("broken_down", "official", "clearance", "分解到县市区的问题还没有全部销号。"),
    ],
)
def test_a_blocked_step_says_what_is_missing_and_who_brings_it(
    world: World, situation: str, who: str, path: str, said: str
) -> None:
    (offer,) = [offer for offer in shown(world, situation, who).offers if offer.path == path]
    assert offer.blocked is not None
    assert offer.blocked.msgid % offer.blocked.fields == said


@pytest.mark.parametrize(
    ("situation", "who", "main"),
    [
        ("listed", "supervisor", "assign"),
        ("assigned", "official", "accept"),
        ("accepted", "official", "plan"),
        ("planned", "leader", "plan/decide"),
        ("rectifying", "official", "progress"),
        ("ready", "official", "clearance"),
        ("extension_waits", "supervisor", "extension/decide"),
        ("first_level", "supervisor", "clearance/review"),
        ("taken_over_reviewing", "official", "clearance"),
        ("first_level", "official", None),
        ("rectifying", "city_leader", None),
        ("cleared", "supervisor", None),
    ],
)
def test_the_main_button_is_the_next_step(world: World, situation: str, who: str, main: str | None) -> None:
    offers = shown(world, situation, who).offers
    assert [offer.path for offer in offers if offer.main] == ([main] if main else [])


def test_nothing_is_offered_twice(world: World) -> None:
    for situation in SITUATIONS:
        for who in ("official", "supervisor", "leader", "root_supervisor"):
            issue = make(world, situation, Kind.TIME_LIMITED)
            if db.session.scalar(db.select(Issue.id).where(Issue.id == issue.id, visible_to(world.people[who]))):
                paths = [offer.path for offer in dossier(issue.number, world.people[who], TODAY).offers]
                assert len(paths) == len(set(paths)), (situation, who)


def test_an_extension_cannot_be_asked_once_it_is_late(world: World) -> None:
    issue = make(world, "rectifying", Kind.TIME_LIMITED)
    for today, free in ((DUE, True), (DUE + timedelta(days=1), False)):
        (offer,) = [one for one in dossier(issue.number, world.official, today).offers if one.path == "extension"]
        assert (offer.blocked is None) is free


def test_no_extension_is_spoken_of_without_a_deadline(world: World) -> None:
    issue = make(world, "undated", Kind.LONG_TERM)
    assert issue.deadline is None
    offers = dossier(issue.number, world.official, TODAY).offers
    assert Verb.REQUEST_EXTENSION not in {verb for offer in offers for verb in offer.verbs}


def test_what_the_duty_chain_lacks_is_named(world: World) -> None:
    assert missing_duty(make(world, "taken_over_broken", Kind.TIME_LIMITED)) == ["牵头领导"]
    assert missing_duty(make(world, "listed", Kind.TIME_LIMITED)) == ["牵头领导", "牵头部门", "责任单位"]
    assert missing_duty(make(world, "assigned", Kind.TIME_LIMITED)) == []


# --- which plan -------------------------------------------------------------------------------------------------------


def test_the_plan_shown_is_the_one_that_counts_now(world: World) -> None:
    for situation, state in (
        ("accepted", None),
        ("planned", PlanState.SUBMITTED),
        ("returned_plan", PlanState.RETURNED),
        ("rectifying", PlanState.APPROVED),
    ):
        plan = shown(world, situation).plan
        assert (plan.state if plan else None) == state, situation


def test_a_plan_of_another_duty_chain_is_not_the_plan_any_more(world: World) -> None:
    issue = make(world, "handed_over", Kind.TIME_LIMITED)
    with transaction():
        issues.accept(issue, world.official2, today=TODAY)
        plans.submit_plan(issue, world.official2, today=TODAY, goals="新目标", measures=[("查账", "", TODAY)])
    plan = dossier(issue.number, world.official2, TODAY).plan
    assert plan is not None
    assert (plan.goals, plan.version) == ("新目标", 2)


# --- what happened ----------------------------------------------------------------------------------------------------


def told(world: World, issue: Issue) -> list[Any]:
    return dossier(issue.number, world.root_supervisor, TODAY).timeline


def test_the_timeline_is_every_event_once_newest_first(world: World) -> None:
    issue = make(world, "cleared", Kind.TIME_LIMITED)
    assert [one.code for one in told(world, issue)] == [
        "pass", "pass", "request_clearance", "report", "approve_plan", "submit_plan", "accept", "assign", "list",
    ]  # fmt: skip
    assert [one.to for one in told(world, issue) if one.to] == [
        State.CLEARED, State.REVIEWING, State.RECTIFYING, State.PLANNING, State.ASSIGNED, State.LISTED,
    ]  # fmt: skip


def test_a_change_is_told_before_and_after_in_names(world: World) -> None:
    issue = make(world, "assigned", Kind.TIME_LIMITED)
    with transaction():
        changes = {"category_id": world.categories[0].id, "kind": Kind.IMMEDIATE, "title": "新标题"}
        issues.correct(issue, world.supervisor, today=TODAY, reason="写错了", changes=changes)
        duty = make_duty(world, unit_ids=(world.finance.id,), lead_official_id=world.leader2.id)
        issues.reassign(issue, world.supervisor, today=TODAY, duty=duty, reason="分工")
    reassign, correct, *_ = told(world, issue)
    assert correct.text == "写错了"
    assert {(change.label, change.before, change.after) for change in correct.changes} == {
        ("类别", world.categories[2].name, world.categories[0].name),
        ("整改类型", "限期整改", "立行立改"),
        ("标题", "沙坪村饮水工程完工一年未通水", "新标题"),
    }
    assert {(change.label, change.before, change.after) for change in reassign.changes} == {
        ("牵头领导", "黄志伟", "赵国强"),
        ("责任单位", "新邵县水利局、新邵县财政局", "新邵县财政局"),
    }


def test_a_report_is_told_with_its_words_files_and_measures(world: World) -> None:
    report = next(one for one in told(world, make(world, "ready", Kind.TIME_LIMITED)) if one.code == "report")
    assert report.text == "管网接通"
    assert report.measures == ("铺管", "通水")
    assert [file.name for file in report.evidence] == ["现场.png"]


def test_what_the_system_did_is_nobodys(world: World) -> None:
    issue = make(world, "assigned", Kind.TIME_LIMITED)
    with transaction():
        issues.journal.record("overdue", "issue", issue.id, actor_id=None)
    first = told(world, issue)[0]
    assert (first.who, first.unit, first.verb) == (None, None, "逾期")


def test_the_timeline_holds_nothing_of_another_issue(world: World) -> None:
    first, second = (make(world, "assigned", Kind.TIME_LIMITED) for _ in range(2))
    with transaction():
        issues.decline(second, world.official, today=TODAY, reason="别的问题的理由")
    assert [one.code for one in told(world, first)] == ["assign", "list"]


def test_only_the_latest_events_are_shown_until_all_are_asked_for(world: World) -> None:
    issue = make(world, "rectifying", Kind.TIME_LIMITED)
    with transaction():
        for serial in range(EVENTS_SHOWN + 9):
            progress.report(issue, world.official, today=TODAY, text=f"第 {serial} 次")
    some = dossier(issue.number, world.official, TODAY)
    assert len(some.timeline) == EVENTS_SHOWN
    assert some.events_total == EVENTS_SHOWN + 9 + 5
    assert some.timeline[0].text == f"第 {EVENTS_SHOWN + 8} 次"
    whole = dossier(issue.number, world.official, TODAY, whole_timeline=True)
    assert [one.id for one in whole.timeline][:EVENTS_SHOWN] == [one.id for one in some.timeline]
    assert len({one.id for one in whole.timeline}) == whole.events_total


def test_only_the_newest_files_are_shown_with_how_many_there_are(world: World) -> None:
    issue = make(world, "rectifying", Kind.TIME_LIMITED)
    with transaction():
        photos = [upload(f"{serial}.png", picture().getvalue()) for serial in range(EVIDENCE_SHOWN + 3)]
        progress.report(issue, world.official, today=TODAY, text="照片", files=photos)
    page = dossier(issue.number, world.official, TODAY)
    assert page.evidence_total == EVIDENCE_SHOWN + 3
    assert [file.name for file in page.evidence] == [f"{serial}.png" for serial in range(EVIDENCE_SHOWN + 2, 2, -1)]


# --- for whom it is there -----------------------------------------------------------------------------------------------


def test_an_issue_in_full_is_there_exactly_where_the_list_shows_it(any_world: World) -> None:
    chance, again = dice()
    places = chance.sample(sorted(SITUATIONS), 5)
    made = [make(any_world, name, chance.choice(list(Kind))) for name in places]
    for key, person in any_world.people.items():
        for issue in made:
            inside = db.session.scalar(db.select(Issue.id).where(Issue.id == issue.id, visible_to(person))) is not None
            try:
                assert issue_in_full(issue.number, person).id == issue.id
                found = True
            except Missing:
                found = False
            assert found == inside, (key, issue.number, places, again)


def test_a_dossier_reads_on_both_engines_in_every_situation(any_world: World) -> None:
    for situation in SITUATIONS:
        page = dossier(make(any_world, situation, Kind.TIME_LIMITED).number, any_world.root_supervisor, AFTER)
        assert page.events_total == len(page.timeline) > 0
        assert page.lamp.lamp


# --- cost -------------------------------------------------------------------------------------------------------------


def queries_for(issue: Issue, person: Any, **how: Any) -> int:
    number = issue.number
    db.session.expire_all()
    assert person.grants
    with sent() as statements:
        dossier(number, person, TODAY, **how)
    return len(statements)


def test_a_timeline_takes_nine_queries_at_most_however_much_happened(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        issues.accept(issue, world.official, today=TODAY)
        for serial in range(40):
            progress.report(
                issue, world.official, today=TODAY, text=str(serial), files=[upload("证.txt", str(serial).encode())]
            )
            changes = {"title": f"标题 {serial}", "category_id": world.categories[serial % 3].id}
            if serial % 2:
                changes["region_id"] = world.longxipu.id if serial % 4 == 1 else world.shaping.id
            issues.correct(issue, world.supervisor, today=TODAY, reason="改", changes=changes)
            issues.reassign(
                issue, world.supervisor, today=TODAY, reason="转",
                duty=make_duty(world, lead_official_id=(world.leader if serial % 2 else world.leader2).id,
                               unit_ids=(world.water.id, *([world.finance.id] if serial % 2 else []))),
            )  # fmt: skip
    db.session.expire_all()
    assert issue.number
    with sent() as statements:
        rows, total = timeline(issue, [], None)
    assert len(rows) == total == 3 + 3 * 40
    assert len(statements) <= 9


def test_a_long_history_of_applications_and_extensions_costs_no_more(world: World) -> None:
    issue = make(world, "extension_waits", Kind.TIME_LIMITED)
    few = queries_for(issue, world.supervisor)
    with transaction():
        for serial in range(6):
            deadlines.refuse_extension(issue, world.supervisor, today=TODAY, reason="不行")
            wanted = DUE + timedelta(days=serial + 1)
            deadlines.request_extension(issue, world.official, today=TODAY, wanted=wanted, reason="雨季")
    assert queries_for(issue, world.supervisor) <= few + 1  # who decided them

"""A look-back that held leaves the clearance; one that failed reopens the same issue, on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.accounts.test_stand_ins import acting, stand_in
from tests.dossier.situations import SITUATIONS, picture
from tests.world import TODAY, World, make_duty, make_person, upload
from tracker.accounts.models import Post
from tracker.audit.queries import differences
from tracker.base.access import Conflict, Refused, Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.board.queries import board, counts_differ
from tracker.board.rules import Standing
from tracker.clearance import actions as clearance
from tracker.clearance.models import Application
from tracker.clearance.rules import EVIDENCED, Answer, Standard
from tracker.issues import actions as issues
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.workflow import Kind, State
from tracker.lookbacks.actions import hold_lookback
from tracker.lookbacks.models import LookBack
from tracker.lookbacks.queries import had_no_part, look_backs_of, nearest_outsiders
from tracker.lookbacks.rules import Result, Visit
from tracker.progress.models import Evidence
from tracker.progress.queries import evidence_of
from tracker.workdays.queries import calendar

THREE_MONTHS = date(2019, 10, 1)
AGAIN = date(2020, 1, 31)


@pytest.fixture
def world(any_world: World) -> World:
    return any_world


def issue_in(world: World, situation: str = "cleared", kind: Kind = Kind.IMMEDIATE) -> Issue:
    with transaction():
        made = SITUATIONS[situation](world, kind)
    return made


def visit(result: Result = Result.HELD, on: date = THREE_MONTHS, **more: Any) -> Visit:
    return Visit(
        on, "沙坪村", "陈督查、村民代表", "水龙头有水" if result is Result.HELD else "又断水了", result, **more
    )


def look(issue: Issue, world: World, who: str = "root_supervisor", **more: Any) -> LookBack:
    with transaction():
        return hold_lookback(issue, world.people[who], **({"today": THREE_MONTHS, "visit": visit()} | more))


def fail(
    issue: Issue, world: World, who: str = "root_supervisor", new_term: date | None = AGAIN, **more: Any
) -> LookBack:
    return look(issue, world, who, **({"visit": visit(Result.FAILED), "new_term": new_term} | more))


def standing(world: World, issue: Issue, day: date = THREE_MONTHS) -> Standing | None:
    shown = board(world.root_supervisor, day)
    cells = [cell for line in shown.lines for cell in line.cells]
    return next(c.standing for c in cells if (c.county_id, c.category_id) == (issue.county_id, issue.category_id))


# --- scheduled on clearance -----------------------------------------------------------------------------------


def test_a_clearance_by_review_is_to_be_looked_at_three_months_later(world: World) -> None:
    assert issue_in(world).look_back_on == THREE_MONTHS


@pytest.mark.parametrize("situation", ["second_level", "dismissed"])
def test_nothing_else_is(world: World, situation: str) -> None:
    assert issue_in(world, situation).look_back_on is None


# --- it held --------------------------------------------------------------------------------------------------


def test_one_that_held_leaves_the_clearance_and_sets_the_next_date(world: World) -> None:
    issue = issue_in(world)
    with transaction():
        row = hold_lookback(
            issue,
            world.root_supervisor,
            today=THREE_MONTHS,
            visit=visit(files=[upload("水.png", picture().getvalue())]),
        )
    assert (issue.state, issue.proven, issue.relapses) == (State.CLEARED, True, 0)
    assert (row.due_on, row.cleared_on, row.new_term) == (THREE_MONTHS, TODAY, None)
    assert issue.look_back_on == date(2020, 1, 1)
    assert [file.name for file in row.evidence] == ["水.png"]
    event = db.session.scalars(select(Event).where(Event.verb == "look_back")).one()
    assert (event.subject_id, event.actor_id) == (issue.id, world.root_supervisor.id)
    assert event.data["look_back"] == row.id
    assert "有水" not in str(event.data)  # words stand beside the journal
    assert standing(world, issue) is Standing.PROVEN
    assert list(differences()) == []


def test_what_a_ledger_wrote_off_is_declared_until_somebody_looked_and_it_held(world: World) -> None:
    issue = issue_in(world, "taken_over_cleared")
    assert (issue.proven, issue.look_back_on) == (False, THREE_MONTHS)
    assert standing(world, issue) is Standing.DECLARED
    look(issue, world)
    assert issue.proven
    assert issue.look_back_on is not None
    assert issue.look_back_on > THREE_MONTHS
    assert standing(world, issue) is Standing.PROVEN
    assert counts_differ() == []
    assert list(differences()) == []


def test_one_that_did_not_hold_proves_nothing_and_the_next_review_does(world: World) -> None:
    issue = issue_in(world, "taken_over_cleared")
    look(issue, world)
    fail(issue, world, today=THREE_MONTHS + timedelta(days=9), visit=visit(Result.FAILED, THREE_MONTHS))
    assert (issue.state, issue.proven) == (State.RECTIFYING, False)
    assert counts_differ() == []
    assert list(differences()) == []


def test_a_proof_written_past_the_door_is_found(world: World) -> None:
    issue = issue_in(world, "taken_over_cleared")
    look(issue, world)
    with transaction():
        db.session.execute(update(Issue).where(Issue.id == issue.id).values(proven=False))
    assert [found.columns for found in differences()] == [("proven",)]


# --- it failed ------------------------------------------------------------------------------------------------


def test_a_failed_one_reopens_the_same_issue_and_un_greens_its_cell(world: World) -> None:
    issue = issue_in(world)
    assert standing(world, issue, THREE_MONTHS - timedelta(days=1)) is Standing.PROVEN
    original = issue.original_deadline
    row = fail(issue, world)
    assert (issue.state, issue.relapses, issue.proven, issue.cleared_on) == (State.RECTIFYING, 1, False, None)
    assert (issue.deadline, issue.original_deadline, issue.look_back_on) == (AGAIN, original, None)
    assert issue.duty_chain_complete
    assert (row.result, row.new_term, row.cleared_on) == (Result.FAILED, AGAIN, TODAY)
    assert standing(world, issue) is Standing.OPEN
    event = db.session.scalars(select(Event).where(Event.verb == "relapse")).one()
    assert (event.data["from"], event.data["to"], event.data["look_back"]) == ("cleared", "rectifying", row.id)
    assert counts_differ() == []
    assert list(differences()) == []


def test_the_new_deadline_has_a_clock_of_its_own(world: World) -> None:
    issue = issue_in(world)
    fail(issue, world)
    assert issue.overdue_from == AGAIN + timedelta(days=1)
    assert db.session.scalars(select(OverdueEpisode).where(OverdueEpisode.ended_on.is_(None))).all() == []


def test_a_long_term_issue_gets_a_new_review_date(world: World) -> None:
    issue = issue_in(world, kind=Kind.LONG_TERM)
    fail(issue, world)
    assert (issue.state, issue.review_on) == (State.RECTIFYING, AGAIN)


@pytest.mark.parametrize(("new_term", "says"), [(None, "请填写整改时限"), (date(2019, 9, 30), "已经过去")])
def test_without_a_new_deadline_to_come_nothing_is_reopened(world: World, new_term: date | None, says: str) -> None:
    issue = issue_in(world)
    files = db.session.scalars(select(Evidence.id)).all()
    with pytest.raises(Refused, match=says):
        fail(issue, world, new_term=new_term)
    assert issue.state is State.CLEARED
    assert look_backs_of(issue.id) == []
    assert db.session.scalars(select(Evidence.id)).all() == files


def test_a_relapse_is_cleared_again_and_looked_at_from_the_second_clearance_on(world: World) -> None:
    issue = issue_in(world)
    fail(issue, world)
    files = [upload("证.png", picture().getvalue()) for _ in range(5)]
    answers = {each: Answer("又修好了", files=[file]) for each, file in zip(clearance.Standard, files, strict=True)}
    with transaction():
        clearance.request_clearance(issue, world.official, today=THREE_MONTHS, answers=answers)
        clearance.pass_level(issue, world.supervisor, today=THREE_MONTHS, opinion="属实")
        clearance.pass_level(issue, world.city_leader, today=THREE_MONTHS, opinion="同意")
    assert (issue.state, issue.relapses, issue.cleared_on) == (State.CLEARED, 1, THREE_MONTHS)
    assert issue.look_back_on == date(2020, 1, 1)
    assert standing(world, issue) is Standing.PROVEN  # no look-back failed since the latest clearance
    assert list(differences()) == []


# --- by whom --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["official", "leader", "city_leader", "stranger", "auditor", "nobody"])
def test_only_a_supervisor_who_covers_it_looks_back(world: World, who: str) -> None:
    issue = issue_in(world)
    with pytest.raises(Refused, match="您不能对这个问题"):
        look(issue, world, who)


def test_whoever_reviewed_a_level_does_not_look_back(world: World) -> None:
    issue = issue_in(world)
    assert not had_no_part(issue, world.supervisor, TODAY)
    with pytest.raises(Refused, match="职责分离"):
        look(issue, world, "supervisor")
    look(issue, world, "supervisor2")


@pytest.mark.parametrize(
    "part", ["lead_official_id", "responsible_person_id", "member_ids", "lead_unit_id", "unit_ids"]
)
def test_whoever_had_a_part_in_the_work_does_not_look_back(world: World, part: str) -> None:
    with transaction():
        both = make_person(world, "both", "又督又办", "town", ((Role.SUPERVISOR, "xinshao", None),))
    issue = issue_in(world)
    value: Any = both.unit_id if part == "lead_unit_id" else both.id
    duty = make_duty(world, **{part: (value,) if part == "member_ids" else value})
    if part == "unit_ids":
        duty = make_duty(world, unit_ids=(world.water.id, both.unit_id))
    with transaction():
        issues.correct(issue, world.supervisor, today=TODAY, reason="漏写", changes={}, duty=duty)
    assert not had_no_part(issue, both, TODAY)
    assert had_no_part(issue, world.root_supervisor, TODAY)


@pytest.mark.parametrize("situation", ["ready", "second_level", "dismissed"])
def test_only_what_is_cleared_is_looked_at(world: World, situation: str) -> None:
    issue = issue_in(world, situation)
    with pytest.raises(Refused, match="只对已销号"):
        fail(issue, world)


def test_the_second_of_two_sees_that_somebody_was_faster(world: World) -> None:
    issue = issue_in(world)
    seen = issue.version
    look(issue, world, seen=seen)
    with pytest.raises(Conflict):
        fail(issue, world, "root_supervisor2", seen=seen)
    assert issue.state is State.CLEARED


# --- families -------------------------------------------------------------------------------------------------


def family(world: World) -> tuple[Issue, Issue]:
    """A city-wide issue being rectified, and the one child it was broken down to, in 新邵县, likewise."""
    parent = issue_in(world, "city_wide")
    with transaction():
        (child,) = issues.break_down(parent, world.root_supervisor, today=TODAY, region_ids=[world.xinshao.id])
        issues.assign(
            child, world.supervisor, today=TODAY, calendar=calendar(), duty=make_duty(world), requirement="改好",
            deadline=parent.deadline,
        )  # fmt: skip
        issues.accept(child, world.official, today=TODAY)
    return parent, child


def clear(world: World, issue: Issue) -> None:
    with transaction():
        answers = {each: Answer("好了", files=[upload("证.png", picture().getvalue())]) for each in clearance.Standard}
        clearance.request_clearance(issue, world.official, today=TODAY, answers=answers)
        if issue.region_id != world.city.id:
            clearance.pass_level(issue, world.supervisor, today=TODAY, opinion="属实")
        clearance.pass_level(issue, world.city_leader, today=TODAY, opinion="同意")


def test_a_cleared_parent_is_reopened_with_the_childs_deadline(world: World) -> None:
    parent, child = family(world)
    clear(world, child)
    clear(world, parent)
    assert (parent.state, parent.look_back_on) == (State.CLEARED, None)  # its children are looked at
    fail(child, world, "supervisor2")  # who covers the child's county only
    assert (child.state, child.deadline) == (State.RECTIFYING, AGAIN)
    assert (parent.state, parent.deadline, parent.relapses) == (State.RECTIFYING, AGAIN, 1)
    told = db.session.scalars(select(Event).where(Event.verb == "relapse", Event.subject_id == parent.id)).one()
    assert told.data["child"] == child.id
    assert counts_differ() == []
    assert list(differences()) == []


def test_a_parent_itself_is_not_looked_at(world: World) -> None:
    parent, child = family(world)
    clear(world, child)
    clear(world, parent)
    with pytest.raises(Refused, match="已经分解"):
        look(parent, world)


def test_under_an_open_parent_the_new_deadline_keeps_within_its(world: World) -> None:
    parent, child = family(world)
    clear(world, child)
    assert parent.deadline is not None
    with pytest.raises(Refused, match="不能晚于上级问题"):
        fail(child, world, "supervisor2", today=TODAY + timedelta(days=1), visit=visit(Result.FAILED, TODAY))
    fail(child, world, "supervisor2")  # by then the parent is overdue, and no day is left to keep within
    assert (child.state, parent.state, parent.relapses) == (State.RECTIFYING, State.RECTIFYING, 0)


def test_neither_a_stand_in_nor_the_absent_person_looks_back_at_what_either_had_part_in(world: World) -> None:
    """The supervisor reviewed it: nor does who stands in for them, in either name; in a free person's place one may."""
    issue = issue_in(world)
    hands = (world.root_supervisor, world.root_supervisor2)
    assert all(had_no_part(issue, hand, THREE_MONTHS) for hand in hands)
    standing = stand_in(world.supervisor, world.root_supervisor, ends=THREE_MONTHS)
    assert not any(had_no_part(issue, hand, THREE_MONTHS) for hand in (world.root_supervisor, acting(standing)))
    assert had_no_part(issue, world.root_supervisor, THREE_MONTHS + timedelta(days=1))
    place = acting(stand_in(world.root_supervisor2, world.stranger, ends=THREE_MONTHS), THREE_MONTHS)
    with transaction():
        row = hold_lookback(issue, place, today=THREE_MONTHS, visit=visit())
    assert (row.by_id, row.held_for_id) == (world.stranger.id, world.root_supervisor2.id)
    event = db.session.scalars(select(Event).where(Event.verb == "look_back")).one()
    assert (event.actor_id, event.for_id) == (world.stranger.id, world.root_supervisor2.id)


def test_whoever_once_did_the_work_does_not_look_back_at_it(world: World) -> None:
    """Nobody is named any more, and the official who accepted and reported sits in another unit by now."""
    issue = issue_in(world)
    with transaction():
        issue.lead_official_id = issue.responsible_person_id = issue.lead_unit_id = None
        issue.units.clear()
        world.official.unit_id = world.town.id
        db.session.execute(update(Application).values(applicant_id=world.official2.id))
    assert not had_no_part(issue, world.official, THREE_MONTHS)
    assert had_no_part(issue, world.town_official, THREE_MONTHS)


# --- earned a second time -------------------------------------------------------------------------------------


def test_what_was_brought_before_the_relapse_does_not_clear_it_again(world: World) -> None:
    issue = issue_in(world)
    fail(issue, world, visit=visit(Result.FAILED, files=[upload("断水.png", picture().getvalue())]))
    old = [row.id for row in evidence_of(issue.id)]
    later = THREE_MONTHS + timedelta(days=5)

    def apply(new: bool) -> None:
        files = [[upload("新.png", picture().getvalue())] if new and each in EVIDENCED else [] for each in Standard]
        answers = {each: Answer("已做到", old, brought) for each, brought in zip(Standard, files, strict=True)}
        with transaction():
            clearance.request_clearance(issue, world.official, today=later, answers=answers)

    with pytest.raises(Refused, match="反弹以后"):
        apply(new=False)
    apply(new=True)
    assert issue.state is State.REVIEWING


def test_whose_turn_it_is_names_only_people_who_may_look(world: World) -> None:
    issue = issue_in(world)
    assert nearest_outsiders(issue, THREE_MONTHS) == (world.supervisor2.name,)  # the other one passed its first level
    for who, person in world.people.items():
        if person.name in nearest_outsiders(issue, THREE_MONTHS):
            assert had_no_part(issue, person, THREE_MONTHS), who
    with transaction():
        db.session.get_one(Post, world.supervisor2.posts[0].id).ended_at = issue.updated_at
    above = nearest_outsiders(issue, THREE_MONTHS)
    assert above == (world.root_supervisor.name, world.root_supervisor2.name, world.people["water_supervisor"].name)

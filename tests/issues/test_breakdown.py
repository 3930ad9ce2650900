"""细化分解: one action breaks an issue down to chosen regions; the parent is shown, never counted, and clears last."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.world import NOW, TODAY, World, assign_one, list_one, make_duty, sign_in
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.clearance.queries import children_settled
from tracker.deadlines import actions as deadlines
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue, IssueCount
from tracker.issues.workflow import Kind, State
from tracker.workdays.queries import calendar

CHILD_DUE = date(2019, 8, 20)


def city_wide(world: World) -> Issue:
    """A problem of the whole city, assigned, due 2019-08-31 (inside a transaction)."""
    issue = issues.list_issue(
        world.root_supervisor, today=TODAY, title="全市农村饮水工程管护不到位", wording="", kind=Kind.TIME_LIMITED,
        source=Source.CENTRAL_INSPECTION, category_id=world.categories[2].id, region_id=world.city.id)  # fmt: skip
    issues.assign(issue, world.root_supervisor, today=TODAY, calendar=calendar(), requirement="逐县整改",
                  duty=make_duty(world, lead_unit_id=world.city_water.id, unit_ids=(world.city_water.id,)),
                  deadline=date(2019, 8, 31))  # fmt: skip
    return issue


def broken(world: World, **more: object) -> tuple[Issue, list[Issue]]:
    with transaction():
        issue = city_wide(world)
        children = issues.break_down(
            issue, world.root_supervisor, today=TODAY, region_ids=[world.xinshao.id, world.wugang.id], **more)  # type: ignore[arg-type] # fmt: skip
    return issue, children


def counted() -> dict[tuple[int, State], int]:
    rows = db.session.execute(
        select(IssueCount.county_id, IssueCount.state, func.sum(IssueCount.number)).group_by(
            IssueCount.county_id, IssueCount.state)).all()  # fmt: skip
    return {(row[0], row[1]): row[2] for row in rows if row[2]}


def test_each_region_gets_one_listed_child_of_its_own(any_world: World) -> None:
    issue, children = broken(any_world)
    assert [(child.number, child.state, child.county_id) for child in children] == [
        (f"{issue.number}-01", State.LISTED, any_world.xinshao.id), (f"{issue.number}-02", State.LISTED, any_world.wugang.id)]  # fmt: skip
    assert {child.title for child in children} == {issue.title}
    assert issue.state is State.ASSIGNED


def test_a_parent_is_shown_but_never_counted(any_world: World) -> None:
    issue, _ = broken(any_world)
    assert counted() == {(any_world.xinshao.id, State.LISTED): 1, (any_world.wugang.id, State.LISTED): 1}
    before = counted()
    with transaction():
        issues.recount()
    assert counted() == before
    with transaction():  # whatever is done to it later, it does not come back into the count
        issues.correct(issue, any_world.root_supervisor, today=TODAY, reason="补充", changes={"requirement": "逐村"})
    assert counted() == before


def test_further_regions_join_later_and_none_twice(any_world: World) -> None:
    world = any_world
    issue, children = broken(world)
    with pytest.raises(Refused), transaction():
        issues.break_down(issue, world.root_supervisor, today=TODAY, region_ids=[world.xinshao.id])
    with transaction():
        issues.dismiss(children[0], world.root_supervisor, today=TODAY, reason="并入", document="整改办〔2019〕9号")
        again = issues.break_down(issue, world.root_supervisor, today=TODAY, region_ids=[world.xinshao.id])
    assert [child.number for child in again] == [f"{issue.number}-03"]


@pytest.mark.parametrize("wrong", [[], "elsewhere", "below"])
def test_only_regions_directly_below_can_be_chosen(any_world: World, wrong: object) -> None:
    world = any_world
    chosen = {"elsewhere": [world.city.id], "below": [world.xinshao.id, world.shaping.id]}.get(str(wrong), [])
    with pytest.raises(Refused), transaction():
        issues.break_down(city_wide(world), world.root_supervisor, today=TODAY, region_ids=chosen)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0


def test_a_childs_deadline_is_never_after_its_parents(any_world: World) -> None:
    world = any_world
    with pytest.raises(Refused), transaction():
        issues.break_down(city_wide(world), world.root_supervisor, today=TODAY, region_ids=[world.xinshao.id],
                          deadline=date(2019, 9, 1))  # fmt: skip
    _, (child, _) = broken(world)
    with pytest.raises(Refused, match="上级问题"), transaction():
        assign_one(world, child, deadline=date(2019, 9, 1))
    with transaction():
        assign_one(world, child, deadline=date(2019, 8, 31))
        issues.accept(child, world.official, today=TODAY)
        deadlines.request_extension(child, world.official, today=TODAY, wanted=date(2019, 10, 1), reason="雨")
    with pytest.raises(Refused, match="上级问题"), transaction():
        deadlines.grant_extension(child, world.supervisor, today=TODAY, opinion="同意")


def test_a_parents_deadline_is_never_moved_before_its_childrens(any_world: World) -> None:
    issue, _ = broken(any_world, deadline=CHILD_DUE)
    with pytest.raises(Refused, match="最晚到"), transaction():
        issues.correct(
            issue, any_world.root_supervisor, today=TODAY, reason="提前", changes={"deadline": date(2019, 8, 1)}
        )
    with transaction():
        issues.correct(issue, any_world.root_supervisor, today=TODAY, reason="提前", changes={"deadline": CHILD_DUE})


def test_a_deadline_set_for_all_children_stands(any_world: World) -> None:
    _, (child, _) = broken(any_world, deadline=CHILD_DUE)
    with transaction():
        assign_one(any_world, child, deadline=None)
    assert (child.deadline, child.original_deadline) == (CHILD_DUE, CHILD_DUE)


def test_a_parent_is_settled_when_all_children_are_and_at_least_one_is_cleared(any_world: World) -> None:
    world = any_world
    issue, (first, second) = broken(world)
    assert not children_settled(issue)
    with transaction():
        issues.dismiss(first, world.root_supervisor, today=TODAY, reason="并入", document="号")
    assert not children_settled(issue)
    with transaction():
        issues.dismiss(second, world.root_supervisor, today=TODAY, reason="并入", document="号")
    assert not children_settled(issue)  # none was cleared
    with transaction():
        (third,) = issues.break_down(issue, world.root_supervisor, today=TODAY, region_ids=[world.wugang.id])
        third.state, third.cleared_on = State.CLEARED, TODAY  # behind the door: only what follows is asked here
    assert children_settled(issue)


def test_an_official_or_a_stranger_breaks_nothing_down(any_world: World) -> None:
    world = any_world
    with transaction():
        issue = city_wide(world)
        own = list_one(world)
    for person in (world.official, world.leader, world.supervisor, world.stranger):
        with pytest.raises(Refused), transaction():
            issues.break_down(issue, person, today=TODAY, region_ids=[world.xinshao.id])
    with pytest.raises(Refused), transaction():  # a village has nothing below it
        issues.break_down(own, world.supervisor, today=TODAY, region_ids=[world.longxipu.id])


@time_machine.travel(NOW, tick=False)
def test_the_page_breaks_down_and_the_parent_shows_its_children(app: Flask, world: World) -> None:
    with transaction():
        issue = city_wide(world)
    number, client = issue.number, sign_in(app.test_client(), world.root_supervisor)
    assert "break-down" in client.get(f"/issues/{number}").text
    empty = client.post(f"/issues/{number}/break-down", data={"version": issue.version})
    assert (empty.status_code, "请选择要分解到的地区" in empty.text) == (422, True)
    answer = client.post(f"/issues/{number}/break-down",
                         data={"regions": [world.xinshao.id, world.wugang.id], "deadline": "2019-08-20"})  # fmt: skip
    assert answer.status_code == 302
    page = client.get(f"/issues/{number}").text
    assert all(word in page for word in (f"{number}-01", f"{number}-02", "0/2", "新邵县", "武冈市"))
    child = sign_in(app.test_client(), world.supervisor).get(f"/issues/{number}-01").text
    assert number in child
    assert f'href="/issues/{number}"' not in child  # the county does not see the city's issue
    assert sign_in(app.test_client(), world.supervisor).get(f"/issues/{number}-02").status_code == 404

"""Standing work groups: one per category and region, kept by whoever hands out there, proposed and never imposed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.world import World
from tracker.base.access import Conflict, Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.groups import actions
from tracker.groups.models import WorkGroup
from tracker.groups.queries import group_for, group_of, groups_of

WATER, LOANS = 2, 4


def make_group(world: World, actor: str = "supervisor", region: str = "xinshao", **overrides: Any) -> WorkGroup:
    values: dict[str, Any] = {
        "name": "安全饮水专项工作组",
        "lead_official": world.leader,
        "lead_unit_id": world.water.id,
        "member_ids": [world.official.id, world.official2.id],
    }
    category = world.categories[overrides.pop("category", WATER)]
    with transaction():
        return actions.set_group(world.regions[region], category, world.people[actor], **(values | overrides))


def test_a_county_office_keeps_its_own_groups_and_the_root_office_all(any_world: World) -> None:
    world = any_world
    make_group(world)
    make_group(world, "root_supervisor", "wugang")
    make_group(world, "root_supervisor", "city")
    for actor, region in (("supervisor", "wugang"), ("supervisor", "city"), ("stranger", "xinshao")):
        with pytest.raises(Missing):
            make_group(world, actor, region)
    assert group_of(world.xinshao.id, world.categories[WATER].id) is not None


def test_a_supervisor_of_one_category_keeps_the_groups_of_that_category(world: World) -> None:
    make_group(world, "water_supervisor", "wugang")
    with pytest.raises(Missing):
        make_group(world, "water_supervisor", "wugang", category=LOANS)


@pytest.mark.parametrize("key", ["leader", "official", "auditor", "system_admin", "security_admin", "nobody"])
def test_nobody_else_keeps_a_group(world: World, key: str) -> None:
    with pytest.raises(Missing):
        make_group(world, key)
    with pytest.raises(Missing), transaction():
        actions.remove_group(world.xinshao, world.categories[WATER], world.people[key])


def test_whoever_leads_a_group_can_approve_plans(world: World) -> None:
    with pytest.raises(Refused, match="没有领导岗位"):
        make_group(world, lead_official=world.official)


def test_groups_stand_at_the_boards_columns(world: World) -> None:
    with pytest.raises(Refused, match="龙溪铺镇"):
        make_group(world, region="longxipu")


def test_there_is_one_group_for_a_category_in_a_region(any_world: World) -> None:
    world = any_world
    first, again = make_group(world), make_group(world, name="饮水专班", member_ids=[world.official2.id])
    assert (first.id, [row.user_id for row in again.members]) == (again.id, [world.official2.id])
    twin = WorkGroup(region_id=world.xinshao.id, category_id=world.categories[WATER].id, name="又一个",
                     lead_official_id=world.leader.id, lead_unit_id=world.water.id)  # fmt: skip
    with pytest.raises(Conflict), transaction():
        db.session.add(twin)


def test_an_issue_falls_to_its_countys_group_else_to_that_of_the_region_above(world: World) -> None:
    village, water = world.shaping.id, world.categories[WATER].id
    assert group_for(village, water) is None
    city = make_group(world, "root_supervisor", "city", lead_official=world.city_leader)
    assert group_for(village, water) is city
    county = make_group(world)
    assert group_for(village, water) is county
    assert group_for(world.wugang.id, water) is city
    assert group_for(village, world.categories[LOANS].id) is None


def test_a_group_that_changed_meanwhile_is_not_overwritten(world: World) -> None:
    seen = make_group(world, version=0).version
    make_group(world, name="改过的")
    for stale in (seen, 0):
        with pytest.raises(Conflict):
            make_group(world, name="我的", version=stale)
    assert groups_of(world.xinshao.id)[world.categories[WATER].id].name == "改过的"


def test_a_group_taken_away_is_proposed_no_more(world: World) -> None:
    make_group(world)
    with transaction():
        actions.remove_group(world.xinshao, world.categories[WATER], world.supervisor)
    assert groups_of(world.xinshao.id) == {}
    with pytest.raises(Missing), transaction():
        actions.remove_group(world.xinshao, world.categories[WATER], world.supervisor)


def test_every_change_of_a_group_is_an_event_of_references(world: World) -> None:
    group = make_group(world)
    make_group(world, member_ids=[])
    with transaction():
        actions.remove_group(world.xinshao, world.categories[WATER], world.supervisor)
    events = db.session.scalars(select(Event).where(Event.subject == "work_group").order_by(Event.id)).all()
    assert [(event.verb, event.subject_id) for event in events] == [
        ("set_group", group.id), ("set_group", group.id), ("remove_group", group.id)]  # fmt: skip
    members = [[side and side["members"] for side in (event.data["before"], event.data["after"])] for event in events]
    both = [world.official.id, world.official2.id]
    assert members == [[None, both], [both, []], [[], None]]

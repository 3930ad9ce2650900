"""The pages of work groups, and what they propose where an issue is handed out."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.desks.test_routes import counted
from tests.groups.test_actions import WATER, make_group
from tests.world import TODAY, World, assign_one, list_one, sign_in
from tracker.accounts import actions as accounts
from tracker.accounts.models import Post
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.groups.queries import group_of
from tracker.issues import actions as issues
from tracker.issues.models import Issue


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    return sign_in(app.test_client(), world.supervisor)  # type: ignore[no-any-return]


def listed(world: World) -> Issue:
    with transaction():
        return list_one(world)


def value_of(page: str, name: str) -> str:
    """What the field of this name is filled with."""
    _, _, rest = page.partition(f'name="{name}"')
    _, _, rest = rest.partition('value="')
    return rest.partition('"')[0]


def test_the_group_is_filled_in_where_an_issue_is_handed_out_and_said_to_be(client: FlaskClient, world: World) -> None:
    make_group(world)
    page = client.get(f"/issues/{listed(world).number}/assign").text
    assert "已按“安全饮水专项工作组”（新邵县 · 安全饮水）填好，可以改" in page
    filled = [value_of(page, name) for name in ("lead_official", "lead_unit", "task_force", "members-0", "members-1")]
    assert filled == ["黄志伟（新邵县整改办）", "新邵县水利局", "安全饮水专项工作组", "王建国（新邵县水利局）",
                      "刘志强（新邵县财政局）"]  # fmt: skip
    assert value_of(page, "units-0") == ""


def test_what_is_proposed_may_be_changed(client: FlaskClient, world: World) -> None:
    make_group(world)
    issue = listed(world)
    sent = {"lead_official": "赵国强", "lead_unit": "新邵县水利局", "units-0": "新邵县水利局", "task_force": "别的专班",
            "requirement": "通水", "deadline": "2099-08-31", "version": issue.version}  # fmt: skip
    assert client.post(f"/issues/{issue.number}/assign", data=sent).status_code == 302
    db.session.refresh(issue)
    assert (issue.lead_official_id, issue.task_force, issue.members) == (world.leader2.id, "别的专班", [])


def test_a_duty_chain_that_came_back_is_not_overwritten_by_the_group(client: FlaskClient, world: World) -> None:
    make_group(world, lead_official=world.leader2)
    with transaction():
        issue = assign_one(world)
        issues.decline(issue, world.official, today=TODAY, reason="不归我管")
    page = client.get(f"/issues/{issue.number}/assign").text
    assert value_of(page, "lead_official") == "黄志伟（新邵县整改办）"
    assert "这类问题的专项工作组是“安全饮水专项工作组”" in page


def test_who_can_no_longer_lead_is_not_proposed(client: FlaskClient, world: World) -> None:
    make_group(world)
    with transaction():
        post = db.session.query(Post).filter_by(user_id=world.leader.id).one()
        accounts.end_post(post, actor_id=world.security_admin.id, at=clock.now())
        accounts.deactivate(world.official2, actor_id=world.system_admin.id)
    page = client.get(f"/issues/{listed(world).number}/assign").text
    assert (value_of(page, "lead_official"), value_of(page, "members-1")) == ("", "")
    assert value_of(page, "lead_unit") == "新邵县水利局"


def test_without_a_group_nothing_is_proposed(client: FlaskClient, world: World) -> None:
    page = client.get(f"/issues/{listed(world).number}/assign").text
    assert "专项工作组" not in page.partition("<main")[2]


def test_a_group_is_set_up_changed_and_taken_away_on_its_pages(client: FlaskClient, world: World) -> None:
    address = f"/work-groups/{world.xinshao.id}/{world.categories[WATER].id}"
    assert value_of(client.get(address).text, "name") == "安全饮水专项工作组"
    sent = {
        "name": "饮水组",
        "lead_official": "黄志伟",
        "lead_unit": "新邵县水利局",
        "members-0": "王建国",
        "version": "0",
    }
    assert client.post(address, data=sent).status_code == 302
    assert "饮水组" in client.get("/work-groups").text
    stale = client.post(address, data=sent | {"name": "我的组"})
    assert (stale.status_code, value_of(stale.text, "name")) == (409, "我的组")
    assert "现在是“饮水组”" in stale.text
    assert value_of(stale.text, "version") == "1"  # sent again, it holds
    group = group_of(world.xinshao.id, world.categories[WATER].id)
    assert group is not None
    assert [row.user_id for row in group.members] == [world.official.id]
    assert client.post(f"{address}/remove").status_code == 302
    assert "还有 9 类没有专项工作组" in client.get("/work-groups").text


def test_what_cannot_be_meant_is_said_and_nothing_typed_is_lost(client: FlaskClient, world: World) -> None:
    address = f"/work-groups/{world.xinshao.id}/{world.categories[WATER].id}"
    page = client.post(address, data={"name": "饮水组", "lead_official": "王建国", "lead_unit": "", "version": "0"})
    assert page.status_code == 422
    assert "没有领导岗位" in page.text
    assert "请填写牵头部门" in page.text
    assert value_of(page.text, "lead_official") == "王建国"


def test_another_countys_groups_are_not_there(client: FlaskClient, app: Flask, world: World) -> None:
    water = world.categories[WATER].id
    for region in (world.wugang, world.city, world.longxipu):
        assert client.get(f"/work-groups/{region.id}/{water}").status_code == 404
        assert client.post(f"/work-groups/{region.id}/{water}/remove").status_code == 404
    assert client.get(f"/work-groups/{world.xinshao.id}/9999").status_code == 404
    for key in ("leader", "official", "auditor"):
        assert sign_in(app.test_client(), world.people[key]).get("/work-groups").status_code == 403


def test_the_groups_page_costs_the_same_however_many_groups_there_are(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.root_supervisor)
    spent = []
    for categories in (range(2), range(2, 9)):
        for category in categories:
            make_group(world, "root_supervisor", category=category)
        with counted() as sent:
            assert client.get(f"/work-groups?region={world.xinshao.id}").status_code == 200
        spent.append(len(sent))
    assert spent[0] == spent[1] < 20, spent

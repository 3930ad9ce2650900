"""The dossier: for whoever the issue exists, with exactly the buttons the table allows."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.world import TODAY, World, assign_one, list_one, sign_in
from tracker.base.db import transaction
from tracker.issues import actions as issues
from tracker.issues.models import Issue


@pytest.fixture
def number(world: World) -> str:
    with transaction():
        issue = assign_one(world)
        return issue.number


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("official", 200),
        ("official2", 200),
        ("supervisor", 200),
        ("leader", 200),
        ("city_leader", 200),
        ("water_supervisor", 200),
        ("root_supervisor", 200),
        ("stranger", 404),
        ("stranger_official", 404),
        ("town_official", 404),
        ("auditor", 403),
        ("system_admin", 403),
        ("security_admin", 403),
        ("nobody", 403),
    ],
)
def test_an_issue_opens_for_those_it_exists_for(app: Flask, world: World, number: str, key: str, status: int) -> None:
    assert sign_in(app.test_client(), world.people[key]).get(f"/issues/{number}").status_code == status


@pytest.mark.parametrize(
    ("key", "there", "absent"),
    [
        ("official", ["签收", "退回"], ["转办", "批准"]),
        ("supervisor", ["转办", "更正"], ["签收</button>", "不予列单</a>"]),
        ("root_supervisor", ["不予列单"], ["签收</button>"]),
        ("city_leader", [], ["转办</a>", "签收</button>"]),
    ],
)
def test_exactly_what_may_be_pressed_is_offered(
    app: Flask, world: World, number: str, key: str, there: list[str], absent: list[str]
) -> None:
    page = sign_in(app.test_client(), world.people[key]).get(f"/issues/{number}").text
    assert all(word in page for word in there)
    assert not any(word in page for word in absent)


def test_the_timeline_says_who_did_what(app: Flask, world: World) -> None:
    with transaction():
        issue: Issue = assign_one(world, list_one(world))
        issues.decline(issue, world.official, today=TODAY, reason="职责在财政局")
        number = issue.number
    page = sign_in(app.test_client(), world.supervisor).get(f"/issues/{number}").text
    assert "职责在财政局" in page
    assert "王建国" in page

"""The page of a plan's versions: who handed in what, what became of it, and what changed."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask

from tests.desks.test_routes import counted
from tests.dossier.situations import accepted
from tests.world import TODAY, World, make_duty, sign_in
from tracker.base.db import transaction
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.plans import actions

FIRST = [("铺设主管网三公里", "王建国", date(2019, 8, 1)), ("更换提升泵两台", "水利局", date(2019, 8, 10))]
SECOND = [("铺设主管网五公里", "王建国", date(2019, 8, 1)), ("更换提升泵两台", "水利局", date(2019, 8, 20))]


@pytest.fixture
def issue(world: World) -> Issue:
    """A plan returned once, then approved."""
    with transaction():
        issue = accepted(world, Kind.TIME_LIMITED)
        submit(issue, world, FIRST)
        actions.return_plan(issue, world.leader, today=TODAY, reason="管网不够长\n泵何时到货")
        submit(issue, world, SECOND)
        actions.approve_plan(issue, world.leader, today=TODAY)
    return issue


def submit(issue: Issue, world: World, measures: list[tuple[str, str, date]]) -> None:
    actions.submit_plan(issue, world.official, today=TODAY, goals="通水", measures=measures)


def shown(app: Flask, person: object, issue: Issue, query: str = "") -> str:
    answer = sign_in(app.test_client(), person).get(f"/issues/{issue.number}/plan/versions{query}")  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.text


def test_every_version_says_who_handed_it_in_who_decided_and_why_it_came_back(
    app: Flask, world: World, issue: Issue
) -> None:
    page = re.sub(r"<[^>]+>", " ", shown(app, world.supervisor, issue))
    assert "整改方案报过 2 版，最新的一版已批准" in page
    assert re.search(r"第 2 版\s+已批准\s+上报\s+王建国\s+新邵县水利局\s+\S+ \S+\s+批准\s+黄志伟", page)
    assert re.search(r"第 1 版\s+已退回\s+上报\s+王建国.*退回\s+黄志伟.*退回理由\s+管网不够长\n泵何时到货", page, re.S)


def test_two_versions_are_compared_character_by_character(app: Flask, world: World, issue: Issue) -> None:
    page = " ".join(shown(app, world.official, issue).split())
    assert "铺设主管网<del>三</del><ins>五</ins>公里" in page
    assert "<del>2019-08-10</del> → <ins>2019-08-20</ins>" in page
    other = shown(app, world.official, issue, "?before=2&after=1")
    assert "铺设主管网<del>五</del><ins>三</ins>公里" in other


def test_a_version_there_never_was_is_not_found(app: Flask, world: World, issue: Issue) -> None:
    client = sign_in(app.test_client(), world.official)
    for query in ("?before=9", "?after=9", "?before=1&after=9"):
        assert client.get(f"/issues/{issue.number}/plan/versions{query}").status_code == 404
    assert client.get(f"/issues/{issue.number}/plan/versions?before=x").status_code == 200


def test_what_an_issue_does_not_show_its_plans_do_not_show(app: Flask, world: World, issue: Issue) -> None:
    for key in ("stranger", "stranger_official", "auditor", "system_admin"):
        client = sign_in(app.test_client(), world.people[key])
        assert client.get(f"/issues/{issue.number}/plan/versions").status_code in (403, 404)


def test_a_plan_of_a_former_duty_chain_stays_and_says_so(app: Flask, world: World, issue: Issue) -> None:
    with transaction():
        issues.reassign(issue, world.supervisor, today=TODAY, reason="换单位", duty=make_duty(world))
        issues.accept(issue, world.official, today=TODAY)
        submit(issue, world, FIRST)
        actions.approve_plan(issue, world.leader, today=TODAY)
    assert "批准后转办" in shown(app, world.supervisor, issue)
    dossier = sign_in(app.test_client(), world.supervisor).get(f"/issues/{issue.number}").text
    assert f"/issues/{issue.number}/plan/versions" in dossier
    assert "全部 3 版" in dossier


def test_the_page_costs_the_same_however_often_a_plan_came_back(app: Flask, world: World) -> None:
    with transaction():
        issue = accepted(world, Kind.TIME_LIMITED)
    client = sign_in(app.test_client(), world.leader)
    spent = []
    for times in (2, 6):
        with transaction():
            for _ in range(times):
                submit(issue, world, FIRST)
                actions.return_plan(issue, world.leader, today=TODAY, reason="再想想")
        with counted() as sent:
            assert client.get(f"/issues/{issue.number}/plan/versions").status_code == 200
        spent.append(len(sent))
    assert spent[0] == spent[1] < 20, spent

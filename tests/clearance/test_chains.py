"""Review chains are the root office's to keep; a level may ask to look on the spot; the sheet says what was approved."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.world import NOW, TODAY, World, assign_one, sign_in, upload
from tracker.base.access import Refused, Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.clearance import actions
from tracker.clearance.models import ReviewChain
from tracker.clearance.queries import applications_of, chain_for, open_application
from tracker.clearance.rules import Answer, Seat, Site, Standard, check_chain
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import State
from tracker.org.rules import Level
from tracker.plans import actions as plans
from tracker.plans.models import Measure
from tracker.progress import actions as progress


def reviewing(world: World) -> Issue:
    """An issue that waits at the county's level of two."""
    with transaction():
        issue = assign_one(world)
        issues.accept(issue, world.official, today=TODAY)
        plans.submit_plan(issue, world.official, today=TODAY, goals="通水", measures=[("铺管", "", TODAY)])
        plans.approve_plan(issue, world.leader, today=TODAY)
        measure = db.session.scalars(select(Measure)).all()[-1]
        progress.report(issue, world.official, today=TODAY, text="通了", measures_done=[measure.id])
        answers = {each: Answer("已做到", (), [upload("证.txt", each.encode())]) for each in Standard}
        actions.request_clearance(issue, world.official, today=TODAY, answers=answers)
    return issue


FOUR = [
    Seat("乡镇初审", Role.SUPERVISOR, Level.TOWNSHIP),
    Seat("县级审核", Role.SUPERVISOR, Level.COUNTY, True),
    Seat("县领导审核", Role.LEADER, Level.COUNTY),
    Seat("市级终审", Role.LEADER, None),
]


@pytest.mark.parametrize("levels", [
    [], [FOUR[0]] * 5, [Seat(" ", Role.LEADER, None)], [Seat("自审", Role.OFFICIAL, None)], [FOUR[3], FOUR[0]],
])  # fmt: skip
def test_a_chain_that_cannot_be_walked_is_refused(levels: list[Seat]) -> None:
    with pytest.raises(Refused):
        check_chain(levels)
    check_chain(FOUR)


def test_the_root_office_writes_a_sources_chain_and_takes_it_away(any_world: World) -> None:
    world = any_world
    with transaction():
        actions.set_chain(Source.AUDIT, "四级审核", FOUR, world.root_supervisor)
    with transaction():
        actions.set_chain(Source.AUDIT, "三级审核", FOUR[1:], world.root_supervisor)
    chain = db.session.scalars(select(ReviewChain).where(ReviewChain.source == Source.AUDIT)).one()
    assert [(level.position, level.name, level.site_record) for level in chain.levels] == [
        (1, "县级审核", True), (2, "县领导审核", False), (3, "市级终审", False)]  # fmt: skip
    with transaction():
        actions.remove_chain(Source.AUDIT, world.root_supervisor)
    verbs = db.session.scalars(select(Event.verb).where(Event.subject == "review_chain").order_by(Event.id)).all()
    assert verbs == ["set_chain", "set_chain", "remove_chain"]


def test_nobody_else_keeps_the_chains(any_world: World) -> None:
    for key in ("supervisor", "water_supervisor", "city_leader", "official", "stranger"):
        with pytest.raises(Refused), transaction():
            actions.set_chain(Source.AUDIT, "四级审核", FOUR, any_world.people[key])


def test_a_changed_chain_never_touches_a_running_application(any_world: World) -> None:
    issue = reviewing(any_world)
    application = open_application(issue.id)
    assert application is not None
    before = [(level.position, level.name) for level in application.levels]
    with transaction():
        actions.set_chain(None, "一级审核", FOUR[1:2], any_world.root_supervisor)
    db.session.expire_all()
    assert [(level.position, level.name) for level in application.levels] == before
    assert [level.name for level in chain_for(issue).levels] == ["县级审核"]  # type: ignore[union-attr]


def test_a_level_that_asked_for_a_site_check_passes_only_with_its_record(any_world: World) -> None:
    world = any_world
    issue = reviewing(world)
    with transaction():
        actions.ask_site_check(issue, world.supervisor, today=TODAY, opinion="看看水龙头")
    with pytest.raises(Refused, match="现场核查"), transaction():
        actions.pass_level(issue, world.supervisor, today=TODAY, opinion="同意")
    with pytest.raises(Refused, match="已经要求"), transaction():
        actions.ask_site_check(issue, world.supervisor, today=TODAY, opinion="再看看")
    site = Site(date(2019, 7, 1), "沙坪村", "村支书", "二十户全部通水", [upload("a.txt", b"x")])
    with transaction():
        actions.pass_level(issue, world.supervisor, today=TODAY, opinion="同意", site=site)
    level = applications_of(issue.id)[0].levels[0]
    assert (level.site_place, [file.name for file in level.site_files]) == ("沙坪村", ["a.txt"])


def test_only_the_reviewer_of_the_level_asks_and_says_what_for(any_world: World) -> None:
    world = any_world
    issue = reviewing(world)
    for person in (world.official, world.leader, world.city_leader, world.stranger):
        with pytest.raises(Refused), transaction():
            actions.ask_site_check(issue, person, today=TODAY, opinion="看看")
    with pytest.raises(Refused, match="核查什么"), transaction():
        actions.ask_site_check(issue, world.supervisor, today=TODAY, opinion=" ")


@time_machine.travel(NOW, tick=False)
def test_pages_keep_chains_ask_for_a_check_and_print_the_sheet(app: Flask, world: World) -> None:
    root = sign_in(app.test_client(), world.root_supervisor)
    assert "默认" in root.get("/review-chains").text
    form = {f"levels-{row}-role": "leader" for row in (2, 3)} | {f"levels-{row}-seat": "" for row in (2, 3)} | {
            "name": "审计两级", "levels-0-name": "县级", "levels-0-seat": "county", "levels-0-role": "supervisor",
            "levels-0-site_record": "y", "levels-1-name": "市级", "levels-1-seat": "", "levels-1-role": "leader"}  # fmt: skip
    assert root.get("/review-chains/audit").status_code == 200
    assert root.post("/review-chains/audit", data=form).status_code == 302
    wrong = root.post("/review-chains/audit", data=form | {"levels-0-seat": "", "levels-1-seat": "county"})
    assert (wrong.status_code, "由下往上" in wrong.text, "审计两级" in wrong.text) == (422, True, True)
    assert root.post("/review-chains/default/remove").status_code == 404
    assert root.get("/review-chains/nonsense").status_code == 404
    county = sign_in(app.test_client(), world.supervisor)
    assert county.get("/review-chains").status_code == 200
    assert county.post("/review-chains/audit", data=form).status_code == 422
    assert sign_in(app.test_client(), world.official).get("/review-chains").status_code == 403
    issue = reviewing(world)
    number, version = issue.number, issue.version
    asked = county.post(
        f"/issues/{number}/clearance/review", data={"decision": "site", "opinion": "看水压", "version": version}
    )
    assert asked.status_code == 302
    assert "现场核查记录" in county.get(f"/issues/{number}/clearance/review").text
    application = open_application(issue.id)
    assert application is not None
    sheet = county.get(f"/issues/{number}/clearance/{application.id}/sheet").text
    assert all(word in sheet for word in ("销号审批表", issue.title, "县级初审", application.unit.name))
    stranger = sign_in(app.test_client(), world.stranger)
    assert stranger.get(f"/issues/{number}/clearance/{application.id}/sheet").status_code == 404
    assert county.get(f"/issues/{number}/clearance/{application.id + 9}/sheet").status_code == 404
    assert issue.state is State.REVIEWING

"""Separation of duties counts a stand-in and the person stood in for as one; whoever once did the work never reviews it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.accounts.test_stand_ins import LAST, acting, stand_in
from tests.clearance.test_chains import FOUR, reviewing
from tests.clearance.test_separation import PARTS, REGION
from tests.world import NOW, TODAY, World, assign_one, make_duty, make_person, sign_in, upload
from tracker.accounts import actions as accounts
from tracker.accounts.models import Deputy, Post, StandIn, User
from tracker.base.access import Actor, Refused, Role
from tracker.base.db import db, transaction
from tracker.clearance import actions
from tracker.clearance.models import Application
from tracker.clearance.queries import eligible_reviewers, open_application, relations_to, review_queue
from tracker.clearance.queries import reviewing as reviewers_of_all
from tracker.clearance.rules import Answer, Standard
from tracker.deadlines import actions as deadlines
from tracker.deadlines.models import Delay
from tracker.deadlines.queries import extensions_of, extensions_to_decide_count, untold_delays
from tracker.deadlines.rules import Clock
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue, TaskForceMember
from tracker.issues.workflow import Kind, State, Who
from tracker.plans import actions as plans
from tracker.plans.queries import approved_plan
from tracker.progress import actions as progress
from tracker.workdays.queries import calendar

ACTS = (actions.pass_level, actions.return_application, actions.ask_site_check)
AFTER = date(2019, 8, 1)  # when no stand-in stands any more


def waiting(issue: Issue) -> Application:
    application = open_application(issue.id)
    assert application is not None
    return application


def reviews(issue: Issue, actor: Actor, today: date = TODAY) -> bool:
    """Whether the level is theirs, by every way the question is asked; these must agree."""
    answers = {
        Who.REVIEWER in relations_to(issue, actor, today),
        issue.number in {row.number for row in review_queue(actor, today)},
    }
    assert len(answers) == 1, "the page, the door and the queue say the same"
    return answers.pop()


def refused_to(issue: Issue, actor: Actor, today: date = TODAY) -> None:
    assert not reviews(issue, actor, today)
    for act in ACTS:
        with pytest.raises(Refused, match="职责分离"):
            act(issue, actor, today=today, opinion="属实")


def test_a_stand_in_reviews_in_the_absent_persons_place(any_world: World) -> None:
    world = any_world
    issue = reviewing(world)
    place = acting(stand_in(world.supervisor, world.town_official))
    assert reviews(issue, place)
    assert not reviews(issue, world.town_official), "not in their own name"
    with transaction():
        event = actions.pass_level(issue, place, today=TODAY, opinion="属实")
    level = waiting(issue).levels[0]
    assert (level.reviewer_id, level.reviewer_for_id) == (world.town_official.id, world.supervisor.id)
    assert (event.actor_id, event.for_id) == (world.town_official.id, world.supervisor.id)


@pytest.mark.parametrize("worked", ["stand-in", "absent"])
def test_neither_reviews_what_either_had_part_in(world: World, worked: str) -> None:
    """Every part, either of the two in it: neither reviews, in their own name or the other's."""
    issue = reviewing(world)
    with transaction():
        one, other = (
            make_person(world, key, name, "office", ((Role.SUPERVISOR, "xinshao", None),))
            for key, name in (("one", "在岗人"), ("other", "休假人"))
        )
        standing = accounts.name_stand_in(other, one, other, begins=TODAY, ends=LAST, today=TODAY)
    hands: tuple[Actor, ...] = (one, other, acting(standing))
    for part in PARTS:
        db.session.expire_all()
        assert all(reviews(issue, hand) for hand in hands), "without a part in the work the level is theirs"
        part(world, issue, waiting(issue), one if worked == "stand-in" else other)
        db.session.flush()
        db.session.expire_all()
        hands = (one, other, Deputy(one, other))
        for hand in hands:
            refused_to(issue, hand)
        db.session.rollback()
        hands = (one, other, acting(standing))


def test_being_barred_through_another_absent_person_bars_the_stand_in_only(any_world: World) -> None:
    """B stands in for A and for C, who did the work: B reviews for nobody, A still does."""
    world = any_world
    issue = reviewing(world)
    for_a = acting(stand_in(world.supervisor, world.stranger_official))
    assert reviews(issue, for_a)
    stand_in(world.official, world.stranger_official)
    refused_to(issue, for_a)
    assert reviews(issue, world.supervisor)
    assert reviews(issue, world.supervisor2)


def test_a_stand_ins_stand_in_is_not_barred(world: World) -> None:
    """C stands in for B, B for A, who did the work: C had nothing to do with it."""
    issue = reviewing(world)
    stand_in(world.official, world.stranger_official)
    with transaction():
        accounts.grant_post(
            world.stranger_official, Role.SUPERVISOR, world.xinshao, actor_id=world.security_admin.id, at=NOW
        )
    stand_in(world.stranger_official, world.supervisor)
    refused_to(issue, world.stranger_official)
    assert reviews(issue, world.supervisor)


# --- whoever once did the work ----------------------------------------------------------------------------------------


def handed_over(world: World, *, by: Actor, approved_by: Actor) -> Issue:
    """Under review at the root's only level; ``by`` planned and reported it before it went to another duty chain."""
    with transaction():
        actions.set_chain(None, "终审", FOUR[3:], world.root_supervisor)
        issue = issues.list_issue(
            world.root_supervisor, today=TODAY, title="全市饮水", wording="原文", source=Source.AUDIT, kind=Kind.TIME_LIMITED,
            category_id=world.categories[2].id, region_id=world.shaping.id,
        )  # fmt: skip
        lead = approved_by.duty_id
        duty = make_duty(world, lead_official_id=lead, responsible_person_id=None)
        issues.assign(
            issue, world.supervisor, today=TODAY, calendar=calendar(), duty=duty, requirement="改好", deadline=AFTER
        )
        _work(issue, by, approved_by)
        issues.reassign(
            issue, world.supervisor, today=TODAY, reason="分工调整",
            duty=make_duty(world, lead_unit_id=world.finance.id, unit_ids=(world.finance.id,), responsible_person_id=None),
        )  # fmt: skip
        _work(issue, world.official2, world.leader)
        answers = {each: Answer("已做到", (), [upload("证.txt", each.encode())]) for each in Standard}
        actions.request_clearance(issue, world.official2, today=TODAY, answers=answers)
    return issue


def _work(issue: Issue, by: Actor, approved_by: Actor) -> None:
    issues.accept(issue, by, today=TODAY)
    plans.submit_plan(issue, by, today=TODAY, goals="通水", measures=[("铺管", "", TODAY)], task_force="专班")
    plans.approve_plan(issue, approved_by, today=TODAY)
    plan = approved_plan(issue.id)
    assert plan is not None
    progress.report(issue, by, today=TODAY, text="通了", measures_done=[plan.measures[0].id])


def test_whoever_once_did_the_work_never_reviews_it(any_world: World) -> None:
    """Handed over to others since: named in no duty chain any more, and still nobody to look at their own work."""
    world = any_world
    issue = handed_over(world, by=world.official, approved_by=world.city_leader)
    assert issue.lead_official_id != world.city_leader.id
    refused_to(issue, world.city_leader)  # approved the first plan
    assert reviews(issue, world.city_leader2)
    with transaction():  # the official who planned and reported is promoted and moved
        accounts.grant_post(world.official, Role.LEADER, world.city, actor_id=world.security_admin.id, at=NOW)
        accounts.move(world.official, world.office, actor_id=world.system_admin.id)
    refused_to(issue, world.official)


def test_who_was_only_named_and_never_acted_may_review(world: World) -> None:
    issue = reviewing(world)
    with transaction():
        issue.members.append(TaskForceMember(user_id=world.supervisor.id))
    refused_to(issue, world.supervisor)
    with transaction():
        issue.members.clear()
    assert reviews(issue, world.supervisor)


def test_what_a_stand_in_did_stays_with_both_after_their_time(any_world: World) -> None:
    world = any_world
    with transaction():
        accounts.grant_post(world.nobody, Role.LEADER, world.city, actor_id=world.security_admin.id, at=NOW)
        accounts.move(world.nobody, world.office, actor_id=world.system_admin.id)
    place = acting(stand_in(world.city_leader, world.nobody))
    issue = handed_over(world, by=world.official, approved_by=place)
    with transaction():
        accounts.end_stand_in(db.session.scalars(select(StandIn)).one(), world.city_leader)
    for hand in (world.nobody, world.city_leader):
        refused_to(issue, hand, AFTER)
    assert reviews(issue, world.city_leader2, AFTER)


def test_a_level_reviewed_by_a_stand_in_is_the_absent_persons_too(any_world: World) -> None:
    world = any_world
    issue = reviewing(world)
    with transaction():
        for person in (world.supervisor, world.nobody):
            accounts.grant_post(person, Role.LEADER, world.city, actor_id=world.security_admin.id, at=NOW)
        accounts.move(world.nobody, world.office, actor_id=world.system_admin.id)
    standing = stand_in(world.supervisor, world.nobody)
    with transaction():
        actions.pass_level(issue, acting(standing), today=TODAY, opinion="属实")
    refused_to(issue, acting(standing))
    with transaction():
        accounts.end_stand_in(standing, world.supervisor)
    for hand in (world.supervisor, world.nobody):
        refused_to(issue, hand, AFTER)
    assert reviews(issue, world.city_leader, AFTER)


# --- other decisions --------------------------------------------------------------------------------------------------


def test_neither_decides_the_extension_the_other_asked(any_world: World) -> None:
    world = any_world
    with transaction():
        issue = assign_one(world)
        accounts.grant_post(
            world.town_official, Role.SUPERVISOR, world.xinshao, actor_id=world.security_admin.id, at=NOW
        )
    standing = stand_in(world.official, world.town_official)
    with transaction():
        deadlines.request_extension(issue, acting(standing), today=TODAY, wanted=date(2019, 9, 30), reason="雨季")
    with pytest.raises(Refused, match="申请人"), transaction():
        deadlines.grant_extension(issue, world.town_official, today=TODAY)
    for person, number in ((world.town_official, 0), (world.supervisor, 1)):
        assert extensions_to_decide_count(person, TODAY) == number
    stand_in(world.supervisor, world.nobody)
    assert extensions_to_decide_count(world.supervisor, TODAY) == 1
    with transaction():
        accounts.end_stand_in(standing, world.official)
    stand_in(world.supervisor2, world.official)
    assert extensions_to_decide_count(world.supervisor2, TODAY) == 0, "asked by nobody but for whom they stand in"
    with transaction():
        deadlines.grant_extension(issue, acting(stand_in_of_supervisor(world)), today=TODAY)
    extension = extensions_of(issue.id)[0]
    assert (extension.decided_by_id, extension.decided_for_id) == (world.nobody.id, world.supervisor.id)


def stand_in_of_supervisor(world: World) -> StandIn:
    return db.session.scalars(
        select(StandIn).where(StandIn.absent_id == world.supervisor.id, StandIn.ended_at.is_(None))
    ).one()


def test_one_hand_does_not_both_write_and_approve_a_plan(world: World) -> None:
    """In whichever of the two names it wrote; the lead official themself, back from leave, may."""
    with transaction():
        issue = assign_one(world)
        issues.accept(issue, world.official, today=TODAY)
        plans.submit_plan(
            issue, world.official, today=TODAY, goals="通水", measures=[("铺管", "", TODAY)], task_force="专班"
        )
    place = acting(stand_in(world.leader, world.official))
    with pytest.raises(Refused, match="经手上报"), transaction():
        plans.approve_plan(issue, place, today=TODAY)
    with transaction():
        plans.approve_plan(issue, world.leader, today=TODAY)
    assert issue.state is State.RECTIFYING


# --- never without a reviewer, unless the page names the vacancy ------------------------------------------------------


def test_a_post_whose_holder_cannot_sign_in_is_filled_by_the_stand_in(any_world: World) -> None:
    world = any_world
    issue = reviewing(world)
    with transaction():
        for person in (world.supervisor, world.supervisor2):
            person.account = person.password_hash = None
    assert eligible_reviewers(waiting(issue), TODAY).raised
    standing = stand_in(world.supervisor, world.stranger_official, by=world.root_supervisor)
    bench = eligible_reviewers(waiting(issue), TODAY)
    assert [person for person, _name, _unit in bench.people] == [world.supervisor.id]
    assert reviews(issue, acting(standing))
    assert not reviews(issue, world.root_supervisor), "the level is not the city's any more"
    stand_in(world.official, world.stranger_official, by=world.root_supervisor)  # and is barred by that
    assert eligible_reviewers(waiting(issue), TODAY).raised
    assert reviews(issue, world.root_supervisor)


def shuffled(world: World, issue: Issue, cast: list[User], chance: Random) -> list[Actor]:
    """Random posts, vacancies, sign-ins, parts in the work and stand-ins; returns everybody who can act, in each name.

    Flushed only: rolled back, the next round starts from the same place.
    """
    application, everybody = waiting(issue), [*world.people.values()]
    application.level = chance.randint(1, 4)
    for person in cast:
        seat = chance.choice(FOUR)
        region = world.regions[REGION[seat.region_level]]
        db.session.add(Post(user_id=person.id, role=seat.role, began_at=NOW, region_id=region.id))
    held = [key for key in HOLDERS if chance.random() < 0.8]
    vacated = update(Post).where(Post.user_id.in_([world.people[key].id for key in held])).values(ended_at=NOW)
    db.session.execute(vacated)
    for person in chance.sample(cast, 3):
        person.account = person.password_hash = None
    for person, part in zip(chance.sample(cast, 3), chance.sample(PARTS, 3), strict=True):
        part(world, issue, application, person)
    for absent in chance.sample(everybody, 8):
        person = chance.choice([one for one in everybody if one is not absent and one.account])
        db.session.add(StandIn(absent_id=absent.id, person_id=person.id, begins_on=TODAY, ends_on=LAST,
                               named_by_id=absent.id, named_at=NOW))  # fmt: skip
    db.session.flush()
    db.session.expire_all()
    standing = db.session.scalars(select(StandIn)).all()
    return [person for person in everybody if person.account] + [Deputy(row.person, row.absent) for row in standing]


HOLDERS = ("supervisor", "supervisor2", "leader", "leader2", "root_supervisor", "root_supervisor2", "water_supervisor",
           "city_leader", "city_leader2")  # fmt: skip


def told_when_late(issue: Issue, application: Application) -> set[int]:
    """Whom the night finds for all late levels at once."""
    late: dict[str, Any] = {"clock": Clock.REVIEW, "since": application.level_since, "level": application.level}
    db.session.add(Delay(issue_id=issue.id, allowed=5, recorded_on=TODAY + timedelta(days=9), **late))
    db.session.flush()
    return {row.person_id for row in db.session.execute(reviewers_of_all(untold_delays(Clock.REVIEW), TODAY))}


@pytest.mark.parametrize("seed", [1])
def test_no_application_is_without_a_reviewer_unless_the_page_names_the_vacant_post(
    any_world: World, seed: int
) -> None:
    world, chance = any_world, Random(seed)
    with transaction():
        actions.set_chain(None, "四级审核", FOUR, world.root_supervisor)
    issue = reviewing(world)
    with transaction():
        cast = [make_person(world, f"cast{number}", f"甲{number}", "office") for number in range(6)]
    seen: Counter[str] = Counter()
    for _round in range(5):
        hands = shuffled(world, issue, cast, chance)
        able = [hand for hand in hands if reviews(issue, hand)]
        bench, application = eligible_reviewers(waiting(issue), TODAY), waiting(issue)
        assert all(hand.duty_id in bench for hand in able)
        assert bool(able) == bool(bench.people), "of those the page names, somebody can act"
        assert told_when_late(issue, application) == {person for person, _name, _unit in bench.people}
        if not able:
            level = next(level for level in application.levels if level.position == application.level)
            region = world.regions[REGION[level.region_level]].name
            assert (bench.role, bench.own_region, bench.raised) == (level.role, region, False)
        seen["vacant" if not able else "raised" if bench.raised else "own"] += 1
        seen["by a stand-in"] += any(hand.for_id for hand in able)
        db.session.rollback()
    assert seen["own"]
    assert seen["by a stand-in"]


def test_the_page_names_the_vacant_post(app: Flask, world: World) -> None:
    issue = reviewing(world)
    everybody = [world.people[key].id for key in HOLDERS if key != "leader2"]
    with transaction():
        db.session.execute(update(Post).where(Post.user_id.in_(everybody)).values(ended_at=NOW))
    with time_machine.travel(NOW, tick=False):
        page = sign_in(app.test_client(), world.leader2).get(f"/issues/{issue.number}").get_data(as_text=True)
    assert "新邵县没有可以审核的人，请安全管理员配置岗位" in page


def test_the_sheet_and_the_dossier_say_who_reviewed_for_whom(app: Flask, world: World) -> None:
    issue = reviewing(world)
    place = acting(stand_in(world.supervisor, world.town_official))
    with transaction():
        actions.pass_level(issue, place, today=TODAY, opinion="属实")
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app.test_client(), world.leader)
        for path in ("", f"/clearance/{waiting(issue).id}/sheet"):
            page = client.get(f"/issues/{issue.number}{path}").get_data(as_text=True)
            assert "胡国平（代周督查）" in page, path

"""What stands is what was written: an issue changed behind the journal's back is named, an honest one never."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from tests.world import TODAY, World, assign_one, list_one, make_duty
from tracker.audit.queries import differences
from tracker.audit.rules import SUBJECT_NAMES, VERB_NAMES, replay
from tracker.base.db import db, transaction
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import flag_overdue
from tracker.issues import actions as issues
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.plans import actions as plans
from tracker.progress import actions as progress
from tracker.workdays.queries import calendar


@pytest.fixture
def told(any_world: World) -> Issue:
    """One issue through many verbs, others beside it."""
    world = any_world
    with transaction():
        list_one(world)
        assign_one(world)
        issue = assign_one(world, quantity=("户", 93))
        issues.decline(issue, world.official, today=TODAY, reason="不归我们管")
        issues.assign(issue, world.supervisor, today=TODAY, calendar=calendar(), duty=make_duty(world),
                      requirement="通水", deadline=issue.deadline)  # fmt: skip
        issues.accept(issue, world.official, today=TODAY)
        plans.submit_plan(issue, world.official, today=TODAY, goals="通水", measures=[("铺管", "", date(2019, 8, 1))])
        plans.approve_plan(issue, world.leader, today=TODAY)
        progress.report(issue, world.official, today=TODAY, text="开工", quantity_done=3)
        deadlines.request_extension(issue, world.official, today=TODAY, wanted=date(2019, 12, 1), reason="雨")
        deadlines.grant_extension(issue, world.supervisor, today=TODAY, opinion="同意")
        issues.correct(
            issue, world.supervisor, today=TODAY, reason="写错", changes={"category_id": world.categories[1].id}
        )
        issues.reassign(issue, world.supervisor, today=TODAY, reason="换人", duty=Duty(
            world.leader.id, world.water.id, (world.finance.id,), member_ids=(world.official.id,)))  # fmt: skip
        flag_overdue(date(2020, 1, 1))
    return issue


def test_an_honest_history_agrees_with_what_stands(told: Issue) -> None:
    assert list(differences()) == []


@pytest.mark.parametrize("change", [
    "state = 'planning'", "category_id = (SELECT max(id) FROM category)", "deadline = '2030-01-01'",
    "original_deadline = '2030-01-01'", "lead_official_id = NULL, chain_complete = false",
    "state = 'cleared', cleared_on = '2019-07-01', overdue_from = NULL",
])  # fmt: skip
def test_a_change_behind_the_journals_back_is_named(told: Issue, change: str) -> None:
    with transaction():
        db.session.execute(text(f"UPDATE issue SET {change} WHERE id = :id"), {"id": told.id})
    found = list(differences())
    assert [difference.number for difference in found] == [told.number]
    assert change.split(" ")[0] in found[0].columns


def test_a_duty_chain_changed_behind_the_journals_back_is_named(told: Issue, any_world: World) -> None:
    with transaction():
        db.session.execute(text("DELETE FROM task_force_member"))
        db.session.execute(text("UPDATE issue_unit SET unit_id = :unit WHERE issue_id = :id"),
                           {"unit": any_world.wugang_water.id, "id": told.id})  # fmt: skip
    assert [difference.columns for difference in differences()] == [("members", "units")]


def test_an_issue_without_a_history_is_named(told: Issue) -> None:
    row = {column.name: getattr(told, column.name) for column in Issue.__table__.columns} | {
        "id": 9_999,
        "number": "X-1",
    }
    with transaction():
        db.session.execute(Issue.__table__.insert().values(**row))
    assert [(difference.number, difference.columns) for difference in differences()] == [("X-1", ("history",))]


def test_events_that_do_not_follow_one_another_are_broken() -> None:
    played = replay([(1, {"to": "listed"}), (1, {"from": "planning", "to": "rectifying"}),
                     (2, {"to": "listed", "changed": {"deadline": [None, "2019-08-01"]}}),
                     (2, {"changed": {"deadline": ["2019-09-01", "2019-10-01"]}})])  # fmt: skip
    assert (played[1].broken, played[1].state) == (["state"], "rectifying")
    assert (played[2].broken, played[2].columns) == (["deadline"], {"deadline": "2019-10-01"})


def test_every_verb_that_is_recorded_has_words(told: Issue) -> None:
    recorded = db.session.execute(text("SELECT DISTINCT verb, subject FROM event")).all()
    assert recorded
    assert {verb for verb, _ in recorded} <= set(VERB_NAMES)
    assert {subject for _, subject in recorded} <= set(SUBJECT_NAMES)

"""Objections (异议): a handler objects to being overdue, somebody who is not concerned decides, and nothing goes silent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.world import NOW, TODAY, World, assign_one, make_duty, sign_in, upload
from tracker.accounts.models import StandIn
from tracker.base.access import Conflict, Refused
from tracker.base.db import db, transaction
from tracker.board.queries import counts_differ
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import escalate, flag_overdue
from tracker.deadlines.models import Escalation, Objection
from tracker.deadlines.queries import objections_to_decide, objections_to_decide_count
from tracker.deadlines.rules import ObjectionState
from tracker.desks import queries as desks
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.rules import EpisodeEnd
from tracker.messages.models import Message
from tracker.messages.rules import Matter

LATE, TERM = date(2019, 9, 10), date(2019, 10, 15)


def late_issue(world: World, **overrides: Any) -> Issue:
    """Overdue since 1 September, flagged and escalated."""
    with transaction():
        issue = assign_one(world, **overrides)
    night(LATE)
    return issue


def night(day: date) -> None:
    with transaction():
        flag_overdue(day)
        escalate(day)


def object_to(world: World, issue: Issue, **more: Any) -> None:
    with transaction():
        deadlines.object_to(issue, world.official, today=LATE, reason="文件写的是十月", **more)


def uphold(issue: Issue, who: Any, term: date | None = TERM) -> None:
    with transaction():
        deadlines.uphold_objection(issue, who, today=LATE, opinion="属实，台账抄错", term=term)


def episodes() -> list[tuple[date, date | None, EpisodeEnd | None]]:
    rows = db.session.execute(select(OverdueEpisode.starts_on, OverdueEpisode.ended_on, OverdueEpisode.end))
    return [tuple(row) for row in rows]


def test_an_upheld_objection_annuls_the_episode_and_the_issue_runs_to_a_new_deadline(any_world: World) -> None:
    issue = late_issue(any_world)
    object_to(any_world, issue, files=[upload("文件.txt", "十月".encode())])
    uphold(issue, any_world.supervisor)
    assert episodes() == [(date(2019, 9, 1), LATE, EpisodeEnd.ANNULLED)]
    assert (issue.deadline, issue.original_deadline, issue.overdue_from) == (
        TERM,
        date(2019, 8, 31),
        date(2019, 10, 16),
    )
    raised = len(db.session.scalars(select(Escalation)).all())
    night(LATE + timedelta(days=9))
    assert len(db.session.scalars(select(Escalation)).all()) == raised  # nothing escalates what was annulled
    night(TERM + timedelta(days=1))
    assert len(episodes()) == 2  # and it is not silent for ever
    assert counts_differ() == []
    (objection,) = db.session.scalars(select(Objection))
    assert (objection.state, objection.opinion, len(objection.evidence)) == (ObjectionState.UPHELD, "属实，台账抄错", 1)


def test_upheld_needs_a_new_deadline_that_has_not_passed(world: World) -> None:
    issue = late_issue(world)
    object_to(world, issue)
    for term in (None, LATE - timedelta(days=1)):
        with pytest.raises(Refused, match="重新定时限"):
            uphold(issue, world.supervisor, term)
    uphold(issue, world.supervisor, LATE)


def test_a_refused_objection_leaves_it_overdue_and_another_may_be_made(any_world: World) -> None:
    issue = late_issue(any_world)
    object_to(any_world, issue)
    with transaction():
        deadlines.refuse_objection(issue, any_world.supervisor, today=LATE, opinion="时限没有写错")
    assert episodes() == [(date(2019, 9, 1), None, None)]
    object_to(any_world, issue)
    assert len(db.session.scalars(select(Objection)).all()) == 2


def test_one_open_objection_per_episode(any_world: World) -> None:
    issue = late_issue(any_world)
    object_to(any_world, issue)
    with pytest.raises(Refused, match="已有一份异议"):
        object_to(any_world, issue)
    first = db.session.scalars(select(Objection)).one()
    with pytest.raises(Conflict), transaction():  # the index holds it, whoever forgets to ask
        db.session.add(
            Objection(issue_id=issue.id, episode_id=first.episode_id, state=ObjectionState.WAITING, reason="又",
                      raised_by_id=any_world.official2.id, raised_on=LATE)
        )  # fmt: skip


def test_what_is_not_overdue_cannot_be_objected_to(world: World) -> None:
    with transaction():
        issue = assign_one(world)
    with pytest.raises(Refused, match="没有逾期记录"):
        object_to(world, issue)


def test_nobody_concerned_decides(any_world: World) -> None:
    """Not who objected, handles or leads, nor who stands in for one of them today, or they for."""
    duty = make_duty(any_world, unit_ids=(any_world.water.id,), member_ids=(any_world.supervisor2.id,))
    issue = late_issue(any_world, duty=duty)
    object_to(any_world, issue)
    with pytest.raises(Refused, match="其他督查人员"):
        uphold(issue, any_world.supervisor2)
    with transaction():
        pair = StandIn(absent_id=any_world.official.id, person_id=any_world.supervisor.id, begins_on=LATE, ends_on=LATE,
                       named_by_id=any_world.root_supervisor.id, named_at=NOW)  # fmt: skip
        db.session.add(pair)
    with pytest.raises(Refused, match="其他督查人员"):
        uphold(issue, any_world.supervisor)
    with pytest.raises(Refused, match="您不能"):
        uphold(issue, any_world.stranger)
    uphold(issue, any_world.root_supervisor)


def test_an_objection_goes_through_the_pages_and_stays_to_be_seen(app: Flask, world: World) -> None:
    number = late_issue(world).number
    with time_machine.travel(NOW.replace(month=9, day=10), tick=False):
        official, supervisor = (sign_in(app.test_client(), world.people[key]) for key in ("official", "supervisor"))
        assert f"/issues/{number}/objection" in official.get(f"/issues/{number}").text
        official.post(f"/issues/{number}/objection", data={"reason": "文件写的是十月"})
        assert "已有一份异议在等待裁定" in official.get(f"/issues/{number}").text
        assert desks.supervisor_figures(world.supervisor, LATE).objections == 1
        assert desks.supervisor_figures(world.stranger, LATE).objections == 0
        assert f"/issues/{number}/objection/decide" in supervisor.get("/desk/reviews").text
        refused = supervisor.post(f"/issues/{number}/objection/decide", data={"decision": "uphold", "opinion": "属实"})
        assert "重新定时限" in refused.text
        sent = {"decision": "uphold", "opinion": "属实，台账抄错", "term": str(TERM)}
        done = supervisor.post(f"/issues/{number}/objection/decide", data=sent, follow_redirects=True).text
        assert "新的时限 2019-10-15" in done
        assert "异议成立" in done
        assert "属实，台账抄错" in official.get(f"/issues/{number}").text
        assert desks.supervisor_figures(world.supervisor, LATE).objections == 0
        assert official.get(f"/issues/{number}/objection/decide").status_code == 403
        assert sign_in(app.test_client(), world.stranger).get(f"/issues/{number}/objection/decide").status_code == 404


def test_with_the_episode_gone_there_is_nothing_to_decide(world: World) -> None:
    issue = late_issue(world, today=TODAY)
    with transaction():
        deadlines.request_extension(issue, world.official, today=date(2019, 8, 30), wanted=TERM, reason="雨季")
    object_to(world, issue)
    with transaction():
        deadlines.grant_extension(issue, world.supervisor, today=LATE)
    with pytest.raises(Refused, match="没有待裁定的异议"):
        uphold(issue, world.supervisor)


def test_an_objection_waits_exactly_for_those_who_may_decide_it(any_world: World) -> None:
    issue = late_issue(any_world, duty=make_duty(any_world, member_ids=(any_world.root_supervisor2.id,)))
    object_to(any_world, issue)
    with transaction():  # a supervisor who stands in for somebody concerned
        db.session.add(StandIn(
            absent_id=any_world.leader.id, person_id=any_world.supervisor2.id, begins_on=LATE, ends_on=LATE,
            named_by_id=any_world.leader.id, named_at=NOW,
        ))  # fmt: skip
    waits = set()
    for who, person in any_world.people.items():
        try:
            with transaction():
                deadlines.uphold_objection(issue, person, today=LATE, opinion="属实", term=TERM)
                raise _Undone
        except Refused:
            may = False
        except _Undone:
            may = True
        rows = objections_to_decide(person, LATE)
        assert ([row.number for row in rows] == [issue.number]) is may, who
        assert objections_to_decide_count(person, LATE) == len(rows)
        waits |= {who} if may else set()
    assert waits == {"supervisor", "root_supervisor", "water_supervisor"}


class _Undone(Exception):
    """Tried only."""


def told(matter: Matter) -> set[int]:
    return set(db.session.scalars(select(Message.person_id).where(Message.matter == matter)))


def test_what_was_decided_is_told_to_who_objected_and_handles_it_with_the_reason(app: Flask, world: World) -> None:
    issue = late_issue(world)
    object_to(world, issue)
    with transaction():
        deadlines.refuse_objection(issue, world.supervisor, today=LATE, opinion="文件写的是八月")
    handlers = {world.official.id, world.official2.id}
    assert told(Matter.OBJECTION_REFUSED) == handlers
    assert "文件写的是八月" in sign_in(app.test_client(), world.official).get("/messages").text
    object_to(world, issue)
    uphold(issue, world.supervisor)
    assert told(Matter.OBJECTION_UPHELD) == handlers
    for act, matter in (
        (deadlines.refuse_extension, Matter.EXTENSION_REFUSED),
        (deadlines.grant_extension, Matter.EXTENSION_GRANTED),
    ):
        with transaction():
            wanted = TERM + timedelta(days=30)
            deadlines.request_extension(issue, world.official2, today=LATE, wanted=wanted, reason="雨季")
            act(
                issue,
                world.supervisor,
                today=LATE,
                **{"reason" if act is deadlines.refuse_extension else "opinion": "见批示"},
            )
        assert told(matter) == handlers

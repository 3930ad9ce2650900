"""The monthly cycle: who keeps meetings, who sees them, what becomes of decisions, who is proposed for a talk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.dossier.situations import first_level
from tests.world import TODAY, World, assign_one
from tracker.base.access import Conflict, Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.clearance import actions as clearance
from tracker.issues.workflow import Kind
from tracker.meetings import actions, queries
from tracker.meetings.actions import Written
from tracker.meetings.models import Meeting
from tracker.meetings.rules import MeetingKind, Standing, TalkRule, reasons
from tracker.tasks.rules import TaskState


def written(world: World, **fields: Any) -> Written:
    values: dict[str, Any] = {
        "kind": MeetingKind.DISPATCH,
        "held_on": TODAY,
        "place": "三楼会议室",
        "region_id": world.xinshao.id,
        "chair": "黄志伟",
        "agenda": "听取饮水专班汇报",
        "participants": "新邵县水利局\n刘志强",
    }
    return Written(**(values | fields))


def held(world: World, who: str = "supervisor", **fields: Any) -> int:
    with transaction():
        return actions.save_meeting(None, written(world, **fields), world.people[who]).id


def meeting_of(meeting_id: int) -> Meeting:
    return db.session.get_one(Meeting, meeting_id)


def sees(world: World, meeting_id: int) -> set[str]:
    found = set()
    for key, person in world.people.items():
        try:
            queries.meeting_with_id(meeting_id, person)
            found.add(key)
        except Missing:
            pass
    return found


def test_a_meeting_exists_for_its_region_and_for_whoever_takes_part(any_world: World) -> None:
    world = any_world
    office = {
        "root_supervisor",
        "root_supervisor2",
        "city_leader",
        "city_leader2",
        "supervisor",
        "supervisor2",
        "leader",
        "leader2",
    }
    assert sees(world, held(world)) == office | {"official", "official2"}  # of the unit, and named
    assert sees(world, held(world, participants="")) == office


def test_only_the_regions_supervisors_keep_its_meetings(world: World) -> None:
    meeting_id = held(world)
    for who in ("stranger", "water_supervisor", "leader", "official", "auditor"):
        with pytest.raises(Refused, match="不由您筹备"):
            held(world, who)
        with pytest.raises(Refused, match="不由您筹备"), transaction():
            actions.decide(meeting_of(meeting_id), "排查", "新邵县水利局", TODAY, world.people[who], today=TODAY)
    with pytest.raises(Refused, match="不由您筹备"), transaction():
        moved = written(world, region_id=world.wugang.id)
        actions.save_meeting(meeting_of(meeting_id), moved, world.supervisor)


def test_a_line_that_begins_with_a_number_is_about_that_issue_where_one_may_see_it(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        number, title = issue.number, issue.title
    meeting_id = held(world, agenda=f"{number}\n{number} 专题研究\n听取汇报")
    shown = queries.agenda_of(meeting_of(meeting_id), world.supervisor)
    assert [(row.number, row.text) for row in shown] == [(number, title), (number, "专题研究"), (None, "听取汇报")]
    hidden = queries.agenda_of(meeting_of(meeting_id), world.stranger)
    assert {row.number for row in hidden} | {row.title for row in hidden} == {None}
    other = held(world, "stranger", region_id=world.wugang.id, chair="", agenda=number, participants="")
    assert db.session.scalars(select(Meeting).where(Meeting.id == other)).one().items[0].issue_id is None


def test_a_participant_nobody_knows_is_refused_with_the_line(world: World) -> None:
    for line in ("查无此单位", "王建国（别的单位）"):
        with pytest.raises(Refused, match=f"“{line}”没有登记过"):
            held(world, participants=f"新邵县水利局\n{line}")
    assert db.session.scalar(select(Meeting.id)) is None


def test_what_was_decided_is_followed_as_a_task_and_read_again_at_the_next_meeting(world: World) -> None:
    first = held(world)
    with transaction():
        due = TODAY + timedelta(days=10)
        task = actions.decide(meeting_of(first), "排查管网", "新邵县水利局", due, world.supervisor, today=TODAY)
        assert (task.state, task.region_id) == (TaskState.OPEN, world.xinshao.id)
    second = held(world, held_on=TODAY + timedelta(days=30))
    before = queries.meeting_before(meeting_of(second), world.supervisor)
    assert before is not None
    assert before.id == first
    rows = queries.decisions_of(before, world.supervisor)
    assert [(row.text, row.state, row.unit) for row in rows] == [("排查管网", "open", "新邵县水利局")]
    assert queries.meeting_before(meeting_of(first), world.supervisor) is None


def test_written_up_it_leaves_an_event_and_no_minutes_in_it(world: World) -> None:
    meeting_id = held(world)
    with transaction():
        minutes = written(world, minutes="会议强调……", participants="新邵县财政局")
        actions.save_meeting(meeting_of(meeting_id), minutes, world.supervisor2, version=1)
    meeting = meeting_of(meeting_id)
    assert (meeting.minutes, [one.unit_id for one in meeting.participants]) == ("会议强调……", [world.finance.id])
    event = db.session.scalars(select(Event).where(Event.subject == "meeting").order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.verb, event.actor_id) == ("change_meeting", world.supervisor2.id)
    assert "会议强调" not in str(event.data)
    with pytest.raises(Conflict), transaction():
        actions.save_meeting(meeting_of(meeting_id), written(world), world.supervisor, version=1)


# --- who might be talked to -------------------------------------------------------------------------------------

RULE = TalkRule()


@pytest.mark.parametrize(
    ("standing", "number"),
    [
        (Standing(29, 1, 2), 0),
        (Standing(30, 0, 0), 1),
        (Standing(0, 2, 0), 1),
        (Standing(0, 0, 3), 1),
        (Standing(45, 3, 4), 3),
    ],
)
def test_a_reason_stands_from_its_threshold_on(standing: Standing, number: int) -> None:
    assert len(reasons(standing, RULE)) == number


def test_a_threshold_of_nought_asks_nothing() -> None:
    assert reasons(Standing(99, 9, 9), TalkRule(0, 0, 5)) == [("销号申请被退回 %(number)s 次", 9)]


def test_candidates_are_those_of_the_rule_in_ones_scope(any_world: World) -> None:
    world = any_world
    with transaction():
        late = assign_one(world).number
        assign_one(world, deadline=date(2019, 9, 30))
        returned = first_level(world, Kind.TIME_LIMITED)
        clearance.return_application(returned, world.supervisor, today=TODAY, opinion="材料不全")
        come_back = first_level(world, Kind.TIME_LIMITED)
        come_back.relapses = 2
        numbers = {returned.number, come_back.number}
    day = date(2019, 9, 30)  # the thirtieth day after 2019-08-31
    found = queries.candidates(world.supervisor, TalkRule(returned=1), day)
    assert {one.row.number for one in found.shown} >= {late} | numbers
    by_number = {one.row.number: one.why for one in found.shown}
    assert by_number[late] == [("逾期 %(number)s 天", 30)]
    assert ("反弹 %(number)s 次", 2) in by_number[come_back.number]
    assert ("销号申请被退回 %(number)s 次", 1) in by_number[returned.number]
    for one in found.shown:  # the question in SQL and the rule in Python agree
        assert one.why
    assert len(found.shown) == found.total == 4 - 1
    assert queries.candidates(world.stranger, TalkRule(returned=1), day).total == 0
    assert queries.candidates(world.supervisor, TalkRule(), date(2019, 9, 29)).total == 1  # the relapses alone


def test_the_root_office_sets_the_rule_and_it_is_on_record(world: World) -> None:
    with pytest.raises(Refused, match="市级督查"), transaction():
        actions.set_talk_rule(TalkRule(10, 1, 1), world.supervisor)
    with pytest.raises(Refused, match="不会提出任何人"), transaction():
        actions.set_talk_rule(TalkRule(0, 0, 0), world.root_supervisor)
    assert queries.talk_rule() == TalkRule()
    with transaction():
        actions.set_talk_rule(TalkRule(20, 1, 0), world.root_supervisor)
    assert queries.talk_rule() == TalkRule(20, 1, 0)
    event = db.session.scalars(select(Event).where(Event.verb == "set_talk_rule")).one()
    assert event.data["before"]["overdue_days"] == 30

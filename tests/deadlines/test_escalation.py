"""Escalation: each level once, recorded and told, whatever days the job ran on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, assign_one, list_one, make_duty, make_person
from tracker.accounts.models import StandIn, User
from tracker.base.access import Role
from tracker.base.db import db, transaction
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import escalate, flag_overdue
from tracker.deadlines.models import Escalation
from tracker.deadlines.queries import levels_of
from tracker.deadlines.rules import DEFAULT, Audience
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.workflow import Kind
from tracker.messages.models import Message
from tracker.messages.rules import Matter

DEADLINE = date(2019, 8, 31)


def night(day: date) -> dict[str, int]:
    with transaction():
        flag_overdue(day)
    with transaction():
        return escalate(day)


def told(world: World) -> Counter[tuple[str, str]]:
    """How often each person was told of each matter, by the world's keys."""
    keys = {person.id: key for key, person in world.people.items()}
    return Counter(
        (keys[person], matter.value) for person, matter in db.session.execute(select(Message.person_id, Message.matter))
    )


def levels() -> list[int]:
    return list(db.session.scalars(select(Escalation.level).order_by(Escalation.level)))


def test_each_level_begins_on_its_day_and_tells_the_people_it_names(any_world: World) -> None:
    with transaction():
        assign_one(any_world)
    began = {}
    for number in (0, 1, 2, 3, 6, 7, 14, 15, 29, 30):
        night(DEADLINE + timedelta(days=number))
        for level in levels():
            began.setdefault(level, number)
    assert began == {1: 1, 2: 3, 3: 7, 4: 15, 5: 30}
    assert told(any_world) == Counter(
        [
            ("official", "overdue_unit"),
            ("official2", "overdue_unit"),
            ("leader", "overdue_lead"),
            ("supervisor", "overdue_notice"),
            ("supervisor2", "overdue_notice"),
            *((who, what) for what in ("overdue_bulletin", "overdue_talk") for who in ("root_supervisor", "root_supervisor2", "water_supervisor")),
        ]
    )  # fmt: skip


def test_a_county_without_supervisors_has_the_roots_told(world: World) -> None:
    with transaction():
        assign_one(world)
        for person in (world.supervisor, world.supervisor2):
            person.active = False
    night(DEADLINE + timedelta(days=7))
    assert {who for who, matter in told(world) if matter == "overdue_notice"} == {
        "root_supervisor",
        "root_supervisor2",
        "water_supervisor",
    }


def away(world: World) -> User:
    """A lead official who is only a name in a ledger."""
    leader = make_person(world, "unknown", "只在台账里", "county_office", ((Role.LEADER, "xinshao", None),))
    leader.account = leader.password_hash = None
    return leader


def told_of_lead(world: World) -> list[str]:
    return sorted(who for who, matter in told(world) if matter == "overdue_lead")


def test_where_the_lead_official_cannot_sign_in_the_lead_units_officials_are_told(any_world: World) -> None:
    with transaction():
        assign_one(any_world, duty=make_duty(any_world, lead_official_id=away(any_world).id))
    night(DEADLINE + timedelta(days=3))
    assert told_of_lead(any_world) == ["official"]
    (issue,) = db.session.scalars(select(Issue))
    (found,) = levels_of(issue.episodes).values()
    assert [(one.level, one.since, len(one.told)) for one in found] == [
        (2, date(2019, 9, 3), 1),
        (1, date(2019, 9, 1), 2),
    ]
    assert night(DEADLINE + timedelta(days=4)) == {"raised": 0, "told": 0}


def test_the_stand_in_of_who_cannot_sign_in_is_told_in_their_own_inbox(any_world: World) -> None:
    with transaction():
        leader = away(any_world)
        assign_one(any_world, duty=make_duty(any_world, lead_official_id=leader.id))
        db.session.add(
            StandIn(absent_id=leader.id, person_id=any_world.leader2.id, begins_on=DEADLINE, named_at=NOW,
                    ends_on=DEADLINE + timedelta(days=9), named_by_id=any_world.supervisor.id)
        )  # fmt: skip
    night(DEADLINE + timedelta(days=3))
    assert told_of_lead(any_world) == ["leader2"]


def test_a_level_never_tells_nobody(any_world: World) -> None:
    """Nobody of the duty chain can sign in: the county's supervisors are told, and where it has none the root's."""
    with transaction():
        duty = make_duty(any_world, lead_official_id=away(any_world).id)
        assign_one(any_world, duty=duty)
        for person in (any_world.official, any_world.official2):
            person.active = False
    night(DEADLINE + timedelta(days=1))
    assert told(any_world) == Counter([("supervisor", "overdue_unit"), ("supervisor2", "overdue_unit")])
    with transaction():
        for person in (any_world.supervisor, any_world.supervisor2):
            person.active = False
    night(DEADLINE + timedelta(days=3))
    assert told_of_lead(any_world) == ["root_supervisor", "root_supervisor2", "water_supervisor"]


def test_an_episode_that_ended_is_raised_no_more_and_the_next_one_begins_at_the_first_level(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
        issues.accept(issue, any_world.official, today=TODAY)
        deadlines.request_extension(issue, any_world.official, today=DEADLINE, wanted=date(2019, 9, 30), reason="雨季")
    night(date(2019, 9, 3))
    with transaction():
        deadlines.grant_extension(issue, any_world.supervisor, today=date(2019, 9, 4), opinion="同意")
    assert night(date(2019, 9, 20)) == {"raised": 0, "told": 0}
    night(date(2019, 10, 1))
    assert levels() == [1, 1, 2]
    assert told(any_world)["official", "overdue_unit"] == 2  # two occasions


def test_what_was_late_when_taken_over_is_told_in_one_summary_and_later_levels_one_by_one(any_world: World) -> None:
    with transaction():
        for _ in range(3):
            taken_over(any_world)
    night(date(2019, 9, 10))
    assert levels() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert told(any_world) == Counter(
        (who, Matter.TAKEN_OVER.value) for who in ("official", "official2", "leader", "supervisor", "supervisor2")
    )
    assert set(db.session.scalars(select(Message.number))) == {3}
    night(date(2019, 9, 15))
    assert told(any_world)["root_supervisor", "overdue_bulletin"] == 3


def test_the_summary_too_tells_whoever_can_act_where_the_people_named_cannot_sign_in(any_world: World) -> None:
    """The lead official is only a name: level 2 of one issue goes to the lead unit's officials, in their one summary."""
    with transaction():
        taken_over(any_world)
        nobody = (any_world.wugang_office.id,)  # no official works there
        taken_over(any_world, lead_official_id=away(any_world).id, responsible_person_id=None, unit_ids=nobody)
    night(date(2019, 9, 3))
    assert told(any_world) == Counter((who, Matter.TAKEN_OVER.value) for who in ("official", "official2", "leader"))
    keys = {person.id: key for key, person in any_world.people.items()}
    counts = {keys[person]: number for person, number in db.session.execute(select(Message.person_id, Message.number))}
    assert counts == {"official": 2, "official2": 1, "leader": 1}


def test_other_thresholds_hold_from_the_next_night_and_no_recorded_level_falls_back(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
    night(DEADLINE + timedelta(days=7))
    assert levels() == [1, 2, 3]
    with transaction():  # later ones: what was reached stands
        deadlines.set_clocks(replace(DEFAULT, level_days=(2, 9, 20, 21, 90)), any_world.root_supervisor)
    assert night(DEADLINE + timedelta(days=8)) == {"raised": 0, "told": 0}
    everybody = (*DEFAULT.tells[:3], (Audience.LEADING, Audience.COUNTY), (Audience.ROOT,))
    with transaction():  # earlier ones: reached at once, told to whom the rule names now
        deadlines.set_clocks(replace(DEFAULT, level_days=(1, 2, 3, 9, 90), tells=everybody), any_world.root_supervisor)
    night(DEADLINE + timedelta(days=9))
    (found,) = levels_of(issue.episodes).values()
    assert [(one.level, one.days, one.since) for one in found] == [
        (4, 9, date(2019, 9, 9)),
        (3, 7, date(2019, 9, 7)),
        (2, 3, date(2019, 9, 3)),
        (1, 1, date(2019, 9, 1)),
    ]
    assert {who for who, matter in told(any_world) if matter == "overdue_bulletin"} == {
        "leader",
        "supervisor",
        "supervisor2",
    }
    assert db.session.scalar(select(Message.number).where(Message.matter == Matter.BULLETIN).limit(1)) == 9


def taken_over(world: World, **duty: Any) -> Issue:
    """An issue a ledger brought on 10 September, ten days after its deadline, with its whole duty chain."""
    issue = list_one(world)
    assign_one(world, issue, duty=make_duty(world, **duty))
    issue.taken_over = True
    db.session.flush()
    db.session.add(
        OverdueEpisode(issue_id=issue.id, deadline=DEADLINE, starts_on=date(2019, 9, 1), recorded_at=issue.updated_at)
    )
    return issue


def test_the_job_sends_as_many_statements_for_many_as_for_one(world: World) -> None:
    with transaction():
        assign_one(world)
    with sent() as few:
        night(date(2019, 9, 10))
    with transaction():
        for _ in range(20):
            issue = list_one(world, kind=Kind.TIME_LIMITED, source=Source.PROVINCIAL_ASSESSMENT)
            assign_one(world, issue)
    with sent() as many:
        night(date(2019, 9, 10))
    assert len(many) <= len(few)

"""The overdue job: one episode per overdue issue, dated from its deadline, however often and whenever it runs."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.world import TODAY, World, assign_one, list_one
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import bring_up, flag_overdue
from tracker.issues import actions as issues
from tracker.issues.models import OverdueEpisode
from tracker.issues.rules import EpisodeEnd
from tracker.issues.workflow import Kind

DEADLINE = date(2019, 8, 31)


def run(day: date) -> int:
    with transaction():
        return sum(flag_overdue(day).values())


def episodes() -> list[OverdueEpisode]:
    return list(db.session.scalars(select(OverdueEpisode).order_by(OverdueEpisode.id)))


def test_the_deadline_passes_at_the_end_of_its_day(world: World) -> None:
    with transaction():
        assign_one(world)
    assert run(DEADLINE) == 0
    assert run(date(2019, 9, 1)) == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dates(date(2019, 8, 25), date(2019, 9, 20)), min_size=1, max_size=6))
def test_missed_repeated_and_backward_days_change_nothing(world: World, days: list[date]) -> None:
    with transaction():
        db.session.execute(delete(OverdueEpisode))
        if not db.session.scalar(select(Event.id).limit(1)):
            assign_one(world)
    for day in days:
        run(day)
    found = episodes()
    assert len(found) == (max(days) > DEADLINE)
    assert all((each.starts_on, each.ended_on) == (date(2019, 9, 1), None) for each in found)


def test_an_episode_leaves_one_event(world: World) -> None:
    with transaction():
        issue = assign_one(world)
    run(date(2019, 9, 5))
    run(date(2019, 9, 6))
    found = db.session.scalars(select(Event).where(Event.verb == "overdue")).all()
    assert [(event.subject_id, event.actor_id) for event in found] == [(issue.id, None)]


def test_an_extension_asked_in_time_and_granted_late_ends_the_episode_and_keeps_it(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        issues.accept(issue, world.official, today=TODAY)
        deadlines.request_extension(issue, world.official, today=DEADLINE, wanted=date(2019, 10, 31), reason="雨季")
    run(date(2019, 9, 3))
    with transaction():
        deadlines.grant_extension(issue, world.supervisor, today=date(2019, 9, 4), opinion="同意")
    (episode,) = episodes()
    assert (episode.ended_on, episode.end) == (date(2019, 9, 4), EpisodeEnd.EXTENDED)
    assert (issue.deadline, issue.original_deadline) == (date(2019, 10, 31), DEADLINE)
    assert run(date(2019, 9, 5)) == 0


def test_what_was_late_is_on_record_though_no_night_had_run_when_it_ended(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
        issues.accept(issue, any_world.official, today=TODAY)
        deadlines.request_extension(issue, any_world.official, today=DEADLINE, wanted=date(2019, 10, 31), reason="雨季")
    with transaction():
        deadlines.grant_extension(issue, any_world.supervisor, today=date(2019, 9, 4), opinion="同意")
    (episode,) = episodes()
    assert (episode.deadline, episode.starts_on) == (DEADLINE, date(2019, 9, 1))
    assert (episode.ended_on, episode.end) == (date(2019, 9, 4), EpisodeEnd.EXTENDED)


def test_overdue_stays_until_cleared_through_every_hand_over(world: World) -> None:
    with transaction():
        issue = assign_one(world)
    run(date(2019, 9, 1))
    with transaction():
        issues.decline(issue, world.official, today=date(2019, 9, 2), reason="不归我管")
        assign_one(world, issue, deadline=None, today=date(2019, 9, 3))
    (episode,) = episodes()
    assert episode.ended_on is None
    assert issue.overdue_from == date(2019, 9, 1)


def test_a_long_term_issue_is_brought_up_once_on_its_review_date(any_world: World) -> None:
    """Each date once: a slot is one day, and days on which nothing ran are made up for one by one."""
    with transaction():
        lasting = list_one(any_world, kind=Kind.LONG_TERM)
        assign_one(any_world, lasting, deadline=None, review_on=date(2019, 9, 1))
        assign_one(any_world)
    found = []
    for day in (date(2019, 8, 31), date(2019, 9, 1), date(2019, 9, 2)):
        with transaction():
            found.append(bring_up(day)["brought_up"])
    assert found == [0, 1, 0]
    event = db.session.scalars(select(Event).where(Event.verb == "review_due")).one()
    assert (event.subject_id, event.data) == (lasting.id, {"review_on": "2019-09-01"})

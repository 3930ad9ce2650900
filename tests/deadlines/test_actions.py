"""Extensions: asked by a handler by the deadline, decided by somebody else; the original deadline is kept for ever."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.base.test_db import THREADS, in_threads
from tests.dossier.situations import (
    DUE,
    cleared,
    declined,
    dismissed,
    extension_waits,
    extension_waits_in_review,
    handed_over,
    listed,
    rectifying,
    undated,
)
from tests.world import TODAY, World, assign_one, list_one, make_person
from tracker.accounts.models import User
from tracker.base.access import Refused, Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.deadlines import actions
from tracker.deadlines.jobs import flag_overdue
from tracker.deadlines.models import Extension
from tracker.deadlines.queries import extensions_of, extensions_to_decide, extensions_to_decide_count, waiting_extension
from tracker.deadlines.rules import ExtensionState
from tracker.issues import actions as issues
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.rules import EpisodeEnd
from tracker.issues.workflow import Kind, State

DAY = timedelta(days=1)
WANTED = DUE + 30 * DAY


@pytest.fixture
def issue(world: World) -> Issue:
    """Being rectified, due on DUE."""
    with transaction():
        return rectifying(world, Kind.TIME_LIMITED)


@pytest.fixture
def waiting(world: World) -> Issue:
    """An extension to twenty days after DUE waits for a supervisor."""
    with transaction():
        return extension_waits(world, Kind.TIME_LIMITED)


def ask(issue: Issue, actor: Any, **overrides: Any) -> Extension:
    values: dict[str, Any] = {"today": TODAY, "wanted": WANTED, "reason": "雨季不能施工"}
    with transaction():
        return actions.request_extension(issue, actor, **(values | overrides))


def grant(issue: Issue, actor: Any, today: date = TODAY) -> None:
    with transaction():
        actions.grant_extension(issue, actor, today=today, opinion="同意")


def refuse(issue: Issue, actor: Any, reason: str = "理由不足") -> None:
    with transaction():
        actions.refuse_extension(issue, actor, today=TODAY, reason=reason)


def rows() -> tuple[int, int]:
    extensions, events = (
        db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Extension, Event)
    )
    return extensions, events


def episodes() -> list[tuple[date, date, date | None, EpisodeEnd | None]]:
    found = db.session.scalars(select(OverdueEpisode).order_by(OverdueEpisode.id))
    return [(each.deadline, each.starts_on, each.ended_on, each.end) for each in found]


# --- asked --------------------------------------------------------------------------------------------------------


def test_it_is_asked_on_the_last_day_and_no_later(world: World, issue: Issue) -> None:
    before = rows()
    with pytest.raises(Refused, match="已经逾期"):
        ask(issue, world.official, today=DUE + DAY)
    assert rows() == before
    assert ask(issue, world.official, today=DUE).state is ExtensionState.WAITING
    assert issue.deadline == DUE  # until somebody grants it


@pytest.mark.parametrize("wanted", [DUE - DAY, DUE])
def test_only_a_later_date_is_an_extension(world: World, issue: Issue, wanted: date) -> None:
    before = rows()
    with pytest.raises(Refused, match="晚于现在的时限"):
        ask(issue, world.official, wanted=wanted)
    assert rows() == before


def test_it_needs_a_reason(world: World, issue: Issue) -> None:
    with pytest.raises(Refused, match="理由"):
        ask(issue, world.official, reason="  ")


def test_one_waits_at_a_time_and_after_the_decision_another_may_be_asked(world: World, waiting: Issue) -> None:
    before = rows()
    with pytest.raises(Refused, match="等待审批"):
        ask(waiting, world.official2)
    assert rows() == before
    refuse(waiting, world.supervisor)
    ask(waiting, world.official2)
    assert [each.state for each in reversed(extensions_of(waiting.id))] == [
        ExtensionState.REFUSED,
        ExtensionState.WAITING,
    ]


def test_what_has_no_deadline_needs_no_extension(world: World) -> None:
    with transaction():
        made = undated(world, Kind.LONG_TERM)
    assert made.deadline is None
    with pytest.raises(Refused, match="没有整改时限"):
        ask(made, world.official)


def test_handlers_ask_and_nobody_else(world: World, issue: Issue) -> None:
    for key in sorted(set(world.people) - {"official", "official2"}):
        with pytest.raises(Refused):
            ask(issue, world.people[key])
    ask(issue, world.official2)


@pytest.mark.parametrize("make", [listed, declined, extension_waits_in_review, cleared, dismissed])
def test_it_is_asked_while_the_units_are_at_work(world: World, make: Any) -> None:
    with transaction():
        made = make(world, Kind.TIME_LIMITED)
    before = rows()
    with pytest.raises(Refused):
        ask(made, world.official)
    assert rows() == before


# --- decided ------------------------------------------------------------------------------------------------------


def test_supervisors_who_cover_it_decide_and_nobody_else(world: World, waiting: Issue) -> None:
    deciding = {"supervisor", "supervisor2", "root_supervisor", "root_supervisor2", "water_supervisor"}
    for key in sorted(set(world.people) - deciding):
        assert extensions_to_decide_count(world.people[key], TODAY) == 0
        with pytest.raises(Refused):
            grant(waiting, world.people[key])
        with pytest.raises(Refused):
            refuse(waiting, world.people[key])
    assert (waiting.deadline, waiting_extension(waiting.id) is None) == (DUE, False)
    for key in sorted(deciding):
        assert [row.number for row in extensions_to_decide(world.people[key], TODAY)] == [waiting.number]
    grant(waiting, world.water_supervisor)
    assert extensions_to_decide_count(world.supervisor, TODAY) == 0


def test_nobody_decides_their_own_request(world: World, issue: Issue) -> None:
    posts = ((Role.OFFICIAL, "xinshao", None), (Role.SUPERVISOR, "xinshao", None))
    with transaction():
        both = make_person(world, "both", "两岗干部", "water", posts)
    ask(issue, both)
    assert extensions_to_decide_count(both, TODAY) == 0
    for decide in (grant, refuse):
        with pytest.raises(Refused, match="自己审批"):
            decide(issue, both)
    grant(issue, world.supervisor)
    assert issue.deadline == WANTED


def test_granted_again_and_again_the_original_is_kept(world: World, issue: Issue) -> None:
    for number, days in enumerate((30, 60, 90), start=1):
        ask(issue, world.official, wanted=DUE + days * DAY)
        grant(issue, world.supervisor)
        assert (issue.deadline, issue.original_deadline, issue.extensions) == (DUE + days * DAY, DUE, number)
    assert issue.overdue_from == DUE + 91 * DAY


def test_refused_with_a_reason_the_deadline_stays(world: World, waiting: Issue) -> None:
    with pytest.raises(Refused, match="理由"):
        refuse(waiting, world.supervisor, reason=" ")
    refuse(waiting, world.supervisor)
    (extension,) = extensions_of(waiting.id)
    assert (extension.state, extension.opinion, extension.decided_by_id) == (
        ExtensionState.REFUSED,
        "理由不足",
        world.supervisor.id,
    )
    assert (waiting.deadline, waiting.extensions) == (DUE, 0)


def test_without_a_request_there_is_nothing_to_decide(world: World, issue: Issue) -> None:
    for decide in (grant, refuse):
        with pytest.raises(Refused, match="没有待审批"):
            decide(issue, world.supervisor)


def test_what_was_asked_is_decided_after_a_hand_over_and_under_review(world: World) -> None:
    with transaction():
        review = extension_waits_in_review(world, Kind.TIME_LIMITED)
        given = handed_over(world, Kind.TIME_LIMITED)
    grant(review, world.supervisor)
    assert (review.state, review.deadline) == (State.REVIEWING, DUE + 20 * DAY)
    assert waiting_extension(given.id) is None


def test_a_date_no_longer_later_is_not_granted(world: World, issue: Issue) -> None:
    """Two requests cannot wait at once, but a deadline filled in meanwhile could be."""
    ask(issue, world.official, wanted=DUE + DAY)
    with transaction():
        issue.deadline = DUE + DAY
    with pytest.raises(Refused, match="晚于现在的时限"):
        grant(issue, world.supervisor)


def test_of_several_decisions_at_once_one_holds(any_app: Flask, any_world: World) -> None:
    with transaction():
        made = extension_waits(any_world, Kind.TIME_LIMITED)
    issue_id, seen = made.id, made.version
    deciders = [any_world.supervisor.id, any_world.supervisor2.id]
    db.session.rollback()

    def decide(place: int) -> None:
        issue = db.session.get_one(Issue, issue_id)
        actor = db.session.get_one(User, deciders[place % 2])
        with transaction():
            issues.unchanged(issue, seen)
            if place % 2:
                actions.grant_extension(issue, actor, today=TODAY)
            else:
                actions.refuse_extension(issue, actor, today=TODAY, reason="理由不足")

    raised = in_threads(any_app, decide)
    # On PostgreSQL one who read the issue just before the decision finds nothing waiting any more.
    assert len(raised) == THREADS - 1
    assert all(isinstance(error, Refused) for error in raised), raised
    db.session.rollback()
    (extension,) = extensions_of(issue_id)
    granted = extension.state is ExtensionState.GRANTED
    assert db.session.get_one(Issue, issue_id).deadline == (DUE + 20 * DAY if granted else DUE)


# --- the record of being late -------------------------------------------------------------------------------------


def test_granted_after_the_new_date_has_passed_too_it_is_late_from_the_new_one(world: World, waiting: Issue) -> None:
    with transaction():
        flag_overdue(DUE + DAY)
    late, new = DUE + 25 * DAY, DUE + 20 * DAY
    grant(waiting, world.supervisor, today=late)
    assert episodes() == [(DUE, DUE + DAY, late, EpisodeEnd.EXTENDED), (new, new + DAY, None, None)]


def test_refused_when_late_the_stretch_runs_on(world: World, waiting: Issue) -> None:
    with transaction():
        flag_overdue(DUE + DAY)
    refuse(waiting, world.supervisor)
    assert episodes() == [(DUE, DUE + DAY, None, None)]


def test_a_deadline_corrected_to_an_earlier_day_when_late_is_no_extension(world: World, issue: Issue) -> None:
    """It was written wrongly: the same stretch is dated from the right day, and none ended."""
    right = DUE - 10 * DAY
    with transaction():
        flag_overdue(DUE + DAY)
    with transaction():
        issues.correct(
            issue, world.supervisor, today=DUE + 2 * DAY, reason="文件为 8 月 21 日", changes={"deadline": right}
        )
    assert episodes() == [(right, right + DAY, None, None)]
    assert issue.overdue_from == right + DAY
    with transaction():
        assert sum(flag_overdue(DUE + 3 * DAY).values()) == 0


def test_a_deadline_that_is_extended_before_it_passes_leaves_no_trace_of_lateness(world: World, issue: Issue) -> None:
    ask(issue, world.official)
    grant(issue, world.supervisor)
    with transaction():
        assert sum(flag_overdue(DUE + DAY).values()) == 0
        assert sum(flag_overdue(WANTED).values()) == 0
    assert episodes() == []


def test_assigning_again_is_no_way_around_an_extension(world: World) -> None:
    with transaction():
        made = declined(world, Kind.TIME_LIMITED)
    with pytest.raises(Refused, match="延期"), transaction():
        assign_one(world, made, deadline=WANTED)
    with transaction():
        assign_one(world, made, deadline=None)
    assert made.deadline == DUE


def test_a_deadline_that_has_passed_is_not_assigned(world: World) -> None:
    with pytest.raises(Refused, match="已经过去"), transaction():
        assign_one(world, list_one(world), deadline=TODAY - DAY)
    with transaction():
        assert assign_one(world, list_one(world), deadline=TODAY).deadline == TODAY

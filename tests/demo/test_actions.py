"""Rules of the demonstration: everything a visitor should meet is there, and the workflow's rules held while it was told."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.world import make_app
from tracker.accounts.actions import password_holds
from tracker.accounts.models import User
from tracker.accounts.queries import deputy, stood_in_for, user_with_account
from tracker.base import files
from tracker.base.access import Refused, Role
from tracker.base.db import db
from tracker.base.files import StoredFile
from tracker.base.journal import Event
from tracker.board.queries import board, counts_differ
from tracker.board.rules import Group, Standing
from tracker.clearance.models import Application, ApplicationLevel
from tracker.clearance.queries import review_queue_count
from tracker.deadlines.models import Extension
from tracker.deadlines.queries import LAMP_COLUMNS, extensions_to_decide_count, lamps_of, objections_to_decide_count
from tracker.deadlines.rules import ExtensionState, Lamp, Why, level
from tracker.demo import actions
from tracker.desks.queries import reviews
from tracker.inspections.models import Inspection
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.queries import handled_by, visible_to
from tracker.issues.rules import EpisodeEnd
from tracker.issues.workflow import Kind, State, Verb
from tracker.ledgers.models import LedgerImport
from tracker.ledgers.queries import templates_of
from tracker.lookbacks.models import LookBack
from tracker.lookbacks.queries import due_count
from tracker.lookbacks.rules import Asked, Result
from tracker.meetings.models import Meeting
from tracker.meetings.queries import followed
from tracker.meetings.rules import MeetingKind
from tracker.org.models import Region
from tracker.org.queries import counties
from tracker.papers.models import Paper
from tracker.papers.rules import PaperKind
from tracker.plans.models import Plan
from tracker.plans.rules import PlanState
from tracker.settings.queries import demonstration
from tracker.tasks.queries import counts as asked_of
from tracker.workdays.queries import calendar

TODAY = date(2019, 8, 28)
OTHER_DAY = date(2025, 10, 9)  # the first day after the longest holidays

pytestmark = pytest.mark.xdist_group("demo")  # one load serves them all


@pytest.fixture(scope="module")
def loaded(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(migrated, folder / "tracker.db")
    app = make_app(folder)
    with app.app_context():
        moves: list[tuple[int, int]] = []
        actions.load(today=TODAY, progress=lambda done, total: moves.append((done, total)))
        app.extensions["demo_moves"] = moves
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def people(loaded: Flask) -> dict[str, User]:
    """Who can sign in, by what the start says of their role."""
    summary = actions.summary()
    assert summary is not None
    found: dict[str, User] = {}
    for person in summary.people:
        user = user_with_account(person.account)
        assert user is not None
        found[person.role if person.role not in found else f"{person.role} 2"] = user
    return found


def numbers(query: Any) -> Counter[Any]:
    return Counter({row[0]: row[1] for row in db.session.execute(query)})


def test_the_list_is_long_and_every_state_stands_in_it(loaded: Flask) -> None:
    states = numbers(select(Issue.state, func.count()).group_by(Issue.state))
    assert states.total() >= 400
    assert set(states) == set(State)
    assert min(states.values()) >= 8
    assert set(db.session.scalars(select(Issue.kind).distinct())) == set(Kind)
    assert db.session.scalar(select(func.count()).where(~Issue.chain_complete, Issue.taken_over)) >= 8
    # handed over by the campaign's eight kinds of source, found by the office itself, and what came in last
    assert len(set(db.session.scalars(select(Inspection.source)))) == 10


def test_every_lamp_and_every_level_is_lit(loaded: Flask) -> None:
    rows = db.session.execute(select(*LAMP_COLUMNS)).all()
    signals = lamps_of(rows, TODAY, calendar())
    assert {signal.lamp for signal in signals.values()} == set(Lamp)
    assert {signal.why for signal in signals.values()} == set(Why)
    late = [(TODAY - row.deadline).days for row in rows if row.overdue_from and row.overdue_from <= TODAY]
    assert {level(days) for days in late} == {1, 2, 3, 4, 5}


def test_every_standing_of_a_cell_is_on_the_board(people: dict[str, User]) -> None:
    shown = board(people["督查（市）"], TODAY)
    assert set(shown.standings) == set(Standing)
    assert len(shown.columns) == 13
    assert len(shown.lines) == 9
    assert board(people["督查（市）"], TODAY, group=Group.LONG_TERM).whole.total >= 10


def test_the_summary_equals_a_recount_and_every_late_issue_has_an_episode(loaded: Flask) -> None:
    assert counts_differ() == []
    late = set(db.session.scalars(select(Issue.id).where(Issue.overdue_from <= TODAY)))
    running = set(db.session.scalars(select(OverdueEpisode.issue_id).where(OverdueEpisode.ended_on.is_(None))))
    assert late == running
    ends = set(db.session.scalars(select(OverdueEpisode.end).where(OverdueEpisode.end.is_not(None))))
    assert ends == {EpisodeEnd.CLEARED, EpisodeEnd.EXTENDED}


def test_every_verb_in_use_has_left_its_event(loaded: Flask) -> None:
    verbs = set(db.session.scalars(select(Event.verb).where(Event.subject == "issue").distinct()))
    assert verbs >= {verb.value for verb in Verb} - {
        "break_down",
        "correct",
        "uphold_objection",
        "refuse_objection",
    }
    assert set(db.session.scalars(select(Extension.state).distinct())) == set(ExtensionState)
    assert set(db.session.scalars(select(Plan.state).distinct())) >= {
        PlanState.SUBMITTED, PlanState.APPROVED, PlanState.RETURNED}  # fmt: skip
    assert set(db.session.scalars(select(Application.level).where(Application.state == "open"))) == {1, 2}


def test_look_backs_were_held_one_failed_and_some_are_due(people: dict[str, User]) -> None:
    results = numbers(select(LookBack.result, func.count()).group_by(LookBack.result))
    assert results == {Result.HELD: 3, Result.FAILED: 1}
    assert {issue.state for issue in db.session.scalars(select(Issue).where(Issue.relapses > 0))} == {State.RECTIFYING}
    assert 1 <= due_count(Asked(), people["督查（市）"], TODAY) <= 20


def test_dates_stand_in_a_possible_order(loaded: Flask) -> None:
    for issue in db.session.scalars(select(Issue)):
        line = (issue.listed_on, issue.assigned_on, issue.accepted_on, issue.cleared_on or issue.dismissed_on, TODAY)
        days = [day for day in line if day is not None]
        assert days == sorted(days), issue.number
        assert issue.deadline is None or issue.original_deadline is not None
    told = Event.subject.in_(["issue", "finding", "person", "ledger_import"])  # the rest is set-up, done by the console
    latest = db.session.scalars(select(Event.at).where(told).order_by(Event.at.desc()).limit(1)).one()
    assert latest.date() <= TODAY
    instants = list(db.session.scalars(select(Event.at).where(Event.subject == "issue").order_by(Event.id)))
    assert instants == sorted(instants)


def test_a_later_day_of_one_issue_never_carries_an_earlier_event(loaded: Flask) -> None:
    last: dict[int, Any] = {}
    for subject, at in db.session.execute(
        select(Event.subject_id, Event.at).where(Event.subject == "issue").order_by(Event.id)
    ):
        assert last.get(subject, at) <= at
        last[subject] = at


def test_duties_stayed_separate_in_every_review(loaded: Flask) -> None:
    rows = db.session.execute(
        select(ApplicationLevel, Application, Issue, User)
        .join(Application, Application.id == ApplicationLevel.application_id)
        .join(Issue, Issue.id == Application.issue_id)
        .join(User, User.id == ApplicationLevel.reviewer_id)
    ).all()
    assert len(rows) > 100
    reviewers: dict[int, list[int]] = {}
    for _level, application, issue, reviewer in rows:
        assert reviewer.id not in {application.applicant_id, issue.lead_official_id, issue.responsible_person_id}
        assert reviewer.unit_id not in {issue.lead_unit_id, *(row.unit_id for row in issue.units)}
        reviewers.setdefault(application.id, []).append(reviewer.id)
    assert all(len(set(found)) == len(found) for found in reviewers.values())


def test_strangers_see_nothing_of_the_storys_county(people: dict[str, User]) -> None:
    stage = next(county for county in counties() if county.name == "新邵县")
    there = select(func.count()).where(Issue.county_id == stage.id)
    assert db.session.scalar(there) >= 40
    for role in ("督查（武冈市）", "承办（武冈市水利局）"):
        assert db.session.scalar(there.where(visible_to(people[role]))) == 0
        assert db.session.scalar(select(func.count()).where(visible_to(people[role]))) > 0
    for role in ("系统管理员", "安全管理员", "审计管理员"):
        assert db.session.scalar(select(func.count()).where(visible_to(people[role]))) == 0


def test_everyone_shown_has_what_the_start_promises(people: dict[str, User]) -> None:
    assert len(people) >= 17
    for role in ("督查（市）", "督查（新邵县）", "督查（新邵县） 2", "督查（市，只管安全饮水）"):
        assert extensions_to_decide_count(people[role], TODAY) > 0, role
    for role in ("督查（新邵县）", "领导（市）"):
        assert review_queue_count(people[role], TODAY) > 0, role
    waiting = select(func.count()).select_from(Plan).join(Issue, Issue.id == Plan.issue_id)
    waiting = waiting.where(Plan.state == PlanState.SUBMITTED, Issue.state == State.PLANNING)
    leaders = [person.id for role, person in people.items() if role.startswith("领导（新邵县）")]
    assert db.session.scalar(waiting.where(Issue.lead_official_id.in_(leaders))) > 0
    for role in ("承办（县水利局）", "承办（县财政局）", "承办（龙溪铺镇）"):
        assert db.session.scalar(select(func.count()).where(handled_by(people[role]))) > 2, role
    assert db.session.scalar(select(func.count()).where(visible_to(people["承办（县档案馆）"]))) == 0
    only_water = set(
        db.session.scalars(select(Issue.category_id).where(visible_to(people["督查（市，只管安全饮水）"])))
    )
    assert len(only_water) == 1


def test_a_leader_on_leave_has_a_stand_in_who_acts_for_them(people: dict[str, User]) -> None:
    absent, person = people["领导（新邵县）"], people["领导（新邵县） 2"]
    (standing,) = stood_in_for(person.id, TODAY)
    assert standing.absent_id == absent.id
    acting = deputy(standing.id, person, TODAY)
    assert acting is not None
    assert reviews(acting, TODAY).plans.total > 0, "what waits for the absent leader waits for them"
    done = db.session.scalars(select(Event.verb).where(Event.for_id == absent.id, Event.actor_id == person.id)).all()
    assert Verb.APPROVE_PLAN in done


def test_all_accounts_share_the_printed_password_and_nobody_else_can_sign_in(loaded: Flask) -> None:
    summary = actions.summary()
    assert summary is not None
    assert password_holds(user_with_account(summary.people[0].account), summary.password)
    assert db.session.scalar(select(func.count(func.distinct(User.password_hash)))) == 1
    assert not db.session.scalar(select(func.count()).where(User.one_time))
    assert db.session.scalar(select(func.count()).where(User.account.is_(None))) > 20
    assert {post.role for person in summary.people for post in user_with_account(person.account).posts} == {
        Role.SUPERVISOR, Role.LEADER, Role.OFFICIAL, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}  # fmt: skip


def test_evidence_is_real_and_can_be_shown(loaded: Flask) -> None:
    stored = list(db.session.scalars(select(StoredFile)))
    assert 10 <= len(stored) <= 600  # every photo is its own: the same one twice would be told as odd
    for one in stored:
        assert files.path_of(one.sha256).stat().st_size == one.size
    assert {one.media_type for one in stored} >= {"image/jpeg", "application/pdf"}
    picture = next(one for one in stored if one.media_type == "application/pdf")
    shown = files.preview(picture)
    assert shown is not None
    assert shown.stat().st_size > 1000


def test_the_ledger_it_began_with_came_through_the_import(loaded: Flask) -> None:
    taken = db.session.scalars(select(LedgerImport)).one()
    assert taken.counts["new"] == db.session.scalar(select(func.count()).where(Issue.taken_over))
    assert (
        db.session.scalar(select(func.count()).where(Issue.taken_over, Issue.state == State.CLEARED, Issue.proven)) == 0
    )


def test_the_database_is_marked_and_refuses_a_second_load(loaded: Flask) -> None:
    assert demonstration() is not None
    with pytest.raises(Refused, match="空库"):
        actions.load(today=TODAY)


def test_progress_goes_up_to_the_end(loaded: Flask) -> None:
    moves = loaded.extensions["demo_moves"]
    assert [done for done, _ in moves] == sorted(done for done, _ in moves)
    assert moves[-1][0] == moves[-1][1]
    assert all(done <= total for done, total in moves)


def test_places_are_twelve_counties_with_their_townships(loaded: Flask) -> None:
    levels = numbers(select(Region.level, func.count()).group_by(Region.level))
    assert levels["county"] == 12
    assert levels["township"] > 190
    assert levels["village"] > 2000


def test_another_day_tells_the_same_story(app: Flask) -> None:
    actions.load(today=OTHER_DAY, every=6)
    states = numbers(select(Issue.state, func.count()).group_by(Issue.state))
    assert states.total() > 70
    assert {State.RECTIFYING, State.CLEARED, State.PLANNING} <= set(states)
    assert counts_differ() == []
    assert db.session.scalar(select(func.count()).where(Issue.overdue_from <= OTHER_DAY)) > 5


def test_postgresql_holds_it_too(pg_app: Flask) -> None:
    actions.load(today=TODAY, every=12)
    assert db.session.scalar(select(func.count()).select_from(Issue)) > 35
    assert counts_differ() == []


def test_papers_were_issued_and_one_is_signed_for(loaded: Flask) -> None:
    papers = db.session.scalars(select(Paper).order_by(Paper.id)).all()
    assert [(paper.number, paper.kind) for paper in papers] == [
        (1, PaperKind.TALK),
        (1, PaperKind.SUPERVISION),
        (2, PaperKind.SUPERVISION),
    ]
    signed = [any(row.received_at for row in paper.addressees) for paper in papers]
    assert signed == [False, True, False]


def test_a_visitor_sees_a_month_of_the_cycle(people: dict[str, User]) -> None:
    root, city, county = people["督查（市）"], people["领导（市）"], people["督查（新邵县）"]
    held = Counter(db.session.scalars(select(Meeting.kind)))
    assert held == {MeetingKind.SURVEY: 2, MeetingKind.DISPATCH: 2, MeetingKind.REVIEW: 1, MeetingKind.TALK: 1}
    coming = db.session.scalars(select(Meeting).where(Meeting.held_on > TODAY)).one()
    told = followed(coming, root, TODAY)
    assert Counter(row.state for row in told.decisions) == {"accepted": 1, "answered": 1, "open": 1}
    assert {row.state for row in told.instructions} == {"accepted", "answered", "open"}
    (check,) = told.self_checks
    assert (check.asked, check.answered, check.late, check.found, check.listed) == (12, 11, 1, 3, 1)
    assert asked_of(root, TODAY).decide == 2  # a decision and a self-check
    assert asked_of(city, TODAY).decide == 1  # the answer to an instruction
    assert asked_of(root, TODAY).late == 2  # a decision and a self-check again
    assert objections_to_decide_count(county, TODAY) == 1
    assert [template.title for template in templates_of(county.unit_id)] == ["脱贫攻坚问题整改情况月报表"]

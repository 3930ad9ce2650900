"""Evidence that must not be there goes by two people: its bytes go, hash and reason stay, a clearance resting on it is
flagged. On both engines."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tests.accounts.test_stand_ins import acting, stand_in
from tests.dossier.situations import SITUATIONS
from tests.world import TODAY, World, upload
from tracker.audit.queries import differences
from tracker.base import files
from tracker.base.access import Conflict, Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.files import StoredFile
from tracker.base.journal import Event, damages, seal
from tracker.board.queries import board, counts_differ
from tracker.board.rules import Standing
from tracker.clearance import actions as clearance
from tracker.clearance.rules import EVIDENCED, Answer, Standard
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind, State
from tracker.lookbacks.actions import hold_lookback
from tracker.lookbacks.rules import Result, Visit
from tracker.progress import actions as progress
from tracker.progress.models import Evidence
from tracker.progress.queries import concerns_of, evidence_numbered, evidence_of
from tracker.withdrawals.actions import ask_withdrawal, keep, withdraw
from tracker.withdrawals.jobs import remove_bytes
from tracker.withdrawals.queries import lost_props, to_decide, to_decide_count

LATER = TODAY + timedelta(days=20)
REASON = "含贫困户身份证号"


@pytest.fixture
def world(any_world: World) -> World:
    return any_world


def picture(colour: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(target, "PNG")
    return target.getvalue()


def issue_with(world: World, situation: str = "ready", colour: str = "red") -> tuple[Issue, Evidence]:
    """An issue and one file of its own, brought with a report before it came where it is."""
    with transaction():
        issue = SITUATIONS["ready"](world, Kind.IMMEDIATE)
        entry = progress.report(
            issue, world.official, today=TODAY, text="又拍一张", files=[upload("张三身份证.png", picture(colour))]
        )
        if situation != "ready":
            apply(issue, world, [row.id for row in entry.evidence])
        if situation == "cleared":
            clearance.pass_level(issue, world.supervisor, today=TODAY, opinion="属实")
            clearance.pass_level(issue, world.city_leader, today=TODAY, opinion="同意")
    return issue, entry.evidence[0]


def apply(issue: Issue, world: World, evidence: list[int]) -> None:
    answers = {each: Answer("已做到", evidence if each in EVIDENCED else []) for each in Standard}
    clearance.request_clearance(issue, world.official, today=TODAY, answers=answers)


def ask(issue: Issue, evidence: Evidence, actor: Any, reason: str = REASON) -> None:
    with transaction():
        ask_withdrawal(issue, evidence, actor, reason=reason)


def go(issue: Issue, evidence: Evidence, actor: Any, today: date = LATER) -> Event:
    with transaction():
        event = withdraw(issue, evidence, actor, today=today)
    files.remove_erased()
    return event


def standing(world: World, issue: Issue, day: date) -> Standing | None:
    cells = [cell for line in board(world.root_supervisor, day).lines for cell in line.cells]
    return next(c.standing for c in cells if (c.county_id, c.category_id) == (issue.county_id, issue.category_id))


# --- two people -----------------------------------------------------------------------------------------------


def test_bytes_name_and_what_the_photo_told_go_while_hash_and_reason_stay(world: World) -> None:
    issue, evidence = issue_with(world)
    digest, path = evidence.sha256, files.path_of(evidence.sha256)
    shown = files.preview(evidence.file)
    assert path.exists()
    assert shown is not None
    ask(issue, evidence, world.official)
    assert path.exists()
    event = go(issue, evidence, world.supervisor)
    assert not path.exists()
    assert not shown.exists()
    assert (evidence.sha256, evidence.withdrawal_reason, evidence.name) == (digest, REASON, "***.png")
    assert evidence.file.erased_at is not None
    assert evidence.file.look is None
    assert event.data == {"evidence": [evidence.id], "sha256": [digest], "erased": True}
    assert evidence not in evidence_of(issue.id)
    with pytest.raises(Missing):
        evidence_numbered(issue.number, evidence.id, world.supervisor)
    seal()
    assert list(damages()) == []
    assert list(differences()) == []


def test_nobody_withdraws_what_they_asked_for_themselves(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.supervisor)
    with pytest.raises(Refused, match="两个人"), transaction():
        withdraw(issue, evidence, world.supervisor, today=LATER)
    go(issue, evidence, world.supervisor2)
    assert evidence.is_withdrawn


def test_a_stand_in_is_no_second_person(world: World) -> None:
    issue, evidence = issue_with(world)
    standing_in = stand_in(world.supervisor, world.supervisor2)
    ask(issue, evidence, world.supervisor)
    for second in (world.supervisor2, acting(standing_in)):
        with pytest.raises(Refused, match="两个人"), transaction():
            withdraw(issue, evidence, second, today=TODAY)


def test_the_database_holds_that_there_are_two(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.supervisor)
    alone = {"withdrawn_at": evidence.asked_at, "withdrawn_by_id": world.supervisor.id}
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Evidence).where(Evidence.id == evidence.id).values(**alone))
    _other, unasked = issue_with(world, colour="blue")
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Evidence).where(Evidence.id == unasked.id).values(**alone))


def test_only_handlers_and_supervisors_ask(world: World) -> None:
    issue, evidence = issue_with(world)
    for who in ("leader", "auditor", "nobody", "stranger", "town_official"):
        with pytest.raises(Refused), transaction():
            ask_withdrawal(issue, evidence, world.people[who], reason=REASON)


def test_only_a_supervisor_who_covers_the_issue_decides(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.official)
    for who in ("official", "official2", "leader", "city_leader", "stranger", "auditor"):
        for act in (withdraw, keep):
            with pytest.raises(Refused), transaction():
                act(issue, evidence, world.people[who], today=LATER, opinion="可以")
    assert not evidence.is_withdrawn


def test_a_reason_is_given_both_for_asking_and_for_keeping(world: World) -> None:
    issue, evidence = issue_with(world)
    with pytest.raises(Refused, match="为什么"), transaction():
        ask_withdrawal(issue, evidence, world.official, reason="  ")
    ask(issue, evidence, world.official)
    with pytest.raises(Refused, match="理由"), transaction():
        keep(issue, evidence, world.supervisor, today=LATER, opinion=" ")
    with transaction():
        keep(issue, evidence, world.supervisor, today=LATER, opinion="没有个人信息")
    assert evidence.asked_at is None
    assert files.path_of(evidence.sha256).exists()
    ask(issue, evidence, world.official, "看第二页")


def test_the_second_answer_is_told(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.official)
    with pytest.raises(Conflict), transaction():
        ask_withdrawal(issue, evidence, world.official2, reason=REASON)
    go(issue, evidence, world.supervisor)
    for late in (withdraw, keep):
        with pytest.raises(Conflict), transaction():
            late(issue, evidence, world.root_supervisor, today=LATER, opinion="晚了")


def test_it_waits_exactly_for_those_who_may_decide(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.supervisor)
    for who, person in world.people.items():
        try:
            with transaction():
                withdraw(issue, evidence, person, today=LATER)
                raise _Undone
        except Refused:
            may = False
        except _Undone:
            may = True
        rows = to_decide(person, LATER)
        assert ([row.evidence_id for row in rows] == [evidence.id]) is may, who
        assert to_decide_count(person, LATER) == len(rows)


class _Undone(Exception):
    """Tried only."""


# --- what rests on it -----------------------------------------------------------------------------------------


def test_while_an_application_is_under_review_its_evidence_is_locked(world: World) -> None:
    issue, evidence = issue_with(world, "reviewing")
    ask(issue, evidence, world.official)
    with pytest.raises(Refused, match="锁定"), transaction():
        withdraw(issue, evidence, world.supervisor2, today=LATER)
    assert not evidence.is_withdrawn


def test_a_clearance_that_rested_on_it_is_looked_at_again_before_its_zero_counts_as_proven(world: World) -> None:
    issue, evidence = issue_with(world, "cleared")
    assert standing(world, issue, LATER) is Standing.PROVEN
    ask(issue, evidence, world.official)
    event = go(issue, evidence, world.supervisor2)
    assert (issue.state, issue.look_back_on, event.data["next"]) == (State.CLEARED, LATER, LATER.isoformat())
    assert [row.id for row in lost_props(issue)] == [evidence.id]
    assert standing(world, issue, LATER) is Standing.DECLARED
    visit = Visit(LATER, "沙坪村", "孙督查", "水龙头有水", Result.HELD, [upload("新.png", picture("green"))])
    with transaction():
        row = hold_lookback(issue, world.root_supervisor2, today=LATER, visit=visit)
    assert standing(world, issue, LATER) is Standing.PROVEN
    assert counts_differ() == []
    # what a look-back brought holds the clearance up as well
    ask(issue, row.evidence[0], world.supervisor2)
    go(issue, row.evidence[0], world.root_supervisor)
    assert len(lost_props(issue)) == 2
    assert standing(world, issue, LATER) is Standing.DECLARED


def test_a_file_the_clearance_does_not_rest_on_weakens_nothing(world: World) -> None:
    issue, _evidence = issue_with(world, "cleared")
    other = next(row for row in evidence_of(issue.id) if row.id != _evidence.id)
    ask(issue, other, world.official)
    event = go(issue, other, world.supervisor2)
    assert "next" not in event.data
    assert lost_props(issue) == []
    assert standing(world, issue, LATER) is Standing.PROVEN


def test_what_is_gone_proves_nothing_any_more(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.official)
    go(issue, evidence, world.supervisor)
    with pytest.raises(Refused), transaction():
        apply(issue, world, [evidence.id])
    assert concerns_of(issue, [evidence], world.supervisor) == {}


# --- the bytes ------------------------------------------------------------------------------------------------


def test_bytes_that_something_else_uses_stay_until_that_goes_too(world: World) -> None:
    issue, evidence = issue_with(world)
    other, same = issue_with(world)
    assert evidence.sha256 == same.sha256
    ask(issue, evidence, world.official)
    assert go(issue, evidence, world.supervisor).data["erased"] is False
    assert files.path_of(same.sha256).exists()
    ask(other, same, world.official)
    assert go(other, same, world.supervisor).data["erased"] is True
    assert not files.path_of(same.sha256).exists()


def test_what_had_to_go_does_not_come_back(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.official)
    go(issue, evidence, world.supervisor)
    with pytest.raises(Refused, match="不能再次上传"), transaction():
        progress.report(issue, world.official, today=TODAY, text="再传", files=[upload("a.png", picture("red"))])
    assert not files.path_of(evidence.sha256).exists()


def test_what_a_killed_process_left_is_removed_by_the_job_and_a_rollback_loses_nothing(world: World) -> None:
    issue, evidence = issue_with(world)
    ask(issue, evidence, world.official)
    with pytest.raises(RuntimeError), transaction():
        withdraw(issue, evidence, world.supervisor, today=LATER)
        raise RuntimeError("killed before the commit")
    assert remove_bytes(LATER) == {"removed": 0}
    assert files.path_of(evidence.sha256).exists()
    with transaction():
        withdraw(issue, evidence, world.supervisor, today=LATER)  # … and killed after it
    assert remove_bytes(LATER) == {"removed": 1}
    assert remove_bytes(LATER) == {"removed": 0}


def test_a_file_attached_while_it_is_erased_is_kept_or_refused_never_lost(any_app: Flask, world: World) -> None:
    """Whichever comes first: an attached file has its bytes."""
    issue, evidence = issue_with(world)
    other, _unused = issue_with(world, colour="blue")
    ask(issue, evidence, world.official)
    digest, number, who = evidence.sha256, other.id, world.official.id
    db.session.rollback()
    barrier, told = threading.Barrier(2), []

    def attach() -> None:
        with any_app.app_context():
            row = db.session.get_one(Issue, number)
            hand = db.session.get_one(type(world.official), who)
            barrier.wait()
            try:
                with transaction():
                    progress.report(row, hand, today=TODAY, text="同图", files=[upload("b.png", picture("red"))])
            except Refused as refused:
                told.append(refused)
            db.session.remove()

    thread = threading.Thread(target=attach)
    thread.start()
    barrier.wait()
    with transaction():
        withdraw(issue, evidence, world.supervisor, today=LATER)
    thread.join()
    files.remove_erased()
    db.session.rollback()
    attached = db.session.scalar(select(Evidence.id).where(Evidence.sha256 == digest, Evidence.withdrawn_at.is_(None)))
    assert (attached is not None) is not bool(told)
    assert files.path_of(digest).exists() is (attached is not None)
    assert (db.session.get_one(StoredFile, digest).erased_at is None) is (attached is not None)

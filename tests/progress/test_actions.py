"""Reports: by whoever has part in the work, with figures that can be and files that are what they say, or not at all."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from tests.dossier.situations import assigned, cleared, dismissed, first_level, listed, picture, planned, rectifying
from tests.world import TODAY, World, assign_one, list_one, make_duty, upload
from tracker.base.access import Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.files import StoredFile
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.plans.queries import approved_plan, measures_state
from tracker.progress import actions
from tracker.progress.models import Evidence, ProgressEntry
from tracker.progress.queries import entries_of, evidence_numbered, evidence_of


@pytest.fixture
def issue(world: World) -> Issue:
    """Assigned, ten households to connect."""
    with transaction():
        return assign_one(world, quantity=("户", 10))


def report(issue: Issue, actor: Any, **overrides: Any) -> ProgressEntry:
    with transaction():
        return actions.report(issue, actor, **({"today": TODAY, "text": "管网接通"} | overrides))


def rows() -> tuple[int, ...]:
    tables = (ProgressEntry, Evidence, StoredFile, Event)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def stored() -> list[Path]:
    """Every file below the folder of evidence, half-written ones too."""
    folder = Path(current_app.config["TRACKER"].data_dir) / "files"
    return [path for path in folder.rglob("*") if path.is_file()]


# --- by whom, when ------------------------------------------------------------------------------------------------


def test_every_handler_reports_and_nobody_else(world: World) -> None:
    with transaction():
        duty = make_duty(world, unit_ids=(world.finance.id,), member_ids=(world.town_official.id,))
        made = assign_one(world, list_one(world), duty=duty)
    handlers = {"official", "official2", "town_official"}  # lead unit and named; responsible unit; task force
    for key in sorted(world.people):
        if key in handlers:
            report(made, world.people[key])
            continue
        before = rows()
        with pytest.raises(Refused):
            report(made, world.people[key], files=[upload("现场.png", picture().getvalue())])
        assert rows() == before
    assert {entry.by_id for entry in entries_of(made.id)} == {world.people[key].id for key in handlers}
    assert stored() == []  # whoever may not report leaves no byte either


@pytest.mark.parametrize("make", [listed, first_level, cleared, dismissed])
def test_what_is_not_being_worked_on_or_is_under_review_takes_no_report(world: World, make: Any) -> None:
    with transaction():
        made = make(world, Kind.TIME_LIMITED)
    before, files = rows(), len(stored())
    with pytest.raises(Refused):
        report(made, world.official, files=[upload("补充.png", picture().getvalue())])
    assert (rows(), len(stored())) == (before, files)


@pytest.mark.parametrize("make", [assigned, planned, rectifying])
def test_from_assigned_to_rectifying_reports_come_in_and_the_state_stays(world: World, make: Any) -> None:
    with transaction():
        made = make(world, Kind.TIME_LIMITED)
    state = made.state
    report(made, world.official)
    assert (made.state, made.progress_on) == (state, TODAY)


# --- what is said -------------------------------------------------------------------------------------------------


def test_a_report_says_something(world: World, issue: Issue) -> None:
    before = rows()
    with pytest.raises(Refused, match="做了什么"):
        report(issue, world.official, text=" \n")
    assert rows() == before


@pytest.mark.parametrize("figure", [-1, 11])
def test_a_figure_that_cannot_be_leaves_nothing(world: World, issue: Issue, figure: int) -> None:
    before = rows()
    with pytest.raises(Refused, match="0 到 10"):
        report(issue, world.official, quantity_done=figure)
    assert (rows(), issue.quantity_done) == (before, 0)


def test_the_issue_holds_the_latest_figure_and_a_report_without_one_leaves_it(world: World, issue: Issue) -> None:
    for figure, kept in ((7, 7), (None, 7), (10, 10), (0, 0)):
        report(issue, world.official, quantity_done=figure)
        assert issue.quantity_done == kept
    assert [entry.quantity_done for entry in reversed(entries_of(issue.id))] == [7, None, 10, 0]


def test_measures_done_are_ticked_with_the_report_and_named_in_its_event(world: World) -> None:
    with transaction():
        made = rectifying(world, Kind.TIME_LIMITED)
    plan = approved_plan(made.id)
    assert plan is not None
    done = [measure.id for measure in plan.measures]
    report(made, world.official, measures_done=done)
    assert measures_state(made.id) == (2, 2)
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.verb, event.data["measures"]) == ("report", sorted(done))
    before = rows()
    with pytest.raises(Refused, match="现行整改方案"):
        report(made, world.official, measures_done=[done[0], 99_999])
    assert rows() == before


# --- evidence -----------------------------------------------------------------------------------------------------

REFUSED_FILES = [
    ("安装.exe", b"MZ\x90\x00"),
    ("现场.jpg", b"MZ\x90\x00 not a picture"),
    ("现场.png", b"\x89PNG\r\n\x1a\n cut off"),
    ("方案.pdf", b"%PDF-1.4 nothing more"),
    ("台账.xlsx", b"PK\x03\x04 no table"),
    ("记录.txt", b"\x00\x01\x02"),
    ("空.txt", b""),
    ("无扩展名", b"text"),
]


@pytest.mark.parametrize(("name", "content"), REFUSED_FILES, ids=[name for name, _content in REFUSED_FILES])
def test_a_file_that_is_not_taken_leaves_nothing(world: World, issue: Issue, name: str, content: bytes) -> None:
    before = rows()
    with pytest.raises(Refused, match=name):
        report(issue, world.official, files=[upload(name, content)])
    assert (rows(), stored()) == (before, [])


def test_a_file_too_large_leaves_nothing(app: Flask, world: World, issue: Issue) -> None:
    large = b"x" * (app.config["TRACKER"].max_upload_mb * 1024 * 1024 + 1)
    before = rows()
    with pytest.raises(Refused, match="超过"):
        report(issue, world.official, files=[upload("台账.txt", large)])
    assert (rows(), stored()) == (before, [])


def test_one_bad_file_takes_the_whole_report_back(world: World, issue: Issue) -> None:
    before = rows()
    with pytest.raises(Refused, match="安装"):
        report(issue, world.official, files=[upload("现场.png", picture().getvalue()), upload("安装.exe", b"MZ")])
    assert rows() == before
    assert evidence_of(issue.id) == []


def test_evidence_hangs_on_its_report_and_the_event_knows_hashes_not_names(world: World, issue: Issue) -> None:
    files = [upload("王某家.png", picture().getvalue()), SimpleNamespace(filename="", stream=picture())]
    entry = report(issue, world.official, files=files)
    (evidence,) = evidence_of(issue.id)
    assert (evidence.entry_id, evidence.name, evidence.by_id) == (entry.id, "王某家.png", world.official.id)
    event = db.session.scalars(select(Event).where(Event.verb == "report")).one()
    assert (event.data["evidence"], event.data["sha256"]) == ([evidence.id], [evidence.sha256])
    assert "王某家" not in str(event.data)


def test_the_same_bytes_are_kept_once_however_often_they_are_attached(world: World, issue: Issue) -> None:
    content = picture().getvalue()
    report(issue, world.official, files=[upload("一.png", content), upload("二.png", content)])
    report(issue, world.official2, files=[upload("三.png", content)])
    assert {evidence.name for evidence in evidence_of(issue.id)} == {"一.png", "二.png", "三.png"}
    assert len({evidence.sha256 for evidence in evidence_of(issue.id)}) == len(stored()) == 1


def test_evidence_does_not_exist_outside_the_scope_of_its_issue(world: World, issue: Issue) -> None:
    report(issue, world.official, files=[upload("现场.png", picture().getvalue())])
    (evidence,) = evidence_of(issue.id)
    with transaction():
        other = list_one(world)
    for person in (world.stranger, world.stranger_official, world.auditor, world.system_admin, world.nobody):
        with pytest.raises(Missing):
            evidence_numbered(issue.number, evidence.id, person)
    with pytest.raises(Missing):
        evidence_numbered(other.number, evidence.id, world.supervisor)
    assert evidence_numbered(issue.number, evidence.id, world.supervisor).id == evidence.id

"""What becomes of a finding: once, by whom, and told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.reconciliation.situations import entered, list_for, one_of_each
from tests.world import TODAY, World, list_one, make_person
from tracker.base.access import Conflict, Refused, Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import FindingAnswer
from tracker.issues.rules import Answer
from tracker.issues.workflow import State
from tracker.reconciliation import actions


def test_a_finding_is_listed_as_an_issue_of_the_inspections_source(world: World) -> None:
    with transaction():
        finding = entered(world)[0]
        issue = list_for(finding, world)
    assert (issue.source, issue.source_note, issue.wording) == (Source.AUDIT, "饮水安全专项审计", finding.wording)
    assert issue.findings == [finding]
    answer = db.session.get_one(FindingAnswer, finding.id)
    assert (answer.how, answer.by_id, answer.answered_on) == (Answer.LISTED, world.root_supervisor.id, TODAY)
    listed = db.session.scalars(select(Event).where(Event.verb == "list")).one()
    assert listed.data["findings"] == [finding.id]


def test_several_findings_of_several_inspections_are_answered_by_one_issue(any_app: Flask, any_world: World) -> None:
    with transaction():
        first = entered(any_world)[0]
        second = entered(any_world, title="另一次审计")[0]
        issue = list_for(first, any_world)
        version = issue.version
        actions.merge(second, issue, any_world.root_supervisor, today=TODAY, reason="同一工程")
    assert {finding.inspection_id for finding in issue.findings} == {first.inspection_id, second.inspection_id}
    assert issue.version > version  # an application going on at the same moment would see it
    event = db.session.scalars(select(Event).where(Event.verb == "merge_finding")).one()
    assert (event.subject, event.subject_id, event.data) == ("issue", issue.id, {"finding": second.id})


def test_a_finding_is_answered_once(world: World) -> None:
    with transaction():
        finding = entered(world)[0]
        issue = list_for(finding, world)
    with pytest.raises(Conflict, match="已经有人处理"), transaction():
        actions.merge(finding, issue, world.root_supervisor, today=TODAY)
    with pytest.raises(Conflict, match="已经有人处理"), transaction():
        actions.decline(finding, world.root_supervisor, today=TODAY, reason="重复")
    with pytest.raises(Conflict, match="已经有人处理"), transaction():
        list_for(finding, world)


@pytest.mark.parametrize(
    "row", ["'declined', NULL, NULL", "'declined', 1, '理由'", "'listed', NULL, NULL", "'merged', NULL, NULL"]
)
def test_the_database_holds_that_a_finding_is_answered_by_an_issue_or_declined_with_a_reason(
    any_app: Flask, any_world: World, row: str
) -> None:
    with transaction():
        finding = entered(any_world)[0]
        list_one(any_world)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(
            text(
                "INSERT INTO finding_answer (finding_id, how, issue_id, reason, answered_on)"
                f" VALUES ({finding.id}, {row}, '2019-07-01')"
            )
        )


def test_declining_needs_a_reason_that_stands_beside_the_history(world: World) -> None:
    with transaction():
        finding = entered(world)[0]
    with pytest.raises(Refused, match="理由"), transaction():
        actions.decline(finding, world.root_supervisor, today=TODAY, reason=" ")
    with transaction():
        actions.decline(finding, world.root_supervisor, today=TODAY, reason="与事实不符。")
    event = db.session.scalars(select(Event).where(Event.verb == "decline_finding")).one()
    assert event.remark is not None
    assert (event.remark.text, event.data) == ("与事实不符。", {})


@pytest.mark.parametrize("who", ["supervisor", "stranger", "water_supervisor", "city_leader", "official"])
def test_only_the_supervisor_it_was_handed_to_decides(world: World, who: str) -> None:
    with transaction():
        findings = entered(world)
        issue = list_for(findings[0], world)
    person = world.people[who]
    for act in (
        lambda: list_for(findings[1], world, by=person),
        lambda: actions.merge(findings[1], issue, person, today=TODAY),
        lambda: actions.decline(findings[1], person, today=TODAY, reason="不属实"),
        lambda: actions.reopen(findings[1], person, reason="看错"),
    ):
        with pytest.raises(Refused, match="只有收到"), transaction():
            act()


def test_a_county_merges_only_into_issues_it_supervises(world: World) -> None:
    with transaction():
        finding = entered(world, by="supervisor", region_id=world.xinshao.id)[0]
        other = list_one(world, region_id=world.xinshao.id)
        issues.correct(
            other, world.root_supervisor, today=TODAY, reason="写错地方", changes={"region_id": world.wugang.id}
        )
    with pytest.raises(Refused, match="只能并入您督查的问题"), transaction():
        actions.merge(finding, other, world.supervisor, today=TODAY)


def test_a_dismissed_issue_answers_nothing_more(world: World) -> None:
    with transaction():
        finding = entered(world)[0]
        issue = list_one(world)
        issues.dismiss(issue, world.root_supervisor, today=TODAY, reason="重复", document="会议纪要 3 号")
    assert issue.state is State.DISMISSED
    with pytest.raises(Refused, match="不予列单"), transaction():
        actions.merge(finding, issue, world.root_supervisor, today=TODAY)


def test_a_merger_or_refusal_made_by_mistake_is_taken_back_and_both_stay_on_record(world: World) -> None:
    with transaction():
        inspection = one_of_each(world)
    merged, declined = inspection.findings[1], inspection.findings[3]
    for finding in (merged, declined):
        with pytest.raises(Refused, match="理由"), transaction():
            actions.reopen(finding, world.root_supervisor, reason="")
        with transaction():
            actions.reopen(finding, world.root_supervisor, reason="看错了")
        assert db.session.get(FindingAnswer, finding.id) is None
    events = db.session.scalars(select(Event).where(Event.verb == "reopen_finding").order_by(Event.id)).all()
    assert [(event.subject, event.data["was"]) for event in events] == [("issue", "merged"), ("finding", "declined")]
    with transaction():
        actions.decline(merged, world.root_supervisor, today=TODAY, reason="不属实")


def test_a_finding_an_issue_was_listed_for_stays_with_it(world: World) -> None:
    with transaction():
        inspection = one_of_each(world)
    with pytest.raises(Refused, match="只有并入"), transaction():
        actions.reopen(inspection.findings[0], world.root_supervisor, reason="看错了")
    with pytest.raises(Refused, match="只有并入"), transaction():
        actions.reopen(inspection.findings[4], world.root_supervisor, reason="看错了")


def test_an_issue_struck_off_before_the_finding_came_is_no_answer(world: World) -> None:
    with transaction():
        finding = entered(world)[0]
        issue = list_one(world, today=TODAY - timedelta(days=90))
    db.session.execute(
        text("UPDATE issue SET state = 'cleared', cleared_on = '2019-06-30' WHERE id = :id"), {"id": issue.id}
    )
    db.session.commit()
    with pytest.raises(Refused, match="回头看"), transaction():
        actions.merge(finding, issue, world.root_supervisor, today=TODAY)


def test_a_second_supervisor_of_the_root_may_decide_too(world: World) -> None:
    with transaction():
        finding = entered(world)[0]
        make_person(world, "third", "第三人", "office", ((Role.SUPERVISOR, "city", None),))
    with transaction():
        actions.decline(finding, world.third, today=TODAY, reason="不属实")
    assert db.session.get_one(FindingAnswer, finding.id).by_id == world.third.id

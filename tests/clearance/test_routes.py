"""The pages from plan to struck off: each opens for whoever may press it, keeps what was typed, and moves the issue."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.world import World, assign_one, sign_in
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.clearance.rules import Standard
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import State


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def issue(world: World) -> Issue:
    """Assigned and signed for, due in thirty days from the real today."""
    today = clock.today()
    with transaction():
        made = assign_one(world, today=today, deadline=today.replace(year=today.year + 1))
        issues.accept(made, world.official, today=today)
    return made


class Story:
    """People at their browsers."""

    def __init__(self, app: Flask, world: World, issue: Issue) -> None:
        self.app, self.world, self.base, self.id = app, world, f"/issues/{issue.number}", issue.id

    def client(self, who: str) -> FlaskClient:
        return sign_in(self.app.test_client(), self.world.people[who])

    def send(self, who: str, path: str, **fields: Any) -> Any:
        page = self.client(who).get(f"{self.base}/{path}")
        assert page.status_code == 200, (who, path, page.status_code)
        version = {"version": str(self.issue.version), "seen": "0"}
        return self.client(who).post(f"{self.base}/{path}", data=version | fields)

    @property
    def issue(self) -> Issue:
        db.session.rollback()
        return db.session.get_one(Issue, self.id)

    def plan(self) -> None:
        due = clock.today().isoformat()
        sent = self.send("official", "plan", goals="全村通水", **{"measures-0-text": "铺管", "measures-0-due": due})
        assert sent.status_code == 302, sent.text
        assert self.send("leader", "plan/decide", decision="approve").status_code == 302

    def report(self) -> None:
        box = self.client("official").get(f"{self.base}/progress").text.split('name="measures"')[1]
        measure = box.split('value="')[1].split('"')[0]
        sent = self.send("official", "progress", text="管网接通", measures=measure, files=(picture(), "现场.jpg"))
        assert sent.status_code == 302, sent.text

    def apply(self) -> Any:
        fields: dict[str, Any] = {f"{each.value}-text": "已做到，见附件" for each in Standard}
        fields |= {f"{each}-files": (picture(), "佐证.jpg") for each in ("measures", "violations", "effect")}
        return self.send("official", "clearance", **fields)


@pytest.fixture
def story(app: Flask, world: World, issue: Issue) -> Story:
    return Story(app, world, issue)


def test_from_plan_to_struck_off_through_the_pages(story: Story) -> None:
    story.plan()
    assert story.issue.state is State.RECTIFYING
    story.report()
    assert story.apply().status_code == 302
    assert story.issue.state is State.REVIEWING
    assert story.send("supervisor", "clearance/review", opinion="属实", decision="pass").status_code == 302
    assert story.issue.state is State.REVIEWING
    assert story.send("city_leader", "clearance/review", opinion="同意", decision="pass").status_code == 302
    assert story.issue.state is State.CLEARED
    assert story.issue.proven


def test_a_returned_application_goes_back_to_rectifying(story: Story) -> None:
    story.plan()
    story.report()
    story.apply()
    assert story.send("supervisor", "clearance/review", opinion="照片看不清", decision="return").status_code == 302
    assert story.issue.state is State.RECTIFYING


def test_the_applicants_unit_takes_its_application_back(story: Story) -> None:
    story.plan()
    story.report()
    story.apply()
    assert story.send("official", "clearance/withdraw").status_code == 302
    assert story.issue.state is State.RECTIFYING


def test_an_unanswered_standard_comes_back_with_everything_typed(story: Story) -> None:
    story.plan()
    story.report()
    answer = story.send("official", "clearance", **{"measures-text": "措施全部落实"})
    assert answer.status_code == 422
    assert "措施全部落实" in answer.text
    assert story.issue.state is State.RECTIFYING


def test_without_evidence_nothing_is_applied_for(story: Story) -> None:
    story.plan()
    story.report()
    answer = story.send("official", "clearance", **{f"{each.value}-text": "已做到" for each in Standard})
    assert answer.status_code == 422
    assert "佐证" in answer.text


def test_a_returned_plan_says_why(story: Story) -> None:
    due = clock.today().isoformat()
    story.send("official", "plan", goals="全村通水", **{"measures-0-text": "铺管", "measures-0-due": due})
    assert story.send("leader", "plan/decide", decision="return").status_code == 422  # a reason is asked for
    assert story.send("leader", "plan/decide", decision="return", reason="没有写谁来做").status_code == 302
    assert "没有写谁来做" in story.client("official").get(f"{story.base}/plan").text


def test_one_more_measure_works_without_script(story: Story) -> None:
    answer = story.send("official", "plan", goals="全村通水", add="measures")
    assert 'name="measures-3-text"' in answer.text
    assert "全村通水" in answer.text


def test_an_extension_is_asked_and_granted(story: Story) -> None:
    before = story.issue.deadline
    assert before is not None
    wanted = before.replace(year=before.year + 1)
    asked = story.send("official", "extension", wanted=wanted.isoformat(), reason="雨季不能施工")
    assert asked.status_code == 302, asked.text
    assert story.issue.deadline == before
    assert story.send("supervisor", "extension/decide", decision="refuse").status_code == 422
    assert story.send("supervisor", "extension/decide", decision="grant", opinion="同意").status_code == 302
    assert story.issue.deadline == wanted
    assert story.issue.original_deadline == before


def test_an_earlier_date_is_no_extension(story: Story) -> None:
    answer = story.send("official", "extension", wanted=clock.today().isoformat(), reason="想早一点")
    assert answer.status_code == 422
    assert "想早一点" in answer.text


def test_an_old_page_is_a_conflict_that_keeps_the_words(story: Story) -> None:
    stale = str(story.issue.version - 1)
    answer = story.client("official").post(
        f"{story.base}/plan",
        data={
            "version": stale,
            "seen": "0",
            "goals": "全村通水",
            "measures-0-text": "铺管",
            "measures-0-due": clock.today().isoformat(),
        },
    )
    assert answer.status_code == 409
    assert "全村通水" in answer.text


@pytest.mark.parametrize("path", ["plan", "progress", "extension", "clearance"])
def test_a_stranger_finds_no_page(story: Story, path: str) -> None:
    assert story.client("stranger_official").get(f"{story.base}/{path}").status_code == 404


def test_the_first_reviewer_may_not_review_the_second_level(story: Story) -> None:
    story.plan()
    story.report()
    story.apply()
    story.send("supervisor", "clearance/review", opinion="属实", decision="pass")
    assert story.client("supervisor").get(f"{story.base}/clearance/review").status_code == 422
    assert story.client("leader").get(f"{story.base}/clearance/review").status_code == 422  # leads it

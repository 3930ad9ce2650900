"""The auditor's page: who did what on which number, when and from where; nothing of what an issue says."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.world import NOW, TODAY, World, assign_one, sign_in, upload
from tracker.accounts import actions as accounts
from tracker.base.access import Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event, seal
from tracker.issues import actions as issues
from tracker.progress import actions as progress
from tracker.progress.models import Evidence


def read(app: Flask, world: World, query: str = "") -> str:
    answer = sign_in(app.test_client(), world.auditor).get(f"/audit{query}")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def done(world: World) -> World:
    with transaction():
        issue = assign_one(world)
        issues.accept(issue, world.official, today=TODAY)
        progress.report(issue, world.official, today=TODAY, text="管网已接通，王大爷家也有水了")
    return world


def test_an_auditor_sees_who_did_what_on_which_number(app: Flask, done: World) -> None:
    page = read(app, done)
    number = db.session.scalar(select(Event.subject_id).where(Event.verb == "report"))
    assert number is not None
    assert all(word in page for word in ("签收", "报进展", "交办", done.official.name, done.supervisor.name))


def test_an_auditor_sees_nothing_of_what_an_issue_says(app: Flask, done: World) -> None:
    page = read(app, done)
    for word in ("沙坪村", "王大爷", "管网", "通水"):
        assert word not in page


def test_before_and_after_are_shown_of_posts_and_accounts(app: Flask, done: World) -> None:
    with transaction():
        accounts.grant_post(done.nobody, Role.OFFICIAL, done.xinshao, actor_id=done.security_admin.id, at=NOW)
    assert "official" in read(app, done, "?verb=grant_post")


@pytest.mark.parametrize(("query", "number"), [
    ("?verb=accept", 1), ("?subject=issue&verb=report", 1), ("?person=没有这个人", 0), ("?since=2030-01-01", 0),
    ("?until=2000-01-01", 0), ("?address=10.9.9.9", 0), ("?number=nothing", 0),
])  # fmt: skip
def test_each_condition_narrows_the_search(app: Flask, done: World, query: str, number: int) -> None:
    assert read(app, done, query).count('<td class="cell-main">') == number


def test_a_number_and_a_name_find_their_entries(app: Flask, done: World) -> None:
    issue = db.session.scalars(select(Event).where(Event.verb == "report")).one()
    found = issues.Issue.number  # the column, for the query below
    number = db.session.scalar(select(found).where(issues.Issue.id == issue.subject_id))
    assert read(app, done, f"?number={number}").count('<td class="cell-main">') == 4
    assert read(app, done, f"?person={done.official.account}").count('<td class="cell-main">') == 2


def test_a_refused_access_is_on_record(app: Flask, done: World) -> None:
    client = sign_in(app.test_client(), done.stranger)
    number = db.session.scalar(select(issues.Issue.number))
    assert client.get(f"/issues/{number}").status_code == 404
    assert client.get("/audit").status_code == 403
    assert client.get("/no-such-page").status_code == 404
    denied = db.session.scalars(select(Event).where(Event.verb == "deny").order_by(Event.id)).all()
    assert [(event.actor_id, event.data["status"], event.data["path"]) for event in denied] == [
        (done.stranger.id, 404, f"/issues/{number}"), (done.stranger.id, 403, "/audit")]  # fmt: skip
    assert denied[0].address == "127.0.0.1"


def test_a_download_is_on_record(app: Flask, done: World) -> None:
    with transaction():
        issue = assign_one(done)
        progress.report(issue, done.official, today=TODAY, text="附表", files=[upload("a.txt", b"93")])
    evidence = db.session.scalars(select(Evidence)).one()
    client = sign_in(app.test_client(), done.official)
    with client.get(f"/issues/{issue.number}/evidence/{evidence.id}") as answer:
        assert answer.status_code == 200
    event = db.session.scalars(select(Event).where(Event.verb == "download")).one()
    assert (event.actor_id, event.subject_id, event.data["sha256"]) == (done.official.id, evidence.id, evidence.sha256)


@pytest.mark.parametrize("key", ["supervisor", "leader", "official", "system_admin", "security_admin", "nobody"])
def test_nobody_else_opens_it(app: Flask, done: World, key: str) -> None:
    assert sign_in(app.test_client(), done.people[key]).get("/audit").status_code == 403


def test_pages_follow_one_another_and_say_what_is_sealed(app: Flask, done: World) -> None:
    with transaction():
        for _ in range(30):
            assign_one(done)
        seal()
    page = read(app, done)
    assert "已封存" in page
    assert 'rel="next"' in page
    assert "#1<" in read(app, done, "?until=2030-01-01&verb=list") or "#" in page

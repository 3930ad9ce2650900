"""From the dossier through two people to a line that says what was there."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.withdrawals.test_actions import REASON, issue_with
from tests.world import World, sign_in
from tracker.base import files
from tracker.base.db import db
from tracker.clearance.queries import applications_of


def client(app: Flask, world: World, who: str) -> FlaskClient:
    return sign_in(app.test_client(), world.people[who])


def test_a_file_goes_from_the_dossier_by_two_people_and_every_page_says_so(app: Flask, world: World) -> None:
    issue, evidence = issue_with(world, "cleared")
    number, digest = issue.number, evidence.sha256
    here = f"/issues/{number}/evidence/{evidence.id}"
    official, supervisor = client(app, world, "official"), client(app, world, "supervisor2")
    assert f"{here}/withdrawal" in official.get(f"/issues/{number}").text
    empty = official.post(f"{here}/withdrawal", data={"reason": "", "version": str(issue.version)})
    assert empty.status_code == 422
    assert (
        official.post(f"{here}/withdrawal", data={"reason": REASON, "version": str(issue.version)}).status_code == 302
    )
    assert official.get(f"{here}/withdrawal").status_code in (409, 403)
    desk = supervisor.get("/desk/reviews").text
    assert f"{here}/withdrawal/decide" in desk
    page = supervisor.get(f"{here}/withdrawal/decide")
    assert REASON in page.text
    assert "重新回头看" in page.text
    db.session.rollback()
    sent = supervisor.post(
        f"{here}/withdrawal/decide", data={"decision": "withdraw", "opinion": "属实", "version": str(issue.version)}
    )
    assert sent.status_code == 302, sent.text
    assert not files.path_of(digest).exists()
    assert supervisor.get(here).status_code == 404
    assert supervisor.get(f"{here}/preview/1").status_code == 404
    dossier = supervisor.get(f"/issues/{number}").text
    assert "份佐证已撤下" in dossier
    assert "张三" not in dossier
    assert f"已撤下：{REASON}" in dossier
    db.session.rollback()
    sheet = supervisor.get(f"/issues/{number}/clearance/{applications_of(issue.id)[0].id}/sheet").text
    assert f"已撤下：{REASON}" in sheet
    assert digest[:12] in sheet
    told = supervisor.get(f"{here}/withdrawal/decide").text
    assert "刚才已经有人处理" in told


def test_whoever_asked_is_told_that_somebody_else_decides(app: Flask, world: World) -> None:
    issue, evidence = issue_with(world)
    here = f"/issues/{issue.number}/evidence/{evidence.id}"
    browser = client(app, world, "supervisor")
    browser.post(f"{here}/withdrawal", data={"reason": REASON, "version": str(issue.version)})
    assert "两个人" in browser.get(f"{here}/withdrawal/decide").text
    assert here not in browser.get("/desk/reviews").text


def test_outside_the_scope_there_is_no_such_file(app: Flask, world: World) -> None:
    issue, evidence = issue_with(world)
    here = f"/issues/{issue.number}/evidence/{evidence.id}"
    browser = client(app, world, "stranger")
    for address in (f"{here}/withdrawal", f"{here}/withdrawal/decide"):
        assert browser.get(address).status_code == 404
        assert browser.post(address, data={"reason": "看看", "decision": "withdraw"}).status_code == 404


def test_nobody_else_is_offered_it(app: Flask, world: World) -> None:
    issue, evidence = issue_with(world)
    assert f"/evidence/{evidence.id}/withdrawal" not in client(app, world, "leader").get(f"/issues/{issue.number}").text

"""Outlets: set up by one, opened by another, their keys never shown again; deliveries followed without a word of an issue."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.messages.conftest import ADDRESSES, add_outlet, configure, reach
from tests.messages.receivers import Post, Receiver
from tests.messages.test_jobs import give_mail, only
from tests.messages.test_routes import make_overdue, page_of
from tests.register.test_queries import sent
from tests.world import World, sign_in
from tracker.accounts.models import User
from tracker.base.access import Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.messages import actions, jobs, queries
from tracker.messages.models import Delivery, Outlet
from tracker.messages.rules import DeliveryState, OutletKind, Trouble, robot_key
from tracker.messages.vault import unlock

BASE = "https://qyapi.weixin.qq.com"
TYPED = {
    "name": "新邵工作群",
    "kind": "wecom",
    "region": "新邵县",
    "address": f"{BASE}/cgi-bin/webhook/send?key=secret-key-77ab",
}


def outlet() -> Outlet:
    db.session.rollback()
    return db.session.scalars(select(Outlet)).one()


# --- set up, opened, closed ---------------------------------------------------------------------------------------


def test_the_key_is_taken_out_of_what_the_groups_page_shows() -> None:
    assert robot_key(OutletKind.WECOM, TYPED["address"], BASE) == "secret-key-77ab"
    assert (
        robot_key(
            OutletKind.FEISHU, " https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-x ", "https://open.feishu.cn"
        )
        == "0a1b2c3d-x"
    )
    assert robot_key(OutletKind.DINGTALK, "0123456789abcdef", BASE) == "0123456789abcdef"
    for written in (
        "https://evil.example/cgi-bin/webhook/send?key=secret-key",
        f"{BASE}/cgi-bin/webhook/send",
        "short",
        f"{BASE}.evil.example/cgi-bin/webhook/send?key=secret-key",
    ):
        with pytest.raises(Refused):
            robot_key(OutletKind.WECOM, written, BASE)


def test_a_key_is_stored_locked_and_shown_by_its_end_only(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.system_admin)
    client.post("/outlets/new", data=TYPED)
    assert unlock(outlet().keys).key == "secret-key-77ab"
    assert b"secret-key" not in b"".join(
        bytes(str(one), "utf-8") for one in db.session.execute(text("SELECT * FROM outlet")).one()
    )
    for page in ("/outlets", f"/outlets/{outlet().id}"):
        shown = client.get(page).text
        assert "secret-key" not in shown
        assert "77ab" in shown
    assert "secret-key" not in str(db.session.scalars(select(Event.data)).all())


def test_a_webhooks_secret_is_shown_once(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.system_admin)
    data = {**TYPED, "kind": "webhook", "address": "https://oa.example.gov.cn/hook"}
    shown = client.post("/outlets/new", data=data).text
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", shown))
    assert unlock(outlet().keys).secret == secret
    for page in ("/outlets", f"/outlets/{outlet().id}"):
        assert "whsec_" not in client.get(page).text


def test_with_another_secret_of_the_installation_the_keys_are_lost_and_the_page_says_so(
    app: Flask, world: World, out: Receiver
) -> None:
    reach(app, out)
    add_outlet(world, out)
    make_overdue(world)
    configure(app, secret_key="u" * 40)
    assert jobs.deliver() == {"failed": 1}
    assert "重新填写" in page_of(app, world.system_admin, "/deliveries").text


def test_what_leads_elsewhere_is_closed_until_a_supervisor_opens_it(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    add_outlet(world, out)
    client = sign_in(app.test_client(), world.system_admin)
    typed = {"name": "新名字", "kind": "wecom", "region": "新邵县", "address": ""}
    client.post(f"/outlets/{outlet().id}", data=typed)
    assert outlet().opened_at is not None  # only another name
    client.post(f"/outlets/{outlet().id}", data={**typed, "address": out.url + "/cgi-bin/webhook/send?key=another-key"})
    assert outlet().opened_at is None
    assert client.post(f"/outlets/{outlet().id}/open").status_code == 403  # whoever sets it up does not open it
    assert "等督查启用" in client.get("/outlets").text


def test_only_a_supervisor_of_all_its_issues_opens_it(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    found = add_outlet(world, out, region="city", opened=False)
    for person in (world.supervisor, world.water_supervisor, world.stranger):
        with pytest.raises(Missing), transaction():
            actions.open_outlet(found, person)
    with transaction():
        actions.open_outlet(found, world.root_supervisor)
    with pytest.raises(Missing), transaction():
        actions.close_outlet(found, world.stranger)
    answer = sign_in(app.test_client(), world.root_supervisor).post(f"/outlets/{found.id}/close", follow_redirects=True)
    assert "已停用" in answer.text
    verbs = db.session.scalars(select(Event.verb).where(Event.subject == "outlet").order_by(Event.id)).all()
    assert verbs == ["set_outlet", "open_outlet", "close_outlet"]


def test_what_waits_for_a_closed_outlet_does_not_leave(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    found = add_outlet(world, out)
    make_overdue(world)
    with transaction():
        actions.close_outlet(found, world.supervisor)
    assert jobs.deliver() == {"dropped": 1}
    assert (out.got, only().trouble) == ([], Trouble.CLOSED)


def test_what_was_typed_wrong_comes_back_with_all_that_was_typed(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.system_admin)
    answer = client.post("/outlets/new", data={**TYPED, "address": "https://evil.example/send?key=abcdefgh"})
    assert answer.status_code == 422
    assert "这不是所选机器人的地址" in answer.text
    assert "新邵工作群" in answer.text
    assert "https://evil.example/send?key=abcdefgh" in answer.text
    assert db.session.scalars(select(Outlet)).all() == []


# --- tries --------------------------------------------------------------------------------------------------------


def test_a_try_goes_out_at_once_before_anybody_opened_it_and_tells_how_it_went(
    app: Flask, world: World, out: Receiver
) -> None:
    reach(app, out)
    found = add_outlet(world, out, OutletKind.FEISHU, opened=False)
    client = sign_in(app.test_client(), world.system_admin)
    assert "测试消息已送达" in client.post(f"/outlets/{found.id}/try", follow_redirects=True).text
    out.answers["/"] = (200, {"code": 19001, "msg": "incoming webhook access token invalid"})
    shown = client.post(f"/outlets/{found.id}/try", follow_redirects=True).text
    assert "对方拒绝了这条消息 code 19001: incoming webhook access token invalid" in shown
    assert "测试消息" in out.got[0].text


def test_a_person_sets_their_mail_tries_it_and_cannot_switch_the_inbox_off(
    app: Flask, world: World, office: Post
) -> None:
    reach(app, office=office)
    client = sign_in(app.test_client(), world.official)
    refused = client.post("/messages/settings", data={"email": "not an address"})
    assert refused.status_code == 422
    assert "not an address" in refused.text
    client.post("/messages/settings", data={"email": "ｗang＠example.gov.cn", "urgent": "y"})
    assert "只有逾期升级发邮件" in client.get("/messages/settings").text
    assert "测试消息已送达" in client.post("/messages/settings/try", follow_redirects=True).text
    assert len(office.to("wang@example.gov.cn")) == 1
    client.post("/messages/settings", data={"email": ""})
    make_overdue(world)
    assert "有 1 条未读消息" in client.get("/messages").text
    changed = db.session.scalars(select(Event.data).where(Event.verb == "edit_person").order_by(Event.id)).all()
    assert changed[0] == {"changed": ["email", "mail_digest"]}


# --- following ----------------------------------------------------------------------------------------------------


def test_the_system_administrator_follows_every_message_and_reads_of_no_issue(
    app: Flask, world: World, out: Receiver, office: Post
) -> None:
    reach(app, out, office)
    add_outlet(world, out)
    give_mail(world.official)
    make_overdue(world)
    out.answers["/"] = (500, b"")
    jobs.deliver()
    (issue,) = db.session.scalars(select(Issue))
    number, title = issue.number, issue.title
    shown = page_of(app, world.system_admin, "/deliveries").text
    for word in ("已经逾期", "王建国", "wecom", "HTTP 500", "已送达", "待发送"):
        assert word in shown
    assert number not in shown
    assert title not in shown
    assert page_of(app, world.system_admin, "/messages").status_code == 403


def test_a_supervisor_follows_their_own_region(app: Flask, world: World, out: Receiver, office: Post) -> None:
    reach(app, out, office)
    found = add_outlet(world, out)
    give_mail(world.official)
    make_overdue(world)
    mine = page_of(app, world.supervisor, "/deliveries").text
    assert "王建国" in mine
    assert "wecom" in mine
    theirs = page_of(app, world.stranger, "/deliveries").text
    assert "王建国" not in theirs
    assert "这里没有消息" in theirs
    assert "wecom" not in page_of(app, world.stranger, "/outlets").text
    assert page_of(app, world.official, "/deliveries").status_code == 403
    assert sign_in(app.test_client(), world.stranger).post(f"/outlets/{found.id}/open").status_code == 404


def test_what_failed_is_sent_again_from_the_page_under_its_old_id(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    add_outlet(world, out)
    make_overdue(world)
    with transaction():
        delivery = only()
        delivery.state, delivery.tries, delivery.ended_at = DeliveryState.FAILED, 14, delivery.made_at
    stranger = sign_in(app.test_client(), world.stranger)
    assert stranger.post(f"/deliveries/{only().id}/retry").status_code == 404
    client = sign_in(app.test_client(), world.system_admin)
    assert "有 1 条消息发送失败" in client.get("/deliveries").text
    assert client.post(f"/deliveries/{only().id}/retry").status_code == 302
    assert (only().state, only().tries) == (DeliveryState.WAITING, 0)
    again = client.post(f"/deliveries/{only().id}/retry")
    assert again.status_code == 422
    assert client.post("/deliveries/retry").status_code == 422  # nothing has failed
    jobs.deliver()
    assert out.ids() == [only().public_id]


def test_the_list_costs_one_query_however_long(world: World, app: Flask) -> None:
    reach(app, office=Post(port=9))
    give_mail(world.official)
    with transaction():
        for _ in range(60):
            actions.try_out(person=world.official)
    person: Any = db.session.scalars(select(User).where(User.id == world.system_admin.id)).one()
    assert person.grants
    with sent() as statements:
        page = queries.deliveries(person, None, None, None)
    assert (len(page.rows), len(statements)) == (queries.PAGE_SIZE, 1)
    assert len(queries.deliveries(person, DeliveryState.WAITING, None, page.next).rows) == 10
    assert db.session.scalars(select(Delivery.state).distinct()).all() == [DeliveryState.WAITING]


def test_addresses_name_every_kind_of_outlet() -> None:
    assert set(ADDRESSES) == set(OutletKind)

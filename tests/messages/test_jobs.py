"""Delivery: each message reaches each receiver, under one id however often, and a dead one holds up nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.effort import dice, rounds
from tests.kills.processes import free_port, kill, start
from tests.messages.conftest import add_outlet, reach
from tests.messages.receivers import FINE, Post, Receiver, dripping, hanging_up, leading_to, silent
from tests.messages.test_routes import MORNING, make_overdue
from tests.world import World, assign_one, list_one, make_duty
from tracker.accounts.models import User
from tracker.base.db import db, transaction
from tracker.deadlines.actions import remind as urge
from tracker.deadlines.jobs import escalate, flag_overdue, tell_upcoming
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.messages import actions, jobs, postman
from tracker.messages.models import Announcement, Delivery, Message
from tracker.messages.queries import on_lane
from tracker.messages.robots import webhook_signature
from tracker.messages.rules import LEASE, MOST_TRIES, DeliveryState, Matter, OutletKind, Trouble, Unsent
from tracker.messages.vault import unlock
from tracker.workdays.actions import seed_published_years

EVERY = tuple(OutletKind)


@pytest.fixture
def then() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def states() -> Counter[DeliveryState]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Delivery.state)))


def only() -> Delivery:
    db.session.rollback()
    return db.session.scalars(select(Delivery)).one()


def give_mail(person: User, **choices: bool) -> str:
    with transaction():
        person.email = f"{person.account}@example.gov.cn"
        for name, value in choices.items():
            setattr(person, name, value)
    return f"{person.account}@example.gov.cn"


# --- each kind of receiver --------------------------------------------------------------------------------------


def test_a_level_reaches_every_kind_of_receiver_and_the_people_by_mail(
    app: Flask, world: World, out: Receiver, office: Post
) -> None:
    reach(app, out, office)
    for kind in EVERY:
        add_outlet(world, out, kind)
    address = give_mail(world.official)
    make_overdue(world, 2)
    assert jobs.deliver() == {"sent": 5}
    (first, second) = db.session.scalars(select(Issue.number).order_by(Issue.id))
    for got in out.got[:]:
        said = got.body.decode()
        assert first in said
        assert second in said
        assert "2019-08-31" in said
        assert "已经逾期" in said
        assert f"https://zg.example.gov.cn/issues/{first}" in said
    (letter,) = office.to(address)
    assert "Auto-Submitted: auto-generated" in letter
    body = base64.b64decode(letter.partition("\n\n")[2] or letter.partition("\r\n\r\n")[2]).decode()
    assert f"https://zg.example.gov.cn/issues/{first}" in body
    assert "王建国：" in body
    assert jobs.deliver() == {}
    assert len(out.got) == 4


def test_a_group_reads_no_persons_name_and_no_wording(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    for kind in EVERY:
        add_outlet(world, out, kind)
    make_overdue(world)
    jobs.deliver()
    everyone = [person.name for person in world.people.values()]
    assert len(out.got) == 4
    for got in out.got:
        said = got.body.decode()
        assert [name for name in everyone if name in said] == []
        assert "龙溪铺镇沙坪村饮水工程完工一年未通水。" not in said  # the wording
        assert "九月前通水" not in said  # the requirement
        assert "饮水安全专班" not in said


def test_an_outlet_hears_of_its_own_region_only_and_only_once_opened(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    add_outlet(world, out, name="武冈", region="wugang", address=out.url + "/cgi-bin/webhook/send?key=wugang-key")
    add_outlet(world, out, name="未启用", opened=False, address=out.url + "/cgi-bin/webhook/send?key=closed-key")
    add_outlet(world, out, name="全市", region="city", address=out.url + "/cgi-bin/webhook/send?key=whole-city")
    make_overdue(world)
    jobs.deliver()
    assert [got.path for got in out.got] == ["/cgi-bin/webhook/send?key=whole-city"]


def test_an_occasion_goes_to_a_group_and_to_a_persons_mail_once(
    app: Flask, world: World, out: Receiver, office: Post
) -> None:
    reach(app, out, office)
    add_outlet(world, out)
    give_mail(world.official)
    make_overdue(world)
    for day in (1, 1, 2):
        with transaction():
            flag_overdue(date(2019, 9, day))
            escalate(date(2019, 9, day), MORNING)
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 2
    assert db.session.scalar(select(func.count()).select_from(Announcement)) == 1


def test_dingtalk_and_feishu_are_signed_as_they_ask(app: Flask, world: World, out: Receiver, then: Any) -> None:
    reach(app, out)
    add_outlet(world, out, OutletKind.DINGTALK, secret="SEC-ding")
    add_outlet(world, out, OutletKind.FEISHU, secret="fei-secret")
    make_overdue(world)
    jobs.deliver()
    found = {got.path.split("/")[1].split("?")[0]: got for got in out.got}
    query = parse_qs(urlsplit(found["robot"].path).query)
    stamp = str(int(MORNING.timestamp() * 1000))
    digest = hmac.new(b"SEC-ding", f"{stamp}\nSEC-ding".encode(), hashlib.sha256).digest()
    assert (query["timestamp"], query["sign"]) == ([stamp], [base64.b64encode(digest).decode()])
    said = found["open-apis"].json
    digest = hmac.new(f"{said['timestamp']}\nfei-secret".encode(), b"", hashlib.sha256).digest()
    assert said["timestamp"] == str(int(MORNING.timestamp()))
    assert said["sign"] == base64.b64encode(digest).decode()


def test_a_webhook_can_be_proven_to_come_from_here(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    outlet = add_outlet(world, out, OutletKind.WEBHOOK)
    make_overdue(world)
    jobs.deliver()
    (got,) = out.got
    given = {name.lower(): value for name, value in got.headers.items()}
    signature = webhook_signature(unlock(outlet.keys).secret, given["webhook-id"], given["webhook-timestamp"], got.body)
    assert given["webhook-signature"] == f"v1,{signature}"
    assert got.json["id"] == given["webhook-id"] == got.id
    forged = webhook_signature(unlock(outlet.keys).secret, given["webhook-id"], given["webhook-timestamp"], b"{}")
    assert forged != signature


# --- bad answers ------------------------------------------------------------------------------------------------

REFUSALS = {
    "a robot's error inside 200": (200, {"errcode": 93000, "code": 19021, "errmsg": "invalid webhook url"}),
    "no JSON": (200, b"<html>sign in first</html>"),
    "JSON without a code": (200, {"ok": True}),
    "a false code": (200, {"errcode": False, "code": False}),
    "a server error": (500, {"errcode": 0, "code": 0}),
    "a redirect": (302, {"errcode": 0, "code": 0}),
}


def test_what_is_no_yes_is_tried_again_under_the_same_id(app: Flask, world: World, out: Receiver, then: Any) -> None:
    reach(app, out)
    robots = (OutletKind.WECOM, OutletKind.DINGTALK, OutletKind.FEISHU)
    for kind in robots:
        add_outlet(world, out, kind)
    make_overdue(world)
    for number, (name, answer) in enumerate(REFUSALS.items(), 1):
        out.answers["/"] = answer
        assert jobs.deliver() == {"waiting": 3}, name
        assert set(db.session.execute(select(Delivery.trouble, Delivery.tries))) == {(Trouble.ANSWERED, number)}
        assert jobs.deliver() == {}  # not before a while
        then.shift(86400)
    out.answers["/"] = (200, FINE)
    assert jobs.deliver() == {"sent": 3}
    assert Counter(out.ids()) == dict.fromkeys(out.ids(), len(REFUSALS) + 1)
    assert len(set(out.ids())) == 3
    assert set(db.session.scalars(select(Delivery.trouble))) == {None}


def test_whoever_hangs_up_once_it_was_read_gets_it_again_under_the_same_id(
    app: Flask, world: World, out: Receiver, office: Post, then: Any
) -> None:
    """Nobody can know whether it was taken: better twice than not at all, and the receiver can tell."""
    reach(app, out, office)
    for kind in EVERY:
        add_outlet(world, out, kind)
    address = give_mail(world.official)
    make_overdue(world)
    out.answers["/"], office.gone = hanging_up, True
    assert jobs.deliver() == {"waiting": 5}
    assert set(db.session.scalars(select(Delivery.trouble))) == {Trouble.UNREACHABLE}
    out.answers.clear()
    office.gone = False
    then.shift(86400)
    assert jobs.deliver() == {"sent": 5}
    assert Counter(out.ids()) == dict.fromkeys(out.ids(), 2)
    letters = [letter.partition("Message-ID: ")[2].partition("\r\n")[0] for letter in office.to(address)]
    assert len(letters) == 2
    assert len(set(letters)) == 1


WAYS = (
    *(None, (200, FINE), (200, {"errcode": 93000, "code": 19021}), (500, FINE), (200, b"<html>"), hanging_up),
    leading_to("/elsewhere"),
)


def test_whatever_the_others_do_every_message_arrives_and_repeated_ones_have_their_id(
    app: Flask, world: World, out: Receiver, office: Post, then: Any
) -> None:
    chance, again = dice()
    reach(app, out, office)
    for kind in EVERY:
        add_outlet(world, out, kind)
    give_mail(world.official)
    give_mail(world.official2)
    for number in range(rounds(4)):
        with transaction():
            assign_one(world)
            day = date(2019, 9, 1) + timedelta(days=number)
            flag_overdue(day)
            escalate(day, MORNING)
    made = {one.public_id: one for one in db.session.scalars(select(Delivery))}
    for _ in range(MOST_TRIES - 1):
        out.answers = {path: way for path in PATHS if (way := chance.choice(WAYS)) is not None}
        office.busy, office.gone = chance.random() < 0.3, chance.random() < 0.3
        if chance.random() < 0.2:
            with transaction():  # somebody took one and died
                actions.lease(Delivery.state == DeliveryState.WAITING)
        jobs.deliver()
        then.shift(86400)
    out.answers, office.busy, office.gone = {}, False, False
    while states()[DeliveryState.WAITING]:
        jobs.deliver()
        then.shift(86400)
    assert states() == {DeliveryState.SENT: len(made)}, again
    letters = [letter.partition("Message-ID: <")[2].partition("@")[0] for _, letter in office.took]
    assert set(out.ids()) | set(letters) == set(made), again
    said: dict[str, set[str]] = {}
    for got in out.got:
        said.setdefault(got.id, set()).add(got.path.partition("?")[0])
    assert [id for id, paths in said.items() if len(paths) > 1] == [], again  # an id is one receiver's


PATHS = ("/cgi-bin", "/robot", "/open-apis", "/hook")


@pytest.mark.usefixtures("short_patience")
def test_whoever_answers_too_slowly_is_cut_off(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    add_outlet(world, out, OutletKind.WECOM)
    add_outlet(world, out, OutletKind.FEISHU)
    make_overdue(world)
    out.answers = {"/cgi-bin": silent, "/open-apis": dripping}
    begun = time.monotonic()
    assert jobs.deliver() == {"waiting": 2}
    assert time.monotonic() - begun < 4
    assert set(db.session.scalars(select(Delivery.trouble))) == {Trouble.TOO_SLOW}


def test_the_last_try_leaves_it_failed_with_what_was_said(app: Flask, world: World, out: Receiver, then: Any) -> None:
    reach(app, out)
    add_outlet(world, out)
    make_overdue(world)
    out.answers["/"] = (200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    waited = []
    while states()[DeliveryState.WAITING]:
        jobs.deliver()
        found = only()
        if found.ended_at is None:
            waited.append(found.due_at - datetime.now(UTC))
            then.move_to(found.due_at)
    assert len(out.got) == MOST_TRIES
    assert len(set(out.ids())) == 1
    assert waited == sorted(waited)
    assert timedelta(hours=20) < sum(waited, timedelta()) < timedelta(hours=30)
    assert (only().state, only().detail) == (DeliveryState.FAILED, "errcode 93000: invalid webhook url")
    then.shift(86400)
    assert jobs.deliver() == {}
    out.answers.clear()
    with transaction():
        actions.retry(only(), world.system_admin)
    assert jobs.deliver() == {"sent": 1}
    assert len(set(out.ids())) == 1


@pytest.mark.usefixtures("short_patience")
def test_nobody_waits_for_a_dead_receiver(app: Flask, world: World, out: Receiver, office: Post) -> None:
    reach(app, out, office)
    for number in range(3):
        add_outlet(world, out, name=f"dead {number}", address=f"{out.url}/cgi-bin/webhook/send?key=dead-key-{number}")
    out.answers["/cgi-bin/webhook/send?key=dead"] = silent
    add_outlet(world, out, OutletKind.FEISHU)
    give_mail(world.official)
    for day in (1, 3):
        with transaction():
            assign_one(world)
        with transaction():
            flag_overdue(date(2019, 9, day))
            escalate(date(2019, 9, day), MORNING)
    assert states() == {DeliveryState.WAITING: 3 * 3 + 3 + 1}
    begun = time.monotonic()
    jobs.deliver()
    assert time.monotonic() - begun < 2.8  # one try of each dead one, all at the same time
    assert len(out.ids("/cgi-bin")) == 3
    assert len(out.ids("/open-apis")) == 3
    assert len(office.took) == 1  # both days' in one


def test_a_mistake_of_ours_costs_one_message_only(
    app: Flask, world: World, out: Receiver, office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(app, out, office)
    give_mail(world.official)
    give_mail(world.official2)
    make_overdue(world)
    sound, calls = postman.letter_of, []

    def broken_once(delivery: Delivery) -> Any:
        calls.append(delivery.id)
        if len(calls) == 1:
            raise ZeroDivisionError
        return sound(delivery)

    monkeypatch.setattr(postman, "letter_of", broken_once)
    assert jobs.deliver() == {"waiting": 1, "sent": 1}


# --- at least once, by one at a time ------------------------------------------------------------------------------


def test_killed_between_sending_and_writing_it_down_it_is_sent_again_under_the_same_id(
    app: Flask, world: World, out: Receiver, then: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(app, out)
    add_outlet(world, out)
    make_overdue(world)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(actions, "conclude", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.deliver(Delivery.id == only().id, postman.send)
    assert jobs.deliver() == {}  # the lease still stands
    then.shift(LEASE.total_seconds())
    assert jobs.deliver() == {"sent": 1}
    assert len(out.got) == 2
    assert len(set(out.ids())) == 1


@pytest.mark.xdist_group("kills")
def test_a_scheduler_killed_while_it_sends_leaves_the_message_to_the_next(
    app: Flask, world: World, out: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(app, out)
    add_outlet(world, out)
    make_overdue(world)
    out.answers["/"] = silent
    monkeypatch.setenv("TRACKER_WECOM_URL", out.url)
    process = start(app, "jobs", "run", "deliver")
    for _ in range(300):
        if out.got:
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGSTOP)  # it cannot hear an answer any more
    kill(process)
    out.answers.clear()
    assert (only().state, only().tries) == (DeliveryState.WAITING, 1)
    with transaction():
        db.session.execute(update(Delivery).values(leased_until=datetime.now(UTC)))
    assert jobs.deliver() == {"sent": 1}
    assert len(out.got) == 2
    assert len(set(out.ids())) == 1


def test_of_many_workers_each_message_has_one(any_app: Flask, any_world: World) -> None:
    with transaction():
        for _ in range(40):
            actions.try_out(outlet=None, person=_with_mail(any_app, any_world.official))
    sent: list[int] = []
    start_together = threading.Barrier(4)

    def work() -> None:
        with any_app.app_context():
            start_together.wait()
            while actions.deliver(on_lane(0), sent.append) is not None:
                pass

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sent) == len(set(sent))
    while actions.deliver(on_lane(0), sent.append):
        pass
    assert len(sent) == len(set(sent)) == 40
    assert states() == {DeliveryState.SENT: 40}


def _with_mail(app: Flask, person: User) -> User:
    reach(app, office=Post(port=free_port()))
    person.email = "someone@example.gov.cn"
    return person


def test_whoever_comes_late_does_not_write_over_the_one_who_took_over(any_app: Flask, any_world: World) -> None:
    with transaction():
        actions.try_out(person=_with_mail(any_app, any_world.official))
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        with transaction():
            late = actions.lease(on_lane(0))
        clock.shift(LEASE.total_seconds())
        with transaction():
            second = actions.lease(on_lane(0))
        assert late is not None
        assert second is not None
        assert late[0] == second[0]
        with transaction():
            assert actions.conclude(*late, Unsent(Trouble.TOO_SLOW)) is None
            assert actions.conclude(*second, None) is DeliveryState.SENT


def test_nothing_is_locked_while_the_other_side_is_spoken_to(
    any_app: Flask, any_world: World, out: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(any_app, out)
    add_outlet(any_world, out)
    make_overdue(any_world)
    open_then: list[bool] = []
    real = postman.outside.post

    def looked_at(*arguments: Any, **more: Any) -> Any:
        open_then.append(db.session().in_transaction())
        with any_app.app_context(), transaction():  # another writer gets its turn at once
            db.session.execute(update(User).where(User.id == any_world.official.id).values(title="局长"))
        return real(*arguments, **more)

    monkeypatch.setattr(postman.outside, "post", looked_at)
    assert jobs.deliver() == {"sent": 1}
    assert open_then == [False]


# --- what the reader may see by then --------------------------------------------------------------------------------


def test_whoever_lost_sight_of_the_issue_is_told_nothing(app: Flask, world: World, office: Post) -> None:
    reach(app, office=office)
    give_mail(world.official)
    make_overdue(world)
    (issue,) = db.session.scalars(select(Issue))
    with transaction():
        duty = make_duty(world, lead_unit_id=world.town.id, unit_ids=(world.town.id,), responsible_person_id=None)
        issues.reassign(issue, world.supervisor, today=date(2019, 9, 2), duty=duty, reason="转给乡镇")
    assert jobs.deliver() == {"dropped": 1}
    assert only().trouble is Trouble.NOTHING_LEFT
    assert office.took == []


def test_an_address_that_is_refused_fails_at_once_and_holds_up_nobody(app: Flask, world: World, office: Post) -> None:
    reach(app, office=office)
    office.refused.add(give_mail(world.official))
    address = give_mail(world.official2)
    make_overdue(world)
    assert jobs.deliver() == {"failed": 1, "sent": 1}
    assert len(office.to(address)) == 1
    failed = db.session.scalars(select(Delivery).where(Delivery.state == DeliveryState.FAILED)).one()
    assert failed.trouble is Trouble.RECIPIENT
    assert "official@" not in (failed.detail or "")


@pytest.mark.usefixtures("short_patience")
def test_a_mail_server_that_does_not_serve_is_tried_again(app: Flask, world: World, office: Post, then: Any) -> None:
    reach(app, office=office)
    give_mail(world.official)
    make_overdue(world)
    for way, trouble in (("busy", Trouble.ANSWERED), ("dead", Trouble.TOO_SLOW)):
        setattr(office, way, True)
        assert jobs.deliver() == {"waiting": 1}
        assert only().trouble is trouble
        setattr(office, way, False)
        then.shift(1000)
    assert jobs.deliver() == {"sent": 1}
    (letter,) = office.took
    assert f"Message-ID: <{only().public_id}@example.gov.cn>" in letter[1]


def test_what_a_person_does_not_want_by_mail_stands_in_the_inbox_all_the_same(
    app: Flask, world: World, office: Post
) -> None:
    reach(app, office=office)
    give_mail(world.official, mail_urgent=False, mail_digest=False)
    make_overdue(world)
    assert states() == {}
    assert db.session.scalar(select(func.count()).where(Message.person_id == world.official.id)) == 1


def test_without_a_mail_server_nothing_is_queued_for_it(app: Flask, world: World) -> None:
    give_mail(world.official)
    make_overdue(world)
    assert states() == {}


# --- the digest ---------------------------------------------------------------------------------------------------


def night(day: date) -> None:
    with transaction():
        tell_upcoming(day)


def digests(day: date) -> int:
    with transaction():
        return jobs.digest(day)["digests"]


def test_one_digest_a_working_day_tells_what_is_new_not_urgent_and_not_read(
    app: Flask, world: World, office: Post
) -> None:
    reach(app, office=office)
    address = give_mail(world.official)
    with transaction():
        seed_published_years()
        for _ in range(3):
            assign_one(world, today=date(2019, 8, 23))
    saturday, monday = date(2019, 8, 24), date(2019, 8, 26)
    night(saturday)
    assert digests(saturday) == 0
    night(monday)
    with transaction():
        actions.mark_read(
            db.session.scalars(select(Message.id).where(Message.person_id == world.official.id)).first() or 0,
            world.official,
        )
    assert digests(monday) == 1
    assert digests(monday) == 0
    assert jobs.deliver() == {"sent": 1}
    (letter,) = office.to(address)
    body = base64.b64decode(letter.partition("\r\n\r\n")[2]).decode()
    assert body.count("等待签收") + body.count("即将到期") == 5  # two matters of three issues, one read
    night(monday + timedelta(days=1))
    assert digests(monday + timedelta(days=1)) == 0  # nothing new


def test_a_make_up_saturday_is_a_working_morning(app: Flask, world: World, office: Post) -> None:
    reach(app, office=office)
    give_mail(world.official)
    with transaction():
        seed_published_years()
        assign_one(world, today=date(2019, 9, 27), deadline=date(2019, 10, 31))
    night(date(2019, 9, 29))
    assert digests(date(2019, 9, 29)) == 1  # a Sunday, worked for the National Day
    assert digests(date(2019, 10, 1)) == 0


def test_whoever_wants_no_digest_gets_none_and_is_told_no_old_news_later(
    app: Flask, world: World, office: Post
) -> None:
    reach(app, office=office)
    give_mail(world.official, mail_digest=False)
    with transaction():
        assign_one(world, list_one(world))
    night(date(2019, 7, 1))
    assert digests(date(2019, 7, 2)) == 0
    give_mail(world.official, mail_digest=True)
    assert digests(date(2019, 7, 29)) == 0
    assert digests(date(2019, 7, 3)) == 1


def test_a_near_deadline_is_told_at_each_threshold_once(world: World) -> None:
    with transaction():
        assign_one(world)
    for day in range(15, 32):
        night(date(2019, 8, day))
    found = db.session.execute(
        select(Message.day, Message.number).where(
            Message.person_id == world.official.id, Message.matter == Matter.DUE_SOON
        )
    ).all()
    assert [tuple(one) for one in found] == [(date(2019, 8, 24), 7), (date(2019, 8, 28), 3)]


def test_whoever_is_urged_of_many_issues_one_after_the_other_gets_one_mail(
    any_app: Flask, any_world: World, office: Post, then: Any
) -> None:
    reach(any_app, office=office)
    address = give_mail(any_world.official)
    with transaction():
        found = [assign_one(any_world) for _ in range(3)]
    for issue in found:
        with transaction():
            urge(issue, any_world.supervisor, today=date(2019, 9, 1), words="请抓紧")
    assert jobs.deliver() == {}  # a little is waited for the ones that follow
    then.shift(61)
    assert jobs.deliver() == {"sent": 1}
    (letter,) = office.to(address)
    body = base64.b64decode(letter.partition("\r\n\r\n")[2]).decode()
    assert [issue.number in body for issue in found] == [True] * 3

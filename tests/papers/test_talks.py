"""Many talks at once: a notice for each who leads, each with its own number, and a line that says what became of it."""

from __future__ import annotations

import re
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from tests.desks.test_routes import counted
from tests.papers.paper_world import DUE, assigned
from tests.world import NOW, World, assign_one, list_one, make_duty, sign_in
from tracker.base.db import db, transaction
from tracker.issues import actions as issues
from tracker.papers import queries
from tracker.papers.models import Paper
from tracker.papers.queries import issues_to_write, talks_about

FORM = {
    "talk_time": "9月16日上午9时",
    "talk_place": "县政府三楼会议室",
    "reply_by": "2019-09-12",
    "letterhead": "新邵县整改办",
    "signer": "新邵县整改办",
    "code": "新邵整改办",
    "key": "a" * 32,
}


def led_by(world: World, who: str, number: int = 1) -> list[str]:
    duty = make_duty(world, lead_official_id=world.people[who].id)
    with transaction():
        return [assign_one(world, list_one(world), deadline=DUE, duty=duty).number for _ in range(number)]


def address(numbers: list[str]) -> str:
    return "/papers/talks?" + "&".join(f"issue={number}" for number in numbers)


def symbols() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Paper.symbol).order_by(Paper.id)))


def test_whoever_leads_several_is_called_once(world: World) -> None:
    numbers = [*led_by(world, "leader", 2), *led_by(world, "leader2"), led_by(world, "leader")[0]]
    talks = talks_about(issues_to_write(numbers, world.supervisor), world.supervisor)
    assert [[issue.number for issue in talk.issues] for talk in talks] == [
        [numbers[0], numbers[1], numbers[3]],
        [numbers[2]],
    ]
    assert [talk.people for talk in talks] == [
        "新邵县整改办黄志伟、新邵县水利局王建国",
        "新邵县整改办赵国强、新邵县水利局王建国",
    ]
    assert all("新邵县水利局" in talk.units.values() for talk in talks)


def test_each_gets_a_number_of_its_own_and_sent_twice_is_issued_once(app: Flask, world: World) -> None:
    numbers = [*led_by(world, "leader"), *led_by(world, "leader2"), *led_by(world, "city_leader")]
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        form = client.get(address(numbers)).text
        keys = re.findall(r'name="talks" value="([^"]+)"', form)
        assert len(keys) == 3
        assert symbols() == []  # drafts: nothing is issued before a person presses
        nobody = client.post(address(numbers), data=FORM)
        assert nobody.status_code == 422
        assert "还没有勾选要约谈的人" in nobody.text
        assert "县政府三楼会议室" in nobody.text
        for _again in range(2):
            page = client.post(address(numbers), data={**FORM, "talks": keys[:2]}).text
            assert "已签发 2 份约谈通知" in page
        assert [re.sub(r".*〕", "", symbol) for symbol in symbols()] == ["1号", "2号"]
        assert all(symbol in page for symbol in symbols())
        client.post(address(numbers), data={**FORM, "key": "b" * 32, "talks": keys[2:]})
        assert symbols()[-1].endswith("3号")


def test_what_cannot_be_sent_says_why_and_holds_nothing_else_up(app: Flask, world: World) -> None:
    numbers = [*led_by(world, "leader"), *led_by(world, "leader2")]
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        keys = re.findall(r'name="talks" value="([^"]+)"', client.get(address(numbers)).text)
        with transaction():
            gone = issues_to_write(numbers[:1], world.root_supervisor)[0]
            issues.dismiss(gone, world.root_supervisor, today=NOW.date(), reason="并入他案", document="会议纪要")
        page = client.post(address(numbers), data={**FORM, "talks": keys}).text
        assert "已签发 1 份约谈通知" in page
        assert f"问题 {numbers[0]} 已经办结" in page
        assert len(symbols()) == 1


def test_only_issues_one_supervises_and_only_who_may_issue(app: Flask, world: World) -> None:
    number = assigned(world)[0].number
    with time_machine.travel(NOW, tick=False):
        statuses: dict[str, Any] = {
            who: sign_in(app.test_client(), world.people[who]).get(address([number])).status_code
            for who in ("supervisor", "stranger", "leader", "official")
        }
    assert statuses == {"supervisor": 200, "stranger": 404, "leader": 403, "official": 403}


def test_proposing_costs_the_same_for_one_as_for_many(world: World) -> None:
    one = led_by(world, "leader")
    many = [*one, *led_by(world, "leader2", 3), *led_by(world, "city_leader"), *led_by(world, "city_leader2")]
    sent = []
    for numbers in (one, many):
        found = queries.issues_to_write(numbers, world.supervisor)
        with counted() as statements:
            talks_about(found, world.supervisor)
        sent.append(len(statements))
    assert sent[0] == sent[1]

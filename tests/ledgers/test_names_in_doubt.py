"""Units and people whom nobody knows by the ledger's name: near ones are offered, one is chosen, or they are made."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from tests.ledgers.test_actions import ROWS, issue, ledger, take_in
from tests.ledgers.test_mapping import fields_of
from tests.ledgers.test_routes import issues, upload
from tests.world import TODAY, World, sign_in
from tracker.accounts.models import User
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.ledgers import actions, namesakes
from tracker.ledgers.models import Ledger
from tracker.ledgers.plan import Doubt, ImportPlan, likeliest
from tracker.ledgers.vocabulary import Correction
from tracker.org.models import Unit

#: 水利局 misspelt, its official and the lead official too.
ROW = (
    ROWS[0].replace("新邵县水利局、新邵县财政局", "新邵水利局").replace("黄志伟", "黄志韦").replace("王建国", "王健国")
)


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    return sign_in(app.test_client(), world.supervisor)


def plan(world: World, row: str = ROW, **said: dict[str, int]) -> ImportPlan:
    reading = actions.read(ledger(row), "台账.csv", today=TODAY, correction=Correction(**said))
    return actions.plan_import(reading, world.supervisor, title="整改台账", today=TODAY)


def asked(found: ImportPlan) -> dict[str, Doubt]:
    return {doubt.name: doubt for doubt in found.doubts}


def test_names_nobody_goes_by_are_in_doubt_with_the_near_ones_offered(world: World) -> None:
    doubts = plan(world).doubts
    offered = namesakes.offered_for(doubts)
    first = {doubt.name: [number for number, _ in offered[doubt.is_person, doubt.key]][:1] for doubt in doubts}
    assert first == {"新邵水利局": [world.water.id], "黄志韦": [world.leader.id], "王健国": [world.official.id]}


def statements(doubts: list[Doubt]) -> int:
    """How many questions offering names for these asks the database."""
    heard: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        namesakes.offered_for(doubts)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(heard)


def test_offers_cost_the_same_for_one_name_as_for_many(world: World) -> None:
    many = [Doubt(f"{n}:某{n}局", f"某{n}局", False, "新邵县", "A1", world.xinshao.id) for n in range(30)]
    people = [Doubt(f":某{n}", f"某{n}", True, "新邵县", "A1", world.xinshao.id) for n in range(30)]
    statements(many)  # what the world's factory left expired is loaded again
    assert statements([*many, *people]) == statements([many[0], people[0]]) > 0


def test_a_chosen_name_is_taken_for_what_it_means_and_nothing_is_made(world: World) -> None:
    said = {doubt.name: doubt.key for doubt in plan(world).doubts}
    units = {said["新邵水利局"]: world.water.id}
    people = {said["黄志韦"]: world.leader.id}
    people[asked(plan(world, units=units))["王健国"].key] = world.official.id
    settled = plan(world, units=units, people=people)
    assert (settled.new_units, settled.new_people) == ((), ())
    chain = settled.entries[0].chain
    assert (chain.units, chain.lead_official, chain.responsible_person) == (
        (world.water.id,),
        world.leader.id,
        world.official.id,
    )


def test_a_remembered_name_of_someone_who_has_gone_is_asked_about_again(world: World) -> None:
    key = asked(plan(world))["新邵水利局"].key
    assert not plan(world, units={key: world.water.id}).new_units
    with transaction():
        db.session.get_one(Unit, world.water.id).active = False
    assert [unit.name for unit in plan(world, units={key: world.water.id}).new_units] == ["新邵水利局", "新邵县水利局"]


def test_namesakes_are_told_apart_by_a_person_or_made_anew(world: World) -> None:
    row = ROWS[0].replace("王建国", "李同名")
    with transaction():
        twins = [User(name="李同名", unit_id=world.water.id, title=title) for title in ("科长", "科员")]
        db.session.add_all(twins)
    stopped = plan(world, row)
    doubt = asked(stopped)["李同名"]
    assert (set(doubt.among), len(stopped.obstacles)) == ({twin.id for twin in twins}, 1)
    one = plan(world, row, people={doubt.key: twins[1].id})
    assert (one.obstacles, one.entries[0].chain.responsible_person) == ((), twins[1].id)
    other = plan(world, row, people={doubt.key: 0})
    assert (other.obstacles, [person.name for person in other.new_people]) == ((), ["李同名"])


def test_the_page_offers_names_takes_the_choice_and_knows_it_the_next_time(client: FlaskClient, world: World) -> None:
    preview = upload(client, ledger(ROW)).location
    page = client.get(preview).text
    assert "相近的：新邵县水利局" in page
    doubts = asked(plan(world))
    chosen = {f"unit:{doubts['新邵水利局'].key}": world.water.id, f"person:{doubts['黄志韦'].key}": world.leader.id}
    page = client.post(preview, data={**fields_of(page), **chosen}).text
    official = next(name for name in fields_of(page) if name.startswith("person:") and name.endswith("王健国"))
    typed = {f"other-{official}": "没有这个人"}
    refused = client.post(preview, data={**fields_of(page), **typed, "act": "import", "create_missing": "y"})
    assert refused.status_code == 422
    assert "没有这个人" in refused.text  # what was typed is still there
    assert issues() == 0
    typed = {f"other-{official}": "王建国"}
    sent = {**fields_of(refused.text), **typed, "act": "import", "title": "整改台账"}
    assert client.post(preview, data=sent).status_code == 302
    assert issue("SX-1").first_unit.id == world.water.id
    assert (issue("SX-1").lead_official_id, issue("SX-1").responsible_person_id) == (world.leader.id, world.official.id)
    assert db.session.scalar(select(func.count()).where(Unit.name == "新邵水利局")) == 0
    assert db.session.scalars(select(Ledger)).one().mapping["units"] == {doubts["新邵水利局"].key: world.water.id}
    again = client.get(upload(client, ledger(ROW)).location).text
    assert "按上次的对应关系读取" in again
    assert "导入这 1 条" in again


def test_by_command_a_name_in_doubt_is_still_refused_until_it_is_settled(world: World) -> None:
    with pytest.raises(Refused, match="系统里没有"):
        take_in(world.supervisor, ledger(ROW))


@pytest.mark.parametrize(
    ("written", "name", "alike"),
    [
        ("新邵水利局", "新邵县水利局", True),
        ("新邵县卫健局", "新邵县卫生健康局", True),
        ("新绍县水利局", "新邵县水利局", True),
        ("县扶贫办", "新邵县扶贫办公室", True),
        ("新邵县财政局", "新邵县水利局", False),
        ("龙溪铺镇人民政府", "高桥镇人民政府", False),
    ],
)
def test_units_are_offered_for_names_a_clerk_would_take_for_them(written: str, name: str, alike: bool) -> None:
    doubt = Doubt("1:x", written, False, "新邵县", "A1", 1)
    assert bool(likeliest(doubt, [(1, name, name)])) is alike

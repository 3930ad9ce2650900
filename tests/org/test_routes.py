"""The pages of regions and units; alive and ready."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.world import World, sign_in
from tracker.base.db import db
from tracker.org import queries


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def admin(client: FlaskClient, world: World) -> FlaskClient:
    signed: FlaskClient = sign_in(client, world.system_admin)
    return signed


def send(client: FlaskClient, path: str, name: str, content: str, **more: str) -> Any:
    return client.post(path, data={"file": (io.BytesIO(content.encode()), name), **more})


def test_the_tree_opens_one_parent_at_a_time(admin: FlaskClient, world: World) -> None:
    top = admin.get("/regions").text
    assert "新邵县" in top
    assert "龙溪铺镇" not in top
    below = admin.get(f"/regions?parent={world.xinshao.id}").text
    assert "龙溪铺镇" in below
    assert "武冈市" not in below
    assert admin.get("/regions?parent=999").status_code == 404


def test_a_search_finds_a_village_with_its_parent(admin: FlaskClient) -> None:
    page = admin.get("/regions?q=沙坪").text
    assert "沙坪村" in page
    assert "龙溪铺镇" in page


def test_a_bad_file_of_regions_shows_every_cell_and_changes_nothing(admin: FlaskClient, world: World) -> None:
    answer = send(admin, "/regions/import", "r.csv", "code,parent,name,level\n1,,甲,city\n2,1,,county\n")
    assert answer.status_code == 422
    assert "r!B2" in answer.text or "r!C3" in answer.text
    assert queries.region_named("甲") == []


def test_a_file_can_be_checked_before_it_is_taken(admin: FlaskClient, world: World) -> None:
    content = f"代码,上级代码,名称,级别\n431,{'9' * 3},新田县,县\n"
    answer = send(admin, "/regions/import", "r.csv", content, check="1")
    assert answer.status_code == 422  # its parent stands nowhere, and there is a root
    assert "只有一个根区划" in answer.text
    units = "单位名称,所属区划\n新邵县民政局,新邵县\n"
    assert "新增 1" in send(admin, "/units/import", "u.csv", units, check="1").text
    assert queries.units_named("新邵县民政局") == []
    assert send(admin, "/units/import", "u.csv", units).status_code == 302
    assert queries.units_named("新邵县民政局")


def test_something_that_is_no_table_is_refused_in_words(admin: FlaskClient) -> None:
    answer = send(admin, "/regions/import", "r.csv", "%PDF-1.4 nothing")
    assert answer.status_code == 422
    assert "PDF" in answer.text


def test_a_region_is_added_renamed_and_ended_by_hand(admin: FlaskClient, world: World) -> None:
    data = {"name": "下源村", "level": "village", "code": ""}
    assert admin.post(f"/regions/new?parent={world.longxipu.id}", data=data).status_code == 302
    added = queries.region_meant("下源村")
    admin.post(f"/regions/{added.id}", data={"name": "下元村", "aliases": "下源、老下源"})
    assert queries.region_meant("下源村").id == queries.region_meant("老下源").id == added.id
    assert admin.post(f"/regions/{added.id}/end").status_code == 302
    assert queries.region_named("下元村") == []


def test_a_unit_is_added_found_and_put_out_of_use(admin: FlaskClient, world: World) -> None:
    data = {"name": "新邵县民政局", "region": "新邵县", "aliases": "县民政局"}
    assert admin.post("/units/new", data=data).status_code == 302
    unit = queries.unit_meant("县民政局")
    assert "新邵县民政局" in admin.get("/units?q=民政").text
    assert "新邵县民政局" not in admin.get(f"/units?region={world.wugang.id}").text
    admin.post(f"/units/{unit.id}/deactivate")
    assert "停用" in admin.get(f"/units/{unit.id}").text
    assert queries.units_named("县民政局") == []


def test_a_refused_unit_keeps_what_was_typed(admin: FlaskClient) -> None:
    answer = admin.post("/units/new", data={"name": "某局", "region": "火星", "aliases": "某某"})
    assert answer.status_code == 422
    assert 'value="某局"' in answer.text


def test_the_empty_pages_say_the_first_step(client: FlaskClient, world: World) -> None:
    sign_in(client, world.system_admin)
    assert "没有名称、别名或代码符合" in client.get("/regions?q=火星").text
    assert "没有符合条件的单位" in client.get("/units?q=火星").text


def test_the_service_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")


def test_the_service_is_alive_but_not_ready_before_migrating(client: FlaskClient) -> None:
    db.session.execute(text("DELETE FROM alembic_version"))
    db.session.commit()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database is not migrated\n")

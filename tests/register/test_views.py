"""Saved views: a person's own, shown by an address that anybody may be given, one of them what the list opens with."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.world import World, assign_one, sign_in
from tracker.base.access import Conflict, Missing, Refused
from tracker.base.db import db, transaction
from tracker.register import actions, queries
from tracker.register.models import SavedView
from tracker.register.rules import MOST_VIEWS, Filters, ListPage, Sort


def save(actor: Any, name: str, filters: Filters, *, page: ListPage = ListPage.REGISTER, opens: bool = False) -> int:
    with transaction():
        return actions.save_view(page, name, filters, actor, opens=opens).id


def test_a_view_is_its_makers_own_and_the_same_name_means_the_newer_one(any_world: World) -> None:
    save(any_world.supervisor, "逾期", Filters(overdue=True))
    view = save(any_world.supervisor, " 逾期 ", Filters(overdue=True, sort=Sort.PROGRESS))
    assert [(one.name, one.query) for one in queries.views_of(ListPage.REGISTER, any_world.supervisor)] == [
        ("逾期", "?overdue=1&sort=progress")
    ]
    assert not queries.views_of(ListPage.REGISTER, any_world.supervisor2)
    assert not queries.views_of(ListPage.OVERDUE, any_world.supervisor)
    for act in (actions.open_with, actions.remove_view):
        with pytest.raises(Missing), transaction():
            act(view, any_world.supervisor2)


def test_one_view_at_most_is_what_the_list_opens_with(any_world: World) -> None:
    first = save(any_world.supervisor, "甲", Filters(overdue=True), opens=True)
    second = save(any_world.supervisor, "乙", Filters(unsigned=True), opens=True)
    assert queries.opening_view(ListPage.REGISTER, any_world.supervisor) == "?unsigned=1"
    with pytest.raises(Conflict), transaction():
        db.session.get_one(SavedView, first).opens = True
    with transaction():
        actions.open_with(second, any_world.supervisor)
    assert queries.opening_view(ListPage.REGISTER, any_world.supervisor) == ""


def test_a_view_without_a_name_or_one_too_many_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="名字"):
        save(world.supervisor, " ", Filters())
    for number in range(MOST_VIEWS):
        save(world.supervisor, str(number), Filters())
    with pytest.raises(Refused, match="最多保存"):
        save(world.supervisor, "再来一个", Filters())


def test_the_list_opens_with_the_default_view_and_every_address_still_says_what_it_says(
    app: Flask, world: World
) -> None:
    with transaction():
        assign_one(world)
    client = sign_in(app.test_client(), world.supervisor)
    sent = {"page": "register", "query": "?unsigned=1&nonsense=1", "name": "没签收的", "opens": "1"}
    assert client.post("/register/views", data=sent).location == "/register?unsigned=1"
    assert client.get("/register").location == "/register?unsigned=1"
    page = client.get("/register?unsigned=1").text
    assert "没签收的" in page
    assert 'href="/register?view=all"' in page  # the way out of it
    assert client.get("/register?view=all").status_code == 200
    assert client.get("/register?overdue=1").status_code == 200
    assert sign_in(app.test_client(), world.supervisor2).get("/register").status_code == 200
    view = db.session.scalars(select(SavedView.id)).one()
    client.post(f"/register/views/{view}/remove")
    assert client.get("/register").status_code == 200


def test_the_overdue_list_has_views_of_its_own(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.supervisor)
    sent = {
        "page": "overdue",
        "query": f"?overdue=1&sort=overdue&county={world.xinshao.id}",
        "name": "新邵",
        "opens": "1",
    }
    there = client.post("/register/views", data=sent).location
    assert there == f"/desk?county={world.xinshao.id}&overdue=1&sort=overdue&desk=supervisor"
    assert client.get("/desk").location == there
    assert client.get(there).status_code == 200
    assert client.post("/register/views", data=sent | {"page": "elsewhere"}).status_code == 404

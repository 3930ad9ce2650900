"""Every page that opens without further ado, as each kind of person, in both languages, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.browser import SIZES
from tests.shape.source import CHINESE
from tests.world import World, assign_one, list_one, sign_in
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.access import Right, may
from tracker.base.db import transaction

#: One of each kind; None is a stranger.
PEOPLE = (
    "root_supervisor",
    "leader",
    "official",
    "system_admin",
    "security_admin",
    "auditor",
    "nobody",
    None,
)

LOOK = """() => {
  const inSight = (element) => element.getClientRects().length > 0;
  return {
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    spilled: [...document.querySelectorAll(".table-frame:not(.scroll)")].filter((one) => one.scrollWidth > one.clientWidth + 1).length,
    heads: document.querySelectorAll("h1").length,
    current: document.querySelectorAll(".bar-nav [aria-current]").length,
    main: [...document.querySelectorAll(".button-main")].filter(inSight).length,
    labels: [...document.querySelectorAll("label, legend")].filter((one) => !one.querySelector("select") && !one.closest("[translate=no]"))
      .map((one) => one.innerText),
  };
}"""


def addresses(app: Flask, client: FlaskClient, person: User | None) -> Iterator[str]:
    """What this person may open by its bare address and answers with a page (no redirect, suggestion or file)."""
    for rule in app.url_map.iter_rules():
        right = getattr(app.view_functions[rule.endpoint], "tracker_right", None)
        allowed = right == "public" or (person is not None and isinstance(right, Right) and may(person, right))
        if rule.arguments or not allowed or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(rule.rule)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield rule.rule


def signed_in(app: Flask, person: User | None, language: str) -> FlaskClient:
    client = app.test_client()
    if person is not None:
        sign_in(client, person)
    with client.session_transaction() as session:
        session["language"] = language
    return client


def faults(page: Any, address: str, language: str) -> Iterator[str]:
    """What is wrong with the page, at each width."""
    page.goto(address)
    for size in ("desk", "tablet", "phone") if language == "zh" else ("desk", "phone"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        seen = page.evaluate(LOOK)
        if seen["sideways"] > 0:
            yield f"scrolls sideways by {seen['sideways']} px ({size})"
        if seen["spilled"]:
            yield f"a table runs over its frame ({size})"
        if seen["heads"] != 1:
            yield f"{seen['heads']} headlines"
        if seen["main"] > 1:
            yield f"{seen['main']} main buttons ({size})"
        if seen["current"] > 1:
            yield "two sections of the top bar are marked"
        if language == "en" and size == "desk":
            yield from (f"said in Chinese: {label}" for label in seen["labels"] if CHINESE.search(label))


def test_every_page_stands_on_a_desk_and_on_a_phone(app: Flask, world: World, serve: Any, open_page: Any) -> None:
    today = clock.today()
    with transaction():
        number = assign_one(world, today=today, deadline=today.replace(year=today.year + 1)).number
        list_one(world, today=today)
    base, opened, found = serve(app), 0, []
    page = open_page("desk", base_url=base)  # one for all, so that the files of the design come once
    said: set[str] = set()  # in English a page is looked at once, whoever opens it
    for key in PEOPLE:
        person = world.people[key] if key else None
        pages = list(addresses(app, signed_in(app, person, "zh"), person))
        if "/register" in pages:
            pages.append(f"/issues/{number}")
        opened += len(pages)
        for language in ("zh", "en"):
            cookie = signed_in(app, person, language).get_cookie("session")
            assert cookie is not None
            page.context.add_cookies([{"name": "session", "value": cookie.value, "url": base}])
            for address in pages if language == "zh" else [each for each in pages if each not in said]:
                found += [f"{language} {key} {address}: {fault}" for fault in faults(page, address, language)]
        said.update(pages)
    assert not found, "\n".join(["", *found])
    assert opened > 25  # or nothing was looked at

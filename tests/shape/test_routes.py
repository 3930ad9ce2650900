"""Every address carries a right, and addresses look alike."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Map

from tests.shape.source import said
from tracker import create_app
from tracker.base.access import Right
from tracker.base.config import Config
from tracker.base.web import needs, public

#: What a stranger may open. A new name here is a decision, not a mend.
#: The calendar: its address is the secret; programs that follow one cannot sign in.
OPEN = frozenset({"accounts.login", "org.healthz", "org.readyz", "language", "feeds.calendar"})
_STATIC = re.compile(r"(^|\.)static$")  # files of the design, also those that libraries bring
_SEGMENT = re.compile(
    r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?|<[a-z_]+(\([^)]*\))?:[a-z_]+>(\.[a-z0-9]+)?|<(number|code|name|sha256)>"
)


@pytest.fixture(scope="module")
def whole_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Config(data_dir=tmp_path_factory.mktemp("routes"), secret_key="s" * 40))


def without_right(app: Flask) -> list[str]:
    return [
        f"{endpoint}: {view.__module__}.{view.__name__}"
        for endpoint, view in app.view_functions.items()
        if not _STATIC.search(endpoint) and not _right_of(view)
    ]


def open_to_strangers(app: Flask) -> set[str]:
    return {endpoint for endpoint, view in app.view_functions.items() if _right_of(view) == "public"}


def _right_of(view: object) -> Right | str | None:
    right = getattr(view, "tracker_right", None)
    return right if isinstance(right, Right) or right == "public" else None


def odd_addresses(addresses: Map) -> list[str]:
    return [
        f"{rule.endpoint}: {rule.rule}"
        for rule in addresses.iter_rules()
        if not _STATIC.search(rule.endpoint)
        and not all(_SEGMENT.fullmatch(segment) for segment in rule.rule.strip("/").split("/") if segment)
    ]


def test_every_endpoint_carries_a_right(whole_app: Flask) -> None:
    found = without_right(whole_app)
    assert not found, said(found, "mark the view with @needs(Right.…) under the route, or @public if a stranger may")


def test_only_the_named_endpoints_are_open_to_strangers(whole_app: Flask) -> None:
    found = sorted(open_to_strangers(whole_app) - OPEN)
    assert not found, said(
        found, "use @needs(Right.…), or add the endpoint to OPEN in tests/shape/test_routes.py and say why"
    )


def test_addresses_are_kebab_case_and_typed(whole_app: Flask) -> None:
    found = odd_addresses(whole_app.url_map)
    assert not found, said(found, "lower case, words joined by -, <int:…> for ids, <number> for an issue's number")


def test_the_laws_bite() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/bare", "bare", lambda: "")
    app.add_url_rule("/Shouted/<thing>", "odd", public(lambda: ""))
    app.add_url_rule("/good-one/<int:id>/<number>", "good", needs(Right.SELF)(lambda: ""))
    assert len(without_right(app)) == 1
    assert open_to_strangers(app) == {"odd"}
    assert len(odd_addresses(app.url_map)) == 1

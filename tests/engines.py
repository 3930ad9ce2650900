"""The small world on PostgreSQL, and on each engine in turn.

``pg_app`` and ``pg_world`` are what ``app`` and ``world`` are, on a copy of a migrated PostgreSQL database;
``any_app`` and ``any_world`` run the test twice, on SQLite and on PostgreSQL. ``tests/on_postgres`` runs whole modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.postgres import PostgresServer
from tests.world import World, make_app, make_world
from tracker.base.db import db


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a migrated, empty database that nobody is connected to: a template."""
    url = postgres_server.create()
    app = make_app(tmp_path_factory.mktemp("migrated-postgres"), url)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def pg_app(postgres_server: PostgresServer, migrated_postgres: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on an empty migrated PostgreSQL database, its context pushed."""
    url = postgres_server.create(template=migrated_postgres)
    app = make_app(tmp_path, url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    postgres_server.drop(url)


@pytest.fixture
def pg_world(pg_app: Flask) -> World:
    return make_world()


BOTH = (pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(params=BOTH)
def any_app(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("app" if request.param == "sqlite" else "pg_app")


@pytest.fixture
def any_world(any_app: Flask) -> World:
    return make_world()

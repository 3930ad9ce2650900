"""The migrations: one line, what they make is what the models say, and back and forth again nothing is lost."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from tests.engines import BOTH
from tests.postgres import PostgresServer
from tests.world import World, assign_one, make_app, make_world
from tracker.base.config import data_path
from tracker.base.db import Base, db, transaction

FIRST = "0001"
#: Made by hand, of expressions or by the search: autogenerate cannot see them, the tests below do.
BY_HAND = {"uq_region_root", "uq_review_chain_default", "uq_post_running", "ix_issue_text_grams"}


@pytest.fixture(params=BOTH)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database without a table, its context pushed, once on each engine."""
    server: PostgresServer | None = None
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        assert server is not None
        url = server.create()
    app = make_app(tmp_path, url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if server is not None:
        server.drop(url)


def script() -> ScriptDirectory:
    config = AlembicConfig()
    config.set_main_option("script_location", str(data_path("migrations")))
    return ScriptDirectory.from_config(config)


def schema() -> dict[str, Any]:
    """Tables with their columns, keys, checks and indexes; and on SQLite the statements that made hand-made things."""
    db.session.rollback()
    look = inspect(db.engine)
    tables = sorted(name for name in look.get_table_names() if not name.startswith("issue_search"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # indexes on expressions cannot be read back
        made: dict[str, Any] = {
            name: (
                sorted((column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)),
                sorted(str(key["name"]) for key in look.get_foreign_keys(name)),
                sorted(str(check["name"]) for check in look.get_check_constraints(name)),
                sorted(str(unique["name"]) for unique in look.get_unique_constraints(name)),
            )
            for name in tables
        }
    made["indexes"], made["triggers"] = indexes(), triggers()
    db.session.rollback()  # or the next look would see this moment still
    return made


def indexes() -> list[str]:
    if db.engine.dialect.name == "sqlite":
        rows = "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'"
    else:
        rows = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
    return sorted(db.session.scalars(text(rows)))


def triggers() -> list[str]:
    if db.engine.dialect.name == "sqlite":
        rows = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        rows = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return sorted(db.session.scalars(text(rows)))


def test_the_migrations_are_one_line_from_the_first_to_the_newest() -> None:
    line = list(script().walk_revisions())
    assert len(script().get_heads()) == 1
    assert line[-1].revision == FIRST
    assert all(not revision.is_merge_point and not revision.is_branch_point for revision in line)
    assert sorted(revision.revision for revision in line) == [f"{number:04}" for number in range(1, len(line) + 1)]


def test_what_the_migrations_make_is_what_the_models_say(bare: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _thing, name, kind, _reflected, _to: (
                    not (kind == "table" and str(name).startswith("issue_search")) and name not in BY_HAND
                ),
                "compare_type": False,
            },
        )
        assert compare_metadata(context, Base.metadata) == []
    made = schema()
    for name, table in Base.metadata.tables.items():
        columns = {(column.name, bool(column.nullable)) for column in table.columns}
        assert {(column, nullable) for column, _kind, nullable in made[name][0]} == columns, name
        checks = {str(check.name) for check in table.constraints if type(check).__name__ == "CheckConstraint"}
        assert set(made[name][2]) == checks, name


def test_what_no_comparison_sees_is_there_too(bare: Flask) -> None:
    upgrade()
    expected = BY_HAND if db.engine.dialect.name == "postgresql" else BY_HAND - {"ix_issue_text_grams"}
    assert expected <= set(indexes())
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'issue_search'")) == 1
        assert [name for name in triggers() if "issue_text" in name or "search" in name]
    assert [name for name in triggers() if name.startswith("event_")]


def test_forth_back_and_forth_again_makes_the_same(bare: Flask) -> None:
    upgrade()
    newest = schema()
    for revision in list(script().walk_revisions())[:-1]:
        downgrade(revision=str(revision.down_revision))
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == FIRST
    db.session.rollback()
    assert schema() != newest
    upgrade()
    assert schema() == newest


def test_each_step_alone_makes_what_all_at_once_do(bare: Flask) -> None:
    for revision in reversed(list(script().walk_revisions())):
        upgrade(revision=revision.revision)
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == revision.revision
        db.session.rollback()
    by_steps = schema()
    upgrade()
    assert schema() == by_steps


def test_there_is_nothing_before_the_first(bare: Flask) -> None:
    upgrade(revision=FIRST)
    with pytest.raises(SystemExit):
        downgrade(revision="base")
    assert "issue" in inspect(db.engine).get_table_names()


def contents() -> dict[str, int]:
    counts = {
        name: int(db.session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0)
        for name in inspect(db.engine).get_table_names()
        if not name.startswith(("issue_search", "alembic"))
    }
    db.session.rollback()
    return counts


def test_a_database_in_use_keeps_every_row_and_its_keys(bare: Flask) -> None:
    """A batch rebuild of a table with keys on would take the rows that hang on it along."""
    upgrade()
    world: World = make_world()
    with transaction():
        assign_one(world)
    before = contents()
    assert before["issue"] == 1
    assert before["event"] > 0
    db.session.remove()
    downgrade(revision=FIRST)
    upgrade()
    assert {name: number for name, number in contents().items() if name in before} == before
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []

"""Runs migrations on the app's engine. On SQLite foreign keys are off meanwhile: a batch rebuild would cascade."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from tracker.base.db import Base, Instant

_SEARCH = "issue_search"  # FTS5 and its shadow tables are made by hand


def _wanted(thing, name, kind, reflected, compare_to):
    return not (kind == "table" and name and name.startswith(_SEARCH))


def _render(kind, thing, _context):
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def run():
    engine = current_app.extensions["migrate"].db.engine
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=_wanted,
            render_item=_render,
            render_as_batch=sqlite,
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken is not None:
                raise RuntimeError(f"foreign keys broken by a migration: {tuple(broken)}")
        connection.commit()
        if sqlite:
            connection.invalidate()  # the pool must not hand out a connection without foreign keys


run()

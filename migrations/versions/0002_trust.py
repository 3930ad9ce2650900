"""what makes a clearance believable: look-backs, a sealed journal, evidence that can be doubted, stand-ins, breakdown

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# The history may only grow. A slip is refused here; what gets round this shows in the chain of marks.
_REFUSE_SQLITE = (
    "CREATE TRIGGER {table}_never_{act} BEFORE {act} ON {table} BEGIN"
    " SELECT RAISE(ABORT, 'the journal is append-only'); END"
)
_REFUSE_POSTGRESQL = (
    "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
)
_SEALED = ("event", "seal_link")


def _journal_up():
    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("remark_mark", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("mark", sa.String(length=81), nullable=True))
        batch_op.create_index("uq_event_mark", ["mark"], unique=True)
        batch_op.create_index("ix_event_actor", ["actor_id", "id"], unique=False)
        batch_op.create_index("ix_event_at", ["at"], unique=False)
    op.create_table(
        "seal_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_seal_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_seal_link_event_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in _SEALED:
            for act in ("UPDATE", "DELETE"):
                op.execute(_REFUSE_SQLITE.format(table=table, act=act))
        return
    op.execute(_REFUSE_POSTGRESQL)
    for table in _SEALED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()"
        )


def _journal_down():
    if op.get_bind().dialect.name == "sqlite":
        for table in _SEALED:
            for act in ("UPDATE", "DELETE"):
                op.execute(f"DROP TRIGGER {table}_never_{act}")
    else:
        for table in _SEALED:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute("DROP FUNCTION journal_is_append_only()")
    op.drop_table("seal_link")
    with op.batch_alter_table("event") as batch_op:
        for index in ("ix_event_at", "ix_event_actor", "uq_event_mark"):
            batch_op.drop_index(index)
        for column in ("mark", "remark_mark", "address"):
            batch_op.drop_column(column)


def _clearance_up():
    op.create_table(
        "site_evidence",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id", "position"],
            ["application_level.application_id", "application_level.position"],
            name=op.f("fk_site_evidence_application_id_position"),
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_site_evidence_evidence_id")),
        sa.PrimaryKeyConstraint("application_id", "position", "evidence_id", name=op.f("pk_site_evidence")),
    )


def _clearance_down():
    op.drop_table("site_evidence")


def _deadlines_up():
    op.create_index(
        "ix_issue_review_on",
        "issue",
        ["review_on", "id"],
        unique=False,
        sqlite_where=sa.text("review_on IS NOT NULL"),
        postgresql_where=sa.text("review_on IS NOT NULL"),
    )


def _deadlines_down():
    op.drop_index("ix_issue_review_on", "issue")


def upgrade():
    _journal_up()
    _clearance_up()
    _deadlines_up()


def downgrade():
    _deadlines_down()
    _clearance_down()
    _journal_down()

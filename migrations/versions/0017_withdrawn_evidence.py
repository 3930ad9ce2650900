"""evidence that was withdrawn by two people, and files whose bytes had to go

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ASKED = sa.text("asked_at IS NOT NULL AND withdrawn_at IS NULL")
_PEOPLE = ("asked_by_id", "asked_for_id", "withdrawn_by_id", "withdrawn_for_id")
# written out: a batch would rebuild the table on SQLite; the last column to come can speak of all the others
_CHECKS = {
    "asked_with_reason": "(asked_at IS NULL) = (asked_by_id IS NULL) AND (asked_at IS NULL) = (withdrawal_reason IS NULL)",
    "withdrawn_after_asking": (
        "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL OR asked_at IS NOT NULL)"
    ),
    "withdrawn_by_two": (
        "withdrawn_by_id <> asked_by_id AND withdrawn_by_id <> COALESCE(asked_for_id, 0)"
        " AND COALESCE(withdrawn_for_id, 0) <> asked_by_id"
        " AND COALESCE(withdrawn_for_id, 0) <> COALESCE(asked_for_id, -1)"
    ),
}


def upgrade():
    op.add_column("stored_file", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("evidence", sa.Column("withdrawal_reason", sa.Text(), nullable=True))
    op.add_column("evidence", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    for column in _PEOPLE:
        reference = f"CONSTRAINT fk_evidence_{column} REFERENCES person (id)"
        op.execute(f"ALTER TABLE evidence ADD COLUMN {column} INTEGER {reference}")
    kind = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    checks = " ".join(f"CONSTRAINT ck_evidence_{name} CHECK ({rule})" for name, rule in _CHECKS.items())
    op.execute(f"ALTER TABLE evidence ADD COLUMN withdrawn_at {kind} {checks}")
    op.create_index("ix_evidence_asked", "evidence", ["asked_at"], sqlite_where=_ASKED, postgresql_where=_ASKED)


def downgrade():
    op.drop_index("ix_evidence_asked", "evidence")
    for column in ("withdrawn_at", *_PEOPLE, "asked_at", "withdrawal_reason"):  # the checks go with the first
        op.drop_column("evidence", column)
    op.drop_column("stored_file", "erased_at")

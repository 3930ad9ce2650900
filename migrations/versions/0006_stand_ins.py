"""stand-ins: who does an absent person's duties, and for whom a stand-in applied, asked and decided

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STANDING = sa.text("ended_at IS NULL")
_FOR = (
    ("application", "applicant_for_id"),
    ("application_level", "reviewer_for_id"),
    ("extension", "asked_for_id"),
    ("extension", "decided_for_id"),
    ("plan", "submitted_for_id"),
    ("plan", "decided_for_id"),
    ("look_back", "held_for_id"),
)


def upgrade():
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("absent_id <> person_id", name=op.f("ck_stand_in_somebody_else")),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_stand_in_begins_before_it_ends")),
        sa.ForeignKeyConstraint(["absent_id"], ["person.id"], name=op.f("fk_stand_in_absent_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stand_in_person_id")),
        sa.ForeignKeyConstraint(["named_by_id"], ["person.id"], name=op.f("fk_stand_in_named_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
    )
    op.create_index(
        "uq_stand_in_standing",
        "stand_in",
        ["absent_id"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_index(
        "ix_stand_in_person_id", "stand_in", ["person_id"], sqlite_where=_STANDING, postgresql_where=_STANDING
    )
    for table, column in _FOR:
        # written out: a batch would rebuild the table on SQLite, and lose what reflection does not see
        reference = f"CONSTRAINT fk_{table}_{column} REFERENCES person (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER {reference}")


def downgrade():
    for table, column in reversed(_FOR):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_index("ix_stand_in_person_id", "stand_in")
    op.drop_index("uq_stand_in_standing", "stand_in")
    op.drop_table("stand_in")

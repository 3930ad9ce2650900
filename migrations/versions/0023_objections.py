"""objections: what a handler says against being overdue, and what was decided

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_STATES = sa.Enum("waiting", "upheld", "refused", name="state", native_enum=False, create_constraint=True, length=32)


def upgrade():
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("state", _STATES, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_for_id", sa.Integer(), nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_for_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_objection_decided_has_date")),
        sa.CheckConstraint("(state = 'waiting') = (opinion IS NULL)", name=op.f("ck_objection_decided_with_reason")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_objection_issue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["overdue_episode.id"], name=op.f("fk_objection_episode_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_objection_raised_by_id")),
        sa.ForeignKeyConstraint(["raised_for_id"], ["person.id"], name=op.f("fk_objection_raised_for_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_objection_decided_by_id")),
        sa.ForeignKeyConstraint(["decided_for_id"], ["person.id"], name=op.f("fk_objection_decided_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index("ix_objection_issue_id", "objection", ["issue_id"])
    op.create_index("ix_objection_state", "objection", ["state", "raised_on"])
    op.create_index(
        "uq_objection_waiting",
        "objection",
        ["episode_id"],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_table(
        "objection_evidence",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_evidence_objection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_objection_evidence_evidence_id")),
        sa.PrimaryKeyConstraint("objection_id", "evidence_id", name=op.f("pk_objection_evidence")),
    )


def downgrade():
    op.drop_table("objection_evidence")
    op.drop_table("objection")

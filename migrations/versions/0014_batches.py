"""batches: one act carried out on many issues, and what became of each

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _words(name, *words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade():
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("act", _words("act", "remind", "reassign", "grant_extension", "refuse_extension"), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_batch_by_id")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_batch_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("token", name=op.f("uq_batch_token")),
    )
    op.create_index("ix_batch_by_id", "batch", ["by_id", "id"])
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", _words("outcome", "waiting", "done", "refused"), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.CheckConstraint("(outcome = 'waiting') = (said IS NULL)", name=op.f("ck_batch_item_settled_is_said")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_batch_item_issue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "issue_id", name=op.f("pk_batch_item")),
    )
    op.create_index("ix_batch_item_issue_id", "batch_item", ["issue_id"])


def downgrade():
    op.drop_table("batch_item")
    op.drop_table("batch")

"""self-checks: many units asked to look for the same kind of problem, what each found

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _to(table, column, other, **more):
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **more)


def upgrade():
    op.create_table(
        "self_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_for_id", sa.Integer(), nullable=True),
        _to("self_check", "region_id", "region"),
        _to("self_check", "issue_id", "issue", ondelete="SET NULL"),
        _to("self_check", "finding_id", "finding"),
        _to("self_check", "asked_by_id", "person"),
        _to("self_check", "asked_for_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_check")),
    )
    op.create_index("ix_self_check_region_id", "self_check", ["region_id", "id"])
    op.create_index("ix_self_check_issue_id", "self_check", ["issue_id"])
    op.create_index("ix_self_check_finding_id", "self_check", ["finding_id"])
    op.create_table(
        "self_check_part",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("self_check_id", sa.Integer(), nullable=False),
        sa.Column("looked_by", sa.String(length=200), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.CheckConstraint("(looked_by IS NULL) = (found IS NULL)", name=op.f("ck_self_check_part_looked_and_found")),
        _to("self_check_part", "task_id", "task"),
        _to("self_check_part", "self_check_id", "self_check"),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_self_check_part")),
    )
    op.create_index("ix_self_check_part_self_check_id", "self_check_part", ["self_check_id"])
    op.create_table(
        "self_check_finding",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["self_check_part.task_id"], name=op.f("fk_self_check_finding_task_id")),
        _to("self_check_finding", "finding_id", "finding"),
        sa.PrimaryKeyConstraint("task_id", "position", name=op.f("pk_self_check_finding")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_self_check_finding_finding_id")),
    )


def downgrade():
    op.drop_table("self_check_finding")
    op.drop_table("self_check_part")
    op.drop_table("self_check")

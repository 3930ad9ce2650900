"""random draws of clearances to be looked at

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "look_back_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size BETWEEN 1 AND 500", name=op.f("ck_look_back_draw_size")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_look_back_draw_by_id")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_look_back_draw_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back_draw")),
    )
    op.create_table(
        "look_back_pick",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["look_back_draw.id"], name=op.f("fk_look_back_pick_draw_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_look_back_pick_issue_id")),
        sa.PrimaryKeyConstraint("draw_id", "position", name=op.f("pk_look_back_pick")),
    )
    op.create_index("ix_look_back_pick_issue_id", "look_back_pick", ["issue_id"], unique=False)


def downgrade():
    op.drop_table("look_back_pick")
    op.drop_table("look_back_draw")

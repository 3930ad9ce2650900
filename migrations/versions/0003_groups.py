"""standing work groups per category

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "work_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("lead_official_id", sa.Integer(), nullable=False),
        sa.Column("lead_unit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_work_group_category_id_category")),
        sa.ForeignKeyConstraint(
            ["lead_official_id"], ["person.id"], name=op.f("fk_work_group_lead_official_id_person")
        ),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["unit.id"], name=op.f("fk_work_group_lead_unit_id_unit")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_work_group_region_id_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_group")),
        sa.UniqueConstraint("region_id", "category_id", name=op.f("uq_work_group_region_id_category_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "work_group_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["work_group.id"], name=op.f("fk_work_group_member_group_id_work_group")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_work_group_member_user_id_person")),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_work_group_member")),
    )
    with op.batch_alter_table("work_group_member") as batch_op:
        batch_op.create_index("ix_work_group_member_user_id", ["user_id"], unique=False)


def downgrade():
    op.drop_table("work_group_member")
    op.drop_table("work_group")

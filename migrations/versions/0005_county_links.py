"""the counties a leader keeps in touch with

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "county_link",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_county_link_region_id_region")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_county_link_user_id_person")),
        sa.PrimaryKeyConstraint("user_id", "region_id", name=op.f("pk_county_link")),
    )
    with op.batch_alter_table("county_link") as batch_op:
        batch_op.create_index("ix_county_link_region_id", ["region_id"], unique=False)


def downgrade():
    op.drop_table("county_link")

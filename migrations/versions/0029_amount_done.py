"""amount_done: how much of the amount has been put right

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    never_negative = sa.CheckConstraint("amount_done >= 0", name=op.f("ck_issue_amount_done"))
    op.add_column("issue", sa.Column("amount_done", sa.Numeric(precision=16, scale=2), never_negative, nullable=True))


def downgrade():
    op.drop_column("issue", "amount_done")  # its own check goes with it

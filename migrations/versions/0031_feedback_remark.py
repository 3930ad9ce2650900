"""what a feedback document says beside the names and days that hold, for whoever hands the issue out

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TABLES = ("feedback_draft_entry", "finding_proposal")


def upgrade():
    for table in _TABLES:
        op.add_column(table, sa.Column("remark", sa.Text(), nullable=False, server_default=""))


def downgrade():
    for table in reversed(_TABLES):
        op.drop_column(table, "remark")

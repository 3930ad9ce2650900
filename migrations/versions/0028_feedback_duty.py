"""who leads and who does it, the kind and the stages of the deadline, as a feedback document asks

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_DRAFT = (
    ("lead_official", sa.String(length=200)),
    ("responsible_person", sa.String(length=200)),
    ("kind", sa.String(length=32)),
)
_PROPOSAL = (
    ("lead_official", sa.String(length=200)),
    ("responsible_person", sa.String(length=200)),
    ("stages", sa.Text()),
)


def upgrade():
    for table, columns in (("feedback_draft_entry", _DRAFT), ("finding_proposal", _PROPOSAL)):
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=""))


def downgrade():
    for table, columns in (("finding_proposal", _PROPOSAL), ("feedback_draft_entry", _DRAFT)):
        for name, _kind in reversed(columns):
            op.drop_column(table, name)

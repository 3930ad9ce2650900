"""which files have been looked at for what a photo tells

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WAITING = sa.text("examined_at IS NULL")


def upgrade():
    op.add_column("stored_file", sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_stored_file_unexamined",
        "stored_file",
        ["sha256"],
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade():
    op.drop_index("ix_stored_file_unexamined", table_name="stored_file")
    op.drop_column("stored_file", "examined_at")

"""what a photo tells of itself; where a region lies

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BANDS = [f"band{number}" for number in range(1, 5)]


# In place: a table copied over would lose the index on an expression that holds the one root.


def upgrade():
    op.add_column("region", sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column("region", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("stored_file", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stored_file", sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column("stored_file", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("stored_file", sa.Column("look", sa.String(length=16), nullable=True))
    for band in BANDS:
        op.add_column("stored_file", sa.Column(band, sa.Integer(), nullable=True))
        op.create_index(f"ix_stored_file_{band}", "stored_file", [band], unique=False)


def downgrade():
    for band in BANDS:
        op.drop_index(f"ix_stored_file_{band}", table_name="stored_file")
        op.drop_column("stored_file", band)
    for column in ("look", "latitude", "longitude", "taken_at"):
        op.drop_column("stored_file", column)
    for column in ("latitude", "longitude"):
        op.drop_column("region", column)

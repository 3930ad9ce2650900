"""ledger_template: how an office's own ledgers look when they go out

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "ledger_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column(
            "by",
            sa.Enum("source", "category", "county", name="by", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("reads", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ledger_template_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_template")),
        sa.UniqueConstraint("unit_id", "title", name=op.f("uq_ledger_template_unit_id_title")),
    )


def downgrade():
    op.drop_table("ledger_template")

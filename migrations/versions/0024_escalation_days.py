"""escalation: the days with which a level began, as the rule stood

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ALONE = {"resolve_fks": False}


def upgrade():
    with op.batch_alter_table("escalation", reflect_kwargs=_ALONE) as batch_op:
        batch_op.add_column(sa.Column("days", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE escalation SET days = CASE level WHEN 1 THEN 1 WHEN 2 THEN 3 WHEN 3 THEN 7 WHEN 4 THEN 15 ELSE 30 END"
    )
    with op.batch_alter_table("escalation", reflect_kwargs=_ALONE) as batch_op:
        batch_op.alter_column("days", existing_type=sa.Integer(), nullable=False)
        batch_op.create_check_constraint(op.f("ck_escalation_days"), "days >= 1")


def downgrade():
    with op.batch_alter_table("escalation", reflect_kwargs=_ALONE) as batch_op:
        batch_op.drop_constraint(op.f("ck_escalation_days"), type_="check")
        batch_op.drop_column("days")

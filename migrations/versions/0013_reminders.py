"""reminders: what a person said with a message

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BEFORE = ("overdue_unit", "overdue_lead", "overdue_notice", "overdue_bulletin", "overdue_talk", "overdue_taken_over")
_AFTER = (*_BEFORE, "reminder")
_ALONE = {"resolve_fks": False}


def _matter(*words):
    return sa.Enum(*words, name="matter", native_enum=False, create_constraint=True, length=32)


def upgrade():
    with op.batch_alter_table("message", reflect_kwargs=_ALONE) as batch_op:
        batch_op.add_column(sa.Column("remark_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_message_remark_id"), "remark", ["remark_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_message_matter"), type_="check")
        batch_op.create_check_constraint(op.f("ck_message_matter"), sa.column("matter").in_(_AFTER))


def downgrade():
    op.execute("DELETE FROM message WHERE matter = 'reminder'")
    with op.batch_alter_table("message", reflect_kwargs=_ALONE) as batch_op:
        batch_op.drop_constraint(op.f("ck_message_matter"), type_="check")
        batch_op.create_check_constraint(op.f("ck_message_matter"), sa.column("matter").in_(_BEFORE))
        batch_op.drop_constraint(op.f("fk_message_remark_id"), type_="foreignkey")
        batch_op.drop_column("remark_id")

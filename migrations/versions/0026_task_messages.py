"""messages about tasks and decisions, and for whoever stands in

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BEFORE = (
    *("overdue_unit", "overdue_lead", "overdue_notice", "overdue_bulletin", "overdue_talk", "overdue_taken_over"),
    *("reminder", "to_accept", "due_soon", "digest", "try", "paper"),
    *("delay_unassigned", "delay_unsigned", "delay_planning", "delay_review"),
)
_NEW = (
    *("extension_granted", "extension_refused", "objection_upheld", "objection_refused"),
    *("task_asked", "task_due_soon", "task_late", "task_answered", "task_returned", "task_settled", "task_withdrawn"),
)
_ALONE = {"resolve_fks": False}


def _matters(*words):
    for table in ("message", "delivery"):
        with op.batch_alter_table(table, reflect_kwargs=_ALONE) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_matter"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_matter"), f"matter IN {words}")


def upgrade():
    _matters(*_BEFORE, *_NEW)
    with op.batch_alter_table("message", reflect_kwargs=_ALONE) as batch_op:
        batch_op.add_column(sa.Column("task_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("for_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_message_task_id"), "task", ["task_id"], ["id"], ondelete="CASCADE")
        batch_op.create_foreign_key(op.f("fk_message_for_id"), "person", ["for_id"], ["id"])
    op.create_index("ix_message_task_id", "message", ["task_id"])


def downgrade():
    words = ", ".join(repr(word) for word in _NEW)
    op.execute(f"DELETE FROM message WHERE matter IN ({words}) OR for_id IS NOT NULL")
    op.execute(f"DELETE FROM delivery WHERE matter IN ({words})")
    op.drop_index("ix_message_task_id", table_name="message")
    with op.batch_alter_table("message", reflect_kwargs=_ALONE) as batch_op:
        batch_op.drop_constraint(op.f("fk_message_task_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_message_for_id"), type_="foreignkey")
        batch_op.drop_column("task_id")
        batch_op.drop_column("for_id")
    _matters(*_BEFORE)

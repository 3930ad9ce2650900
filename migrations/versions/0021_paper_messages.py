"""messages about papers

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BEFORE = (
    *("overdue_unit", "overdue_lead", "overdue_notice", "overdue_bulletin", "overdue_talk", "overdue_taken_over"),
    *("reminder", "to_accept", "due_soon", "digest", "try"),
)
_AFTER = (*_BEFORE, "paper")
_TABLES = ("message", "delivery")


def _allow(words):
    for table in _TABLES:
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_matter"), type_="check")
            batch_op.create_check_constraint(
                op.f(f"ck_{table}_matter"), f"matter IN ({', '.join(repr(word) for word in words)})"
            )


def upgrade():
    _allow(_AFTER)


def downgrade():
    for table in _TABLES:
        op.execute(f"DELETE FROM {table} WHERE matter = 'paper'")
    _allow(_BEFORE)

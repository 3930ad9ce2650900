"""delays: steps that took longer than their working days

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BEFORE = (
    *("overdue_unit", "overdue_lead", "overdue_notice", "overdue_bulletin", "overdue_talk", "overdue_taken_over"),
    *("reminder", "to_accept", "due_soon", "digest", "try", "paper"),
)
_DELAYS = ("delay_unassigned", "delay_unsigned", "delay_planning", "delay_review")
_CLOCKS = ("unassigned", "unsigned", "planning", "review")
_ALONE = {"resolve_fks": False}
_UNTOLD = sa.text("told_on IS NULL")


def _matters(*words):
    for table in ("message", "delivery"):
        with op.batch_alter_table(table, reflect_kwargs=_ALONE) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_matter"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_matter"), f"matter IN {words}")


def upgrade():
    op.create_table(
        "delay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column(
            "clock",
            sa.Enum(*_CLOCKS, name="clock", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(clock = 'review') = (level > 0)", name=op.f("ck_delay_level_of_review")),
        sa.CheckConstraint("recorded_on > since", name=op.f("ck_delay_after_it_began")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_delay_issue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delay")),
        sa.UniqueConstraint("issue_id", "clock", "since", "level", name=op.f("uq_delay_issue_id_clock_since_level")),
    )
    op.create_index("ix_delay_untold", "delay", ["clock"], sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)
    _matters(*_BEFORE, *_DELAYS)


def downgrade():
    op.execute(f"DELETE FROM message WHERE matter IN {_DELAYS}")
    op.execute(f"DELETE FROM delivery WHERE matter IN {_DELAYS}")
    _matters(*_BEFORE)
    op.drop_table("delay")

"""escalation: the levels an overdue episode has reached; messages: who was told what, once

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_UNTOLD = sa.text("told_on IS NULL")
_UNREAD = sa.text("channel = 'inbox' AND read_at IS NULL")
_MATTERS = ("overdue_unit", "overdue_lead", "overdue_notice", "overdue_bulletin", "overdue_talk", "overdue_taken_over")


def upgrade():
    # written out: a batch would rebuild the table on SQLite, and lose what reflection does not see
    op.execute("ALTER TABLE person ADD COLUMN unread INTEGER DEFAULT '0' NOT NULL")
    op.create_table(
        "escalation",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("at_take_over", sa.Boolean(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_escalation_level")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["overdue_episode.id"], name=op.f("fk_escalation_episode_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_escalation_issue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("episode_id", "level", name=op.f("pk_escalation")),
    )
    op.create_index("ix_escalation_issue_id", "escalation", ["issue_id"])
    op.create_index("ix_escalation_untold", "escalation", ["level"], sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("inbox", name="channel", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "matter",
            sa.Enum(*_MATTERS, name="matter", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_message_issue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("occasion", "person_id", "channel", name=op.f("uq_message_occasion_person_id_channel")),
    )
    op.create_index("ix_message_issue_id", "message", ["issue_id"])
    op.create_index("ix_message_person_id", "message", ["person_id", "id"])
    op.create_index("ix_message_unread", "message", ["person_id"], sqlite_where=_UNREAD, postgresql_where=_UNREAD)


def downgrade():
    op.drop_table("message")
    op.drop_table("escalation")
    op.execute("ALTER TABLE person DROP COLUMN unread")

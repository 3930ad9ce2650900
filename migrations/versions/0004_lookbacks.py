"""look-backs held, and on the issue the day it is to be looked at next

Revision ID: 0004
Revises: 0003
"""

from calendar import monthrange

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SET = sa.text("look_back_on IS NOT NULL")
_WHERE = {"sqlite_where": _SET, "postgresql_where": _SET}


def upgrade():
    op.create_table(
        "look_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("people", sa.String(length=200), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column(
            "result",
            sa.Enum("held", "failed", name="result", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("new_term", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(result = 'failed') = (new_term IS NOT NULL)", name=op.f("ck_look_back_failed_has_term")),
        sa.CheckConstraint("held_on >= cleared_on", name=op.f("ck_look_back_after_clearance")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_look_back_by_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_look_back_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back")),
    )
    op.create_index("ix_look_back_issue_id", "look_back", ["issue_id", "id"], unique=False)
    op.create_index("ix_look_back_held_on", "look_back", ["held_on", "id"], unique=False)
    op.create_table(
        "look_back_evidence",
        sa.Column("look_back_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_look_back_evidence_evidence_id")),
        sa.ForeignKeyConstraint(["look_back_id"], ["look_back.id"], name=op.f("fk_look_back_evidence_look_back_id")),
        sa.PrimaryKeyConstraint("look_back_id", "evidence_id", name=op.f("pk_look_back_evidence")),
    )
    op.add_column("issue", sa.Column("look_back_on", sa.Date(), nullable=True))
    _first_dates()
    op.create_index("ix_issue_look_back_on", "issue", ["look_back_on", "id"], unique=False, **_WHERE)
    cell = ["category_id", "county_id", "kind", "look_back_on"]
    op.create_index("ix_issue_look_back_cell", "issue", cell, unique=False, **_WHERE)


def _first_dates():
    """What was cleared by review before look-backs were kept is looked at three months after, too."""
    issue = sa.table(
        "issue",
        sa.column("cleared_on", sa.Date()),
        sa.column("look_back_on", sa.Date()),
        sa.column("proven", sa.Boolean()),
        sa.column("has_children", sa.Boolean()),
    )
    waiting = (issue.c.proven, ~issue.c.has_children)
    connection = op.get_bind()
    days = connection.execute(sa.select(issue.c.cleared_on).where(*waiting).distinct()).scalars().all()
    for day in days:
        years, month = divmod(day.month + 2, 12)
        year, month = day.year + years, month + 1
        due = day.replace(day=1, month=month, year=year).replace(day=min(day.day, monthrange(year, month)[1]))
        connection.execute(sa.update(issue).where(*waiting, issue.c.cleared_on == day).values(look_back_on=due))


def downgrade():
    op.drop_index("ix_issue_look_back_cell", "issue")
    op.drop_index("ix_issue_look_back_on", "issue")
    op.drop_column("issue", "look_back_on")
    op.drop_table("look_back_evidence")
    op.drop_table("look_back")

"""official papers: issued, addressed, signed for, numbered; an office's own templates

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "paper_office",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("letterhead", sa.String(length=60), nullable=False),
        sa.Column("signer", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_paper_office_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_paper_office")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_office_code")),
    )
    op.create_table(
        "paper_series",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assignment",
                "reminder",
                "supervision",
                "bulletin",
                "talk",
                "clearance",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_paper_series_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "kind", "year", name=op.f("pk_paper_series")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assignment",
                "reminder",
                "supervision",
                "bulletin",
                "talk",
                "clearance",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("symbol", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("head", sa.String(length=90), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("template_sha256", sa.String(length=64), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_for_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(kind = 'bulletin') = (head IS NOT NULL)", name=op.f("ck_paper_bulletin_has_head")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name=op.f("ck_paper_withdrawn_by_somebody")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name=op.f("ck_paper_withdrawn_with_reason")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_paper_number")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_paper_by_id")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_paper_for_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_paper_sha256")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_paper_unit_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_paper_withdrawn_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_for_id"], ["person.id"], name=op.f("fk_paper_withdrawn_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_key")),
        sa.UniqueConstraint("symbol", name=op.f("uq_paper_symbol")),
        sa.UniqueConstraint("unit_id", "kind", "year", "number", name=op.f("uq_paper_unit_id_kind_year_number")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index("ix_paper_kind", ["kind", "id"], unique=False)

    op.create_table(
        "paper_template",
        sa.Column(
            "kind",
            sa.Enum(
                "assignment",
                "reminder",
                "supervision",
                "bulletin",
                "talk",
                "clearance",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_paper_template_by_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_paper_template_sha256")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_paper_template")),
    )
    op.create_table(
        "paper_addressee",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("received_for_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(received_at IS NULL) = (received_by_id IS NULL)", name=op.f("ck_paper_addressee_received_by_somebody")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_addressee_paper_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_paper_addressee_received_by_id")),
        sa.ForeignKeyConstraint(["received_for_id"], ["person.id"], name=op.f("fk_paper_addressee_received_for_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_paper_addressee_unit_id")),
        sa.PrimaryKeyConstraint("paper_id", "unit_id", name=op.f("pk_paper_addressee")),
    )
    with op.batch_alter_table("paper_addressee", schema=None) as batch_op:
        batch_op.create_index("ix_paper_addressee_unit_id", ["unit_id", "paper_id"], unique=False)
        batch_op.create_index(
            "ix_paper_addressee_unsigned",
            ["paper_id"],
            unique=False,
            sqlite_where=sa.text("received_at IS NULL"),
            postgresql_where=sa.text("received_at IS NULL"),
        )

    op.create_table(
        "paper_issue",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_paper_issue_issue_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_issue_paper_id")),
        sa.PrimaryKeyConstraint("paper_id", "position", name=op.f("pk_paper_issue")),
        sa.UniqueConstraint("paper_id", "issue_id", name=op.f("uq_paper_issue_paper_id_issue_id")),
    )
    with op.batch_alter_table("paper_issue", schema=None) as batch_op:
        batch_op.create_index("ix_paper_issue_issue_id", ["issue_id", "paper_id"], unique=False)


def downgrade():
    with op.batch_alter_table("paper_issue", schema=None) as batch_op:
        batch_op.drop_index("ix_paper_issue_issue_id")

    op.drop_table("paper_issue")
    with op.batch_alter_table("paper_addressee", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_paper_addressee_unsigned",
            sqlite_where=sa.text("received_at IS NULL"),
            postgresql_where=sa.text("received_at IS NULL"),
        )
        batch_op.drop_index("ix_paper_addressee_unit_id")

    op.drop_table("paper_addressee")
    op.drop_table("paper_template")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index("ix_paper_kind")

    op.drop_table("paper")
    op.drop_table("paper_series")
    op.drop_table("paper_office")

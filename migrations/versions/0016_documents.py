"""documents brought to read findings from, what they propose for each finding, and the draft a person sorts

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "inspection_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_document_inspection_id")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_inspection_document_sha256")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_inspection_document_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_document")),
    )
    op.create_index("ix_inspection_document_inspection_id", "inspection_document", ["inspection_id", "id"])
    op.create_table(
        "finding_proposal",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("lead_unit", sa.String(length=200), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("deadline_written", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_proposal_finding_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["inspection_document.id"], name=op.f("fk_finding_proposal_document_id")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_finding_proposal_category_id")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding_proposal")),
    )
    op.create_index("ix_finding_proposal_document_id", "finding_proposal", ["document_id"])
    op.create_table(
        "feedback_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("numbered", sa.Boolean(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("handed_over", sa.Date(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["inspection_document.id"], name=op.f("fk_feedback_draft_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_draft")),
        sa.UniqueConstraint("document_id", name=op.f("uq_feedback_draft_document_id")),
    )
    op.create_table(
        "feedback_draft_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("passed", sa.String(length=60), nullable=True),
        sa.Column("clause", sa.String(length=60), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("lead_unit", sa.String(length=200), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("deadline_written", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("wording <> ''", name=op.f("ck_feedback_draft_entry_has_wording")),
        sa.ForeignKeyConstraint(["draft_id"], ["feedback_draft.id"], name=op.f("fk_feedback_draft_entry_draft_id")),
        sa.ForeignKeyConstraint(["county_id"], ["region.id"], name=op.f("fk_feedback_draft_entry_county_id")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_feedback_draft_entry_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_draft_entry")),
    )
    op.create_index("ix_feedback_draft_entry_draft_id", "feedback_draft_entry", ["draft_id", "position"])


def downgrade():
    op.drop_table("feedback_draft_entry")
    op.drop_table("feedback_draft")
    op.drop_table("finding_proposal")
    op.drop_table("inspection_document")

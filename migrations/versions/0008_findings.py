"""findings are never edited: hand-overs with region, dates and letter; each finding answered once or declined

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_REFUSE_SQLITE = (
    "CREATE TRIGGER finding_never_{act} BEFORE {act} ON finding BEGIN"
    " SELECT RAISE(ABORT, 'a finding is never edited'); END"
)
_REFUSE_POSTGRESQL = (
    "CREATE FUNCTION finding_is_never_edited() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'a finding is never edited'; END $$"
)
_ALONE = {"resolve_fks": False}  # else the index of expressions on region would be read and warned of
_ANSWERS = ("listed", "merged", "declined", "withdrawn")


def _is_sqlite():
    return op.get_bind().dialect.name == "sqlite"


def _inspection_up():
    with op.batch_alter_table("inspection", reflect_kwargs=_ALONE) as batch_op:
        batch_op.add_column(sa.Column("region_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("began_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("letter_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("letter_name", sa.String(length=200), nullable=True))
    # nothing said whom it was handed to: the root, whose list it is
    op.execute("UPDATE inspection SET region_id = (SELECT id FROM region WHERE parent_id IS NULL)")
    with op.batch_alter_table("inspection", reflect_kwargs=_ALONE) as batch_op:
        batch_op.alter_column("region_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key(op.f("fk_inspection_region_id"), "region", ["region_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_inspection_letter_sha256"), "stored_file", ["letter_sha256"], ["sha256"])
        batch_op.create_check_constraint(
            op.f("ck_inspection_ended_after_begun"), "ended_on IS NULL OR began_on IS NULL OR ended_on >= began_on"
        )
        batch_op.create_check_constraint(
            op.f("ck_inspection_letter_has_name"), "(letter_sha256 IS NULL) = (letter_name IS NULL)"
        )
        batch_op.create_index("ix_inspection_received_on", ["received_on", "id"], unique=False)
        batch_op.create_index("ix_inspection_region_id", ["region_id"], unique=False)


def _inspection_down():
    with op.batch_alter_table("inspection", reflect_kwargs=_ALONE) as batch_op:
        batch_op.drop_index("ix_inspection_region_id")
        batch_op.drop_index("ix_inspection_received_on")
        batch_op.drop_constraint(op.f("ck_inspection_letter_has_name"), type_="check")
        batch_op.drop_constraint(op.f("ck_inspection_ended_after_begun"), type_="check")
        batch_op.drop_constraint(op.f("fk_inspection_letter_sha256"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_inspection_region_id"), type_="foreignkey")
        for column in ("letter_name", "letter_sha256", "ended_on", "began_on", "region_id"):
            batch_op.drop_column(column)


def _finding_up():
    with op.batch_alter_table("finding", reflect_kwargs=_ALONE) as batch_op:
        batch_op.add_column(sa.Column("county_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_finding_county_id"), "region", ["county_id"], ["id"])
        batch_op.drop_index("ix_finding_inspection_id")
        batch_op.create_index("ix_finding_inspection_id", ["inspection_id", "id"], unique=False)
        batch_op.create_index("ix_finding_county_id", ["county_id"], unique=False)
    if _is_sqlite():
        for act in ("UPDATE", "DELETE"):
            op.execute(_REFUSE_SQLITE.format(act=act))
        return
    op.execute(_REFUSE_POSTGRESQL)
    op.execute(
        "CREATE TRIGGER finding_never_edited BEFORE UPDATE OR DELETE OR TRUNCATE ON finding"
        " FOR EACH STATEMENT EXECUTE FUNCTION finding_is_never_edited()"
    )


def _finding_down():
    if _is_sqlite():
        for act in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER finding_never_{act}")
    else:
        op.execute("DROP TRIGGER finding_never_edited ON finding")
        op.execute("DROP FUNCTION finding_is_never_edited()")
    with op.batch_alter_table("finding", reflect_kwargs=_ALONE) as batch_op:
        batch_op.drop_index("ix_finding_county_id")
        batch_op.drop_index("ix_finding_inspection_id")
        batch_op.create_index("ix_finding_inspection_id", ["inspection_id"], unique=False)
        batch_op.drop_constraint(op.f("fk_finding_county_id"), type_="foreignkey")
        batch_op.drop_column("county_id")


def _answers_up():
    op.create_table(
        "finding_answer",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column(
            "how", sa.Enum(*_ANSWERS, name="how", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(issue_id IS NULL) = (how IN ('declined','withdrawn'))",
            name=op.f("ck_finding_answer_issue_unless_declined"),
        ),
        sa.CheckConstraint(
            "how <> 'declined' OR reason IS NOT NULL", name=op.f("ck_finding_answer_declined_has_reason")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_finding_answer_by_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_answer_finding_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_finding_answer_issue_id")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding_answer")),
    )
    op.create_index("ix_finding_answer_issue_id", "finding_answer", ["issue_id"], unique=False)
    op.execute(
        "INSERT INTO finding_answer (finding_id, how, issue_id, answered_on)"
        " SELECT f.finding_id, 'listed', f.issue_id, i.listed_on FROM issue_finding f JOIN issue i ON i.id = f.issue_id"
    )
    op.drop_table("issue_finding")


def _answers_down():
    op.create_table(
        "issue_finding",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_issue_finding_finding_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_finding_issue_id")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_issue_finding")),
    )
    op.create_index("ix_issue_finding_issue_id", "issue_finding", ["issue_id"], unique=False)
    op.execute(
        "INSERT INTO issue_finding (finding_id, issue_id)"
        " SELECT finding_id, issue_id FROM finding_answer WHERE issue_id IS NOT NULL"
    )
    op.drop_table("finding_answer")


def upgrade():
    _inspection_up()
    _answers_up()
    _finding_up()  # last: from here on the table only grows


def downgrade():
    _finding_down()
    _answers_down()
    _inspection_down()

"""messages leave the house: outlets, deliveries, what was announced; an e-mail address and what a person wants by it

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_UNDIGESTED = sa.text("delivery_id IS NULL AND read_at IS NULL")
_OLD = (
    "overdue_unit",
    "overdue_lead",
    "overdue_notice",
    "overdue_bulletin",
    "overdue_talk",
    "overdue_taken_over",
    "reminder",
)
_MATTERS = (*_OLD, "to_accept", "due_soon", "digest", "try")
_TROUBLES = (
    *("unknown_host", "unreachable", "too_slow", "untrusted", "forbidden", "unencrypted", "answered", "sign_in"),
    *("recipient", "key", "closed", "nothing_left", "unexpected"),
)


def _words(column, *words, nullable=False):
    kind = sa.Enum(*words, name=column, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=nullable)


def _matters(words):
    return f"matter IN ({', '.join(repr(word) for word in words)})"


def _change_message(words, change):
    with op.batch_alter_table("message", reflect_kwargs={"resolve_fks": False}) as batch_op:
        batch_op.drop_constraint(op.f("ck_message_matter"), type_="check")
        batch_op.create_check_constraint(op.f("ck_message_matter"), _matters(words))
        change(batch_op)


def _add_delivery(table):
    table.add_column(sa.Column("delivery_id", sa.Integer(), nullable=True))
    table.create_foreign_key(op.f("fk_message_delivery_id"), "delivery", ["delivery_id"], ["id"])


def upgrade():
    # written out: a batch would rebuild the table on SQLite, and lose what reflection does not see
    op.execute("ALTER TABLE person ADD COLUMN email VARCHAR(120)")
    true = "1" if op.get_bind().dialect.name == "sqlite" else "true"
    for column in ("mail_urgent", "mail_digest"):
        op.execute(f"ALTER TABLE person ADD COLUMN {column} BOOLEAN DEFAULT {true} NOT NULL")
    op.create_table(
        "outlet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        _words("kind", "wecom", "dingtalk", "feishu", "webhook"),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("key_end", sa.String(length=4), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'webhook') = (address IS NOT NULL)", name=op.f("ck_outlet_webhook_has_address")),
        sa.CheckConstraint("(opened_at IS NULL) = (opened_by_id IS NULL)", name=op.f("ck_outlet_opened_by_somebody")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_outlet_region_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_outlet_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlet")),
        sa.UniqueConstraint("name", name=op.f("uq_outlet_name")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("outlet_id", sa.Integer(), nullable=True),
        _words("matter", *_MATTERS),
        sa.Column("number", sa.Integer(), nullable=False),
        _words("state", "waiting", "sent", "failed", "dropped"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _words("trouble", *_TROUBLES, nullable=True),
        sa.Column("detail", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (outlet_id IS NULL)", name=op.f("ck_delivery_one_receiver")),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_delivery_ended_has_date")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_person_id")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlet.id"], name=op.f("fk_delivery_outlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("occasion", "person_id", name=op.f("uq_delivery_occasion_person_id")),
        sa.UniqueConstraint("occasion", "outlet_id", name=op.f("uq_delivery_occasion_outlet_id")),
    )
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["outlet_id", "due_at", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_delivery_state", "delivery", ["state", "id"])
    op.create_index("ix_delivery_outlet_id", "delivery", ["outlet_id", "id"])
    op.create_table(
        "announcement",
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlet.id"], name=op.f("fk_announcement_outlet_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_announcement_issue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_announcement_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("outlet_id", "occasion", name=op.f("pk_announcement")),
    )
    op.create_index("ix_announcement_issue_id", "announcement", ["issue_id"])
    op.create_index("ix_announcement_delivery_id", "announcement", ["delivery_id"])
    _change_message(_MATTERS, _add_delivery)
    op.create_index("ix_message_delivery_id", "message", ["delivery_id"])
    op.create_index(
        "ix_message_undigested", "message", ["person_id"], sqlite_where=_UNDIGESTED, postgresql_where=_UNDIGESTED
    )


def _drop_delivery(table):
    table.drop_constraint(op.f("fk_message_delivery_id"), type_="foreignkey")
    table.drop_column("delivery_id")


def downgrade():
    # what the older version has no word for
    op.execute(f"DELETE FROM message WHERE NOT ({_matters(_OLD)})")
    op.drop_index("ix_message_undigested", "message")
    op.drop_index("ix_message_delivery_id", "message")
    _change_message(_OLD, _drop_delivery)
    op.drop_table("announcement")
    op.drop_table("delivery")
    op.drop_table("outlet")
    for column in ("mail_digest", "mail_urgent", "email"):
        op.execute(f"ALTER TABLE person DROP COLUMN {column}")

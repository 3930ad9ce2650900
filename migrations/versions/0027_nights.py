"""nights, in which only what is pressing is sent; the proxy as a trouble of its own

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_BEFORE = (
    *("unknown_host", "unreachable", "too_slow", "untrusted", "forbidden", "unencrypted", "answered", "sign_in"),
    *("recipient", "key", "closed", "nothing_left", "unexpected"),
)
_ENDS = "CONSTRAINT ck_person_night_has_both_ends CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))"
_HOURS = "CONSTRAINT ck_person_night_in_hours CHECK (quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23)"


def _troubles(*words):
    with op.batch_alter_table("delivery", reflect_kwargs={"resolve_fks": False}) as batch_op:
        batch_op.drop_constraint(op.f("ck_delivery_trouble"), type_="check")
        batch_op.create_check_constraint(op.f("ck_delivery_trouble"), f"trouble IN {words}")


def upgrade():
    _troubles(*_BEFORE, "proxy")
    # written out: a batch would rebuild the table on SQLite, and lose what reflection does not see
    op.execute("ALTER TABLE person ADD COLUMN quiet_from INTEGER DEFAULT 22")
    op.execute(f"ALTER TABLE person ADD COLUMN quiet_until INTEGER DEFAULT 7 {_ENDS} {_HOURS}")


def downgrade():
    op.execute("ALTER TABLE person DROP COLUMN quiet_until")
    op.execute("ALTER TABLE person DROP COLUMN quiet_from")
    op.execute("UPDATE delivery SET trouble = 'unreachable' WHERE trouble = 'proxy'")
    _troubles(*_BEFORE)

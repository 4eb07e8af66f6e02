"""The ledger, settings, budgets, and the thread of conversations.

A revision says in full what it makes: it must do the same when the tables of today have long changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r1"
down_revision = None
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    figures = [
        sa.Column(f"{name}_{end}", sa.Double, nullable=False)
        for name in ("energy", "co2e", "water")
        for end in ("low", "mid", "high")
    ]
    op.create_table(
        "entries",
        sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("batch", sa.String(64), nullable=False),
        sa.Column("use", sa.Text, nullable=False),
        *figures,
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("gone", _MOMENT),
        sa.UniqueConstraint("id", name="uq_entries_id"),
    )
    op.create_index("ix_entries_book_at", "entries", ["book", "at"])
    op.create_index("ix_entries_person_book_seq", "entries", ["person", "book", "seq"])
    op.create_index("ix_entries_gone", "entries", ["gone"])
    op.create_table(
        "settings",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "budgets",
        sa.Column("book", sa.Text, primary_key=True),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("amount", sa.Double, nullable=False),
    )
    op.create_table(
        "contexts",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(64), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("expires", _MOMENT, nullable=False),
    )
    op.create_index("ix_contexts_expires", "contexts", ["expires"])
    op.create_table(
        "keys",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    for table in ("keys", "contexts", "budgets", "settings", "entries"):
        op.drop_table(table)

"""Claims and marks, digests, consents, scores, feedback, and teams that were left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r2"
down_revision = "r1"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("until", _MOMENT, nullable=False),
    )
    op.create_index("ix_claims_until", "claims", ["until"])
    op.create_table(
        "marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "digests",
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("due", _MOMENT, nullable=False),
        sa.Column("quiet", sa.Integer, nullable=False),
    )
    op.create_index("ix_digests_due", "digests", ["due"])
    op.create_table(
        "consents",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("consent", sa.String(20), primary_key=True),
        sa.Column("book", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_index("ix_consents_book", "consents", ["book"])
    op.create_table(
        "scores",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("rights", sa.Integer, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("command", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("words", sa.Text),
        sa.UniqueConstraint("id", name="uq_feedback_id"),
    )
    op.create_index("ix_feedback_person", "feedback", ["person"])
    op.create_index("ix_feedback_at", "feedback", ["at"])
    op.create_table(
        "removals",
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("ix_removals_at", "removals", ["at"])


def downgrade() -> None:
    for table in ("removals", "feedback", "scores", "consents", "digests", "marks", "claims"):
        op.drop_table(table)

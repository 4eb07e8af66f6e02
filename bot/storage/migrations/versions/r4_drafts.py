"""What is begun and not done yet, notes on what is done, and lists that wait for a yes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r4"
down_revision = "r3"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("claims", sa.Column("holder", sa.String(64), nullable=False, server_default=""))
    op.add_column("claims", sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "drafts",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(64), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
    )
    op.create_index("ix_drafts_until", "drafts", ["until"])


def downgrade() -> None:
    op.drop_table("drafts")
    op.drop_column("claims", "note")
    op.drop_column("claims", "holder")

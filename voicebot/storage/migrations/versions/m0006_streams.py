"""Live streams: their tokens, and how each ended. It only adds: workers of the version before never look there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "streams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("speak", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True)),
        sa.Column("closed", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.String(16)),
        sa.Column("spoken_turn", sa.Integer()),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ending IN ('handed_over', 'stopped', 'lost', 'refused')", name=op.f("ck_streams_ending")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_streams_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_streams"),
        sa.UniqueConstraint("token_hash", name="uq_streams_token_hash"),
    )
    op.create_index("ix_streams_call_id", "streams", ["call_id"])


def downgrade() -> None:
    op.drop_table("streams")

"""Which utterances somebody has labelled or passed over, so that `voicebot review` shows them once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "reviewed",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id", "turn"], ["turns.call_id", "turns.number"], name="fk_reviewed_call_id_turns", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "turn", name="pk_reviewed"),
    )


def downgrade() -> None:
    op.drop_table("reviewed")

"""Text messages that the provider could not be reached for are tried again later."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("texts", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("texts", sa.Column("next_attempt", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("texts", "next_attempt")
    op.drop_column("texts", "attempts")

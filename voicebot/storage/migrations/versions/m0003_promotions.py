"""Which model was live when, who made it so and why: `voicebot models rollback` goes back along it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "promotions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(128), nullable=False),
        sa.Column("previous", sa.String(128)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('first', 'promotion', 'rollback')", name=op.f("ck_promotions_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_promotions"),
    )
    # The model that is live already is the first there is to go back to.
    op.execute(
        "INSERT INTO promotions (kind, hash, at, who, why, forced, figures) "
        "SELECT 'first', hash, since, '', '', false, '{}' FROM current WHERE kind = 'model'"
    )


def downgrade() -> None:
    op.drop_table("promotions")

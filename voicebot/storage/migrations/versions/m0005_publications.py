"""One history of what became live, for models and routing tables: `voicebot routing rollback` goes back along it.

It only adds: workers of the version before go on answering until they are restarted. They read stored tables as they
are, and `promotions` when they start, so both stay; nothing of this version reads or writes `promotions`, and a later
one may drop it."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

PROMOTION = "kind, hash, previous, at, who, why, forced, figures"
EMPTY = "'', '', false, '{}'"
FILES = '{"files": '
"""How a table begins that this version has stored; one that the version before stored is YAML."""


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(128), nullable=False),
        sa.Column("previous", sa.String(128)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.CheckConstraint("what IN ('model', 'table')", name=op.f("ck_publications_what")),
        sa.CheckConstraint("kind IN ('first', 'promotion', 'publish', 'rollback')", name=op.f("ck_publications_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
    )
    op.execute(f"INSERT INTO publications (what, {PROMOTION}) SELECT 'model', {PROMOTION} FROM promotions ORDER BY id")
    _tables_so_far()


def downgrade() -> None:
    op.execute("DELETE FROM promotions")
    op.execute(
        f"INSERT INTO promotions ({PROMOTION}) SELECT {PROMOTION} FROM publications WHERE what = 'model' ORDER BY id"
    )
    op.drop_table("publications")
    for hash, content in _contents():
        files = json.loads(content)["files"] if content.startswith(FILES) else []
        if len(files) == 1:  # the version before knows no table of several files, and says that it cannot read it
            _store(hash, files[0]["text"])


def _tables_so_far() -> None:
    """Nobody kept who published what in place of what. Each table was published at its time for the first time; the
    one that is live now, if it is not the newest, was published once more."""
    bind = op.get_bind()
    query = "SELECT hash FROM published WHERE kind = 'table' ORDER BY at, hash"
    known = list(bind.execute(sa.text(query)).scalars())
    live = bind.execute(sa.text("SELECT hash FROM current WHERE kind = 'table'")).scalar()
    previous = None
    for hash in known:
        _became_live(hash, previous, "published", "at")
        previous = hash
    if live is not None and live != previous:
        _became_live(live, previous, "current", "since")


def _became_live(hash: str, previous: str | None, table: str, at: str) -> None:
    kind = "first" if previous is None else "publish"
    op.get_bind().execute(
        sa.text(
            f"INSERT INTO publications (what, {PROMOTION}) "
            f"SELECT 'table', '{kind}', hash, CAST(:previous AS VARCHAR(128)), {at}, {EMPTY} "
            f"FROM {table} WHERE kind = 'table' AND hash = :hash"
        ),
        {"previous": previous, "hash": hash},
    )


def _contents() -> list[tuple[str, str]]:
    query = "SELECT hash, content FROM published WHERE kind = 'table' AND content IS NOT NULL"
    return [(row.hash, row.content) for row in op.get_bind().execute(sa.text(query))]


def _store(hash: str, content: str) -> None:
    op.get_bind().execute(
        sa.text("UPDATE published SET content = :content WHERE kind = 'table' AND hash = :hash"),
        {"content": content, "hash": hash},
    )

"""Run by Alembic. The connection, its transaction and its lock are `voicebot.storage.migrate`'s."""

from alembic import context

from voicebot.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

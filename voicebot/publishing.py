"""What servers answer with: the routing table that was published, the model that is live.

The language model's libraries take seconds to import, so they are imported where a model is read. Commands and servers
come here through `bootstrap.py`.
"""

from __future__ import annotations

import getpass
import os

import structlog

from voicebot.config import Settings
from voicebot.errors import ModelError, StorageError, VoicebotError, WeightsError
from voicebot.logs import described
from voicebot.nlu.live import LiveUnderstanders
from voicebot.ports import Understander
from voicebot.routing.loader import load_table, parse_table
from voicebot.routing.table import Table
from voicebot.storage.promotions import Promotions, model_before
from voicebot.storage.published import Published, PublishedTables

log = structlog.get_logger(__name__)


def account(settings: Settings) -> str:
    """Who works here, as manifests and promotions name her: the setting, whoever called sudo, else the account."""
    named = settings.who or os.environ.get("SUDO_USER", "")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as containers have
        return "unknown"


# --- routing tables --------------------------------------------------------------------------------------------


def publish(settings: Settings, store: Published, promotions: Promotions) -> Table:
    """Publish routing.yaml, and the current model where none was ever published: another model becomes live by a
    promotion alone. Raises `ContentError`, with every mistake of the file, or `ModelError`; then nothing is published.
    """
    from voicebot.nlu.registry import current_hash, load_model

    table = load_table(settings.routing)
    model = current_hash(settings.models) if promotions.live() is None else None
    if model is not None:
        load_model(settings.models, model, settings.weights)
    store.publish("table", table.hash, content=settings.routing.read_text(encoding="utf-8"))
    if model is not None:
        promotions.start_with(model, account(settings))
    return table


def publish_first(settings: Settings, store: Published, promotions: Promotions) -> None:
    """The first run publishes what lies in the repository; later ones leave what is published alone.

    Raises `ModelError` where there is no model to publish yet."""
    if store.current_hash("table") is None or promotions.live() is None:
        publish(settings, store, promotions)
    if promotions.live() is None:
        raise ModelError(f"{settings.models}: no trained model. Run `voicebot train`.")


def tables(store: Published, file: str = "routing.yaml") -> PublishedTables:
    return PublishedTables(store, lambda text: _parsed(text, file))


def _parsed(text: str, file: str) -> Table:
    table, issues = parse_table(text, file)
    if table is None:
        raise StorageError(f"a published routing table can no longer be read: {issues[0] if issues else 'no reason'}")
    return table


# --- models at work --------------------------------------------------------------------------------------------


def understander(settings: Settings, version: str | None = None) -> Understander:
    """Loads and warms the model `version`, or the one that was promoted last. Raises `ModelError`, which says what to
    run."""
    from voicebot.nlu.registry import load_current, load_model
    from voicebot.nlu.understander import ModelUnderstander

    if version is None:
        return ModelUnderstander(load_current(settings.models, settings.weights))
    return ModelUnderstander(load_model(settings.models, version, settings.weights))


def live_understanders(settings: Settings, promotions: Promotions) -> LiveUnderstanders:
    """The live model, loaded and warm, ready to watch for another. Where it cannot be used here, callers are answered
    by the one before it. Raises `ModelError`, `WeightsError` where that cannot be used either."""
    return LiveUnderstanders(_first(settings, promotions), promotions.live, lambda name: understander(settings, name))


def _first(settings: Settings, promotions: Promotions) -> Understander:
    live = promotions.live()
    try:
        return understander(settings, live)
    except (ModelError, WeightsError) as error:
        before = model_before(promotions.history())
        if before is None:
            raise
        log.error("model_refused", model=live, **described(error))
        try:
            return understander(settings, before)
        except VoicebotError:
            raise error from None

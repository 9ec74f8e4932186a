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
from voicebot.routing.issues import errors
from voicebot.routing.loader import read_table
from voicebot.routing.source import dump_sources, load_sources, parse_draft
from voicebot.routing.table import Table
from voicebot.storage.publications import Publications, version_before
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


def publish_first(settings: Settings, publications: Publications, promotions: Publications) -> None:
    """The first run publishes what lies in the repository; later ones leave what is published alone, be it the table or
    the model: a file that has been broken since keeps no server from starting.

    Raises `ContentError`, with every mistake of the files, or `ModelError` where there is no model to publish yet."""
    found = read_table(settings.routing) if publications.live() is None else None
    model = first_model(settings, promotions)
    if found is not None:
        sources, table = found
        publications.start_with(table.hash, account(settings), content=dump_sources(sources))
    if model is not None:
        promotions.start_with(model, account(settings))
    if promotions.live() is None:
        raise ModelError(f"{settings.models}: no trained model. Run `voicebot train`.")


def first_model(settings: Settings, promotions: Publications) -> str | None:
    """The current model, which was loaded to see that it can be; None where a model is live, or none is trained yet."""
    from voicebot.nlu.manifest import current_hash
    from voicebot.nlu.registry import load_model

    model = current_hash(settings.models) if promotions.live() is None else None
    if model is not None:
        load_model(settings.models, model, settings.weights)
    return model


def tables(store: Published) -> PublishedTables:
    return PublishedTables(store, _parsed)


def _parsed(content: str) -> Table:
    """It was checked when it was published. Rules that came with a later version must not take it from callers, so
    here it need only be readable. Raises `StorageError`."""
    try:
        draft, issues = parse_draft(load_sources(content))
    except ValueError as error:
        raise StorageError(f"a published routing table can no longer be read: {error}") from None
    table = None if draft is None else draft.table()
    wrong = errors(issues)
    if table is None or wrong:
        raise StorageError(f"a published routing table can no longer be read: {wrong[0] if wrong else 'no reason'}")
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


def understander_in_use(settings: Settings, promotions: Publications) -> Understander:
    """The model that callers are answered with, for a look at what it makes of words; the current one where there is no
    database to ask, no model is live in it, or the live one cannot be used here. Raises `ModelError`, `WeightsError`.
    """
    try:
        live = promotions.live()
    except StorageError:
        live = None
    try:
        return understander(settings, live)
    except (ModelError, WeightsError):
        if live is None:
            raise
        return understander(settings)


def live_understanders(settings: Settings, promotions: Publications) -> LiveUnderstanders:
    """The live model, loaded and warm, ready to watch for another. Where it cannot be used here, callers are answered
    by the one before it, and else by the current one: any model understands more than none. Raises `ModelError`,
    `WeightsError` where none of them can be used, with what is wrong with the first."""
    return LiveUnderstanders(_first(settings, promotions), promotions.live, lambda name: understander(settings, name))


def _first(settings: Settings, promotions: Publications) -> Understander:
    from voicebot.nlu.manifest import current_hash

    names = (promotions.live(), version_before(promotions.history()), current_hash(settings.models))
    failed: Exception | None = None
    for name in dict.fromkeys(each for each in names if each is not None):
        try:
            return understander(settings, name)
        except Exception as error:  # whatever is wrong with it, another may do
            log.error("model_refused", model=name, **described(error))
            failed = failed or error
    if failed is None:
        return understander(settings)  # raises what to do where no model was ever trained
    if isinstance(failed, VoicebotError):
        raise failed
    raise ModelError(f"{settings.models}: no model can be loaded ({type(failed).__name__}).") from failed

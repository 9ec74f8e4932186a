"""The composition root: everything else is handed what it needs.

What is published stands in `publishing.py`, how a model becomes live in `promoting.py`; the parts of live calls, of the
bot's own voice and of what carries texts and letters in `streaming.py`, `speaking.py` and `sending.py`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from voicebot import publishing, sending, speaking, streaming
from voicebot.chores import Chores
from voicebot.config import Settings
from voicebot.conversation import Conversation
from voicebot.delivery.hearing import Hearing
from voicebot.delivery.messages import deliver
from voicebot.metrics import Metrics
from voicebot.nlu.live import LiveUnderstanders
from voicebot.parts import Limits, Parts
from voicebot.ports import Clock, Recogniser, Understander
from voicebot.promoting import Office
from voicebot.publishing import account as account
from voicebot.publishing import live_understanders
from voicebot.publishing import tables as tables
from voicebot.publishing import understander as understander
from voicebot.routing.on_disk import FilesOnDisk, Watch
from voicebot.speech.client import HttpRecogniser
from voicebot.speech.gate import doubtful, spoken_language, trustworthy
from voicebot.speech.pieces import pieces
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.clocks import CallClocks
from voicebot.storage.database import open_database, open_existing
from voicebot.storage.deletions import Deletions
from voicebot.storage.messages import Messages
from voicebot.storage.migrate import migrate
from voicebot.storage.outbox import Outbox
from voicebot.storage.publications import Publications
from voicebot.storage.published import Published
from voicebot.storage.queries import show_call, summary
from voicebot.storage.redaction import redact
from voicebot.storage.retention import Keep, apply
from voicebot.storage.sealing import Sealer
from voicebot.telephony.twilio.origins import allowed_origins, is_twilio
from voicebot.telephony.twilio.recordings import TwilioRecordings
from voicebot.versions import Versions

NEEDED_TO_SERVE = ("account_sid", "auth_token", "public_url", "secret_key")


class SystemClock:
    """The time it is, for every call."""

    def now(self, call_id: str) -> datetime:
        return utc_now()


def utc_now() -> datetime:
    return datetime.now(UTC)


def call_clocks(engine: Engine) -> CallClocks:
    return CallClocks(engine, utc_now)


def _clock(settings: Settings, engine: Engine) -> Clock:
    """Real calls have the real time. Where the provider is the simulator, a call may ring on a date of its own."""
    return SystemClock() if is_twilio(settings.api_base) else call_clocks(engine)


# --- storage and what is published -----------------------------------------------------------------------------


def open_storage(settings: Settings) -> Engine:
    """The database, brought up to date. Raises `StorageError`, `SettingError`."""
    engine = open_database(settings.database_url.get_secret_value())
    migrate(engine)
    return engine


def sealer(settings: Settings) -> Sealer:
    settings.require("secret_key")
    return Sealer(settings.secret_key.get_secret_value())


def published(engine: Engine) -> Published:
    return Published(engine)


def promotions(engine: Engine) -> Publications:
    return Publications(engine, utc_now, "model")


def publications(engine: Engine) -> Publications:
    return Publications(engine, utc_now, "table")


def publish_first(settings: Settings, engine: Engine) -> None:
    publishing.publish_first(settings, publications(engine), promotions(engine))


def versions(settings: Settings) -> Versions:
    """Where routing tables are published and taken back."""
    engine = open_storage(settings)
    return Versions(settings, published(engine), publications(engine), promotions(engine))


def office(settings: Settings) -> Office:
    """Where models are judged, promoted and taken back."""
    engine = open_storage(settings)
    return Office(settings, published(engine), promotions(engine))


def understander_in_use(settings: Settings) -> Understander:
    """See `publishing.understander_in_use`. The database is only read: nothing is made or brought up to date for it."""
    engine = open_existing(settings.database_url.get_secret_value())
    return understander(settings) if engine is None else publishing.understander_in_use(settings, promotions(engine))


# --- the parts of a conversation -------------------------------------------------------------------------------


def recogniser(settings: Settings, limit: int | None = None) -> HttpRecogniser:
    """`limit`: recognitions under way at once, where that is not the setting's; then none is left to the smaller model
    for want of room."""
    return HttpRecogniser(
        url=settings.recogniser_url,
        model=settings.whisper_model,
        key=settings.recogniser_key.get_secret_value(),
        fallback_url=settings.fallback_url,
        fallback_model=settings.fallback_model,
        first_seconds=settings.recogniser_seconds,
        fallback_seconds=settings.fallback_seconds,
        limit=limit or settings.recognitions,
        smaller_limit=0 if limit else settings.recognitions,
    )


def recordings(settings: Settings) -> TwilioRecordings:
    origins = allowed_origins(settings.api_base, settings.region, settings.edge)
    return TwilioRecordings(settings.account_sid, settings.auth_token.get_secret_value(), origins)


@dataclass(frozen=True, slots=True)
class Bot:
    """The web tier's parts, put together."""

    settings: Settings
    engine: Engine
    conversation: Conversation
    outbox: Outbox
    metrics: Metrics
    recogniser: Recogniser
    understanders: LiveUnderstanders
    published: Published
    files: FilesOnDisk
    lines: streaming.Lines


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    heard_by: Recogniser | None = None,
    understood_by: Understander | None = None,
) -> Bot:
    """Everything that answers calls. `understanders` do not watch for promotions until they are started. Raises
    `SettingError`, `StorageError`, `ContentError`, `ModelError`."""
    settings.require(*NEEDED_TO_SERVE)
    streaming.check_threads(settings)
    engine = open_storage(settings)
    publish_first(settings, engine)
    seal = sealer(settings)
    outbox = Outbox(engine, seal, utc_now)
    metrics = Metrics(lambda: _backlog(engine))
    ahead_by = None if heard_by else recogniser(settings, max(1, settings.recognitions // 2))
    heard_by = heard_by or recogniser(settings)
    if understood_by is None:
        understanders = live_understanders(settings, promotions(engine))
    else:
        understanders = LiveUnderstanders(understood_by, lambda: None, lambda name: understander(settings, name))
    calls = SqlCallStore(
        engine,
        seal,
        utc_now,
        lease=timedelta(seconds=settings.lease_seconds),
        keep_audio=timedelta(days=settings.keep_audio_days),
    )
    parts = Parts(
        calls=calls,
        tables=tables(published(engine)),
        clock=clock or _clock(settings, engine),
        recogniser=heard_by,
        understanders=understanders,
        recordings=recordings(settings),
        gate=trustworthy,
        language=spoken_language,
        doubtful=doubtful,
        redact=redact,
        recogniser_ahead=ahead_by,
        observe=metrics.observe,
    )
    limits = Limits(
        answer=settings.answer_seconds,
        turn=settings.turn_seconds,
        fetch=settings.fetch_seconds,
        recognise=settings.recogniser_seconds + settings.fallback_seconds,
    )
    conversation = Conversation(parts, limits, workers=settings.threads)
    lines = streaming.lines(settings, conversation, metrics.live)
    files = FilesOnDisk(settings.routing, settings.intents)
    live = published(engine)
    return Bot(settings, engine, conversation, outbox, metrics, heard_by, understanders, live, files, lines)


def _backlog(engine: Engine) -> dict[str, float]:
    found = asdict(summary(engine, utc_now()))
    texts = found.pop("texts")
    return {**found, **{f"texts_{status}": count for status, count in texts.items()}}


# --- chores ----------------------------------------------------------------------------------------------------


def build_chores(settings: Settings) -> Chores:
    """What is done behind the calls. Raises like `build`."""
    settings.require(*NEEDED_TO_SERVE)
    engine = open_storage(settings)
    seal = sealer(settings)
    calls = SqlCallStore(engine, seal, utc_now, lease=timedelta(seconds=settings.lease_seconds))
    keep = Keep(
        audio_days=settings.keep_audio_days,
        transcript_days=settings.keep_transcript_days,
        message_days=settings.keep_message_days,
        call_days=settings.keep_call_days,
    )
    mail = sending.mail_server(settings)
    return Chores(
        outbox=Outbox(engine, seal, utc_now),
        messages=Messages(engine, seal, utc_now, keep_audio=timedelta(days=settings.keep_audio_days)),
        deletions=Deletions(engine, utc_now),
        tables=tables(published(engine)),
        hearing=Hearing(recordings(settings), recogniser(settings), trustworthy, pieces),
        texts=sending.text_sender(settings),
        deliver=lambda letter, address: deliver(letter, address, mail),
        caller_number=calls.caller_number,
        intent=lambda call_id: _intent(engine, call_id),
        forget=lambda: apply(engine, keep, utc_now()),
        watch=Watch(FilesOnDisk(settings.routing, settings.intents), publications(engine).live).look,
        voice=speaking.rendering(settings, publications(engine).live, utc_now),
    )


def _intent(engine: Engine, call_id: str) -> str | None:
    """What the call is about; None for an urgent one, whose topic nobody is told of in writing."""
    call = show_call(engine, call_id)
    return None if call is None or call["restricted"] else call["intent"]

"""The Flask application: Twilio's webhooks, health and metrics. Made by a factory from parts that are handed in."""

from __future__ import annotations

from typing import Any

import httpx
import structlog
from flask import Flask, Response, jsonify

from voicebot import streaming
from voicebot.bootstrap import Bot, utc_now
from voicebot.errors import VoicebotError
from voicebot.logs import described
from voicebot.storage.database import check
from voicebot.telephony.authentication import authenticated
from voicebot.telephony.browser.blueprint import phone_blueprint
from voicebot.telephony.twilio.twiml import Voice
from voicebot.telephony.twilio.webhooks import twilio_blueprint

log = structlog.get_logger(__name__)

READY_SECONDS = 2.0
"""Deadline of asking the recogniser whether it is there, for `/readyz`."""


ISSUES = 10
"""Mistakes of routing.yaml that `/readyz` names; `voicebot check` lists them all."""


def create_app(bot: Bot) -> Flask:
    """Raises `SettingError` where the public URL or the token is empty."""
    app = Flask("voicebot", static_folder=None)
    spoken = bot.conversation.fallback("")
    last_resort = Voice(spoken.voice, spoken.language, spoken.hold, spoken.words, spoken.target, spoken.caller_id)
    app.register_blueprint(
        twilio_blueprint(
            bot.conversation,
            public_url=bot.settings.public_url,
            auth_token=bot.settings.auth_token.get_secret_value(),
            fallback=last_resort,
            on_failure=bot.metrics.failures.inc,
            on_text_status=lambda sid, status, error: _text_status(bot, sid, status, error),
            live=streaming.twilio_calls(bot.settings, bot.engine, utc_now, bot.lines),
        )
    )
    if key := bot.settings.phone_key.get_secret_value():
        phone = streaming.phone(bot.engine, utc_now, bot.lines)
        app.register_blueprint(phone_blueprint(phone, key=key, public_url=bot.settings.public_url))
    _add_operating_routes(app, bot)
    return app


def _text_status(bot: Bot, sid: str, status: str, error: str) -> None:
    bot.outbox.reported(sid, status)
    if status in ("failed", "undelivered"):
        log.error("text_undelivered", sid=sid, status=status, error=error)


def _add_operating_routes(app: Flask, bot: Bot) -> None:
    @app.get("/healthz")
    @authenticated("none")
    def healthz() -> Response:
        """Alive: this process answers."""
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    @authenticated("none")
    def readyz() -> tuple[Response, int]:
        """Ready: a model is loaded (it is before the first request), database and recogniser can be reached. A promoted
        model that was refused is named: callers are answered by the one before it. So are mistakes in routing.yaml as
        it lies on the disk: callers are answered by the table that was published, so they make nothing unready."""
        states = {"model": "ok", "database": _database(bot), "recogniser": _recogniser(bot)}
        ready = all(state == "ok" for state in states.values())
        return jsonify({"ready": ready, **states, **_models(bot), **_table(bot)}), 200 if ready else 503

    @app.get("/metrics")
    @authenticated("none")
    def metrics() -> Response:
        """Prometheus metrics; the nginx site of deploy/ keeps them from the outside world."""
        return Response(bot.metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _models(bot: Bot) -> dict[str, str]:
    refused = bot.understanders.refused
    named = {"model_hash": bot.understanders.current().version}
    return {**named, "model_refused": f"{refused.hash}: {refused.reason}"} if refused else named


def _table(bot: Bot) -> dict[str, Any]:
    """The routing table that new calls are answered by, and what has become of the files since. Nothing where the
    database cannot say; a file that brings out a bug of ours must not make a server unready."""
    try:
        live = bot.published.current("table")
        found = bot.files.compare(live.hash if live else None)
    except Exception as error:
        log.error("routing_file_not_read", **described(error))
        return {}
    return {
        "table": {
            "hash": live.hash if live else None,
            "published": live.since.isoformat(timespec="seconds") if live else None,
            "file": found.state,
            "issues": [str(each) for each in found.issues[:ISSUES]],
        }
    }


def _database(bot: Bot) -> str:
    try:
        check(bot.engine)
    except VoicebotError as error:
        return error.message
    return "ok"


def _recogniser(bot: Bot) -> str:
    """Either model will do: the smaller one is the first rung of the ladder. Servers of others may lack /readyz."""
    reasons = []
    for url in (bot.settings.recogniser_url, bot.settings.fallback_url):
        try:
            status = httpx.get(f"{url}/readyz", timeout=READY_SECONDS, trust_env=False).status_code
        except httpx.HTTPError as error:
            reasons.append(f"{url}: {type(error).__name__}")
            continue
        if status < 500:
            return "ok"
        reasons.append(f"{url}: status {status}")
    return "; ".join(reasons)

"""`voicebot serve` and the processes that it starts: web, recogniser, chores."""

from __future__ import annotations

import atexit
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import click
import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import AppImportError
from prometheus_client.multiprocess import mark_process_dead

from voicebot import bootstrap, sending
from voicebot import serve as supervisor
from voicebot.app import create_app
from voicebot.config import Settings, load_settings
from voicebot.errors import SettingError, VoicebotError
from voicebot.logs import configure

log = structlog.get_logger(__name__)


def _as_json(_: click.Context, __: click.Parameter, wanted: bool) -> None:
    """By the environment, so that the processes which `serve` starts do the same."""
    if wanted:
        os.environ["VOICEBOT_LOG"] = "json"


json_log = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    callback=_as_json,
    help="Write the log as JSON, as VOICEBOT_LOG=json does.",
)


@click.command()
@json_log
@click.option(
    "--no-recogniser", is_flag=True, help="Start no recognisers: they run elsewhere (VOICEBOT_RECOGNISER_URL)."
)
def serve(no_recogniser: bool) -> None:
    """Answer calls: start the web tier, the recognisers and the chores, and start again whichever dies.

    \b
    Examples:
      voicebot serve
      VOICEBOT_RECOGNISER_URL=https://whisper.example voicebot serve --no-recogniser
    """
    settings = _ready_to_serve()
    _port_is_free(settings.host, settings.port, "VOICEBOT_PORT")
    bootstrap.publish_first(settings, bootstrap.open_storage(settings))
    sending.mail_server(settings)
    if not settings.sms_from:
        log.warning("no_text_messages", reason="VOICEBOT_SMS_FROM is not set; text messages will wait unsent")
    if not settings.smtp_host:
        log.warning("no_mail", reason="VOICEBOT_SMTP_HOST is not set; messages for e-mail addresses stay listed")
    code = supervisor.run(supervisor.children(settings, recognise=not no_recogniser))
    raise click.exceptions.Exit(code)


def _ready_to_serve() -> Settings:
    settings = load_settings()
    configure(settings.log, settings.log_level)
    settings.require(*bootstrap.NEEDED_TO_SERVE)
    return settings


def _port_is_free(host: str, port: int, setting: str) -> None:
    """Say so in one line, before anything is started, instead of letting a worker die again and again."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(
                f"{setting}: {host}:{port} cannot be used ({error.strerror}); set another port."
            ) from None


@click.command()
@json_log
def web() -> None:
    """The web tier alone (`voicebot serve` starts it).

    \b
    Example:
      voicebot web
    """
    settings = _ready_to_serve()
    _port_is_free(settings.host, settings.port, "VOICEBOT_PORT")
    master = os.getpid()
    try:
        Web(settings).run()
    except SystemExit as ended:
        # forked workers leave through here too, and gunicorn must see their own exit codes
        if os.getpid() == master and ended.code == Arbiter.APP_LOAD_ERROR:
            raise click.exceptions.Exit(supervisor.CANNOT) from None
        raise


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn with threads. The parts are built in each worker, after the fork: neither torch's threads nor database
    connections survive one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        options: dict[str, Any] = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "worker_connections": max(1000, settings.threads + 200),
            "threads": settings.threads,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": settings.drain_seconds,
            "keepalive": 30,
            "limit_request_line": 8190,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "voicebot-web",
            "child_exit": _child_exit,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        try:
            bot = bootstrap.build(self._settings)
            app = create_app(bot)
        except VoicebotError as error:
            raise AppImportError(f"voicebot: {error.message}") from None  # gunicorn prints it without a traceback
        bot.understanders.start()
        _before_sigterm(bot.conversation.leave)
        _before_sigterm(bot.lines.room.leave)
        _before_sigterm(bot.understanders.leave)
        atexit.register(bot.understanders.stop)  # no model is half loaded while the interpreter is taken down
        return app


def _before_sigterm(work: Callable[[], None]) -> None:
    """Do this too when gunicorn's worker is told to stop."""
    stop = signal.getsignal(signal.SIGTERM)

    def told(number: int, frame: FrameType | None) -> None:
        work()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, told)


def _child_exit(_: Any, worker: Any) -> None:
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


@click.command()
@json_log
@click.option("--model", help="Whisper model to serve; default VOICEBOT_WHISPER_MODEL.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, help="Port to listen on.")
def recogniser(model: str | None, host: str, port: int) -> None:
    """A Whisper server that speaks the OpenAI transcription API; one model a process.

    \b
    Examples:
      voicebot recogniser --model base --port 8001
      VOICEBOT_ENGINE=faster-whisper voicebot recogniser --model tiny.en --port 8002
      curl -F file=@call.wav -F model=base -F response_format=verbose_json http://127.0.0.1:8001/v1/audio/transcriptions
    """
    # Two OpenMP programs on the same cores stall each other for seconds while their threads spin. OpenMP reads it once,
    # when the libraries are loaded, so it must stand before them.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from voicebot.speech.recogniser_server import serve_recogniser  # brings torch, which the others do not need

    settings = load_settings()
    configure(settings.log, settings.log_level)
    _port_is_free(host, port, "--port")
    serve_recogniser(settings, model or settings.whisper_model, host, port)


@click.command()
@json_log
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def chores(once: bool) -> None:
    """Send texts, deliver messages, delete recordings, forget old data (`voicebot serve` starts it).

    \b
    Examples:
      voicebot chores
      voicebot chores --once
    """
    settings = _ready_to_serve()
    work = bootstrap.build_chores(settings)
    # what has been begun is brought to an end: a text that is cut off counts as uncertain and is never sent again
    signal.signal(signal.SIGTERM, lambda *_: work.stopping.set())
    signal.signal(signal.SIGINT, lambda *_: work.stopping.set())
    if not once:
        work.run()
        return
    while not work.stopping.is_set() and work.once():
        pass
    work.sweep()

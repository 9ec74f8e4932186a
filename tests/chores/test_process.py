"""`voicebot chores` as a process, with a .env of its own and a real mail server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from voicebot import bootstrap
from voicebot.regression.telephone_wav import silent_wav
from voicebot.routing.source import Sources, dump_sources

from .office import (
    NUMBER,
    SECRET,
    SMALL,
    WORDS,
    Office,
    all_due,
    taking_without_answer,
)


class Postbox:
    def __init__(self) -> None:
        self.letters: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(envelope.content.decode())
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def start(folder: Path, office: Office, *arguments: str, **settings: object) -> subprocess.Popen[str]:
    """`voicebot chores` in a folder of its own, with a .env of its own and nothing from this environment."""
    values: dict[str, object] = {
        "TWILIO_ACCOUNT_SID": office.provider.account_sid,
        "TWILIO_AUTH_TOKEN": office.provider.token,
        "TWILIO_API_BASE": office.provider.url,
        "VOICEBOT_PUBLIC_URL": "https://bot.example",
        "VOICEBOT_SECRET_KEY": SECRET,
        "VOICEBOT_SMS_FROM": "Westshire",
        "VOICEBOT_LOG": "json",
        "DATABASE_URL": office.settings.database_url.get_secret_value(),
        **settings,
    }
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "voicebot.cli", "chores", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_once_does_all_that_is_due_and_ends(office: Office, postbox: tuple[Postbox, int], tmp_path: Path) -> None:
    box, port = postbox
    stored = dump_sources(Sources((("routing.yaml", SMALL),)))
    bootstrap.publications(office.engine).start_with(office.table.hash, "ann", content=stored)
    office.call("CA1", texts=("See westshire.example",))
    office.leave(call_id="CA2", intent="pothole")
    message = office.messages.take()
    assert message is not None
    office.messages.put_back(office.messages.transcribed(message, WORDS))
    heard = office.provider.store.record(silent_wav(1.0))
    office.now.moment -= timedelta(days=2)
    office.store.recording_seen("CA1", heard.url)
    mail = {
        "VOICEBOT_SMTP_HOST": "127.0.0.1",
        "VOICEBOT_SMTP_PORT": port,
        "VOICEBOT_SMTP_TLS": "false",
        "VOICEBOT_MAIL_FROM": "voicebot@westshire.example",
    }
    process = start(tmp_path, office, "--once", **mail)
    out, err = process.communicate(timeout=100)
    assert (process.returncode, out) == (0, ""), err
    assert [each.body for each in office.provider.store.messages] == ["See westshire.example"]
    (letter,) = box.letters
    assert "To: team@small.example" in letter
    assert WORDS in letter
    assert set(office.provider.store.deleted) >= {heard.sid}
    assert office.provider.store.kept == ()
    for secret in (NUMBER, "Jane", SECRET, office.provider.token):
        assert secret not in err


def test_killed_between_taking_a_text_and_telling_the_result(
    office: Office, listening: socket.socket, tmp_path: Path, logged: list[Any]
) -> None:
    office.call(texts=("one",))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with taking_without_answer(listening) as taken:
        process = start(tmp_path, office, "--once", TWILIO_API_BASE=base)
        assert taken.wait(100)
        process.kill()
        process.communicate(timeout=20)
    assert office.statuses() == ["sending"]
    office.now.moment = datetime.now(UTC) + timedelta(seconds=61)
    chores = office.chores()
    all_due(chores)
    chores.sweep()
    (alarm,) = logged
    assert (alarm["event"], alarm["log_level"], alarm["call_id"]) == ("text_uncertain", "error", "CA1")
    office.now.forward(days=1)
    all_due(chores)
    chores.sweep()
    assert office.statuses() == ["uncertain"]
    assert office.provider.store.messages == ()
    assert len(logged) == 1, "alarmed once"


@pytest.mark.parametrize("arguments", [(), ("--once",)])
def test_sigterm_waits_for_the_text_that_is_being_sent(
    office: Office, listening: socket.socket, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    office.call(texts=("one", "two"))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    process = start(tmp_path, office, *arguments, TWILIO_API_BASE=base)
    listening.settimeout(100)
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        process.send_signal(signal.SIGTERM)
        body = b'{"sid": "SM1", "status": "queued"}'
        head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out == ""
    assert "Traceback" not in err
    assert sorted(office.statuses()) == ["sent", "waiting"], "the one under way is told, no other begun"

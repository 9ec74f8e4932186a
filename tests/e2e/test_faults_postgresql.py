"""PostgreSQL goes away, stands still and comes back; SIGTERM while a turn is worked on. One bot, on PostgreSQL."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import psycopg
import pytest
from faults import TWILIO_SECONDS, Line, dialled, eventually, heard
from server import Bot, provider

from voicebot.regression.provider_faults import Fault
from voicebot.regression.provider_store import new_sid

POSTGRESQL = os.environ.get("VOICEBOT_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")


class Wire:
    """What lies between the bot and PostgreSQL: it can be cut, or carry nothing any more without being cut."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._carries = threading.Event()
        self._carries.set()
        self.is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(self._server)
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                self._carries.wait()
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            end.close()

    def cut(self) -> None:
        self.is_cut = True
        for end in self._open:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._open.clear()

    def mend(self) -> None:
        self.is_cut = False
        self._carries.set()

    def stand_still(self) -> None:
        self._carries.clear()


@pytest.fixture(scope="module")
def schema():
    name = f"voicebot_test_{secrets.token_hex(6)}"
    try:
        connection = psycopg.connect(POSTGRESQL, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("NO POSTGRESQL answers: nothing is known of what happens when it goes away")
    with connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield connection, name
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(scope="module")
def wire(schema):
    info = schema[0].info
    return Wire(info.hostaddr or info.host, info.port)


@pytest.fixture(scope="module")
def remote(tmp_path_factory, both_ears, schema, wire):
    """The real web tier and chores over PostgreSQL at the other end of the wire."""
    connection, name = schema
    info = connection.info
    user = f"{info.user}:{quote(info.password)}" if info.password else info.user
    more = {
        "DATABASE_URL": f"postgresql://{user}@127.0.0.1:{wire.port}/{info.dbname}"
        f"?options={quote(f'-c search_path={name}')}&application_name={name}",
        "VOICEBOT_RECOGNISER_URL": both_ears.first.url,
        "VOICEBOT_FALLBACK_URL": both_ears.smaller.url,
        "VOICEBOT_ANSWER_SECONDS": "1",
        "VOICEBOT_LEASE_SECONDS": "7",
    }
    with provider() as twilio:
        started = Bot(tmp_path_factory.mktemp("remote"), twilio, more, ("serve", "--no-recogniser")).start()
        yield started
        wire.mend()
        started.stop()


def pressed(line, number=1):
    began = time.monotonic()
    document = line.press(number, "0")
    assert time.monotonic() - began < TWILIO_SECONDS
    return document


def rung(bot):
    line = Line(bot)
    line.ring()
    return line


def goes_on(line):
    """The same turn again, once the database is back: it is taken, or its lease runs out first."""
    assert dialled(line.wait(1, line.press(1, "0")))
    assert "press 0" in rung(line.bot).ring()


def test_its_connections_are_ended_in_the_middle_of_a_call(remote, schema):
    connection, name = schema
    line = rung(remote)
    ended = connection.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s", (name,)
    ).fetchone()
    assert ended[0] > 0
    assert dialled(pressed(line))


def test_it_is_gone_and_comes_back(remote, wire):
    line, unknown = rung(remote), Line(remote, sid=new_sid("CA"))
    wire.cut()
    try:
        assert dialled(pressed(line))
        for path in ("voice", "turn/1", "silence/1", "wait/1", "dial/1", "message/1"):
            assert dialled(heard(unknown.post(path))), path
        assert unknown.post("status", {"CallStatus": "completed"}).status_code == 503
        ready = httpx.get(f"{remote.url}/readyz", timeout=TWILIO_SECONDS, trust_env=False)
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert "127.0.0.1" in ready.json()["database"]
    finally:
        wire.mend()
    goes_on(line)


def test_it_stands_still(remote, wire):
    """Nothing is refused and nothing answered, as when its machine hangs: only a deadline of ours helps."""
    lines = [rung(remote) for _ in range(4)]
    wire.stand_still()
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(map(dialled, pool.map(pressed, lines)))
    finally:
        wire.mend()
    for line in lines:
        goes_on(line)


def test_sigterm_lets_a_turn_that_is_worked_on_have_its_answer(remote):
    """It takes longer than a webhook waits as a rule, but nobody would be there to be asked for it again."""
    line = rung(remote)
    recording = line.record(Fault("late", 2.5))
    documents = []
    speaking = threading.Thread(target=lambda: documents.append(line.speak(1, recording)))
    speaking.start()
    eventually(lambda: remote.provider.store.fetches(recording.sid), "the recording to be asked for")
    remote.process.send_signal(signal.SIGTERM)
    speaking.join()
    assert dialled(documents[0]), documents
    assert remote.process.wait(60) == 0

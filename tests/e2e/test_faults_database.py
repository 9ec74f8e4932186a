"""The database is locked, full or gone: the caller hears a sentence and a line rings, and afterwards the call goes
on."""

from __future__ import annotations

import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from faults import TWILIO_SECONDS, Line, dialled, eventually, heard, rows, speak, sqlite_held

from voicebot.regression.provider_store import new_sid
from voicebot.regression.script import HangUp

HELD_SECONDS = 13.0
"""More than the database waits for a lock, twice over."""

SPOKEN = ("voice", "turn/1", "silence/1", "wait/1", "dial/1", "message/1")
CALLBACKS = ("status", "recording")


def timed(line, path):
    """The answer to a webhook and the seconds that it took."""
    began = time.monotonic()
    more = {"status": {"CallStatus": "completed"}, "recording": {"RecordingUrl": line.record().url}}
    answer = line.post(path, more.get(path, {"Digits": "0", "DialCallStatus": "busy"}))
    return path, answer, time.monotonic() - began


def everything_at_once(bot, lines):
    """Each webhook for each of these calls, all at once."""
    wanted = [(line, path) for line in lines for path in (*SPOKEN, *CALLBACKS)]
    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(lambda each: timed(*each), wanted))


def assert_nobody_is_lost(found):
    for path, answer, seconds in found:
        assert seconds < TWILIO_SECONDS, path
        if path in CALLBACKS:
            assert answer.status_code in (204, 503), path
        else:
            document = heard(answer)
            assert dialled(document) or "<Gather" in document, document


def test_a_locked_database(stand):
    lines = [Line(stand) for _ in range(3)]
    for line in lines:
        line.ring()
    with sqlite_held(stand.folder / "bot.db", HELD_SECONDS):
        found = everything_at_once(stand, [*lines, Line(stand, sid=new_sid("CA"))])
    assert_nobody_is_lost(found)
    assert any(dialled(answer.text) for _, answer, _ in found)
    line = Line(stand)
    assert "press 0" in line.ring()
    assert dialled(line.press(1, "0"))


def test_a_lock_that_ends_in_time_is_waited_for(stand):
    line = Line(stand)
    line.ring()
    with sqlite_held(stand.folder / "bot.db", 1.0) as holder:
        pressing = threading.Thread(target=holder.wait)
        pressing.start()
        document = line.press(1, "0")
        pressing.join()
    assert dialled(document)
    assert rows(stand, f"select decision from turns where call_id = '{line.sid}' and number = 1")


def test_a_call_goes_on_where_it_was_when_the_lock_is_gone(stand):
    line = Line(stand)
    line.ring()
    with sqlite_held(stand.folder / "bot.db", 60.0):
        assert dialled(line.press(1, "0"))
    assert dialled(line.wait(1, line.press(1, "0")))
    assert rows(stand, f"select status from turns where call_id = '{line.sid}' and number = 1") == [("done",)]


def test_a_full_disk(stand):
    """The kernel lets no file of these processes grow any more, that of the log included."""
    line, late = Line(stand), Line(stand)
    line.ring()
    pids = stand.pids("web")
    before = [resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids]
    for pid, (_, hard) in zip(pids, before, strict=True):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, hard))
    try:
        pressed, rung = timed(line, "turn/1"), timed(late, "voice")
        found = [timed(line, path) for path in SPOKEN]
    finally:
        for pid, limits in zip(pids, before, strict=True):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    assert_nobody_is_lost([pressed, rung, *found])
    assert dialled(pressed[1].text)
    assert dialled(rung[1].text)
    assert stand.pids("web") == pids, "a worker died of it"
    assert dialled(eventually(lambda: line.wait(1, line.press(1, "0")), "the call to go on"))
    assert "press 0" in Line(stand).ring()


def test_a_database_whose_file_is_moved_away_and_put_back(stand):
    """Nobody is lost meanwhile; what follows does not depend on which connection a thread is given."""
    file = stand.folder / "bot.db"
    away = stand.folder / "away"
    away.mkdir()
    names = [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
    line = Line(stand)
    line.ring()
    for name in names:
        if name.exists():
            name.rename(away / name.name)
    found = everything_at_once(stand, [line, Line(stand, sid=new_sid("CA"))])
    for name in names:
        name.unlink(missing_ok=True)
    for name in names:
        if (away / name.name).exists():
            (away / name.name).rename(name)
    assert_nobody_is_lost(found)
    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda _: stand.call([speak(), HangUp()], at="2026-11-24T10:30"), range(12)))
    for result, stored in results:
        assert not result.troubles
        assert stored is not None
        assert stored["outcome"] == "connected", stored["turns"]


@pytest.fixture(autouse=True)
def _still_ready(stand):
    """Each of these tests leaves a bot that answers."""
    yield
    stand.wait()

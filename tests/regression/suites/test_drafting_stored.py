"""Drafts of stored calls: what happened, with the sound as long as it is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import soundfile

from tests.regression.suites.suite_folder import RATE
from tests.regression.suites.suite_office import ROOT, office, run
from tests.storage.ringing import fixed_table, heard, ring
from tests.storage.samples import START, Now
from voicebot import bootstrap
from voicebot.config import load_settings
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallerHungUp, CallStarted, Event, NothingHeard, Pressed, TransferEnded
from voicebot.dialogue.session import Session
from voicebot.ports import Answer, Arrival, Claim, TurnInput
from voicebot.records import record
from voicebot.regression.suites.reading import read_suite
from voicebot.storage.calls import SqlCallStore

__all__ = ["office"]

BINS = heard("my bin was not emptied, ring me on [telephone]", district_bins=0.95)
PLACE = heard("Didbury", choice="south-vale")
STORED: list[Event | float] = [NothingHeard(), 20, BINS, 10, PLACE, Pressed("1"), TransferEnded("busy"), CallerHungUp()]


def stored(events: list[Event | float], at: datetime = START) -> None:
    settings = load_settings()
    now = Now()
    store = SqlCallStore(bootstrap.open_storage(settings), bootstrap.sealer(settings), now, lease=timedelta(seconds=12))
    ring(store, now, fixed_table(), "CA0123456789abcdef", events, at=at)


def test_a_stored_call_is_drafted_as_it_happened(office: Path) -> None:
    stored(STORED)
    told = run("add", "--call", "CA0123", "--suite", "calls")
    assert "no longer kept" in told
    text = (office / "calls" / "calls.yaml").read_text("utf-8")
    assert 'words: "my bin was not emptied, ring me on [telephone]"}  # the recording is no longer kept' in text
    assert "{silence: 1}" in text
    assert 'at: "2026-11-02 09:30"' in text
    assert "intent: district_bins" in text
    assert "[busy]" in text
    suite, issues = read_suite(office / "calls", None)
    (broken,) = suite.broken
    assert [each.code for each in broken.issues] == ["S201", "S201"], "both recordings are to be made"
    assert not [each for each in issues if each.code not in ("S201",)]


class Store(BaseHTTPRequestHandler):
    """The provider's store of recordings: one who reports a pothole, whichever is asked for."""

    def do_GET(self) -> None:
        body = (ROOT / "tests" / "calls" / "pothole.wav").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "audio/x-wav")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider(office: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Store) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("TWILIO_API_BASE", origin)
        yield origin
        server.shutdown()


def test_the_sound_of_a_stored_call_is_drafted_as_long_as_it_is_kept(office: Path, provider: str) -> None:
    hole = heard("there is a pothole", pothole=0.97)
    settings, table, now = load_settings(), fixed_table(), Now()
    engine = bootstrap.open_storage(settings)
    keep = timedelta(days=7)
    store = SqlCallStore(engine, bootstrap.sealer(settings), now, lease=timedelta(seconds=12), keep_audio=keep)
    session = Session("CAkept", table.hash, "m" * 64, "landline")
    turn = take_turn(session, CallStarted("landline"), table=table, now=now())
    session = turn.session.with_(turn=1)
    arrival = Arrival("CAkept", "twilio", "landline", "+441632960900")
    store.begin(arrival, session, Answer((), 1), record(turn, CallStarted("landline"), {}), START)
    url = f"{provider}/2010-04-01/Accounts/AC1/Recordings/RE1"
    claim = store.claim("CAkept", 1, TurnInput(recording=url))
    assert isinstance(claim, Claim)
    turn = take_turn(session, hole, table=table, now=now())
    done = record(turn, hole, {"fetch": 0.1})
    store.finish(claim, turn.session.with_(turn=2), Answer(turn.actions, 2), done, recordings=[url])
    store.end("CAkept", None, now())

    assert "no longer kept" not in run("add", "--call", "CAkept", "--suite", "calls")
    (call,) = read_suite(office / "calls", None)[0].calls
    (step,) = call.steps
    assert step.play is not None
    assert (step.play.name, step.play.words) == ("pothole.wav", "there is a pothole")
    assert soundfile.info(step.play.path).samplerate == RATE
    assert (call.number, call.expect.intent) == ("+441632960123", ("pothole",)), "her own number is not given away"


def test_a_call_that_nobody_knows_is_named(office: Path) -> None:
    stored([CallerHungUp()])
    with pytest.raises(Exception, match="no call CAfff is stored"):
        run("add", "--call", "CAfff")


def test_recordings_or_a_call_are_needed(office: Path) -> None:
    for arguments in ([], ["one.wav", "--call", "CA01"]):
        with pytest.raises(Exception, match="give either RECORDINGs or --call"):
            run("add", *arguments)

"""Recordings that come late, never, spoilt, too large, too slowly, or from somewhere else."""

from __future__ import annotations

import http.server
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from faults import TUESDAY, Line, dialled, eventually, is_keys, rows, speak

from voicebot.regression.call_events import Said
from voicebot.regression.provider_faults import Fault
from voicebot.regression.script import HangUp, Press

MEGABYTE = 1024 * 1024

HEARD = {
    "late": Fault("late", 3.0),
    "failing for a moment": Fault("error", 1.0),
    "stereo": Fault("stereo"),
    "44.1 kHz": Fault("hifi"),
    "slow, but in time": Fault("slow", 1.0),
}
LOST = {
    "never there": Fault("never"),
    "always failing": Fault("error"),
    "a web page": Fault("html"),
    "a web page that says it is audio": Fault("html_as_audio"),
    "200 MB": Fault("huge"),
    "an hour long": Fault("hour"),
    "cut off": Fault("truncated"),
    "slower than anybody waits": Fault("slow", 40.0),
}


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    asked: list[dict[str, str]]

    def do_GET(self):
        self.asked.append(dict(self.headers))
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere():
    """Another host's server; it must never be asked."""
    handler = type("Handler", (_Elsewhere,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/leak", handler.asked
    server.shutdown()
    server.server_close()


def memory(pid: int) -> int:
    """The most that a process has held so far, bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.fixture(scope="module")
def calls(stand, both_ears, elsewhere):
    """All of them at once. After what went wrong the caller presses 0."""
    faults = {**HEARD, **LOST, "redirected to another host": Fault("elsewhere", location=elsewhere[0])}
    worker = max(stand.pids("web"))
    before = memory(worker), files(worker)

    def place(fault):
        return stand.call([speak(fault), Press("0"), HangUp()], at=TUESDAY)

    place(None)
    with ThreadPoolExecutor(len(faults)) as pool:
        found = dict(zip(faults, pool.map(place, faults.values()), strict=True))
    return found, before, worker


@pytest.mark.parametrize("name", HEARD)
def test_a_recording_that_can_be_had_after_all_is_heard(calls, name):
    result, stored = calls[0][name]
    assert not result.troubles
    assert stored["turns"][1]["decision"] == "accept", stored["turns"]
    assert result.connected_to
    assert stored["intent"] == "blue_badge_progress"


@pytest.mark.parametrize("name", [*LOST, "redirected to another host"])
def test_a_recording_that_cannot_be_had_leads_to_keys_and_a_person(calls, name):
    result, stored = calls[0][name]
    assert not result.troubles
    assert stored["turns"][1]["decision"] == "offer_keys", stored["turns"]
    said = [event.text for event in result.events if isinstance(event, Said)]
    assert any("trouble hearing you" in text for text in said), said
    assert result.connected_to, said
    assert (stored["outcome"], stored["queue"]) == ("connected", "switchboard")


def test_another_host_is_never_asked(stand, calls, elsewhere):
    url, asked = elsewhere
    assert not asked
    line = Line(stand)
    line.ring()
    document = line.wait(1, heard_elsewhere(line, url))
    assert is_keys(document)
    assert not asked, "the account's credentials went to another host"
    assert dialled(line.press(2, "0"))


def heard_elsewhere(line, url):
    answer = line.post("turn/1", {"RecordingUrl": url, "RecordingDuration": "3"})
    assert answer.status_code == 200
    return answer.text


def test_nothing_is_left_behind(stand, calls):
    """Neither memory (200 MB were offered, and an hour), nor open files, nor recordings at the provider."""
    _, (held, opened), worker = calls
    assert worker in stand.pids("web"), "the worker died of it"
    assert memory(worker) - held < 150 * MEGABYTE
    eventually(lambda: files(worker) <= opened + 20, "open files to be closed again")
    ours = f"url like '{stand.provider.url}%'"  # what lies elsewhere is not ours to delete
    waiting = f"select count(*) from recordings where {ours} and next_attempt < datetime('now', '+1 hour')"
    eventually(lambda: rows(stand, waiting) == [(0,)], "the recordings to be deleted at the provider")

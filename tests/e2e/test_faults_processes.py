"""SIGKILL and SIGTERM to the web tier while a turn is being worked on."""

from __future__ import annotations

import os
import signal
import threading

import httpx
import pytest
from faults import BADGE, CALLER, Line, dialled, eventually, rows

from voicebot.regression.provider_faults import Fault

SLOW = Fault("late", 3.0)
"""Holds a turn up for as long as it takes to kill a process."""

APPLY = "I want to apply for a Blue Badge"


def begun(bot, line, number):
    """Wait until somebody works on the turn."""
    claimed = f"select 1 from turns where call_id = '{line.sid}' and number = {number} and status = 'claimed'"
    eventually(lambda: rows(bot, claimed), f"turn {number} to be claimed")


def post_and_kill(bot, line, number, pids):
    """Speak, and kill these processes before the answer comes. The recording is there by the time of the retry."""
    recording = line.record(SLOW)
    broken = []

    def post():
        try:
            broken.append(line.speak(number, recording))
        except httpx.HTTPError as error:
            broken.append(type(error).__name__)

    speaking = threading.Thread(target=post)
    speaking.start()
    begun(bot, line, number)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    speaking.join()
    assert "<Response>" not in broken[0], "it answered before it was killed"
    return recording


@pytest.mark.parametrize("whole", [False, True], ids=["the worker", "the whole web tier"])
def test_killed_in_the_middle_of_a_turn_the_retry_goes_on_and_nothing_is_sent_twice(stand, ears, whole):
    ears.first.tell(say=APPLY)
    line = Line(stand)
    line.ring()
    line.wait(1, line.speak(1))
    waiting = "select count(*) from texts where status in ('waiting', 'sending')"
    eventually(lambda: rows(stand, waiting) == [(0,)], "the text messages of the calls before to be sent")
    sent = len(stand.provider.store.messages)
    ears.first.tell(say="please send me a text message")
    pids = stand.pids("web")
    recording = post_and_kill(stand, line, 2, pids if whole else pids[1:])

    def retry():
        try:
            return line.speak(2, recording)
        except httpx.HTTPError:
            return ""

    document = line.wait(2, eventually(retry, "the web tier to come back"))
    assert line.wait(2, line.speak(2, recording)) == document
    assert stand.provider.store.wait_for_messages(sent + 1, deadline=30.0)
    told = rows(stand, f"select number, status from turns where call_id = '{line.sid}' order by number")
    assert told == [(0, "done"), (1, "done"), (2, "done")]
    line.hang_up()
    stand.wait()
    texts = f"select count(*), max(status) from texts where call_id = '{line.sid}'"
    # the provider has it a moment before the chores have written down that it has
    eventually(lambda: rows(stand, texts) == [(1, "sent")], "the text message to be marked as sent, once")
    assert [each.to for each in stand.provider.store.messages[sent:]] == [CALLER]


def test_the_poll_takes_a_dead_worker_s_turn_over(stand, ears):
    """No retry of the turn itself: the caller was on hold when its worker died."""
    line = Line(stand)
    line.ring()
    recording = line.record(SLOW)
    assert "/twilio/wait/1" in line.speak(1, recording)
    for pid in stand.pids("web")[1:]:
        os.kill(pid, signal.SIGKILL)
    document = line.wait(1)
    assert dialled(document), document
    assert rows(stand, f"select heard from turns where call_id = '{line.sid}' and number = 1") == [(BADGE,)]

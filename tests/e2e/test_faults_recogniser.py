"""Whisper fails: with a recogniser whose engine misbehaves on purpose, and with the real one stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager

import pytest
from faults import BADGE, TUESDAY, Line, dialled, eventually, is_keys, rows, speak

from voicebot.regression.script import HangUp, Press

LOOP = "I want to go to the " + "bus stop and the " * 40


def turn(bot, line):
    return rows(bot, f"select decision, rule from turns where call_id = '{line.sid}' and number = 1")[0]


def spoken(bot):
    line = Line(bot)
    line.ring()
    return line, line.wait(1, line.speak(1))


@pytest.mark.parametrize(
    "fault", [{"raise": "out of memory"}, {"hang": 20}, {"hang_in_c": 20}], ids=lambda each: next(iter(each))
)
def test_the_smaller_model_is_tried_then_keys_and_both_recover(stand, ears, fault):
    ears.first.tell(**fault)
    line, document = spoken(stand)
    assert dialled(document), "the smaller model was not asked"
    assert turn(stand, line)[0] == "accept"
    ears.smaller.tell(**fault)
    line, document = spoken(stand)
    assert is_keys(document)
    assert turn(stand, line) == ("offer_keys", "the recogniser failed")
    assert dialled(line.press(2, "0"))
    ears.hear()
    ears.smaller.tell(say="")
    ears.first.wait()
    assert dialled(spoken(stand)[1]), "the first model did not recover"


def test_looped_text_is_not_believed(stand, ears):
    ears.first.tell(say=LOOP)
    line, document = spoken(stand)
    assert turn(stand, line)[0] == "ask_again"
    assert "<Record" in document
    assert "bus stop" not in document


def test_both_recognisers_are_gone(stand, ears):
    ears.first.kill()
    ears.smaller.kill()
    try:
        line, document = spoken(stand)
        assert is_keys(document)
        document = line.wait(2, line.speak(2))
        assert dialled(document), "who speaks again instead of pressing a key gets a person"
    finally:
        ears.first.start()
        ears.smaller.start()
    assert dialled(spoken(stand)[1])


# --- real Whisper
# ------------------------------------------------------------------------------------------------------


def parts(bot, model):
    """The processes of the recogniser with this model."""
    found = []
    for pid in bot.pids("recogniser"):
        told = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
        if f"--model {model} " in told:
            found.append(pid)
    return found


def send(pids, what):
    for pid in pids:
        os.kill(pid, what)


@contextmanager
def stopped(bot, model):
    pids = parts(bot, model)
    assert len(pids) == 2, "gunicorn and its worker"
    send(pids, signal.SIGSTOP)
    try:
        yield pids
    finally:
        send(pids, signal.SIGCONT)


def transcribed(bot, model):
    return sum(f"model={model}" in line for line in bot.log.splitlines() if "transcribed" in line)


def test_a_real_recogniser_that_stands_still_is_stood_in_for_and_comes_back(bot):
    with stopped(bot, "base"):
        result, stored = bot.call([speak(), HangUp()], at=TUESDAY)
    assert not result.troubles
    assert stored["outcome"] == "connected", stored["turns"]
    assert transcribed(bot, "tiny.en") == 1
    before = transcribed(bot, "base")
    eventually(lambda: bot.wait() is None and bot.call([speak(), HangUp()], at=TUESDAY)[0].connected_to, "a call")
    eventually(lambda: transcribed(bot, "base") > before, "the first model to be heard again")


def test_both_real_recognisers_stand_still(bot):
    with stopped(bot, "base"), stopped(bot, "tiny.en"):
        result, stored = bot.call([speak(), Press("0"), HangUp()], at=TUESDAY)
    assert not result.troubles
    assert [each["decision"] for each in stored["turns"][1:3]] == ["offer_keys", "to_person"], stored["turns"]
    assert result.connected_to


def test_a_real_recogniser_killed_in_the_middle_of_a_turn(bot):
    """It stands still when the words come, so that it is certain to die with them."""
    bot.wait()
    before = transcribed(bot, "tiny.en")
    with stopped(bot, "base") as pids:
        line = Line(bot)
        line.ring()
        documents = []
        speaking = threading.Thread(target=lambda: documents.append(line.wait(1, line.speak(1))))
        speaking.start()
        eventually(lambda: rows(bot, f"select 1 from turns where call_id = '{line.sid}' and number = 1"), "turn 1")
        send(pids, signal.SIGKILL)
        speaking.join()
        pids.clear()
    assert "trouble hearing" not in documents[0]  # the smaller model's words: put through, or asked about
    assert transcribed(bot, "tiny.en") == before + 1
    eventually(lambda: len(parts(bot, "base")) == 2, "the recogniser to be started again")
    assert BADGE not in bot.log

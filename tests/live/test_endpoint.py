"""How much silence ends an utterance."""

from __future__ import annotations

import pytest
from live_parts import NOTHING, meant

from voicebot.dialogue.events import Heard, NotUnderstood, PartFailed, Ranked
from voicebot.dialogue.turn import Decision
from voicebot.live.endpoint import COMPLETE, LIKELY, NOISE, UNFINISHED, UNKNOWN, enough_silence
from voicebot.live.ports import Hearing


def needed(hearing, patience=1.0, longest_pause=0.0):
    return enough_silence(hearing, patience=patience, longest_pause=longest_pause)


def sure(words, confidence):
    event = Heard(words, (Ranked("bins", confidence),), None, confidence)
    return Hearing(event, words, {}, Decision("accept", "", confidence=confidence))


def test_a_complete_request_ends_soon():
    assert needed(sure("I'd like to report a pothole, please.", 0.99)) == COMPLETE
    assert needed(meant("She fell off the ladder and she isn't breathing.", "urgent")) == COMPLETE
    assert needed(meant("Can you say that again?", "universal", choice="repeat")) == COMPLETE
    assert needed(meant("Yes.", "accept", choice="yes")) == COMPLETE


def test_a_request_that_may_go_on_is_given_a_little_more():
    assert needed(sure("Hello, I'm ringing about my Blue Badge", 0.84)) == LIKELY


@pytest.mark.parametrize(
    "words", ["I'd like to pay my", "It's about the, um", "I want to,", "and", "my bin and...", "my bin –", "I need to"]
)
def test_an_unfinished_sentence_is_waited_for_however_sure_the_model_is(words):
    assert needed(sure(words, 0.999)) == UNFINISHED


def test_while_nothing_is_known_a_pause_of_one_and_a_half_seconds_survives():
    assert needed(None) == UNKNOWN > 1.5
    assert needed(meant("I look after my mum.", "ask_again")) == UNKNOWN
    assert needed(Hearing(NotUnderstood(), "", {}, Decision("ask_again", ""))) == UNKNOWN
    assert needed(Hearing(PartFailed("recogniser"), "", {})) == UNKNOWN


def test_a_greeting_is_not_yet_a_request():
    assert needed(meant("Good morning!", "universal", choice="help")) == UNKNOWN


def test_who_asks_for_a_person_is_not_kept_waiting_but_the_last_resort_waits():
    person = Hearing(meant("Advisor.").event, "Advisor.", {}, Decision("to_person", "", intent="speak_to_advisor"))
    assert needed(person) == COMPLETE
    assert needed(meant("bonjour madame", "to_person")) == UNKNOWN


def test_noise_is_over_at_once_whatever_the_patience():
    assert needed(NOTHING, patience=3.0) == NOISE


def test_patience_and_the_caller_s_own_pauses_stretch_it():
    assert needed(None, patience=1.5) == pytest.approx(1.5 * UNKNOWN)
    assert needed(None, longest_pause=2.0) == pytest.approx(2.5)
    assert needed(sure("my bin was not emptied", 0.99), longest_pause=2.0) == COMPLETE
    assert needed(None, patience=3.0, longest_pause=9.0) == 4.0

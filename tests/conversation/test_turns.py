"""From the ring to the queue: what a conversation does with each turn."""

from __future__ import annotations

import threading

import pytest
from parts import ARRIVAL, CALL, RECORDING, TUESDAY, Mind, last

from voicebot.dialogue.actions import Ask, SendText, TakeMessage, Transfer
from voicebot.ports import Pending, TurnInput
from voicebot.records import RESTRICTED


def test_from_the_ring_to_the_queue(bench):
    assert "press 0" in last(bench.ring(), Ask).text
    transfer = last(bench.speak(), Transfer)
    assert (transfer.queue, transfer.target) == ("blue-badge", "+441632960130")
    turn = bench.stored()["turns"][1]
    assert turn["heard"] == "my bin was not emptied"
    assert turn["decision"] == "accept"
    assert turn["at"].startswith("routing.yaml:")
    assert set(turn["seconds"]) >= {"fetch", "transcribe", "understand", "total"}


def test_words_are_redacted_before_anything_keeps_them(bench):
    bench.ring()
    bench.ear.words = "this is Jane Smith about my badge"
    transfer = last(bench.speak(), Transfer)
    assert "Jane" not in (transfer.whisper or "")
    assert bench.stored()["turns"][1]["heard"] == "this is [name] about my badge"


def test_the_words_of_an_urgent_call_are_not_kept(bench):
    bench.ring()
    bench.mind.intent = "domestic_abuse"
    bench.ear.words = "he hits me"
    assert last(bench.speak(), Transfer).queue == "adult-social-care"
    assert bench.stored()["turns"][1]["heard"] == RESTRICTED
    assert "hits" not in str(bench.stored())


def test_the_same_turn_twice_at_once_is_worked_on_once(bench):
    bench.ring()
    bench.ear.seconds = 0.1
    replies = []
    threads = [threading.Thread(target=lambda: replies.append(bench.speak())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bench.ear.heard) == 1
    assert len({str(reply) for reply in replies}) == 1
    assert last(replies[0], Transfer)


def test_a_turn_posted_again_later_gets_the_same_answer(bench):
    bench.ring()
    assert bench.speak() == bench.speak()
    assert len(bench.ear.heard) == 1


def test_slow_recognition_holds_the_caller_and_the_poll_finds_the_answer(bench):
    bench.impatient()
    bench.ring()
    bench.ear.seconds = 0.6
    assert isinstance(bench.speak(), Pending)
    assert last(bench.polled(), Transfer).queue == "blue-badge"
    assert len(bench.ear.heard) == 1


def test_a_text_message_goes_out_once_to_the_caller(bench):
    bench.ring()
    bench.mind.intent = next(
        name
        for name, route in bench.conversation.parts.tables.current().intents.items()
        if route.kind == "answer" and len(route.answer) == 1 and route.message and route.ask is None
    )
    bench.speak()
    assert last(bench.press("1", 2), SendText).to is None
    assert bench.press("1", 2) == bench.press("1", 2)
    with bench.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from texts").scalar() == 1


def test_a_message_left_is_stored_with_its_queue(bench):
    bench.conversation.parts.clock.at = TUESDAY.replace(hour=22)
    bench.ring()
    bench.speak()
    assert last(bench.press("3", 2), TakeMessage).queue == "blue-badge"
    given = TurnInput(recording=RECORDING, message=True, recording_seconds=12.0)
    bench.conversation.turn(CALL, 3, given, ARRIVAL)
    with bench.engine.connect() as connection:
        rows = connection.exec_driver_sql("select queue, recording, seconds from messages").all()
    assert rows == [("blue-badge", RECORDING, 12.0)]
    assert bench.stored()["outcome"] == "message_left"


def test_speech_that_is_not_worth_trusting_still_tells_its_language(bench):
    bench.ring()
    bench.ear.words, bench.ear.language = "Dzien dobry.", "pl"
    bench.verdict = "not_understood"
    assert last(bench.speak(), Transfer).queue == "switchboard"


@pytest.mark.parametrize(("log_probability", "decision"), [(-0.3, "refuse"), (-0.6, "ask_again")])
def test_nobody_is_sent_away_for_words_that_the_recogniser_was_unsure_of(bench, log_probability, decision):
    bench.ring()
    bench.mind.intent, bench.ear.log_probability = "out_of_scope", log_probability
    bench.speak()
    assert bench.stored()["turns"][1]["decision"] == decision


def test_a_call_ends_with_the_model_that_it_began_with(bench):
    bench.ring()
    bench.minds.others = (Mind("blue_badge_lost", version="model"),)
    bench.minds.live = Mind("pothole", version="newer")
    bench.speak()
    turn = bench.stored()["turns"][1]
    assert (turn["intent"], turn["model"]) == ("blue_badge_lost", "model")


def test_a_call_whose_model_is_gone_goes_on_with_the_live_one_under_its_name(bench):
    bench.ring()
    bench.minds.live = Mind("pothole", version="newer")
    bench.speak()
    first, second = bench.stored()["turns"]
    assert (first["model"], second["intent"], second["model"]) == ("model", "pothole", "newer")

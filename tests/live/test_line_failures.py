"""What goes wrong on a live call: parts that are late, broken or silent, and channels that stop."""

from __future__ import annotations

from live_parts import CONNECT, NOTHING, QUESTION, Bench, Talk, WhenTold, Words, loud, meant, quiet

from voicebot.dialogue.actions import HangUp, Say, TakeMessage
from voicebot.dialogue.events import PartFailed
from voicebot.errors import StorageError
from voicebot.live import events
from voicebot.live.ports import Frame, Gone, Hearing
from voicebot.ports import Answer


def test_a_prompt_without_sound_is_left_to_the_channel():
    bench = Bench(prompts=Words(missing=["Tell me in a few words, please."])).hear(quiet(0.1))
    assert bench.handed == [(1, False)]
    assert bench.line.done


def test_where_the_channel_has_spoken_the_line_only_listens():
    bench = Bench(speak=False, prompts=Words(missing=[QUESTION.text])).hear(quiet(0.1) + loud(1.0) + quiet(0.7))
    assert bench.told(events.PromptBegun)[0].text == "I'm putting you through."
    assert bench.talk.words == ["my bin was not emptied"]


def test_a_call_that_has_moved_on_is_taken_up_where_it_is():
    bench = Bench(number=0, speak=False).hear(quiet(0.1))
    assert bench.told(events.PromptBegun)
    assert bench.until_asked().hear(loud(1.0) + quiet(0.7)).talk.taken[0][0] == 1


def test_a_message_is_left_with_the_channel_after_its_words():
    leave = Answer((TakeMessage("Leave a message after the tone.", "waste", 120),), 2)
    bench = Bench(Talk(answers=[leave])).until_asked().hear(loud(1.0) + quiet(0.7)).until_asked()
    assert bench.handed == [(2, True)]


def test_a_key_counts_while_she_is_told_of_the_message_to_leave():
    leave = Answer((TakeMessage("Leave a message after the tone.", "waste", 120),), 2)
    bench = Bench(Talk(answers=[leave, CONNECT])).until_asked().hear(loud(1.0) + quiet(0.7)).press("0")
    assert bench.cleared == 1
    assert [(number, given.keys) for number, given, _ in bench.talk.taken][1:] == [(2, "0")]
    assert bench.until_asked().handed == [(99, True)]


def test_a_key_for_a_person_counts_though_the_message_was_not_yet_asked_for():
    leave = Answer((TakeMessage("Leave a message after the tone.", "waste", 120),), 2)
    pool = WhenTold()
    bench = Bench(Talk(answers=[leave, CONNECT]), pool=pool)
    pool.work()
    bench.hear(quiet(0.1)).press("2").press("0")
    pool.work()
    bench.hear(quiet(0.1))
    pool.work()
    assert bench.talk.keys == ["2", "0"]


def test_a_goodbye_is_spoken_before_the_channel_hangs_up():
    bench = (
        Bench(Talk(answers=[Answer((Say("Thank you for calling us today. Goodbye."), HangUp()), 2)]))
        .until_asked()
        .hear(loud(1.0) + quiet(0.7))
    )
    assert bench.handed == []
    assert bench.until_asked().handed == [(2, True)]


def test_an_unknown_call_is_left_to_the_channel():
    assert Bench(Talk(first=None)).hear(quiet(0.1)).handed == [(1, False)]


def test_words_that_come_late_are_waited_for_with_a_hold_line():
    pool = WhenTold()
    bench = Bench(pool=pool)
    pool.work()
    bench.until_asked().hear(loud(1.0) + quiet(1.7))
    assert not bench.told(events.EndpointReached)[0].ready
    spoken = len(bench.told(events.PromptBegun))
    bench.hear(quiet(1.6))
    assert len(bench.told(events.PromptBegun)) == spoken + 1
    pool.work()
    bench.hear(quiet(0.1))
    pool.work()
    assert bench.talk.words == ["my bin was not emptied"]


def test_words_that_never_come_are_a_recogniser_that_failed():
    pool = WhenTold()
    bench = Bench(pool=pool, recognise=5.0)
    pool.work()
    bench.until_asked().hear(loud(1.0) + quiet(1.7 + 5.1))
    assert type(bench.told(events.TurnTaken)[0]).__name__ == "TurnTaken"
    pool.work()
    assert bench.talk.taken[0][2].event == PartFailed("recogniser")


def test_a_recogniser_that_is_busy_at_first_is_asked_once_more_at_the_end():
    busy = Hearing(PartFailed("recogniser"), "", {})
    bench = Bench(Talk([busy, meant("my bin")])).until_asked().hear(loud(1.0) + quiet(1.8))
    assert bench.talk.words == ["my bin"]


def test_a_hearing_ahead_that_was_refused_is_tried_again_while_she_is_silent():
    busy = Hearing(PartFailed("recogniser"), "", {})
    bench = Bench(Talk([busy, busy, meant("my bin was not emptied")])).until_asked().hear(loud(1.0) + quiet(1.0))
    assert bench.talk.words == ["my bin was not emptied"]
    assert bench.talk.ahead == [True, True, True]


def test_only_what_is_heard_for_a_turn_may_take_the_place_of_one():
    busy = Hearing(PartFailed("recogniser"), "", {})
    bench = Bench(Talk([busy])).until_asked().hear(loud(1.0) + quiet(1.8))
    assert bench.talk.ahead == [True] * 6 + [False]
    assert bench.told(events.WordsSoFar) == []


def test_a_hearing_ahead_that_is_refused_after_the_endpoint_is_asked_for_once_more():
    pool, busy = WhenTold(), Hearing(PartFailed("recogniser"), "", {})
    bench = Bench(Talk([busy, meant("my bin")]), pool=pool)
    pool.work()
    bench.until_asked().hear(loud(1.0) + quiet(1.7))
    pool.work()
    bench.hear(quiet(0.1))
    pool.work()
    bench.hear(quiet(0.1))
    pool.work()
    assert bench.talk.words == ["my bin"]


def test_a_recogniser_that_stays_broken_is_told_to_the_dialogue():
    busy = Hearing(PartFailed("recogniser"), "", {})
    bench = Bench(Talk([busy])).until_asked().hear(loud(1.0) + quiet(1.8))
    assert bench.talk.taken[0][2].event == PartFailed("recogniser")


def test_a_hearing_that_raises_is_an_unknown_part_that_failed():
    bench = Bench(Talk([ZeroDivisionError()])).until_asked().hear(loud(1.0) + quiet(1.8))
    assert bench.talk.taken[0][2].event == PartFailed("unknown")


def test_a_turn_that_fails_is_left_to_the_channel():
    bench = Bench(Talk(answers=[StorageError("gone")])).until_asked().hear(loud(1.0) + quiet(0.7))
    assert bench.handed == [(1, False)]


def test_a_turn_that_never_ends_is_left_to_the_channel():
    pool = WhenTold()
    bench = Bench(pool=pool, turn=8.0)
    pool.work()
    bench.hear(quiet(0.1)).press("1").hear(quiet(8.2))
    assert bench.handed == [(1, False)]


def test_where_no_frame_comes_any_more_the_channel_goes_on():
    bench = Bench().hear(quiet(0.5)).wait(1.9)
    assert not bench.handed
    assert bench.wait(0.2).handed == [(1, False)]


def test_a_voice_activity_detector_that_breaks_does_not_cost_the_call():
    class Broken:
        def probability(self, window):
            raise ZeroDivisionError

    bench = Bench(activity=Broken()).hear(quiet(0.1))
    assert bench.handed == [(1, False)]
    assert bench.line.done


def test_who_watches_cannot_break_the_call():
    bench = Bench(observe=lambda event: 1 / 0)
    assert bench.until_asked().hear(loud(1.0) + quiet(0.7)).talk.taken


def test_a_hang_up_in_the_middle_of_a_sentence_ends_it_quietly():
    bench = Bench().until_asked().hear(loud(1.0))
    bench.line.take(Gone())
    assert bench.line.done
    bench.hear(quiet(3.0)).press("1")
    assert not bench.talk.taken
    assert not bench.handed


def test_sound_that_comes_too_fast_is_dropped_once_it_is_too_much():
    bench = Bench().hear(quiet(60.0), wall=False)
    assert bench.told(events.Answered)
    assert not bench.talk.taken, "nobody spoke, but these were not four seconds"


def test_frames_of_any_size_are_taken():
    bench = Bench(fastest=1e9).until_asked()
    for size in (0, 1, 7, 319, 20_000):
        bench.line.take(Frame(quiet(1.0)[:1] * size))
    assert not bench.line.done


def test_a_noise_that_takes_long_to_be_told_from_words_does_not_lose_the_prompt():
    pool = WhenTold()
    bench = Bench(Talk([NOTHING]), pool=pool)
    pool.work()
    bench.hear(quiet(0.1) + loud(0.3) + quiet(4.0))
    assert bench.told(events.PromptBegun)[-1].text == "One moment, please."
    pool.work()
    bench.hear(quiet(0.1))
    assert [each.text for each in bench.told(events.PromptBegun)[-2:]] == [
        "What are you calling about?",
        "Tell me in a few words, please.",
    ]

"""A live call from its first prompt to the hand-over: voices and silences, in audio time."""

from __future__ import annotations

from live_parts import AGAIN, NOTHING, QUESTION, Bench, Talk, loud, meant, quiet

from voicebot.dialogue.actions import Ask
from voicebot.live import events
from voicebot.ports import Answer, TurnInput


def test_a_request_is_heard_taken_and_handed_over():
    bench = Bench().until_asked().hear(quiet(0.5) + loud(1.5) + quiet(1.0))
    assert [number for number, _, _ in bench.talk.taken] == [1]
    assert bench.talk.taken[0][1] == TurnInput(live=True)
    bench.until_asked()
    assert bench.handed == [(99, True)]
    assert bench.line.done


def test_the_turn_is_taken_half_a_second_after_a_complete_request():
    bench = Bench().until_asked().hear(quiet(0.5) + loud(1.5))
    bench.hear(quiet(0.45))
    assert not bench.talk.taken
    bench.hear(quiet(0.2))
    assert len(bench.talk.taken) == 1
    assert bench.told(events.EndpointReached)[0].ready
    assert bench.told(events.TurnTaken)[0].waited == 0.0


def test_words_at_the_very_beginning_are_heard_with_half_a_second_before_them():
    bench = Bench().until_asked().hear(quiet(2.0) + loud(1.0) + quiet(0.7))
    (heard,) = bench.talk.heard
    silent = next(at for at, sample in enumerate(abs(heard)) if sample > 0.02)
    assert 0.4 * 8000 <= silent <= 0.6 * 8000


def test_what_is_heard_at_a_short_pause_is_thrown_away_when_she_goes_on():
    bench = Bench(Talk([meant("my bin", "accept"), meant("my bin was stolen")])).until_asked()
    bench.hear(loud(1.0) + quiet(0.4) + loud(1.0) + quiet(1.0))
    assert len(bench.talk.heard) == 2
    assert bench.talk.words == ["my bin was stolen"]


def test_an_unfinished_sentence_is_waited_for():
    bench = Bench(Talk([meant("it's about my", "ask_again"), meant("it's about my bin")])).until_asked()
    bench.hear(loud(1.0) + quiet(1.9) + loud(0.6))
    assert not bench.talk.taken
    bench.hear(quiet(1.0))
    assert bench.talk.words == ["it's about my bin"]


def test_who_pauses_is_given_the_same_pause_again():
    unsure = meant("I look after my mum.", "ask_again")
    bench = Bench(Talk([unsure, unsure, meant("a break")])).until_asked()
    bench.hear(loud(1.0) + quiet(1.5) + loud(0.6) + quiet(1.7) + loud(0.6) + quiet(0.7))
    assert bench.talk.words == ["a break"]


def test_patience_stretches_every_silence():
    bench = Bench(patience=2.0).until_asked().hear(loud(1.0) + quiet(0.9))
    assert not bench.talk.taken
    assert bench.hear(quiet(0.4)).talk.taken


def test_who_asked_for_slower_is_given_more_time():
    slow = Answer((Ask(QUESTION.text, QUESTION.expecting, slow=True, patience=5),), 1)
    bench = Bench(Talk(first=slow)).until_asked().hear(loud(1.0) + quiet(0.7))
    assert not bench.talk.taken
    assert bench.hear(quiet(0.4)).talk.taken


def test_nobody_speaking_is_silence_after_the_patience_of_the_question():
    bench = Bench(Talk(answers=[AGAIN])).until_asked().hear(quiet(3.8))
    assert not bench.talk.taken
    bench.hear(quiet(0.5))
    assert bench.talk.taken[0][1] == TurnInput()


def test_a_cough_is_no_turn_and_the_silence_begins_again():
    bench = Bench(Talk([NOTHING])).until_asked().hear(quiet(3.0) + loud(0.15) + quiet(3.0))
    assert not bench.talk.taken
    assert len(bench.told(events.Dismissed)) == 1
    bench.hear(quiet(1.7))
    assert bench.talk.taken[0][1] == TurnInput()


def test_mhm_is_no_turn_but_yes_is():
    yes = meant("Yes.", "accept", choice="yes")
    bench = Bench(Talk([meant("Mm-hmm.", "ask_again"), yes])).until_asked()
    bench.hear(loud(0.25) + quiet(2.0) + loud(0.25) + quiet(0.7))
    assert bench.talk.words == ["Yes."]


def test_a_line_that_only_makes_noise_does_not_go_on_for_ever():
    bench = Bench(Talk([NOTHING])).until_asked()
    for _ in range(4):
        bench.hear(loud(0.3) + quiet(1.0))
    assert bench.talk.taken


def test_an_utterance_ends_after_a_minute():
    bench = Bench().until_asked().hear(loud(60.2))
    assert len(bench.talk.taken) == 1


def test_a_voice_that_goes_on_after_a_minute_is_not_heard_from_the_beginning_again():
    """Such as a television: each turn would be a longer one, and end at once."""
    bench = Bench(Talk([meant("on and on")], answers=[AGAIN])).until_asked().hear(loud(75))
    assert len(bench.talk.taken) == 1
    assert not bench.told(events.SpeechBegun)[-1].joined

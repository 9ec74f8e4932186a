"""Speaking over the prompt of a live call, and going on after having been cut off."""

from __future__ import annotations

from live_parts import AGAIN, CONNECT, NOTHING, QUESTION, Bench, Talk, WhenTold, loud, meant, quiet

from voicebot.dialogue.actions import Say
from voicebot.live import events
from voicebot.ports import Answer, TurnInput


def test_a_voice_stops_the_prompt_within_150_ms_and_its_words_are_the_turn():
    bench = Bench().hear(quiet(0.3) + loud(0.16))
    assert bench.cleared == 1
    (stopped,) = bench.told(events.PromptStopped)
    assert stopped.by == "speech"
    assert stopped.after <= 0.15
    bench.hear(loud(1.0) + quiet(0.7))
    assert bench.talk.words == ["my bin was not emptied"]
    assert max(abs(bench.talk.heard[0][:2000])) < 0.02  # the pre-roll is there
    assert len(bench.talk.heard[0]) >= 1.4 * 8000


def test_where_it_was_only_noise_the_prompt_goes_on_with_its_sentence():
    bench = Bench(Talk([NOTHING])).hear(quiet(0.7) + loud(0.2) + quiet(0.7))
    assert bench.cleared == 1
    assert len(bench.told(events.PromptResumed)) == 1
    assert [each.text for each in bench.told(events.PromptBegun)[2:]] == ["Tell me in a few words, please."]
    bench.until_asked().hear(loud(1.0) + quiet(0.4))
    assert not bench.handed


def test_a_line_that_makes_noise_over_the_prompt_does_not_stop_it_for_ever():
    bench = Bench(Talk([NOTHING]))
    for _ in range(6):
        bench.hear(quiet(0.2) + loud(0.2) + quiet(0.7))
    assert bench.cleared == 3


def test_hello_over_the_greeting_is_no_turn():
    bench = Bench(Talk([meant("Hello?", "ask_again")])).hear(quiet(0.3) + loud(0.4) + quiet(2.0))
    assert not bench.talk.taken
    assert bench.told(events.PromptResumed)


def test_without_barge_in_the_prompt_is_spoken_to_its_end():
    bench = Bench(barge_in=False).hear(quiet(0.3) + loud(0.5))
    assert bench.cleared == 0


def test_an_echo_of_the_prompt_does_not_stop_it():
    bench = Bench().hear(quiet(0.02))
    whole = b"".join(each for each in bench.queue if isinstance(each, bytes))
    bench.hear(quiet(0.3) + whole[:-4000])
    assert bench.cleared == 0
    assert not bench.told(events.SpeechBegun)


def test_what_tells_her_to_dial_999_is_said_again_where_it_was_cut_short():
    danger = Answer((Say("If it is safe, dial 999."), QUESTION), 1)
    bench = Bench(Talk(first=danger, answers=[AGAIN])).hear(quiet(0.2) + loud(1.0) + quiet(0.7))
    after = [each.text for each in bench.told(events.PromptBegun)[3:]]
    assert after[0] == "If it is safe, dial 999."


def test_what_ends_the_live_call_is_spoken_to_its_end_whatever_she_says_or_presses():
    bench = Bench().until_asked().hear(loud(1.0) + quiet(0.7))
    assert bench.queue
    bench.press("1").hear(loud(0.2))
    assert bench.cleared == 0
    bench.until_asked()
    assert bench.handed == [(99, True)]
    assert len(bench.talk.taken) == 1


def test_a_prompt_whose_mark_never_comes_back_counts_as_heard():
    bench = Bench()
    bench.mark = lambda name: None
    bench.hear(quiet(1.4 + 3.0 + 4.2))
    assert bench.talk.taken[0][1] == TurnInput()


# --- cut off -----------------------------------------------------------------------------------------------------


def test_who_was_cut_off_and_goes_on_is_heard_as_one_and_given_more_time():
    talk = Talk([meant("my bin"), meant("my bin was stolen")], answers=[AGAIN, CONNECT])
    bench = Bench(talk).until_asked()
    bench.hear(loud(1.0) + quiet(0.65))
    assert bench.talk.words == ["my bin"]
    bench.hear(loud(1.0) + quiet(0.7))
    assert bench.told(events.SpeechBegun)[-1].joined
    assert len(bench.talk.words) == 1, "0.55 s are no longer enough for her"
    bench.hear(quiet(0.3))
    assert bench.talk.words == ["my bin", "my bin was stolen"]
    assert len(bench.talk.heard[1]) > 2.5 * 8000


def test_who_goes_on_before_the_answer_is_there_is_heard_as_one_as_well():
    pool = WhenTold()
    bench = Bench(Talk([meant("my bin")], answers=[AGAIN]), pool=pool)
    pool.work()
    bench.until_asked().hear(loud(1.0) + quiet(0.3))
    pool.work()
    bench.hear(quiet(0.3) + loud(0.3))
    assert bench.told(events.TurnTaken)
    assert len(bench.told(events.Answered)) == 1
    assert [each.joined for each in bench.told(events.SpeechBegun)] == [False, True]


def test_an_answer_to_the_next_question_is_not_joined_with_what_came_before():
    bench = Bench(Talk(answers=[AGAIN, CONNECT])).until_asked().hear(loud(1.0) + quiet(0.7)).until_asked()
    bench.hear(loud(1.0) + quiet(1.0))
    assert [each.joined for each in bench.told(events.SpeechBegun)] == [False, False]
    assert len(bench.talk.heard[1]) < 1.9 * 8000


def test_who_speaks_while_the_turn_is_taken_is_not_spoken_over():
    pool = WhenTold()
    bench = Bench(Talk([meant("my bin")], answers=[AGAIN]), pool=pool)
    pool.work()
    bench.hear(quiet(2.0) + loud(1.0) + quiet(0.3))
    pool.work()
    bench.hear(quiet(0.5) + loud(0.4))
    assert bench.told(events.TurnTaken)
    pool.work()
    spoken = len(bench.told(events.PromptBegun))
    bench.hear(loud(0.3))
    assert len(bench.told(events.PromptBegun)) == spoken

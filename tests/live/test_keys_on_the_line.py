"""Keys on a live call: they win over speech, and none is lost."""

from __future__ import annotations

from live_parts import AGAIN, CONNECT, Bench, Talk, WhenTold, loud, meant, quiet

from voicebot.dialogue.actions import Ask, Expecting
from voicebot.ports import Answer


def test_a_key_stops_the_prompt_and_is_the_turn():
    bench = Bench().hear(quiet(0.3)).press("0")
    assert bench.cleared == 1
    assert bench.talk.keys == ["0"]


def test_a_key_wins_over_what_is_being_said():
    pool = WhenTold()
    bench = Bench(pool=pool)
    pool.work()
    bench.hear(quiet(3.0) + loud(1.0) + quiet(0.3)).press("2")
    pool.work()
    bench.hear(quiet(2.0))
    pool.work()
    assert bench.talk.keys == ["2"]
    assert len(bench.talk.taken) == 1


def test_a_key_before_the_first_answer_is_known_is_not_lost():
    pool = WhenTold()
    bench = Bench(pool=pool).press("3")
    pool.work()
    bench.hear(quiet(0.1))
    pool.work()
    assert bench.talk.keys == ["3"]


def test_while_a_turn_is_taken_only_the_key_for_a_person_is_kept():
    pool = WhenTold()
    bench = Bench(Talk(answers=[AGAIN, CONNECT]), pool=pool)
    pool.work()
    bench.hear(quiet(0.1)).press("2").press("5").press("0")
    pool.work()
    bench.hear(quiet(0.1))
    pool.work()
    assert bench.talk.keys == ["2", "0"]


def test_a_key_for_a_person_that_is_pressed_again_and_again_meanwhile_counts_once():
    pool = WhenTold()
    bench = Bench(Talk(answers=[AGAIN]), pool=pool)
    pool.work()
    bench.hear(quiet(0.1)).press("2").press("0").press("0").press("0")
    for _ in range(4):
        pool.work()
        bench.hear(quiet(0.1))
    assert bench.talk.keys == ["2", "0"]


def test_a_number_is_collected_until_the_hash():
    number = Answer((Ask("Key in your number, then hash.", Expecting("keys")),), 1)
    bench = Bench(Talk(first=number))
    for key in "07700900123#":
        bench.press(key).hear(quiet(0.5))
    assert bench.talk.keys == ["07700900123"]


def test_a_number_that_nobody_goes_on_with_counts_as_it_is():
    number = Answer((Ask("Key in your number, then hash.", Expecting("keys")),), 1)
    bench = Bench(Talk(first=number)).press("0").press("7").hear(quiet(7.8))
    assert not bench.talk.taken
    assert bench.hear(quiet(0.4)).talk.keys == ["07"]


def test_where_keys_were_asked_for_only_clear_words_count():
    number = Answer((Ask("Key in your number, then hash.", Expecting("keys")),), 1)
    talk = Talk([meant("seven seven hang on"), meant("Advisor.", "universal", choice="advisor")], first=number)
    bench = Bench(talk).until_asked().hear(loud(1.0) + quiet(1.0) + loud(0.6) + quiet(1.0))
    assert bench.talk.words == ["Advisor."]


def test_what_is_no_key_is_ignored():
    assert not Bench().press("A").press("").press("12").talk.taken

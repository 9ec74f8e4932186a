from __future__ import annotations

import pytest
from suite_bots import CALLS, ROOT, call, sound, step

from voicebot.dialogue.wording import prompt
from voicebot.regression.call_events import CallResult, Dialled, Said, Trouble
from voicebot.regression.script import HangUp, Press, Speak
from voicebot.regression.suites.callers import Act, SuiteCaller
from voicebot.regression.suites.judging import Taken, misrouted, misses, reached
from voicebot.regression.suites.model import Manner
from voicebot.regression.suites.reporting import Attempt, report
from voicebot.regression.suites.reports.wording import conversation
from voicebot.regression.suites.word_errors import spoken, word_errors
from voicebot.routing.loader import load_table

HOLE = sound("pothole.wav", "a pothole")
YES = sound("yes-please.wav", "Yes please.")


@pytest.fixture(scope="module")
def table():
    return load_table(ROOT / "routing.yaml")


def dialled(table, queue, *, bridged=True):
    return Dialled(1.0, table.queues[queue].target, "", "completed" if bridged else "busy", bridged, 25)


def taken(*events, turns=(), acts=(), texts=(), **stored):
    usual = {"number": 1, "event": "Heard", "decision": "accept", "intent": None, "prompt": "", "heard": ""}
    told = {"intent": None, "outcome": None, "queue": None, **stored, "turns": [{**usual, **each} for each in turns]}
    return Taken(CallResult("CA1", "ended", 1.0, events), told, texts, acts)


def test_what_is_said_is_compared_without_case_and_spaces(table):
    said = taken(Said(0.1, "You can report it on our   website, Westshire dot example."))
    assert misses(call("c", step(), says=("REPORT it on our website",)), said, table) == ()
    assert [each.what for each in misses(call("c", step(), says=("by post",)), said, table)] == ["says"]


def test_one_of_several_outcomes_will_do(table):
    wanted = call("c", step(), outcome=("answered", "signposted"))
    assert (
        misses(wanted, taken(outcome_="", **{"outcome": "signposted"}) if False else taken(outcome="signposted"), table)
        == ()
    )
    (miss,) = misses(wanted, taken(outcome="abandoned"), table)
    assert (miss.wanted, miss.got) == ("answered or signposted", "abandoned")


def test_the_queue_is_the_one_whose_line_she_was_joined_to_whatever_the_bot_believes(table):
    assert reached(taken(dialled(table, "libraries"), queue="highways"), table) == "libraries"
    assert reached(taken(dialled(table, "libraries"), queue="libraries"), table) == "libraries"
    assert reached(taken(dialled(table, "libraries", bridged=False), queue="highways"), table) == "highways"


def test_a_call_that_was_refused_and_came_to_nothing_else_was_out_of_scope(table):
    refused = taken(turns=({"decision": "refuse"},))
    assert misses(call("c", step(), intent=("out_of_scope",)), refused, table) == ()
    served = taken(turns=({"decision": "refuse"}, {}), intent="pothole")
    assert [each.got for each in misses(call("c", step(), intent=("out_of_scope",)), served, table)] == ["pothole"]


def test_a_decision_is_judged_at_the_step_that_it_answers(table):
    first, second = step(play=HOLE, decision=("ask_again",)), step(play=HOLE, decision=("accept",))
    acts = (Act("plays", first, HOLE), Act("plays", second, HOLE))
    right = taken(turns=({"decision": "ask_again"}, {"decision": "accept"}), acts=acts)
    turned = taken(turns=({"decision": "accept"}, {"decision": "ask_again"}), acts=acts)
    assert misses(call("c", first, second), right, table) == ()
    found = misses(call("c", first, second), turned, table)
    assert [each.what for each in found] == ["decision at step 1", "decision at step 2"]


def test_a_step_that_the_call_never_came_to_is_a_miss(table):
    wanted = step(play=HOLE, decision=("accept",))
    (miss,) = misses(call("c", wanted), taken(), table)
    assert miss.got == "the call ended before"


def test_turns_in_which_the_caller_did_nothing_do_not_count(table):
    turns = ({"event": "CallStarted"}, {}, {"event": "TransferEnded"})
    held = taken(turns=turns, acts=(Act("plays", None, None),))
    assert misses(call("c", step(), turns=1), held, table) == ()


def test_trouble_on_the_line_is_a_miss_in_any_call(table):
    (miss,) = misses(call("c", step()), taken(Trouble(0.1, "the answer took 20 s")), table)
    assert (miss.what, miss.got) == ("trouble", "the answer took 20 s")


def test_a_wrong_line_on_the_way_is_a_misroute_and_the_overflow_of_the_right_one_is_not(table):
    wanted = call("c", step(), intent=("blue_badge_progress",), queue=("blue-badge",))
    assert not misrouted(wanted, taken(dialled(table, "blue-badge")), table)
    assert not misrouted(wanted, taken(dialled(table, "switchboard")), table)
    assert misrouted(wanted, taken(dialled(table, "libraries", bridged=False), dialled(table, "blue-badge")), table)


def test_what_else_she_asks_about_on_the_way_is_no_misroute(table):
    answer = table.intents["gritting"].answer[0]
    read = taken(turns=({"intent": "gritting", "prompt": f"{answer} Anything else?"},))
    assert misrouted(call("c", step(), intent=("pothole",)), read, table)
    assert not misrouted(call("c", step(), intent=("pothole",), also=("gritting",)), read, table)
    rung = taken(dialled(table, "blue-badge", bridged=False), dialled(table, "libraries"))
    assert misrouted(call("c", step(), intent=("library_services",)), rung, table)
    assert not misrouted(call("c", step(), intent=("library_services",), also=("blue_badge_progress",)), rung, table)


def test_the_answer_to_something_else_is_a_misroute(table):
    answer = table.intents["pothole"].answer[0]
    read = taken(turns=({"intent": "pothole", "prompt": f"One moment. {answer} Anything else?"},))
    assert misrouted(call("c", step(), intent=("blue_badge_progress",)), read, table)
    assert not misrouted(call("c", step(), intent=("pothole",)), read, table)
    assert misrouted(call("c", step(), outcome=("abandoned",)), read, table)
    assert not misrouted(call("c", step()), read, table)


def caller(table, *steps, confirm=YES, again=0, **expect):
    wanted = call("c", *steps, intent=("pothole",), **expect)
    return SuiteCaller(wanted, table, lambda sound, time: sound.path.read_bytes() + b"!" * time, Manner(confirm, again))


def test_a_caller_says_yes_once_and_only_to_what_she_rang_about(table):
    about = table.intents["pothole"].about
    her = caller(table, step(play=HOLE))
    assert her.at_record().name == "pothole.wav"
    her.hears(prompt(table, "confirm", topic=table.intents["street_light"].about))
    her.hears(prompt(table, "confirm", topic=about))
    assert her.at_record().name == "yes-please.wav"
    her.hears(prompt(table, "confirm", topic=about))
    assert isinstance(her.at_record(), HangUp)
    assert [(act.did, act.step is None) for act in her.acts] == [
        ("plays pothole.wav", False),
        ("plays yes-please.wav", True),
    ]


def test_a_caller_whose_next_words_are_yes_does_not_say_it_twice(table):
    her = caller(table, step(play=HOLE), step(play=YES))
    her.at_record()
    her.hears(prompt(table, "confirm", topic=table.intents["pothole"].about))
    assert her.at_record().name == "yes-please.wav"
    assert isinstance(her.at_record(), HangUp)


def test_without_a_recorded_yes_she_presses_the_key(table):
    her = caller(table, step(play=HOLE), confirm=None)
    her.at_record()
    her.hears(prompt(table, "confirm", topic=table.intents["pothole"].about))
    assert her.at_gather(record_follows=True) == Press("1")


def test_a_caller_who_is_asked_again_says_her_last_words_once_more_and_not_for_ever(table):
    her = caller(table, step(play=HOLE), again=2)
    first = her.at_record()
    for _ in range(2):
        her.hears(prompt(table, "examples"))
        assert her.at_record().wav.startswith(first.wav + b"!")
    her.hears(prompt(table, "examples"))
    assert isinstance(her.at_record(), HangUp)
    assert [act.did for act in her.acts] == ["plays pothole.wav", *["plays pothole.wav, once more"] * 2]
    assert [act.sound for act in her.acts] == [HOLE] * 3


def test_a_caller_who_says_it_again_turns_down_what_is_wrong(table):
    her = caller(table, step(play=HOLE), again=1)
    her.at_record()
    her.hears(prompt(table, "confirm", topic=table.intents["street_light"].about))
    assert her.at_gather(record_follows=True) == Press("2")
    her.hears(prompt(table, "examples"))
    assert isinstance(her.at_record(), Speak)


def test_a_caller_with_more_to_say_goes_on_with_that(table):
    her = caller(table, step(play=HOLE), step(keys="0"), again=2)
    her.at_record()
    her.hears(prompt(table, "examples"))
    assert her.at_gather(record_follows=True) == Press("0")


def test_a_call_that_is_to_be_abandoned_is(table):
    her = caller(table, step(play=HOLE), again=2, outcome=("abandoned",))
    her.at_record()
    her.hears(prompt(table, "examples"))
    assert isinstance(her.at_record(), HangUp)


@pytest.mark.parametrize("place", ["1", "2"])
def test_of_two_that_are_offered_she_takes_the_right_one(table, place):
    mine, other = table.intents["pothole"].about, table.intents["street_light"].about
    first, second = (mine, other) if place == "1" else (other, mine)
    keys = [prompt(table, "topic_key", topic=each, key=key) for key, each in (("1", first), ("2", second))]
    her = caller(table, step(play=HOLE))
    assert isinstance(her.at_record(), Speak)
    her.hears(" ".join([prompt(table, "offer_two", first=first, second=second), *keys]))
    assert her.at_gather(record_follows=True) == Press(place)


def test_silence_lasts_as_many_prompts_as_the_suite_says(table):
    her = caller(table, step(silence=2), step(keys="0"))
    assert her.at_gather(record_follows=True) is None
    assert her.at_record() is None
    assert her.at_record() is None
    assert her.at_gather(record_follows=True) == Press("0")
    assert [act.did for act in her.acts] == ["says nothing", "says nothing", "presses 0"]


def test_of_a_message_that_is_left_nobody_says_that_nothing_was_heard(table):
    badge = sound("goodbye.wav", "My badge was lost.")
    act = Act("plays goodbye.wav", step(play=badge), badge)
    turn = {"number": 1, "event": "MessageLeft", "decision": "accept", "intent": None, "prompt": "", "heard": ""}
    stored = {"confidence": None, "rule": "", "at": "", "seconds": {"total": 0.1}}
    left = taken(turns=({**turn, **stored},), acts=(act,), outcome="message_left")
    shown = report(Attempt(call("c", step(play=badge)), left, ()), "clean", ("passed",), table, None, "")
    assert [(each.did, each.words, each.heard) for each in shown.turns] == [
        ("plays goodbye.wav as a message", None, "")
    ]
    assert shown.word_count == 0
    assert "heard" not in "\n".join(conversation(shown))


@pytest.mark.parametrize(
    ("said", "heard", "errors", "words"),
    [
        ("Hello, um, I'd like ten pounds.", "hello I would like £10", 0, None),
        ("there's a pothole", "there is a pot", 1, 4),
        ("a b c d", "", 4, 4),
        ("", "thank you", 2, 0),
        ("It's my neighbour's colour.", "it's my neighbor's color", 0, None),
        ("My name is [name].", "My name is [name].", 0, 3),
        ("It's [name] from [address], about a bin", "It's Anne from Mill Lane about a pin", 1, 6),
        ("My name is [name].", "", 3, 3),
        ("call me on 01632 960123 please", "call me on [number] pleas", 0, 3),
        ("", "hello [name]", 1, 0),
    ],
)
def test_word_errors_count_words_and_no_spelling(said, heard, errors, words):
    found, count = word_errors(said, heard)
    assert found == errors
    assert words is None or count == words


def test_pauses_written_for_synthetic_voices_are_no_words():
    assert spoken("Hello, um, [1.2] I look [0.5]  after my mum.") == "Hello, um, I look after my mum."


def test_the_recordings_of_these_tests_are_there():
    assert (CALLS / HOLE.name).is_file()

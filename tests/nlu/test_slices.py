"""Slices, and what is lost between what was said and what Whisper heard."""

from __future__ import annotations

import pytest

from voicebot.nlu.corpus import Utterance
from voicebot.nlu.evaluate import Lived
from voicebot.nlu.slices import NOTHING, Sight, Told, heard_slices, slices, unheard, was_heard, word_error_rate
from voicebot.routing.table import OUT_OF_SCOPE

SIGHT = Sight(frozenset({"life_in_danger"}))


def utterance(words: str, heard: str | None = None, kind: str = "ordinary", intent: str = "pothole") -> Utterance:
    return Utterance(words, kind, (intent,), "pothole.yaml", 3, heard)


def accepted(given: Utterance, intent: str = "pothole") -> Told:
    return Told(given, Lived(given.acceptable, ((intent, 0.9), ("gritting", 0.05)), "accept", (intent,)))


@pytest.mark.parametrize(
    ("words", "heard", "rate"),
    [
        ("a big pothole on Mill Lane", "A big pothole, on Mill Lane.", 0),
        ("um I I want my b-badge", "I want my badge", 0),
        ("a big pothole on Mill Lane", "a big pot hole on Mill Lane", 2 / 6),
        ("a big pothole on Mill Lane", "a big pothole", 3 / 6),
        ("pothole", "well a hole", 3),
        ("a big pothole", NOTHING, 1),
        ("a big pothole", "um...", 1),
    ],
)
def test_word_error_rate(words: str, heard: str, rate: float) -> None:
    assert word_error_rate(utterance(words, heard)) == pytest.approx(rate)


def test_every_utterance_is_in_one_slice_of_each_sort() -> None:
    told = [
        accepted(utterance("pothole")),
        accepted(utterance("there is a hole", kind="hard")),
        accepted(utterance("there is a big hole"), intent="gritting"),
        accepted(utterance("word " * 30, kind="long")),
        accepted(utterance("help me now", intent="life_in_danger"), intent="life_in_danger"),
        accepted(utterance("a pizza", intent=OUT_OF_SCOPE), intent=OUT_OF_SCOPE),
    ]
    found = slices(told, SIGHT)
    counts = {(each["by"], each["slice"]): each["utterances"] for each in found}
    assert counts == {
        ("length", "1 to 4 words"): 4,
        ("length", "5 to 9 words"): 1,
        ("length", "30 words and more"): 1,
        ("kind", "ordinary"): 4,
        ("kind", "long"): 1,
        ("kind", "hard"): 1,
        ("urgency", "urgent"): 1,
        ("urgency", "request"): 4,
        ("urgency", "out of scope"): 1,
    }
    five = next(each for each in found if each["slice"] == "5 to 9 words")
    assert (five["top_1"][0], five["went_wrong"][0], five["at_once"][0]) == (0, 1, 0)
    urgent = next(each for each in found if each["slice"] == "urgent")
    assert urgent["went_wrong"][0] == 1  # accepted, but not put through at once


def test_what_whisper_heard_is_held_against_what_was_said() -> None:
    given = [
        utterance("there is a pothole here", "There is a pothole here."),
        utterance(
            "there is a pothole in my road again and it is huge", "there is a pothole in my load again and it is huge"
        ),
        utterance("there is a hole", "there is a coal"),
        utterance("pothole", NOTHING),
    ]
    said = [accepted(each) for each in given]
    heard = [accepted(given[0]), accepted(given[1]), accepted(given[2], "gritting"), Told(given[3], unheard(given[3]))]
    found = heard_slices(said, heard, SIGHT)
    assert (found["utterances"], found["nothing_heard"]) == (4, 1)
    assert found["word_error_rate"] == pytest.approx(3 / 22, abs=1e-4)
    assert [(each["slice"], each["utterances"], each["top_1"][0]) for each in found["slices"]] == [
        ("none", 1, 1.0),
        ("up to 0.1", 1, 1.0),
        ("over 0.1, up to 0.3", 1, 0.0),
        ("over 0.3", 1, 0.0),
    ]
    change, low, high = found["drop"]["top_1"]
    assert change == -0.5
    assert low < -0.5 < high <= 0
    assert found["drop"]["urgent_found"] is None
    assert [(each["heard"], each["best"], each["decision"]) for each in found["lost"]] == [
        ("there is a coal", "gritting", "accept"),
        (NOTHING, "", "ask_again"),
    ]


def test_a_caller_of_whom_nothing_was_heard_is_asked_again_and_nothing_is_right() -> None:
    lived = unheard(utterance("pothole", NOTHING))
    assert not was_heard(utterance("pothole", NOTHING))
    assert (lived.decision, lived.is_right, lived.confidence) == ("ask_again", False, 0.0)
    assert SIGHT.outcome(lived) == "asked"
    assert SIGHT.outcome(unheard(utterance("fire", NOTHING, intent="life_in_danger"))) == "urgent_missed"

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from suite_bots import (
    BADGE,
    LONDON,
    POTHOLE,
    WORDS,
    Phrases,
    bot,
    call,
    ears,
    misheard,
    sound,
    step,
    suite,
)

from voicebot.regression.conditions.applying import apply
from voicebot.regression.suites.bots import Reached
from voicebot.regression.suites.causes import Detective, TrueIntent, TrueWords
from voicebot.regression.suites.running import Plan, run_suite
from voicebot.regression.suites.telephone import Telephone
from voicebot.regression.telephone_wav import telephone_wav

BADGES = sound("blue-badge-chase.wav", BADGE)
HOLE = sound("pothole.wav", POTHOLE)
FRENCH = sound("french.wav", "Bonjour madame.", language="roa/fr")
SILENCE = sound("silence.wav", "")
RIGHT = {"intent": ("blue_badge_progress",), "queue": ("blue-badge",), "outcome": ("connected",)}
CHASED = call("chased", step(play=BADGES), **RIGHT)
NIGHT = datetime(2026, 2, 10, 23, 0, tzinfo=LONDON)
CONFUSED = {**WORDS, BADGE: "pothole", "badge": "blue_badge_progress"}


@dataclass
class Office:
    """Two bots that answer alike, one to be rung and one to find out why; what they hear and understand can be set."""

    ears: TrueWords
    model: Phrases
    first: Reached
    second: Reached
    words: TrueWords
    intents: TrueIntent

    def cause(self, call, *heard, known=WORDS):
        """Run the call with ears that hear so, and say why it failed."""
        self.model.known = known
        for each in heard or (BADGES, HOLE):
            self.ears.know(each, telephone_wav(each.path))
        telephone = Telephone(apply)
        detective = Detective(suite(call), self.second, telephone, self.words, self.intents)
        (found,) = run_suite(suite(call), [call], self.first, Plan({}), telephone, detective.explain).calls
        assert found.status == "failed"
        return found.cause, found.why


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder, model, hears = tmp_path_factory.mktemp("office"), Phrases(), ears()
    words, intents = TrueWords(hears), TrueIntent(model)
    with bot(folder, hears, model) as first, bot(folder, words, intents, like=first) as second:
        yield Office(hears, model, first, second, words, intents)


def test_what_was_heard_wrongly_is_the_recognisers(office):
    found, why = office.cause(CHASED, misheard(BADGES, "I'm ringing about my blue barge"))
    assert found == "heard"
    assert why == "with the true words it would have passed"


def test_what_was_heard_rightly_and_taken_for_something_else_is_the_models(office):
    assert office.cause(CHASED, known=CONFUSED)[0] == "understood"


def test_both_at_once_is_the_recognisers_only_where_its_share_was_enough(office):
    assert office.cause(CHASED, misheard(BADGES, "my blue barge"), known=CONFUSED)[0] == "understood"


def test_a_line_that_was_closed_at_that_time_is_a_matter_of_hours(office):
    found, why = office.cause(replace(CHASED, at=NIGHT))
    assert found == "hours"
    assert "10 February" in why or "11 February" in why


def test_a_line_that_is_open_and_should_have_been_closed_is_a_matter_of_hours_too(office):
    closed = call("closed", step(play=BADGES), intent=("blue_badge_progress",), outcome=("abandoned",))
    assert office.cause(closed)[0] == "hours"


def test_what_goes_elsewhere_with_true_words_and_true_intent_at_any_time_is_routed(office):
    elsewhere = replace(CHASED, expect=replace(CHASED.expect, queue=("libraries",)))
    found, why = office.cause(elsewhere)
    assert found == "routed"
    assert why == "with the true words and the true intent it goes the same way"


def test_what_goes_wrong_in_another_way_with_true_words_is_told_with_what_is_missed_then(office):
    elsewhere = replace(CHASED, expect=replace(CHASED.expect, queue=("libraries",)))
    found, why = office.cause(elsewhere, known=CONFUSED)
    assert found == "routed"
    assert why.startswith(
        "with the true words and the true intent it goes wrong too, queue: wanted libraries, got blue"
    )


def test_a_bot_that_cannot_hear_at_all_is_broken(office):
    unheard = call("unheard", step(play=sound("goodbye.wav", "Goodbye.")), outcome=("abandoned",), turns=0)
    assert office.cause(unheard)[0] == "broken"


def test_where_nobody_has_written_down_the_words_hearing_is_not_blamed(office):
    unknown = replace(CHASED, steps=(step(play=replace(BADGES, words=None)),))
    found, why = office.cause(unknown, BADGES, known=CONFUSED)
    assert found == "understood"
    assert "the words of blue-badge-chase.wav are not written down" in why


def test_a_refusal_that_did_not_come_is_the_models(office):
    doctor = sound("doctor.wav", "a doctor")
    refused = call("doctor", step(play=doctor, decision=("refuse",)))
    assert office.cause(refused, doctor, known={**WORDS, "a doctor": "vegetation"})[0] == "understood"


@pytest.mark.parametrize(
    ("played", "decision"), [(FRENCH, "to_person"), (SILENCE, "ask_again")], ids=["another language", "nobody speaks"]
)
def test_another_language_and_silence_are_heard_as_what_they_are(office, played, decision):
    wanted = call("wanted", step(play=played, decision=(decision,)))
    found, _ = office.cause(wanted, misheard(played, BADGE))
    assert found == "heard"


def test_the_replays_answer_by_the_table_of_the_bot_that_was_rung(office):
    assert office.second.table == office.first.table

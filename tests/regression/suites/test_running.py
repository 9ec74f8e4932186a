from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from suite_bots import (
    BADGE,
    CALLS,
    LONDON,
    MARK,
    POTHOLE,
    Phrases,
    bot,
    call,
    ears,
    served,
    sound,
    step,
    suite,
)

from voicebot.errors import RecogniserError
from voicebot.regression.conditions.applying import apply
from voicebot.regression.suites.model import Broken, Manner
from voicebot.regression.suites.running import Plan, run_suite
from voicebot.regression.suites.telephone import Telephone
from voicebot.routing.issues import issue

BADGES = sound("blue-badge-chase.wav", BADGE, voice="bf_emma")
HOLE = sound("pothole.wav", POTHOLE, voice="bm_george")
YES = sound("yes-please.wav", "Yes please.")
NO = sound("no-thanks.wav", "No thank you.")

CHASED = call("badge-chased", step(play=BADGES), queue=("blue-badge",), outcome=("connected",))
REPORTED = call("pothole", step(play=HOLE), intent=("pothole",), outcome=("answered",))
ZERO = call("only-zero", step(keys="0", decision=("to_person",)), outcome=("connected",), queue=("switchboard",))
SILENT = call("nobody", step(silence=3, decision=("to_person",)), outcome=("connected",), turns=3)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    with bot(tmp_path_factory.mktemp("bot"), ears(BADGES, HOLE, YES, NO)) as made:
        yield made


def run(bot, *calls, whole=None, explain=lambda *_: ("routed", "the test says so"), **plan):
    given = {"settings": {}, "workers": 2, **plan}
    return run_suite(whole or suite(*calls, manner=Manner(YES)), calls, bot, Plan(**given), Telephone(apply), explain)


def test_calls_that_go_as_expected_pass_and_tell_what_was_said_and_heard_turn_by_turn(ready):
    found = run(ready, CHASED, REPORTED, ZERO, SILENT)
    assert {each.name: each.status for each in found.calls} == dict.fromkeys(
        ("badge-chased", "pothole", "only-zero", "nobody"), "passed"
    )
    badge = found.calls[0]
    assert (badge.queue, badge.outcome, badge.intent) == ("blue-badge", "connected", "blue_badge_progress")
    assert [turn.did for turn in badge.turns] == ["rings", "plays blue-badge-chase.wav", "is put through"]
    spoken = badge.turns[1]
    assert (spoken.words, spoken.heard, spoken.sound) == (BADGE, BADGE, "blue-badge-chase.wav")
    assert spoken.at.startswith("routing.yaml:")
    assert badge.word_errors == 0
    assert badge.word_count > 4
    assert badge.tags == {"voice": "bf_emma"}
    assert (badge.file, badge.line) == (str(CALLS / "calls.yaml"), 7)
    assert not any(each.misrouted for each in found.calls)


def test_each_expectation_that_is_not_met_is_a_miss_of_its_own(ready):
    wrong = call(
        "wrong",
        step(play=HOLE, decision=("refuse",)),
        intent=("street_light",),
        queue=("libraries",),
        outcome=("connected",),
        says=("Bank  Holiday",),
        text="westshire.example",
        turns=0,
    )
    (found,) = run(ready, wrong).calls
    assert found.status == "failed"
    assert {each.what: (each.wanted, each.got) for each in found.misses if each.what != "says"} == {
        "intent": ("street_light", "pothole"),
        "queue": ("libraries", "highways"),
        "outcome": ("connected", "answered"),
        "text": ("westshire.example", "no text message"),
        "turns": ("at most 0", "1"),
        "decision at step 1": ("refuse", "accept"),
    }
    assert found.cause == "routed"
    assert found.why == "the test says so"


def test_who_is_read_the_answer_to_something_else_was_misrouted_even_where_the_rest_is_right(ready):
    detour = call("detour", step(play=HOLE), step(play=BADGES), intent=("blue_badge_progress",), outcome=("connected",))
    (found,) = run(ready, detour).calls
    assert found.status == "passed"
    assert found.misrouted


def test_a_text_message_is_judged_where_it_was_asked_for(ready):
    asked = call("texted", step(play=HOLE), step(keys="1"), intent=("pothole",), text="westshire.example")
    unwanted = replace(asked, name="unwanted", expect=replace(asked.expect, text=""))
    first, second = run(ready, asked, unwanted).calls
    assert first.status == "passed"
    assert len(first.texts) == 1
    assert [miss.what for miss in second.misses] == ["text"]


def test_calls_ring_at_their_own_dates_side_by_side_or_all_at_one(ready):
    night = replace(CHASED, name="at-night", at=datetime(2026, 2, 10, 3, 0, tzinfo=LONDON))
    day, late = run(ready, CHASED, night).calls
    assert (day.status, late.status) == ("passed", "failed")
    assert {each.status for each in run(ready, CHASED, night, at=night.at).calls} == {"failed"}


def test_transfers_end_as_the_suite_says(ready):
    busy = call("busy", step(play=BADGES), transfers=("busy",), number="", intent=("blue_badge_progress",))
    (found,) = run(ready, busy).calls
    assert any(turn.did == "is put through" and "busy" in turn.rule for turn in found.turns)
    assert found.outcome != "connected"


def test_a_sensible_caller_says_yes_when_asked_about_what_she_rang_about(tmp_path):
    with bot(tmp_path, ears(BADGES, HOLE, YES), Phrases(sure=0.6)) as doubtful:
        (found,) = run(doubtful, replace(CHASED, expect=replace(CHASED.expect, intent=("blue_badge_progress",)))).calls
        assert found.status == "passed"
        assert [turn.decision for turn in found.turns[1:3]] == ["confirm", "accept"]
        assert found.turns[2].did == "plays yes-please.wav"
        (unsaid,) = run(doubtful, CHASED).calls
        assert unsaid.status == "failed"  # the suite does not say what she rang about, so nobody can say yes for her


def test_a_broken_entry_and_a_sound_that_is_no_sound_are_not_run_and_the_rest_is(ready, tmp_path):
    page = tmp_path / "page.wav"
    page.write_text("<html>not found</html>")
    spoilt = call("spoilt", step(play=replace(HOLE, path=page)))
    wrong = issue("S012", MARK, "there is no file hole.wav", "correct the name")
    whole = suite(CHASED, spoilt, manner=Manner(YES), broken=(Broken("holes", MARK, (wrong,)),))
    found = {each.name: each for each in run(ready, CHASED, spoilt, whole=whole).calls}
    assert found["badge-chased"].status == "passed"
    assert found["spoilt"].status == found["holes"].status == "not_run"
    assert "page.wav" in found["spoilt"].why
    assert found["holes"].why == "there is no file hole.wav: correct the name"
    assert (found["holes"].file, found["holes"].line) == (str(CALLS / "calls.yaml"), 7)


def test_a_call_that_passes_only_sometimes_is_flaky_and_counts_as_failed(tmp_path):
    class Moody(Phrases):
        """Understands every other time."""

        turn = 0

        def understand(self, words, expecting, *, language="en"):
            self.turn += words == BADGE
            return super().understand(words if self.turn % 2 else "mumble", expecting, language=language)

    with bot(tmp_path, ears(BADGES), Moody()) as moody:
        (found,) = run(moody, CHASED, repeat=4, workers=1).calls
    assert found.attempts == ("passed", "failed", "passed", "failed")
    assert found.flaky
    assert found.status == "failed"
    assert found.turns  # those of an attempt that failed


def test_a_profile_makes_another_sound_of_it_the_same_in_every_run(ready):
    telephone = Telephone(apply)
    clean = telephone.play(HOLE, call="pothole", profile="clean")
    mobile = telephone.play(HOLE, call="pothole", profile="mobile")
    assert mobile != clean
    assert Telephone(apply).play(HOLE, call="pothole", profile="mobile") == mobile
    assert telephone.play(HOLE, call="another call", profile="mobile") != mobile
    assert telephone.play(HOLE, 1, call="pothole", profile="mobile") != mobile


def test_each_profile_is_reported_by_itself(ready):
    found = run(ready, ZERO, profiles=("clean", "mobile"))
    assert [(each.name, each.profile) for each in found.calls] == [("only-zero", "clean"), ("only-zero", "mobile")]
    assert found.settings["profiles"] == "clean, mobile"


def test_where_the_ears_are_gone_nothing_more_is_judged_and_the_report_says_why(tmp_path):
    gone = []

    class Dying:
        def transcribe(self, wav, *, deadline, hints=()):
            gone.append("the recogniser has died 2 times")
            raise RecogniserError("gone")

    with bot(tmp_path, Dying(), ears=lambda: "".join(gone[:1])) as deaf:
        found = run(deaf, ZERO, CHASED, REPORTED, SILENT, workers=1).calls
    assert [each.status for each in found] == ["passed", "not_run", "not_run", "not_run"]
    assert all("the recogniser has died" in each.why for each in found[1:])


def test_a_part_that_fails_while_the_bot_lives_is_the_calls_own_failure(tmp_path):
    class Failing:
        def transcribe(self, wav, *, deadline, hints=()):
            raise RecogniserError("this sound cannot be heard")

    with bot(tmp_path, Failing()) as made:
        (found,) = run(made, CHASED).calls
    assert found.status == "failed"


def test_a_run_that_is_stopped_tells_what_was_judged_by_then(ready):
    def tell(what, done, of):
        if done == 1:
            raise KeyboardInterrupt

    calls = [replace(ZERO, name=f"zero-{number}") for number in range(40)]
    found = run_suite(suite(*calls), calls, ready, Plan({}, workers=1), Telephone(apply), lambda *_: None, tell).calls
    assert found[0].status == "passed"
    assert found[-1].status == "not_run"
    assert "stopped" in found[-1].why


def test_a_cause_that_cannot_be_found_takes_nothing_from_what_was_judged(ready):
    def explain(*_):
        raise RuntimeError("a bug")

    (found,) = run(ready, replace(CHASED, expect=replace(CHASED.expect, queue=("libraries",))), explain=explain).calls
    assert (found.status, found.cause) == ("failed", None)
    assert "RuntimeError" in found.why


def test_no_recording_is_kept_once_its_call_is_over(ready):
    run(ready, CHASED, REPORTED)
    assert ready.provider.store.kept == ()


def test_a_server_that_dies_in_the_middle_leaves_the_rest_unrun(tmp_path):
    with served(tmp_path, ears(BADGES)) as (made, server):

        def tell(what, done, of):
            if done:
                server.stop()

        calls = [replace(ZERO, name=f"zero-{number}") for number in range(40)]
        plan = Plan({}, workers=1)
        found = run_suite(suite(*calls), calls, made, plan, Telephone(apply), lambda *_: ("broken", ""), tell).calls
    statuses = [each.status for each in found]
    assert statuses[0] == "passed"
    assert statuses[-1] == "not_run"
    assert "failed" not in statuses
    assert "does not answer" in found[-1].why


def test_a_bot_of_our_own_is_brought_back_and_the_calls_that_it_cut_off_are_placed_again(tmp_path):
    with served(tmp_path, ears(BADGES)) as (made, server):
        server.stop()

        def restart():
            server.start()
            return True

        found = run(replace(made, restart=restart), ZERO, CHASED).calls
    assert {each.status for each in found} == {"passed"}

"""The blast radius of an edit: real calls through the real engine, in a real database, under two tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.storage.ringing import fixed_table, heard, ring
from tests.storage.samples import START, Now
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Event, Heard, NothingHeard, Pressed, Ranked, TransferEnded
from voicebot.nlu.understander import ModelUnderstander
from voicebot.regression.made_calls import make_calls
from voicebot.regression.spoken_calls import spoken_calls
from voicebot.regression.suites.reading import read_suite
from voicebot.replaying import Difference, blast_radius
from voicebot.replaying_steps import Rung, Step, rung
from voicebot.routing.hours import LONDON
from voicebot.routing.table import Choice, Question, Table
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
from voicebot.storage.retention import Keep, apply
from voicebot.storage.sealing import Sealer
from voicebot.storage.stored_calls import read_calls

ROOT = Path(__file__).parents[1]
BADGE = "has my blue badge come through"
DAY = datetime(2026, 11, 24, 10, 30, tzinfo=LONDON)
NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=LONDON)
PROGRESS = heard(BADGE, blue_badge_progress=0.95)


class Office:
    """A database with calls in it, and what an edit makes of them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = Now()
        self.store = SqlCallStore(engine, Sealer("k" * 40), self.now, lease=timedelta(seconds=12))
        self.asked: list[str] = []
        self._rung = 0

    def call(self, *events: Event | float, at: datetime = DAY, table: Table | None = None) -> str:
        self._rung += 1
        call_id = f"CA{self._rung:032x}"
        self.now.moment = at
        ring(self.store, self.now, table or fixed_table(), call_id, events, at=at)
        return call_id

    def understand(self, words: str, expecting: Expecting) -> Heard:
        self.asked.append(words)
        return Heard(words, (Ranked("blue_badge_progress", 0.95),), None, 0.95)

    def differ(self, new: Table, old: Table | None = None, **more: Any) -> Difference:
        calls = map(rung, read_calls(self.engine, START - timedelta(days=30)))
        return blast_radius(old or fixed_table(), new, calls, self.understand, **more)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    engine = open_database(f"sqlite:///{tmp_path / 'calls.db'}")
    migrate(engine)
    return Office(engine)


def edited(**intents: Mapping[str, Any]) -> Table:
    """The shipped table with other fields for some intents."""
    table = fixed_table()
    routes = {name: table.intents[name].model_copy(update=dict(fields)) for name, fields in intents.items()}
    return table.model_copy(update={"hash": "n" * 64, "intents": {**table.intents, **routes}})


def reworded(**prompts: str) -> Table:
    return fixed_table().model_copy(update={"wording": {**fixed_table().wording, **prompts}})


def test_calls_that_go_to_another_team_are_counted_and_told_with_both_lines(office: Office) -> None:
    moved = office.call(PROGRESS)
    office.call(heard("a big hole in the road", pothole=0.95))
    found = office.differ(edited(blue_badge_progress={"to": "parking"}))
    assert (found.calls, len(found.changed)) == (2, 1)
    change = found.changed[0]
    assert (change.call, change.turn, change.did) == (moved, 1, f"“{BADGE}”")
    assert (found.moves[0].old, found.moves[0].new) == ("the Blue Badge team", fixed_table().queues["parking"].name)
    assert change.old.at == str(fixed_table().where("intents.blue_badge_progress"))
    assert "≥ accept 0.62" in change.old.rule
    assert "the Blue Badge team" in change.old.says
    assert "Blue Badge" not in change.new.says


def test_the_same_table_changes_nothing(office: Office) -> None:
    office.call(PROGRESS, TransferEnded("busy"), Pressed("1"))
    office.call(heard("bins", district_bins=0.9), NothingHeard(), NothingHeard())
    found = office.differ(fixed_table())
    assert found.calls == 2
    assert not found


def test_what_is_known_is_never_asked_again_and_the_rest_once(office: Office) -> None:
    office.call(PROGRESS)
    office.differ(edited(blue_badge_progress={"to": "parking"}))
    assert office.asked == []
    unknown = [Rung(name, "recorded", DAY, "mobile", (Step(words=BADGE),)) for name in ("one", "two")]
    found = blast_radius(fixed_table(), edited(blue_badge_progress={"to": "parking"}), unknown, office.understand)
    assert office.asked == [BADGE]
    assert (len(found.changed), found.asked) == (2, 1)


def test_each_call_is_tried_at_the_time_it_rang_unless_another_is_given(office: Office) -> None:
    by_night = office.call(PROGRESS, at=NIGHT)
    office.call(PROGRESS, at=DAY)
    queues = fixed_table().queues
    always = {**queues, "blue-badge": queues["blue-badge"].model_copy(update={"hours": "always"})}
    new = fixed_table().model_copy(update={"queues": always})
    assert [each.call for each in office.differ(new).changed] == [by_night]
    assert office.differ(new).changed[0].old.place.name == "the closed line of the Blue Badge team"
    assert len(office.differ(new, at=NIGHT).changed) == 2
    assert office.differ(new, at=DAY).changed == ()


def test_other_words_at_the_same_place_count_apart_with_the_part_that_changed(office: Office) -> None:
    office.call(PROGRESS)
    office.call(heard("a big hole in the road", pothole=0.95))
    found = office.differ(reworded(connecting="One moment, here is {team}."))
    assert found.changed == ()
    assert found.other_words == 1
    assert [(each.path, each.calls) for each in found.reworded] == [("wording.connecting", 1)]
    assert found.reworded[0].at == str(fixed_table().where("wording.connecting"))


def test_an_answer_that_reads_otherwise_counts_as_other_words(office: Office) -> None:
    office.call(heard("a big hole in the road", pothole=0.95))
    found = office.differ(edited(pothole={"answer": ("We mend the worst holes first.",)}))
    assert [each.path for each in found.reworded] == ["intents.pothole.answer.0"]


def test_a_greeting_is_heard_by_everybody(office: Office) -> None:
    office.call(PROGRESS)
    office.call(NothingHeard())
    found = office.differ(reworded(greeting="Good day from {council}."))
    assert [(each.path, each.calls) for each in found.reworded] == [("wording.greeting", 2)]


def test_another_number_is_another_place(office: Office) -> None:
    office.call(PROGRESS)
    queues = fixed_table().queues
    moved = {**queues, "blue-badge": queues["blue-badge"].model_copy(update={"target": "+441632960199"})}
    found = office.differ(fixed_table().model_copy(update={"queues": moved}))
    assert found.moves[0].new == "the Blue Badge team on +441632960199"


def test_an_urgent_call_has_no_words_but_is_tried_and_told_first(office: Office) -> None:
    office.call(PROGRESS)
    lost = office.call(heard("they leave him alone at night", child_safeguarding=0.9))
    new = edited(child_safeguarding={"kind": "queue"}, blue_badge_progress={"to": "parking"})
    found = office.differ(new)
    assert [each.lost_urgent for each in found.changed] == [True, False]
    assert (found.changed[0].call, found.changed[0].did) == (lost, "words that are not kept")
    assert "alone at night" not in repr(found)


def test_what_was_heard_doubtfully_is_still_so_in_a_replay(office: Office) -> None:
    office.call(replace(heard("childhood", child_safeguarding=0.7), doubtful=True), heard("bins", district_bins=0.9))
    (stored,) = read_calls(office.engine, START - timedelta(days=30))
    assert [(each.decision, each.doubtful) for each in rung(stored).steps[:2]] == [
        ("ask_again", True),
        ("accept", False),
    ]


def test_a_call_is_followed_through_its_questions(office: Office) -> None:
    unsure = heard("about my badge", blue_badge_progress=0.5)
    office.call(unsure, heard("yes", "yes"))
    found = office.differ(edited(blue_badge_progress={"to": "parking"}))
    assert (found.changed[0].turn, found.changed[0].did) == (2, "“about my badge”, then “yes”")


def test_a_key_is_found_again_in_the_rule(office: Office) -> None:
    office.call(NothingHeard(), NothingHeard(), Pressed("1"))
    topic = fixed_table().key_topics[0]
    to = "parking" if fixed_table().intents[topic].to != "parking" else "highways"
    found = office.differ(edited(**{topic: {"kind": "queue", "to": to}}))
    assert (found.changed[0].turn, found.changed[0].did) == (3, "silence, then silence, then key 1")


def test_what_follows_a_question_that_is_no_longer_asked_is_not_tried(office: Office) -> None:
    """The call was confirmed when it rang; today both tables put it through at once, so its "no" answers nothing."""
    strict = fixed_table().model_copy(
        update={"thresholds": fixed_table().thresholds.model_copy(update={"accept": 0.99})}
    )
    office.call(PROGRESS, heard("no", "no"), heard("a big hole", pothole=0.99), table=strict)
    found = office.differ(edited(pothole={"kind": "queue", "to": "parking"}))
    assert (found.calls, found.changed) == (1, ())


def test_a_new_follow_up_question_changes_the_calls_that_do_not_answer_it_already(office: Office) -> None:
    plain = office.call(PROGRESS)
    office.call(heard("has my renewal of the blue badge come", blue_badge_progress=0.95))
    route = fixed_table().intents["blue_badge_progress"]
    options = {
        "new": Choice(about="a first badge", phrases=("first one",), key="1", route=route),
        "renewal": Choice(about="a renewal", phrases=("renewal",), key="2", route=route),
    }
    found = office.differ(edited(blue_badge_progress={"ask": Question(say="Is that a first one?", options=options)}))
    assert [each.call for each in found.changed] == [plain]
    assert found.moves[0].new.startswith("the question that goes with")


def test_calls_without_words_are_counted_honestly(office: Office) -> None:
    office.call()
    office.call(PROGRESS, heard("no", "no"))
    office.call(heard("yes", "yes"))
    wiped = Keep(audio_days=0, transcript_days=0, message_days=0, call_days=9999)
    apply(office.engine, wiped, DAY + timedelta(days=2))
    found = office.differ(edited(blue_badge_progress={"to": "parking"}))
    assert (found.silent, found.unknown, found.calls) == (1, 1, 1)
    assert found.changed[0].did == "words that are not kept"


def test_the_recorded_calls_with_the_real_model(understander: ModelUnderstander) -> None:
    suite, _ = read_suite(ROOT / "tests/calls", None)
    recorded = list(spoken_calls(suite))
    new = edited(blue_badge_progress={"to": "parking"})
    found = blast_radius(fixed_table(), new, recorded, understander.understand)
    chasing = {call.name for call in suite.calls if "blue_badge_progress" in call.expect.intent}
    assert {each.call for each in found.changed} == chasing
    assert found.calls == len(recorded)
    words = {step.words for each in recorded for step in each.steps if step.words}
    assert 0 < found.asked <= len(words)
    assert not any("[" in each for each in words), "pauses are no words"


def test_progress_is_told_while_calls_are_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicebot.replaying.TOLD_EVERY", 10)
    make_calls(office.engine, fixed_table(), [PROGRESS, heard("a hole", pothole=0.5)], 25, DAY)
    told: list[str] = []
    found = office.differ(edited(blue_badge_progress={"to": "parking"}), tell=told.append)
    assert [line.split()[0] for line in told] == ["10", "20"]
    assert found.calls == 25
    assert 0 < len(found.changed) < 25


def test_calls_are_read_newest_first_and_one_by_one(office: Office) -> None:
    earlier, later = office.call(PROGRESS, at=DAY), office.call(PROGRESS, at=DAY + timedelta(hours=1))
    read: Callable[[datetime], list[str]] = lambda since: [each.call_id for each in read_calls(office.engine, since)]  # noqa: E731
    assert read(DAY) == [later, earlier]
    assert read(DAY + timedelta(minutes=1)) == [later]

"""`voicebot review`, from calls in a database to a list for people, with the real encoder and the real engine."""

from __future__ import annotations

from datetime import timedelta

from tests.storage.ringing import heard
from voicebot import bootstrap
from voicebot.storage.calls import SqlCallStore

from .reviewed_calls import (
    BINS,
    HOLE,
    PIZZA,
    call,
    listed,
    run,
    said,
)


def test_nothing_to_review(store: SqlCallStore) -> None:
    assert (run().exit_code, run().stdout) == (0, "Nothing to review.\n")
    assert listed() == []
    done = run("--label")
    assert (done.exit_code, done.stdout) == (0, "Nothing to review.\n")


def test_groups_the_dearest_first_and_some_at_random(calls: SqlCallStore) -> None:
    groups = listed("--limit", "20")
    assert said(groups[0]) == [HOLE], "turned down costs more than three doubts"
    assert sorted(said(groups[1])) == sorted(BINS)
    assert said(groups[2]) == [PIZZA]
    assert len(groups[3:]) <= 2
    assert sum(len(said(each)) for each in groups[3:]) == 2, "one in ten"
    first = groups[0]["utterances"][0]
    assert (first["kind"], first["signs"], first["decision"]) == ("misrouted", ["turned_down"], "confirm")
    assert first["suggestions"][0] == "pothole", "what she turned down comes last"
    assert (first["call_id"], first["turn"], first["intent"]) == ("CAhole", 1, "library_services")
    assert groups == listed("--limit", "20"), "the same ones by lot"


def test_the_list_for_people(calls: SqlCallStore) -> None:
    done = run("--limit", "20")
    assert "Group 1 of" in done.stdout
    assert f"“{HOLE}”" in done.stdout
    assert "said no to what was offered · confirm: library_services 0.50" in done.stdout
    assert "call CAhole, turn 1" in done.stdout
    assert "\x1b" not in done.stdout


def test_since_and_limit(calls: SqlCallStore) -> None:
    assert listed("--since", "1h") == []
    assert sum(len(said(each)) for each in listed("--limit", "3")) == 3
    wrong = run("--since", "yesterday")
    assert wrong.exit_code == 2
    assert "7d, 12h, 2w or a date" in wrong.output
    tomorrow = bootstrap.utc_now() + timedelta(days=1)
    assert listed("--since", f"{tomorrow:%Y-%m-%d}") == []


def test_the_same_words_come_once(store: SqlCallStore) -> None:
    for number in range(5):
        call(store, f"CA{number}", heard("Um, my bin!" if number else "my bin", pothole=0.3))
    (group,) = listed()
    (only,) = group["utterances"]
    assert only["times"] == 5


def test_words_that_would_steer_the_terminal(store: SqlCallStore) -> None:
    call(store, "CA1", heard("my \x1b[2Jbin\x07", pothole=0.3))
    assert "\x1b" not in run().stdout
    assert "my  [2Jbin " in run().stdout

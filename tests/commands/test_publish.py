"""`voicebot publish`, as a service owner uses it: real files, a real database, a terminal."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from tests.storage.ringing import heard
from voicebot import bootstrap
from voicebot.config import load_settings
from voicebot.errors import VoicebotError
from voicebot.routing import source
from voicebot.routing.changed import listed
from voicebot.routing.default_wording import default_wording
from voicebot.storage.calls import SqlCallStore

from .desk import SMALL, Desk
from .reviewed_calls import call


def test_what_is_published_is_live_with_who_and_why(desk: Desk) -> None:
    made = desk.json("publish", "--yes", "--why", "  to begin\n with ")
    assert (made["published"], made["kind"], made["previous"]) == (True, "first", None)
    assert (made["who"], made["why"]) == ("ann", "to begin with")
    assert desk.live == made["hash"]
    assert desk.says("routing", "show", "--file", "routing.yaml") == SMALL


def test_an_edit_is_shown_line_by_line_before_it_is_published(published: Desk) -> None:
    before = published.live
    published.edit("It takes two minutes.", "It takes five minutes.")
    written = published.says("publish", "--yes", "--why", "it took longer")
    assert "routing.yaml: 1 line added, 1 line removed" in written
    assert "-      It takes two minutes." in written
    assert "+      It takes five minutes." in written
    assert "caller_id" not in written, "what stays as it was is left out"
    assert published.live not in (before, None)


def test_nothing_new_is_nothing_to_publish(published: Desk) -> None:
    assert published.says("publish").startswith("Nothing to publish")
    assert published.json("publish")["published"] is False
    assert len(published.json("routing", "history")) == 1


def test_nobody_is_asked_without_a_terminal_and_nothing_is_published(published: Desk) -> None:
    before = published.live
    published.edit("two minutes", "five minutes")
    done = published.run("publish")
    assert done.exit_code == 2
    assert "--yes" in done.output
    assert published.live == before


def test_the_answer_at_the_terminal_counts(published: Desk) -> None:
    before = published.live
    published.edit("two minutes", "five minutes")
    code, written = published.answer("n", "publish")
    assert (code, published.live) == (130, before), written
    assert "Publish this? [y/N]" in written
    assert "five minutes" in written
    code, written = published.answer("y", "publish")
    assert code == 0, written
    assert published.live != before
    assert "Traceback" not in written


def test_broken_files_are_not_published(published: Desk) -> None:
    before = published.live
    published.edit("to: team\n    about: a pothole", "to: teem\n    about: a pothole")
    done = published.run("publish", "--yes")
    assert isinstance(done.exception, VoicebotError)
    assert "did you mean team?" in str(done.exception)
    assert published.live == before


def test_a_destination_that_nobody_can_name_is_not_published(published: Desk) -> None:
    """What `check` calls an error keeps the file from callers, whichever other folder it was found by."""
    before = published.live
    intents = published.home / "intents"
    intents.mkdir()
    for name in ("bus_times", "life_in_danger", "district_bins"):
        (intents / f"{name}.yaml").touch()
    published.edit("two minutes", "five minutes")
    done = published.run("publish", "--yes")
    assert isinstance(done.exception, VoicebotError)
    assert "intents/ has no file pothole.yaml" in str(done.exception)
    assert published.live == before


def test_calls_of_the_last_week_are_tried(published: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    settings = load_settings()
    engine = bootstrap.open_storage(settings)
    lease = timedelta(seconds=12)
    store = SqlCallStore(engine, bootstrap.sealer(settings), bootstrap.utc_now, lease=lease)
    call(store, "CAhole", heard("there is a hole in our road", pothole=0.99))
    published.edit(
        "kind: signpost\n    to: outside\n    about: bus times", "kind: queue\n    to: team\n    about: buses"
    )
    assert "None of 1 calls goes elsewhere" in published.says("publish", "--yes")
    published.edit(
        "kind: answer\n    to: team\n    about: a pothole", "kind: queue\n    to: team\n    about: a pothole"
    )
    published.edit("    answer: >-\n      You can report it.\n      It takes two minutes.\n", "")
    published.edit('    text: "Report it at https://small.example/potholes"\n', "")
    made = published.json("publish", "--yes")
    assert (made["calls"]["calls"], made["calls"]["changed"]) == (1, 1)
    published.edit("about: a pothole", "about: a hole")
    assert published.json("publish", "--yes", "--no-calls")["calls"] is None


@pytest.mark.parametrize("arguments", [("publish",), ("routing", "rollback", "--calls")])
def test_a_mistake_of_ours_in_the_look_keeps_nobody_from_publishing_or_going_back(
    published: Desk, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    before = published.live
    published.edit("two minutes", "five minutes")
    published.says("publish", "--yes")
    published.edit("five minutes", "six minutes")

    def broken(*_: object, **__: object) -> None:
        raise KeyError("her words")

    monkeypatch.setattr("voicebot.commands.diff.blast_radius", broken)
    written = published.says(*arguments, "--yes")
    assert "could not be tried: a mistake of this program, please report it: KeyError at test_publish.py" in written
    assert "her words" not in written
    assert (published.live == before) == ("rollback" in arguments)


def test_going_back_waits_for_no_calls(published: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    published.edit("two minutes", "five minutes")
    published.says("publish", "--yes")

    def tried(*_: object, **__: object) -> None:
        raise AssertionError("nobody asked for it")

    monkeypatch.setattr("voicebot.commands.publish.difference", tried)
    assert "could not be tried" not in published.says("routing", "rollback", "--yes")


def words(desk: Desk, hash: str | None) -> str:
    """What callers who say goodbye hear by that version."""
    served = bootstrap.tables(bootstrap.published(bootstrap.open_storage(load_settings())))
    return served.get(str(hash)).wording["goodbye"]


def test_an_upgrade_changes_no_word_of_what_was_published(published: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, before = published.live, default_wording()
    monkeypatch.setattr(source, "default_wording", lambda: {**before, "goodbye": "Bye.", "new_prompt": "Hello."})
    assert words(published, first) == before["goodbye"]
    assert published.json("routing", "show", "live", "--file", "default wording")["files"] == {
        "default wording": listed(before)
    }
    written = published.says("publish", "--yes")
    assert "default wording: 1 line added, 1 line removed" in written
    assert "+goodbye: Bye." in written
    assert (words(published, published.live), words(published, first)) == ("Bye.", before["goodbye"])
    assert published.says("publish").startswith("Nothing to publish")
    assert "+goodbye: " + before["goodbye"] in published.says("routing", "rollback", "--yes")
    assert published.live == first


def test_a_table_of_the_version_before_is_served_and_published_again_with_its_wording(desk: Desk) -> None:
    hash = hashlib.sha256(SMALL.encode()).hexdigest()
    publications = bootstrap.publications(bootstrap.open_storage(load_settings()))
    publications.start_with(hash, "bob", content=SMALL)
    assert words(desk, hash) == default_wording()["goodbye"]
    assert desk.says("routing", "show", "--file", "routing.yaml") == SMALL
    assert "No line differs" in desk.says("publish", "--yes")
    assert desk.says("publish").startswith("Nothing to publish")
    assert desk.json("routing", "rollback", "--yes")["hash"] == hash

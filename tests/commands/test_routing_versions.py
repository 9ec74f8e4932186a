"""`voicebot routing`: the versions that were published, and the way back."""

from __future__ import annotations

import pytest

from voicebot import bootstrap
from voicebot.config import load_settings
from voicebot.errors import VoicebotError
from voicebot.routing import loader
from voicebot.routing.checks import Trained
from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, Mark, issue

from .desk import HIGHWAYS, SMALL, Desk


def test_the_history_tells_every_version(published: Desk) -> None:
    published.edit("two minutes", "five minutes")
    (published.home / "routing.d").mkdir()
    (published.home / "routing.d/highways.yaml").write_text(HIGHWAYS, "utf-8")
    published.says("publish", "--yes", "--why", "ice")
    first, second = published.json("routing", "history")
    assert (first["kind"], first["why"], first["live"]) == ("first", "to begin with", False)
    assert first["changes"] == {"routing.yaml": {"added": len(SMALL.splitlines()), "removed": 0}}
    assert (second["kind"], second["why"], second["previous"], second["live"]) == (
        "publish",
        "ice",
        first["hash"],
        True,
    )
    assert second["changes"] == {
        "routing.yaml": {"added": 1, "removed": 1},
        "routing.d/highways.yaml": {"added": len(HIGHWAYS.splitlines()), "removed": 0},
    }
    written = published.says("routing", "history")
    assert f"routing.d/highways.yaml: +{len(HIGHWAYS.splitlines())} -0" in written
    assert [line.split()[0] for line in written.splitlines()[1:]] == [first["hash"][:12], second["hash"][:12]]

    shown = published.json("routing", "show", second["hash"][:6])
    assert shown["files"]["routing.d/highways.yaml"] == HIGHWAYS
    assert published.json("routing", "show", first["hash"])["files"] == {"routing.yaml": SMALL}
    assert "+  ice:" in published.says("routing", "changes", "live")
    assert len(published.json("routing", "changes", first["hash"])["changes"]["routing.yaml"]) > SMALL.count("\n")


def test_a_rollback_leaves_the_files_alone_and_the_next_goes_further_back(published: Desk) -> None:
    hashes = [published.live]
    for minutes in ("five", "six"):
        published.file.write_text(SMALL.replace("two minutes", f"{minutes} minutes"), "utf-8")
        published.says("publish", "--yes")
        hashes.append(published.live)
    on_disk = published.file.read_text("utf-8")
    written = published.says("routing", "rollback", "--yes", "--why", "too long")
    assert "+      It takes five minutes." in written
    assert "routing.yaml stays as it was" in written
    assert published.live == hashes[1]
    assert published.file.read_text("utf-8") == on_disk
    made = published.json("routing", "rollback", "--yes")
    assert (made["kind"], made["hash"], made["previous"]) == ("rollback", hashes[0], hashes[1])
    with pytest.raises(VoicebotError, match="nothing else was live before"):
        raise published.run("routing", "rollback", "--yes").exception  # type: ignore[misc]
    assert published.json("routing", "rollback", str(hashes[2]), "--yes")["hash"] == hashes[2]
    assert "is live already" in published.says("routing", "rollback", "live", "--yes")
    kinds = [each["kind"] for each in published.json("routing", "history")]
    assert kinds == ["first", "publish", "publish", "rollback", "rollback", "rollback"]


def test_a_rollback_asks_too(published: Desk) -> None:
    published.edit("two minutes", "five minutes")
    published.says("publish", "--yes")
    before = published.live
    code, written = published.answer("n", "routing", "rollback")
    assert (code, published.live, "Go back to this? [y/N]" in written) == (130, before, True)
    assert published.run("routing", "rollback").exit_code == 2
    assert published.live == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("routing", "show", "fffff"), "no published routing table begins with fffff"),
        (("routing", "show", ""), "2 published routing tables begin"),
        (
            ("routing", "show", "live", "--file", "other.yaml"),
            "has no file other.yaml; it has routing.yaml, default wording",
        ),
        (("routing", "rollback", "fffff"), "voicebot routing history"),
    ],
)
def test_a_version_that_cannot_be_found(published: Desk, arguments: tuple[str, ...], said: str) -> None:
    published.edit("two minutes", "five minutes")
    published.says("publish", "--yes")
    error = published.run(*arguments).exception
    assert isinstance(error, VoicebotError)
    assert said in error.message


@pytest.mark.parametrize("arguments", [("routing", "show"), ("routing", "rollback"), ("routing", "changes", "live")])
def test_before_anything_was_published(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert isinstance(desk.run(*arguments).exception, VoicebotError)
    assert "Nothing has been published yet" in desk.says("routing", "history")


def test_owners_tells_who_looks_after_what(desk: Desk) -> None:
    (desk.home / "routing.d").mkdir()
    (desk.home / "routing.d/highways.yaml").write_text(HIGHWAYS, "utf-8")
    main, highways = desk.json("routing", "owners")
    assert (main["file"], main["owner"], main["notices"]) == ("routing.yaml", None, [])
    assert main["queues"] == ["switchboard", "duty", "team", "outside"]
    assert (highways["owner"], highways["notices"], highways["queues"]) == ("Highways", ["ice"], [])
    written = desk.says("routing", "owners")
    assert "routing.yaml: nobody named" in written
    assert "routing.d/highways.yaml: Highways\n  notices  ice\n" in written


def test_two_who_publish_at_once_cannot_undo_each_other_unseen(published: Desk) -> None:
    published.edit("two minutes", "five minutes")
    versions = bootstrap.versions(load_settings())
    mine = versions.from_disk()
    published.edit("five minutes", "six minutes")
    published.says("publish", "--yes")
    hers = published.live
    with pytest.raises(VoicebotError, match="became live in place of"):
        versions.make_live(mine, "")
    assert published.live == hers


def test_rules_that_came_later_take_no_published_table_from_callers(
    published: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stricter(draft: Draft, intents: Trained | None = None) -> tuple[Issue, ...]:
        return (issue("E999", Mark("routing.yaml", 1, 1), "no longer so", "change it"),)

    monkeypatch.setattr(loader, "check_draft", stricter)
    assert isinstance(published.run("publish").exception, VoicebotError), "the files are judged by the rules of today"
    table = bootstrap.tables(bootstrap.published(bootstrap.open_storage(load_settings()))).current()
    assert table.hash == published.live

"""`voicebot intents`, as a user calls it; without the sentence encoder, which has tests of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voicebot.cli import cli
from voicebot.commands.intents import annotation
from voicebot.routing.issues import Issue

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "intent_files"


@pytest.fixture
def intents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the good files and routing.yaml; the good files are no council's, so they differ."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(FILES / "good", tmp_path / "intents")
    return tmp_path / "intents"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["intents", *arguments])


def test_notices_alone_are_0_and_are_summed_up(intents: Path) -> None:
    done = run("check", "--quick")
    assert done.exit_code == 0
    assert "intents/pothole.yaml:4:1: N750 pothole has 5 phrases" in done.stdout
    assert "too few, too many or without contrast" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("intents: 11 phrases of 3 intents, 0 mistakes, ")


def test_a_mistake_is_1_and_stands_at_its_place(intents: Path) -> None:
    shutil.copy(FILES / "bad" / "E715-emoji.yaml", intents / "emoji.yaml")
    done = run("check", "--quick", "--only", "mistake")
    assert done.exit_code == 1
    assert done.stdout.startswith("intents/emoji.yaml:6:24: E715 ")
    assert "N750" not in done.stdout


def test_a_folder_without_files_cannot_be_checked(intents: Path) -> None:
    assert "Put one YAML file an intent" in str(run("check", "--quick", "nowhere").exception)
    assert "Put one YAML file an intent" in str(run("check", "--quick", "--utterances", "nowhere").exception)


def test_json_has_every_field(intents: Path) -> None:
    found = json.loads(run("check", "--quick", "--json").stdout)
    assert found
    for each in found:
        assert list(each) == ["kind", "file", "line", "column", "code", "message", "fix", "severity", "weight", "new"]


def test_of_phrases_that_git_knows_notices_are_only_counted(intents: Path, tmp_path: Path) -> None:
    (intents / "pothole.yaml").open("a", encoding="utf-8").write("  - there's a sooo deep hole\n")
    _git(tmp_path, "init", "-q")
    assert "N779" in run("check", "--quick").stdout, "nothing is committed, so everything is new"
    _git(tmp_path, "add", "intents")
    _git(tmp_path, "-c", "user.name=ann", "-c", "user.email=ann@example.org", "commit", "-qm", "phrases")
    done = run("check", "--quick", "--only", "spelling")
    assert "N779" not in done.stdout
    assert "1 more notices of phrases that the current model was trained on: --all prints them." in done.stdout
    assert "N779" in run("check", "--quick", "--all").stdout
    (intents / "pothole.yaml").open("a", encoding="utf-8").write("  - a looooong crack in the road\n")
    (intents / "untracked.yaml").write_text((intents / "pothole.yaml").read_text("utf-8").replace("hole", "dip"))
    found = json.loads(run("check", "--quick", "--only", "spelling", "--json").stdout)
    new = {(Path(each["file"]).name, each["line"]) for each in found if each["new"]}
    assert new == {("pothole.yaml", 11), ("untracked.yaml", 10), ("untracked.yaml", 11)}
    assert len(found) == 4


def test_what_was_found_is_kept_until_a_phrase_changes(intents: Path, tmp_path: Path) -> None:
    first = run("check", "--quick")
    assert "one by one" in first.stderr
    again = run("check", "--quick")
    assert again.stdout == first.stdout
    assert "one by one" not in again.stderr, "it was looked at a second time"
    (intents / "pothole.yaml").open("a", encoding="utf-8").write("  - there's a sooo deep hole\n")
    assert "N779" in run("check", "--quick").stdout
    for each in (tmp_path / "var" / "intents-check").iterdir():
        each.write_text("{", "utf-8")
    assert "N779" in run("check", "--quick").stdout, "what is damaged is found again"


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, timeout=30)


def test_github_shows_a_finding_beside_its_line(intents: Path) -> None:
    (intents / "pothole.yaml").write_text(
        (intents / "pothole.yaml").read_text("utf-8") + "  - there's a sooo deep hole\n"
    )
    done = run("check", "--quick", "--format", "github", "--only", "spelling")
    assert done.stdout == (
        '::warning file=intents/pothole.yaml,line=10,col=5,title=N779::"sooo" is stretched out: write so\n'
    )


def test_github_is_not_taken_in_by_signs_of_its_own() -> None:
    odd = Issue("a,b:c.yaml", 1, 2, "E715", "50%", "delete it")
    assert annotation(odd) == "::error file=a%2Cb%3Ac.yaml,line=1,col=2,title=E715::50%25: delete it"


def test_intents_that_routing_does_not_know_and_the_other_way_round(intents: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "routing.yaml", tmp_path / "routing.yaml")
    (intents / "unheard_of.yaml").write_text((intents / "pothole.yaml").read_text("utf-8").replace("hole", "hill"))
    done = run("check", "--quick", "--only", "routing", "--json")
    assert done.exit_code == 1
    told = {(each["code"], each["message"]) for each in json.loads(done.stdout)}
    assert ("E204", "intents/unheard_of.yaml has no destination") in told
    assert ("E203", "intents/ has no file street_light.yaml") in told


def test_list_counts_phrases_long_ones_and_held_out(intents: Path, tmp_path: Path) -> None:
    held_out = tmp_path / "tests" / "utterances"
    held_out.mkdir(parents=True)
    (held_out / "pothole.yaml").write_text("utterances:\n  - words: a dip\n    kind: hard\n", "utf-8")
    rows = {each["name"]: each for each in json.loads(run("list", "--json").stdout)}
    assert rows["pothole"] == {
        "name": "pothole",
        "title": "Potholes",
        "urgent": False,
        "phrases": 5,
        "long": 0.2,
        "held_out": 1,
    }
    assert rows["life_in_danger"]["urgent"]
    done = run("list")
    assert "Potholes" in done.stdout
    assert done.stdout.splitlines()[-1] == "3 intents, 11 phrases"

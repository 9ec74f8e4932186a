"""`voicebot check` as people, other tools and pull requests see it."""

from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner

from voicebot.cli import cli
from voicebot.commands.issues_text import for_github, for_people
from voicebot.routing.issues import Issue
from voicebot.routing.source import MAX_BYTES

FILES = Path(__file__).parents[1] / "routing_files"
SECRETS = ("0123456789abcdef", "pa55word", "hunter2", "s3cret")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bad file in a folder without intents/, whose names would be looked for."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "routing.yaml"
    path.write_bytes((FILES / "bad" / "E201-unknown-queue.yaml").read_bytes())
    return path


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["check", *args])
    return result.exit_code, result.output


def test_people_see_the_line_and_the_place_in_it(copied: Path) -> None:
    code, output = run(str(copied))
    lines = output.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("routing.yaml:6:18: E201"))
    assert "did you mean switchboard?" in lines[at]
    assert lines[at + 1] == "      default_queue: swichboard"
    assert lines[at + 2].index("^") == lines[at + 1].index("swichboard")
    assert lines[-1] == f"{copied}: 4 errors, 1 notice"
    assert code == 1


def test_json_has_the_line_too(copied: Path) -> None:
    code, output = run(str(copied), "--json")
    listed = json.loads(output)
    assert [each["text"] for each in listed if each["line"] == 6] == ["  default_queue: swichboard"]
    assert {each["severity"] for each in listed} == {"error", "notice"}
    assert (code, output) == run(str(copied), "--format", "json")


def test_annotations_of_a_pull_request(copied: Path) -> None:
    code, output = run("routing.yaml", "--format", "github")
    assert code == 1
    assert "::error file=routing.yaml,line=6,col=18,title=E201::there is no queue swichboard: did you" in output
    assert all(line.startswith(("::error ", "::notice ")) for line in output.splitlines())


def test_annotations_escape_what_github_would_take_for_its_own() -> None:
    found = Issue("a,b.yaml", 2, 3, "N416", "100% sure\r\nof it", "say so")
    told = for_github([found], Path("own:files"))
    assert told == "::notice file=own%3Afiles/a%2Cb.yaml,line=2,col=3,title=N416::100%25 sure%0D%0Aof it: say so"


def test_no_secret_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("routing.yaml").write_bytes((FILES / "bad" / "E801-secrets.yaml").read_bytes())
    for shape in ("text", "json", "github"):
        code, output = run("routing.yaml", "--format", shape)
        assert code == 1
        assert "E801" in output
        assert not [each for each in SECRETS if each in output]


def test_tabs_are_shown_and_long_lines_cut() -> None:
    lines = {"a.yaml": ["\tname: x", "say: " + "word " * 60 + "e.g. this"]}
    tab = for_people([Issue("a.yaml", 1, 1, "E008", "a tab", "use spaces")], lines)
    assert tab.splitlines()[1:] == ["    →name: x", "    ^"]
    _, shown, caret = for_people([Issue("a.yaml", 2, 306, "N412", "short", "long")], lines).splitlines()
    assert len(shown) < 110
    assert shown[caret.index("^") :].startswith("e.g. this")


def test_several_about_one_place_show_it_once() -> None:
    issues = [Issue("a.yaml", 1, 1, "E204", name, "add it") for name in ("one", "two")]
    assert for_people(issues, {"a.yaml": ["intents:"]}).count("intents:") == 1


def test_a_table_without_any_issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (FILES / "good" / "small.yaml").read_text("utf-8").replace("+441632960100", "+442072243000", 1)
    lines = iter("abc")  # numbers of nobody would be a notice
    text = re.sub(r'number: ".*"', lambda _: f'sip: "sip:{next(lines)}@contact.example"', text)
    Path("routing.yaml").write_text(text, "utf-8")
    assert run("routing.yaml") == (0, "routing.yaml: 0 errors, 0 notices; fit to be published\n")
    assert run("routing.yaml", "--format", "github") == (0, "")
    code, output = run("routing.yaml", "--json")
    assert (code, json.loads(output)) == (0, [])


def test_a_file_of_any_size_is_never_held_whole(tmp_path: Path) -> None:
    with (tmp_path / "routing.yaml").open("wb") as opened:
        opened.truncate(400_000_000)
    tracemalloc.start()
    try:
        code, output = run(str(tmp_path / "routing.yaml"))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (code, "E002" in output) == (1, True)
    assert most < 20 * MAX_BYTES


def test_a_file_of_comments_after_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "routing.yaml").write_text("\ufeff# nothing\n", "utf-8")
    code, output = run(str(tmp_path / "routing.yaml"))
    assert (code, "E004" in output) == (1, True)


def test_a_file_that_is_not_there() -> None:
    code, output = run("nowhere.yaml")
    assert code == 1
    assert "E001" in output

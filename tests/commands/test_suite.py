"""`voicebot suite check` and `list`. Drafting is tested in tests/regression/suites/test_drafting.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.regression.suites.suite_folder import suite_folder
from voicebot.commands.suite import suite
from voicebot.errors import ContentError

ROOT = Path(__file__).parents[2]
GOOD = """
at: 2026-02-10 10:30
recordings:
  yes: {words: Yes please.}
calls:
  one:
    from: withheld
    steps: [yes.wav, keys 1, silence 2, hang-up]
    expect: {intent: pothole, outcome: [answered, connected], says: pothole, text: none, turns: 3}
    tags: {kind: long}
"""
BAD = GOOD.replace("intent: pothole", "intent: potholes").replace("hang-up", "no.waw")


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_ROUTING", str(ROOT / "routing.yaml"))


def run(*arguments: str) -> Result:
    """As the command line runs it: what `Exit` says is a value, other exceptions are raised."""
    return CliRunner().invoke(suite, list(arguments), catch_exceptions=False)


def test_a_good_suite_is_counted(tmp_path: Path) -> None:
    done = run("check", str(suite_folder(tmp_path, GOOD)))
    assert (done.exit_code, done.output) == (0, f"{tmp_path}: 0 errors, 0 notices; 1 call can be placed\n")


def test_mistakes_are_shown_in_their_line_with_a_mark_below_the_place(tmp_path: Path) -> None:
    done = run("check", str(suite_folder(tmp_path, BAD)))
    assert done.exit_code == 1
    told = done.output.splitlines()
    assert told[0].startswith('calls.yaml:8:41: S201 there is no file "no.waw" in the suite\'s folder')
    assert told[1] == "        steps: [yes.wav, keys 1, silence 2, no.waw]"
    assert told[2].index("^") == told[1].index("no.waw")
    assert told[-1] == f"{tmp_path}: 2 errors, 0 notices; 0 calls can be placed; 1 call cannot be placed"


def test_other_tools_get_json(tmp_path: Path) -> None:
    done = run("check", str(suite_folder(tmp_path, BAD.replace("no.waw", "hang-up"))), "--json")
    (told,) = json.loads(done.output)
    assert (done.exit_code, told["code"], told["line"], told["severity"]) == (1, "S301", 9, "error")
    assert told["fix"] == "did you mean pothole?"
    assert told["text"].strip().startswith("expect: {intent: potholes")


def test_a_pull_request_gets_annotations(tmp_path: Path) -> None:
    done = run("check", str(suite_folder(tmp_path, BAD)), "--format", "github")
    assert done.output.startswith(f"::error file={tmp_path}/calls.yaml,line=8,col=41,title=S201::")


def test_a_spreadsheet_that_is_not_utf_8_is_shown_as_well(tmp_path: Path) -> None:
    text = "name;for;at;steps\none;Caf\u00e9;10/02/2026 10:30;yess.wav\n"
    done = run("check", str(suite_folder(tmp_path, text.encode("cp1252"), "calls.csv")), "--no-routing")
    assert "    one;Caf\u00e9;10/02/2026 10:30;yess.wav" in done.output


def test_names_are_not_looked_up_where_there_is_no_routing_table(tmp_path: Path) -> None:
    folder = suite_folder(tmp_path, BAD.replace("no.waw", "hang-up"))
    assert run("check", str(folder)).exit_code == 1
    assert run("check", str(folder), "--no-routing").exit_code == 0


def test_a_suite_of_which_nothing_can_be_read_has_an_answer_and_a_folder_without_one_has_none(tmp_path: Path) -> None:
    done = run("check", str(suite_folder(tmp_path, "calls: [\n")))
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        1,
        f"{tmp_path}: 1 error, 0 notices; no call can be placed",
    )
    with pytest.raises(ContentError, match="there is no folder"):
        run("check", str(tmp_path / "nowhere"))


def test_the_list_says_when_each_call_rings_what_is_done_and_what_must_happen(tmp_path: Path) -> None:
    done = run("list", str(suite_folder(tmp_path, GOOD)))
    assert done.exit_code == 0
    for told in ("one", "2026-02-10 10:30", "keys 1", "hang-up", "answered", "no text", "kind: long 1"):
        assert told in " ".join(done.output.split()), done.output


def test_the_list_as_json_has_everything(tmp_path: Path) -> None:
    (told,) = json.loads(run("list", str(suite_folder(tmp_path, GOOD)), "--json").output)
    assert told["at"] == "2026-02-10T10:30:00+00:00"
    assert told["steps"][0] == {"does": "yes.wav", "words": "Yes please.", "decision": []}
    assert (told["from"], told["expect"]["text"], told["expect"]["turns"], told["line"]) == ("withheld", "", 3, 6)


def test_the_list_points_to_mistakes(tmp_path: Path) -> None:
    done = run("list", str(suite_folder(tmp_path, BAD)))
    assert done.exit_code == 1
    assert f"run `voicebot suite check {tmp_path}`" in done.stderr

"""Every file in intent_files/ is a test: the good ones have no issue, a bad one has those that its first line expects.

The first line of a bad file reads `# expect: E708 line 6`, with commas between several. It takes the place of the good
ones' pothole.yaml, or lies among the held-out utterances or in heard/, by the field that it begins with. That there are
too few phrases does not count unless it is expected. Its name is `<code>-<mistake>.yaml`.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.nlu.conftest import ROOT
from voicebot.nlu.phrases.check import check_phrases
from voicebot.nlu.phrases.findings import KINDS
from voicebot.routing.issues import Issue
from voicebot.storage.redaction import find

FILES = ROOT / "tests" / "intent_files"
TOO_FEW = {"N750", "N751", "N754", "N755"}


def issues(intents: Path, held_out: Path | None = None) -> list[Issue]:
    checked = check_phrases(intents, held_out, find, None, lambda what, done: None)
    assert all(each.kind in KINDS and 0 <= each.weight <= 1 for each in checked.findings)
    return [each.issue for each in checked.findings]


def test_good_files() -> None:
    assert [str(each) for each in issues(FILES / "good") if each.code not in TOO_FEW] == []


@pytest.mark.parametrize("path", sorted((FILES / "bad").glob("*.yaml")), ids=lambda path: path.stem)
def test_bad_file(path: Path, tmp_path: Path) -> None:
    expected = expected_issues(path)
    intents, held_out = lay_out(path, tmp_path)
    found = issues(intents, held_out)
    codes = {code for code, _ in expected}
    counted = [each for each in found if each.code not in TOO_FEW - codes]
    assert {(each.code, each.line) for each in counted} == expected, "\n".join(map(str, counted))
    assert path.name.split("-")[0] in codes, "the file's name begins with the code that it shows"
    assert all(each.fix and "\n" not in str(each) and str(tmp_path) in each.file for each in found)


def lay_out(path: Path, folder: Path) -> tuple[Path, Path | None]:
    """The folders of intents and of held-out utterances, with the bad file in the place that is meant for it."""
    intents, held_out = folder / "intents", folder / "utterances"
    shutil.copytree(FILES / "good", intents)
    text = path.read_text("utf-8")
    heard, utterances = (f"\n{field}:\n" in text for field in ("heard", "utterances"))
    place = held_out if utterances else intents / "heard" if heard else intents
    place.mkdir(exist_ok=True)
    shutil.copy(path, place / "pothole.yaml")
    return intents, held_out if utterances else None


def expected_issues(path: Path) -> set[tuple[str, int]]:
    first = path.read_text("utf-8").splitlines()[0]
    listed = re.findall(r"([EN]\d{3}) line (\d+)", first)
    assert first.startswith("# expect: "), f"{path.name} must begin with a line such as `# expect: E708 line 6`"
    assert listed, f"{path.name} must say what to expect"
    return {(code, int(line)) for code, line in listed}


def test_every_code_has_a_bad_file() -> None:
    """But for those about folders and whole files, which test_corpus.py shows, those that need many phrases
    (test_balance.py), and the one that needs the sentence encoder (test_misplaced.py)."""
    sources = [ROOT / "voicebot/nlu/corpus.py", *(ROOT / "voicebot/nlu/phrases").glob("*.py")]
    used = {code for source in sources for code in re.findall(r'"([EN]7\d{2})"', source.read_text("utf-8"))}
    shown = {path.name.split("-")[0] for path in (FILES / "bad").glob("*.yaml")}
    elsewhere = {"E701", "E705", "N717", "N720"} | TOO_FEW | {"N752", "N740"}
    assert used - shown - elsewhere == set()
    assert {code for code in shown if code >= "E7" or code[0] == "N"} - used == set()


def test_findings_come_in_order_of_file_and_line(tmp_path: Path) -> None:
    shutil.copytree(FILES / "good", tmp_path / "intents")
    for name in ("E715-emoji", "N760-personal-data"):
        shutil.copy(FILES / "bad" / f"{name}.yaml", tmp_path / "intents" / f"{name[5:].replace('-', '_')}.yaml")
    found = issues(tmp_path / "intents")
    assert found == sorted(found)
    assert {"emoji.yaml", "personal_data.yaml"} <= {Path(each.file).name for each in found}


def test_personal_data_is_not_repeated(tmp_path: Path) -> None:
    intents, _ = lay_out(FILES / "bad" / "N760-personal-data.yaml", tmp_path)
    told = "\n".join(str(each) for each in issues(intents) if each.code == "N760")
    assert not re.search("gmail|07911|4539|Smith|SW1A", told)

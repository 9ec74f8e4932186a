"""Public sets of intents: how they are read, what is counted, where tables go; and one small run for real."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voicebot.errors import ContentError
from voicebot.nlu.corpus import read_corpus
from voicebot.nlu.train import DEFAULT
from voicebot.regression.bench_intents import main
from voicebot.regression.bench_intents_rivals import FEW, recipe_for
from voicebot.regression.bench_intents_runs import Runs
from voicebot.regression.bench_intents_scores import Said, operating_point, summary
from voicebot.regression.bench_intents_sets import SETS, PublicSet, write_intents
from voicebot.regression.bench_intents_tables import AIMS, MACHINE, PACKAGES, PUBLISHED, TABLES
from voicebot.regression.bench_machine import machine
from voicebot.regression.bench_tables import fill
from voicebot.routing.table import OUT_OF_SCOPE

ROOT = Path(__file__).parents[2]

LIGHT = ["turn on the light", "lights on please", "it is dark in here", "switch the lamp on", "I want some light"]
BYE = ["goodbye", "see you later", "that is all for now", "bye then", "I have to go"]
MUSIC = ["play a song", "put some music on", "I'd like to hear jazz", "play the radio", "start the playlist"]


def few_shot(data: Path, name: str, part: str, pairs: list[tuple[str, str]]) -> None:
    folder = data / "fewshot" / name / part
    folder.mkdir(parents=True)
    (folder / "seq.in").write_text("".join(f"{words}\n" for words, _ in pairs), "utf-8")
    (folder / "label").write_text("".join(f"{label}\n" for _, label in pairs), "utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder such as the script is given, with next to nothing in it."""
    folder = tmp_path / "data"
    pairs = [(words, "iot_light_on") for words in LIGHT] + [(words, "play_music") for words in MUSIC]
    pairs += [(words, "general_bye") for words in BYE]
    few_shot(folder, "HWU64", "train_10", pairs)
    few_shot(folder, "HWU64", "valid", [("is there light", "iot_light_on")])
    few_shot(folder, "HWU64", "test", [("make it light in here", "iot_light_on"), ("play some jazz", "play_music")])
    (folder / "banking77").mkdir()
    text = 'text,category\n"Where is it, please?\nI ask again",Refund_not_showing_up\nWhy?,reverted_card_payment?\n'
    for file in ("train.csv", "test.csv"):
        (folder / "banking77" / file).write_text(text, "utf-8")
    (folder / "clinc150").mkdir()
    parts = {"train": "a", "val": "b", "test": "c"}
    full = {part: [[f"how do I say {sign}", "translate"]] for part, sign in parts.items()}
    full |= {f"oos_{part}": [[f"how much is {sign}", "oos"]] for part, sign in parts.items()}
    (folder / "clinc150" / "data_full.json").write_text(json.dumps(full), "utf-8")
    return folder


def test_labels_become_names_that_intents_may_have(data: Path) -> None:
    given = SETS["banking77"](data)
    assert given.intents == ("refund_not_showing_up", "reverted_card_payment")
    assert given.phrases[0][0] == "Where is it, please?\nI ask again"


def test_what_is_out_of_scope_is_an_intent_and_the_validation_part_stays_apart(data: Path) -> None:
    given = SETS["clinc150"](data)
    assert given.phrases == (("how do I say a", "translate"), ("how much is a", OUT_OF_SCOPE))
    assert given.validation == (("how do I say b", "translate"), ("how much is b", OUT_OF_SCOPE))
    assert given.utterances == (("how do I say c", "translate"), ("how much is c", OUT_OF_SCOPE))


def test_lines_that_do_not_belong_together_are_told_with_their_folder(data: Path) -> None:
    (data / "fewshot/HWU64/test/label").write_text("play_music\n", "utf-8")
    with pytest.raises(ContentError, match=r"HWU64/test: 2 lines in seq.in and 1 in label"):
        SETS["hwu64-10"](data)


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("clinc150", "clinc150/data_full.json", "{}"),
        ("clinc150", "clinc150/data_full.json", "[1"),
        ("clinc150", "clinc150/data_full.json", '{"train": [["no label"]]}'),
        ("banking77", "banking77/train.csv", "text,category\nno label\n"),
    ],
)
def test_a_damaged_file_is_named(data: Path, name: str, file: str, text: str) -> None:
    (data / file).write_text(text, "utf-8")
    with pytest.raises(ContentError, match=file):
        SETS[name](data)


def test_a_missing_file_says_what_data_should_name(data: Path) -> None:
    with pytest.raises(ContentError, match=r"CLINC150/train_10/seq.in: cannot be read.*--data"):
        SETS["clinc150-10"](data)


def test_phrases_are_written_as_intents_that_can_be_read_whatever_they_hold(tmp_path: Path) -> None:
    phrases = [
        ("Where's my: card?", "card_arrival"),
        ("where's my card", "card_arrival"),
        ("I'm cross \U0001f620 #1", "complaint"),
        ("first\nsecond", "complaint"),
        ("...", "complaint"),
    ]
    assert write_intents(phrases, tmp_path / "intents") == 2
    assert read_corpus(tmp_path / "intents").pairs() == [
        ("Where's my: card?", "card_arrival"),
        ("I'm cross   #1", "complaint"),
        ("first\nsecond", "complaint"),
    ]


def test_names_are_added_but_not_twice_and_not_for_what_is_out_of_scope() -> None:
    given = PublicSet((("Play music!", "play_music"), ("hm", "light_on"), ("who won", OUT_OF_SCOPE)), ())
    assert given.with_names().phrases == (*given.phrases, ("light on", "light_on"))


def test_a_smoke_run_keeps_what_is_out_of_scope(data: Path) -> None:
    given = SETS["clinc150"](data)
    more = PublicSet(given.phrases * 9 + (("x", "zebra"),), given.utterances * 9, given.validation * 9).few(1, 2)
    assert more.intents == (OUT_OF_SCOPE, "translate")
    assert len(more.phrases) == len(more.utterances) == len(more.validation) == 4


LABELS = ("bins", OUT_OF_SCOPE, "roads")


def said(rows: list[tuple[float, float, float, str]]) -> Said:
    """(score of bins, of out of scope, of roads, truth) for each utterance."""
    return Said.of(np.array([row[:3] for row in rows]), LABELS, [row[3] for row in rows])


def test_right_in_scope_is_counted_before_and_after_refusing() -> None:
    found = said(
        [
            (0.9, 0.0, 0.1, "bins"),
            (0.3, 0.2, 0.1, "bins"),
            (0.3, 0.5, 0.2, "bins"),
            (0.8, 0.1, 0.1, "roads"),
            (0.1, 0.8, 0.1, OUT_OF_SCOPE),
            (0.4, 0.2, 0.3, OUT_OF_SCOPE),
        ]
    )
    assert found.top_1()[:1] == [0.75]
    assert found.in_scope(0.0)[:1] == [0.5]
    assert found.in_scope(0.35)[:1] == [0.25]
    assert found.out_of_scope(0.0)[:1] == [0.5]
    assert found.out_of_scope(0.5)[:1] == [1.0]


def test_the_operating_point_costs_what_it_may_and_no_more() -> None:
    sure = [(0.5 + at / 2000, 0.0, 0.1, "bins") for at in range(800)]
    found = said([*sure, *[(0.1, 0.0, 0.5, "bins")] * 200, *[(0.5, 0.1, 0.1, OUT_OF_SCOPE)] * 10])
    limit = operating_point(found)
    before, after = found.in_scope(0.0), found.in_scope(limit)
    assert (before[0], after[0]) == (0.8, 0.795)
    assert found.out_of_scope(0.0)[0] == 0
    assert found.out_of_scope(limit)[0] == 1


def test_where_out_of_scope_alone_costs_too_much_nothing_else_is_refused() -> None:
    found = said([*[(0.2, 0.7, 0.1, "bins")] * 50, *[(0.6, 0.2, 0.2, "bins")] * 50])
    assert found.in_scope(operating_point(found))[0] == found.in_scope(-1.0)[0] == 0.5


def test_a_recipe_differs_in_what_is_changed_alone() -> None:
    assert recipe_for("banking77", {}) == DEFAULT
    assert recipe_for("hwu64-10", {}) == FEW
    changed = recipe_for("hwu64-10", {"epochs": "20", "rate": "1e-4"})
    assert changed == replace(FEW, tuning=replace(FEW.tuning, epochs=20, rate=1e-4))


def test_a_recipe_is_chosen_on_other_utterances(data: Path) -> None:
    assert SETS["hwu64-10"](data).for_choosing().utterances == (("is there light", "iot_light_on"),)


def test_the_spread_of_one_run_is_nothing() -> None:
    assert summary([3.0]) == (3.0, 0.0)
    assert summary([1.0, 2.0, 3.0]) == (2.0, 1.0)


def measured(runs: int, refusing: bool) -> dict[str, Any]:
    shares = {
        "top_1": [0.94, 0.93, 0.95, 100],
        "in_scope": [0.965, 0.96, 0.97, 100],
        "out_of_scope": [0.8, 0.7, 0.9, 9],
    }
    run = {**shares, "fit_seconds": 12.0, "one_ms": 9.0, "all_seconds": 3.0}
    rivals = [{"name": "voicebot", "runs": [run] * runs}]
    counts = {"intents": 77, "phrases": 10003, "utterances": 3080, "refusing": refusing}
    return {"at": "2026-01-02T03:04:05+00:00", "load": 0.1, "quiet": True, **counts, "rivals": rivals}


def test_a_table_has_our_row_and_the_published_ones_in_their_columns() -> None:
    page = "".join(f"<!-- {name} -->\nstale\n<!-- end of {name} -->\n" for name in TABLES)
    filled = fill(
        page, {"banking77": measured(1, False), "clinc150": measured(1, True), "hwu64-10": measured(3, False)}, TABLES
    )
    assert "Aim: 94 % right: **met**." in filled
    assert "| **voicebot** | 94.0 (93.0 to 95.0) | 12.0 | 9.0 | 3.0 | this run |" in filled
    assert "| **voicebot** | 94.0 ± 0.0 |" in filled
    assert "Aim: 96 % right in scope with 75 % of the rest refused: **met**." in filled
    assert filled.count("stale") == len(TABLES) - 3
    for table in filled.split("\n\n"):
        lines = [line for line in table.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1


def test_every_set_has_its_aim_its_published_rows_and_its_place_on_the_page() -> None:
    page = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    assert set(SETS) == set(AIMS) == set(PUBLISHED) == set(TABLES) - {MACHINE}
    for name in TABLES:
        assert page.count(f"<!-- {name} -->\n") == page.count(f"<!-- end of {name} -->") == 1


def test_a_small_set_is_learnt_by_all_rivals(data: Path) -> None:
    lines: list[str] = []
    found = Runs(data, ROOT / "weights", seeds=2, quick=True, say=lines.append).measure("hwu64-10")
    ours, named, plain = found["rivals"]
    assert [len(each["runs"]) for each in found["rivals"]] == [1, 1, 1]
    assert all(each["runs"][0]["top_1"][3] == 2 for each in (ours, named, plain))
    assert ours["runs"][0]["top_1"][0] == 1
    assert ours["runs"][0]["left_out"] == 0
    assert "hwu64-10: voicebot" in lines
    assert TABLES["hwu64-10"](found)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--quick", "--markdown", "--data", "{data}"], "leave --markdown out"),
        (["--data", "{data}", "--tuning", "epochs"], "write NAME=NUMBER"),
        (["--data", "{data}", "--tuning", "passes=3"], "passes is none of layers, epochs"),
        (["--data", "{data}", "--tuning", "epochs=many"], "epochs is no number"),
        (["--data", "{data}", "--only", "banking77", "--validation"], "no validation part"),
        (["--data", "{data}", "--only", "hwu64-10", "--only", "banking77", "--validation"], "banking77: there is no"),
        ([], "--data"),
        (["--from", "{root}/docs/benchmarks/calls.json"], "no results of this script"),
        (["--data", "{data}", "--only", "clinc150-10"], "cannot be read"),
        (["--data", "{data}", "--only", "hwu64-10", "--only", "clinc150-10"], "cannot be read"),
        (["--from", "{data}"], "is a directory"),
        (["--data", "{data}", "--only", "hwu64-10", "--markdown"], "all sets"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main([each.format(data=data, root=ROOT) for each in arguments]) == 2
    found = capsys.readouterr().err
    assert says in found
    assert "hwu64-10: voicebot" not in found, "an hour was spent before it was said"


OTHERS = {"cpu": "Another", "cores": 1, "memory_gb": 1.0, "system": "x", "python": "3", "versions": {}}


@pytest.mark.parametrize("what", ["machine", "versions", "trial before", "trial now"])
def test_results_of_another_run_are_not_wiped(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    here = machine(PACKAGES)
    others = {"machine": OTHERS, "versions": here | {"versions": {"torch": "0.1"}}}
    file = tmp_path / "intents.json"
    found = {"machine": others.get(what, here), "trial": what == "trial before", "results": {}}
    file.write_text(json.dumps(found), "utf-8")
    quick = ["--quick"] if what == "trial now" else []
    assert main(["--data", str(data), "--only", "hwu64-10", "--out", str(file), *quick]) == 2
    assert "Name another file" in capsys.readouterr().err
    assert json.loads(file.read_text("utf-8")) == found


def test_the_page_names_one_machine_for_all_of_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "benchmarks.md"
    page.parent.mkdir()
    page.write_text("".join(f"<!-- {name} -->\nstale\n<!-- end of {name} -->\n" for name in TABLES), "utf-8")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "intents.json"
    some = {"machine": OTHERS, "trial": False, "results": {"clinc150": measured(1, True)}}
    file.write_text(json.dumps(some), "utf-8")
    assert main(["--from", str(file), "--markdown"]) == 2
    assert "hwu64-10" in capsys.readouterr().err
    assert page.read_text("utf-8").count("stale") == len(TABLES)
    every = {name: measured(1, name == "clinc150") for name in SETS}
    file.write_text(json.dumps(some | {"results": every}), "utf-8")
    assert main(["--from", str(file), "--markdown"]) == 0
    assert "stale" not in page.read_text("utf-8")

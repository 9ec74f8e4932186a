from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.nlu.conftest import SMALL, WEIGHTS, write_intents
from tests.nlu.test_train import QUICK
from voicebot.nlu.manifest import current_hash, make_current
from voicebot.nlu.train import train

from .home import ROOT, SAID, TWISTED, office, run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, str]:
    """A folder with `intents`, `models` and `utterances`, and the names of three models: two good ones and a twisted
    one."""
    home = tmp_path_factory.mktemp("promoting")
    more = {**SMALL, "pothole": [*SMALL["pothole"], "my wheel went into a hole in the road"]}
    good, better, twisted = (
        train(write_intents(home / folder, intents), home / "models", WEIGHTS, recipe=QUICK, who="ann").hash
        for folder, intents in (("intents", SMALL), ("more", more), ("twisted", TWISTED))
    )
    (home / "utterances").mkdir()
    for intent, words in SAID.items():
        lines = "".join(f"  - words: {json.dumps(each)}\n    kind: ordinary\n" for each in words)
        (home / "utterances" / f"{intent}.yaml").write_text(f"utterances:\n{lines}", "utf-8")
    table = re.sub(r"(?m)^  (accept|confirm|offer_two|refuse|urgent): [0-9.]+", r"  \1: 0.4", ROUTING)
    (home / "routing.yaml").write_text(_for_these(table, set(SMALL)), "utf-8")
    return home, good, better, twisted


def _for_these(table: str, names: set[str]) -> str:
    """The table with no other intents and key topics: what nobody can name is not published."""
    kept: list[str] = []
    section, wanted = "", True
    for line in table.splitlines(keepends=True):
        if top := re.match(r"(\w+):", line):
            section, wanted = top[1], True
        elif section == "intents" and (entry := re.match(r"  (\w+):", line)):
            wanted = entry[1] in names
        elif section == "key_topics" and (topic := re.match(r"  - (\w+)", line)):
            wanted = topic[1] in names
        if wanted:
            kept.append(line)
    return "".join(kept)


ROUTING = (ROOT / "routing.yaml").read_text("utf-8")


@pytest.fixture
def home(trained: tuple[Path, str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own, as an operator has it: nothing published yet, the first good model current."""
    source, good, _, _ = trained
    for folder in ("intents", "models", "utterances"):
        shutil.copytree(source / folder, tmp_path / folder)
    shutil.copy(source / "routing.yaml", tmp_path)
    make_current(tmp_path / "models", good)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    monkeypatch.setenv("VOICEBOT_WEIGHTS", str(WEIGHTS))
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    monkeypatch.setenv("COLUMNS", "250")
    return tmp_path


@pytest.fixture
def good(trained: tuple[Path, str, str, str]) -> str:
    return trained[1]


@pytest.fixture
def better(trained: tuple[Path, str, str, str]) -> str:
    return trained[2]


@pytest.fixture
def twisted(trained: tuple[Path, str, str, str]) -> str:
    return trained[3]


@pytest.fixture
def untouched(home: Path) -> Callable[[], None]:
    """Publish the first good model; the function holds it against what is live when it is called."""
    assert run("publish", "--yes").exit_code == 0
    before = office().history(), current_hash(home / "models")

    def check() -> None:
        assert (office().history(), current_hash(home / "models")) == before
        assert office().live() == before[1]

    return check

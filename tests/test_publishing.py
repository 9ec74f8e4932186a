"""What servers start with, and what a look at the model in use finds: real models, real files, SQLite."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from tests.nlu.conftest import ROOT, SMALL, WEIGHTS, write_intents
from tests.nlu.test_train import QUICK
from voicebot import bootstrap, cli
from voicebot.config import load_settings
from voicebot.errors import ContentError, ModelError
from voicebot.nlu.manifest import MANIFEST, current_hash, make_current, seal
from voicebot.nlu.registry import LAYERS
from voicebot.nlu.train import train
from voicebot.routing.loader import load_table
from voicebot.storage.publications import Publications

MORE = {**SMALL, "pothole": [*SMALL["pothole"], "the car went into a hole"]}
MOST = {**SMALL, "pothole": [*SMALL["pothole"], "the van went into a hole"]}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder of three models, and their names."""
    home = tmp_path_factory.mktemp("publishing")
    corpora = [write_intents(home / str(at), intents) for at, intents in enumerate((SMALL, MORE, MOST))]
    return home / "models", [train(each, home / "models", WEIGHTS, recipe=QUICK).hash for each in corpora]


@dataclass
class Place:
    """As an operator has it; `first` is current. `models` are their names."""

    home: Path
    models: list[str]

    @property
    def promotions(self) -> Publications:
        return bootstrap.promotions(bootstrap.open_storage(load_settings()))

    def promote(self, name: str) -> None:
        before = self.promotions.live()
        self.promotions.make_live("promotion", name, instead_of=before, who="ann")

    def cut(self, name: str) -> None:
        (self.home / "models" / name / LAYERS).write_bytes(b"cut off")

    def bewitch(self, name: str) -> None:
        """Whole and sealed, and yet no model: loading it fails as nobody foresaw."""
        file = self.home / "models" / name / MANIFEST
        manifest = {**json.loads(file.read_text("utf-8")), "thresholds": {"surprise": 1}}
        file.write_text(json.dumps({**manifest, "seal": seal(manifest)}), "utf-8")

    def first(self) -> str:
        return bootstrap.live_understanders(load_settings(), self.promotions).current().version


@pytest.fixture
def place(trained: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    models, names = trained
    shutil.copytree(models, tmp_path / "models")
    shutil.copy(ROOT / "routing.yaml", tmp_path)
    make_current(tmp_path / "models", names[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    monkeypatch.setenv("VOICEBOT_WEIGHTS", str(WEIGHTS))
    return Place(tmp_path, names)


@pytest.mark.parametrize("spoil", [Place.cut, Place.bewitch])
def test_a_worker_starts_with_whatever_fits(place: Place, spoil: Callable[[Place, str], None]) -> None:
    current, before, live = place.models
    place.promote(before)
    place.promote(live)
    assert place.first() == live
    for spoilt, (refused, expected) in {live: ([live], before), before: ([live, before], current)}.items():
        spoil(place, spoilt)
        with capture_logs() as lines:
            assert place.first() == expected
        assert [(each["event"], each["model"]) for each in lines] == [("model_refused", name) for name in refused]
    spoil(place, current)
    with pytest.raises(ModelError):
        place.first()


def test_the_first_start_publishes_only_the_model_where_a_table_is_published(place: Place) -> None:
    settings, engine = load_settings(), bootstrap.open_storage(load_settings())
    bootstrap.publications(engine).start_with("older", "ann", content="as it was")
    bootstrap.publish_first(settings, engine)
    assert bootstrap.published(engine).current_hash("table") == "older"
    assert place.promotions.live() == place.models[0]


def test_the_first_start_publishes_only_the_table_where_a_model_is_live(place: Place) -> None:
    settings, engine = load_settings(), bootstrap.open_storage(load_settings())
    place.promote(place.models[1])
    place.cut(place.models[0])
    bootstrap.publish_first(settings, engine)
    assert bootstrap.published(engine).current_hash("table") is not None
    assert [each.hash for each in place.promotions.history()] == [place.models[1]]


def test_the_first_start_says_whose_table_is_live(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    settings, engine = load_settings(), bootstrap.open_storage(load_settings())
    bootstrap.publish_first(settings, engine)
    bootstrap.publish_first(settings, engine)
    (first,) = bootstrap.publications(engine).history()
    assert (first.kind, first.previous, first.who) == ("first", None, "ann")
    assert (
        first.hash == load_table(settings.routing).hash == bootstrap.tables(bootstrap.published(engine)).current().hash
    )


def test_a_file_that_is_broken_since_keeps_no_server_from_starting(place: Place) -> None:
    settings, engine = load_settings(), bootstrap.open_storage(load_settings())
    bootstrap.publish_first(settings, engine)
    before = bootstrap.publications(engine).live()
    (place.home / "routing.yaml").write_text("council: [unclosed", "utf-8")
    bootstrap.publish_first(settings, engine)
    assert bootstrap.publications(engine).live() == before
    assert bootstrap.tables(bootstrap.published(engine)).current().hash == before


def test_a_broken_file_that_is_all_there_is_is_refused_with_its_mistakes(place: Place) -> None:
    settings, engine = load_settings(), bootstrap.open_storage(load_settings())
    (place.home / "routing.yaml").write_text("council: {}\nqueues: {}\n", "utf-8")
    with pytest.raises(ContentError, match=r"routing\.yaml:1:1: E") as refused:
        bootstrap.publish_first(settings, engine)
    assert len(refused.value.issues) > 1
    assert bootstrap.publications(engine).live() is None
    assert place.promotions.live() is None, "nothing is half begun"


def test_why_asks_the_live_model_and_else_the_current_one(place: Place) -> None:
    def asked() -> str:
        done = CliRunner().invoke(cli.cli, ["why", "there is a pothole in our road", "--json"])
        assert done.exit_code == 0, done.output
        return str(json.loads(done.stdout)["model"])

    current, live, _ = place.models
    assert asked() == current == current_hash(place.home / "models")
    assert not (place.home / "bot.db").exists()
    (place.home / "bot.db").touch()
    assert asked() == current, "a database without tables"
    place.promote(live)
    assert asked() == live
    assert f"model     {live}" in CliRunner().invoke(cli.cli, ["why", "a pothole"]).output
    place.cut(live)
    assert asked() == current

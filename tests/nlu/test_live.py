"""Another model is taken beside the one at work; whatever is wrong with it, the one at work goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard
from voicebot.errors import ModelError, StorageError
from voicebot.nlu import live
from voicebot.nlu.live import LiveUnderstanders


@dataclass
class Named:
    version: str

    def understand(self, words: str, expecting: Expecting, *, language: str = "en") -> Heard:
        return Heard(words, ())


@dataclass
class Shop:
    """What is published, and what loading it brings: a fault by name, or a model of that name."""

    published: str | None = "aaa"
    trouble: Exception = field(default_factory=lambda: StorageError("the database is gone"))
    faults: dict[str, Exception] = field(default_factory=dict)
    loaded: list[str] = field(default_factory=list)
    gone: bool = False
    meanwhile: Callable[[], object] = lambda: None

    def hash(self) -> str | None:
        if self.gone:
            raise self.trouble
        return self.published

    def load(self, name: str) -> Named:
        self.loaded.append(name)
        self.meanwhile()
        if name in self.faults:
            raise self.faults[name]
        return Named(name)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def models(shop: Shop) -> LiveUnderstanders:
    return LiveUnderstanders(Named("aaa"), shop.hash, shop.load)


def take(models: LiveUnderstanders, shop: Shop, name: str) -> str:
    shop.published = name
    models.look()
    return models.current().version


def test_the_first_goes_on_while_nothing_else_is_published(models: LiveUnderstanders, shop: Shop) -> None:
    for published in ("aaa", None):
        shop.published = published
        models.look()
    assert models.current().version == "aaa"
    assert shop.loaded == []


def test_while_another_is_loaded_the_one_at_work_answers(models: LiveUnderstanders, shop: Shop) -> None:
    answered: list[str] = []
    shop.meanwhile = lambda: answered.append(models.current().version)
    assert take(models, shop, "bbb") == "bbb"
    assert answered == ["aaa"]


def test_a_call_ends_with_its_model_while_that_is_loaded(models: LiveUnderstanders, shop: Shop) -> None:
    take(models, shop, "bbb")
    assert (models.get("aaa").version, models.get("bbb").version) == ("aaa", "bbb")
    take(models, shop, "ccc")
    assert [models.get(each).version for each in ("aaa", "bbb", "ccc", "never")] == ["ccc", "bbb", "ccc", "ccc"]


def test_a_rollback_loads_nothing(models: LiveUnderstanders, shop: Shop) -> None:
    take(models, shop, "bbb")
    assert take(models, shop, "aaa") == "aaa"
    assert models.get("bbb").version == "bbb"
    assert shop.loaded == ["bbb"]


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [(ModelError("models/bbb: damaged"), "model", "models/bbb: damaged"), (MemoryError(), "bug", "MemoryError")],
)
def test_one_that_cannot_be_loaded_is_named_once_and_the_old_one_goes_on(
    models: LiveUnderstanders, shop: Shop, fault: Exception, code: str, reason: str
) -> None:
    shop.faults["bbb"] = fault
    with capture_logs() as lines:
        for _ in range(5):
            assert take(models, shop, "bbb") == "aaa"
    assert [(each["event"], each["model"], each["code"]) for each in lines] == [("model_refused", "bbb", code)]
    assert models.refused is not None
    assert (models.refused.hash, models.refused.reason) == ("bbb", reason)
    assert shop.loaded == ["bbb"], "loaded again before its time"


def test_one_that_was_refused_is_taken_once_it_is_whole(
    models: LiveUnderstanders, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY", 0.0)
    models = LiveUnderstanders(Named("aaa"), shop.hash, shop.load)
    shop.faults["bbb"] = ModelError("not here yet")
    assert take(models, shop, "bbb") == "aaa"
    del shop.faults["bbb"]
    assert take(models, shop, "bbb") == "bbb"
    assert models.refused is None


def test_going_back_from_one_that_was_refused_ends_the_complaint(models: LiveUnderstanders, shop: Shop) -> None:
    shop.faults["bbb"] = ModelError("damaged")
    take(models, shop, "bbb")
    take(models, shop, "aaa")
    assert models.refused is None


@pytest.mark.parametrize("trouble", [StorageError("the database is gone"), RuntimeError("nobody foresaw this")])
def test_a_database_that_is_away_changes_nothing_and_is_told_of_once(
    models: LiveUnderstanders, shop: Shop, trouble: Exception
) -> None:
    shop.gone, shop.trouble = True, trouble
    with capture_logs() as lines:
        models.look()
        models.look()
    assert [each["event"] for each in lines] == ["model_watch_failed"]
    shop.gone = False
    assert take(models, shop, "bbb") == "bbb"


def test_the_watch_takes_it_by_itself_and_stops(
    models: LiveUnderstanders, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY", 0.01)
    taken = threading.Event()
    shop.meanwhile = taken.set
    models.start()
    shop.published = "bbb"
    assert taken.wait(30)
    models.stop()
    assert models.current().version == "bbb", "stop waits for what is being loaded"
    assert "models" not in [each.name for each in threading.enumerate()]

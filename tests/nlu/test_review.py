from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import WeightsError
from voicebot.nlu.encoder import Encoder
from voicebot.nlu.review import group, review_encoder

ROOT = Path(__file__).parents[2]

WORDS = [
    "my bin wasn't emptied",
    "there is a pothole in my road",
    "they didn't empty my bin this morning",
    "who won the football",
    "the bin men haven't emptied our bin",
    "there's a big pothole on our road",
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """As published, for there is no model in an empty folder."""
    return review_encoder(tmp_path_factory.mktemp("models"), ROOT / "weights")


def silent(_: str) -> None:
    pass


def test_what_is_alike_comes_together_the_dearest_first(encoder: Encoder) -> None:
    assert group(WORDS, [1, 1, 3, 0, 2, 1], encoder, silent) == [[2, 4, 0], [1, 5], [3]]


def test_one_dear_utterance_comes_before_many_cheap_ones(encoder: Encoder) -> None:
    assert group(WORDS, [0.6, 0.6, 0.6, 5, 0.6, 0.6], encoder, silent)[0] == [3]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare(encoder: Encoder, count: int) -> None:
    assert group(WORDS[:count], [1.0] * count, encoder, silent) == [[at] for at in range(count)]


def test_it_tells_how_far_it_is(encoder: Encoder) -> None:
    told: list[str] = []
    group(
        [f"{words}, for the {number}. time" for number in range(20) for words in WORDS], [1] * 120, encoder, told.append
    )
    assert told == ["Reading what 120 utterances mean: 0%", "Reading what 120 utterances mean: 53%"]


def test_without_weights_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="voicebot models fetch"):
        review_encoder(tmp_path, tmp_path)

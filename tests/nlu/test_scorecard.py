"""The scorecard and its page, from a small model that was really trained, on words that would break a page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from tests.dialogue.fixed_table import fixed_table
from tests.nlu.conftest import SMALL, WEIGHTS, write_intents
from tests.nlu.seen import many
from tests.nlu.test_train import QUICK
from voicebot.errors import ContentError
from voicebot.nlu.aims import AIMS, held_against
from voicebot.nlu.corpus import Utterance
from voicebot.nlu.costs import cost_curves
from voicebot.nlu.evaluate import Lived, evaluate_seen
from voicebot.nlu.plots import plots
from voicebot.nlu.registry import Model, load_current
from voicebot.nlu.report_html import page
from voicebot.nlu.scorecard import confusion, scorecard
from voicebot.nlu.slices import NOTHING
from voicebot.nlu.thresholds import Chosen
from voicebot.nlu.train import train
from voicebot.routing.table import OUT_OF_SCOPE

NASTY = "<script>alert('bins')</script> & \"pothole\" </td>"


def utterance(intent: str, words: str, heard: str | None = None, kind: str = "ordinary") -> Utterance:
    return Utterance(words, kind, (intent,), f"tests/{intent}.yaml", 2, heard)


UTTERANCES = [
    utterance("pothole", "there's a pothole on our road", "There's a pothole on our road."),
    utterance("pothole", "a hole in the tarmac by the shop", "renew my library book please"),
    utterance("pothole", "my wheel is bent", NOTHING, "hard"),
    utterance("library_services", NASTY, NASTY, "hard"),
    utterance("library_services", "I would like to renew a library book that I borrowed", kind="long"),
    utterance("life_in_danger", "there's a fire in the house", "there's a fire in the house"),
    utterance(OUT_OF_SCOPE, "I want to order a pizza"),
    utterance("library_services", "Renew my library book"),  # a training phrase
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Model:
    home = tmp_path_factory.mktemp("small")
    write_intents(home / "intents", SMALL)
    train(home / "intents", home / "models", WEIGHTS, recipe=QUICK)
    return load_current(home / "models", WEIGHTS)


def cross_validated() -> dict[str, Any]:
    seen = many(2_100)
    return evaluate_seen(seen, Chosen()) | {"cost_curves": cost_curves(seen, Chosen())}


@pytest.fixture(scope="module")
def card(small: Model) -> dict[str, Any]:
    learnt = [words for phrases in SMALL.values() for words in phrases]
    found = scorecard(small, UTTERANCES, fixed_table(), trained_on=learnt, cross_validation=cross_validated())
    return json.loads(json.dumps(found))


@pytest.fixture(scope="module")
def html(card: dict[str, Any]) -> str:
    return page(card)


class Page(HTMLParser):
    """What a browser would find: whether elements nest, every attribute, all text outside of scripts and styles."""

    EMPTY = frozenset({"meta", "br", "link"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_what_was_heard_of_it_does_not_count_where_that_was_learnt(small: Model) -> None:
    learnt = [*SMALL["pothole"], "renew my library book, please"]
    found = scorecard(small, UTTERANCES, fixed_table(), trained_on=learnt)
    assert (found["held_out"]["utterances"], found["heard"]["utterances"]) == (8, 4)


def test_the_scorecard_counts_what_was_tried(card: dict[str, Any], small: Model) -> None:
    assert card["model"]["hash"] == small.info.hash
    assert (card["held_out"]["utterances"], card["held_out"]["left_out"]) == (7, 1)
    assert (card["heard"]["utterances"], card["heard"]["nothing_heard"]) == (5, 1)
    assert card["heard"]["said"]["utterances"] == card["heard"]["heard"]["utterances"] == 5
    assert card["routing"]["differing"]
    assert card["routing"]["top_1"] == card["held_out"]["top_1"]


def test_what_was_heard_is_tried_as_it_was_heard(card: dict[str, Any]) -> None:
    lost = {each["words"]: each for each in card["heard"]["lost"]}
    assert lost["a hole in the tarmac by the shop"]["best"] == "library_services"
    assert all(each["expected"] != [each["best"]] for each in lost.values())


def test_every_mistake_is_told_with_its_place_and_words(card: dict[str, Any]) -> None:
    held_out = card["held_out"]
    mistaken = sum(each["times"] for each in held_out["confused"])
    assert mistaken == round((1 - held_out["top_1"][0]) * held_out["utterances"])
    assert mistaken <= len(held_out["wrong"])
    for each in held_out["wrong"]:
        assert re.fullmatch(r"tests/\w+\.yaml:2", each["at"])
    for pair in held_out["confused"]:
        assert len(pair["utterances"]) == pair["times"]


def test_nothing_to_try_is_said(small: Model) -> None:
    with pytest.raises(ContentError, match="nothing to try"):
        scorecard(small, UTTERANCES[:1], fixed_table(), trained_on=[UTTERANCES[0].words])


def test_utterances_that_nobody_has_heard_give_no_part_and_the_page_stands_without(small: Model) -> None:
    said: list[str] = []
    thresholds = {name: value for name, value in small.info.thresholds.items() if not name.startswith("alarm")}
    table = fixed_table()
    table = table.model_copy(update={"thresholds": table.thresholds.model_copy(update=thresholds)})
    found = scorecard(small, [utterance("pothole", "a huge pothole")], table, progress=said.append)
    assert (found["heard"], found["routing"], found["cross_validation"]) == (None, None, {})
    assert said == ["Trying utterances: 0 of 1"]
    shown = Page(page(found)).text
    assert "What Whisper heard" not in shown
    assert "routing.yaml does not have" not in shown


# --- aims --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        ([0.99, 0.98, 0.995, 900], "reached"),
        ([0.98, 0.95, 0.99, 100], "reached within noise"),
        ([0.96, 0.93, 0.98, 200], "missed within noise"),
        ([0.90, 0.88, 0.92, 900], "missed"),
        (None, "not measured"),
    ],
)
def test_an_aim_is_reached_or_missed_and_noise_is_named(share: list[float] | None, verdict: str) -> None:
    (row,) = [each for each in held_against({"held_out": {"urgent_found": share}}) if each["says"].startswith("urgent")]
    assert (row["aim"], row["floor"], row["verdict"]) == (0.97, 0.95, verdict)


def test_ceilings_are_reached_from_below() -> None:
    given = {"held_out": {"false_urgent": [0.002, 0.0, 0.006, 900]}}
    (row,) = [each for each in held_against(given) if each["says"].startswith("harmless")]
    assert (row["at_most"], row["verdict"]) == (True, "reached")


@pytest.mark.parametrize(("count", "verdict"), [(2_000, "reached"), (1_999, "not measured")])
def test_calibration_counts_from_enough_predictions(count: int, verdict: str) -> None:
    given = {"held_out": {}, "cross_validation": {"calibration_error": 0.02, "utterances": count}}
    (row,) = [each for each in held_against(given) if each["part"] == "cross_validation"]
    assert row["verdict"].split(":")[0] == verdict


def test_the_aims_of_the_service_are_all_shown_first(card: dict[str, Any], html: str) -> None:
    assert [each["says"] for each in card["aims"]] == [aim.says for aim in AIMS]
    text = Page(html).text
    assert all(text.index(aim.says) < text.index("Is confidence to be believed?") for aim in AIMS)


# --- the map of confusions ---------------------------------------------------------------------------------------


def test_the_map_of_confusions_holds_every_utterance_of_its_intents() -> None:
    def lived(expected: str, best: str) -> Lived:
        return Lived((expected, "also"), ((best, 0.9),), "accept", (best,))

    given = [lived("a", "a"), lived("a", "b"), lived("a", "also"), lived("a", "c"), lived("b", "c"), lived("c", "c")]
    assert confusion(given, 2) == {"intents": ["a", "b"], "rows": [[2, 1, 1], [0, 0, 1]]}
    assert confusion(given[:1]) == {"intents": [], "rows": []}


# --- the page ----------------------------------------------------------------------------------------------------


def test_the_page_loads_nothing_from_anywhere(html: str) -> None:
    found = Page(html)
    for tag, attributes in found.found:
        assert tag not in {"link", "iframe", "object", "embed", "img", "image", "base"}
        for name in ("src", "srcset", "data", "action", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    (policy,) = [each for each in found.all("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    assert (policy["content"] or "").startswith("default-src 'none'")


def test_words_are_shown_and_never_obeyed(html: str) -> None:
    assert NASTY in Page(html).text
    assert "<script>alert" not in html
    assert html.count("<script") == 1


def test_ids_are_unique_and_what_points_at_one_finds_it(html: str) -> None:
    found = Page(html).found
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    pointed = {(attributes.get(name) or "#")[1:] for _, attributes in found for name in ("href", "xlink:href")}
    pointed |= set(re.findall(r"url\(#([^)]+)\)", html)) | {
        str(a["aria-labelledby"]) for t, a in found if t == "section"
    }
    assert pointed - {""} <= set(ids)


def test_a_screen_reader_finds_its_way(html: str) -> None:
    found = Page(html)
    assert found.all("html") == [{"lang": "en-GB"}]
    assert len(found.all("caption")) == len(found.all("table"))
    assert all(each.get("scope") in {"col", "row"} for each in found.all("th"))
    drawings = [each for each in found.all("div") if each.get("role") == "img"]
    assert len(drawings) == len(found.all("svg")) == 5
    assert all(len(each["aria-label"] or "") > 60 for each in drawings)
    levels = [int(tag[1]) for tag, _ in found.found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_scrolls_is_reached_by_keyboard_and_whole_on_paper(html: str) -> None:
    found = Page(html)
    scrolling = [each for each in found.all("div") if each.get("class") == "scroll"]
    assert len(scrolling) == len(found.all("table")) + len(found.all("svg"))
    assert all((each["tabindex"], each["role"]) == ("0", "region") and each["aria-label"] for each in scrolling)
    _, printed = html.split("@media print")
    for rule in (".scroll { overflow: visible; }", "min-width: 0;", "max-width: 100%;", "max-height: 22cm;"):
        assert rule in printed


def test_plots_take_the_colour_of_the_page(card: dict[str, Any]) -> None:
    for plot in plots(card):
        assert plot.svg.startswith("<svg")
        assert "currentColor" in plot.svg
        assert not re.search(r"(fill|stroke): ?(#000|#fff|black|white)", plot.svg)


def test_the_same_scorecard_gives_the_same_page(card: dict[str, Any], html: str) -> None:
    assert page(card) == html


def test_the_list_of_mistakes_can_be_filtered_and_is_whole_without_the_script(card: dict[str, Any], html: str) -> None:
    found = Page(html)
    rows = [each for each in found.all("tr") if "data-outcome" in each]
    assert len(rows) == len(card["held_out"]["wrong"]) > 0
    assert not any("hidden" in each for each in rows)
    (filters,) = [each for each in found.all("div") if each.get("id") == "filters"]
    assert "hidden" in filters  # the script shows it
    options = {each["value"] for each in found.all("option")}
    for select in found.all("select"):
        assert all(row[f"data-{select['data-column']}"] in options for row in rows)


def test_the_page_says_where_routing_yaml_differs(card: dict[str, Any], html: str) -> None:
    text = Page(html).text
    assert "routing.yaml does not have this model's thresholds" in text
    for name, each in card["routing"]["differing"].items():
        assert f"{name} {each['routing']} (model: {each['model']})" in text

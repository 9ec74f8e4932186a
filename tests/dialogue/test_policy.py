"""The thresholds of design rule 5, case by case: under, exactly at, and over each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixed_table import fixed_table

from voicebot.dialogue.events import Heard, Ranked
from voicebot.dialogue.policy import judge, unclear
from voicebot.routing.table import Table

SHIPPED = fixed_table()
# accept 0.62, confirm 0.35, offer_two 0.45, refuse 0.5, urgent 0.3


def heard(language: str = "en", urgent: str | None = None, **ranked: float) -> Heard:
    best = tuple(sorted((Ranked(*each) for each in ranked.items()), key=lambda each: -each.confidence))
    return Heard("words", best, None, best[0].confidence if best else 0.0, language, urgent)


def with_thresholds(intent: str, **limits: float) -> Table:
    route = SHIPPED.intents[intent].model_copy(update=limits)
    return SHIPPED.model_copy(update={"intents": {**SHIPPED.intents, intent: route}})


@pytest.mark.parametrize(
    ("said", "decision", "intents"),
    [
        # accept
        (heard(pothole=0.62), "accept", ("pothole",)),
        (heard(pothole=0.9, flooding=0.1), "accept", ("pothole",)),
        (heard(pothole=0.619), "confirm", ("pothole",)),
        # confirm
        (heard(pothole=0.35), "confirm", ("pothole",)),
        (heard(pothole=0.5, flooding=0.24), "confirm", ("pothole",)),
        (heard(pothole=0.349), "ask_again", ()),
        # the two best: the second is at least half as likely as the first
        (heard(pothole=0.5, flooding=0.25), "offer_two", ("pothole", "flooding")),
        (heard(pothole=0.24, flooding=0.21), "offer_two", ("pothole", "flooding")),
        (heard(pothole=0.24, flooding=0.2), "ask_again", ()),
        (heard(pothole=0.3, flooding=0.15), "offer_two", ("pothole", "flooding")),
        # out of scope
        (heard(out_of_scope=0.5, pothole=0.4), "refuse", ()),
        (heard(out_of_scope=0.49, pothole=0.4), "confirm", ("pothole",)),
        (heard(out_of_scope=0.49, pothole=0.1), "ask_again", ()),
        # urgent: one, or all of them together, in the way of anything surer
        (heard(domestic_abuse=0.3, pothole=0.7), "urgent", ("domestic_abuse",)),
        (heard(domestic_abuse=0.15, child_safeguarding=0.15, pothole=0.7), "urgent", ("domestic_abuse",)),
        (heard(domestic_abuse=0.1, child_safeguarding=0.1, life_in_danger=0.1), "urgent", ("domestic_abuse",)),
        (heard(domestic_abuse=0.299, pothole=0.7), "accept", ("pothole",)),
        (heard(out_of_scope=0.6, life_in_danger=0.3), "urgent", ("life_in_danger",)),
        (heard(urgent="adult_safeguarding", pothole=0.99), "urgent", ("adult_safeguarding",)),
        (heard(urgent="pothole", flooding=0.99), "accept", ("flooding",)),
        (heard(urgent="nobody_knows", flooding=0.99), "accept", ("flooding",)),
        # an urgent topic that is not likely enough is not asked about aloud
        (heard(pothole=0.3, domestic_abuse=0.29), "ask_again", ()),
        (heard(domestic_abuse=0.29, pothole=0.28, flooding=0.2), "offer_two", ("pothole", "flooding")),
        # another language
        (heard("pl", pothole=0.61), "to_person", ()),
        (heard("pl", pothole=0.99), "to_person", ()),
        (heard("pl", out_of_scope=0.95), "to_person", ()),
        (heard("pl", life_in_danger=0.4), "urgent", ("life_in_danger",)),
        (heard("pl"), "to_person", ()),
        # nothing, or nothing that the table knows
        (heard(), "ask_again", ()),
        (heard(retired_intent=0.99), "ask_again", ()),
    ],
    ids=lambda value: (
        " ".join(f"{e.intent}={e.confidence}" for e in value.ranked) if isinstance(value, Heard) else None
    ),
)
def test_judge(said: Heard, decision: str, intents: tuple[str, ...]) -> None:
    verdict = judge(said, SHIPPED, 0)
    assert (verdict.name, verdict.intents) == (decision, intents)


@pytest.mark.parametrize(
    ("limits", "confidence", "decision"),
    [
        ({"accept": 0.9}, 0.89, "confirm"),
        ({"accept": 0.9}, 0.9, "accept"),
        ({"accept": 0.4}, 0.4, "accept"),
        ({"confirm": 0.6}, 0.59, "ask_again"),
        ({"confirm": 0.6}, 0.6, "confirm"),
        ({"accept": 0.0, "confirm": 0.0}, 0.01, "accept"),
    ],
)
def test_a_route_may_set_thresholds_of_its_own(limits: dict[str, float], confidence: float, decision: str) -> None:
    assert judge(heard(pothole=confidence), with_thresholds("pothole", **limits), 0).name == decision


def test_a_high_urgent_threshold_never_leaves_an_urgent_call_to_be_asked_about() -> None:
    thresholds = SHIPPED.thresholds.model_copy(update={"urgent": 0.9})
    table = SHIPPED.model_copy(update={"thresholds": thresholds})
    assert judge(heard(domestic_abuse=0.5), table, 0).name == "urgent"


def test_what_would_not_be_asked_about_is_not_urgent_because_it_cannot_be_asked_about() -> None:
    table = SHIPPED.model_copy(update={"thresholds": SHIPPED.thresholds.model_copy(update={"urgent": 0.5})})
    assert judge(heard(domestic_abuse=0.4, pothole=0.3), table, 0).name == "urgent"
    assert judge(heard(pothole=0.6, domestic_abuse=0.4), table, 0).intents == ("pothole",)


@pytest.mark.parametrize(
    ("said", "decision", "intents"),
    [
        (heard(pothole=0.9, flooding=0.1), "ask_again", ()),
        (heard(pothole=0.5, flooding=0.4), "confirm", ("flooding",)),
        (heard(pothole=0.2, flooding=0.7), "accept", ("flooding",)),
    ],
)
def test_what_is_turned_down_in_this_breath_is_left_out(said: Heard, decision: str, intents: tuple[str, ...]) -> None:
    verdict = judge(said, SHIPPED, 0, ("pothole",))
    assert (verdict.name, verdict.intents) == (decision, intents)


@pytest.mark.parametrize(
    ("said", "decision", "intents"),
    [
        (heard(pothole=0.9), "confirm", ("pothole",)),
        (heard(pothole=0.61, flooding=0.1), "ask_again", ()),
        (heard(pothole=0.5, flooding=0.36), "confirm", ("flooding",)),
        (heard(flooding=0.3, pothole=0.3, gritting=0.2), "offer_two", ("flooding", "gritting")),
    ],
)
def test_what_was_turned_down_before_is_asked_about_once_more_at_most(
    said: Heard, decision: str, intents: tuple[str, ...]
) -> None:
    verdict = judge(said, SHIPPED, 0, doubted=("pothole",))
    assert (verdict.name, verdict.intents) == (decision, intents)


@pytest.mark.parametrize(
    ("tries", "decision"), [(0, "ask_again"), (1, "offer_keys"), (2, "to_person"), (9, "to_person")]
)
def test_unclear(tries: int, decision: str) -> None:
    assert unclear(tries, "mumbling").name == decision
    assert judge(heard(pothole=0.1), SHIPPED, tries).name == decision


def test_every_verdict_rests_on_a_line_of_the_table() -> None:
    said = [heard(pothole=0.9), heard(pothole=0.4), heard(pothole=0.3, flooding=0.3), heard(out_of_scope=0.9), heard()]
    said += [heard(life_in_danger=0.5), heard("pl", pothole=0.2), heard(urgent="life_in_danger", pothole=0.9)]
    paths = [judge(each, SHIPPED, tries).path for each in said for tries in (0, 1, 2)]
    assert not [path for path in paths if path not in SHIPPED.lines]


@pytest.mark.parametrize(
    ("said", "tries", "decision"),
    [
        # an emergency is asked for once more, unless it is unmistakable; never twice
        (heard(domestic_abuse=0.45, pothole=0.3), 0, "ask_again"),
        (heard(domestic_abuse=0.45, child_safeguarding=0.34), 0, "ask_again"),
        (heard(domestic_abuse=0.45, child_safeguarding=0.35), 0, "urgent"),
        (heard(urgent="adult_safeguarding", adult_safeguarding=0.2, pothole=0.7), 0, "ask_again"),
        (heard(domestic_abuse=0.45, pothole=0.3), 1, "urgent"),
        # nobody is sent away for what may be a mishearing
        (heard(out_of_scope=0.97), 0, "ask_again"),
        (heard(out_of_scope=0.97), 1, "offer_keys"),
        (heard(out_of_scope=0.97), 2, "to_person"),
        # the rest is as ever
        (heard(pothole=0.9), 0, "accept"),
        (heard(pothole=0.5), 0, "confirm"),
        (heard("pl", pothole=0.9), 0, "to_person"),
    ],
)
def test_what_was_heard_doubtfully(said: Heard, tries: int, decision: str) -> None:
    verdict = judge(replace(said, doubtful=True), SHIPPED, tries)
    assert verdict.name == decision
    assert verdict.rule.startswith("heard doubtfully: ") == (decision in ("ask_again", "offer_keys") or tries == 2)

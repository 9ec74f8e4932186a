"""What the caller's words mean in answer to what was asked, whatever the model makes of them. Pure, and quick."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.dialogue.actions import Expecting
from voicebot.nlu.clean import clean
from voicebot.nlu.options import by_number, choose_option, exact
from voicebot.nlu.places import choose_place
from voicebot.nlu.universals import universal
from voicebot.nlu.vague import says_nothing, wants_somebody
from voicebot.nlu.yes_no import CERTAIN, YesNo, yes_no

UNIVERSAL = 0.97
BARE = 4
"""Words of the longest answer that is surely nothing but an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`choice`: an option's id, yes, no or a universal; None where the words answer nothing. `confidence` 0 to 1.

    `rest` is what remains to be ranked as a request: all words where there is no choice, or where an emergency may hide
    in them; what follows "no" or "yes"; "" where the answer was all she said, or where she has said nothing yet.
    """

    choice: str | None
    confidence: float
    rest: str


def match_answer(words: str, expecting: Expecting) -> Answer:
    """Match `words`, as the recogniser wrote them, against what was asked. Options come before universals, because a
    word that was just offered means the offer ("more", "the switchboard"); universals before guesses."""
    text = clean(words)
    said = yes_no(text, words)
    if expecting.kind == "keys":
        return _keys(text)
    if not text:
        return Answer(said.choice, said.confidence, "") if said else Answer(None, 0.0, "")
    offered = expecting.kind in ("options", "place")
    chosen = (exact(text, expecting.options) or by_number(text, expecting.options)) if offered else None
    if chosen is not None:
        return Answer(chosen[0], chosen[1], "")
    if expecting.kind == "yes_no" and said is not None and not said.rest:
        return _from_yes_no(said)
    name = universal(text)
    if name is not None:
        return Answer(name, UNIVERSAL, _besides(text))
    if wants_somebody(text):
        return Answer("advisor", UNIVERSAL, "")
    return _open(text, expecting, said)


def _keys(text: str) -> Answer:
    name = universal(text)
    return Answer(name, UNIVERSAL, "") if name else Answer(None, 0.0, text)


def _open(text: str, expecting: Expecting, said: YesNo | None) -> Answer:
    if expecting.kind == "yes_no" and said is not None:
        return _from_yes_no(said)
    if expecting.kind == "options":
        body = said.rest if said is not None and said.rest else text
        chosen = choose_option(body, expecting.options)
        if chosen is not None:
            return Answer(chosen[0], chosen[1], _said(text))
        if said is not None and (not said.rest or said.choice == "no"):
            return _from_yes_no(said)
    if expecting.kind == "place":
        chosen = choose_place(text, expecting.options)
        if chosen is not None:
            return Answer(chosen[0], chosen[1], _besides(text))
    if said is not None and not said.rest and said.confidence >= CERTAIN - 0.1:
        return _from_yes_no(said)
    return Answer(None, 0.0, _said(text))


def _said(text: str) -> str:
    """What is to be ranked: all of it, for "he's hitting my mum" picks "mum" of the options; unless it says nothing."""
    return "" if says_nothing(text) else text


def _besides(text: str) -> str:
    return text if len(text.split()) > BARE else ""


def _from_yes_no(said: YesNo) -> Answer:
    return Answer(said.choice, said.confidence, _said(said.rest))

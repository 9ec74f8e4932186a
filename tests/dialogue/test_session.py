"""The session between two turns: what goes in comes out, and what can't be read says so."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from voicebot.dialogue.actions import Ask, Expecting, Option, TakeMessage
from voicebot.dialogue.session import READABLE, SESSION_VERSION, Outcome, Session, Stage, dump_session, load_session
from voicebot.errors import StorageError

FRESH = Session("CA" + "0" * 32, "table", "model", "mobile")
OPTIONS = (Option("text", ("text", "text me"), "2"), Option("north-vale", ("Banfield",)))
ASKED = (
    None,
    Ask("Is it about {brackets} & “quotes”?", Expecting("yes_no")),
    Ask("For a text, press 2.", Expecting("options", OPTIONS), slow=True, patience=5, hints=("Banfield", "Łódź")),
    TakeMessage("Please leave a message.", "switchboard", 120, slow=True),
)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: type(asked).__name__)
@pytest.mark.parametrize("stage", get_args(Stage))
def test_it_comes_back_as_it_was(stage: Stage, asked: Ask | TakeMessage | None) -> None:
    for outcome in (None, *get_args(Outcome)):
        session = FRESH.with_(
            turn=7,
            stage=stage,
            tries=2,
            slow=True,
            asked=asked,
            intent="pothole",
            option="new",
            candidates=("pothole", "flooding"),
            district="north-vale",
            queue="highways",
            lines=("highways", "switchboard"),
            page=1,
            words="the hole in Łódź Street\n😀",
            refused=1,
            turned_down=("gritting",),
            texted=("pothole", "pothole.new"),
            told=("snow", "car-park"),
            language="pl",
            leaving=True,
            restricted=True,
            outcome=outcome,
        )
        assert load_session(dump_session(session)) == session


def test_a_fresh_one_comes_back_as_it_was() -> None:
    assert load_session(dump_session(FRESH)) == FRESH


VERSION_2 = """{"call_id": "CA00000000000000000000000000000001", "table": "8f3c", "model": "c3e0", "caller": "landline",
"version": 2, "turn": 6, "stage": "message", "tries": 0, "slow": true, "asked": {"text": "Please leave a message.",
"queue": "highways", "seconds": 120, "slow": true}, "intent": "pothole", "candidates": [], "district": "north-vale",
"queue": "highways", "lines": ["highways"], "page": 0, "words": "a hole in the road", "refused": 1,
"turned_down": ["gritting"], "texted": ["pothole"], "leaving": false, "restricted": false, "outcome": null}"""
"""As version 2 of the bot stored it."""


def test_a_call_goes_on_that_the_version_before_began() -> None:
    session = load_session(VERSION_2)
    assert session == Session(
        "CA00000000000000000000000000000001",
        "8f3c",
        "c3e0",
        "landline",
        turn=6,
        stage="message",
        slow=True,
        asked=TakeMessage("Please leave a message.", "highways", 120, slow=True),
        intent="pothole",
        district="north-vale",
        queue="highways",
        lines=("highways",),
        words="a hole in the road",
        refused=1,
        turned_down=("gritting",),
        texted=("pothole",),
    )
    assert session.version == SESSION_VERSION, "what is stored next is of this version"


@pytest.mark.parametrize("version", [min(READABLE) - 1, SESSION_VERSION + 1])
def test_another_version_is_refused_by_its_number(version: int) -> None:
    with pytest.raises(StorageError, match=f"version {version}, this is {SESSION_VERSION}"):
        load_session(dump_session(FRESH.with_(version=version)))


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "null",
        "[]",
        "{",
        "not json",
        dump_session(FRESH)[:-20],
        json.dumps({**json.loads(dump_session(FRESH)), "stage": "nowhere"}),
        json.dumps({**json.loads(dump_session(FRESH)), "asked": {"text": "half of a question"}}),
        json.dumps({key: value for key, value in json.loads(dump_session(FRESH)).items() if key != "call_id"}),
    ],
)
def test_damage_is_a_storage_error(damage: str) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        load_session(damage)

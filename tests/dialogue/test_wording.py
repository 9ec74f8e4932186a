"""What the advisor hears, what goes along on SIP, and what the recogniser is told to expect."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from golden import LONDON

from voicebot.dialogue.actions import Expecting, Option
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Scene
from voicebot.dialogue.wording import ask, headers, whisper
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table

SMALL = load_table(Path(__file__).parent / "small" / "routing.yaml")
FRESH = Session("CA" + "0" * 32, "table", "model", "mobile", intent="school_transport", words="it {never} comes")


def scene(table: Table = SMALL, **changes: object) -> Scene:
    return Scene(FRESH.with_(**changes), table, datetime(2026, 11, 24, 11, 0, tzinfo=LONDON))


def at_the_line(own: str | bool, **changes: object) -> Table:
    line = SMALL.queues["transport"].model_copy(update={"whisper": own, **changes})
    return SMALL.model_copy(update={"queues": {**SMALL.queues, "transport": line}})


@pytest.mark.parametrize(
    ("own", "session", "expected"),
    [
        (True, {}, "Call about school transport. The caller said: it {never} comes"),
        (True, {"option": "new"}, "Call about school transport, a new application. The caller said: it {never} comes"),
        (True, {"words": ""}, "Call about school transport."),
        (True, {"intent": None}, None),
        (False, {}, None),
        (False, {"restricted": True}, None),
        ("School bus desk.", {}, "School bus desk."),
        ("School bus desk.", {"intent": None}, "School bus desk."),
        ("{topic}: {words}", {"option": "new"}, "school transport, a new application: it {never} comes"),
        ("{topic}: {words}", {"words": ""}, "Call about school transport."),
        ("It is {topic}", {"intent": None}, None),
        ("{topic}", {"restricted": True}, "Urgent call. The caller pressed the key for danger."),
        (True, {"restricted": True, "intent": None}, "Urgent call. The caller pressed the key for danger."),
        (
            "{topic}",
            {"restricted": True, "intent": "child_safeguarding"},
            "Urgent call about a child at risk. The caller is waiting.",
        ),
        (True, {"intent": None, "language": "pl"}, "The caller speaks Polish."),
        ("School bus desk.", {"language": "pl"}, "The caller speaks Polish. School bus desk."),
        (False, {"language": "pl"}, None),
        (True, {"intent": None, "language": "es"}, "The caller speaks another language."),
        (
            True,
            {"language": "es", "restricted": True},
            "The caller speaks another language. Urgent call. The caller pressed the key for danger.",
        ),
        (False, {"language": "es"}, None),
    ],
)
def test_whisper(own: str | bool, session: dict[str, object], expected: str | None) -> None:
    assert whisper(scene(at_the_line(own), **session), "transport") == expected


def test_nothing_is_whispered_to_others() -> None:
    assert whisper(scene(at_the_line("Hello.", external=True)), "transport") is None


@pytest.mark.parametrize(
    ("priority", "session", "high"),
    [
        ("normal", {}, False),
        ("high", {}, True),
        ("normal", {"restricted": True}, True),
        ("normal", {"intent": "child_safeguarding"}, True),
    ],
)
def test_priority(priority: str, session: dict[str, object], high: bool) -> None:
    sent = headers(scene(at_the_line(True, priority=priority), **session), "transport")
    assert sent.get("X-Priority") == ("high" if high else None)


@pytest.mark.parametrize(
    ("session", "sent"),
    [
        ({}, "school_transport"),
        ({"restricted": True}, None),
        ({"restricted": True, "intent": "child_safeguarding"}, "child_safeguarding"),
    ],
)
def test_what_she_rang_about_is_not_what_is_urgent_where_she_pressed_the_key_for_danger(
    session: dict[str, object], sent: str | None
) -> None:
    assert headers(scene(**session), "transport").get("X-Intent") == sent


@pytest.mark.parametrize(
    ("expecting", "hints"),
    [
        (Expecting("request"), ("Chipping Marl", "County Hall")),
        (Expecting("place", (Option("a", ("Didbury", "County Hall")),)), ("Didbury", "County Hall", "Chipping Marl")),
        (Expecting("yes_no"), ("Yes", "Yes please", "No", "No thank you", "Advisor")),
        (Expecting("options", (Option("a", ("Didbury",)),)), ("Yes", "Yes please", "No", "No thank you", "Advisor")),
    ],
)
def test_hints(expecting: Expecting, hints: tuple[str, ...]) -> None:
    assert ask(scene(), "Which?", expecting).hints == hints

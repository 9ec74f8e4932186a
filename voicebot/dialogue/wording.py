"""Fills the prompts of routing.yaml and builds what is said to the caller and the advisor. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.dialogue.actions import Action, Ask, Expecting, Option, Say, TakeMessage
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Scene
from voicebot.routing.table import Route, Table

SLOW_PATIENCE = 5
PATIENCE = 3
"""Seconds of silence that end an utterance; 5 for those who asked for "slower" (Twilio's `timeout` for `<Record>`)."""

WHISPER_WORDS = 200
"""Characters of the caller's words that an advisor is read, about 15 seconds of speech."""

YES_NO = Expecting("yes_no")
REQUEST = Expecting("request")
DANGER = Option("danger", ("danger", "emergency", "someone is in danger", "not safe"), "1")
TEXT = Option("text", ("text", "text message", "send me a text", "text me", "by text"), "2")
MESSAGE = Option("message", ("message", "leave a message", "voicemail", "leave message"), "3")


def prompt(table: Table, name: str, /, **variables: str) -> str:
    """The wording of `name` with its variables filled. The loader has checked that it exists and what it uses."""
    return table.wording[name].format(**variables)


def say(scene: Scene, name: str, /, **variables: str) -> Say:
    return Say(prompt(scene.table, name, **variables), slow=scene.session.slow)


def join(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())


def ask(scene: Scene, text: str, expecting: Expecting) -> Ask:
    slow = scene.session.slow
    hints = tuple(name for option in expecting.options for name in option.phrases) if expecting.kind == "place" else ()
    return Ask(text, expecting, slow=slow, patience=SLOW_PATIENCE if slow else PATIENCE, hints=hints)


def slowed(action: Ask | TakeMessage) -> Ask | TakeMessage:
    if isinstance(action, Ask):
        return replace(action, slow=True, patience=SLOW_PATIENCE)
    return replace(action, slow=True)


def team(table: Table, queue: str) -> str:
    return table.queues[queue].name


def topic(table: Table, intent: str) -> str:
    return table.intents[intent].about


def whisper(scene: Scene, route: Route | None) -> str | None:
    """What the advisor hears before the caller is joined; nothing where nothing is known of the call."""
    table, session = scene.table, scene.session
    if route is None:
        return None
    if route.kind == "urgent" or session.restricted:
        return prompt(table, "whisper_urgent", topic=route.about)
    words = session.words[:WHISPER_WORDS]
    if not words:
        return prompt(table, "whisper_no_words", topic=route.about)
    return prompt(table, "whisper", topic=route.about, words=words)


def headers(session: Session, urgent: bool) -> dict[str, str]:
    """SIP headers for a contact centre: ASCII without line breaks. The words stay out of urgent calls: somebody who
    should not read them may see a SIP trace."""
    values = {
        "X-Call-Id": session.call_id,
        "X-Intent": session.intent or "",
        "X-Words": "" if urgent else session.words,
    }
    return {name: _header(value) for name, value in values.items() if value}


def _header(value: str) -> str:
    ascii_only = value.encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", ascii_only).strip()[:WHISPER_WORDS]


def heard_by_caller(actions: tuple[Action, ...]) -> str:
    """Everything these actions say aloud, for the record of the turn and for `why`."""
    return join(*(action.text for action in actions if isinstance(action, Say | Ask | TakeMessage)))

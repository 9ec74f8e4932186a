"""Fills the prompts of routing.yaml and builds what is said to the caller and the advisor. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.dialogue.actions import Action, Ask, Expecting, Option, Say, TakeMessage
from voicebot.dialogue.turn import Scene
from voicebot.routing.table import Table

SLOW_PATIENCE = 5
PATIENCE = 3
"""Seconds of silence that end an utterance; 5 for those who asked for "slower" (Twilio's `timeout` for `<Record>`)."""

WHISPER_WORDS = 200
"""Characters of the caller's words that an advisor is read, about 15 seconds of speech."""

SHORT_ANSWERS = ("Yes", "Yes please", "No", "No thank you", "Advisor")
"""What the recogniser should expect where a word or two is the likely answer. On a bad mobile line `base` heard "No
thank you" in 3 of 8 without it ("Nice to meet you", "Now thank you") and in 7 with it, "Advisor" in 0 and in 3."""

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
    return Ask(
        text, expecting, slow=slow, patience=SLOW_PATIENCE if slow else PATIENCE, hints=_hints(scene.table, expecting)
    )


def _hints(table: Table, expecting: Expecting) -> tuple[str, ...]:
    """What may come up: the local names where she may say anything, with those of the districts where a place is asked
    for; else short answers."""
    if expecting.kind not in ("request", "place"):
        return SHORT_ANSWERS
    places = [name for option in expecting.options for name in option.phrases]
    return tuple(dict.fromkeys((*places, *table.vocabulary)))


def slowed(action: Ask | TakeMessage) -> Ask | TakeMessage:
    if isinstance(action, Ask):
        return replace(action, slow=True, patience=SLOW_PATIENCE)
    return replace(action, slow=True)


def team(table: Table, queue: str) -> str:
    return table.queues[queue].name


def topic(table: Table, intent: str) -> str:
    return table.intents[intent].about


def texted_as(scene: Scene) -> str:
    """How the text message of what she is calling about is remembered once it is sent: an option with one of its own
    counts apart from its intent."""
    session, own = scene.session, scene.table.intents.get(scene.session.intent or "")
    same = own is None or scene.route is None or scene.route.message == own.message
    return (session.intent or "") if same else f"{session.intent}.{session.option}"


def can_be_texted(scene: Scene) -> bool:
    """Whether there is a text message to offer: each is sent once."""
    route = scene.route
    return route is not None and route.message is not None and texted_as(scene) not in scene.session.texted


def whisper(scene: Scene, queue: str) -> str | None:
    """What the advisor at `queue` hears before the caller is joined; None where nothing may be said there, or nothing
    is known of the call."""
    line = scene.table.queues[queue]
    if line.external or line.whisper is False:
        return None
    return join(_what_she_speaks(scene), _about_the_call(scene, line.whisper)) or None


def _what_she_speaks(scene: Scene) -> str:
    table, code = scene.table, scene.session.language
    if code is None:
        return ""
    if code not in table.languages:
        return prompt(table, "whisper_another_language")
    return prompt(table, "whisper_language", language=table.languages[code].name)


def _about_the_call(scene: Scene, own: str | bool) -> str:
    """`own` are the queue's words. Those of an urgent call stay the usual ones: they say that it is urgent."""
    table, route, topic = scene.table, scene.route, scene.topic
    words = scene.session.words[:WHISPER_WORDS]
    urgent = scene.session.restricted or (route is not None and route.kind == "urgent")
    if isinstance(own, str) and not urgent and (topic or "{topic}" not in own) and (words or "{words}" not in own):
        return own.format(topic=topic, words=words)
    if scene.danger:
        # What she rang about is not what is urgent: it would only mislead.
        return prompt(table, "whisper_danger")
    if route is None:
        return ""
    if urgent:
        return prompt(table, "whisper_urgent", topic=topic)
    if not words:
        return prompt(table, "whisper_no_words", topic=topic)
    return prompt(table, "whisper", topic=topic, words=words)


def headers(scene: Scene, queue: str) -> dict[str, str]:
    """SIP headers for a contact centre: ASCII without line breaks. The words stay out of urgent calls: somebody who
    should not read them may see a SIP trace. The intent stays out where she pressed the key for danger: it is not what
    is urgent."""
    session, route = scene.session, scene.route
    urgent = session.restricted or (route is not None and route.kind == "urgent")
    high = urgent or scene.table.queues[queue].priority == "high"
    values = {
        "X-Call-Id": session.call_id,
        "X-Intent": "" if scene.danger else session.intent or "",
        "X-Priority": "high" if high else "",
        "X-Words": "" if urgent else session.words,
    }
    return {name: _header(value) for name, value in values.items() if value}


def _header(value: str) -> str:
    ascii_only = value.encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", ascii_only).strip()[:WHISPER_WORDS]


def heard_by_caller(actions: tuple[Action, ...]) -> str:
    """Everything these actions say aloud, for the record of the turn and for `why`."""
    return join(*(action.text for action in actions if isinstance(action, Say | Ask | TakeMessage)))

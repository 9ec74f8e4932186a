"""What the caller leaves, and what she is sent: messages after the tone, and text messages. Pure."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expecting, SendText, TakeMessage
from voicebot.dialogue.answers import anything_else
from voicebot.dialogue.closed import open_now
from voicebot.dialogue.lines import message_queue, to_person
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import ask, can_be_texted, prompt, say, team, texted_as

MESSAGE_SECONDS = 120

MOBILE = re.compile(r"(?:\+?44|0044|0)(7\d{9})")
"""A UK mobile number as people key it in: 07…, 447… or 00447…, ten digits from the 7 on (Ofcom's numbering plan)."""


# --- messages left -----------------------------------------------------------------------------------------------


def take_message(scene: Scene, rule: str, again: bool = False) -> Turn:
    """Record a message for the line she wanted, or for the default queue where that is an outside one."""
    table, session = scene.table, scene.session
    queue = message_queue(table, session.queue or table.council.default_queue)
    name = "message_missing" if again else "message"
    request = TakeMessage(prompt(table, name, team=team(table, queue)), queue, MESSAGE_SECONDS, session.slow)
    after = session.with_(stage="message", queue=queue, asked=request, tries=session.tries + 1 if again else 0)
    at = str(table.where(f"queues.{queue}"))
    return Turn(
        after,
        (request,),
        Decision("accept", rule, at, session.intent, None, "closed", queue, open_now(scene, queue)),
    )


def message_left(scene: Scene) -> Turn:
    table, session = scene.table, scene.session
    queue = session.queue or table.council.default_queue
    here = Scene(session.with_(outcome="message_left"), table, scene.now)
    at = str(table.where(f"queues.{queue}"))
    decision = Decision("accept", "a message was left", at, session.intent, queue=queue)
    return anything_else(here, say(here, "message_taken", team=team(table, queue)), decision=decision)


# --- text messages -----------------------------------------------------------------------------------------------


def text_it(scene: Scene, rule: str) -> Turn:
    """Send the text message of this intent, asking for a mobile number where the caller did not ring from one."""
    session = scene.session
    decision = Decision("accept", rule, scene.at, session.intent, None, "answer", session.queue)
    if not can_be_texted(scene):
        return anything_else(scene, say(scene, "text_only_once"), decision=decision)
    if session.caller == "mobile":
        return _send(scene, None, decision)
    return _ask_mobile(scene, decision)


def mobile_number(scene: Scene, keys: str) -> Turn:
    """The keys she pressed when asked for a number. 0 alone, however often, is a person, as everywhere."""
    session = scene.session
    number = re.sub(r"[^\d+]", "", keys)
    if number and not number.strip("0"):
        return to_person(scene, "to_person", "asked for an advisor")
    found = MOBILE.fullmatch(number)
    if found:
        decision = Decision(
            "accept", "a mobile number was keyed in", scene.at, session.intent, action="answer", queue=session.queue
        )
        return _send(scene, f"+44{found.group(1)}", decision)
    return no_number(scene, "that is no UK mobile number")


def no_number(scene: Scene, rule: str, because: str = "mobile_again") -> Turn:
    """Ask for the number once more, with the prompt `because`; then let it be."""
    at = str(scene.table.where("wording.mobile"))
    decision = Decision("ask_again", rule, at, scene.session.intent, action="ask")
    if scene.session.tries == 0:
        return _ask_mobile(scene, decision, because, tries=1)
    return anything_else(scene, say(scene, "mobile_given_up"), decision=decision)


def _ask_mobile(scene: Scene, decision: Decision, name: str = "mobile", tries: int = 0) -> Turn:
    session = scene.session.with_(stage="mobile", tries=tries)
    here = Scene(session, scene.table, scene.now)
    question = ask(here, prompt(scene.table, name), Expecting("keys"))
    return Turn(session.with_(asked=question), (question,), decision)


def _send(scene: Scene, to: str | None, decision: Decision) -> Turn:
    session, route = scene.session, scene.route
    body = (route.message if route is not None else None) or ""
    here = scene.with_(texted=(*session.texted, texted_as(scene)), outcome=session.outcome or "answered")
    text = SendText(body, to)
    return anything_else(here, text, say(here, "text_sent"), decision=decision)

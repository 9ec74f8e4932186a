"""What a caller may say at any point of any call: repeat, slower, help, start again, goodbye, advisor. Pure."""

from __future__ import annotations

from voicebot.dialogue import questions
from voicebot.dialogue.actions import HangUp, Say
from voicebot.dialogue.lines import to_person
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import prompt, say, slowed
from voicebot.routing.table import SPEAK_TO_ADVISOR

BY_VOICE = frozenset({"repeat", "slower", "help", "start_again", "goodbye", "advisor"})


def answer(scene: Scene, which: str) -> Turn:
    match which:
        case "advisor":
            return _advisor(scene)
        case "repeat":
            return _again(scene, Decision("universal", "repeat", at(scene, "opening")))
        case "slower":
            slow = Scene(scene.session.with_(slow=True), scene.table, scene.now)
            return _again(slow, Decision("universal", "slower", at(scene, "slower")), say(slow, "slower"))
        case "help":
            return _again(scene, Decision("universal", "help", at(scene, "help")), say(scene, "help"))
        case "start_again":
            # A message that was left stays left, whatever comes of the rest.
            outcome = scene.session.outcome if scene.session.outcome == "message_left" else None
            fresh = scene.session.with_(district=None, outcome=outcome, refused=0)
            here = Scene(fresh, scene.table, scene.now)
            text = prompt(scene.table, "start_again")
            return questions.opening(here, Decision("universal", "start again", at(scene, "start_again")), text=text)
        case _:
            return goodbye(scene)


def at(scene: Scene, name: str) -> str:
    return str(scene.table.where(f"wording.{name}"))


def _advisor(scene: Scene) -> Turn:
    """A person; where nothing else is known of her call, that is what it is about."""
    session, table = scene.session, scene.table
    if session.intent is None and SPEAK_TO_ADVISOR in table.intents:
        scene = Scene(session.with_(intent=SPEAK_TO_ADVISOR), table, scene.now)
    return to_person(scene, "to_person", "asked for an advisor")


def _again(scene: Scene, decision: Decision, *before: Say) -> Turn:
    session = scene.session
    asked = session.asked
    if asked is None:
        return questions.opening(scene, decision, *before)
    if session.slow:
        asked = slowed(asked)
    again = session.with_(asked=asked)
    act = Decision(decision.name, decision.rule, decision.at, session.intent, action="ask", queue=session.queue)
    return Turn(again, (*before, asked), act)


BEFORE_ANY_HELP = (
    "request",
    "confirm",
    "offer_two",
    "keys",
    "district",
    "district_keys",
    "follow_up",
    "follow_up_keys",
)


def goodbye(scene: Scene) -> Turn:
    """End the call, but not on a single stray "bye" before she has had anything: recognisers hear that in noise."""
    session = scene.session
    decision = Decision("universal", "goodbye", at(scene, "goodbye"), session.intent)
    if session.outcome is None and not session.leaving and session.stage in BEFORE_ANY_HELP:
        here = Scene(session.with_(leaving=True), scene.table, scene.now)
        return _again(here, decision, say(here, "before_you_go"))
    return end(scene, decision)


def end(scene: Scene, decision: Decision) -> Turn:
    """The call is over: she has said so, or nobody is there."""
    ended = scene.session.with_(stage="ended", outcome=scene.session.outcome or "abandoned", asked=None)
    return Turn(ended, (say(scene, "goodbye"), HangUp()), decision)

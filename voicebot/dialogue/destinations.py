"""What becomes of an intent: connected, answered, signposted, or asked a question of its own first. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.dialogue import notices
from voicebot.dialogue.actions import Expecting, Option
from voicebot.dialogue.answers import read
from voicebot.dialogue.closed import closed, open_now
from voicebot.dialogue.follow_up import answered_in, ask_first, asked_of
from voicebot.dialogue.lines import forward, put_through, urgent
from voicebot.dialogue.turn import Decision, DecisionName, Scene, Turn
from voicebot.dialogue.wording import YES_NO, ask, join, prompt, team
from voicebot.routing.table import TO_DISTRICT, Route, Table

DONT_KNOW = "dont_know"
DONT_KNOW_PHRASES = (
    "i don't know",
    "don't know",
    "not sure",
    "i'm not sure",
    "no idea",
    "none of them",
    "somewhere else",
)


def go(
    scene: Scene, intent: str, name: DecisionName, rule: str, confidence: float | None = None, said: str | None = None
) -> Turn:
    """Do what routing.yaml says of `intent`. `name` and `rule` tell how it was arrived at.

    `said` are words that may answer the intent's follow-up question already; without them, those that she rang with."""
    table = scene.table
    route = table.intents[intent]
    if route.kind == "urgent":
        return urgent(scene, intent, rule, str(table.where(f"intents.{intent}")), confidence)
    changes = {"intent": intent, "option": None, "tries": 0, "candidates": (), "turned_down": (), "refused": 0}
    if intent != scene.session.intent:
        changes["lines"] = ()
    here = scene.with_(**changes, page=0, leaving=False)
    words = scene.session.words if said is None else said
    option = answered_in(words, route.ask) if route.ask is not None else None
    if option is not None:
        turn = option_chosen(here, option, name, f"{rule}; said {option} in the same breath", confidence)
    elif route.ask is not None:
        turn = ask_first(here, route.ask, Decision(name, rule, here.at, intent, confidence))
    else:
        turn = _arrive(here, name, rule, confidence)
    return notices.before(turn, here, intent)


def option_chosen(scene: Scene, option: str, name: DecisionName, rule: str, confidence: float | None = None) -> Turn:
    """An option of the follow-up question: another intent, or what the option says of its own."""
    question = asked_of(scene)
    choice = question.options[option] if question is not None else None
    if choice is not None and choice.intent is not None:
        return go(scene, choice.intent, name, rule, confidence, said="")
    return _arrive(scene.with_(option=option, tries=0, page=0), name, rule, confidence)


def _arrive(scene: Scene, name: DecisionName, rule: str, confidence: float | None) -> Turn:
    """What she is calling about is known, down to the option."""
    intent, route = scene.session.intent or "", scene.route or scene.table.intents[scene.session.intent or ""]
    if route.kind == "urgent":
        return urgent(scene, intent, rule, scene.at, confidence)
    if route.kind == "answer":
        return read(scene, Decision(name, rule, scene.at, intent, confidence, "answer", route.to))
    if route.kind == "signpost":
        return _signpost(scene, route, Decision(name, rule, scene.at, intent, confidence, "signpost", None))
    return put_through(scene, route.to, name, rule, scene.at, confidence)


# --- signposts ---------------------------------------------------------------------------------------------------


def _signpost(scene: Scene, route: Route, decision: Decision) -> Turn:
    if route.to != TO_DISTRICT:
        return offer_signpost(scene, route.to, decision)
    known = district_named(scene.table, scene.session.words) or scene.session.district
    if known is not None:
        return _to_district(scene, known, decision)
    elsewhere = route.when_closed
    if elsewhere and open_now(scene, elsewhere) and not any(open_now(scene, d.queue) for d in scene.table.districts):
        # Nobody's line is open, so the answer to "which town?" would change nothing: do not make her wait for it.
        return forward(scene, None, elsewhere, decision)
    return ask_district(scene, decision)


def district_named(table: Table, words: str) -> str | None:
    """The queue of the one district that `words` name, by itself or by one of its places; None for none or several."""
    said = words.casefold()
    found = {
        each.queue
        for each in table.districts
        if any(re.search(rf"\b{re.escape(name.casefold())}\b", said) for name in (each.name, *each.places))
    }
    return found.pop() if len(found) == 1 else None


def places_expected(scene: Scene) -> Expecting:
    options = [Option(each.queue, (each.name, *each.places)) for each in scene.table.districts]
    return Expecting("place", (*options, Option(DONT_KNOW, DONT_KNOW_PHRASES)))


def ask_district(scene: Scene, decision: Decision) -> Turn:
    session = scene.session.with_(stage="district")
    here = Scene(session, scene.table, scene.now)
    question = ask(here, prompt(scene.table, "district"), places_expected(scene))
    return Turn(session.with_(asked=question), (question,), replace(decision, action="ask"))


def district_chosen(scene: Scene, queue: str, rule: str) -> Turn:
    return _to_district(scene, queue, Decision("accept", rule, scene.at, scene.session.intent, None, "signpost", queue))


def _to_district(scene: Scene, queue: str, decision: Decision) -> Turn:
    """The caller's district is known: say whose service it is and offer to connect, or go where `when_closed` says."""
    here = scene.with_(district=queue, tries=0, page=0)
    elsewhere = scene.route.when_closed if scene.route is not None else None
    if elsewhere and not open_now(here, queue) and open_now(here, elsewhere):
        return forward(here, queue, elsewhere, decision)
    return offer_signpost(here, queue, decision)


def offer_signpost(scene: Scene, queue: str, decision: Decision) -> Turn:
    """Whose service it is, and the offer to connect; where that line is closed, when it opens instead of the offer."""
    table = scene.table
    session = scene.session.with_(stage="signpost", queue=queue, outcome="signposted", tries=0)
    here = Scene(session, table, scene.now)
    whose = prompt(table, "signpost", team=team(table, queue))
    signposted = replace(decision, action="signpost", queue=queue, open=open_now(here, queue))
    if not signposted.open:
        return closed(here, queue, signposted, whose)
    question = ask(here, join(whose, prompt(table, "signpost_offer")), YES_NO)
    return Turn(session.with_(asked=question), (question,), signposted)

"""What becomes of an intent: connected, answered, signposted, or asked for the district first. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.dialogue.actions import Action, Expecting, Option
from voicebot.dialogue.lines import closed, forward, open_now, put_through, urgent
from voicebot.dialogue.turn import Decision, DecisionName, Scene, Turn
from voicebot.dialogue.wording import REQUEST, YES_NO, ask, join, prompt, team
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
ADVISOR_TEXT_KEY = "1"


def go(scene: Scene, intent: str, name: DecisionName, rule: str, confidence: float | None = None) -> Turn:
    """Do what routing.yaml says of `intent`. `name` and `rule` tell how it was arrived at."""
    table = scene.table
    route = table.intents[intent]
    at = str(table.where(f"intents.{intent}"))
    if route.kind == "urgent":
        return urgent(scene, intent, rule, at, confidence)
    changes = {"intent": intent, "tries": 0, "candidates": (), "turned_down": (), "refused": 0, "page": 0}
    if intent != scene.session.intent:
        changes["lines"] = ()
    here = Scene(scene.session.with_(**changes, leaving=False), table, scene.now)
    if route.kind == "answer":
        return answer(here, intent, Decision(name, rule, at, intent, confidence, "answer", route.to))
    if route.kind == "signpost":
        return _signpost(here, route, Decision(name, rule, at, intent, confidence, "signpost", None))
    return put_through(here, route.to, name, rule, at, confidence)


def answer(scene: Scene, intent: str, decision: Decision) -> Turn:
    """Read the answer, then offer a repetition, the text message, an advisor, and ask whether there is anything
    else."""
    table = scene.table
    route = table.intents[intent]
    session = scene.session.with_(stage="answered", queue=_line_of(route), outcome="answered", tries=0)
    here = Scene(session, table, scene.now)
    options = _after_answer_options(route, intent in session.texted)
    offers = [prompt(table, "after_answer_text", key=ADVISOR_TEXT_KEY)] if options else []
    text = join(route.answer or "", *offers, prompt(table, "after_answer"))
    question = ask(here, text, Expecting("options", options))
    return Turn(session.with_(asked=question), (question,), decision)


def _line_of(route: Route) -> str | None:
    return None if route.to == TO_DISTRICT else route.to


def _after_answer_options(route: Route, texted: bool) -> tuple[Option, ...]:
    if route.text and not texted:
        return (Option("text", ("text", "text message", "send me a text", "text me", "by text", "yes text"), "1"),)
    return ()


def anything_else(scene: Scene, *before: Action, decision: Decision) -> Turn:
    session = scene.session.with_(stage="anything_else", tries=0, candidates=(), turned_down=(), words="")
    here = Scene(session, scene.table, scene.now)
    question = ask(here, prompt(scene.table, "anything_else"), REQUEST)
    return Turn(session.with_(asked=question), (*before, question), decision)


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
        return forward(scene, prompt(scene.table, "your_district"), elsewhere, decision)
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
    at = str(scene.table.where(f"intents.{scene.session.intent}"))
    return _to_district(scene, queue, Decision("accept", rule, at, scene.session.intent, None, "signpost", queue))


def _to_district(scene: Scene, queue: str, decision: Decision) -> Turn:
    """The caller's district is known: say whose service it is and offer to connect, or go where `when_closed` says."""
    table = scene.table
    here = Scene(scene.session.with_(district=queue, tries=0, page=0), table, scene.now)
    route = table.intents.get(scene.session.intent or "")
    elsewhere = route.when_closed if route is not None else None
    if elsewhere and not open_now(here, queue) and open_now(here, elsewhere):
        return forward(here, team(table, queue), elsewhere, decision)
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

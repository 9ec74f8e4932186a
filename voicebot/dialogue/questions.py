"""The questions that find out what a caller wants: is it this, this or that, once more, or by keys. Pure."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.actions import Action, Ask, Expecting, Option
from voicebot.dialogue.destinations import go
from voicebot.dialogue.languages import person
from voicebot.dialogue.lines import to_person
from voicebot.dialogue.pages import MORE, MORE_PHRASES
from voicebot.dialogue.policy import Verdict, unclear
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import REQUEST, YES_NO, ask, join, prompt, topic
from voicebot.routing.prompts import PAGE

DOUBTFUL = ("confirm", "offer_two")

TRIES_AT_THE_KEYS = 2
"""Failures that most calls which come to the keypad menu begin it with."""

NEITHER = "neither"
NEITHER_PHRASES = ("neither", "neither of them", "something else", "none of those", "no", "other")


def carry_out(scene: Scene, verdict: Verdict, because: str = "") -> Turn:
    """Turn a verdict on the caller's request into the next turn. `because` names the prompt for "ask again"."""
    if verdict.name in DOUBTFUL and scene.session.stage in DOUBTFUL:
        # One question after another, none of them answered: each counts as a try, or there would be no end to it.
        tries = scene.session.tries
        scene = Scene(scene.session.with_(tries=tries + 1), scene.table, scene.now)
        verdict = verdict if tries < 2 else unclear(tries, "one doubtful question after another")
    at = str(scene.table.where(verdict.path))
    decision = Decision(
        verdict.name, verdict.rule, at, verdict.intents[0] if verdict.intents else None, verdict.confidence
    )
    match verdict.name:
        case "accept" | "urgent":
            return go(scene, verdict.intents[0], verdict.name, verdict.rule, verdict.confidence)
        case "confirm":
            return confirm(scene, verdict.intents[0], decision)
        case "offer_two":
            return offer_two(scene, verdict.intents, decision)
        case "refuse":
            return refuse(scene, decision)
        case "ask_again":
            return ask_again(scene, decision, because or "ask_again")
        case "offer_keys":
            return offer_keys(scene, decision, because or "not_understood")
        case _:
            if verdict.language is not None:
                return person(scene, verdict.language, verdict.rule)
            return to_person(scene, "to_person", verdict.rule)


def _asking(decision: Decision) -> Decision:
    return replace(decision, action="ask")


def _asked(session: Session, question: Ask, decision: Decision, before: str, *actions: Action) -> Turn:
    """`before` is said in the same breath, so that keys work from its first word on; `asked` keeps the question alone,
    so that a repetition need not greet her or apologise again."""
    spoken = replace(question, text=join(before, question.text))
    return Turn(session.with_(asked=question), (*actions, spoken), _asking(decision))


def opening(scene: Scene, decision: Decision, *before: Action, text: str = "") -> Turn:
    """The open question, with `text` spoken first. Whatever the call was about is done with."""
    nothing = {"intent": None, "option": None, "queue": None, "language": None}
    afresh = {"words": "", "candidates": (), "turned_down": (), "lines": (), **nothing}
    session = scene.session.with_(stage="request", tries=0, page=0, leaving=False, **afresh)
    question = ask(Scene(session, scene.table, scene.now), prompt(scene.table, "opening"), REQUEST)
    return _asked(session, question, decision, text, *before)


def confirm(scene: Scene, intent: str, decision: Decision) -> Turn:
    session = scene.session.with_(stage="confirm", candidates=(intent,))
    here = Scene(session, scene.table, scene.now)
    question = ask(here, prompt(scene.table, "confirm", topic=topic(scene.table, intent)), YES_NO)
    return Turn(session.with_(asked=question), (question,), _asking(decision))


def offer_two(scene: Scene, intents: tuple[str, ...], decision: Decision) -> Turn:
    table = scene.table
    first, second = (topic(table, each) for each in intents)
    options = (
        Option(intents[0], (first,), "1"),
        Option(intents[1], (second,), "2"),
        Option(NEITHER, NEITHER_PHRASES, "3"),
    )
    text = join(
        prompt(table, "offer_two", first=first, second=second),
        prompt(table, "topic_key", topic=first, key="1"),
        prompt(table, "topic_key", topic=second, key="2"),
        prompt(table, "something_else_key", key="3"),
    )
    session = scene.session.with_(stage="offer_two", candidates=intents)
    question = ask(Scene(session, table, scene.now), text, Expecting("options", options))
    return Turn(session.with_(asked=question), (question,), _asking(decision))


def ask_again(scene: Scene, decision: Decision, because: str) -> Turn:
    """Say why, give examples, ask once more. Counts as one try."""
    table = scene.table
    session = scene.session.with_(stage="request", tries=scene.session.tries + 1, candidates=())
    question = ask(Scene(session, table, scene.now), prompt(table, "examples"), REQUEST)
    return _asked(session, question, decision, prompt(table, because))


def refuse(scene: Scene, decision: Decision) -> Turn:
    """The council does not do that: say so, keep the way to a person open, and let her say something else. The second
    time either it does, or she should hear so from a person: the keys, and then somebody."""
    refused = scene.session.refused
    if refused > 1:
        return to_person(scene, "to_person", f"{decision.rule}, for the third time")
    session = scene.session.with_(refused=refused + 1, candidates=())
    if refused:
        rule = f"{decision.rule}, for the second time"
        at = str(scene.table.where("key_topics"))
        return offer_keys(Scene(session, scene.table, scene.now), Decision("offer_keys", rule, at), "refuse_again")
    session = session.with_(stage="request", tries=0)
    here = Scene(session, scene.table, scene.now)
    question = ask(here, prompt(scene.table, "refuse"), REQUEST)
    return Turn(session.with_(asked=question), (question,), _asking(decision))


def offer_keys(scene: Scene, decision: Decision, because: str = "not_understood", page: int = 0) -> Turn:
    """The keypad menu, three topics at a time; 0 is a person on every page. Words are understood here too."""
    table = scene.table
    shown = table.key_topics[page * PAGE : (page + 1) * PAGE]
    if not shown:
        return to_person(scene, "to_person", "no topic of the keypad menu was chosen")
    options = [Option(each, (topic(table, each),), str(key)) for key, each in enumerate(shown, 1)]
    spoken = [prompt(table, "topic_key", topic=topic(table, each), key=str(key)) for key, each in enumerate(shown, 1)]
    more = str(PAGE + 1)
    options.append(Option(MORE, MORE_PHRASES, more))
    text = join(*spoken, prompt(table, "more_key", key=more), prompt(table, "person_key"))
    session = scene.session.with_(
        stage="keys", tries=max(scene.session.tries + (page == 0), 1), page=page, candidates=()
    )
    question = ask(Scene(session, table, scene.now), text, Expecting("options", tuple(options)))
    return _asked(session, question, decision, prompt(table, because) if page == 0 else "")


def district_keys(scene: Scene, decision: Decision, because: str = "district_again", page: int = 0) -> Turn:
    """The districts by key, three at a time, each with places that people know; after the last page, the default
    queue."""
    table = scene.table
    shown = table.districts[page * PAGE : (page + 1) * PAGE]
    if not shown:
        return district_unknown(scene, "none of the districts was chosen")
    options = [Option(each.queue, (each.name, *each.places), str(key)) for key, each in enumerate(shown, 1)]
    spoken = [
        prompt(table, "district_key", name=each.name, places=", ".join(each.places[:3]), key=str(key))
        for key, each in enumerate(shown, 1)
    ]
    more = str(PAGE + 1)
    options.append(Option(MORE, MORE_PHRASES, more))
    text = join(*spoken, prompt(table, "more_key", key=more), prompt(table, "person_key"))
    session = scene.session.with_(stage="district_keys", page=page)
    question = ask(Scene(session, table, scene.now), text, Expecting("place", tuple(options)))
    return _asked(session, question, decision, prompt(table, because) if page == 0 else "")


def district_unknown(scene: Scene, rule: str) -> Turn:
    """She does not know her district: the default queue finds out (the catalogue's rule for "don't know")."""
    return to_person(scene, "to_person", rule, said="district_unknown")

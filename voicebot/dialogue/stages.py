"""What an answer, a new request or a key means in each stage of a call. Pure."""

from __future__ import annotations

from voicebot.dialogue import destinations, lines, messages, questions, unheard, universals
from voicebot.dialogue.actions import Ask, Option
from voicebot.dialogue.events import Heard
from voicebot.dialogue.policy import Verdict, judge, unclear
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import say
from voicebot.routing.table import OUT_OF_SCOPE

OFFERS = ("confirm", "offer_two", "keys", "district_keys", "signpost", "closed", "line_failed")
"""Stages whose question stands until it is answered: unclear words there repeat it rather than lose what it offers."""


EVEN = 0.5
"""Over this probability, the same thing said again instead of "yes" is likelier than everything else together."""


def chosen(scene: Scene, choice: str, event: Heard, rule: str = "") -> Turn | None:
    """An answer to what was asked; None where `choice` answers something else. `rule` says how, where not by voice."""
    session = scene.session
    rule = rule or f"chose {choice}, confidence {event.confidence:.2f}"
    match session.stage, choice:
        case "confirm", "yes":
            return destinations.go(scene, session.candidates[0], "accept", f"confirmed: {rule}", event.confidence)
        case ("confirm", "no") | ("offer_two", ("no" | questions.NEITHER)):
            return _turned_down(scene, event)
        case "keys" | "district_keys", ("no" | questions.MORE):
            return _next_page(scene, rule)
        case "district" | "district_keys", destinations.DONT_KNOW:
            return questions.district_unknown(scene, rule)
        case "signpost", "yes":
            return lines.put_through(scene, session.queue or "", "accept", rule, _at_line(scene))
        case "line_failed", "yes" if any(each.id == "overflow" for each in _options(scene)):
            return _option(scene, "overflow", rule)
        case (("answered" | "signpost" | "closed" | "line_failed" | "anything_else"), "no") if not says_more(
            event, scene
        ):
            return _no_thanks(scene, rule)
        case "answered" | "anything_else", "yes" if not says_more(event, scene):
            return questions.opening(scene, _said(rule))
        case _, ("yes" | "no"):
            return None
    return _option(scene, choice, rule) if any(each.id == choice for each in _options(scene)) else None


def _options(scene: Scene) -> tuple[Option, ...]:
    asked = scene.session.asked
    return asked.expecting.options if isinstance(asked, Ask) else ()


def _no_thanks(scene: Scene, rule: str) -> Turn:
    """ "No" to what was offered is not yet goodbye; "no" to "is there anything else?" is."""
    session, table = scene.session, scene.table
    if session.stage in ("answered", "anything_else"):
        return universals.end(scene, Decision("accept", rule, universals.at(scene, "goodbye"), session.intent))
    if session.stage == "signpost" and session.queue == destinations.district_named(table, session.words):
        # The district was taken from a place that she happened to name: perhaps it is not where she lives.
        elsewhere = Scene(session.with_(district=None, words=""), table, scene.now)
        at = str(table.where(f"intents.{session.intent}"))
        return destinations.ask_district(elsewhere, Decision("accept", rule, at, session.intent, action="ask"))
    return destinations.anything_else(scene, decision=_said(rule))


def _said(rule: str) -> Decision:
    return Decision("accept", rule)


def _at_line(scene: Scene) -> str:
    return str(scene.table.where(f"queues.{scene.session.queue}"))


def says_more(event: Heard, scene: Scene) -> bool:
    """Whether words that begin with yes or no go on to a request that is at least worth confirming."""
    best = event.ranked[0] if event.ranked else None
    return best is not None and best.intent != OUT_OF_SCOPE and best.confidence >= scene.table.thresholds.confirm


def _turned_down(scene: Scene, event: Heard | None = None) -> Turn:
    """ "No": what else she said in the same breath counts, without what she has just turned down."""
    session = scene.session
    refused = (*session.turned_down, *session.candidates)
    words = event.words if event is not None and says_more(event, scene) and len(event.words.split()) > 2 else ""
    here = Scene(session.with_(words=words, turned_down=refused), scene.table, scene.now)
    if event is not None and words:
        verdict = judge(event, scene.table, session.tries, refused)
        if verdict.name in ("accept", "confirm", "offer_two"):
            return questions.carry_out(here, verdict)
    return questions.carry_out(here, unclear(session.tries, "turned down what was offered"), "confirm_no")


def _option(scene: Scene, choice: str, rule: str) -> Turn:
    """One of the options offered, by voice or by key."""
    session, table = scene.session, scene.table
    match choice:
        case "text":
            return messages.text_it(scene, rule)
        case "message":
            return messages.take_message(scene, rule)
        case "danger":
            return lines.danger(scene, rule)
        case "overflow":
            default = table.council.default_queue
            queue = lines.overflow_of(scene, session.queue or default) or default
            return lines.put_through(scene, queue, "accept", rule, _at_line(scene))
        case questions.NEITHER:
            return _turned_down(scene)
        case questions.MORE:
            return _next_page(scene, rule)
    if session.stage in ("district", "district_keys"):
        return destinations.district_chosen(scene, choice, rule)
    return destinations.go(scene, choice, "accept", rule)


def _next_page(scene: Scene, rule: str) -> Turn:
    page = scene.session.page + 1
    decision = Decision("offer_keys", rule, str(scene.table.where("key_topics")), scene.session.intent)
    if scene.session.stage == "district_keys":
        return questions.district_keys(scene, decision, page=page)
    return questions.offer_keys(scene, decision, page=page)


def new_request(scene: Scene, event: Heard, verdict: Verdict) -> Turn:
    """She said something in her own words, whatever was asked."""
    session = scene.session
    told = Scene(session.with_(words=event.words), scene.table, scene.now)
    if session.stage == "district" and (verdict.name != "accept" or verdict.intents == (session.intent,)):
        # A place that is on no list: the keys, rather than a guess at what else it could mean.
        return unheard.not_understood(scene, "no place that is known")
    if session.stage == "confirm" and verdict.intents[:1] == session.candidates and verdict.name == "confirm":
        if (verdict.confidence or 0.0) <= EVEN:
            return unheard.not_understood(scene, "neither yes nor no, and no surer than before")
        return destinations.go(told, session.candidates[0], "accept", "said the same thing twice", verdict.confidence)
    beside = verdict.name == "refuse" and session.stage in ("district_keys", "signpost", "closed", "line_failed")
    if session.stage in OFFERS and (beside or verdict.name in ("ask_again", "offer_keys", "to_person")):
        return unheard.not_understood(scene, verdict.rule.split(",")[0])
    return questions.carry_out(told, verdict, "ask_again")


def key(scene: Scene, pressed: str) -> Turn | None:
    """A key that was offered; None where it was not."""
    session = scene.session
    rule = f"pressed {pressed}"
    asked = session.asked
    if not isinstance(asked, Ask):
        return None
    if asked.expecting.kind == "yes_no" and pressed in ("1", "2"):
        answer = "yes" if pressed == "1" else "no"
        return chosen(scene, answer, Heard("", (), answer, 1.0), rule)
    option = next((each for each in asked.expecting.options if each.key == pressed), None)
    return _option(scene, option.id, rule) if option is not None else None


def wrong_key(scene: Scene) -> Turn:
    """A key that means nothing here: say so and ask again. Who presses keys where none is offered wants keys: the
    second time she gets the menu."""
    session = scene.session
    decision = Decision("universal", "a key that was not offered", universals.at(scene, "invalid_key"), session.intent)
    asked = session.asked
    if asked is None:
        return questions.opening(scene, decision, say(scene, "invalid_key"))
    if session.stage in ("request", "anything_else"):
        if session.tries:
            menu = Decision("offer_keys", "keys pressed where none were offered", str(scene.table.where("key_topics")))
            return questions.offer_keys(scene, menu, "invalid_key")
        session = session.with_(tries=1)
    return Turn(session, (say(scene, "invalid_key"), asked), decision)

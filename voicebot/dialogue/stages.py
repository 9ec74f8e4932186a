"""What an answer, a new request or a key means in each stage of a call. Pure."""

from __future__ import annotations

import re

from voicebot.dialogue import answers, destinations, follow_up, lines, messages, pages, questions, unheard, universals
from voicebot.dialogue.actions import Ask, Option
from voicebot.dialogue.events import Heard
from voicebot.dialogue.policy import DOUBTFUL, Verdict, judge, unclear
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import say
from voicebot.routing.table import OUT_OF_SCOPE

OFFERS = ("confirm", "offer_two", "keys", "district_keys", "reading", "signpost", "closed", "line_failed")
"""Stages whose question stands until it is answered: unclear words there repeat it rather than lose what it offers."""


DONE = ("answered", "anything_else")
"""Stages that ask whether there is anything else."""

THANKS = re.compile(r"\b(?:thank|thanks|cheers|ta|bye)\b", re.I)
PARTING_WORDS = 4

AGAIN = "a key that was not offered, for the second time"

EVEN = 0.5
"""Over this probability, the same thing said again instead of "yes" is likelier than everything else together."""


def chosen(scene: Scene, choice: str, event: Heard, rule: str = "") -> Turn | None:
    """An answer to what was asked; None where `choice` answers something else. `rule` says how, where not by voice."""
    session = scene.session
    rule = rule or f"chose {choice}, confidence {event.confidence:.2f}"
    match session.stage, choice:
        case "confirm", "yes":
            # "Yes, a new one" answers more than was asked.
            said, rule = f"{session.words} {event.words}", f"confirmed: {rule}"
            return destinations.go(scene, session.candidates[0], "accept", rule, event.confidence, said=said)
        case ("confirm", "no") | ("offer_two", ("no" | questions.NEITHER)):
            return _turned_down(scene, event)
        case "keys" | "district_keys", ("no" | pages.MORE):
            return _next_page(scene, rule)
        case "district" | "district_keys", destinations.DONT_KNOW:
            return questions.district_unknown(scene, rule)
        case (("follow_up" | "follow_up_keys"), ("yes" | "no")) if not _of_something_else(event, scene):
            return _yes_or_no_to_the_question(scene, choice, event.confidence, rule)
        case "reading", "yes":
            return answers.read_on(scene, rule)
        case "reading", "no" if not says_more(event, scene):
            return answers.anything_else(scene, decision=_said(rule))
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


def _yes_or_no_to_the_question(scene: Scene, yes_or_no: str, confidence: float, rule: str) -> Turn | None:
    """An option may be called so; "no" to a page of options wants the next."""
    option = follow_up.answered_by(yes_or_no, follow_up.asked_of(scene))
    if option is not None:
        return destinations.option_chosen(scene, option, "accept", rule, confidence)
    return _next_page(scene, rule) if (scene.session.stage, yes_or_no) == ("follow_up_keys", "no") else None


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
        return destinations.ask_district(elsewhere, Decision("accept", rule, scene.at, session.intent, action="ask"))
    return answers.anything_else(scene, decision=_said(rule))


def _said(rule: str) -> Decision:
    return Decision("accept", rule)


def _at_line(scene: Scene) -> str:
    return str(scene.table.where(f"queues.{scene.session.queue}"))


def says_more(event: Heard, scene: Scene) -> bool:
    """Whether words that begin with yes or no go on to a request that is at least worth confirming."""
    best = event.ranked[0] if event.ranked else None
    return best is not None and best.intent != OUT_OF_SCOPE and best.confidence >= scene.table.thresholds.confirm


def _of_something_else(event: Heard, scene: Scene) -> bool:
    return says_more(event, scene) and event.ranked[0].intent != scene.session.intent


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
    if choice.startswith(follow_up.PREFIX):
        return destinations.option_chosen(scene, choice.removeprefix(follow_up.PREFIX), "accept", rule)
    if choice not in (pages.MORE, questions.NEITHER):
        # Intents and queues have any name: one called "message" is no message here.
        if session.stage in ("district", "district_keys"):
            return destinations.district_chosen(scene, choice, rule)
        if session.stage in ("keys", "offer_two"):
            # What was said before the keypad menu was not understood: it answers no follow-up question either.
            return destinations.go(scene, choice, "accept", rule, said="" if session.stage == "keys" else None)
    match choice:
        case answers.GO_ON.id:
            return answers.read_on(scene, rule)
        case answers.ENOUGH.id:
            return answers.anything_else(scene, decision=_said(rule))
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
        case pages.MORE:
            return _next_page(scene, rule)
    return destinations.go(scene, choice, "accept", rule)


def _next_page(scene: Scene, rule: str) -> Turn:
    page = scene.session.page + 1
    if scene.session.stage == "follow_up":
        return follow_up.unanswered(scene, rule)
    if scene.session.stage == "follow_up_keys":
        return follow_up.with_keys(scene, rule, page=page)
    decision = Decision("offer_keys", rule, str(scene.table.where("key_topics")), scene.session.intent)
    if scene.session.stage == "district_keys":
        return questions.district_keys(scene, decision, page=page)
    return questions.offer_keys(scene, decision, page=page)


def new_request(scene: Scene, event: Heard, verdict: Verdict) -> Turn:
    """She said something in her own words, whatever was asked."""
    session = scene.session
    told = Scene(session.with_(words=event.words, language=None), scene.table, scene.now)
    if session.stage in follow_up.STAGES and (verdict.name != "accept" or verdict.intents == (session.intent,)):
        return _about_the_question(scene, event)
    if session.stage == "district" and (verdict.name != "accept" or verdict.intents == (session.intent,)):
        # A place that is on no list: the keys, rather than a guess at what else it could mean.
        return unheard.not_understood(scene, "no place that is known")
    if session.stage == "confirm" and verdict.intents[:1] == session.candidates and verdict.name == "confirm":
        if (verdict.confidence or 0.0) <= EVEN:
            return unheard.not_understood(scene, "neither yes nor no, and no surer than before")
        return destinations.go(told, session.candidates[0], "accept", "said the same thing twice", verdict.confidence)
    if verdict.name == "refuse" and _is_a_parting(event.words):
        if session.stage in DONE:
            return _no_thanks(scene, "thanks, and nothing that is known")
        if session.stage in ("confirm", "offer_two"):
            return _turned_down(scene)
    beside = verdict.name == "refuse" and session.stage in ("district_keys", "signpost", "closed", "line_failed")
    if session.stage in OFFERS and (beside or verdict.name in ("ask_again", "offer_keys", "to_person")):
        return unheard.not_understood(scene, verdict.rule.split(",")[0])
    return questions.carry_out(told, verdict, "not_understood" if verdict.rule.startswith(DOUBTFUL) else "ask_again")


def wants_nothing_else(event: Heard, scene: Scene) -> bool:
    """ "No, thank you" to "if you need something else, tell me"."""
    session = scene.session
    return session.stage == "request" and session.refused > 0 and event.choice == "no" and _is_a_parting(event.words)


def _is_a_parting(words: str) -> bool:
    """What "no, thank you" is heard as on a bad line: "let's thank you", "then thank you"."""
    return THANKS.search(words) is not None and len(words.split()) <= PARTING_WORDS


def _about_the_question(scene: Scene, event: Heard) -> Turn:
    """Words after a follow-up question that are no request of another kind: they may still name an option."""
    question = follow_up.asked_of(scene)
    option = follow_up.answered_in(event.words, question) if question is not None else None
    if option is None:
        return unheard.not_understood(scene, "no option of the follow-up question")
    return destinations.option_chosen(scene, option, "accept", f"said {option}")


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
    second time she gets those that there are, and where there were keys already, a person."""
    session = scene.session
    decision = Decision("universal", "a key that was not offered", universals.at(scene, "invalid_key"), session.intent)
    asked = session.asked
    if asked is None:
        return questions.opening(scene, decision, say(scene, "invalid_key"))
    if session.stage == "follow_up" or (session.stage not in ("keys", "message") and session.tries):
        return _keys_that_there_are(scene)
    if session.stage == "keys" and session.tries > questions.TRIES_AT_THE_KEYS:
        return lines.to_person(scene, "to_person", AGAIN)
    if session.stage == "message" and session.tries:
        return answers.anything_else(scene, decision=decision)
    return Turn(session.with_(tries=session.tries + 1), (say(scene, "invalid_key"), asked), decision)


def _keys_that_there_are(scene: Scene) -> Turn:
    session, table = scene.session, scene.table
    none_offered = "keys pressed where none were offered"
    match session.stage:
        case "follow_up":
            return follow_up.with_keys(scene, none_offered)
        case "follow_up_keys":
            return follow_up.unanswered(scene, AGAIN)
        case "district":
            at = str(table.where("districts"))
            offer = Decision("offer_keys", none_offered, at, session.intent)
            return questions.district_keys(scene.with_(tries=0), offer, "invalid_key")
        case "district_keys":
            return questions.district_unknown(scene, AGAIN)
        case "closed":
            return unheard.last_rung(scene, AGAIN)
        case "reading" | "signpost" | "line_failed":
            return lines.to_person(scene, "to_person", AGAIN)
    menu = Decision("offer_keys", none_offered, str(table.where("key_topics")))
    return questions.offer_keys(scene, menu, "invalid_key")

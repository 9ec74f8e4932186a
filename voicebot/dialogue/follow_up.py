"""The follow-up question of an intent: asked in words, then once more with keys, then a person. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from voicebot.dialogue.actions import Expecting, Option
from voicebot.dialogue.lines import put_through, to_person
from voicebot.dialogue.pages import MORE, MORE_PHRASES
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import ask, join, prompt
from voicebot.routing.prompts import PAGE
from voicebot.routing.table import TO_DISTRICT, Choice, Question

STAGES = ("follow_up", "follow_up_keys")

PREFIX = "option "
"""Before the name of an option: one may be called "yes", "repeat" or "more", and that means something else here."""

NEITHER_PHRASES = (
    *("neither", "neither of them", "something else", "none of those", "none of them"),
    *("not sure", "i'm not sure", "no idea"),
)
"""Without "I don't know": in "no, I don't" it would be heard for it. Who says so is offered the options by key."""

MORE_KEYS = "4987653210"
"""Which key may stand for "something else": 4 as in the other menus, else the highest that no option has."""

YES_NO = ("yes", "no")


def asked_of(scene: Scene) -> Question | None:
    """The follow-up question of what she is calling about."""
    own = scene.table.intents.get(scene.session.intent or "")
    return own.ask if own is not None else None


def ask_first(scene: Scene, question: Question, decision: Decision) -> Turn:
    """The question in its own words; every option can be said. Keys are offered to those who do not answer."""
    session = scene.session.with_(stage="follow_up", tries=0, page=0)
    options = [Option(PREFIX + name, phrases(name, each)) for name, each in question.options.items()]
    expecting = Expecting("options", (*options, Option(MORE, NEITHER_PHRASES)))
    asked = ask(replace(scene, session=session), question.say, expecting)
    return Turn(session.with_(asked=asked), (asked,), replace(decision, action="ask"))


def with_keys(scene: Scene, rule: str, because: str = "", page: int = 0) -> Turn:
    """The options by key, three at a time, after the prompt `because`; after the last page, a person."""
    table, question = scene.table, asked_of(scene)
    shown = list(question.options.items())[page * PAGE : (page + 1) * PAGE] if question is not None else []
    if question is None or not shown:
        return unanswered(scene, rule)
    more = _more_key(question, [each for _, each in shown])
    options = [Option(PREFIX + name, phrases(name, each), each.key) for name, each in shown]
    spoken = [prompt(table, "option_key", option=each.about, key=each.key) for _, each in shown]
    text = join(*spoken, prompt(table, "more_key", key=more), prompt(table, "person_key"))
    session = scene.session.with_(stage="follow_up_keys", tries=0, page=page)
    expecting = Expecting("options", (*options, Option(MORE, MORE_PHRASES, more)))
    asked = ask(replace(scene, session=session), text, expecting)
    spoken_now = replace(asked, text=join(prompt(table, because) if because else "", text))
    decision = Decision("offer_keys", rule, scene.at, session.intent, action="ask")
    return Turn(session.with_(asked=asked), (spoken_now,), decision)


def unanswered(scene: Scene, rule: str) -> Turn:
    """She does not answer, or none of it fits: the intent's own queue finds out."""
    rule = f"{rule}; the follow-up question stays unanswered"
    route = scene.route
    if route is None or route.to == TO_DISTRICT:
        return to_person(scene, "to_person", rule)
    return put_through(scene, route.to, "to_person", rule, scene.at)


def phrases(name: str, choice: Choice) -> tuple[str, ...]:
    """What she may say for this option: its phrases, what it is about, and its name."""
    return tuple(dict.fromkeys((*choice.phrases, choice.about, re.sub(r"[-_]+", " ", name))))


def answered_in(words: str, question: Question) -> str | None:
    """The one option that `words` name; None for none or several. "Yes" and "no" answer only what was asked."""
    found = {name for name, each in question.options.items() if any(_named(words, phrases(name, each)))}
    return found.pop() if len(found) == 1 else None


def answered_by(word: str, question: Question | None) -> str | None:
    """The one option that a yes or a no stands for."""
    options = question.options.items() if question is not None else ()
    found = [name for name, each in options if word in {_plain(phrase) for phrase in phrases(name, each)}]
    return found[0] if len(found) == 1 else None


def _named(words: str, wanted: tuple[str, ...]) -> Iterator[bool]:
    said = _plain(words)
    for phrase in map(_plain, wanted):
        yield bool(phrase) and phrase not in YES_NO and bool(re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", said))


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("\u2019", "'").replace("-", " ").split())


def _more_key(question: Question, shown: list[Choice]) -> str:
    """One that no option has; where all are taken, one that no option of this page has."""
    taken, here = ({each.key for each in some} for some in (question.options.values(), shown))
    return next((key for some in (taken, here) for key in MORE_KEYS if key != "0" and key not in some), "9")

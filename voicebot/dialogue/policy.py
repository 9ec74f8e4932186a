"""Ask, don't guess (design rule 5): from what was understood to what should be done about it. Pure.

The thresholds are probabilities of `routing.yaml`; a route may set its own. Urgent intents skip all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.dialogue.events import Heard, Ranked
from voicebot.dialogue.turn import DecisionName
from voicebot.routing.table import OUT_OF_SCOPE, Table

UNMISTAKABLE = 0.8
"""Urgent intents together, from which words that were heard doubtfully are an emergency all the same. Below it she is
asked again, once. See `voicebot.speech.gate.UNSURE_OF_WORDS`."""

DOUBTFUL = "heard doubtfully"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`intents` holds the one accepted, the one to confirm, or the two to offer; else nothing. `language` is the ISO
    639-1 code of another language that was spoken."""

    name: DecisionName
    rule: str
    path: str
    intents: tuple[str, ...] = ()
    confidence: float | None = None
    language: str | None = None


def judge(
    heard: Heard, table: Table, tries: int, without: tuple[str, ...] = (), doubted: tuple[str, ...] = ()
) -> Verdict:
    """What to do about a request in the caller's own words.

    `tries` is how often in a row she was not understood; `without` are intents that she turns down in this very breath,
    `doubted` those that she turned down before: such a one is asked about again at most, and only where it is sure.
    """
    urgent = _urgent(heard, table)
    if urgent is not None:
        return _asked_for_once_more(heard, urgent, table) if heard.doubtful and tries == 0 else urgent
    ranked = [each for each in heard.ranked if each.intent not in without]
    best = ranked[0] if ranked else Ranked(OUT_OF_SCOPE, 0.0)
    if heard.language != "en":
        # Whisper turns other languages into English words of its own: likely or not, they are a guess at hers.
        return another_language(heard.language)
    if best.intent == OUT_OF_SCOPE and best.confidence >= table.thresholds.refuse:
        rule = f"out of scope {best.confidence:.2f} ≥ refuse {table.thresholds.refuse:.2f}"
        if heard.doubtful:
            return unclear(tries, f"{DOUBTFUL}: {rule}")
        return Verdict(
            "refuse",
            rule,
            "thresholds.refuse",
            (),
            best.confidence,
        )
    # An urgent topic is never said aloud, so it can't be asked about either: somebody may be listening.
    known = [each for each in ranked if each.intent in table.intents and not table.is_urgent(each.intent)]
    return _by_confidence(known, table, doubted) or unclear(tries, "no intent is likely enough")


def another_language(code: str) -> Verdict:
    """A person, at once; `code` is ISO 639-1."""
    return Verdict("to_person", f"spoke another language ({code})", "wording.language", language=code)


def unclear(tries: int, why: str) -> Verdict:
    """Ask again with examples; the second time offer keys and a person; the third time a person."""
    if tries == 0:
        return Verdict("ask_again", why, "thresholds.confirm")
    if tries == 1:
        return Verdict("offer_keys", f"{why}, for the second time", "key_topics")
    return Verdict("to_person", f"{why}, for the third time", "council.default_queue")


def _urgent(heard: Heard, table: Table) -> Verdict | None:
    """An urgent call missed costs most: the second opinion counts, and so do all urgent intents taken together."""
    limit = table.thresholds.urgent
    urgent = [each for each in heard.ranked if table.is_urgent(each.intent)]
    if heard.urgent is not None and table.is_urgent(heard.urgent):
        confidence = next((each.confidence for each in urgent if each.intent == heard.urgent), heard.confidence)
        return Verdict(
            "urgent", "the second opinion finds it urgent", f"intents.{heard.urgent}", (heard.urgent,), confidence
        )
    together = _sum(*urgent)
    if not urgent:
        return None
    best = urgent[0]
    asked_about = best == heard.ranked[0] and best.confidence >= _confirm(best.intent, table)
    if together < limit and not asked_about:
        return None
    limit = min(limit, together)
    rule = f"urgent intents together {together:.2f} ≥ urgent {limit:.2f}"
    return Verdict("urgent", rule, f"intents.{best.intent}", (best.intent,), best.confidence)


def _asked_for_once_more(heard: Heard, urgent: Verdict, table: Table) -> Verdict:
    """On a bad line names and goodbyes come out as cries for help. Asking again costs an urgent caller seconds, a false
    alarm costs somebody else's."""
    if _sum(*(each for each in heard.ranked if table.is_urgent(each.intent))) >= UNMISTAKABLE:
        return urgent
    return unclear(0, f"{DOUBTFUL}: {urgent.rule}")


def _sum(*ranked: Ranked) -> float:
    """Rounded, so that 0.24 and 0.21 reach a threshold of 0.45."""
    return round(sum(each.confidence for each in ranked), 9)


def _accept(intent: str, table: Table) -> float:
    route = table.intents.get(intent)
    return route.accept if route is not None and route.accept is not None else table.thresholds.accept


def _confirm(intent: str, table: Table) -> float:
    route = table.intents.get(intent)
    return route.confirm if route is not None and route.confirm is not None else table.thresholds.confirm


def _by_confidence(known: list[Ranked], table: Table, doubted: tuple[str, ...]) -> Verdict | None:
    if not known:
        return None
    best = known[0]
    accept, confirm = _accept(best.intent, table), _confirm(best.intent, table)
    if best.intent in doubted:
        if best.confidence < accept:
            return _by_confidence([each for each in known if each.intent not in doubted], table, ())
        rule = f"turned down before, but confidence {best.confidence:.2f} ≥ accept {accept:.2f}"
        return Verdict("confirm", rule, "thresholds.confirm", (best.intent,), best.confidence)
    if best.confidence >= accept:
        rule = f"confidence {best.confidence:.2f} ≥ accept {accept:.2f}"
        return Verdict("accept", rule, f"intents.{best.intent}", (best.intent,), best.confidence)
    if best.confidence >= confirm and not _close(known):
        rule = f"confidence {best.confidence:.2f} between confirm {confirm:.2f} and accept {accept:.2f}"
        return Verdict("confirm", rule, "thresholds.confirm", (best.intent,), best.confidence)
    second = next((each for each in known[1:] if each.intent not in doubted), None)
    if second is not None and (together := _sum(best, second)) >= table.thresholds.offer_two:
        rule = f"the best two together {together:.2f} ≥ offer_two {table.thresholds.offer_two:.2f}"
        return Verdict("offer_two", rule, "thresholds.offer_two", (best.intent, second.intent), best.confidence)
    if best.confidence >= confirm:
        rule = f"confidence {best.confidence:.2f} ≥ confirm {confirm:.2f}"
        return Verdict("confirm", rule, "thresholds.confirm", (best.intent,), best.confidence)
    return None


def _close(known: list[Ranked]) -> bool:
    """Whether the second is at least half as likely as the first: then "Is it A?" is the wrong question, "A or B?"
    the right one."""
    return len(known) > 1 and known[1].confidence * 2 >= known[0].confidence

"""The words that callers hear and read: prompts and their variables, answers, text messages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from string import Formatter

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, choose, issue
from voicebot.routing.prompts import PROMPTS

MAX_SEGMENTS = 3

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")
"""The basic alphabet of text messages and its extension, whose characters count twice (3GPP TS 23.038)."""


def missing_prompts(draft: Draft) -> Iterator[Issue]:
    declared = draft.declared.get("wording")
    if declared is None:
        return
    for name, variables in PROMPTS.items():
        if name not in declared:
            used = f" using {_braced(variables)}" if variables else ""
            yield issue(
                "E401",
                draft.places.key("wording"),
                f"the prompt {name} is missing",
                f"add {name}: with its words{used}",
            )


def unknown_prompts(draft: Draft) -> Iterator[Issue]:
    for name in sorted(draft.declared.get("wording", frozenset()) - PROMPTS.keys()):
        fix = choose(name, PROMPTS, "delete it: nothing ever says it")
        yield issue("E402", draft.places.key("wording", name), f"there is no prompt {name}", fix)


def prompt_variables(draft: Draft) -> Iterator[Issue]:
    for name, words in draft.wording.items():
        if name not in PROMPTS:
            continue
        mark = draft.places.value("wording", name)
        used = _variables(words)
        if used is None:
            yield issue("E405", mark, f"a brace in {name} is never closed or never opened", "write variables as {team}")
            continue
        for unknown in sorted(used - PROMPTS[name]):
            able = f"it can use {_braced(PROMPTS[name])}" if PROMPTS[name] else "it can use none; delete it"
            yield issue("E403", mark, f"the prompt {name} has no variable {{{unknown}}}", able)
        for missing in sorted(PROMPTS[name] - used):
            yield issue(
                "E404", mark, f"the prompt {name} never says {{{missing}}}", f"write {{{missing}}} where it belongs"
            )


def _variables(words: str) -> frozenset[str] | None:
    """The names in braces, with whatever else stands between them; None where the braces do not match."""
    try:
        parts = list(Formatter().parse(words))
    except ValueError:
        return None
    return frozenset(
        f"{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}"
        for _, name, form, conversion in parts
        if name is not None
    )


def _braced(variables: frozenset[str]) -> str:
    return ", ".join(f"{{{each}}}" for each in sorted(variables))


def missing_answers(draft: Draft) -> Iterator[Issue]:
    for name, route in draft.intents.items():
        if route.kind == "answer" and route.answer is None:
            fix = "add answer: with what callers should hear, or make it kind: queue"
            yield issue(
                "E406", draft.places.key("intents", name), f"the intent {name} has no answer to read aloud", fix
            )


def long_texts(draft: Draft) -> Iterator[Issue]:
    for name, route in draft.intents.items():
        count = sms_segments(route.text or "")
        if count > MAX_SEGMENTS:
            message = f"the text message of {name} would be sent as {count} messages"
            fix = f"shorten it to {MAX_SEGMENTS} (about 450 characters; 200 where it has accents or curly quotes)"
            yield issue("E407", draft.places.value("intents", name, "text"), message, fix)


def sms_segments(text: str) -> int:
    """How many messages a text is sent as: 160 or 153 characters each, 70 or 67 outside of the basic alphabet."""
    if all(each in _GSM or each in _GSM_DOUBLE for each in text):
        length, alone, joined = len(text) + sum(each in _GSM_DOUBLE for each in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def urgent_words(draft: Draft) -> Iterator[Issue]:
    """Somebody may be listening, or read the caller's telephone later: an urgent call has one sentence and no text."""
    for name, route in draft.intents.items():
        given = (("answer", route.answer), ("text", route.text))
        if route.kind == "urgent":
            for field, value in given:
                if value is not None:
                    mark = draft.places.key("intents", name, field)
                    yield issue(
                        "E306",
                        mark,
                        f"the urgent intent {name} has {field}",
                        "delete it; say what must be said in first",
                    )
        elif route.first is not None:
            mark = draft.places.key("intents", name, "first")
            yield issue(
                "N307",
                mark,
                f"first is said for urgent intents only, and {name} is none",
                "delete it, or move it to answer",
            )

"""The words that callers hear and read: prompts and their variables, answers, text messages."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from string import Formatter

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.routing.prompts import PROMPTS
from voicebot.routing.rules.texts import Spoken, routes, spoken
from voicebot.routing.table import MONTHS

MAX_SEGMENTS = 3

_SENT = ("text", "link")
_WHISPER = frozenset({"topic", "words"})
_LINK = re.compile(r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:[/?#]\S*)?")

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")
"""The basic alphabet of text messages and its extension, whose characters count twice (3GPP TS 23.038)."""


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
    for path, name, route in routes(draft):
        if route.kind == "answer" and not route.answer:
            fix = "add answer: with what callers should hear, or make it kind: queue"
            yield issue("E406", draft.places.key(*path), f"{name} has no answer to read aloud", fix)


def long_texts(draft: Draft) -> Iterator[Issue]:
    for path, name, route in routes(draft):
        field = next((each for each in ("text", "link") if (*path, each) in draft.places.keys), None)
        count = sms_segments(route.message or "")
        if field is not None and count > MAX_SEGMENTS:
            message = f"the text message of {name} would be sent as {count} messages"
            fix = f"shorten it to {MAX_SEGMENTS} (about 450 characters; 200 where it has accents or curly quotes)"
            yield issue("E407", draft.places.value(*path, field), message, fix)


def sms_segments(text: str) -> int:
    """How many messages a text is sent as: 160 or 153 characters each, 70 or 67 outside of the basic alphabet."""
    if all(each in _GSM or each in _GSM_DOUBLE for each in text):
        length, alone, joined = len(text) + sum(each in _GSM_DOUBLE for each in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def links(draft: Draft) -> Iterator[Issue]:
    for path, name, route in routes(draft):
        if route.link is not None and (*path, "link") in draft.places.keys and not _LINK.fullmatch(route.link):
            fix = f'write the whole address: "{_whole(route.link)}"'
            mark = draft.places.value(*path, "link")
            yield issue("E408", mark, f"the link of {name}, {shown(route.link)}, is no https address", fix)


def _whole(link: str) -> str:
    rest = re.sub(r"^[a-z]*:?/*", "", link, flags=re.IGNORECASE) if ":" in link or link.startswith("/") else link
    return f"https://{rest}" if _LINK.fullmatch(f"https://{rest}") else "https://westshire.example/page"


def variables_elsewhere(draft: Draft) -> Iterator[Issue]:
    """Braces are filled in under wording, and in a queue's own whisper; anywhere else they would be read aloud."""
    for text in (*spoken(draft), *_messages(draft)):
        if text.path[0] == "wording":
            continue
        mark = draft.places.value(*text.path)
        if text.path[-1] == "whisper":
            yield from _whisper_variables(mark, text)
        elif "{" in text.words or "}" in text.words:
            fix = "write the words themselves; variables are filled in under wording alone"
            becomes = "be sent as it is" if text.path[-1] in _SENT else "be read aloud"
            yield issue("E409", mark, f"{text.what} has a brace, which would {becomes}", fix)


def _messages(draft: Draft) -> Iterator[Spoken]:
    for path, name, route in routes(draft):
        for field, words in (("text", route.text), ("link", route.link)):
            if words is not None and (*path, field) in draft.places.keys:
                yield Spoken((*path, field), f"{field} of {name}", words)


def abouts(draft: Draft) -> Iterator[Issue]:
    """It is put into "Is it about …?" and "For …, press 1."."""
    names = _names(draft)
    for text in spoken(draft):
        if text.path[-1] != "about":
            continue
        mark, words = draft.places.value(*text.path), text.words.split()
        if text.words.endswith((".", "!", "?")):
            message = f"{text.what} ends in {shown(text.words[-1])}, and stands in the middle of what is said"
            yield issue("N432", mark, message, "leave it out")
        elif len(words) > 1 and words[0].istitle() and words[1][:1].islower() and words[0].lower() not in names:
            fix = f'write "{text.words[0].lower()}{text.words[1:]}"; a name that callers know belongs under vocabulary'
            yield issue("N432", mark, f"{text.what} begins with a capital in the middle of what is said", fix)
        elif len(words) == 1 and words[0].istitle() and words[0].lower() not in names:
            fix = f'write "{text.words.lower()}"; a name that callers know belongs under vocabulary'
            yield issue("N432", mark, f"{text.what} begins with a capital in the middle of what is said", fix)


def _names(draft: Draft) -> frozenset[str]:
    """The words of names, in small letters."""
    council = (draft.council.name,) if draft.council is not None else ()
    teams = (queue.name for queue in draft.queues.values())
    places = (place for district in draft.districts for place in (district.name, *district.places))
    known = (*council, *teams, *places, *draft.vocabulary, *MONTHS)
    return frozenset(word.lower() for name in known for word in name.split() if word[:1].isupper())


def _whisper_variables(mark: Mark, text: Spoken) -> Iterator[Issue]:
    used = _variables(text.words)
    if used is None:
        yield issue(
            "E405", mark, f"a brace in {text.what} is never closed or never opened", "write variables as {topic}"
        )
        return
    for unknown in sorted(used - _WHISPER):
        fix = f"it can use {_braced(_WHISPER)}"
        yield issue("E403", mark, f"{text.what} has no variable {{{unknown}}}", fix)

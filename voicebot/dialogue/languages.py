"""Callers who speak another language: one sentence in hers where the council has one, and a person. Pure."""

from __future__ import annotations

from voicebot.dialogue.actions import Say
from voicebot.dialogue.closed import open_now
from voicebot.dialogue.lines import to_person
from voicebot.dialogue.turn import Scene, Turn
from voicebot.routing.table import Language


def person(scene: Scene, code: str, rule: str) -> Turn:
    """A person, at once. The advisor hears that it is another language, and which where the table names it (`code` is
    ISO 639-1). Help is promised only where a line is open that can give it."""
    language = scene.table.languages.get(code)
    here = scene.with_(language=code)
    if language is None:
        return to_person(here, "to_person", rule, said="language")
    if not somebody_there(scene, code):
        return to_person(here, "to_person", rule, *nobody_there(here, code), said="", queue=_helper(here, code))
    return to_person(here, "to_person", rule, _spoken(here, language, language.say), said="", queue=_helper(here, code))


def somebody_there(scene: Scene, code: str) -> bool:
    """Whether a line is open that helps somebody who speaks this language: its own, or the default queue."""
    return any(open_now(scene, each) for each in (_helper(scene, code), scene.table.council.default_queue))


def nobody_there(scene: Scene, code: str) -> tuple[Say, ...]:
    """What somebody who speaks this language is told in it where nobody can help her now; often nothing."""
    language = scene.table.languages.get(code)
    return (_spoken(scene, language, language.closed),) if language is not None and language.closed else ()


def _helper(scene: Scene, code: str) -> str:
    language = scene.table.languages.get(code)
    default = scene.table.council.default_queue
    return (language.to if language is not None else None) or default


def _spoken(scene: Scene, language: Language, words: str) -> Say:
    return Say(words, scene.session.slow, language.locale, language.voice)

"""Callers who speak another language: one sentence in hers where the council has one, and a person. Pure."""

from __future__ import annotations

from voicebot.dialogue.actions import Say
from voicebot.dialogue.lines import to_person
from voicebot.dialogue.turn import Scene, Turn


def helper(scene: Scene, code: str) -> str:
    """The queue that helps somebody who speaks the language with this ISO 639-1 code."""
    language = scene.table.languages.get(code)
    default = scene.table.council.default_queue
    return (language.to if language is not None else None) or default


def person(scene: Scene, code: str, rule: str) -> Turn:
    """A person, at once. The advisor hears which language it is where the table names it."""
    language = scene.table.languages.get(code)
    if language is None:
        return to_person(scene, "to_person", rule, said="language")
    here = scene.with_(language=code)
    sentence = Say(language.say, here.session.slow, language.locale, language.voice)
    return to_person(here, "to_person", rule, sentence, said="", queue=helper(here, code))

"""Intents and districts are options of questions by their names; no name may mean something else there."""

from __future__ import annotations

from voicebot.dialogue.destinations import DONT_KNOW
from voicebot.dialogue.pages import MORE
from voicebot.dialogue.questions import NEITHER
from voicebot.dialogue.universals import BY_VOICE
from voicebot.routing.rules.names import ANSWERS


def test_the_check_refuses_every_name_that_the_dialogue_has_taken() -> None:
    assert {*BY_VOICE, MORE, NEITHER, DONT_KNOW, "yes", "no"} == ANSWERS

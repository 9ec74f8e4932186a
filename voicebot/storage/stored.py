"""Answers and inputs of turns as JSON. Every action carries its name: fields alone do not tell them apart."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from voicebot.dialogue.actions import Action, SendText
from voicebot.errors import StorageError
from voicebot.ports import Answer, TurnInput


@cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    return {each.__name__: TypeAdapter(each) for each in (*get_args(Action), TurnInput)}


def dump_answer(answer: Answer) -> str:
    """A number that a text message goes to is left out: the outbox holds it, sealed, and an answer that is given again
    sends nothing."""
    actions = [_dump_action(replace(each, to=None) if isinstance(each, SendText) else each) for each in answer.actions]
    return json.dumps({"actions": actions, "next_turn": answer.next_turn})


def _dump_action(action: Action) -> dict[str, Any]:
    name = type(action).__name__
    return {"action": name, **_adapters()[name].dump_python(action, mode="json")}


def load_answer(text: str) -> Answer:
    """Raises `StorageError` where another version of the bot wrote it."""
    try:
        value = json.loads(text)
        actions = tuple(_load_action(each) for each in value["actions"])
        return Answer(actions, int(value["next_turn"]))
    except (ValueError, KeyError, TypeError):
        raise StorageError("a stored answer cannot be read; another version of the bot wrote it") from None


def _load_action(value: dict[str, Any]) -> Action:
    fields = dict(value)
    action: Action = _adapters()[fields.pop("action")].validate_python(fields)
    return action


def dump_input(given: TurnInput) -> str:
    """Without the keys: they may be a card number, or a telephone number."""
    return _adapters()["TurnInput"].dump_json(replace(given, keys="")).decode()


def load_input(text: str | None) -> TurnInput:
    """Silence where nothing is stored. Raises `StorageError` where another version of the bot wrote it."""
    if text is None:
        return TurnInput()
    try:
        given: TurnInput = _adapters()["TurnInput"].validate_json(text)
    except ValueError:
        raise StorageError("the stored input of a turn cannot be read; another version of the bot wrote it") from None
    return given

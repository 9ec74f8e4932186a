"""A council of four intents, with three small models to promote."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from tests.nlu.conftest import SMALL
from voicebot import bootstrap, cli
from voicebot.config import load_settings
from voicebot.nlu.catalogue import PROMOTIONS
from voicebot.promoting import Office

ROOT = Path(__file__).parents[2]

TWISTED = {**SMALL, "pothole": SMALL["library_services"], "library_services": SMALL["pothole"]}
"""Whoever did this put the phrases into the wrong files."""

SAID = {
    "pothole": [
        "there's a pothole on our road",
        "a big hole in the tarmac on Mill Lane",
        "the road is breaking up outside the shop",
        "potholes all over my street",
        "I hit a pothole by the bus stop",
        "can you fill the hole in the road",
        "the tarmac is breaking up",
        "another pothole in the road",
    ],
    "library_services": [
        "can I renew a library book",
        "when does the library open",
        "joining the library",
        "reserve me a library book",
        "the library opening times please",
        "a fine on my library book",
        "is there a computer in the library",
        "do you have audio books",
    ],
    "life_in_danger": [
        "there's a fire in the house",
        "a strong smell of gas",
        "he has got a knife",
        "she is bleeding badly",
        "my kitchen is on fire",
        "my friend collapsed",
        "somebody is attacking us",
        "the carbon monoxide alarm is going off",
    ],
    "out_of_scope": [
        "can I order a pizza",
        "what will the weather be like",
        "is that the gas board please",
        "there is something wrong with my phone bill",
        "I'd like to book a flight",
        "tell me another joke",
        "I need to see a dentist",
        "who won the football match",
    ],
}


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli.cli, arguments, input=input)


def promote(*arguments: str, input: str | None = None) -> Result:
    return run("models", "promote", *arguments, "--utterances", "utterances", input=input)


def office() -> Office:
    return bootstrap.office(load_settings())


def log(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "models" / PROMOTIONS).read_text("utf-8").splitlines()]

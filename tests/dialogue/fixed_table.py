"""The routing.yaml that is shipped, with thresholds that stay: those of the file are fitted to each new model, and what
the dialogue does under and over them must not change with that.

`fuller_table` adds what of the language it need not use today: notices, a follow-up question, an answer in parts and a
sentence in another language, so that random walks come to all of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from voicebot.routing.loader import load_table
from voicebot.routing.table import Choice, Language, Notice, Question, Route, Table, Thresholds

THRESHOLDS = Thresholds(accept=0.62, confirm=0.35, offer_two=0.45, refuse=0.5, urgent=0.3, choice=0.6)


def fixed_table() -> Table:
    table = load_table(Path(__file__).parents[2] / "routing.yaml")
    routes = {name: each.model_copy(update={"accept": None, "confirm": None}) for name, each in table.intents.items()}
    return table.model_copy(update={"thresholds": THRESHOLDS, "intents": routes})


def fuller_table() -> Table:
    table = fixed_table()
    late = datetime(2027, 1, 1, tzinfo=UTC)
    notices = (
        Notice(name="market", say="There is a market at County Hall.", until=late),
        Notice(name="snow", say="It has snowed.", until=late, intents=("pothole", "road_emergency", "bus_pass_apply")),
        Notice(name="busy", say="The line is busy today.", until=late, queues=("switchboard", "emergency-duty")),
        Notice(name="burst", say="A pipe has burst.", until=late, queues=("blue-badge", "parking"), closes=True),
    )
    polish = Language(
        name="Polish",
        say="Proszę czekać.",
        closed="Biuro jest zamknięte.",
        locale="pl-PL",
        voice="Polly.Ola-Neural",
        to="families",
    )
    intents = dict(table.intents)
    intents["school_transport"] = _asking(intents["school_transport"])
    parts = ("First, find a photo.", "Then fill in the form.", "Then send it.")
    intents["bus_pass_apply"] = intents["bus_pass_apply"].model_copy(update={"answer": parts})
    added = {"notices": notices, "languages": {"pl": polish}, "intents": intents, "vocabulary": ("Chipping Marl",)}
    return table.model_copy(update=added)


def _asking(route: Route) -> Route:
    plain = route.model_copy(update={"ask": None})
    answer = {"kind": "answer", "answer": ("Apply by June.",), "text": "Apply at westshire.example/new", "link": None}
    options = {
        "new": Choice(about="a new place", phrases=("apply",), key="1", route=plain.model_copy(update=answer)),
        "existing": Choice(about="a place you have", key="2", route=plain),
        "pass": Choice(about="a pass for the bus", key="3", intent="bus_pass_apply"),
        "yes": Choice(about="work as a driver", phrases=("yes",), key="5", route=plain),
    }
    return plain.model_copy(update={"ask": Question(say="Is that new, or do you have it already?", options=options)})

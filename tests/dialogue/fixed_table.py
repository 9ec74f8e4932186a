"""The routing.yaml that is shipped, with thresholds that stay: those of the file are fitted to each new model, and what
the dialogue does under and over them must not change with that."""

from __future__ import annotations

from pathlib import Path

from voicebot.routing.loader import load_table
from voicebot.routing.table import Table, Thresholds

THRESHOLDS = Thresholds(accept=0.62, confirm=0.35, offer_two=0.45, refuse=0.5, urgent=0.3, choice=0.6)


def fixed_table() -> Table:
    table = load_table(Path(__file__).parents[2] / "routing.yaml")
    routes = {name: each.model_copy(update={"accept": None, "confirm": None}) for name, each in table.intents.items()}
    return table.model_copy(update={"thresholds": THRESHOLDS, "intents": routes})

"""What the tests of `voicebot review` do: ring, run the command, and read what it left."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from tests.storage.ringing import fixed_table, ring
from tests.storage.samples import Now
from voicebot import bootstrap
from voicebot.cli import cli
from voicebot.dialogue.events import Heard
from voicebot.storage.calls import SqlCallStore

ROOT = Path(__file__).parents[2]

BINS = ["nobody's emptied my bin", "they haven't emptied my bin", "my bin wasn't emptied again"]
HOLE = "the road has gone all to pieces by the chapel"
PIZZA = "can I get a large pepperoni"
HOSTILE = '=HYPERLINK("http://evil.example","click")'
NAMED = "this is Jane Smith on 07700 900456, it's about my library book"


class RealNow(Now):
    def __init__(self) -> None:
        self.moment = bootstrap.utc_now() - timedelta(hours=2)


def call(store: SqlCallStore, call_id: str, *events: Heard, hours_ago: float = 2) -> None:
    now = RealNow()
    at = bootstrap.utc_now() - timedelta(hours=hours_ago)
    ring(store, now, fixed_table(), call_id, events, number=None, at=at)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["review", *arguments], input=input)


def listed(*arguments: str) -> list[dict[str, Any]]:
    done = run("--json", *arguments)
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def said(group: dict[str, Any]) -> list[str]:
    return [each["heard"] for each in group["utterances"]]


def everything() -> list[str]:
    return [words for group in listed() for words in said(group)]


def phrases(intent: str) -> list[str]:
    return list(yaml.safe_load(Path("intents", f"{intent}.yaml").read_text("utf-8"))["phrases"])


def sheet(file: str = "labels.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Path(file).read_text("utf-8-sig"), newline="")))


def labelled(labels: dict[str, str], file: str = "labels.csv") -> None:
    """Fill in the column as a person would; `labels`: words → label."""
    rows = sheet(file)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows({**row, "label": labels.get(row["heard"], "")} for row in rows)
    Path(file).write_text(out.getvalue(), "utf-8-sig", newline="")

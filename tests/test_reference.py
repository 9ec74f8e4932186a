"""docs/reference is made from the code; these tests say what to run when it is behind."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from voicebot.bootstrap import NEEDED_TO_SERVE
from voicebot.cli import COMMANDS, cli
from voicebot.commands.reference import GROUPS, pages, settings_page
from voicebot.config import Settings

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/reference"
MADE = ("settings.md", "commands.md", "routing.md", "routing.schema.json", "routing.d.schema.json")


@pytest.mark.parametrize("name", MADE)
def test_the_page_is_current(name):
    written = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
    if written != pages(cli)[name]:
        pytest.fail(f"docs/reference/{name} is behind the code. Run scripts/make_reference and commit the result.")


def test_every_page_that_is_made_is_tested_here_and_none_is_left_over():
    made = set(pages(cli))
    assert made == set(MADE)
    assert made <= {file.name for file in FOLDER.iterdir()}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_and_says_which_values_it_takes(name):
    field = Settings.model_fields[name]
    (row,) = [line for line in settings_page().splitlines() if line.startswith(f"| `{field.alias}` |")]
    meaning, default, values = (cell.strip() for cell in row.split("|")[2:5])
    assert field.description, f"{name} in voicebot/config.py needs a description"
    assert field.description in meaning
    assert default
    assert values
    assert ("**required**" in meaning) == (name in NEEDED_TO_SERVE)
    if field.annotation in (int, float):
        assert values.count(" to ") == 1, f"{name} in voicebot/config.py needs a lower and an upper bound"


def test_sections_begin_with_settings_that_exist():
    assert set(GROUPS) <= set(Settings.model_fields)


def test_secrets_have_no_default_that_would_be_printed():
    for name, field in Settings.model_fields.items():
        if "SecretStr" in str(field.annotation) and name != "database_url":
            assert field.default.get_secret_value() == ""


def test_every_command_with_its_examples_stands_in_the_page():
    page = pages(cli)["commands.md"]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert f"## voicebot {name}\n" in page
        inner = getattr(command, "commands", {})
        for each in inner:
            assert f"## voicebot {name} {each}\n" in page

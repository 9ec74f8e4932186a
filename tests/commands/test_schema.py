"""`voicebot schema`: what is printed can be saved and used as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from voicebot.cli import cli
from voicebot.errors import ContentError
from voicebot.routing.schema import FilePart, routing_schema


@pytest.mark.parametrize("part", ["routing.yaml", "routing.d"])
def test_it_prints_the_schema_of_the_part_alone(part: FilePart) -> None:
    done = CliRunner().invoke(cli, ["schema", "--part", part], catch_exceptions=False)
    assert done.exit_code == 0
    assert json.loads(done.output) == routing_schema(part)
    assert done.output.endswith("}\n")


def test_names_come_from_the_file_its_folder_and_the_intents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "routing.yaml").write_text("queues:\n  desk: {name: the desk}\n")
    (tmp_path / "routing.d").mkdir()
    (tmp_path / "routing.d" / "roads.yaml").write_text("queues:\n  roads: {name: Roads}\n")
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "pothole.yaml").write_text("phrases: []\n")
    done = CliRunner().invoke(cli, ["schema", "--names", "routing.yaml"], catch_exceptions=False)
    printed = json.loads(done.output)
    Draft202012Validator.check_schema(printed)
    assert printed["$defs"]["queue_name"]["anyOf"][0] == {"enum": ["desk", "roads"]}
    assert list(printed["properties"]["intents"]["properties"]) == ["pothole"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["schema", "--names", "ruoting.yaml"])
    assert isinstance(done.exception, ContentError)
    assert "there is no file ruoting.yaml" in done.exception.message

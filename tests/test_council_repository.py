"""What docs/council-repository.md tells a council to write works: the hook, the commands, the first lines."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from voicebot.cli import cli

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "council-repository.md").read_text(encoding="utf-8")
HOOKS = {each["id"]: each for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = sorted({each.strip() for each in re.findall(r"voicebot (?:schema|check|publish)[^`>\n]*", PAGE)})


def parsed(line: str) -> click.Context:
    name, *arguments = shlex.split(line)[1:]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command.make_context(name, arguments)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_page_can_be_given(line: str) -> None:
    assert parsed(line).params is not None


def test_the_page_uses_hooks_that_there_are() -> None:
    (config,) = [yaml.safe_load(each) for each in BLOCKS if each.startswith("repos:")]
    assert {hook["id"] for repo in config["repos"] for hook in repo["hooks"]} == set(HOOKS)


def test_the_hook_runs_for_the_files_that_the_check_reads() -> None:
    hook = HOOKS["voicebot-check"]
    assert parsed(hook["entry"]).params["file"] is None
    files = ["routing.yaml", "routing.d/highways.yaml", "intents/pothole.yaml", "docs/routing.yaml", "README.md"]
    assert [each for each in files if re.search(hook["files"], each)] == files[:3]
    assert hook["pass_filenames"] is False


def test_the_workflow_checks_and_annotates() -> None:
    (workflow,) = [yaml.safe_load(each) for each in BLOCKS if each.startswith("name:")]
    last = workflow["jobs"]["check"]["steps"][-1]["run"]
    assert last == "voicebot check --format github"


def test_the_first_lines_name_the_files_that_the_commands_write() -> None:
    written = set(re.findall(r"> (\S+\.json)", PAGE))
    named = set(re.findall(r"\$schema=(\S+)", PAGE))
    assert {Path(each).name for each in named} == written

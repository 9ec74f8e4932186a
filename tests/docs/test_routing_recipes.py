"""The pages for service owners, followed step by step: each snippet is written into a copy of the example table, each
command is run, and what comes out is what the page shows."""

from __future__ import annotations

import io
import os
import pty
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from voicebot.cli import main
from voicebot.config import load_settings
from voicebot.routing.checks import check_file
from voicebot.routing.issues import errors
from voicebot.routing.source import trained_intents

from .page import Block, Step, prints, recipes, steps, taken_out_of, written_into

DOCS = Path(__file__).parents[2] / "docs"
RECIPES = recipes(DOCS / "routing-recipes.md")
GUIDE = recipes(DOCS / "service-owners.md")
ANSWER = "[y/N]: "
VOICEBOT = Path(sys.executable).with_name("voicebot")


def test_every_recipe_shows_what_to_write_and_what_comes_of_it() -> None:
    headings = [line[3:] for line in (DOCS / "routing-recipes.md").read_text().splitlines() if line.startswith("## ")]
    assert list(RECIPES) == headings
    for heading, blocks in RECIPES.items():
        assert {"yaml", "console"} <= {block.kind for block in blocks}, heading
        assert all(step.printed for block in blocks if block.kind == "console" for step in steps(block)), heading


def test_a_page_that_claims_something_else_is_found_out() -> None:
    printed = "one\nrouting.yaml:12 says two\nthree\n"
    assert prints(printed, ("one", "…"))
    assert prints(printed, ("…", "routing.yaml:99 says…", "three"))
    assert not prints(printed, ("one", "three"))
    assert not prints(printed, ("…", "routing.yaml:12 says three", "…"))
    assert not prints(printed, ("one", "routing.yaml:12 says two"))


@pytest.mark.parametrize("heading", RECIPES)
def test_recipe(heading: str, council: Path) -> None:
    follow(RECIPES[heading], council)


@pytest.mark.timeout(300)
def test_the_guide_from_top_to_bottom(council: Path) -> None:
    run("voicebot publish --yes --no-calls --why 'The table as it was'")
    follow([block for blocks in GUIDE.values() for block in blocks], council)


def follow(blocks: list[Block], council: Path) -> None:
    """Before each command the table is as the page has it by then: without an error, unless the page shows one."""
    written: list[Block] = []
    for block in blocks:
        if block.kind == "yaml":
            write(block, council)
            written.append(block)
        elif block.kind == "console":
            check_table(council, written)
            for step in steps(block):
                check_printed(step)


def write(block: Block, council: Path) -> None:
    table = council / "routing.yaml"
    text = table.read_text(encoding="utf-8")
    if "/" in block.title:
        (council / block.title).parent.mkdir(exist_ok=True)
        (council / block.title).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        if block.title.startswith("routing.d/"):
            table.write_text(taken_out_of(text, block.lines), encoding="utf-8")
    else:
        table.write_text(written_into(text, block.lines), encoding="utf-8")


def check_table(council: Path, written: list[Block]) -> None:
    names = trained_intents(load_settings().intents)
    wrong = [str(each) for each in errors(check_file(council / "routing.yaml", names, date(2026, 11, 21)))]
    meant = any(block.title == "wrong" for block in written)
    assert bool(wrong) == meant, f"line {written[-1].line if written else 1}: {wrong}"


def check_printed(step: Step) -> None:
    output = typed(step) if any(ANSWER in line for line in step.printed) else run(step.command)
    assert "Traceback" not in output
    assert prints(output, step.printed), f"line {step.line}: {step.command} prints\n{output}"


def run(command: str) -> str:
    """What a command prints, in this process: loading the program for each would take minutes."""
    name, *arguments = shlex.split(command, comments=True)
    assert name == "voicebot", command
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed), patch.object(sys, "argv", [name, *arguments]):
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (None, 0, 1, 2)
    return printed.getvalue()


def typed(step: Step) -> str:
    """What a command prints that asks at the terminal and is answered as the page says."""
    answers = [line.partition(ANSWER)[2] for line in step.printed if ANSWER in line]
    terminal, inside = pty.openpty()
    os.write(terminal, "".join(f"{each}\n" for each in answers).encode())
    _, *arguments = shlex.split(step.command, comments=True)
    done = subprocess.run(
        [VOICEBOT, *arguments], stdin=inside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )
    os.close(terminal)
    os.close(inside)
    return done.stdout.replace(ANSWER, f"{ANSWER}{answers[0]}\n")

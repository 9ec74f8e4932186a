"""What is made from the code in docs/reference: every setting, every command, and the language of routing.yaml, as a
page and as schemas for editors. `scripts/make_reference` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import annotated_types
import click
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from voicebot.bootstrap import NEEDED_TO_SERVE
from voicebot.commands.reference_routing import routing_page
from voicebot.commands.schema import schema_text
from voicebot.config import Settings

COLUMNS = 100

GROUPS = {
    "account_sid": "The provider",
    "public_url": "The web tier",
    "recogniser_url": "Recognition",
    "routing": "Files and data",
    "smtp_host": "Messages left by callers",
    "log": "Logs",
}
"""The field that each section begins with; sections follow the order of `Settings`."""

SETTINGS_HEAD = """# Settings

Made from `voicebot/config.py` by `scripts/make_reference`; a change here is overwritten.

Each setting is an environment variable; those that are not in the environment are read from `.env` in the folder that
`voicebot` is started in. An empty value counts as not set. `voicebot config` prints what is in force, secrets masked. A
change counts from the next start. Settings marked **required** must be set before the bot answers calls; those marked
*secret* are never printed or logged.
"""

COMMANDS_HEAD = """# Commands

Made from the code by `scripts/make_reference`; a change here is overwritten.

Exit codes: 0 done · 1 done, and the answer is no (mistakes found, call not put through, nothing to erase) · 2 cannot be
done as asked (a setting, a file, a part that is missing; one line says which) · 130 stopped by Ctrl-C or a "no".
"""


def pages(program: click.Group) -> dict[str, str]:
    """File name → text."""
    return {
        "settings.md": settings_page(),
        "commands.md": commands_page(program),
        "routing.md": routing_page(),
        "routing.schema.json": schema_text("routing.yaml"),
        "routing.d.schema.json": schema_text("routing.d"),
    }


def write(program: click.Group, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(program).items():
        (folder / name).write_text(text, encoding="utf-8")


def settings_page() -> str:
    lines = [SETTINGS_HEAD]
    for name, field in Settings.model_fields.items():
        if name in GROUPS:
            lines += [f"## {GROUPS[name]}\n", "| setting | meaning | default | values |", "|---|---|---|---|"]
        lines.append(f"| `{field.alias}` | {_meaning(name, field)} | {_default(field)} | {_values(name, field)} |")
        if _ends_section(name):
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _ends_section(name: str) -> bool:
    names = list(Settings.model_fields)
    following = names[names.index(name) + 1 :]
    return not following or following[0] in GROUPS


def _meaning(name: str, field: FieldInfo) -> str:
    marks = [mark for mark, holds in (("**required**", name in NEEDED_TO_SERVE), ("*secret*", _secret(field))) if holds]
    return " ".join([field.description or "", *([f"({', '.join(marks)})"] if marks else [])])


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value in (PydanticUndefined, None, ""):
        return "–"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _values(name: str, field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{each}`" for each in get_args(kind))
    if kind is bool:
        return "`true`, `false`"
    if kind not in (int, float):
        return "path" if "Path" in str(kind) else "text"
    unit = next((f" {each}" for each in ("seconds", "days") if name.endswith(f"_{each}")), "")
    return f"{'whole number' if kind is int else 'number'}, {_range(field)}{unit}"


def _range(field: FieldInfo) -> str:
    """The bounds as words: every number of `Settings` has both."""
    words: dict[type, str] = {
        annotated_types.Ge: "from {ge}",
        annotated_types.Gt: "more than {gt}",
        annotated_types.Le: "to {le}",
        annotated_types.Lt: "below {lt}",
    }
    return " ".join(words[type(each)].format(**_bounds(each)) for each in field.metadata if type(each) in words)


def _bounds(mark: Any) -> dict[str, Any]:
    return {name: getattr(mark, name) for name in ("ge", "gt", "le", "lt") if hasattr(mark, name)}


def _secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr


def commands_page(program: click.Group) -> str:
    context = click.Context(program, info_name="voicebot", **{**program.context_settings, **_width()})
    parts = [COMMANDS_HEAD, _command(program, context)]
    return "\n".join(parts).rstrip() + "\n"


def _command(command: click.Command, context: click.Context) -> str:
    parts = [f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                parts.append(_command(inner, click.Context(inner, info_name=name, parent=context, **_width())))
    return "\n".join(parts)


def _width() -> dict[str, Any]:
    """As wide wherever the page is made, whatever the terminal."""
    return {"terminal_width": COLUMNS, "max_content_width": COLUMNS}

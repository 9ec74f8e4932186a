"""A conversation tree as one HTML page that opens offline. Words of the table are escaped like any other text."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from voicebot.commands.preview_view import (
    Preview,
    by_file,
    goes_on,
    line_state,
    moment_words,
    reason_words,
    seconds_words,
)


def page(shown: Preview, sounds: Mapping[str, str] | None = None) -> str:
    """`sounds` gives prompts as data URIs, by their text; each is written once, however often the prompt is said."""
    sounds = sounds or {}
    names = {text: f"sound-{number}" for number, text in enumerate(sounds, 1)}
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((files("voicebot.commands") / "preview.html.j2").read_text("utf-8"))
    only = "" if shown.opening else f": {shown.intents[0][0].about}"
    return template.render(
        title=f"What callers hear{only}",
        council=shown.council,
        hash=shown.hash,
        when=moment_words(shown.now),
        opening=shown.opening,
        groups=by_file([entry for entry, _ in shown.intents]),
        trees={entry.intent: tree for entry, tree in shown.intents},
        shown={entry.intent for entry, _ in shown.intents},
        sounds=names,
        data={names[text]: uri for text, uri in sounds.items()},
        seconds=seconds_words,
        reason=reason_words,
        state=line_state,
        going=goes_on,
    )

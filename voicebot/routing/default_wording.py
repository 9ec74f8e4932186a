"""What the bot says where the council's file has no words of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from voicebot.routing.yaml_text import Fields, Text, read_yaml

FILE = "wording.yaml"


@cache
def default_wording() -> Mapping[str, str]:
    """The words of every prompt by its name, as the package brings them."""
    root, _ = read_yaml(files("voicebot.routing").joinpath(FILE).read_text(encoding="utf-8"), FILE)
    entries = root.entries if isinstance(root, Fields) else ()
    words = {each.key: " ".join(each.value.text.split()) for each in entries if isinstance(each.value, Text)}
    return MappingProxyType(words)

"""Turns what pydantic finds into plain English. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from voicebot.routing.issues import choose, shown

_EXAMPLES = {
    "name": "name: the Blue Badge team",
    "hours": "hours: office",
    "to": "to: switchboard",
    "kind": "kind: queue",
    "about": "about: a pothole",
    "places": "places: [Westbridge, Castle Hill]",
    "caller_id": 'caller_id: "+441632960100"',
    "default_queue": "default_queue: switchboard",
    "danger_queue": "danger_queue: emergency-duty",
    "website": "website: westshire.example",
}

_NEEDS_NUMBER = {"int_parsing", "int_type", "int_from_float", "float_parsing", "float_type", "finite_number"}


def _number(given: str, whole: bool) -> str:
    """How to write what was probably meant."""
    found = re.search(r"\d+(?:[.,]\d+)?", given)
    if whole:
        return f"write digits alone, such as {found[0] if found and found[0].isdigit() else 25}"
    value = float(found[0].replace(",", ".")) if found else 0.62
    value = value / 100 if value > 1 else value
    return f"write digits alone, with a point where needed, such as {value if value <= 1 else 0.62:g}"


def explain(problem: Mapping[str, Any], what: str) -> tuple[str, str, str]:
    """Code, message and fix for one of pydantic's error details; `what` names the part it was found in."""
    name = ".".join(str(part) for part in problem["loc"]) or what
    kind: str = problem["type"]
    given = problem.get("input")
    quoted = shown(given) if isinstance(given, str) else "this"
    limits: Mapping[str, Any] = problem.get("ctx", {})
    if kind == "missing":
        return "E102", f"{what} has no {name}", f"add a line such as {_EXAMPLES.get(name, name + ': …')}"
    if kind == "literal_error":
        allowed = str(limits["expected"]).replace("'", "")
        names = [each.strip() for each in allowed.replace(" or ", ", ").split(",")]
        return "E103", f"{quoted} is no {name}", choose(str(given), names, f"write one of {allowed}")
    if kind in _NEEDS_NUMBER:
        return "E103", f"{name} is {quoted}, which is no number", _number(str(given), whole=kind.startswith("int"))
    if kind in {"bool_parsing", "bool_type"}:
        return "E103", f"{name} is {quoted}", "write yes or no"
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = f"at least {limits['ge']}" if kind == "greater_than_equal" else f"at most {limits['le']}"
        return "E103", f"{name} is {quoted}", f"it must be {limit}"
    if kind == "string_type":
        return "E104", f"{name} must be text", "write the value after the colon, on the same line"
    if kind in {"tuple_type", "list_type"}:
        return "E104", f"{name} must be a list", f"write {name}: [one, another]"
    return "E103", f"{name} cannot be {quoted}", str(problem["msg"])

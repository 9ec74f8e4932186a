"""Words the report of a model for the people who look after the phrases. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voicebot.nlu.manifest import ModelInfo

_NAMES = {
    "top_1": "the likeliest intent is right",
    "top_2": "one of the two likeliest is right",
    "urgent_found": "urgent calls found",
    "false_urgent": "harmless calls taken for urgent",
    "accepted_right": "of what is accepted outright, right",
    "real_accepted": "real requests accepted outright",
    "real_confirmed_or_offered": "real requests confirmed or offered",
    "real_confirmed": "– confirmed",
    "real_offered": "– offered as one of two",
    "real_asked_again": "real requests asked again",
    "real_refused": "real requests refused",
    "out_of_scope_refused": "out of scope refused",
    "out_of_scope_not_accepted": "out of scope not accepted",
}
_SHOWN = 40


def markdown(info: ModelInfo, report: dict[str, Any]) -> str:
    return "\n".join(_lines(info, report)) + "\n"


def _lines(info: ModelInfo, report: dict[str, Any]) -> Iterator[str]:
    yield f"# Model {info.hash}"
    yield ""
    yield f"{info.phrases} phrases of {len(info.labels)} intents. How to read this: docs/understanding.md."
    yield "With plots, slices and every mistake: `voicebot evaluate`."
    yield ""
    yield "Thresholds of least cost, for `thresholds:` in routing.yaml:"
    yield ""
    yield from (f"    {name}: {value}" for name, value in info.thresholds.items() if not name.startswith("alarm"))
    for name, title in (
        ("cross_validation", "Phrases held out by cross-validation"),
        ("held_out", "Held-out utterances"),
    ):
        if name in report:
            yield ""
            yield f"## {title}"
            yield ""
            if name == "cross_validation":
                yield "A little too good: the judges' weights and the thresholds were chosen on these same phrases."
                yield ""
            yield from _figures(report[name])


def _figures(part: dict[str, Any]) -> Iterator[str]:
    yield f"{part['utterances']} utterances; expected calibration error {part['calibration_error']:.3f}."
    if part.get("left_out"):
        yield f"{part['left_out']} more are left out, because they are training phrases word for word."
    yield ""
    yield "| share | % | 95 % interval | of |"
    yield "|---|---|---|---|"
    for key, words in _NAMES.items():
        if key not in part:  # the figures of a model that is older than the figure
            continue
        yield _row(words, part[key])
        if key == "top_1":
            yield from (_row(f"– {kind}", given) for kind, given in part["by_kind"].items())
    yield ""
    yield "| expected | taken for | times |"
    yield "|---|---|---|"
    yield from (f"| {each['expected']} | {each['best']} | {each['times']} |" for each in part["confused"])
    weak = sorted(
        ((name, each) for name, each in part["by_intent"].items() if each["recall"]),
        key=lambda item: item[1]["recall"][0],
    )
    yield ""
    yield "| weakest intents | recall % | precision % | F1 |"
    yield "|---|---|---|---|"
    yield from (
        f"| {name} | {_percent(each['recall'])} | {_percent(each['precision'])} | {_ratio(each.get('f1'))} |"
        for name, each in weak[:15]
    )
    if part.get("wrong"):
        yield ""
        yield f"Not understood (the first {_SHOWN} of {len(part['wrong'])}; all of them in report.json):"
        yield ""
        yield from (
            f"- {each['at']} “{each['words']}” → {each['best']} ({each['confidence']:.2f}, {each['decision']}), "
            f"expected {' or '.join(each['expected'])}"
            for each in part["wrong"][:_SHOWN]
        )


def _row(words: str, given: list[float] | None) -> str:
    if given is None:
        return f"| {words} | – | – | 0 |"
    return f"| {words} | {given[0] * 100:.1f} | {given[1] * 100:.1f} – {given[2] * 100:.1f} | {given[3]:.0f} |"


def _percent(given: list[float] | None) -> str:
    return "–" if given is None else f"{given[0] * 100:.0f}"


def _ratio(given: float | None) -> str:
    return "–" if given is None else f"{given:.2f}"

"""The figures of live audio as Markdown, for docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voicebot.regression.bench_live_plot import share
from voicebot.regression.bench_tables import markdown_table

Found = Mapping[str, Any]


def endpoint_text(found: Found) -> str:
    """Gap, cut-offs, what recognition adds; by kind; and the trade-off."""
    targets, gap, added = found["targets"], found["gap"], found["added"]
    met = [
        f"p50 of the gap at most {targets['gap_p50']} s: **{_met(gap['p50'] <= targets['gap_p50'])}** "
        f"({gap['p50']:.2f} s, p95 {gap['p95']:.2f} s)",
        f"cut off at most {100 * targets['cut_off']:.0f} %: **{_met(share(found) <= 100 * targets['cut_off'])}** "
        f"({found['cut_off']} of {found['utterances']}, {share(found):.1f} %)",
        f"added at most {targets['added_p50']} s at p50 and {targets['added_p95']} s at p95: "
        f"**{_met(added['p50'] <= targets['added_p50'] and added['p95'] <= targets['added_p95'])}** "
        f"({added['p50']:.2f} s, {added['p95']:.2f} s)",
    ]
    kinds = markdown_table(
        ["", "utterances", "cut off", "gap p50 s", "gap p95 s", "longest s"],
        [[name, *_row(each)] for name, each in {"**all**": found, **found["kinds"]}.items()],
    )
    others = markdown_table(
        ["patience", "utterances", "cut off", "gap p50 s", "gap p95 s", "longest s"],
        [[f"{each['patience']:g}", *_row(each)] for each in found["trade_off"]],
    )
    head = f"{found['utterances']} utterances, {found['engine']}, patience {found['patience']:g}. {when(found)}"
    return (
        f"{head} Left without a reply: {found['unanswered']}.\n\nTargets: {'; '.join(met)}.\n\n{kinds}{_cut(found)}\n"
        f"The trade-off, in audio time ({found['heard_again']} stretches of sound had to be heard anew):\n\n{others}\n"
        "![How often callers are cut off, against the median gap, for each patience](benchmarks/live-trade-off.svg)"
    )


def noise_text(found: Found) -> str:
    """Every mistake, by sound."""
    over, listening = found["over_prompts"], found["listening"]
    stopped, believed = sum(each["stopped"] for each in over), sum(each["believed"] for each in listening)
    failed = sum(each["failed"] for each in listening)
    source = "recorded and computed" if found["recorded"] else "computed"
    prompts = markdown_table(
        ["over the bot's prompts", "minutes", "prompts stopped"],
        [[each["sound"], _minutes(each), each["stopped"]] for each in over],
    )
    counted = ("taken_for_speech", "recognised", "not_understood", "believed")
    words = markdown_table(
        ["while it listens", "minutes", "taken for speech", "recognised", "not understood", "words believed"],
        [[each["sound"], _minutes(each), *(each[name] for name in counted)] for each in listening],
    )
    head = f"Sounds {source}; {found['engine']}. {when(found)}"
    return (
        f"{head}\n\nTargets: no prompt stopped: **{_met(not stopped)}**; no word believed: "
        f"**{_met(not believed and not failed)}**. Recognitions that failed: {failed}.\n\n{prompts}\n{words}"
    )


def knee_text(found: Found) -> str:
    """The steps of each model."""
    parts = [
        f"Target: p95 at most {found['target_p95']} s beyond the endpoint's silence, no frame, stream or call lost, "
        f"every utterance answered, at most {100 * found['shed_allowed']:.0f} % given keys."
    ]
    columns = ["calls", "utterances", "beyond p50 s", "beyond p95 s", "gap p50 s", "gap p95 s", "keys instead"]
    columns += ["smaller model", "recorded", "unanswered", "frames lost", "streams lost", "calls lost"]
    columns += ["load's share", "bot's share"]
    for model, each in found["models"].items():
        rows = [_knee_row(step, each["knee"]) for step in sorted(each["steps"], key=lambda step: int(step["calls"]))]
        met = _met(each["knee"] >= each["wanted"])
        name = f"{found['engine']} {model}"
        parts.append(
            f"{name}: the knee is at **{each['knee']} calls**; {each['wanted']} were wanted: **{met}**. "
            f"{each['admitted']} recognitions admitted at once. {when(each)}\n\n{markdown_table(columns, rows)}"
        )
    return "\n\n".join(parts)


def _knee_row(step: Found, most: int) -> list[object]:
    load = step["load"]
    seconds = [f"{step[name]:.2f}" for name in ("p50", "p95", "gap_p50", "gap_p95")]
    counts = [step[name] for name in ("shed", "smaller", "recorded", "unanswered", "frames", "broken", "lost")]
    shares = [load["load_cpu_share"], sum(load["bot_cpu_share"].values())]
    calls = f"**{step['calls']}**" if step["calls"] == most else step["calls"]
    return [calls, step["utterances"], *seconds, *counts, *(f"{100 * each:.0f} %" for each in shares)]


def when(found: Found) -> str:
    """When it was measured, and on how busy a machine."""
    busy = "" if found["quiet"] else ", **a machine that was busy with other things**"
    return f"{found['at'][:16].replace('T', ' ')} UTC, load average before: {found['load']:.2f}{busy}."


def _row(each: Found) -> list[object]:
    gap = each["gap"]
    seconds = [f"{gap[name]:.2f}" for name in ("p50", "p95", "longest")]
    return [each["utterances"], f"{each['cut_off']} ({share(each):.1f} %)", *seconds]


def _cut(found: Found) -> str:
    cut: Sequence[Found] = [each for each in found["rows"] if each["cut_off"]]
    return f"\nCut off: {', '.join(each['name'] for each in cut)}.\n" if cut else ""


def _minutes(each: Found) -> str:
    return f"{each['seconds'] / 60:.1f}"


def _met(good: bool) -> str:
    return "met" if good else "missed"


TABLES = {"live-endpoint": endpoint_text, "live-noise": noise_text, "live-knee": knee_text}

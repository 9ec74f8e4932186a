"""The figures as Markdown, and where they go in docs/benchmarks.md: between two marks for each measurement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from voicebot.errors import ContentError

Found = Mapping[str, Any]
Tables = Mapping[str, Callable[[Found], str]]


def fill(page: str, results: Found, tables: Tables | None = None) -> str:
    """The page with the tables of these results. What was not measured stays as it is. `tables` make the text; by
    default those of this file. Raises `ContentError` where the page has no place for one."""
    for name, found in results.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.S)
        if not place.search(page):
            raise ContentError(f"docs/benchmarks.md: no lines <!-- {name} --> and <!-- end of {name} --> to write to.")
        table = (tables or TABLES)[name](found)
        page = place.sub(lambda match: f"{match[1]}{table}\n{match[2]}", page)  # noqa: B023  # called at once
    return page


def markdown(results: Found, tables: Tables | None = None) -> str:
    """All tables of these results."""
    return "\n".join(f"### {name}\n\n{(tables or TABLES)[name](found)}" for name, found in results.items())


def machine_text(machine: Found, database: str = "") -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items() if number)
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB · {machine['system']} · "
        f"Python {machine['python']} · {database + ' · ' if database else ''}{versions}\n"
    )


def _turns(found: Found) -> str:
    kinds = {"all webhooks": found["requests"], **{f"until more is heard: {k}": v for k, v in found["kinds"].items()}}
    rows = [[name, each["count"], *_ms(each)] for name, each in kinds.items()]
    table = markdown_table(["", "count", "p50 ms", "p95 ms", "p99 ms", "longest ms"], rows)
    met = _met(found["requests"]["p95"] < found["target_p95"])
    target = f"Target: p95 of all webhooks under {1000 * found['target_p95']:.0f} ms: **{met}**."
    return f"{_conditions(found)}\n\n{target} {_losses(found)}\n\n{table}"


def _answer(found: Found) -> str:
    lines, rows = [], []
    for engine, each in found["engines"].items():
        lines.append(f"- {engine}: {_conditions(each)} {_losses(each)}")
        rows.append([f"**{engine}: recording there → TwiML**", each["answer"]["count"], *_seconds(each["answer"])])
        rows += [[f"{engine}: {part}", times["count"], *_seconds(times)] for part, times in each["parts"].items()]
        met = _met(each["answer"]["p50"] < found["target_p50"])
        lines.append(f"- {engine}: target p50 under {found['target_p50']} s: **{met}**.")
    head = f"{found['utterances']} utterances of tests/calls, each {found['rounds']} times.\n\n"
    table = markdown_table(["", "count", "p50 s", "p95 s", "longest s"], rows)
    stock = {name: each for name, each in found["stock"].items() if isinstance(each, Mapping)}
    rates = {name: each["word_error_rate"] for name, each in stock.items()}
    shown = [
        [name, *_seconds(each["seconds"]), "–" if rates[name] is None else f"{100 * rates[name]:.1f} %"]
        for name, each in stock.items()
    ]
    beside = markdown_table(["the engine alone, `base`", "p50 s", "p95 s", "longest s", "word error rate"], shown)
    return head + "\n".join(lines) + f"\n\n{table}\n{measured_when(found['stock'])}\n\n{beside}"


def _knee(found: Found) -> str:
    parts = [
        f"Target: p95 under {found['target_p95']:.0f} s and at most {100 * found['shed_allowed']:.0f} % shed, none"
        f" lost, none doubled; {found['admitted']} recognitions admitted at once (VOICEBOT_RECOGNITIONS)."
    ]
    columns = ["calls", "utterances", "p50 s", "p95 s", "keys instead", "smaller model", "lost", "doubled"]
    for engine, each in found["engines"].items():
        rows = [
            [
                f"**{step['calls']}**" if step["calls"] == each["knee"] else step["calls"],
                step["utterances"],
                f"{step['p50']:.2f}",
                f"{step['p95']:.2f}",
                *(_share(step[name], step["utterances"]) for name in ("shed", "smaller")),
                step["lost"],
                step["doubled"],
                f"{100 * step['load_cpu_share']:.0f} %",
            ]
            for step in sorted(each["steps"], key=lambda step: int(step["calls"]))
        ]
        table = markdown_table([*columns, "load's share"], rows)
        parts.append(f"{engine}: the knee is at **{each['knee']} calls**. {measured_when(each)}\n\n{table}")
    return "\n\n".join(parts)


def _held(found: Found) -> str:
    kinds = {"all webhooks": found["requests"], **{f"until more is heard: {k}": v for k, v in found["kinds"].items()}}
    table = markdown_table(
        ["", "count", "p50 s", "p95 s", "longest s"],
        [[name, each["count"], *_seconds(each)] for name, each in kinds.items()],
    )
    good = found["longest"] < found["limit"] and not found["lost"] and not found["doubled"]
    said = (
        f"**Recognition is replaced by {found['recognition']} here**, and admits any number at once. "
        f"{found['calls']} calls at once, {found['repeated']} requests sent twice, {found['held_turns']} turns held. "
        f"Target: each turn answered in under {found['limit']:.0f} s, none lost, none doubled: **{_met(good)}**."
    )
    return f"{said} {_conditions(found)} {_losses(found)}\n\n{table}"


TABLES = {"turns": _turns, "answer": _answer, "knee": _knee, "held": _held}


def _conditions(found: Found) -> str:
    shares = found["bot_cpu_share"]
    named = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items() if share >= 0.005)
    load, bot = 100 * found["load_cpu_share"], 100 * sum(shares.values())
    return f"{measured_when(found)} The load took {load:.1f} % of the machine, the bot {bot:.0f} % ({named})."


def measured_when(found: Found) -> str:
    """The moment, and whether the machine had anything else to do."""
    busy = "" if found["quiet"] else ", **a machine that was busy with other things**"
    return f"{found['at'][:16].replace('T', ' ')} UTC, load average before: {found['load']:.2f}{busy}."


def _losses(found: Found) -> str:
    return f"Calls lost {found['lost']}, turns doubled {found['doubled']}, requests that failed {found['errors']}."


def _met(good: bool) -> str:
    return "met" if good else "missed"


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.0f} %" if total else "–"


def _ms(each: Found) -> list[str]:
    return [f"{1000 * each[name]:.1f}" for name in ("p50", "p95", "p99", "longest")]


def _seconds(each: Found) -> list[str]:
    return [f"{each[name]:.2f}" for name in ("p50", "p95", "longest")]


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines) + "\n"

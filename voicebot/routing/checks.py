"""Everything that can be wrong with a routing table although each of its parts can be read. Each rule is a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue
from voicebot.routing.rules import dialling, limits, names, reach, wording
from voicebot.routing.source import parse_draft, read_text

Rule = Callable[[Draft], Iterator[Issue]]

RULES: tuple[Rule, ...] = (
    names.unknown_queues,
    names.unknown_hours,
    names.reserved_names,
    names.key_topics,
    reach.overflow_loops,
    reach.unreached_queues,
    reach.urgent_lines,
    reach.danger_line,
    reach.hours_that_never_open,
    wording.missing_prompts,
    wording.unknown_prompts,
    wording.prompt_variables,
    wording.missing_answers,
    wording.long_texts,
    wording.urgent_words,
    dialling.queue_targets,
    dialling.caller_id,
    dialling.message_addresses,
    limits.threshold_order,
    limits.districts,
    limits.district_intents,
)


def check_draft(draft: Draft, intents: frozenset[str] | None = None, today: date | None = None) -> tuple[Issue, ...]:
    """What the rules find, sorted. `intents` are the names that have training phrases, `today` tells old data from
    new; where one is None, its rules are left out."""
    found = [each for rule in RULES for each in rule(draft)]
    if intents is not None:
        found += names.intents_without_phrases(draft, intents)
        found += names.intents_without_destination(draft, intents)
    if today is not None:
        found += limits.stale_bank_holidays(draft, today)
    return tuple(sorted(found))


def check_file(path: Path, intents: frozenset[str] | None, today: date) -> tuple[Issue, ...]:
    """Every issue of the routing table at `path`, sorted; never raises for what the file holds.

    `intents` are the names of the files in intents/; None leaves the comparison with them out."""
    text, issues = read_text(path)
    if text is None:
        return issues
    draft, issues = parse_draft(text, path.name)
    if draft is None:
        return issues
    return tuple(sorted((*issues, *check_draft(draft, intents, today))))

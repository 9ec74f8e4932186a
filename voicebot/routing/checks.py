"""Everything that can be wrong with a routing table although each of its parts can be read. Each rule is a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue
from voicebot.routing.rules import (
    composed,
    dates,
    dialling,
    follow_ups,
    keys,
    languages,
    length,
    limits,
    names,
    reach,
    slips,
    speakable,
    urgent,
    wording,
)
from voicebot.routing.rules.secrets import secrets, without_secrets
from voicebot.routing.source import Sources, parse_draft, read_what_can_be_read

Rule = Callable[[Draft], Iterator[Issue]]
Trained = Mapping[str, bool]
"""The intents that have training phrases, and whether they are urgent there."""

RULES: tuple[Rule, ...] = (
    names.unknown_queues,
    names.unknown_hours,
    names.unknown_intents,
    names.reserved_names,
    names.key_topics,
    names.names_alike,
    names.names_that_mean_yes_or_no,
    reach.overflow_loops,
    reach.useless_stand_ins,
    reach.hours_that_never_open,
    reach.default_line,
    follow_ups.questions_in_circles,
    follow_ups.questions_with_one_answer,
    follow_ups.options_alike,
    follow_ups.options_called_alike,
    follow_ups.long_questions,
    urgent.urgent_lines,
    urgent.danger_line,
    urgent.urgent_words,
    urgent.notices_on_urgent_calls,
    urgent.closures_of_urgent_lines,
    wording.unknown_prompts,
    wording.prompt_variables,
    wording.variables_elsewhere,
    wording.missing_answers,
    wording.long_texts,
    wording.links,
    wording.abouts,
    slips.cut_off_texts,
    slips.dashes_without_a_space,
    slips.notices_to_nobody,
    speakable.unspeakable,
    length.long_prompts,
    composed.answers_with_offers,
    composed.closed_messages,
    composed.menus,
    length.long_sentences,
    length.hard_to_read,
    keys.prompt_keys,
    keys.yes_and_no,
    keys.key_order,
    keys.too_many_keys,
    dialling.queue_targets,
    dialling.numbers_twice,
    dialling.priority_of_plain_numbers,
    dialling.caller_id,
    dialling.drama_numbers,
    dialling.message_addresses,
    dates.notices_that_never_hold,
    dates.idle_exceptions,
    languages.language_codes,
    languages.long_greetings,
    limits.threshold_order,
    limits.districts,
    limits.district_intents,
    limits.vocabulary,
)


def check_draft(draft: Draft, intents: Trained | None = None, today: date | None = None) -> tuple[Issue, ...]:
    """What the rules find, sorted. `intents` are the names that have training phrases, and whether these are urgent,
    `today` tells old data from new; where one is None, its rules are left out."""
    found = [each for rule in RULES for each in rule(draft)]
    found += urgent.first_of_others(draft, intents or {})
    missing = [] if intents is None else list(names.intents_without_destination(draft, intents.keys()))
    if not missing:  # else the queues that nobody reaches are those of the destinations that are missing
        found += reach.unreached_queues(draft)
    if intents is not None:
        found += missing
        found += names.intents_without_phrases(draft, intents.keys())
        found += urgent.urgent_in_training_alone(draft, intents)
    if today is not None:
        found += limits.stale_bank_holidays(draft, today)
        found += dates.past_exceptions(draft, today)
        found += dates.past_notices(draft, today)
        found += dates.notices_without_an_end(draft, today)
        found += composed.greetings(draft, today)
    return tuple(sorted(found))


def all_issues(sources: Sources, *found: Issue) -> tuple[Issue, ...]:
    """`found`, and what is wrong with the text itself whether or not it can be read as a table, sorted: secrets, which
    no message may repeat."""
    texts = dict(sources.files)
    return tuple(sorted(without_secrets((*found, *secrets(texts)), texts)))


def check_file(path: Path, intents: Trained | None, today: date) -> tuple[Issue, ...]:
    """Every issue of the routing table at `path` and its folder routing.d, sorted; never raises for what they hold.

    `intents` are the names of the files in intents/, and whether they are urgent there; None leaves the comparison with
    them out. Where one of the files cannot be read, the others are checked all the same, but for what they may mean to
    find in it."""
    sources, whole, issues = read_what_can_be_read(path)
    if sources is None:
        return issues
    draft, found = parse_draft(sources, today=today, main=path.name, whole=whole)
    checked = () if draft is None else check_draft(draft, intents, today)
    return all_issues(sources, *issues, *found, *checked)

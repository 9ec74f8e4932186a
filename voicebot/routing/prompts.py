"""The prompts that `routing.yaml` can word, and the variables that each must use. Pure.

Kept apart from the wording itself: the words belong to the council (or are those of wording.yaml), the list to the
dialogue that speaks them.
"""

from __future__ import annotations

from collections.abc import Mapping

PAGE = 3
"""Options by key at a time: more than three are forgotten while they are listened to."""

_TEAM = frozenset({"team"})
_NONE: frozenset[str] = frozenset()

PROMPTS: Mapping[str, frozenset[str]] = {
    # the opening
    "greeting": frozenset({"council"}),
    "recording_notice": _NONE,
    "opening": _NONE,
    # not understood
    "nothing_heard": _NONE,
    "not_understood": _NONE,
    "ask_again": _NONE,
    "examples": _NONE,
    "refuse": _NONE,
    "refuse_again": _NONE,
    "trouble_hearing": _NONE,
    "trouble": _NONE,
    "invalid_key": _NONE,
    # one question
    "confirm": frozenset({"topic"}),
    "confirm_keys": _NONE,
    "confirm_no": _NONE,
    "offer_two": frozenset({"first", "second"}),
    "topic_key": frozenset({"topic", "key"}),
    "something_else_key": frozenset({"key"}),
    "more_key": frozenset({"key"}),
    "person_key": _NONE,
    # a follow-up question
    "option_key": frozenset({"option", "key"}),
    "follow_up_again": _NONE,
    # universals
    "help": _NONE,
    "slower": _NONE,
    "start_again": _NONE,
    "before_you_go": _NONE,
    "goodbye": _NONE,
    "anything_else": _NONE,
    # connecting
    "connecting": _TEAM,
    "to_person": _TEAM,
    "language": _TEAM,
    "urgent": _NONE,
    "dial_999": _NONE,
    "urgent_still_trying": _NONE,
    "whisper": frozenset({"topic", "words"}),
    "whisper_no_words": frozenset({"topic"}),
    "whisper_urgent": frozenset({"topic"}),
    "whisper_danger": _NONE,
    "whisper_language": frozenset({"language"}),
    "whisper_another_language": _NONE,
    # busy, no answer, failure
    "line_busy": _TEAM,
    "line_no_answer": _TEAM,
    "line_failed": _TEAM,
    "try_line_key": frozenset({"team", "key"}),
    "try_again_key": frozenset({"key"}),
    "only_message_key": frozenset({"team", "key"}),
    # closed
    "closed": frozenset({"team", "when"}),
    "closed_for_good": _TEAM,
    "opens": frozenset({"team", "when"}),
    "closed_forwarding": frozenset({"team", "other"}),
    "text_key": frozenset({"key"}),
    "message_key": frozenset({"key"}),
    "danger_key": _NONE,
    # an answer
    "answer_more": frozenset({"key"}),
    "after_answer": _NONE,
    "after_answer_text": frozenset({"key"}),
    "text_sent": _NONE,
    "text_only_once": _NONE,
    "mobile": _NONE,
    "mobile_again": _NONE,
    "mobile_given_up": _NONE,
    # a signpost
    "signpost": _TEAM,
    "signpost_offer": _NONE,
    "your_district": _NONE,
    "district": _NONE,
    "district_again": _NONE,
    "district_key": frozenset({"name", "places", "key"}),
    "district_unknown": _TEAM,
    # a message left
    "message": _TEAM,
    "message_taken": _TEAM,
    "message_missing": _TEAM,
    # while the caller waits
    "hold": _NONE,
}

from __future__ import annotations

import pytest
from suite_bots import MARK, call, sound, step

from voicebot.errors import ContentError
from voicebot.regression.suites.model import Broken
from voicebot.regression.suites.selection import chosen, strata, stratified

EMMA = sound("pothole.wav", "", voice="bf_emma")
GEORGE = sound("pothole.wav", "", voice="bm_george", noise="street")

CALLS = [
    call("pothole", step(play=EMMA), intent=("pothole",), outcome=("answered",)),
    call("pothole-at-night", step(play=GEORGE), intent=("pothole",), outcome=("answered",), tags={"kind": "late"}),
    call("fire", step(play=EMMA), intent=("life_in_danger",), outcome=("connected",)),
    call("nobody", step(silence=3), outcome=("connected",)),
    call("pothole-again", step(play=EMMA), intent=("pothole",), outcome=("answered",)),
]


def names(expression):
    return [each.name for each in CALLS if chosen(expression)(each)]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("fire", ["fire"]),
        ("POTHOLE", ["pothole", "pothole-at-night", "pothole-again"]),
        ("pothole and not night", ["pothole", "pothole-again"]),
        ("fire or nobody", ["fire", "nobody"]),
        ("not (fire or pothole)", ["nobody"]),
        ("voice=bm_george", ["pothole-at-night"]),
        ("late", ["pothole-at-night"]),
        ("connected and not voice=bf_emma", ["nobody"]),
        ("intent=life_in_danger", ["fire"]),
        ("not not fire", ["fire"]),
        ("fire or pothole and late", ["pothole-at-night", "fire"]),
    ],
)
def test_an_expression_chooses_by_name_and_tag(expression, found):
    assert names(expression) == found


@pytest.mark.parametrize(
    "expression", ["and", "fire or", "(fire", "fire)", "not", "fire nobody", "fire (nobody)", "()"]
)
def test_an_expression_that_cannot_be_read_is_one_clear_line(expression):
    with pytest.raises(ContentError, match="-k ") as raised:
        chosen(expression)
    assert "\n" not in raised.value.message


def test_an_entry_with_mistakes_is_chosen_by_its_name_alone():
    broken = Broken("pothole-spoilt", MARK, ())
    assert chosen("pothole")(broken)
    assert not chosen("late")(broken)


def test_a_stratified_part_has_something_of_everything_before_it_has_anything_twice():
    part = stratified(CALLS, 3)
    assert [each.name for each in part] == ["pothole-at-night", "fire", "nobody"]
    assert set.union(*map(strata, part)) == set.union(*map(strata, CALLS))


def test_a_stratified_part_is_the_same_every_time_and_never_more_than_there_is():
    assert stratified(CALLS, 2) == stratified(list(CALLS), 2)
    assert stratified(CALLS, 99) == CALLS

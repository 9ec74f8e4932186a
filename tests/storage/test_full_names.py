from __future__ import annotations

import pytest

from voicebot.storage.personal.full_names import is_full_name


@pytest.mark.parametrize("name", ["Jane Smith", "Mr John Smith", "Mary Ann Jones", "Dr. Peter Brown", "Grace O'Neill"])
def test_a_first_name_and_a_surname_say_who_it_is(name: str) -> None:
    assert is_full_name(name)


@pytest.mark.parametrize(
    "name", ["Jane", "Mrs Patel", "Mr and Mrs Jones", "Margaret Ann", "Premium Bond", "May Day", "Dr"]
)
def test_less_does_not(name: str) -> None:
    assert not is_full_name(name)

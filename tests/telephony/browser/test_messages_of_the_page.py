"""What the page of the browser phone sends, and what it is given to say."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from voicebot.live.ports import Frame, Key, Played
from voicebot.telephony.browser.messages import HungUp, Start, parse
from voicebot.telephony.browser.speaking import SpokenByThePage, Words


def test_messages_of_the_page_are_read() -> None:
    assert parse('{"type": "start", "call": "WB1", "turn": 1, "token": "t"}') == Start("WB1", 1, "t")
    assert parse('{"type": "key", "key": "#"}') == Key("#")
    assert parse('{"type": "played", "mark": "s1"}') == Played("s1")
    assert parse('{"type": "hang_up"}') == HungUp()
    assert parse(b"\xff" * 160) == Frame(b"\xff" * 160)


NAMES = st.sampled_from(["type", "key", "mark", "turn", "call", "token"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.dictionaries(NAMES, inner) | st.lists(inner),
    max_leaves=6,
)


@given(st.binary(max_size=3000) | st.text(max_size=200) | VALUES.map(json.dumps))
def test_no_message_breaks_the_reader(data: str | bytes) -> None:
    parse(data)


def test_what_has_no_sound_is_given_to_the_page_as_words_that_take_as_long() -> None:
    class Nothing:
        def audio(self, text: str, *, slow: bool = False, language: str | None = None) -> bytes | None:
            return b"sound" if text == "Known." else None

    prompts = SpokenByThePage(Nothing())
    assert prompts.audio("Known.") == b"sound"
    said, slowly = prompts.audio("Which road is it in?"), prompts.audio("Which road is it in?", slow=True)
    assert isinstance(said, Words)
    assert isinstance(slowly, Words)
    assert (said.text, said.language, slowly.slow) == ("Which road is it in?", "en-GB", True)
    assert 0.8 < said.seconds < slowly.seconds < 4

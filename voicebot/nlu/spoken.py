"""What surrounds an answer in speech and carries no meaning: greetings, politeness, "can you". Pure.

All of it works on `clean` words: lower case, one space between, apostrophes kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LEADS = (
    "oh|ah|well|sorry|right|hello|hi|hiya|so|and|but|yes|yeah|no|ok|okay|please|just|actually|excuse me|hang on|"
    "hold on|"
    "wait|look|listen|now|then|i said|i say|i mean|it's|its|that's|that would be|it'd be|i'll have|i'll take|"
    "i'll go for|can you|could you|would you|will you|can i|could i|may i|can we|i want|i want to|i'd like|i'd like to|"
    "i would like|i would like to|i need|i need to|i think|i think it's|let me|let's|lets|give me|"
    "do you mind|would you mind|you'll have to|you will have to|if you don't mind|if i may|kindly|go on|the|a|an"
)
TAILS = (
    "please|thanks|thank you|thank you very much|thanks very much|ta|cheers|love|dear|mate|duck|pet|darling|sir|madam|"
    "miss|now|then|for me|to me|would you|could you|can you|will you|if you don't mind|if you would|if you can|"
    "if that's all right|if that's okay|sorry|i think|i said|right now|straight away|one"
)


def alternatives(phrases: Iterable[str]) -> str:
    """A pattern for any of `phrases`, the longest first, so that the whole of it is taken."""
    return "|".join(re.escape(each) for each in sorted(set(phrases), key=lambda each: (-len(each), each)))


_LEAD = re.compile(rf"(?:(?:{alternatives(LEADS.split('|'))}) )+")
_TAIL = re.compile(rf"(?: (?:{alternatives(TAILS.split('|'))}))+$")

POLITE = re.compile(rf"(?:{alternatives(TAILS.split('|'))})")


def core(words: str) -> str:
    """`words` without what surrounds them: "oh yes can you say that again please love" → "say that again"."""
    text = _TAIL.sub("", words)
    found = _LEAD.match(text)
    return text[found.end() :] if found else text


def forms(words: str) -> tuple[str, ...]:
    """`words` as they are and step by step without their surroundings; one of them is what was meant."""
    cut = _TAIL.sub("", words)
    found = _LEAD.match(words)
    return tuple(dict.fromkeys((words, cut, core(words), words[found.end() :] if found else words)))

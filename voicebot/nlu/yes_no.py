"""Yes and no in all their forms. The start of the sentence decides; what follows may be a request of its own. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voicebot.nlu.spoken import POLITE, alternatives

_YES = (
    "yes|yeah|yep|yup|yea|yah|ye|aye|ay|sure|certainly|definitely|absolutely|correct|exactly|indeed|of course|"
    "that's right|that is right|that's correct|that is correct|that's it|that is it|that's the one|that's the "
    "one i want|"
    "that's what i want|that's what i said|that's what it's about|that's what it is|it is|it is indeed|it does|i "
    "do|i am|"
    "i would|i have|i did|yes it is|yeah it is|please do|yes please|yeah please|yep please|go on|go on then|go ahead|"
    "you got it|you've got it|spot on|i think so|i think it is|i suppose so|i suppose|i guess so|i believe so|"
    "too right|why not|that'd be lovely|that would be lovely|that'd be great|that would be great|that would be good|"
    "that'd be good|that sounds right|that sounds good|sounds right|sounds good|sounds about right|by all means|"
    "affirmative|put me through|do that|i'd like that|i would like that|that's fine|mhm|uh huh|mm hm|you're right|"
    "you are right|it's that|it's about that|if you would|if you could|if you don't mind|if that's all right|bang on"
)
_YES_ALONE = (
    "right|ok|okay|alright|all right|fine|great|lovely|perfect|brilliant|good|please|fantastic|wonderful|super|"
    "smashing|"
    "grand|champion|well yes|well yeah|ok then|okay then|yes and no|true|it might be|probably|it could be|kind of|"
    "sort of|more or less|pretty much|that one|si|oui"
)
_NO = (
    "no|nope|nah|naw|nay|na|no thank you|no thanks|not really|not at all|never|wrong|incorrect|negative|that's wrong|"
    "that is wrong|that's not it|that's not right|that isn't right|that isn't it|that's not what i said|"
    "that's not what i want|that's not what i meant|that's not what it's about|that's not the one|that's incorrect|"
    "it's not|it isn't|it is not|not that|not that one|i don't think so|i do not think so|not quite|not exactly|"
    "not today|"
    "definitely not|absolutely not|certainly not|of course not|no way|i wouldn't|i'm not|i don't want that|"
    "i don't want to|i didn't say that|you've got it wrong|you got it wrong|you've misheard|you misheard|"
    "yeah no|well no|wrong one|neither|it's nothing to do with that|nothing to do with that|it's not about that|"
    "i'd rather not|don't bother|no need|please don't|please no"
)
_NO_ALONE = "know|i don't|i do not|don't|not|it wasn't|i haven't|i can't|nothing|none"
_BEFORE = "(?:(?:oh|ah|well|er|so|right|okay|ok|please|i said|i mean|actually|sorry|hello|hi|and|but|now|ooh) )*"
_YES_BUT_NO = re.compile(rf"{_BEFORE}(?:yes|yeah|yea) (?:no|nah)\b")
_NO_BUT_YES = re.compile(rf"{_BEFORE}no (?:yes|yeah|yep|that's right|that's correct|you're right|that is right)\b")
_START = {
    "yes": re.compile(rf"{_BEFORE}(?:{alternatives(_YES.split('|'))})(?= |$)"),
    "no": re.compile(rf"{_BEFORE}(?:{alternatives(_NO.split('|'))})(?= |$)"),
}
_ALONE = {
    "yes": re.compile(rf"{_BEFORE}(?:{alternatives(_YES_ALONE.split('|'))})"),
    "no": re.compile(rf"{_BEFORE}(?:{alternatives(_NO_ALONE.split('|'))})"),
}
_HUMS = re.compile(r"[\s,.!]*(?:mm+[\s-]?h+m+|m+h+m+|uh[\s-]?huh|a[\s-]ha|u[\s-]huh)[\s,.!]*", re.IGNORECASE)
_NOT_AN_ANSWER = re.compile(
    r"(?:i do|i am|i would|i have|i did|it is|it does|sure|right|go on|it's not|it isn't|i'm not|never|"
    r"wrong) (?!and |but |please|thank|that|indeed)"
)
"""Starts that are a whole answer alone, but open an ordinary sentence when more follows: "I have a broken street
light"."""

CERTAIN = 0.98
CLEAR = 0.9
LIKELY = 0.75
"""Beliefs set by hand: alone; with a few words more; at the start of a longer tale."""

_TALE = 12
_AGAIN_YES_NO = re.compile(rf"(?:{alternatives((_YES + '|' + _NO).split('|'))}|{POLITE.pattern})(?= |$)")


@dataclass(frozen=True, slots=True)
class YesNo:
    """`rest` is what she said besides, "" where that was all."""

    choice: str
    confidence: float
    rest: str


def yes_no(words: str, raw: str = "") -> YesNo | None:
    """Whether `words` (clean) say yes or no; None where they say neither. `raw` is what was cleaned: hums survive
    there."""
    if raw and _HUMS.fullmatch(raw):
        return YesNo("yes", CLEAR, "")
    for choice, pattern in (("no", _YES_BUT_NO), ("yes", _NO_BUT_YES)):
        found = pattern.match(words)
        if found:
            return _with_rest(choice, words[found.end() :])
    for choice in ("no", "yes"):
        if any(_ALONE[choice].fullmatch(shape) for shape in (words, _without_politeness(words))):
            return YesNo(choice, CLEAR, "")
    ends = {choice: found.end() for choice in ("no", "yes") if (found := _START[choice].match(words))}
    if not ends:
        return None
    choice = max(ends, key=lambda each: ends[each])
    rest = _without_politeness(words[ends[choice] :])
    if rest and _NOT_AN_ANSWER.match(words):
        return None
    return _with_rest(choice, rest)


def _with_rest(choice: str, rest: str) -> YesNo:
    rest = _without_politeness(rest)
    count = len(rest.split())
    return YesNo(choice, CERTAIN if not count else CLEAR if count < _TALE else LIKELY, rest)


def _without_politeness(words: str) -> str:
    """Drop "please", "thank you", and the same answer said again in other words ("yes, that's right")."""
    text = words.strip()
    while text and (found := _AGAIN_YES_NO.match(text)):
        text = text[found.end() :].strip()
    return text

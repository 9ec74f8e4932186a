"""Which district the caller lives in, from the town or village she names, however the recogniser spelt it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from voicebot.dialogue.actions import Option
from voicebot.nlu.clean import clean

DONT_KNOW = "dont_know"
_UNSURE = re.compile(
    r"(?:.* )?(?:don't know|do not know|dunno|not sure|no idea|haven't a clue|not a clue|couldn't tell you|"
    r"couldn't say|can't remember|don't remember|unsure|i wouldn't know|i'm not certain)(?: .*)?"
)
_LONGEST_NAME = 4
LIKELY = 0.78
PART = 0.85
MARGIN = 0.06
"""How like a name must be (0 to 1), how sure the first of its words alone makes, and by how much the next district's
names must be less alike. Chosen on the example council's places: the two most alike of different districts ("Banfield"
and "Burfold", 0.74) stay under `LIKELY`."""

_SHORTEST = 5
"""Letters of the shortest name that may be misspelt; anything shorter must be right."""

_COMMON_TEXT = """
i i'm im in at near by live lives living the a an of on to from it it's its is that's my we we're you your town
village area place called just outside between and or one side think yes yeah no well oh so um over up down out here
there round about um address house home road street lane moved stay staying please sorry would be said say
"""
_COMMON = frozenset(_COMMON_TEXT.split())
_TITLES = re.compile(r" (?:district|city|borough|county)? ?council$")
_SOUNDS = (
    (r"ough", "o"), (r"augh", "or"), (r"igh", "i"), (r"ph", "f"), (r"ck", "k"), (r"sch", "sh"), (r"tch", "ch"),
    (r"dg", "j"), (r"wh", "w"), (r"wr", "r"), (r"^kn", "n"), (r"^gn", "n"), (r"mb\b", "m"), (r"mbe\b", "m"),
    (r"qu", "kw"), (r"x", "ks"), (r"c(?=[eiy])", "s"), (r"c(?!h)", "k"), (r"z", "s"), (r"v", "f"), (r"gh", "g"),
    (r"(?<=[aeiouy])r(?=[^aeiouy]|$)", ""), (r"e\b", ""), (r"h(?=[^aeiouy]|$)", ""),
    (r"[aeiouyw]+", "a"), (r"(.)\1+", r"\1"),
)  # fmt: skip


def choose_place(words: str, options: Sequence[Option]) -> tuple[str, float] | None:
    """(option id, confidence 0 to 1) for `words` (clean), None where no place is like what she said."""
    scores = sorted(((_best(words, option), option.id) for option in options if option.id != DONT_KNOW), reverse=True)
    best, name = scores[0] if scores else (0.0, "")
    second = scores[1][0] if len(scores) > 1 else 0.0
    if best >= LIKELY and best - second >= MARGIN:
        return name, best
    if best < LIKELY and _UNSURE.fullmatch(words) and any(option.id == DONT_KNOW for option in options):
        return DONT_KNOW, 0.9
    return None


def _best(words: str, option: Option) -> float:
    whole = max((_likeness(said, name) for name in _names(option) for said in _pieces(words)), default=0.0)
    return max(whole, _part_of(words, option))


def _names(option: Option) -> Iterator[str]:
    for phrase in option.phrases:
        name = clean(phrase)
        yield name
        short = _TITLES.sub("", name)
        if short != name:
            yield short


def _part_of(said: str, option: Option) -> float:
    """`PART` where she says the first word of a name of several: "Goring" for Goring Heath."""
    firsts = {words[0] for name in _names(option) if len(words := name.split()) > 1 and len(words[0]) >= _SHORTEST}
    return PART if firsts & set(said.split()) else 0.0


def _pieces(words: str) -> Iterator[str]:
    """Runs of up to four words; none that begins or ends with a word that is never part of a misheard name."""
    parts = words.split()
    for start in range(len(parts)):
        for end in range(start + 1, min(start + _LONGEST_NAME, len(parts)) + 1):
            if (parts[start] not in _COMMON and parts[end - 1] not in _COMMON) or end - start == len(parts):
                yield " ".join(parts[start:end])


def _likeness(said: str, name: str) -> float:
    """1.0 the same; else how alike the letters are, or the sounds, whichever is more, both run together: "did bury"."""
    one, other = said.replace(" ", ""), name.replace(" ", "")
    if one == other:
        return 1.0
    if min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > 0.4 * len(other):
        return 0.0
    spelt = fuzz.ratio(one, other) / 100
    heard = fuzz.ratio(sounds(one), sounds(other)) / 100
    return 0.97 * max(spelt, 0.6 * heard + 0.4 * spelt)


def sounds(word: str) -> str:
    """A rough English sound key: like letters together, silent ones gone, every run of vowels an "a"."""
    for pattern, to in _SOUNDS:
        word = re.sub(pattern, to, word)
    return word

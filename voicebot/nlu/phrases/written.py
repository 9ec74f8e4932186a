"""Words as people type them, which Whisper never writes. The model learns from `intents/` and meets Whisper's spelling:
a phrase in another one teaches it something that does not happen. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from voicebot.nlu.corpus import Phrase
from voicebot.nlu.phrases.findings import Finding, finding
from voicebot.routing.issues import shown

WEIGHT = 0.25
"""The model gets over a word that is misspelt; over a wrong intent it does not."""

LONGEST_WORDS = 95
"""What the encoder reads (128 tokens, see encoder.py); what comes after does not count."""

_SHOUTED_LETTERS = 5
"""Capitals from here on are a shouted word unless they are a known name; shorter ones are taken for initials where the
phrases have no such word in small letters."""

_ACRONYMS_TEXT = """
AA AC ADHD AGM AMHP ASAP ASBO BACS BBC BSL CAMHS CC CCTV CIN COPD COVID CTR CV DBS DIY DLA DOB DVLA DVSA DWP EBSA EHC
EHCP ENT ESA EU EV FAQ FOI GCSE GCSES GDPR GP GPS HGV HMO HMRC HR ID IDVA IELTS INSET IT IVF KFC LADO LED LGBT LGBTQ
MARAC MASH MND MOT MP MPS MRI MS NATO NHS NI NSPCC OAP OCD OFSTED OK OT PA PACE PALS PC PCN PCSO PDF PE PHD PIN PIP PO
PTA PTSD RAC RAF RNIB RNID RSPB RSPCA SAR SAT SATNAV SEN SENCO SEND SENDIASS SIM SMS SORN SOS SOVA SUV TB TENS TPO TV
UC UK UN US USA USB UTC VAT VE VIP VJ WC WHO WIFI XL YMCA
"""
ACRONYMS = frozenset(_ACRONYMS_TEXT.split())
"""Initials that callers say and Whisper writes in capitals, although some are words in small letters too."""

_TYPED = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "n": "and",
    "pls": "please",
    "plz": "please",
    "plse": "please",
    "thx": "thanks",
    "thanx": "thanks",
    "tnx": "thanks",
    "b4": "before",
    "gr8": "great",
    "l8": "late",
    "l8r": "later",
    "m8": "mate",
    "w8": "wait",
    "2day": "today",
    "2moro": "tomorrow",
    "2morrow": "tomorrow",
    "tmrw": "tomorrow",
    "tomoz": "tomorrow",
    "2nite": "tonight",
    "nite": "night",
    "thru": "through",
    "tho": "though",
    "wot": "what",
    "cud": "could",
    "wud": "would",
    "shud": "should",
    "hv": "have",
    "abt": "about",
    "ppl": "people",
    "cuz": "because",
    "bcos": "because",
    "bcoz": "because",
    "coz": "because",
    "btw": "by the way",
    "idk": "I don't know",
    "tbh": "to be honest",
    "omg": "oh my God",
    "lol": "nothing",
    "rofl": "nothing",
    "msg": "message",
    "appt": "appointment",
    "dept": "department",
    "govt": "government",
    "rd": "road",
    "ave": "avenue",
    "yr": "year",
    "yrs": "years",
    "hrs": "hours",
    "hr": "hour",
    "wk": "week",
    "wks": "weeks",
    "approx": "approximately",
    "w/": "with",
    "w/o": "without",
}

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_EMOTICON = re.compile(r"(?<![\w:])(?::['’]?-?[()DPpOo/\\|*]|;-?[)D]|=[)D(]|<3|\^_\^|xD|XD)(?!\w)|\b[xX]{2,3}$")
_SLASH = re.compile(r"\S*[^\W\d]\w*/\w+\S*|\S*\w+/[^\W\d]\w*\S*")
_BLANK = re.compile(r"\{[^}]*\}|\[[^\]]*\]|<[A-Za-z_ ]+>|_{2,}")
_MARKUP = re.compile(r"</?\w+[^>]*>|&\w+;|\*+\w|\w\*+|`|https?:|#\w|@\w|\\|\|")
_BRACKETS = re.compile(r"\([^)]*\)")
_DOUBLED = re.compile(r"[!?]{2,}|,{2,}|;{2,}|:{2,}|(?<!\.)\.\.(?!\.)|\.{4,}|[,;:][.!?]|\s[,;!?](?!\w)")
_LEET = re.compile(r"\b[A-Za-z][a-z]*[013457$]+[a-z]{2,}\b|\b[A-Za-z][a-z]+[013457$]+[a-z]+\b")
_STRETCHED = re.compile(r"\b\w*([a-z])\1\1\w*\b", re.I)
_SHOUTED = re.compile(r"\b[A-Z]{2,}\b")
_FILLERS = re.compile(r"(?:[ah]+|u+[mh]+|e+r*m*|m+|hm+|br+|sh+|o+h+|zz+)", re.I)
"""Sounds, which Whisper does write with many letters."""


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]
    message: str
    fix: str


_RULES = (
    _Rule("N772", _EMOTICON, "{} is an emoticon, which nobody speaks", "delete it"),
    _Rule("N773", _BLANK, "{} is a blank to be filled in", "write what one caller would say"),
    _Rule("N774", _MARKUP, "{} is markup or an address, which nobody speaks", "write the words alone"),
    _Rule("N775", _SLASH, "{} holds a slash, which nobody speaks", "write `or`, or make two phrases of it"),
    _Rule(
        "N776", _BRACKETS, "{} stands in brackets, which nobody speaks", "take the brackets away, or what is in them"
    ),
    _Rule("N777", _DOUBLED, "{} is punctuation that Whisper does not write", "keep one sign, with no space before it"),
    _Rule("N778", _LEET, "{} has a figure in the place of a letter", "write the letter"),
)


def written(phrases: Iterable[Phrase], small: Collection[str]) -> Iterator[Finding]:
    """`small` are the words that the phrases have in small letters: what is there is no acronym in capitals."""
    for phrase in phrases:
        for check in (_by_rules, _typed, _stretched, _too_long):
            yield from check(phrase)
        yield from _shouted(phrase, small)


def small_words(phrases: Iterable[Phrase]) -> frozenset[str]:
    return frozenset(word for phrase in phrases for word in _WORD.findall(phrase.words) if word.islower())


def _by_rules(phrase: Phrase) -> Iterator[Finding]:
    taken: list[tuple[int, int]] = []
    for rule in _RULES:
        match = next((m for m in rule.pattern.finditer(phrase.words) if not _within(m.span(), taken)), None)
        if match:
            taken.append(match.span())
            yield _finding(phrase, rule.code, rule.message.format(shown(match.group().strip(), 30)), rule.fix)


def _within(span: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in taken)


def _typed(phrase: Phrase) -> Iterator[Finding]:
    words = phrase.words.split()
    bare = [word.strip(".,!?;:\"'’…-") for word in words]
    for at, word in enumerate(bare):
        meant = _TYPED.get(word)
        if meant and not (len(word) == 1 and _is_stammer(bare, at)):
            fix = "delete it" if meant == "nothing" else f"write {meant}"
            yield _finding(phrase, "N771", f"{shown(word)} is how people type", fix)


def _is_stammer(words: list[str], at: int) -> bool:
    """A letter beside another, beside a word that begins with it, or where a word was cut off: said, not typed."""
    around = [words[near] for near in (at - 1, at + 1) if 0 <= near < len(words)]
    return any(not other or len(other) == 1 or other[0].lower() == words[at] for other in around) or at + 1 == len(
        words
    )


def _stretched(phrase: Phrase) -> Iterator[Finding]:
    for match in _STRETCHED.finditer(phrase.words):
        if not _FILLERS.fullmatch(match.group()) and match.group(1).lower() not in "wx":  # www, size XXL
            short = re.sub(r"([a-z])\1{2,}", r"\1", match.group(), flags=re.I)
            yield _finding(phrase, "N779", f"{shown(match.group())} is stretched out", f"write {short}")


def _shouted(phrase: Phrase, small: Collection[str]) -> Iterator[Finding]:
    for match in _SHOUTED.finditer(phrase.words):
        word = match.group()
        if word not in ACRONYMS and (word.lower() in small or len(word) >= _SHOUTED_LETTERS):
            fix = f"write {word.lower()}, or tell us that it is an acronym"
            yield _finding(phrase, "N770", f"{shown(word)} is in capitals, which Whisper keeps for initials", fix)


def _too_long(phrase: Phrase) -> Iterator[Finding]:
    count = len(phrase.words.split())
    if count > LONGEST_WORDS:
        message = f"{count} words are more than are read; the last {count - LONGEST_WORDS} do not count"
        yield _finding(phrase, "N780", message, "make it shorter: the point may come last")


def _finding(phrase: Phrase, code: str, message: str, fix: str) -> Finding:
    return finding("spelling", WEIGHT, code, phrase.mark, message, fix)

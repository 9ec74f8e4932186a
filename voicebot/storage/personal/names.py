"""Names of people: announced ("my name is …"), with a title, beside a relation, known first names, and spelled out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.storage.personal.addresses import HOUSES, STREETS
from voicebot.storage.personal.first_names import ALSO_WORDS, FIRST_NAMES
from voicebot.storage.personal.found import Found
from voicebot.storage.personal.spoken import MONTHS, words_in

_NO_NAMES = words_in(
    """
    I I'm I've I'd I'll The A An And But It It's This That My Your Her His Our Their We You She He They Not No Yes
    Blue Badge Monday Tuesday Wednesday Thursday Friday Saturday Sunday Christmas Easter Boxing Bank Council County
    District City Library School Primary Secondary Academy College Hospital Surgery Church Team Services Service
    Department Congestion Charge Tax Bus Pass NHS PCN DVLA SEND EHCP PIP UK GP Wi-Fi Google Facebook Visa English
    Polish British Irish Welsh Scottish Romanian Ukrainian Arabic Urdu Punjabi Bengali French Spanish Portuguese
    Somali Turkish Chinese Children's Adult Social Care Universal Credit Relay Hi Hello Please Thanks Thank Sorry
    What Where When Who How Why Can Could Mum Mam Mummy Mother Dad Daddy Father Nan Nana Gran Grandma Grandad Down
    Română Ramadan Eid Diwali King Queen Ofsted Motability London England Wales Scotland Ireland Britain Westshire
    """
) | frozenset(MONTHS)
_PLACES = frozenset((*STREETS, *HOUSES, "School", "Library", "Hospital", "Surgery", "Church", "Primary", "Academy"))
_ACRONYMS = words_in(
    """
    NHS PCN SEND EHC EHCP DVLA PIP PIN GP BBC VAT MOT USA DIY TV SMS CCTV DBS NI RSPCA SIM ATM DOB COPD ADHD ASD HGV
    HMRC DWP SEN LGBT OAP MRI ECG UTI ID PA
    """
)

_CAPITAL = r"(?:[Oo]'|[Dd]'|Mc|Mac)?[A-Z][a-zà-öø-ÿ]+(?:['’-][A-Za-z][a-zà-öø-ÿ]*)*"
_NAME = rf"{_CAPITAL}(?:[ -]+{_CAPITAL}){{0,3}}"
_TITLES = r"(?:Mr|Mrs|Miss|Ms|Mx|Dr|Doctor|Sir|Dame|Reverend|Rev|Councillor|Professor)\.?"
_TITLED = re.compile(rf"\b{_TITLES}(?:\s+and\s+{_TITLES})?\s+(?:[A-Z]\.?\s+)?{_NAME}")
_RELATIONS = (
    r"(?:mum|mother|mam|dad|father|son|daughter|husband|wife|brother|sister|neighbour|nan|nana|gran|grandma|grandad|"
    r"granddad|grandfather|grandmother|grandson|granddaughter|partner|uncle|aunt|auntie|cousin|niece|nephew|friend|"
    r"baby|carer|landlord|social worker|little one|lad|lady|chap|woman|man|our)"
)
_ANNOUNCED = re.compile(
    r"(?i:\b(?:name|names|name's|surname|maiden name)(?:\s+(?:is|was))?|\bnamed|\bcalled|\bname of|\bspeaking to)"
    rf",?\s+(?P<name>{_NAME})"
)
_RELATED = re.compile(rf"\b(?i:{_RELATIONS})(?:,|\s+(?:is|was)|'s)?(?:\s+called)?\s+(?P<name>{_NAME})")
_HERE = re.compile(rf"\b(?P<name>{_NAME})(?=\s+(?:here|speaking|calling)\b)")
_FULL_HERE = re.compile(rf"\b(?P<name>{_CAPITAL}(?:[ -]+{_CAPITAL})+)(?=\s+(?:here|speaking|calling)\b)")
_INITIAL = re.compile(rf"\b[A-Z]\.\s?(?P<name>{_CAPITAL})")
_INTRODUCED = re.compile(rf"(?i:\b(?:this is|it's|it is|i'm|i am|that's)),?\s+(?P<name>{_NAME})")
_CAPITALS = re.compile(_NAME)
_SPELLED = re.compile(r"\b[A-Z](?:(?:-|\.\s?|,?\s)[A-Z]){2,30}\b")
_SPELLING_BEFORE = re.compile(r"(?i:\b(?:spel[lt]|spelled|spelling|spells|that's|name)\b)[^.?!]{0,20}$")
LOOK_BACK = 60
"""Characters before a name in which its cue stands; more would only cost time."""
_SAINT = re.compile(r"\b(?:St|St\.|Saint)\s+$")


def find_names(words: str) -> Iterator[Found]:
    for match in _TITLED.finditer(words):
        yield Found(match.start(), _end_of_name(words, *match.span()), "name")
    for match in _INITIAL.finditer(words):
        if _first(match["name"]) not in _NO_NAMES:
            yield Found(*match.span(), "name")
    for pattern in (_ANNOUNCED, _RELATED, _FULL_HERE):
        for match in pattern.finditer(words):
            yield from _unless_a_word(words, match)
    for pattern in (_HERE, _INTRODUCED):
        for match in pattern.finditer(words):
            first = _first(match["name"])
            if first in FIRST_NAMES or first in ALSO_WORDS:
                yield from _unless_a_word(words, match)
    for match in _CAPITALS.finditer(words):
        yield from _known(words, match)
    for match in _SPELLED.finditer(words):
        yield from _spelled(words, match)


def is_no_name(words: str, start: int, end: int) -> bool:
    """Whether what a recogniser took for a person is a word, a place or a street after all."""
    parts = words[start:end].split()
    return not parts or not parts[0][0].isupper() or _first(parts[0]) in _NO_NAMES or _is_place(words, start, end)


def _unless_a_word(words: str, match: re.Match[str]) -> Iterator[Found]:
    start, end = match.span("name")
    if _first(match["name"]) not in _NO_NAMES and not _is_place(words, start, end):
        yield Found(start, _end_of_name(words, start, end), "name")


def _known(words: str, match: re.Match[str]) -> Iterator[Found]:
    """A known first name anywhere, with the surname after it; one that is a word as well only before a surname."""
    for part in re.finditer(_CAPITAL, match.group()):
        first = _first(part.group())
        start, end = match.start() + part.start(), match.end()
        rest = words[start + len(part.group()) : end].split()
        named = first in FIRST_NAMES or (first in ALSO_WORDS and bool(rest) and rest[0] not in _NO_NAMES and start > 0)
        if named and not _SAINT.search(_before(words, start)) and not _is_place(words, start, end):
            yield Found(start, _end_of_name(words, start, end), "name")
            return


def _spelled(words: str, match: re.Match[str]) -> Iterator[Found]:
    """`P-A-T-E-L`, and `Patel` where it was said just before; not `C O P D`, nor a stammered `I I I`."""
    letters = re.sub(r"[^A-Z]", "", match.group())
    said = re.search(rf"\b{letters}\b\W+$", _before(words, match.start()), re.I)
    meant = said or "-" in match.group() or _SPELLING_BEFORE.search(_before(words, match.start()))
    if meant and letters not in _ACRONYMS and len(set(letters)) > 1:
        yield Found(said.start() if said else match.start(), match.end(), "name")


def _before(words: str, start: int) -> str:
    return words[max(0, start - LOOK_BACK) : start]


def _first(name: str) -> str:
    return re.split(r"[\s-]|['’]s\b", name.strip())[0]


def _is_place(words: str, start: int, end: int) -> bool:
    """`Grace Road`, `Victoria Street`, `Saint Mary's School`: named after somebody, and still no person."""
    following = re.match(r"\s+([A-Z]\w+)", words[end : end + LOOK_BACK])
    last = words[start:end].split()[-1]
    return last in _PLACES or bool(following and following[1] in _PLACES)


def _end_of_name(words: str, start: int, end: int) -> int:
    """Without words at the end that are none of the name: "Jane Smith Can I …"."""
    kept = end
    for part in reversed(list(re.finditer(r"\S+", words[start:end]))[1:]):
        if part.group() not in _NO_NAMES:
            break
        kept = start + part.start()
    return len(words[:kept].rstrip())

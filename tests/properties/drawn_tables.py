"""Routing tables of any kind as the text of their files, most of them sound: what a council might write."""

from __future__ import annotations

from typing import Any

import yaml
from drawn_hours import ALWAYS, hours, moments, written
from hypothesis import strategies as st

from voicebot.routing.source import Sources

WORDS = (
    *("bins", "the", "road", "it's", "naïve", "“quoted”", "£5", "50%", "half", "yes", "no", "null", "a: b"),
    *(
        "number #1",
        "Łódź",
        "more",
        "person",
        "school",
        "nine",
        "very",
        "- dash",
        "'tis",
        "*",
        "& so",
        "?",
        "~",
        "| pipe",
    ),
)
NUMBERS = tuple(f"+4416329601{number:02}" for number in range(100))
SIP = ("sip:team@contact.example", "sips:duty@pbx.example:5061", "sip:roads@10.0.0.1;transport=tcp")
OPTION_NAMES = ("new", "old", "yes", "no", "more", "text", "danger", "repeat", "some_thing", "a-b")
TEAMS = ("bins", "roads", "schools", "care", "parking", "north-vale", "south-vale", "buses")
TOPICS = ("pothole", "bin_missed", "school_place", "care_at_home", "permit", "bus_pass", "planning", "council_tax")
PLACES = ("Banfield", "Northway", "Didbury", "Chipping Marl", "Łódź Green", "St. Mary's", "Upper (Old) Town", "Oak+Elm")
SECRET = "hidden"
"""Begins what every urgent intent is about, and stands nowhere else: no caller may ever hear it."""

ALWAYS_OPEN = "always"
SWITCHBOARD, DUTY = "switchboard", "duty"


def sentences() -> st.SearchStrategy[str]:
    words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)
    return words.map(lambda each: f"So {' '.join(each)}.")


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def some_of(names: list[str], at_least: int = 0) -> st.SearchStrategy[list[str]]:
    """None to three of the names, each once."""
    return st.lists(st.sampled_from(names), min_size=at_least, max_size=3, unique=True) if names else st.just([])


def without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@st.composite
def queues(draw: st.DrawFn, names: tuple[str, ...], known_hours: list[str]) -> dict[str, Any]:
    """A switchboard, a line that is always open, and others whose overflow leads to one before it."""
    found: dict[str, Any] = {}
    for name in (DUTY, SWITCHBOARD, *names):
        ours = name in (DUTY, SWITCHBOARD)
        target = draw(st.sampled_from((*NUMBERS[:20], *SIP)))
        found[name] = without_none(
            {
                "name": f"the {name.replace('-', ' ')} team",
                "sip" if target.startswith("sip") else "number": target,
                "hours": ALWAYS_OPEN if name == DUTY else draw(st.sampled_from(known_hours)),
                "overflow": None if name == DUTY else draw(maybe(st.sampled_from(sorted(found)))),
                "external": None if ours else draw(st.sampled_from((None, "yes", "no"))),
                "ring_seconds": draw(st.sampled_from((None, "5", "120"))),
                "whisper": draw(st.sampled_from((None, "yes", "no", "A caller.", "About {topic}: {words}"))),
                "priority": draw(st.sampled_from((None, "high", "normal"))),
            }
        )
    return found


@st.composite
def answers(draw: st.DrawFn) -> str | list[str]:
    parts = draw(st.lists(sentences(), min_size=1, max_size=3))
    return parts[0] if len(parts) == 1 and draw(st.booleans()) else parts


@st.composite
def destinations(draw: st.DrawFn, lines: list[str], districts: bool) -> dict[str, Any]:
    """What a route that is not urgent does."""
    kind = draw(st.sampled_from(("queue", "answer", "signpost")))
    to = draw(st.sampled_from([*lines, *["district"] * 5] if districts and kind == "signpost" else lines))
    return without_none(
        {
            "kind": kind,
            "to": to,
            "answer": draw(answers()) if kind == "answer" else draw(maybe(answers())),
            "text": draw(maybe(sentences())),
            "link": draw(st.sampled_from((None, "https://council.example/page"))),
            "when_closed": draw(st.sampled_from([None, *(each for each in lines if each != to)])),
        }
    )


@st.composite
def questions(draw: st.DrawFn, lines: list[str], later: list[str], districts: bool) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(OPTION_NAMES), min_size=1, max_size=5, unique=True))
    keys = draw(st.permutations("123456789"))
    keyed = draw(st.booleans())
    options = {}
    for number, name in enumerate(names):
        phrases = draw(st.lists(st.sampled_from(("first", "second", "yes", "Banfield")), max_size=1))
        option: dict[str, Any] = {"about": f"choice {number} of {name.replace('_', ' ')}"}
        option |= {"phrases": phrases} if phrases else {}
        option |= {"key": keys[number]} if keyed else {}
        where = draw(st.sampled_from(("same", "other", *(("intent",) if later else ()))))
        if where == "intent":
            option["intent"] = draw(st.sampled_from(later))
        elif where == "other":
            option |= draw(destinations(lines, districts))
        options[name] = option
    return {"say": draw(sentences()), "options": options}


@st.composite
def intents(draw: st.DrawFn, names: list[str], lines: list[str], always: list[str], districts: bool) -> dict[str, Any]:
    """Questions lead to intents that come later, so that none goes round in a circle."""
    found: dict[str, Any] = {}
    for number, name in enumerate(names):
        if draw(st.integers(0, 4)) == 0:
            to = draw(st.sampled_from(lines))
            first = draw(maybe(sentences()))
            others = [each for each in always if each != to]
            closed = draw(st.sampled_from([None, *others] if to in always else others))
            about = f"{SECRET} {name}"
            found[name] = without_none(
                {"kind": "urgent", "to": to, "about": about, "first": first, "when_closed": closed}
            )
            continue
        route = {**draw(destinations(lines, districts)), "about": f"about {name.replace('_', ' ')}"}
        limits = draw(st.sampled_from((None, ("0.5", "0.4"), ("1", "0"))))
        if limits is not None:
            route |= {"accept": limits[0], "confirm": limits[1]}
        if draw(st.integers(0, 2)) == 0:
            # An option has the intent's when_closed where it has none of its own: that must not be its line.
            free = [each for each in lines if each != route.get("when_closed")]
            route["ask"] = draw(questions(free, names[number + 1 :], districts))
        found[name] = route
    return found


@st.composite
def notices(draw: st.DrawFn, lines: list[str], asked_for: list[str]) -> dict[str, Any]:
    """`lines` are those that may be closed, `asked_for` the intents that are not urgent."""
    found: dict[str, Any] = {}
    for name in ("snow", "market", "flood")[: draw(st.integers(0, 3))]:
        start, until = sorted(draw(st.tuples(moments(), moments())))
        closes = bool(lines) and draw(st.booleans())
        some_lines = draw(some_of(lines, at_least=int(closes)))
        about = draw(some_of(asked_for))
        found[name] = without_none(
            {
                "say": f"A notice of {name}.",
                "from": written(start) if draw(st.booleans()) else None,
                "until": written(until),
                "queues": some_lines or None,
                "intents": about or None,
                "closes": "yes" if closes else None,
            }
        )
    return found


LANGUAGES = {
    "pl": {
        "name": "Polish",
        "say": "Proszę czekać.",
        "closed": "Biuro jest zamknięte.",
        "locale": "pl-PL",
        "voice": "Polly.Ola-Neural",
    },
    "ro": {"name": "Romanian", "say": "Vă rugăm să așteptați.", "locale": "ro-RO"},
}


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """A whole table as the mapping that its YAML is written from."""
    some = ("office", "late", "nights")[: draw(st.integers(1, 3))]
    known_hours = {**{name: draw(hours()) for name in some}, ALWAYS_OPEN: ALWAYS}
    names = draw(st.lists(st.sampled_from(TEAMS), max_size=5, unique=True))
    lines = draw(queues(tuple(names), sorted(known_hours)))
    all_lines = sorted(lines)
    always = [name for name in all_lines if lines[name]["hours"] == ALWAYS_OPEN]
    districts = names[: draw(st.integers(0, min(4, len(names))))]
    topics = draw(st.lists(st.sampled_from(TOPICS), min_size=2, max_size=6, unique=True))
    about = draw(intents(topics, all_lines, always, bool(districts)))
    if draw(st.booleans()):
        about["speak_to_advisor"] = {"kind": "queue", "to": SWITCHBOARD, "about": "something else"}
    calm = [name for name in about if about[name]["kind"] != "urgent"]
    told = draw(notices([name for name in all_lines if name not in always], calm))
    limits = draw(st.sampled_from((None, {"accept": "0.6", "confirm": "0.3", "urgent": "0.3", "choice": "0.5"})))
    speaking = draw(st.sampled_from(((), ("pl",), ("pl", "ro"))))
    return without_none(
        {
            "council": without_none(
                {
                    "name": "Marl Council",
                    "website": "marl.example",
                    "caller_id": "+441632960100",
                    "default_queue": SWITCHBOARD,
                    "danger_queue": draw(st.sampled_from([each for each in always if not _external(lines[each])])),
                    "nation": draw(st.sampled_from((None, "scotland", "northern-ireland"))),
                }
            ),
            "hours": known_hours,
            "queues": lines,
            "districts": _districts(districts) or None,
            "notices": told or None,
            "languages": {code: {**LANGUAGES[code], "to": draw(st.sampled_from(all_lines))} for code in speaking}
            or None,
            "vocabulary": draw(st.sampled_from((None, ["Chipping Marl", "County Hall"]))),
            "thresholds": limits,
            "key_topics": draw(st.lists(st.sampled_from(calm), max_size=8, unique=True)) or None if calm else None,
            "intents": about,
        }
    )


def _external(queue: dict[str, Any]) -> bool:
    return bool(queue.get("external") == "yes")


def _districts(names: list[str]) -> dict[str, Any]:
    return {
        name: {"name": f"{name.title()} District", "places": list(PLACES[number * 2 : number * 2 + 2])}
        for number, name in enumerate(names)
    }


@st.composite
def sources(draw: st.DrawFn) -> Sources:
    """The files of a table: one, or the queues, hours, notices and intents dealt out over several."""
    tree = draw(trees())
    parts: list[dict[str, Any]] = [tree]
    if draw(st.booleans()):
        parts.append({"owner": "Highways"})
        for section in ("hours", "queues", "notices", "intents"):
            names = list(tree.get(section, {}))
            moved = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if len(names) > 2 else []
            if moved:
                parts[1][section] = {name: tree[section][name] for name in moved}
                parts[0] = {
                    **parts[0],
                    section: {name: tree[section][name] for name in names if name not in moved},
                }
    files = zip(("routing.yaml", "routing.d/highways.yaml"), parts, strict=False)
    flow = draw(st.sampled_from((False, None)))
    return Sources(tuple((name, as_yaml(part, flow)) for name, part in files))


def as_yaml(tree: dict[str, Any], flow: bool | None = False) -> str:
    return yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, default_flow_style=flow)

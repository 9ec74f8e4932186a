"""Words that say nothing yet: "I don't know", "it's about my mum", "I've got a problem". Pure.

People begin so, and answer so; half of them would go on with a bin, some with an emergency. A model can only guess at
such words, and guesses at the worst (they are said in every crisis, too), so the caller is asked instead.
"""

from __future__ import annotations

import re

_TEXT = """
i i'm i've i'd i'll im ive me my mine myself you you're your he he's she she's it it's its they they're them his her we
we're we've us our this that that's there's these those a an the some any one and but or so if as for of to at in on
with about from
am is are was be been have has had got get do does did don't dont doesn't didn't would could can will may might
know mind think suppose guess remember understand say mean want wanted need needed like liked wonder
wondering looking trying hoping start report raise check make find out speak speaking talk talking ring ringing
call calling phone phoning somebody someone anybody anyone
sure not no nothing clue idea haven't hasn't really actually just only bit little well well, okay ok right now then
today again still very quite sort kind maybe perhaps probably anyway basically honestly first
what what's which how where why when something anything thing things stuff problem problems question questions query
queries issue issues matter matters situation concern enquiry bother info information
letter letters email emails form forms sent came come received council council's
please sorry hello hi hiya love dear duck mate morning afternoon evening good yes yeah oh ah eh
mum mum's mother mother's dad dad's father father's parents son son's daughter daughter's husband husband's wife wife's
partner partner's brother brother's sister sister's nan nan's gran gran's grandad grandma granny grandson granddaughter
uncle uncle's auntie aunt cousin niece nephew friend friend's neighbour neighbour's neighbours family
old year years
one two three four five six seven eight ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety
"""
_WORDS = frozenset(_TEXT.split())
_SOMEBODY = frozenset({"somebody", "someone", "anybody", "anyone"})
_HELP_WITH = re.compile(r"\bhelp(?: me| us)? with\b")
"""Says nothing either: "I need some help with my son". "Help" alone does."""
_LONGEST = 14
"""Who says more than that, even in such words alone, has said something by the way she says it."""


def says_nothing(text: str) -> bool:
    """Whether clean `text` holds nothing but words that stand in any call."""
    words = _HELP_WITH.sub("with", text).split()
    return 0 < len(words) <= _LONGEST and all(word in _WORDS or word.isdigit() for word in words)


def wants_somebody(text: str) -> bool:
    """Whether clean `text` says nothing but that she wants a person: "can I speak to somebody about my son"."""
    return says_nothing(text) and not _SOMEBODY.isdisjoint(text.split())

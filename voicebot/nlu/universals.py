"""What a caller may say at any point: repeat, slower, help, start again, goodbye, advisor. Pure.

They count only where the utterance is nothing else: "can you repeat my prescription" is no "repeat", and "help, my mum
has fallen" no "help". `advisor` alone also counts where she says that she wants no machine.
"""

from __future__ import annotations

import re

from voicebot.nlu.spoken import alternatives, forms

_REPEAT = """
repeat|repeat that|repeat it|repeat the question|repeat the options|repeat what you said|repeat yourself|say that|say
it|
say that again|say it again|say again|say the question again|say the options again|once more|one more time|again|
say that once more|say that one more time|say it one more time|pardon|pardon me|i beg your pardon|beg your pardon|
beg pardon|beg yours|sorry|what|what did you say|what'd you say|what was that|what was the question|what's that|
what was it you said|what were the options|what were they|what were my choices|what are the options again|come again|
you what|eh|i didn't catch that|didn't catch that|i didn't quite catch that|i never caught that|didn't get that|
i didn't get that|i didn't hear that|didn't hear that|i didn't hear you|i can't hear you|can't hear you|i couldn't hear|
i couldn't hear you|i couldn't hear that|i missed that|missed that|i missed what you said|i missed it|
run that by me again|run that past me again|tell me again|read it again|read that again|read it out again|
go over that again|go through that again|what did she say|what did it say|i beg pardon|i can't hear what you're saying|
one more time i didn't hear|i didn't hear what you said|i didn't understand what you said|hear that again|hear it again|
saying that again|repeating that|play that again|ask me again|ask again|what do you say
"""
_SLOWER = """
slower|slow down|slow it down|slowly|more slowly|a bit slower|a little slower|slow down a bit|slow down a little|
speak slower|speak slowly|speak more slowly|speak a bit slower|speak a bit more slowly|speak a little slower|
talk slower|talk slowly|talk more slowly|talk a bit slower|go slower|go a bit slower|say it slower|say that slower|
say it slowly|say that slowly|say that more slowly|say it more slowly|say that again slowly|say that again slower|
repeat that slowly|repeat it slowly|not so fast|not so quick|too fast|too quick|you're too fast|you're too quick|
you're going too fast|you're talking too fast|you're speaking too fast|you speak too fast|you talk too fast|
you are speaking too fast|you are going too fast|you go too fast|that was too fast|it's too fast|that's too fast|
you're going too fast for me|too fast for me|that was a bit fast|that's a bit fast|a bit quick for me|
say it again slowly|say it again slower|take it slower|steady on
"""
_HELP = """
help|some help|a bit of help|what can i say|what can i ask|what can i ask for|what can i ask you|what can you do|
what can you do for me|what can you help with|what can you help me with|what do i say|what do i do|what do i do now|
what should i say|what am i supposed to say|what am i meant to say|what are my options|what are the options|
what options are there|what are my choices|options|what sort of things|how does this work|how does it work|
how do i use this|i don't know what to say|i'm not sure what to say|don't know what to say|i'm confused|i am confused|
i don't understand|i don't understand the question|i don't get it|i don't know what you mean|what do you mean|
i don't understand what you mean|i don't follow|give me some examples|give me an example|such as|like what|for example
"""
_START_AGAIN = """
start again|start over|start all over again|start all over|start from scratch|start from the beginning|
start from the start|restart|begin again|go back|back|go back to the start|go back to the beginning|back to the start|
back to the beginning|main menu|go back to the main menu|back to the main menu|the beginning|from the top|
start afresh|try again|reset|go right back to the start|go back to the first question
"""
_GOODBYE = """
bye|bye for now|goodbye|good bye|bye then|ta ra|ta ta|tara|cheerio|cheers bye|see you|see you later|see ya|good night|
goodnight|thank you bye|thanks bye|thank you goodbye|thanks goodbye|ta bye|okay bye|that's all|that is all|that's it|
that is it|that's everything|that is everything|that'll be all|that will be all|that's all i wanted|
that's all i needed|that's all i need|that's all bye|that's it bye|that's all for now|that's all for today|
that's me done|nothing else|there's nothing else|nothing more|i'm done|i am done|i'm finished|i've finished|
we're done|i'm all done|have a nice day|have a good day|never mind|nevermind|forget it|forget about it|
doesn't matter|it doesn't matter|leave it|i'll leave it|i'll ring back|i'll call back|i'll ring back later|
i'll call back later|i'll ring another time|i'll try again later|hang up|end the call|end call|all done|all sorted|
that's me sorted|i'm sorted|that's great bye|lovely bye|no that's all|no that's it|no nothing else
"""

_CLOSING = (
    r"bye|bye bye|goodbye|good bye|never mind|nevermind|forget it|i'll leave it|leave it|"
    r"(?:that's|that is|that'll be|that will be) (?:all|it|everything)(?: i (?:needed|need|wanted|want))?|"
    r"i'll (?:ring|call|phone|try) (?:back|again)(?: later| tomorrow| another time)?"
)
_PARTING = (
    r"no|nope|yes|yeah|ok|okay|right|well|oh|so|and|then|now|all right|alright|lovely|great|brilliant|perfect|fine|"
    r"super|wonderful|cheers|ta|thanks|thank you|thank you ever so much|very much|so much|ever so much|a lot|very kind|"
    r"(?:for )?(?:all )?(?:your|the) (?:help|time)|for that|for now|for today|(?:that's|that is|it's|you've been) "
    r"(?:fine|great|lovely|brilliant|okay|ok|all right|very kind|very helpful|kind|nothing)|"
    r"i'm (?:done|fine|all right|okay|sorted)|love|dear|mate|have a (?:nice|good|lovely) (?:day|evening|weekend)|"
    r"you too|take care|see you|speak soon"
)
_PARTED = re.compile(rf"(?:(?:{_PARTING}) )*(?:{_CLOSING})(?: (?:{_PARTING}|{_CLOSING}))*")
"""A parting said in several ways at once: "no that's everything, thank you very much for your help, bye then"."""

_GREETED = re.compile(
    r"(?:(?:hello|hi|hiya|hey|good (?:morning|afternoon|evening)|um|oh|yes|sorry|excuse me)(?: there)?\b ?)*"
    r"(?:(?:hello|hi|hiya|good (?:morning|afternoon|evening)|can you hear me|are you there|is there anybody there|"
    r"is (?:anybody|anyone|somebody|someone) there|(?:anybody|anyone) there|can (?:anybody|anyone) hear me)"
    r"(?: there)?\b ?)+"
    r"(?:please|now|at all)?"
)
"""She only asks whether somebody is there: she is told what she can say, not that the council cannot help."""

_PERSON = (
    r"(?:an? |the |some |your |my |one of your |one of the |any |another )?"
    r"(?:real |live |human |actual |proper |living |nice |customer |council |different |single )*"
    r"(?:advisors?|advisers?|operators?|humans?|human beings?|person|people|agents?|someone|somebody|anyone|anybody|"
    r"receptionist|reception|switchboard|representative|member of staff|staff|call handler|team member|body|"
    r"customer services?|contact centre|one of your lot|real one|man|woman|lady|person there|someone else|"
    r"somebody else)"
    r"(?: (?:real|human|there|in person|who is real|who's real|alive|on the phone|on the line|at the council|"
    r"who can help|"
    r"who can help me|that can help|that can help me|instead|directly|local|from the council|in the office))*"
)
_REACH = (
    r"(?:(?:to )?(?:speak|speaking|talk|talking|chat|get|get through|be put through|be connected|be transferred|"
    r"have a word|"
    r"put me|put me through|put us through|put me on|pass me|transfer me|connect me|connect|transfer|get me|"
    r"find me|give me|"
    r"i want|i'd like|i need|let me have|can i have|could i have|may i have|is there|are there|where is|fetch me)"
    r"(?: (?:to|with|through to|through|on to|onto|over to|hold of|some))?)"
)
_MACHINE = (
    r"(?:machines?|robots?|computers?|recordings?|recorded voice|bots?|automated (?:thing|voice|system)|"
    r"answering machine|menus?)"
)
_NO_MACHINE = (
    rf"(?: (?:and |or |but )?(?:not|no|instead of|rather than|anything but|i don't want|i hate|i can't stand|"
    rf"don't give me)"
    rf" (?:to |talk to |talking to |speak to |with )*(?:an? |this |these |the |your |your )*{_MACHINE})?"
)
_PERSON_ALONE = re.compile(rf"(?:(?:{_REACH}) )?{_PERSON}{_NO_MACHINE}(?: (?:please|now|instead))*")
_ZERO = frozenset({"zero", "nought", "naught", "0", "press zero", "key zero", "number zero", "nil"})
_AGAINST_MACHINE = re.compile(
    rf"\b(?:not|no|don't|do not|won't|can't|cannot|hate|instead of|rather than|sick of|fed up|refuse|never)\b"
    rf"(?: [\w']+){{0,6}} {_MACHINE}\b|\b(?:talking|speaking|talk|speak) to (?:an? |this |the )?{_MACHINE}\b"
)
_WANTS_PERSON = re.compile(
    r"\b(?:want|wanted|like|need|rather|give me|get me|put me|put us|let me|can i|could i|speak|"
    r"talk)\b(?: [\w']+){0,6} "
    r"(?:person|human|human being|someone|somebody|operator|advisor|adviser|real one|people|man|woman)\b"
)

_PHRASES = {
    "repeat": _REPEAT,
    "slower": _SLOWER,
    "help": _HELP,
    "start_again": _START_AGAIN,
    "goodbye": _GOODBYE,
}
_PATTERNS = {
    name: re.compile(alternatives(each.strip() for each in text.replace("\n", "").split("|")))
    for name, text in _PHRASES.items()
}
_TALE = 30
"""Words of the longest utterance that can be nothing but a refusal to talk to a machine; beyond, she says why she
rings."""

_SORRY_FOR = re.compile(
    r"(?:sorry |oh |no )*(?:i )?(?:didn't|couldn't|can't) (?:quite )?(?:hear|catch|get|make out) (?:that|you|it|"
    r"what you said)"
)


def universal(words: str) -> str | None:
    """The id of the universal that `words` (clean) are, None where they are none."""
    shapes = forms(words)
    for name in ("goodbye", "slower", "start_again", "repeat", "help"):
        if any(_PATTERNS[name].fullmatch(shape) for shape in shapes):
            return name
    if _PARTED.fullmatch(words):
        return "goodbye"
    if _GREETED.fullmatch(words):
        return "help"
    if _SORRY_FOR.fullmatch(shapes[0]) or _two_of("repeat", words):
        return "repeat"
    return "advisor" if _wants_advisor(words, shapes) else None


def _two_of(name: str, words: str) -> bool:
    """The same wish said twice in other words: "sorry I didn't catch that can you say it again"."""
    parts = words.split()
    return any(
        any(_PATTERNS[name].fullmatch(shape) for shape in forms(" ".join(parts[:cut])))
        and any(_PATTERNS[name].fullmatch(shape) for shape in forms(" ".join(parts[cut:])))
        for cut in range(1, len(parts))
        if len(parts) <= 14
    )


def _wants_advisor(words: str, shapes: tuple[str, ...]) -> bool:
    if any(shape in _ZERO for shape in shapes):
        return True
    if any(_PERSON_ALONE.fullmatch(shape) for shape in shapes) and words not in (
        "man",
        "woman",
        "people",
        "staff",
        "a man",
        "body",
    ):
        return True
    if len(words.split()) > _TALE:
        return False
    return bool(_AGAINST_MACHINE.search(words) and _WANTS_PERSON.search(words))

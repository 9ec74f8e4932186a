"""Other languages than English: codes that the recogniser knows, and voices that fit them."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, issue
from voicebot.routing.spoken import spoken_seconds

_LISTED = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu
    ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na
    nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so
    sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_CODES = frozenset(_LISTED.split())
"""ISO 639-1, which is what Whisper names languages by (it has "haw", "jw" and "yue" besides)."""

_OTHERWISE = {"ua": "uk", "cz": "cs", "gr": "el", "dk": "da", "se": "sv", "jp": "ja", "cn": "zh"}
"""Codes of countries that are taken for those of their languages."""

_VARIANTS = {"zh": ("cmn", "yue"), "no": ("nb", "nn"), "ar": ("arb",), "ur": ("hi",), "hi": ("ur",)}
"""Locales by another code. Hindi and Urdu sound alike, and some providers have one voice for both."""

_LONGEST = 10.0
"""Seconds."""


def language_codes(draft: Draft) -> Iterator[Issue]:
    for code, language in draft.languages.items():
        if code not in _CODES:
            mark = draft.places.key("languages", code)
            meant = code.lower()[:2]
            meant = _OTHERWISE.get(meant, meant) if meant not in _CODES else meant
            fix = (
                f"did you mean {meant}?" if meant in _CODES else "write its two small letters of ISO 639-1, such as pl"
            )
            yield issue("E605", mark, f"{code} is no code of a language", fix)
        elif language.locale.replace("_", "-").split("-")[0].lower() not in (code, *_VARIANTS.get(code, ())):
            mark = draft.places.value("languages", code, "locale")
            message = f"the locale {language.locale} is not {language.name} ({code}), so its voice would misread it"
            yield issue("N606", mark, message, f"write one that begins with {code}-")


def long_greetings(draft: Draft) -> Iterator[Issue]:
    """One sentence: who waits for a person need not hear a speech. Its syllables are counted as if it were English."""
    for code, language in draft.languages.items():
        if spoken_seconds(language.say) > _LONGEST:
            mark = draft.places.value("languages", code, "say")
            message = f"what is said in {language.name} takes longer than {_LONGEST:.0f} seconds"
            yield issue("N607", mark, message, "keep one sentence: please wait, somebody will help")

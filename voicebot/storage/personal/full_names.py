"""Whether what was found as a name says who somebody is: a first name and a surname together."""

from __future__ import annotations

import re

from voicebot.storage.personal.first_names import ALSO_WORDS, FIRST_NAMES
from voicebot.storage.personal.spoken import MONTHS, words_in

_TITLES = words_in("Mr Mrs Miss Ms Mx Dr Doctor Sir Dame Reverend Rev Councillor Professor and")


def is_full_name(name: str) -> bool:
    """`Jane Smith` and `Mr John Smith`; not `Jane`, `Mrs Patel`, `Margaret Ann`, by which nobody could be found."""
    parts = [part for part in re.findall(r"[^\s,]+", name) if part.rstrip(".") not in _TITLES]
    if len(parts) < 2 or parts[0] in MONTHS or parts[0] not in FIRST_NAMES | ALSO_WORDS:
        return False
    return len(parts) > 2 or parts[-1] not in FIRST_NAMES

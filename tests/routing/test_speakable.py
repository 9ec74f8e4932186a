"""What cannot be spoken, and what can although it looks alike: rules that are too eager are soon switched off."""

from __future__ import annotations

import pytest

from voicebot.routing.rules.dialling import DRAMA
from voicebot.routing.rules.secrets import HIDDEN, hidden
from voicebot.routing.rules.speakable import findings


@pytest.mark.parametrize(
    "text",
    [
        "You can apply on the council's website, westshire dot example.",
        "It costs £12.50, or 12 pounds 50. That is 20% off.",
        "If you smell gas, ring 0 8 0 0, 1 1 1, 9 9 9.",
        "You need your card number and PIN. Ask your MP, your GP or the NHS.",
        "The A40 and the M25 are closed until 5pm on the 31st of October 2027.",
        "You need the notice number, which starts with P C N.",
        "We may help on Sunday. In March, 1,000 people sat there for 45 minutes.",
        "St Mary's Church.",
        "It's well-known, isn't it? (Yes.)",
        "For {topic}, press {key}.",
        "It costs 999 pounds.",
    ],
)
def test_what_a_voice_reads_well(text: str) -> None:
    assert [(text[each.start : each.end], each.code) for each in findings(text)] == []


@pytest.mark.parametrize(
    ("text", "snippet", "code", "instead"),
    [
        ("See www.west.gov.uk/roads.", "www.west.gov.uk/roads", "N411", "west dot gov dot uk slash roads"),
        ("Open e.g. today", "e.g.", "N412", "for example"),
        ("Go to No. 5", "No. ", "N412", "number"),
        ("Your EHCP is ready", "EHCP", "N413", "E H C P"),
        ("We are CLOSED today", "CLOSED", "N413", "closed"),
        ("At WB1 1AA", "WB1 1AA", "N414", "W B 1 1 A A"),
        ("Quote CC1234", "CC1234", "N414", "C C 1 2 3 4"),
        ("Parks & gardens", "&", "N415", "and"),
        ("Sunny ☀ today", "☀", "N415", "leave it out"),
        ("Until 17:30", "17:30", "N416", "half past five"),
        ("At 9.30am", "9.30am", "N416", "half past nine"),
        ("On 24/12", "24/12", "N416", "the 24th of December"),
        ("On 2027-01-22", "2027-01-22", "N416", "the 22nd of January"),
        ("Open 9-5", "9-5", "N416", "9 to 5"),
        ("Ring 01632 960100", "01632 960100", "N417", "0 1 6 3 2, 9 6 0, 1 0 0"),
        ("Please ring 116123.", "116123", "N417", "1 1 6"),
    ],
)
def test_what_it_does_not(text: str, snippet: str, code: str, instead: str) -> None:
    [found] = findings(text)
    assert (text[found.start : found.end], found.code) == (snippet, code)
    assert instead in found.fix


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        *[
            (each, True)
            for each in ("1632960100", "2079460999", "1134960000", "1184960123", "1614960000", "1914980001")
        ],
        *[(each, True) for each in ("2896496001", "2920180999", "7700900123", "8081570360", "3069990000")],
        *[
            (each, False)
            for each in ("1632961100", "2079470000", "1184970123", "7700800123", "9098790000", "2072243000")
        ],
    ],
)
def test_numbers_kept_for_drama(number: str, kept: bool) -> None:
    assert bool(DRAMA.fullmatch(number)) is kept


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("# AC" + "0123456789abcdef" * 2, f"# {HIDDEN}"),
        ("auth_token: 5f4dcc3b", f"auth_token: {HIDDEN}"),
        ("password: swordfish", f"password: {HIDDEN}"),
        ("https://ann:pa55@small.example/x", f"https://ann:{HIDDEN}@small.example/x"),
        ("https://small.example/x?token=abc123&b=1", f"https://small.example/x?token={HIDDEN}&b=1"),
        ("sip:team@host.example;transport=tls", "sip:team@host.example;transport=tls"),
        ("https://small.example:8443/x?page=2", "https://small.example:8443/x?page=2"),
        ("answer: Your password is safe with us.", "answer: Your password is safe with us."),
        ("lost_password: {kind: queue}", "lost_password: {kind: queue}"),
        ("deliver: team@small.example", "deliver: team@small.example"),
    ],
)
def test_secrets_are_covered_and_nothing_else(line: str, shown: str) -> None:
    assert hidden(line) == shown

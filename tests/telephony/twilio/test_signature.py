"""Signatures, with the example of Twilio's own tests."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from voicebot.errors import SettingError
from voicebot.telephony.twilio.signature import Verifier, signed

# The vector of the tests of Twilio's libraries.
TOKEN = "12345"
PUBLIC = "https://mycompany.com"
TARGET = "/myapp.php?foo=1&bar=2"
PARAMS = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
          "Caller": "+14158675309"}  # fmt: skip
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_twilios_own_example() -> None:
    assert signed(PUBLIC + TARGET, PARAMS, TOKEN) == SIGNATURE
    assert Verifier(PUBLIC, TOKEN).verify(TARGET, "POST", MultiDict(PARAMS), SIGNATURE)


@pytest.mark.parametrize(
    ("target", "form", "signature"),
    [
        (TARGET, PARAMS, None),
        (TARGET, PARAMS, ""),
        (TARGET, PARAMS, "RSOYDt4T1cUTdK1PDd93/VVr8B9="),
        (TARGET, PARAMS, "short"),
        (TARGET, PARAMS, "ü" * 28),
        (TARGET, PARAMS | {"Digits": "1235"}, SIGNATURE),
        (TARGET, PARAMS | {"Digits": "1234 "}, SIGNATURE),
        (TARGET, PARAMS | {"More": ""}, SIGNATURE),
        ("/myapp.php?foo=1&bar=3", PARAMS, SIGNATURE),
        ("/other.php?foo=1&bar=2", PARAMS, SIGNATURE),
        ("https://mycompany.com" + TARGET, PARAMS, SIGNATURE),
        ("", PARAMS, SIGNATURE),
    ],
)
def test_anything_else_is_refused(target: str, form: dict[str, str], signature: str | None) -> None:
    assert not Verifier(PUBLIC, TOKEN).verify(target, "POST", MultiDict(form), signature)


def test_another_token_or_another_public_url_does_not_verify() -> None:
    assert not Verifier(PUBLIC, "54321").verify(TARGET, "POST", MultiDict(PARAMS), SIGNATURE)
    assert not Verifier("https://elsewhere.example", TOKEN).verify(TARGET, "POST", MultiDict(PARAMS), SIGNATURE)


def test_repeated_parameters_are_all_signed() -> None:
    twice = MultiDict([("To", "a"), ("To", "b"), ("From", "c")])
    signature = signed(PUBLIC + "/x", twice, TOKEN)
    assert Verifier(PUBLIC, TOKEN).verify("/x", "POST", twice, signature)
    assert not Verifier(PUBLIC, TOKEN).verify("/x", "POST", MultiDict([("To", "a"), ("From", "c")]), signature)


def test_connection_overrides_are_no_part_of_what_is_signed() -> None:
    assert signed(PUBLIC + TARGET + "#rc=2&rp=all", PARAMS, TOKEN) == SIGNATURE


def test_of_a_get_the_query_is_signed() -> None:
    signature = signed(PUBLIC + "/x?CallSid=CA1", {}, TOKEN)
    assert Verifier(PUBLIC, TOKEN).verify("/x?CallSid=CA1", "GET", MultiDict({"CallSid": "CA1"}), signature)
    assert not Verifier(PUBLIC, TOKEN).verify("/x?CallSid=CA2", "GET", MultiDict(), signature)


@pytest.mark.parametrize("public", ["http://127.0.0.1:8000", "https://bot.example:8443", "https://bot.example/voice/"])
def test_ports_and_path_prefixes_of_the_public_url(public: str) -> None:
    signature = signed(public.rstrip("/") + "/twilio/voice", PARAMS, TOKEN)
    assert Verifier(public, TOKEN).verify("/twilio/voice", "POST", MultiDict(PARAMS), signature)


@pytest.mark.parametrize(
    ("public", "token", "name"), [("", "t", "VOICEBOT_PUBLIC_URL"), ("https://x", "", "TWILIO_AUTH_TOKEN")]
)
def test_without_settings_there_is_no_verifier(public: str, token: str, name: str) -> None:
    with pytest.raises(SettingError, match=name):
        Verifier(public, token)

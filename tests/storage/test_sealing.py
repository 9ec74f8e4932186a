from __future__ import annotations

import pytest

from voicebot.errors import SettingError, StorageError
from voicebot.storage.sealing import Sealer, normalise


@pytest.mark.parametrize(
    "written", ["07700 900123", "+447700900123", "+44 7700 900 123", "0044 7700 900123", " 07700-900-123 "]
)
def test_a_number_has_one_hash_however_it_is_written(sealer: Sealer, written: str) -> None:
    assert sealer.hash(written) == sealer.hash("+447700900123")
    assert sealer.hash(written) != sealer.hash("+447700900124")


def test_numbers_and_addresses_are_brought_to_one_form() -> None:
    assert normalise("01632 960100") == "+441632960100"
    assert normalise("+33 1 99 00 12 34") == "+33199001234"
    assert normalise("sip:Jane.Smith@Example.COM;transport=tls") == "jane.smith@example.com"
    assert normalise(" Reception ") == "reception"


def test_the_hash_needs_the_key(sealer: Sealer) -> None:
    other = Sealer("another secret for tests, just as long as it should be")
    assert other.hash("+447700900123") != sealer.hash("+447700900123")


def test_what_was_sealed_can_be_read_with_the_key_alone(sealer: Sealer) -> None:
    sealed = sealer.seal("Jane Smith, 07700 900123 — £5")
    assert "Jane" not in sealed
    assert sealer.unseal(sealed) == "Jane Smith, 07700 900123 — £5"
    with pytest.raises(StorageError, match="VOICEBOT_SECRET_KEY"):
        Sealer("another secret for tests, just as long as it should be").unseal(sealed)
    with pytest.raises(StorageError, match="VOICEBOT_SECRET_KEY"):
        sealer.unseal("damaged")


def test_a_short_secret_is_refused_by_name() -> None:
    with pytest.raises(SettingError, match="VOICEBOT_SECRET_KEY"):
        Sealer("too short")

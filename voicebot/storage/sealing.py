"""Stands in for telephone numbers: a keyed hash to find them again, and a seal for those that must be read again.

Both keys are derived from the one secret by HKDF (RFC 5869) with a label each: neither tells anything of the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import phonenumbers
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voicebot.errors import SettingError, StorageError

REGION = "GB"
KEY_BYTES = 32
LEAST_SECRET = 32


class Sealer:
    """Made from `VOICEBOT_SECRET_KEY`, 32 characters or more. Raises `SettingError` where it is shorter."""

    def __init__(self, secret: str) -> None:
        if len(secret) < LEAST_SECRET:
            raise SettingError(
                f"VOICEBOT_SECRET_KEY: must be {LEAST_SECRET} characters or more; make one with `openssl rand -hex 32`"
            )
        self._hash_key = _derive(secret, b"voicebot caller hash v1")
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"voicebot seal v1")))

    def hash(self, number: str) -> str:
        """HMAC-SHA256 of the normalised number, 64 hex digits: the same for `07700 900123` and `+447700900123`."""
        return hmac.new(self._hash_key, normalise(number).encode(), hashlib.sha256).hexdigest()

    def seal(self, words: str) -> str:
        return self._fernet.encrypt(words.encode("utf-8", "ignore")).decode()

    def unseal(self, sealed: str) -> str:
        """Raises `StorageError` where it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise StorageError("stored data was sealed with another VOICEBOT_SECRET_KEY; set that one") from None


def normalise(number: str) -> str:
    """E.164 for a telephone number (taken as British where it has no country), lower case without `sip:` and parameters
    for a SIP address, and as it stands, without blanks, for anything else."""
    text = "".join(number.split())
    if "@" in text:
        return text.lower().removeprefix("sips:").removeprefix("sip:").split(";")[0]
    try:
        return phonenumbers.format_number(phonenumbers.parse(text, REGION), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return text.lower()


def _derive(secret: str, label: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=label).derive(secret.encode())

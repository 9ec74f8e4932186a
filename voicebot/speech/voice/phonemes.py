"""English words as the phonemes that Kokoro was trained on.

The pronunciation comes from espeak-ng (GPL-3.0, a separate library that only the rendering of speech needs: the extra
`voice`); its notation is then brought to Kokoro's, which has one letter for each diphthong.
"""

from __future__ import annotations

import ctypes
import importlib
import re
from typing import Any

from voicebot.errors import VoicebotError

BRITISH = "gmw/en"
"""espeak-ng's file for southern British English. Its alias en-gb is not found in every build, the file is."""

_TIE = "^"
_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: no sound device is opened
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: a missing data folder is an answer, not the end of the process
_UTF8 = 1
_IPA = 0x02
_WITH_TIE = 0x80 | _IPA | ord(_TIE) << 8

_PUNCTUATION = re.compile(r"\s*([,.!?;:…—])\s*")
_TO_KOKORO = (
    ("a^ɪ^ə", "Iə"),
    ("a^ʊ^ə", "Wə"),
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("e^ɪ", "A"),
    ("ɔ^ɪ", "Y"),
    ("ə^ʊ", "Q"),
    ("o^ʊ", "O"),
    ("e^ə", "ɛː"),
    ("t^ʃ", "ʧ"),
    ("d^ʒ", "ʤ"),
    ("ə^l", "ᵊl"),
    ("l\u0329", "ᵊl"),
    ("n\u0329", "ᵊn"),
    ("ɐ", "ə"),
    ("ʔ", "t"),
    ("x", "k"),
    ("ɬ", "l"),
    ("ʉ", "u"),  # Scottish "house" and "school"
    (":", "ː"),  # espeak-ng writes some long vowels of the accents so
    (_TIE, ""),
)


class Pronouncer:
    """espeak-ng, loaded once. Not safe for threads: the library holds its state in the process."""

    def __init__(self) -> None:
        """Raises `VoicebotError` where the extra is not installed or the library does not start."""
        try:
            loader: Any = importlib.import_module("espeakng_loader")
            self._library = ctypes.CDLL(loader.get_library_path())
        except (ImportError, OSError) as error:
            raise VoicebotError("espeak-ng is not installed. Run `pip install -e '.[voice]'`.") from error
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        folder = str(loader.get_data_path()).encode()
        if self._library.espeak_Initialize(_RETRIEVAL, 0, folder, _DONT_EXIT) <= 0:
            raise VoicebotError("espeak-ng does not start; reinstall the extra with `pip install -e '.[voice]'`.")

    def phonemes(self, words: str, language: str = BRITISH) -> str:
        """`words` in Kokoro's notation, punctuation kept, for it shapes the melody.

        `language` is a file of espeak-ng, such as `roa/fr`. Raises `VoicebotError` where there is none.
        """
        if self._library.espeak_SetVoiceByName(language.encode()) != 0:
            raise VoicebotError(f"espeak-ng has no language {language!r}; English is {BRITISH!r}.")
        parts = _PUNCTUATION.split(words.strip())
        spoken = [self._clause(part) if index % 2 == 0 else f"{part} " for index, part in enumerate(parts)]
        text = "".join(spoken).strip()
        for theirs, ours in _TO_KOKORO:
            text = text.replace(theirs, ours)
        return text

    def _clause(self, words: str) -> str:
        if not words:
            return ""
        buffer = ctypes.create_string_buffer(words.encode())
        rest = ctypes.c_void_p(ctypes.addressof(buffer))
        spoken = []
        while rest.value:
            piece = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _WITH_TIE)
            spoken.append(piece.decode() if piece else "")
        return " ".join(spoken)

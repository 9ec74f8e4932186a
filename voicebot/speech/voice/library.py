"""The bot's own voice at a call: what it says, put together from pieces that were rendered before.

Sentence by sentence: the council's own recording, else the sentence as the voice renders it, else its clauses. Where
anything is missing there is no sound at all, for half a prompt is none; what was missing is noted, so that it is there
the next time.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from voicebot.speech.voice.cache import Cache, Piece, put
from voicebot.speech.voice.pieces import clauses, sentences
from voicebot.speech.voice.sound import joined

RECORDED = "recorded"
"""Stands as the voice of a council's own recordings."""

MEMORY_BYTES = 64 * 2**20
"""Two hours of speech."""

MOST_WANTED = 500
"""Notes of what was missing; more would only say that nothing was ever rendered."""

_PERSONAL = re.compile(r"\d(?:[\s-]?\d){5}")
"""No prompt holds anything of a caller's. Should one ever read a number back, it is not to be kept."""


def own(prompts: Path) -> Cache:
    """Where the council's own recordings lie, as they were brought into the folder of prompts."""
    return Cache(prompts / RECORDED)


class Library:
    """`Prompts` of `voicebot.live.ports`, from files alone. `voice` renders what the council has not recorded; "" for
    none. Safe for threads."""

    def __init__(self, folder: Path, voice: str, memory_bytes: int = MEMORY_BYTES) -> None:
        self._cache = Cache(folder)
        self._own = own(folder)
        self._voice = voice
        self._limit = memory_bytes
        self._known: OrderedDict[tuple[Path, int], bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def audio(self, text: str, *, slow: bool = False, language: str | None = None) -> bytes | None:
        """µ-law at 8 kHz, ending in a pause; None where a part of it is not there. A language (a locale) other than
        English can only be had as the council's own recording."""
        sound, missing = self.find(text, slow, language)
        self._note(missing, slow)
        return sound

    def find(self, text: str, slow: bool = False, language: str | None = None) -> tuple[bytes | None, list[str]]:
        """The same, and the English sentences that are missing; nothing is noted."""
        english = language is None or language.lower().startswith("en")
        sound, missing = b"", []
        for sentence in sentences(text):
            found = self._recorded(sentence, slow) or (self._rendered(sentence, slow) if english else ())
            sound += joined(found, slow)
            missing += [] if found else [sentence]
        return None if missing or not sound else sound, missing if english else []

    def _recorded(self, sentence: str, slow: bool) -> tuple[bytes, ...]:
        sound = self._piece(self._own, Piece(sentence, RECORDED, slow))
        return () if sound is None else (sound,)

    def _rendered(self, sentence: str, slow: bool) -> tuple[bytes, ...]:
        """The sentence whole, or in its clauses; nothing where one of them is not there."""
        for cut in ([sentence], clauses(sentence)) if self._voice else ():
            there = [self._piece(self._cache, Piece(words, self._voice, slow)) for words in cut]
            found = tuple(each for each in there if each is not None)
            if found and len(found) == len(cut):
                return found
        return ()

    def _piece(self, cache: Cache, piece: Piece) -> bytes | None:
        path = cache.path(piece)
        try:
            known = path, path.stat().st_mtime_ns  # a recording may have been exchanged
        except OSError:
            return None
        with self._lock:
            if known in self._known:
                self._known.move_to_end(known)
                return self._known[known]
        sound = cache.read(piece)
        if sound is not None:
            self._remember(known, sound)
        return sound

    def _remember(self, known: tuple[Path, int], sound: bytes) -> None:
        with self._lock:
            if known not in self._known:
                self._known[known] = sound
                self._size += len(sound)
            while self._size > self._limit and self._known:
                self._size -= len(self._known.popitem(last=False)[1])

    def _note(self, missing: list[str], slow: bool) -> None:
        for words in missing if self._voice else ():
            if not _PERSONAL.search(words):
                Wanted(self._cache.folder).add(Piece(words, self._voice, slow))


class Wanted:
    """What was to be said at a call and was not there: a folder of notes, for whoever renders next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "wanted"

    def add(self, piece: Piece) -> None:
        """A note less is no harm, a call that waits or fails for one is: what cannot be written is left."""
        path = self._path(piece)
        try:
            if not path.exists() and len(list(self._folder.glob("*.json"))) < MOST_WANTED:
                self._folder.mkdir(parents=True, exist_ok=True)
                put(path, json.dumps({"words": piece.words, "voice": piece.voice, "slow": piece.slow}).encode())
        except OSError:
            pass

    def pieces(self) -> list[Piece]:
        """In the order in which they were missed; notes that cannot be read are thrown away."""
        found = []
        for path in sorted(self._folder.glob("*.json"), key=_age):
            try:
                note = json.loads(path.read_bytes())
                found.append(Piece(str(note["words"]), str(note["voice"]), note["slow"] is True))
            except (OSError, ValueError, KeyError, TypeError):
                path.unlink(missing_ok=True)
        return found

    def done(self, piece: Piece) -> None:
        self._path(piece).unlink(missing_ok=True)

    def _path(self, piece: Piece) -> Path:
        return self._folder / f"{piece.key}.json"


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

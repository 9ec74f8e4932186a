"""The phrases of intents/ as a person who labels calls needs them: is it there already, may it be added, add it.

Several people may label at once. Whoever adds holds the folder while she looks what is there by then and writes;
each file appears whole or not at all.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.nlu.clean import MAX_CHARACTERS, clean
from voicebot.nlu.phrases.adding import add_phrases, phrases_of
from voicebot.nlu.phrases.characters import unspeakable
from voicebot.routing.issues import Issue
from voicebot.routing.yaml_text import read_yaml

BOM = "\ufeff"
"""Some editors begin a UTF-8 file with it; it is put back where it was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where words stand already, spelling and punctuation apart. `line` counts from 1."""

    intent: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Change:
    """What adding makes of one intent's file."""

    intent: str
    file: Path
    before: str
    after: str
    added: tuple[str, ...]

    @property
    def diff(self) -> str:
        """A unified diff, as `git diff` shows it."""
        before, after = (text.removeprefix(BOM).replace("\r\n", "\n").split("\n") for text in (self.before, self.after))
        old, new = (str(self.file) if self.file.is_absolute() else f"{side}/{self.file}" for side in "ab")
        return "\n".join(unified_diff(before, after, old, new, lineterm="")) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    """One file as it was read last; `stamp` changes whenever the file does."""

    stamp: tuple[int, int, int]
    text: str
    words: Mapping[str, int]


class PhraseBook:
    """The phrases of the folder `intents`. Every method raises `ContentError` where a file cannot be read or written,
    which names it and the line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pages: dict[str, _Page] = {}
        self.refresh()

    @property
    def intents(self) -> tuple[str, ...]:
        """Those that have a file, and so can be a label."""
        return tuple(sorted(self._pages))

    def refresh(self) -> None:
        """Read again what somebody has changed since."""
        issues: list[Issue] = []
        pages: dict[str, _Page] = {}
        for file in sorted(self._folder.glob("*.yaml")):
            known = self._pages.get(file.stem)
            page = known if known is not None and known.stamp == _stamp(file) else _read(file, issues)
            if page is not None:
                pages[file.stem] = page
        if issues:
            raise ContentError(f"{self._folder}: correct this first\n" + "\n".join(map(str, issues)), tuple(issues))
        if not pages:
            raise ContentError(f"{self._folder}: no intents here. VOICEBOT_INTENTS names the folder.")
        self._pages = pages

    def find(self, words: str) -> Standing | None:
        text = clean(words)
        for intent, page in self._pages.items():
            if text in page.words:
                return Standing(intent, str(self._file(intent)), page.words[text])
        return None

    def changes(self, new: Mapping[str, Sequence[str]]) -> list[Change]:
        """What adding `new` (intent → phrases) would make of the files. What stands there already is left out."""
        found: list[Change] = []
        for intent, phrases in sorted(new.items()):
            page = self._pages[intent]
            added: dict[str, str] = {}
            for words in phrases:
                if clean(words) not in page.words:
                    added.setdefault(clean(words), words)
            if added:
                file = self._file(intent)
                text = page.text.removeprefix(BOM)
                after = page.text[: len(page.text) - len(text)] + add_phrases(text, str(file), list(added.values()))
                found.append(Change(intent, file, page.text, after, tuple(added.values())))
        return found

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else adds meanwhile, and what others have added is read."""
        try:
            folder = os.open(self._folder, os.O_RDONLY)
        except OSError as error:
            raise ContentError(f"{self._folder}: cannot be opened ({error.strerror}).") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # goes with the process, so that a killed one blocks nobody
            self.refresh()
            yield
        finally:
            os.close(folder)

    def write(self, changes: Iterable[Change]) -> None:
        """Within `held`. All are written beside their files and only then put in place, so that a full disk leaves
        everything as it was; each file is whole at any time."""
        _replace([(each.file, each.after) for each in changes])
        self.refresh()

    def is_as(self, file: Path, text: str) -> bool:
        """Whether `file` says just `text`, as it was when it was read last."""
        page = self._pages.get(file.stem)
        return page is not None and page.text == text

    def _file(self, intent: str) -> Path:
        return self._folder / f"{intent}.yaml"


def unfit(words: str) -> Iterator[tuple[str, str]]:
    """Why `words` cannot be a phrase: what is wrong and what to do, one for each reason."""
    for each in unspeakable(words):
        yield each.message, each.fix
    if not clean(words):
        yield "there is no word in it", "label it skip"
    if len(words) > MAX_CHARACTERS:
        yield f"it has more than {MAX_CHARACTERS:,} characters", "keep what one caller says in one breath"


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(file: Path, issues: list[Issue]) -> _Page | None:
    stamp = _stamp(file)
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{file}: cannot be read as UTF-8 text ({type(error).__name__}).") from None
    root, found = read_yaml(text.removeprefix(BOM).replace("\r\n", "\n"), str(file))
    issues += found
    if found or stamp is None:
        return None
    return _Page(stamp, text, {clean(each.text): each.mark.line for each in reversed(phrases_of(root))})


def _replace(texts: Sequence[tuple[Path, str]]) -> None:
    parts = [file.with_name(f".{file.name}-{secrets.token_hex(4)}") for file, _ in texts]
    try:
        for (file, text), part in zip(texts, parts, strict=True):
            with _failing(file):
                _prepare(part, text, stat.S_IMODE(file.stat().st_mode))
        for (file, _), part in zip(texts, parts, strict=True):
            with _failing(file):
                part.replace(file)
    finally:
        for part in parts:
            with suppress(OSError):  # those that are in place are not there any more
                part.unlink()


def _prepare(part: Path, text: str, mode: int) -> None:
    """On the disk for good, so that putting it in place cannot fail for want of room."""
    with part.open("xb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    part.chmod(mode)


@contextmanager
def _failing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ContentError(f"{file}: cannot be written ({error.strerror}).") from None

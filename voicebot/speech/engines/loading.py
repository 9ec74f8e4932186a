"""Engines by the names that the settings know."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import numpy as np

from voicebot.speech.audio import Samples
from voicebot.speech.engines.base import Whisper
from voicebot.speech.engines.listening import ListeningEngine
from voicebot.speech.weights import require

EngineName = Literal["openai-whisper", "faster-whisper"]


def load_engine(name: EngineName, model: str, weights: Path, *, threads: int | None = None) -> ListeningEngine:
    """Load `model` ("base", "tiny.en") from `weights/whisper-<model>/` on `threads` cores (default: all).

    Raises `WeightsError` where the weights are not there. The libraries are imported here, so that naming an engine
    costs nothing and a server can fork before they start their threads.
    """
    folder = require(f"whisper-{model}", weights)
    threads = threads or cores()
    whisper: Whisper
    if name == "openai-whisper":
        from voicebot.speech.engines.openai_whisper import OpenAIWhisper

        whisper = OpenAIWhisper(folder, threads=threads)
    else:
        from voicebot.speech.engines.faster_whisper import FasterWhisper

        whisper = FasterWhisper(folder, threads=threads)
    return ListeningEngine(whisper, model)


def cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def warm_up_sound() -> Samples:
    """Two seconds of a buzz with a formant: enough to run every part of the path once. float32, 16 kHz."""
    at = np.arange(32_000, dtype=np.float32) / 16_000
    sound: Samples = (0.3 * np.sin(2 * np.pi * 120 * at) * np.sin(2 * np.pi * 700 * at)).astype(np.float32)
    return sound

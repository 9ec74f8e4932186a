"""Whisper as this project runs it beside Whisper as its libraries ship it: same weights, same audio, in one run.

Each engine is a process of its own, for two OpenMP runtimes in one process stall each other; all take each utterance in
turn before the next one comes, so that whatever else the machine does hits all alike.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from voicebot.regression.calls import Recording, read_calls
from voicebot.regression.load_report import Timings
from voicebot.regression.phonemes import BRITISH

Transcribe = Callable[[Any], str]

NAMES = (
    "openai-whisper, as served here",
    "openai-whisper, stock transcribe()",
    "faster-whisper, as served here",
    "faster-whisper, stock transcribe()",
)

APART = 0.25
"""Seconds between two engines: OpenMP's threads spin for up to 0.2 s after their work (KMP_BLOCKTIME)."""


def compare(
    files: Sequence[Path], calls: Path, weights: Path, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Seconds and word error rate of `base` by engine, English utterances of known words alone for the latter."""
    known = read_calls(calls).recordings
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in NAMES]
    workers = [
        context.Process(target=_work, args=(name, weights, theirs), daemon=True)
        for name, (_, theirs) in zip(NAMES, pairs, strict=True)
    ]
    seconds: dict[str, list[float]] = {name: [] for name in NAMES}
    errors = dict.fromkeys(NAMES, 0)
    words = 0
    try:
        for worker, (ours, _) in zip(workers, pairs, strict=True):
            worker.start()
            _taken(ours)  # loaded and warm
        for turn in range(rounds):
            for file in files:
                say(f"engines beside each other, round {turn + 1} of {rounds}, {file.stem}")
                wanted = _wanted(known.get(file.stem))
                words += len(wanted)
                for name, (ours, _) in zip(NAMES, pairs, strict=True):
                    time.sleep(APART)
                    ours.send(file.read_bytes())
                    spent, text = _taken(ours)
                    seconds[name].append(spent)
                    errors[name] += Levenshtein.distance(wanted, plain(text)) if wanted else 0
    finally:
        for worker, (ours, _) in zip(workers, pairs, strict=True):
            if worker.is_alive():
                ours.send(b"")
        for worker in workers:
            if worker.pid is not None:
                worker.join(5.0)
                worker.kill()
    return {
        name: {"seconds": asdict(Timings.of(seconds[name])), "word_error_rate": errors[name] / words if words else None}
        for name in NAMES
    }


def plain(text: str) -> list[str]:
    """Words without case, punctuation and pauses."""
    text = re.sub(r"\[[0-9.]+\]", " ", text).casefold().replace("’", "'")
    return re.findall(r"[a-z0-9']+", text)


def _wanted(recording: Recording | None) -> list[str]:
    return plain(recording.words) if recording is not None and recording.language == BRITISH else []


def _taken(connection: Connection) -> tuple[float, str]:
    found: tuple[float, str] = connection.recv()
    return found


def _work(name: str, weights: Path, connection: Connection) -> None:
    """In a process of its own: load, warm up, then transcribe whatever comes, and say how long it took."""
    if name in (NAMES[0], NAMES[2]):
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as `voicebot recogniser` sets it, read with the libraries
    from voicebot.speech.audio import decode
    from voicebot.speech.engines.loading import warm_up_sound

    transcribe = _engine(name, weights)
    transcribe(warm_up_sound())
    connection.send((0.0, ""))
    while data := connection.recv():
        began = time.perf_counter()
        text = transcribe(decode(data))
        connection.send((time.perf_counter() - began, text))


def _engine(name: str, weights: Path) -> Transcribe:
    """By `NAMES`. The stock ones get `language="en"` and nothing else that their documentation does not begin with."""
    from voicebot.speech.engines.loading import cores, load_engine
    from voicebot.speech.weights import require

    if name in (NAMES[0], NAMES[2]):
        engine = load_engine("openai-whisper" if name == NAMES[0] else "faster-whisper", "base", weights)
        return lambda samples: engine.transcribe(samples).words
    folder = require("whisper-base", weights)
    if name == NAMES[3]:
        from faster_whisper import WhisperModel

        stock = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=cores(), local_files_only=True)
        return lambda samples: " ".join(segment.text for segment in stock.transcribe(samples, language="en")[0])

    import torch
    from whisper.model import ModelDimensions, Whisper

    from voicebot.speech.engines import checkpoint

    variables = checkpoint.read_variables(folder / "model.bin")
    model = Whisper(ModelDimensions(**checkpoint.dimensions(variables)))
    model.load_state_dict({key: torch.from_numpy(value) for key, value in checkpoint.state(variables).items()})
    model.eval()
    torch.set_num_threads(cores())
    return lambda samples: str(model.transcribe(samples, language="en", fp16=False)["text"])

"""Recognisers beside each other: each in a process of its own, each hearing every utterance before the next one comes.

Two OpenMP runtimes in one process stall each other; and in turn, whatever else the machine does hits all alike.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from voicebot.errors import VoicebotError
from voicebot.speech.engines.loading import EngineName

Transcribe = Callable[[Any], str]

APART = 0.25
"""Seconds between two engines: OpenMP's threads spin for up to 0.2 s after their work (KMP_BLOCKTIME)."""

LOADING, LONGEST = 120.0, 60.0
"""Seconds that loading a model, and one utterance, may take before the run is given up."""


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine with a model: as this project serves it, or `stock`, as its library ships it."""

    engine: EngineName
    model: str = "base"
    manner: Literal["as served here", "stock transcribe()"] = "as served here"

    @property
    def name(self) -> str:
        size = "" if self.model == "base" else f" {self.model}"
        return f"{self.engine}{size}, {self.manner}"


@dataclass(frozen=True, slots=True)
class Heard:
    seconds: float
    text: str


def beside_each_other(
    contenders: Sequence[Contender], recordings: Iterable[bytes], weights: Path
) -> Iterator[tuple[Heard, ...]]:
    """What each made of each recording, in the order of `contenders`. Raises `VoicebotError` where one of them dies."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in contenders]
    workers = [
        context.Process(target=_work, args=(each, weights, theirs), daemon=True)
        for each, (_, theirs) in zip(contenders, pairs, strict=True)
    ]
    ears = [ours for ours, _ in pairs]
    try:
        for worker, each, ear in zip(workers, contenders, ears, strict=True):
            worker.start()
            _taken(ear, each, LOADING)  # loaded and warm
        for recording in recordings:
            heard = []
            for each, ear in zip(contenders, ears, strict=True):
                time.sleep(APART)
                ear.send(recording)
                heard.append(_taken(ear, each, LONGEST))
            yield tuple(heard)
    finally:
        for worker, ear in zip(workers, ears, strict=True):
            if worker.is_alive():
                ear.send(b"")
        for worker in workers:
            if worker.pid is not None:
                worker.join(5.0)
                worker.kill()


def _taken(ear: Connection, each: Contender, seconds: float) -> Heard:
    try:
        if ear.poll(seconds):
            found: Heard = ear.recv()
            return found
    except EOFError:
        pass
    raise VoicebotError(f"{each.name} has died, or takes longer than {seconds:.0f} s; what it said stands above.")


def _work(each: Contender, weights: Path, connection: Connection) -> None:
    """In a process of its own: load, warm up, then transcribe whatever comes, and say how long it took."""
    if each.manner == "as served here":
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as `voicebot recogniser` sets it, read with the libraries
    from voicebot.speech.audio import decode
    from voicebot.speech.engines.loading import warm_up_sound

    transcribe = _engine(each, weights)
    transcribe(warm_up_sound())
    connection.send(Heard(0.0, ""))
    while data := connection.recv():
        samples = decode(data)
        began = time.perf_counter()
        text = transcribe(samples)
        connection.send(Heard(time.perf_counter() - began, text))


def _engine(each: Contender, weights: Path) -> Transcribe:
    """The stock ones get `language="en"` and nothing else that their documentation does not begin with."""
    from voicebot.speech.engines.loading import cores, load_engine
    from voicebot.speech.weights import require

    if each.manner == "as served here":
        engine = load_engine(each.engine, each.model, weights)
        return lambda samples: engine.transcribe(samples).words
    folder = require(f"whisper-{each.model}", weights)
    if each.engine == "faster-whisper":
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

"""Whether somebody speaks, window by window as the sound comes: Silero's detector, as it ships with faster-whisper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Samples = npt.NDArray[np.float32]

WINDOW = 512
"""Samples at 16 kHz that the model judges at a time: 32 ms."""
CONTEXT = 64
"""Samples of the window before that it is shown again (faster_whisper/vad.py, `context_size_samples`)."""
_MODEL = Path("assets", "silero_vad_v6.onnx")


class SileroActivity:
    """A `voicebot.live.ports.VoiceActivity`. It remembers what it has heard: one for each call, used by one thread.
    The model itself is loaded once in a process; a window takes it about 0.2 ms."""

    def __init__(self) -> None:
        self._session = _session()
        self._hidden = self._cell = np.zeros((1, 1, 128), dtype=np.float32)
        self._heard = np.zeros((1, CONTEXT + WINDOW), dtype=np.float32)

    def probability(self, window: Samples) -> float:
        """0 to 1, for the next `WINDOW` samples: float32 in [-1, 1], shape (WINDOW,), mono at 16 kHz. Raises
        `ValueError` for another number of samples."""
        if window.shape != (WINDOW,):
            raise ValueError(f"a window has {WINDOW} samples, not {window.shape}")
        self._heard = np.concatenate((self._heard[:, -CONTEXT:], window[None, :]), axis=1)
        given = {"input": self._heard, "h": self._hidden, "c": self._cell}
        found, self._hidden, self._cell = self._session.run(None, given)
        return float(found.reshape(-1)[0])


@cache
def _session() -> InferenceSession:
    """Safe in threads. One thread of its own: a window is too little work to be shared.

    Its libraries are loaded here, and not with this module: onnxruntime starts threads as soon as it is imported, and a
    web worker that was forked after that waits for them without end when it is to leave.
    """
    import faster_whisper
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    model = Path(faster_whisper.__file__).with_name(_MODEL.parent.name) / _MODEL.name
    return InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

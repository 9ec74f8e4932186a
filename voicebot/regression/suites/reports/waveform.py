"""The shape of a sound, drawn small. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDE, HIGH = 160, 32
"""Of the drawing, in its own units: one column a unit."""


def waveform(samples: NDArray[np.floating]) -> str:
    """The `d` of an SVG path in a box of `WIDE` by `HIGH`: a stroke a column, from the lowest sample to the highest.

    `samples` are mono, full scale ±1. Drawn to the loudest one, so that quiet callers are seen too; "" of nothing."""
    loudest = float(np.abs(samples).max()) if samples.size else 0.0
    if loudest <= 0:
        return ""
    middle = HIGH / 2
    strokes = []
    for column, part in enumerate(np.array_split(samples / loudest, min(WIDE, samples.size))):
        top, bottom = middle - middle * float(part.max()), middle - middle * float(part.min())
        strokes.append(f"M{column} {top:.0f}V{max(bottom, top + 0.5):.1f}".replace(".0", ""))
    return "".join(strokes)

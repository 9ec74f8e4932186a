"""How a live call is led: the settings of the bot's manners, and the deadlines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """`patience` (0.5 to 3) stretches every silence that ends an utterance, for everyone. `barge_in`: whether a voice
    stops the prompt (keys always do).

    Wall-clock seconds: `recognise` until words that do not come count as a recogniser that failed; `turn` until a turn
    that is not answered is left to the channel; `frames` without any frame after which the stream is given up.
    `fastest`: how many times faster than real time the caller's side may send for more than a moment.
    """

    patience: float = 1.0
    barge_in: bool = True
    recognise: float = 9.0
    turn: float = 8.0
    frames: float = 2.0
    fastest: float = 1.5

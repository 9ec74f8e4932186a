"""The line conditions under which a recorded call can be run again, as a table.

`Profile` says what happens to a voice between a caller's mouth and the recogniser; `PROFILES` names the ones that can
be asked for: five that callers have (`clean`, `landline`, `mobile`, `bad-mobile`, `hands-free`), and single conditions
to study one cause at a time. The figures are chosen, not measured on our callers; where a standard or a common
measurement gives one, it is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from voicebot.errors import ContentError
from voicebot.routing.issues import choose

Codec = Literal["g711u", "g711a", "g726", "gsm", "amr-4.75", "amr-5.90", "amr-12.2"]
NoiseKind = Literal["street", "kitchen", "tv", "babble", "music", "pink"]


@dataclass(frozen=True, slots=True)
class Loss:
    """Packets of 20 ms that do not arrive and are concealed. `rate`: their share, above 0 and below 1. `burst`: how
    many are lost in a row on average, 1 or more; None where each is lost by itself."""

    rate: float
    burst: float | None = None


@dataclass(frozen=True, slots=True)
class Noise:
    """What is behind the voice, `snr` dB below the level at which she speaks."""

    kind: NoiseKind
    snr: float


@dataclass(frozen=True, slots=True)
class Room:
    """`rt60`: seconds in which the echo falls by 60 dB. `direct`: dB by which the voice itself is louder than all its
    echo; near a handset it is 15 and more, across a room about 0."""

    rt60: float
    direct: float


@dataclass(frozen=True, slots=True)
class Profile:
    """In the order in which it happens: room, noise, `level` (dBFS where she speaks; None leaves it) and `clipping` (dB
    by which the loudest 1 in 1,000 samples are over full scale), the telephone band, the first of `codecs` that this
    machine has, packet loss, and `gaps` a minute in which a jitter buffer ran dry (40 to 120 ms of silence)."""

    about: str
    room: Room | None = None
    noise: Noise | None = None
    level: float | None = None
    clipping: float | None = None
    band: bool = False
    codecs: tuple[Codec, ...] = ()
    loss: Loss | None = None
    gaps: float = 0.0


_MOBILE: tuple[Codec, ...] = ("amr-12.2", "gsm")
_WEAK: tuple[Codec, ...] = ("amr-5.90", "gsm")

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        # --- lines that callers have ---
        "clean": Profile("The recording as it is."),
        "landline": Profile("A fixed line: the telephone band and A-law, as in Europe.", band=True, codecs=("g711a",)),
        "mobile": Profile(
            "A mobile with good coverage in a street: AMR at 12.2 kbit/s, or GSM 6.10; 1 packet in 100 lost.",
            noise=Noise("street", 22),
            band=True,
            codecs=_MOBILE,
            loss=Loss(0.01, 1.5),
        ),
        "bad-mobile": Profile(
            "A mobile with poor coverage in a loud street: AMR at 5.9 kbit/s, or GSM 6.10; 5 in 100 lost, in bursts.",
            noise=Noise("street", 12),
            level=-27,
            band=True,
            codecs=_WEAK,
            loss=Loss(0.05, 2.5),
            gaps=4,
        ),
        "hands-free": Profile(
            "A telephone on the kitchen table: the room, its noise, far away from the microphone.",
            room=Room(0.45, 1),
            noise=Noise("kitchen", 15),
            level=-32,
            band=True,
            codecs=_MOBILE,
            loss=Loss(0.01, 1.5),
        ),
        # --- one thing alone: codecs ---
        "g711u": Profile("µ-law alone (ITU-T G.711).", codecs=("g711u",)),
        "g711a": Profile("A-law alone (ITU-T G.711).", codecs=("g711a",)),
        "g726": Profile("ADPCM at 32 kbit/s, as cordless telephones have (ITU-T G.726).", codecs=("g726",)),
        "gsm": Profile("GSM full rate alone (GSM 06.10).", codecs=("gsm",)),
        "amr-4.75": Profile("AMR at its lowest rate, 4.75 kbit/s.", codecs=("amr-4.75",)),
        "amr-5.90": Profile("AMR at 5.9 kbit/s.", codecs=("amr-5.90",)),
        "amr-12.2": Profile("AMR at its highest rate, 12.2 kbit/s.", codecs=("amr-12.2",)),
        "band": Profile("300 to 3400 Hz and nothing else (ITU-T G.712).", band=True),
        # --- packets ---
        "loss-1": Profile("1 packet in 100 lost.", loss=Loss(0.01)),
        "loss-3": Profile("3 packets in 100 lost.", loss=Loss(0.03)),
        "loss-10": Profile("10 packets in 100 lost.", loss=Loss(0.10)),
        "loss-3-bursts": Profile("3 packets in 100 lost, three in a row on average.", loss=Loss(0.03, 3)),
        "loss-10-bursts": Profile("10 packets in 100 lost, four in a row on average.", loss=Loss(0.10, 4)),
        "jitter": Profile("Ten gaps a minute of a jitter buffer that ran dry.", gaps=10),
        # --- noise ---
        **{
            f"noise-{kind}-{snr}": Profile(f"Noise ({kind}), {snr} dB below the voice.", noise=Noise(kind, snr))
            for kind in ("street", "kitchen", "tv", "babble", "music", "pink")
            for snr in (20, 15, 10, 5, 0)
        },
        # --- level and room ---
        "quiet": Profile("24 dB quieter than usual.", level=-44),
        "loud": Profile("As loud as the line allows without clipping.", level=-14),
        "clipped": Profile("So loud that the line clips, by 12 dB.", clipping=12),
        "echo-room": Profile("A hard room, two metres from the microphone.", room=Room(0.7, -2)),
        "echo-hall": Profile("A stairwell or a hall, far from the microphone.", room=Room(1.5, -3)),
    }
)


def named(name: str) -> Profile:
    """The profile called `name`. Raises `ContentError` that names the nearest."""
    if name in PROFILES:
        return PROFILES[name]
    if name.startswith("g729"):
        raise ContentError(f"{name}: no library that we know of codes G.729; the nearest is amr-5.90.")
    fix = choose(name, PROFILES, f"there are {', '.join(PROFILES)}")
    raise ContentError(f"{name}: there are no such line conditions; {fix}")

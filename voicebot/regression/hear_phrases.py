"""The command behind scripts/hear_phrases: what Whisper makes of phrases that are spoken over a telephone.

The understander is trained on what people say, but lives on what Whisper writes. This has a sample of the phrases
spoken by many voices, over lines of every quality, and writes down what was heard. It takes hours, so its outcome is
kept as text: `intents/heard/<intent>.yaml` for training, the field `heard` of held-out utterances for the evaluation.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import soxr

from voicebot.errors import ContentError, VoicebotError
from voicebot.nlu.corpus import Utterance, read_corpus, read_held_out
from voicebot.nlu.slices import NOTHING
from voicebot.regression import background, line
from voicebot.regression.options import weights_option
from voicebot.regression.recording import seeded
from voicebot.routing.yaml_text import Fields, Items, Text, read_yaml
from voicebot.speech import telephone
from voicebot.speech.audio import SAMPLE_RATE
from voicebot.speech.engines.base import Engine
from voicebot.speech.engines.loading import load_engine
from voicebot.speech.telephone import Audio
from voicebot.speech.voice.kokoro import Kokoro
from voicebot.speech.weights import fetch

VOICES = ("bf_alice", "bf_emma", "bm_george", "bm_lewis", "af_heart", "af_sarah", "am_adam", "am_puck")

ACCENTS = ("gmw/en", "gmw/en-GB-scotland", "gmw/en-GB-x-gbclan", "gmw/en-GB-x-gbcwmd", "gmw/en-GB-x-rp", "gmw/en-029")
"""espeak-ng's ways of reading English; the first is plain British, the last Caribbean."""

LONGEST_WORDS = 45
"""More than that is more than Kokoro takes at once."""

EXAMPLES = """
\b
Examples:
  scripts/hear_phrases --each 8                        eight more phrases of every intent, for training
  scripts/hear_phrases --utterances tests/utterances --each 3   three held-out utterances of each intent
"""


HEAD = "# What Whisper heard of these phrases over a telephone; written by scripts/hear_phrases.\nheard:\n"


@dataclass(frozen=True, slots=True)
class Said:
    """One phrase, the YAML file that what was heard of it goes into, and the line after which it does so there."""

    words: str
    file: Path
    line: int


@click.command(epilog=EXAMPLES)
@click.option("--each", default=8, show_default=True, help="So many of each intent; those heard before count.")
@click.option(
    "--intents", "corpus", type=click.Path(path_type=Path), default=Path("intents"), show_default=True, help="Phrases."
)
@click.option("--utterances", type=click.Path(path_type=Path), help="Have this folder's utterances heard instead.")
@weights_option("Folder of model weights; Kokoro is fetched into it where it is missing.")
@click.option("--threads", default=1, show_default=True, help="Processor threads for Whisper.")
def main(each: int, corpus: Path, utterances: Path | None, weights: Path, threads: int) -> None:
    """Have phrases spoken over a telephone and write down what Whisper hears.

    What has been heard already stays, so that it can be stopped and gone on with. Exit codes: 0 done, 2 something is
    wrong and the message says what.
    """
    try:
        wanted = list(_unheard_utterances(utterances, each) if utterances else _unheard_phrases(corpus, each))
        if not wanted:
            click.echo("Nothing to do: so many of each intent have been heard already.")
            return
        fetch(["kokoro", "kokoro-voices"], weights, progress=lambda text: click.echo(text, err=True))
        ear = Ear(Kokoro(weights), [load_engine("faster-whisper", name, weights, threads=threads) for name in MODELS])
        with click.progressbar(wanted, label="hearing", file=sys.stderr) as shown:
            for said in shown:
                heard = ear.heard(said.words)
                write = _add_to_utterance if utterances else _add_to_heard
                write(said, heard)
    except VoicebotError as error:
        click.echo(error.message, err=True)
        sys.exit(2)


MODELS = ("base", "base", "base", "tiny.en")
"""The smaller model hears one in four, as it does when the machine is short of time."""


class Ear:
    """Speaks words with a voice and a line that depend on nothing but the words, and listens."""

    def __init__(self, speaker: Kokoro, engines: Sequence[Engine]) -> None:
        self._speaker = speaker
        self._engines = engines

    def heard(self, words: str) -> str:
        """What Whisper writes; "" where it hears nothing."""
        generator = seeded(words)
        accent = ACCENTS[0] if generator.random() < 0.5 else str(generator.choice(ACCENTS))
        speed = float(generator.uniform(0.9, 1.25))
        spoken = self._speaker.speak(words, str(generator.choice(VOICES)), speed, accent)
        engine = self._engines[int(generator.integers(len(self._engines)))]
        samples = soxr.resample(_over_the_line(spoken, generator), telephone.RATE, SAMPLE_RATE)
        return engine.transcribe(samples.astype(np.float32)).words


def _over_the_line(spoken: Audio, generator: np.random.Generator) -> Audio:
    """Half of the calls come from a quiet room, the others from a street or a room with the noise 8 to 25 dB below."""
    heard = telephone.to_telephone(line.with_pauses(spoken, 0.5, 0.7, Kokoro.rate), Kokoro.rate)
    if generator.random() < 0.5:
        made = background.traffic if generator.random() < 0.5 else background.pink
        noise = telephone.to_telephone(made(heard.size / telephone.RATE, generator), telephone.RATE)
        heard = line.with_noise(heard, noise, float(generator.uniform(8, 25)))
    heard = telephone.at_level(heard, float(generator.uniform(-36, -18)), telephone.speech_level(heard))
    return line.decode(line.encode(line.on_the_line(heard, generator)))


def _unheard_phrases(folder: Path, each: int) -> Iterator[Said]:
    corpus = read_corpus(folder)
    done = {(known.intent, known.words) for known in corpus.heard}
    for intent in corpus.intents:
        file = folder / "heard" / f"{intent.name}.yaml"
        for words in _sample([phrase.words for phrase in intent.phrases], each):
            if (intent.name, words) not in done:
                yield Said(words, file, 0)


def _unheard_utterances(folder: Path, each: int) -> Iterator[Said]:
    """From the last line of each file to the first, so that what is put in moves none that is still to come."""
    by_file: dict[str, list[Utterance]] = {}
    for utterance in read_held_out(folder):
        by_file.setdefault(utterance.file, []).append(utterance)
    for file, there in by_file.items():
        wanted = set(_sample([utterance.words for utterance in there], each))
        for utterance in reversed(there):
            if utterance.words in wanted and utterance.heard is None:
                said = Said(utterance.words, Path(file), utterance.line)
                _lines_around(said)  # before hours of listening
                yield said


def _sample(words: Sequence[str], each: int) -> list[str]:
    """The same ones every time, and more of them where more are wanted: in an order that is each phrase's own."""
    sayable = [said for said in words if len(said.split()) <= LONGEST_WORDS]
    return sorted(sayable, key=lambda said: seeded("order " + said).random())[:each]


def _add_to_heard(said: Said, heard: str) -> None:
    if not heard:
        return
    said.file.parent.mkdir(exist_ok=True)
    there = said.file.read_bytes() if said.file.exists() else b""
    start = "\n" if there and not there.endswith(b"\n") else "" if there else HEAD
    with said.file.open("a", encoding="utf-8") as file:
        file.write(f"{start}  - words: {_quoted(said.words)}\n    heard: {_quoted(heard)}\n")


def _add_to_utterance(said: Said, heard: str) -> None:
    """A line `heard:` below the line that has the words; all else stays byte by byte. Raises `ContentError`."""
    lines = _lines_around(said)
    end = "\r" if lines[said.line - 1].endswith("\r") else ""
    lines.insert(said.line, f"    heard: {_quoted(heard or NOTHING)}{end}")
    said.file.write_bytes("\n".join(lines).encode())


def _lines_around(said: Said) -> list[str]:
    """The lines of its file, without "\\n" at their ends. Raises `ContentError` unless a line may be put below the
    words: where they go on in the next line, or other fields stand before them, it would change what is said."""
    lines = said.file.read_bytes().decode("utf-8").split("\n")
    entry, below, *_ = *lines[said.line - 1 : said.line + 1], "", ""
    alone, issues = read_yaml(entry.rstrip("\r"), str(said.file))
    whole = isinstance(alone, Items) and not issues and entry.startswith("  - words: ")
    fields = alone.items[0] if whole and isinstance(alone, Items) else None
    value = fields.entries[0].value if isinstance(fields, Fields) else None
    if not isinstance(value, Text) or value.text.strip() != said.words or not _FIELD.match(below):
        raise ContentError(
            f"{said.file}:{said.line}: nothing can be added here. Write `  - words: ` and all of the words on one "
            "line, with four spaces before each field below."
        )
    return lines


_FIELD = re.compile(r" {4}[a-z]+:")


def _quoted(words: str) -> str:
    """JSON's way of quoting is one of YAML's, and is safe for whatever words hold."""
    return json.dumps(words, ensure_ascii=False)


if __name__ == "__main__":
    main(prog_name="scripts/hear_phrases")

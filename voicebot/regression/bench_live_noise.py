"""Whether noise stops the bot's prompts, and whether words are made of it. Nobody speaks: each of them is a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voicebot import bootstrap
from voicebot.config import Settings
from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.events import Event, Heard, NothingHeard, NotUnderstood, PartFailed
from voicebot.errors import RecogniserError
from voicebot.live import events
from voicebot.live.manner import Manner
from voicebot.live.ports import Hearing, Reply
from voicebot.ports import Answer, Arrival, Recogniser, TurnInput
from voicebot.regression.bench_live_line import AudioTime, LinePlayer, OneSound, frames
from voicebot.regression.bench_live_sounds import Frames, over_prompts, silence, sounds, voice
from voicebot.regression.bench_parts import Bench
from voicebot.speech.gate import trustworthy

SECONDS = 600.0
PROMPT = ("rambling", "message", "missed-carer", "bins")
"""Recordings by the voice that the bot has by default, and its sister."""
ARRIVAL = Arrival("CA" + "0" * 32, "twilio", "mobile", None)


class Asking:
    """A conversation that asks the same question again, whatever it hears: the ten minutes are one call.

    `heard` are the words that were believed, `asked` and `failed` how often the recogniser was asked, and could not
    tell."""

    def __init__(self, recogniser: Recogniser | None) -> None:
        self._recogniser = recogniser
        self._question = Ask("What are you calling about?", Expecting("request"))
        self.heard: list[str] = []
        self.asked = self.failed = self.unclear = 0

    def hear(self, call_id: str, wav: bytes, deadline: float, *, ahead: bool = False) -> Hearing:
        event, words = self._event(wav, deadline)
        return Hearing(event, words, {})

    def _event(self, wav: bytes, deadline: float) -> tuple[Event, str]:
        if self._recogniser is None:
            return NothingHeard(), ""
        self.asked += 1
        try:
            transcript = self._recogniser.transcribe(wav, deadline=deadline)
        except RecogniserError:
            self.failed += 1
            return PartFailed("recogniser"), ""
        match trustworthy(transcript):
            case "nothing":
                return NothingHeard(), ""
            case "not_understood":
                return NotUnderstood(), ""
        return Heard(transcript.words, (), None, 0.0), transcript.words

    def turn(
        self, call_id: str, number: int, given: TurnInput, arrival: Arrival, *, hearing: Hearing | None = None
    ) -> Reply:
        if hearing is not None and isinstance(hearing.event, Heard):
            self.heard.append(hearing.words)
        self.unclear += hearing is not None and isinstance(hearing.event, NotUnderstood)
        return Answer((self._question,), number + 1)

    def poll(self, call_id: str, number: int, arrival: Arrival) -> Reply:
        return Answer((self._question,), number + 1)

    def answer(self, call_id: str) -> Answer | None:
        return Answer((self._question,), 1)

    def hold(self) -> str:
        return ""


def noise(bench: Bench, data: Path | None) -> dict[str, Any]:
    """Ten minutes of each sound, over the bot's prompts and while it listens, faster than real time."""
    seconds = 20.0 if bench.quick else SECONDS
    before = bench.moment()
    found = sounds(data, seconds)
    prompt = voice(bench.calls, PROMPT)
    spoken = []
    for name, sound in over_prompts(found, seconds).items():
        bench.say(f"{name} over the bot's prompts")
        spoken.append({"sound": name, "seconds": seconds, **over_prompt(sound, prompt)})
    listened = []
    with bench.bot(VOICEBOT_ENGINE=bench.settings.engine) as bot:
        for name, heard in {"silence": silence(seconds), **found}.items():
            bench.say(f"{name} while the bot listens")
            listened.append({"sound": name, "seconds": seconds, **while_listening(heard, bot.settings)})
    engine = f"{bot.settings.engine} {bot.settings.whisper_model}"
    return {**before, "engine": engine, "recorded": data is not None, "over_prompts": spoken, "listening": listened}


def over_prompt(sound: Frames, prompt: bytes) -> dict[str, Any]:
    """How often the sound stops `prompt`, which is said again and again."""
    player = LinePlayer(ARRIVAL, Asking(None), OneSound(prompt), manner=Manner(), pool=AudioTime(at_once=True))
    player.open(1, speak=True)
    player.hear(sound(player.out))
    stopped = [each for each in player.events if isinstance(each, events.PromptStopped)]
    return {"stopped": len(stopped), "at": [round(each.at, 1) for each in stopped[:20]]}


def while_listening(sound: bytes, settings: Settings) -> dict[str, Any]:
    """What the bot takes the sound for, with the real recogniser of `settings` and the real gate."""
    asking = Asking(bootstrap.recogniser(settings))
    manner = Manner(recognise=settings.recogniser_seconds + settings.fallback_seconds)
    pool = AudioTime(at_once=True)
    player = LinePlayer(ARRIVAL, asking, OneSound(silence(0.1)), manner=manner, pool=pool)
    player.open(1, speak=False)
    player.hear(frames(sound))
    begun = sum(isinstance(each, events.SpeechBegun) for each in player.events)
    words = {"believed": len(asking.heard), "words": asking.heard[:20], "not_understood": asking.unclear}
    return {"taken_for_speech": begun, "recognised": asking.asked, "failed": asking.failed, **words}

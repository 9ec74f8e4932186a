"""Runs and suites made by hand, for the tests of reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from voicebot.regression.suites.model import Sound, Suite
from voicebot.regression.suites.results import CallReport, Miss, Run, TurnResult
from voicebot.routing.issues import Mark

RULE = "the intent's confidence is at least accept"


def turn(number: int = 1, **given) -> TurnResult:
    usual = {
        "number": number,
        "did": "plays pothole.wav",
        "said": "Putting you through to Highways.",
        "words": "I'd like to report a pothole, please.",
        "heard": "I'd like to report a pothole please",
        "intent": "pothole",
        "confidence": 0.93,
        "decision": "accept",
        "rule": RULE,
        "at": "routing.yaml:120",
        "seconds": 0.84,
        "sound": "pothole.wav",
    }
    return TurnResult(**{**usual, **given})


def call(name: str = "pothole", **given) -> CallReport:
    usual = {
        "name": name,
        "profile": "clean",
        "about": "A plain report by a man who speaks quickly.",
        "status": "passed",
        "cause": None,
        "misses": (),
        "intent": "pothole",
        "outcome": "connected",
        "queue": "highways",
        "texts": (),
        "misrouted": False,
        "turns": (turn(),),
        "seconds": 2.5,
        "word_errors": 0,
        "word_count": 7,
        "tags": {"voice": "bm_george", "accent": "northern"},
        "attempts": ("passed",),
        "file": "tests/calls/calls.yaml",
        "line": 12,
    }
    return CallReport(**{**usual, **given})


def failed(name: str = "bins", cause="heard", **given) -> CallReport:
    misheard = turn(words="my bin was not emptied", heard="my pin was emptied", intent="council-tax", confidence=0.71)
    usual = {
        "status": "failed",
        "cause": cause,
        "misses": (Miss("queue", "waste", "council-tax"), Miss("intent", "missed-bin", "council-tax")),
        "intent": "council-tax",
        "queue": "council-tax",
        "turns": (misheard,),
        "word_errors": 2,
        "word_count": 5,
        "tags": {"voice": "bf_emma", "accent": "southern"},
        "attempts": ("failed",),
        "line": 40,
    }
    return call(name, **{**usual, **given})


def not_run(name: str = "missing", **given) -> CallReport:
    empty = {
        "turns": (),
        "attempts": (),
        "intent": None,
        "outcome": None,
        "queue": None,
        "seconds": 0.0,
        "word_count": 0,
    }
    return call(name, **{"status": "not_run", "why": "gone.wav: no such file", "line": 80, **empty, **given})


def run(*calls: CallReport, **given) -> Run:
    settings = {"channel": "record", "recogniser": "openai-whisper base", "model": "c3e0aa", "table": "3fa1bb"}
    usual = {"suite": "our calls", "began": "2026-11-22T09:00:00+00:00", "seconds": 61.25, "machine": "two cores"}
    return Run(**{**usual, "settings": settings, "calls": calls, **given})


def sample() -> Run:
    """One call of every sort."""
    return run(
        call("pothole"),
        call("pothole", profile="mobile"),
        call("late", misrouted=True),
        failed("bins"),
        failed("bins", profile="mobile", cause="understood"),
        failed("tax", cause="routed"),
        failed("christmas", cause="hours"),
        failed("dead", cause="broken", why="the bot answered 500"),
        failed("odd", cause=None),
        failed("shaky", attempts=("passed", "failed", "passed")),
        not_run(),
    )


def suite(folder: Path, *files: Path) -> Suite:
    """`files` are its sounds, under their own names."""
    sounds = {file.name: Sound(file.name, file, None, {}, Mark("calls.yaml", 1, 1)) for file in files}
    return Suite("our calls", folder, (), sounds=sounds)


def renamed(report: CallReport, number: int) -> CallReport:
    return replace(report, name=f"{report.name}-{number}")

"""A promoted model is taken by the running bot, without a restart and without a call noticing; a damaged one is not."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import httpx
import pytest
from faults import BADGE, Line, dialled, eventually, is_keys, rows
from server import ROOT, Bot, provider

from voicebot import bootstrap
from voicebot.nlu.manifest import MANIFEST, current_hash, seal
from voicebot.regression.provider_store import new_sid

pytestmark = pytest.mark.timeout(400)  # the bot is started twice, and models are loaded beside it

BADGE_TEAM = "+441632960130"
ANXIOUS = "anxious00000"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A copy of the models, with the real one current and another that takes every call for urgent."""
    models = Path(shutil.copytree(ROOT / "models", tmp_path_factory.mktemp("shelf") / "models"))
    real = current_hash(models)
    assert real is not None
    shutil.copytree(models / real, models / ANXIOUS)
    manifest = json.loads((models / ANXIOUS / MANIFEST).read_text("utf-8"))
    manifest |= {"hash": ANXIOUS, "thresholds": {**manifest["thresholds"], "urgent": 0.0}}
    (models / ANXIOUS / MANIFEST).write_text(json.dumps({**manifest, "seal": seal(manifest)}), "utf-8")
    return models, real, ANXIOUS


@pytest.fixture(scope="module")
def started(tmp_path_factory, both_ears, shelf):
    more = {
        "VOICEBOT_RECOGNISER_URL": both_ears.first.url,
        "VOICEBOT_FALLBACK_URL": both_ears.smaller.url,
        "VOICEBOT_MODELS": str(shelf[0]),
    }
    with provider() as twilio:
        bot = Bot(tmp_path_factory.mktemp("promotion"), twilio, more, ("serve", "--no-recogniser"))
        yield bot
        bot.stop()


@pytest.fixture
def running(started, shelf):
    """The bot with the real model live; what it logged before is forgotten."""
    if started.process is None or started.process.poll() is not None:
        started.start()
    if ready(started)[1]["model_hash"] != shelf[1]:
        promoted(started, shelf[1], kind="rollback")
        takes(started, shelf[1])
    (started.folder / "bot.log").write_text("")
    return started


def promoted(bot, name, *, kind="promotion"):
    """Make a model live as `voicebot models promote` does once it has judged it (tests/promoting)."""
    engine = bootstrap.open_storage(bot.settings)
    promotions = bootstrap.promotions(engine)
    promotions.make_live(kind, name, instead_of=promotions.live(), who="test")
    engine.dispose()


def ready(bot):
    found = httpx.get(f"{bot.url}/readyz", timeout=10, trust_env=False)
    return found.status_code, found.json()


def takes(bot, name):
    eventually(lambda: ready(bot)[1]["model_hash"] == name, f"{name} to be taken")


def models_of(bot, line):
    """The model that each turn of a call was taken with."""
    return [model for (model,) in rows(bot, f"select model from turns where call_id = '{line.sid}' order by number")]


def test_calls_under_way_keep_their_model_and_new_ones_get_the_promoted_one(running, ears, shelf):
    _, real, other = shelf
    ears.first.tell(say=BADGE)
    begun, pid = Line(running), running.pids("web")
    begun.ring()
    promoted(running, other)
    takes(running, other)
    assert dialled(begun.wait(1, begun.speak(1))) == BADGE_TEAM
    assert models_of(running, begun) == [real, real]

    after = Line(running)
    after.ring()
    assert dialled(after.wait(1, after.speak(1))) != BADGE_TEAM
    assert models_of(running, after) == [other, other]
    decided = rows(running, f"select decision from turns where call_id = '{after.sid}' and number = 1")
    assert decided == [("urgent",)]

    assert bootstrap.office(running.settings).roll_back("calls went astray").hash == real
    takes(running, real)
    back = Line(running)
    back.ring()
    assert dialled(back.wait(1, back.speak(1))) == BADGE_TEAM
    assert models_of(running, back) == [real, real]
    assert running.pids("web") == pid, "a worker was started again"
    assert "Traceback" not in running.log


def test_a_damaged_model_is_refused_in_one_line_and_the_old_one_goes_on(running, ears, shelf):
    models, real, other = shelf
    ears.first.tell(say=BADGE)
    damaged = "damaged00000"
    shutil.copytree(models / other, models / damaged)
    try:
        promoted(running, damaged)
        status, told = eventually(
            lambda: found if "model_refused" in (found := ready(running))[1] else None, "the model to be refused"
        )
        assert (status, told["ready"], told["model"], told["model_hash"]) == (200, True, "ok", real)
        assert damaged in told["model_refused"]
        line = Line(running)
        line.ring()
        assert dialled(line.wait(1, line.speak(1))) == BADGE_TEAM
        lines = [each for each in running.log.splitlines() if "model_refused" in each]
        assert len(lines) == 1, lines
        assert damaged in lines[0]

        # a worker that is started again answers with the one before, too
        running.stop()
        running.start()
        assert ready(running)[1]["model_hash"] == real

        promoted(running, real, kind="rollback")
        eventually(lambda: "model_refused" not in ready(running)[1], "the complaint to end")
    finally:
        shutil.rmtree(models / damaged)


def test_calls_that_ring_all_the_while_are_all_answered(running, ears, shelf):
    _, _, other = shelf
    ears.first.tell(say=BADGE)
    promoted(running, other)
    for _ in range(400):
        line = Line(running, sid=new_sid("CA"))
        line.ring()
        answer = line.wait(1, line.speak(1))
        assert not is_keys(answer), answer
        if ready(running)[1]["model_hash"] == other:
            break
    else:
        pytest.fail("the promoted model was never taken")
    assert "turn_failed" not in running.log
    assert "part_failed" not in running.log


def test_it_stops_cleanly_while_a_model_is_being_loaded(running, shelf):
    promoted(running, shelf[2])
    assert running.process is not None
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=60) == 0
    assert "Traceback" not in running.log
    assert "killed" not in running.log

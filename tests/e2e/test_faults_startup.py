"""What an operator reads when the bot cannot start: one clear line that names the thing and the way out."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys

import pytest
from faults import PATIENCE
from server import ROOT, Bot, provider

from voicebot.regression.local_server import free_port

OURS = ("TWILIO_", "VOICEBOT_", "DATABASE_URL")


@pytest.fixture(scope="module")
def twilio():
    with provider() as started:
        yield started


@pytest.fixture
def settings(tmp_path, twilio):
    """Settings that would do, with a database that has nothing published yet."""
    return Bot(tmp_path, twilio).environment


def start(command, settings, folder, **more):
    """Run until it ends by itself: exit code and what it wrote."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    done = subprocess.Popen(
        [sys.executable, "-m", "voicebot.cli", *command],
        cwd=folder,
        env={**clean, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **more,
    )
    try:
        written, _ = done.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(done.pid, signal.SIGKILL)
        written, _ = done.communicate()
        raise AssertionError(f"it did not end:\n{written}") from None
    return done.returncode, written


def the_line(found, *, among_logs=False):
    """The one line that says why; no traceback beside it."""
    code, written = found
    assert code == 2, written
    assert "Traceback" not in written, written
    ours = [line for line in written.splitlines() if line.startswith("voicebot: ")]
    assert len(ours) == 1, written
    if not among_logs:
        assert written.strip() == ours[0]
    return ours[0]


@pytest.mark.parametrize("command", ["serve", "web", "chores"])
def test_no_env_file_and_no_settings(tmp_path, command):
    line = the_line(start([command], {}, tmp_path))
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "VOICEBOT_PUBLIC_URL", "VOICEBOT_SECRET_KEY", ".env"):
        assert name in line


def test_a_setting_that_is_wrong_is_named_without_its_value(tmp_path, settings):
    line = the_line(start(["serve"], {**settings, "VOICEBOT_SECRET_KEY": "short and secret"}, tmp_path))
    assert "VOICEBOT_SECRET_KEY" in line
    assert "short and secret" not in line


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_port_that_is_taken(tmp_path, settings, command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = the_line(start([command], {**settings, "VOICEBOT_PORT": port}, tmp_path))
    assert "VOICEBOT_PORT" in line
    assert port in line


def test_no_model_has_been_trained(tmp_path, settings):
    line = the_line(start(["serve"], {**settings, "VOICEBOT_MODELS": str(tmp_path / "none")}, tmp_path))
    assert "voicebot train" in line


def test_an_unreadable_routing_table_at_the_first_publishing(tmp_path, settings):
    table = tmp_path / "routing.yaml"
    table.write_text("council:\n  name: [unclosed\n")
    line = the_line(start(["serve"], {**settings, "VOICEBOT_ROUTING": str(table)}, tmp_path))
    assert line.startswith("voicebot: routing.yaml:3:1: E007 ")


def test_a_routing_table_with_several_mistakes_at_the_first_publishing(tmp_path, settings):
    table = tmp_path / "routing.yaml"
    table.write_text("council: {}\nqueues: {}\n")
    code, written = start(["serve"], {**settings, "VOICEBOT_ROUTING": str(table)}, tmp_path)
    assert code == 2
    first, *listed = written.splitlines()
    assert first.startswith("voicebot: routing.yaml cannot be used")
    assert listed
    assert all(line.startswith("routing.yaml:") for line in listed), written


def test_a_routing_table_that_is_not_there(tmp_path, settings):
    line = the_line(start(["serve"], {**settings, "VOICEBOT_ROUTING": str(tmp_path / "gone.yaml")}, tmp_path))
    assert "gone.yaml" in line


def without_space():
    """As on a disk that is full: files can be made, but nothing can be written into them."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_full_disk(tmp_path, settings, command):
    line = the_line(start([command], settings, tmp_path, preexec_fn=without_space), among_logs=command == "web")
    assert "bot.db" in line


def test_a_database_folder_that_cannot_be_made(tmp_path, settings):
    (tmp_path / "var").write_text("a file")
    line = the_line(start(["serve"], {**settings, "DATABASE_URL": f"sqlite:///{tmp_path}/var/x/bot.db"}, tmp_path))
    assert "DATABASE_URL" in line


def test_a_postgresql_that_is_not_there(tmp_path, settings):
    url = "postgresql://someone:a-password@127.0.0.1:9/test"
    line = the_line(start(["serve"], {**settings, "DATABASE_URL": url}, tmp_path))
    assert "127.0.0.1:9" in line
    assert "a-password" not in line


@pytest.fixture
def models(tmp_path):
    """A copy of the trained model."""
    copy = tmp_path / "models"
    shutil.copytree(ROOT / "models", copy)
    return copy


@pytest.fixture
def old_model(models):
    """The trained model, as if another scikit-learn had made it."""
    manifest = models / (models / "current").read_text().strip() / "manifest.json"
    told = json.loads(manifest.read_text())
    told["versions"]["scikit-learn"] = "0.1"
    manifest.write_text(json.dumps(told))
    return models


@pytest.mark.parametrize("command", [["web"], ["serve", "--no-recogniser"]], ids=lambda each: each[0])
def test_a_model_of_another_version(tmp_path, settings, old_model, command):
    line = the_line(start(command, {**settings, "VOICEBOT_MODELS": str(old_model)}, tmp_path), among_logs=True)
    assert "scikit-learn 0.1" in line
    assert "voicebot train" in line


def test_a_published_model_whose_folder_is_gone(tmp_path, settings, models):
    more = {**settings, "VOICEBOT_MODELS": str(models)}
    code, written = start(["publish", "--yes"], more, tmp_path)
    assert code == 0, written
    name = (models / "current").read_text().strip()
    shutil.rmtree(models / name)
    line = the_line(start(["serve", "--no-recogniser"], more, tmp_path), among_logs=True)
    assert name in line


def test_weights_of_the_recogniser_are_missing(tmp_path, settings):
    line = the_line(
        start(
            ["recogniser", "--port", str(free_port())],
            {**settings, "VOICEBOT_WEIGHTS": str(tmp_path / "none")},
            tmp_path,
        )
    )
    assert "voicebot models fetch" in line

"""Settings: what is wrong or missing is one clear line that names the setting, and never its secret value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voicebot.bootstrap import NEEDED_TO_SERVE
from voicebot.config import Settings, load_settings, masked
from voicebot.errors import SettingError

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / ".env.example"
SECRET = "a-secret-that-nobody-may-read-0123456789"
ALIASES = {name: str(field.alias) for name, field in Settings.model_fields.items()}
SECRETS = [ALIASES[name] for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """No `.env` and no setting of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for alias in ALIASES.values():
        monkeypatch.delenv(alias, raising=False)
    return tmp_path


def test_without_any_setting_the_defaults_hold():
    settings = load_settings()
    assert (settings.port, settings.engine, settings.whisper_model) == (8000, "openai-whisper", "base")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("VOICEBOT_PORT", "eighty"),
        ("VOICEBOT_PORT", "0"),
        ("VOICEBOT_PORT", "65536"),
        ("VOICEBOT_PORT", "80.5"),
        ("VOICEBOT_WORKERS", "0"),
        ("VOICEBOT_LISTEN", "telephone"),
        ("VOICEBOT_ANSWER_SECONDS", "0"),
        ("VOICEBOT_ANSWER_SECONDS", "14"),
        ("VOICEBOT_ANSWER_SECONDS", "nan"),
        ("VOICEBOT_KEEP_CALL_DAYS", "-1"),
        ("VOICEBOT_KEEP_CALL_DAYS", "inf"),
        ("VOICEBOT_SMTP_TLS", "perhaps"),
        ("VOICEBOT_LOG", "xml"),
        ("VOICEBOT_LOG_LEVEL", "loud"),
        ("VOICEBOT_ENGINE", "whisper.cpp"),
        ("VOICEBOT_PUBLIC_URL", "bot.example"),
        ("TWILIO_API_BASE", "ftp://api.twilio.com"),
        ("VOICEBOT_RECOGNISER_URL", "127.0.0.1:8001"),
        ("VOICEBOT_SECRET_KEY", "too short"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it_and_says_where_to_correct_it(monkeypatch, setting, value):
    monkeypatch.setenv(setting, value)
    with pytest.raises(SettingError) as caught:
        load_settings()
    message = caught.value.message
    assert setting in message
    assert len(message.splitlines()) == 1
    assert "Correct it in the environment or in .env." in message
    assert "Value error" not in message


def test_every_wrong_setting_is_named_at_once(monkeypatch):
    wrong = {"VOICEBOT_PORT": "eighty", "VOICEBOT_LOG": "xml", "VOICEBOT_PUBLIC_URL": "bot.example"}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as caught:
        load_settings()
    lines = caught.value.message.splitlines()
    assert len(lines) == len(wrong)
    assert all(any(line.startswith(name) for line in lines) for name in wrong)


def test_a_secret_key_that_is_too_short_is_named_but_not_told(monkeypatch):
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "hunter2")
    with pytest.raises(SettingError) as caught:
        load_settings()
    assert "VOICEBOT_SECRET_KEY" in caught.value.message
    assert "openssl rand -hex 32" in caught.value.message
    assert "hunter2" not in caught.value.message


def test_no_secret_stands_in_the_message_about_another_setting(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("VOICEBOT_PORT", "eighty")
    with pytest.raises(SettingError) as caught:
        load_settings()
    assert SECRET not in caught.value.message
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__, "a traceback would print the settings that were read"


def test_what_the_server_needs_is_all_named_in_one_line():
    with pytest.raises(SettingError) as caught:
        load_settings().require(*NEEDED_TO_SERVE)
    message = caught.value.message
    assert len(message.splitlines()) == 1
    assert all(ALIASES[name] in message for name in NEEDED_TO_SERVE)
    assert ".env" in message


@pytest.mark.parametrize("left_out", NEEDED_TO_SERVE)
def test_a_single_missing_setting_is_the_only_one_named(monkeypatch, left_out):
    values = {"account_sid": "AC1", "auth_token": SECRET, "public_url": "https://bot.example", "secret_key": SECRET}
    for name in NEEDED_TO_SERVE:
        if name != left_out:
            monkeypatch.setenv(ALIASES[name], values[name])
    with pytest.raises(SettingError) as caught:
        load_settings().require(*NEEDED_TO_SERVE)
    assert [ALIASES[name] for name in NEEDED_TO_SERVE if ALIASES[name] in caught.value.message] == [ALIASES[left_out]]


@pytest.mark.parametrize("name", NEEDED_TO_SERVE)
def test_an_empty_value_counts_as_not_set(monkeypatch, name):
    monkeypatch.setenv(ALIASES[name], "")
    with pytest.raises(SettingError, match=ALIASES[name]):
        load_settings().require(name)


def test_an_empty_value_leaves_the_default(monkeypatch, empty_folder):
    monkeypatch.setenv("VOICEBOT_PORT", "")
    (empty_folder / ".env").write_text("VOICEBOT_WORKERS=\nTWILIO_API_BASE=\n")
    settings = load_settings()
    assert (settings.port, settings.workers, settings.api_base) == (8000, 1, "https://api.twilio.com")


def test_the_env_file_is_read_and_the_environment_goes_first(monkeypatch, empty_folder):
    (empty_folder / ".env").write_text(
        "# a comment\nVOICEBOT_PORT=8310\nVOICEBOT_HOST='0.0.0.0'\nSOMETHING_ELSE=1\n", encoding="utf-8"
    )
    monkeypatch.setenv("VOICEBOT_PORT", "8311")
    settings = load_settings()
    assert (settings.port, settings.host) == (8311, "0.0.0.0")


def test_a_mistake_in_the_env_file_is_named_too(empty_folder):
    (empty_folder / ".env").write_text("VOICEBOT_PORT=eighty\n")
    with pytest.raises(SettingError, match=r"^VOICEBOT_PORT: "):
        load_settings()


def test_a_slash_at_the_end_of_a_url_is_dropped_since_the_paths_begin_with_one(monkeypatch):
    monkeypatch.setenv("VOICEBOT_PUBLIC_URL", "https://bot.example/")
    assert load_settings().public_url == "https://bot.example"


def test_the_settings_cannot_be_changed_afterwards():
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_masked_shows_every_setting_and_no_secret(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("VOICEBOT_PORT", "8310")
    shown = masked(load_settings())
    assert set(shown) == set(ALIASES.values())
    assert all(shown[name] == "********" for name in SECRETS)
    assert SECRET not in str(shown)
    assert shown["VOICEBOT_PORT"] == "8310"
    assert shown["VOICEBOT_WEIGHTS_FROM"] == ""


def test_masked_tells_a_secret_that_is_not_set_from_one_that_is():
    assert masked(load_settings())["TWILIO_AUTH_TOKEN"] == ""


def test_no_secret_is_printed_with_the_settings_themselves(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, SECRET)
    settings = load_settings()
    assert SECRET not in f"{settings!r} {settings}"


def names_in_example() -> set[str]:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return {found[1] for line in lines if (found := re.match(r"(?:# )?([A-Z][A-Z0-9_]+)=", line))}


def test_the_example_file_names_only_settings_that_exist():
    assert names_in_example() <= set(ALIASES.values())


def test_the_example_file_names_every_setting_that_the_server_needs():
    assert {ALIASES[name] for name in NEEDED_TO_SERVE} <= names_in_example()


def test_the_example_file_can_be_read_as_it_is_and_then_names_what_is_missing(empty_folder):
    (empty_folder / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SettingError, match="VOICEBOT_PUBLIC_URL"):
        load_settings().require(*NEEDED_TO_SERVE)

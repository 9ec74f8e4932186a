"""The settings: one frozen value, read from the environment and `.env`. `docs/reference/settings.md` is generated
from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from voicebot.errors import SettingError

TWILIO_API = "https://api.twilio.com"


class Settings(BaseSettings):
    """Every field is one environment variable, named by its alias. Durations are seconds unless the name says days."""

    model_config = SettingsConfigDict(
        env_file=".env", frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    # the provider
    account_sid: str = Field("", alias="TWILIO_ACCOUNT_SID", description="Account SID, starts with AC.")
    auth_token: SecretStr = Field(
        SecretStr(""), alias="TWILIO_AUTH_TOKEN", description="Auth token; signatures are verified with it."
    )
    api_base: str = Field(
        TWILIO_API,
        alias="TWILIO_API_BASE",
        description="Origin that REST calls go to and the only one that recordings are fetched from.",
    )
    region: str = Field("", alias="TWILIO_REGION", description="Twilio region, such as ie1 for Ireland.")
    edge: str = Field("", alias="TWILIO_EDGE", description="Twilio edge, such as dublin.")
    sms_from: str = Field(
        "", alias="VOICEBOT_SMS_FROM", description="Sender of text messages; without it they wait unsent."
    )

    # the web tier
    public_url: str = Field(
        "",
        alias="VOICEBOT_PUBLIC_URL",
        description="Public base URL that the provider calls and signs, such as https://bot.example.",
    )
    host: str = Field("127.0.0.1", alias="VOICEBOT_HOST", description="Address to listen on.")
    port: int = Field(8000, alias="VOICEBOT_PORT", ge=1, le=65535, description="Port of the web tier.")
    workers: int = Field(1, alias="VOICEBOT_WORKERS", ge=1, le=64, description="Web worker processes.")
    threads: int = Field(
        240,
        alias="VOICEBOT_THREADS",
        ge=4,
        le=2000,
        description="Threads in each web worker; one holds each waiting request.",
    )
    listen: Literal["record", "stream"] = Field(
        "record",
        alias="VOICEBOT_LISTEN",
        description="How the bot listens: record, or stream for live audio (record then stays as the fallback).",
    )
    live_calls: int = Field(
        12,
        alias="VOICEBOT_LIVE_CALLS",
        ge=1,
        le=900,
        description="Calls that may be live at once in one web worker; those beyond are recorded.",
    )
    patience: float = Field(
        1.0,
        alias="VOICEBOT_PATIENCE",
        ge=0.5,
        le=3,
        description="Live audio: stretches the silences that end what callers say, for everyone.",
    )
    answer_seconds: float = Field(
        4.0,
        alias="VOICEBOT_ANSWER_SECONDS",
        gt=0,
        le=10,
        description="A webhook waits so long before it answers with a hold line.",
    )
    turn_seconds: float = Field(
        30.0,
        alias="VOICEBOT_TURN_SECONDS",
        gt=1,
        le=120,
        description="A turn that is still not done after so long becomes keys.",
    )
    lease_seconds: float = Field(
        20.0,
        alias="VOICEBOT_LEASE_SECONDS",
        gt=1,
        le=120,
        description="A killed worker's turn is taken over after so long.",
    )
    drain_seconds: int = Field(
        30,
        alias="VOICEBOT_DRAIN_SECONDS",
        ge=1,
        le=3600,
        description="After SIGTERM, requests under way may take so long.",
    )

    # recognition
    recogniser_url: str = Field(
        "http://127.0.0.1:8001",
        alias="VOICEBOT_RECOGNISER_URL",
        description="Base URL of the recogniser, or of any server of the OpenAI transcription API.",
    )
    fallback_url: str = Field(
        "http://127.0.0.1:8002",
        alias="VOICEBOT_FALLBACK_URL",
        description="Base URL of the recogniser with the smaller model.",
    )
    recogniser_key: SecretStr = Field(
        SecretStr(""), alias="VOICEBOT_RECOGNISER_KEY", description="Bearer token for a recogniser that asks for one."
    )
    engine: Literal["openai-whisper", "faster-whisper"] = Field(
        "openai-whisper", alias="VOICEBOT_ENGINE", description="Engine of `voicebot recogniser`."
    )
    whisper_model: str = Field("base", alias="VOICEBOT_WHISPER_MODEL", description="Model that is tried first.")
    fallback_model: str = Field(
        "tiny.en",
        alias="VOICEBOT_FALLBACK_MODEL",
        description="Smaller model, tried once when the first is late or fails.",
    )
    recogniser_seconds: float = Field(
        6.0, alias="VOICEBOT_RECOGNISER_SECONDS", gt=0, le=60, description="Deadline of the first model."
    )
    fallback_seconds: float = Field(
        3.0, alias="VOICEBOT_FALLBACK_SECONDS", gt=0, le=60, description="Deadline of the smaller model."
    )
    recognitions: int = Field(
        4,
        alias="VOICEBOT_RECOGNITIONS",
        ge=1,
        le=1000,
        description="Recognitions under way or waiting in one web worker; as many beyond go to the smaller model at "
        "once, calls beyond those get keys. Live calls may hear ahead with half as many more.",
    )
    fetch_seconds: float = Field(
        8.0,
        alias="VOICEBOT_FETCH_SECONDS",
        gt=0,
        le=60,
        description="How long a recording may take to appear at the provider.",
    )

    # the bot's own voice, for live calls
    voice: Literal["bf_emma", "bf_alice", "bm_george", "bm_lewis", "espeak-ng", "none"] = Field(
        "bf_emma",
        alias="VOICEBOT_VOICE",
        description="Voice that prompts are rendered with; none leaves them to the telephone provider.",
    )
    prompts: Path = Field(
        Path("var/prompts"),
        alias="VOICEBOT_PROMPTS",
        description="Folder of rendered prompts; several machines may share it.",
    )
    own_prompts: Path = Field(
        Path("prompts"),
        alias="VOICEBOT_OWN_PROMPTS",
        description="Folder of the council's own recordings of prompts, with prompts.yaml.",
    )
    phone_key: SecretStr = Field(
        SecretStr(""),
        alias="VOICEBOT_PHONE_KEY",
        description="Opens the browser phone at /phone to whoever has it; 12 characters or more. Empty: no such page.",
    )

    # files and data
    routing: Path = Field(Path("routing.yaml"), alias="VOICEBOT_ROUTING", description="The routing table's file.")
    intents: Path = Field(Path("intents"), alias="VOICEBOT_INTENTS", description="Folder of the training phrases.")
    models: Path = Field(Path("models"), alias="VOICEBOT_MODELS", description="Folder of trained models.")
    weights: Path = Field(Path("weights"), alias="VOICEBOT_WEIGHTS", description="Folder of downloaded model weights.")
    weights_from: Path | None = Field(
        None,
        alias="VOICEBOT_WEIGHTS_FROM",
        description="Local folder to take weights from before the network is asked.",
    )
    database_url: SecretStr = Field(
        SecretStr("sqlite:///var/voicebot.db"), alias="DATABASE_URL", description="SQLAlchemy URL of the database."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        alias="VOICEBOT_SECRET_KEY",
        description="Keys the hash of callers' numbers and seals what must be stored readable; 32 characters or more.",
    )
    keep_audio_days: float = Field(
        0,
        alias="VOICEBOT_KEEP_AUDIO_DAYS",
        ge=0,
        le=3650,
        description="Days a recording stays at the provider; 0 deletes it once heard.",
    )
    keep_transcript_days: float = Field(
        90, alias="VOICEBOT_KEEP_TRANSCRIPT_DAYS", ge=0, le=3650, description="Days that redacted words are kept."
    )
    keep_message_days: float = Field(
        30, alias="VOICEBOT_KEEP_MESSAGE_DAYS", ge=0, le=3650, description="Days that a delivered message is kept."
    )
    keep_call_days: float = Field(
        730,
        alias="VOICEBOT_KEEP_CALL_DAYS",
        ge=0,
        le=3650,
        description="Days that calls and decisions (without words) are kept.",
    )

    who: str = Field(
        "",
        alias="VOICEBOT_WHO",
        description="Who trains and promotes models, as their history names her; the account's name where it is empty.",
    )

    # messages
    smtp_host: str = Field("", alias="VOICEBOT_SMTP_HOST", description="Mail server for messages left by callers.")
    smtp_port: int = Field(587, alias="VOICEBOT_SMTP_PORT", ge=1, le=65535, description="Its port.")
    smtp_user: str = Field("", alias="VOICEBOT_SMTP_USER", description="Its user, if it wants one.")
    smtp_password: SecretStr = Field(SecretStr(""), alias="VOICEBOT_SMTP_PASSWORD", description="Its password.")
    smtp_tls: bool = Field(True, alias="VOICEBOT_SMTP_TLS", description="Whether STARTTLS is required.")
    smtp_ca: Path | None = Field(
        None,
        alias="VOICEBOT_SMTP_CA",
        description="File of certificates (PEM) that the mail server's is trusted by, besides the system's.",
    )
    mail_from: str = Field("", alias="VOICEBOT_MAIL_FROM", description="Sender address of delivered messages.")

    # operating
    log: Literal["json", "text"] = Field(
        "text", alias="VOICEBOT_LOG", description="Log format: json in service, text in a terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="VOICEBOT_LOG_LEVEL", description="Least level logged."
    )

    @field_validator("api_base", "public_url", "recogniser_url", "fallback_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("must be 32 characters or more; make one with `openssl rand -hex 32`")
        return value

    @field_validator("phone_key")
    @classmethod
    def _is_no_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 12:
            raise ValueError("must be 12 characters or more; make one with `openssl rand -hex 16`")
        return value

    def require(self, *names: str) -> None:
        """Raise `SettingError` naming every one of these fields that is empty; the server calls it before it starts."""
        fields = type(self).model_fields
        missing = [str(fields[name].alias) for name in names if not _plain(getattr(self, name))]
        if missing:
            raise SettingError(
                f"{', '.join(missing)}: not set. Put it in the environment or in .env (see .env.example)."
            )


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`. Raises `SettingError`: one line for each wrong setting, never its secret
    value."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingError("\n".join(_explain(each) for each in error.errors(include_input=False))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f".env: cannot be read as UTF-8 text ({type(error).__name__}); correct the file.") from None


def _explain(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"]) or "settings"
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}. Correct it in the environment or in .env."


def masked(settings: Settings) -> dict[str, str]:
    """Every setting by its variable's name, secrets as `********`, for `voicebot config`."""
    shown: dict[str, str] = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            shown[str(field.alias)] = "********" if value.get_secret_value() else ""
        else:
            shown[str(field.alias)] = "" if value is None else str(value)
    return shown

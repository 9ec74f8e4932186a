"""The one family of errors that a failing part raises, and the codes it uses.

Mistakes in content (routing.yaml, intents/) are never raised: they are `voicebot.routing.issues.Issue` values.
A part that fails at run time raises a `VoicebotError`; `conversation.py` turns it into speech. Anything else is a bug.
"""

from __future__ import annotations


class VoicebotError(Exception):
    """A part failed in a way that was foreseen.

    `code` is stable and goes to logs and metrics; `message` is one line for a person, names the thing and the way
    out, and never holds a caller's words, a telephone number or a secret.
    """

    code = "failure"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SettingError(VoicebotError):
    """A setting is missing or wrong; the message names it."""

    code = "setting"


class ContentError(VoicebotError):
    """A file that people edit has mistakes; `issues` holds them all."""

    code = "content"

    def __init__(self, message: str, issues: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.issues = issues


class WeightsError(VoicebotError):
    """Model weights are absent, cannot be had, or are not the ones that the manifest names."""

    code = "weights"


class ModelError(VoicebotError):
    """The trained model is missing, damaged, or was made by another version."""

    code = "model"


class RecordingError(VoicebotError):
    """A recording could not be had or is not audio that can be used."""

    code = "recording"


class RecordingLateError(RecordingError):
    """The provider does not have the recording yet."""

    code = "recording_late"


class RecordingElsewhereError(RecordingError):
    """A recording is said to be where the provider is not: nothing is fetched from there or sent to it."""

    code = "recording_elsewhere"


class RecogniserError(VoicebotError):
    """The recogniser failed or answered nonsense."""

    code = "recogniser"


class RecogniserLateError(RecogniserError):
    """The recogniser missed its deadline."""

    code = "recogniser_late"


class RecogniserBusyError(RecogniserError):
    """The recogniser refused the work because too much is waiting."""

    code = "recogniser_busy"


class UnderstandingError(VoicebotError):
    """The model could not rank the words."""

    code = "understanding"


class StorageError(VoicebotError):
    """The database is locked, full or gone."""

    code = "storage"


class ClaimLostError(StorageError):
    """Another worker has taken this turn over; what was worked out here must be dropped."""

    code = "claim_lost"


class DeliveryError(VoicebotError):
    """A text message or a caller's message could not be delivered.

    As it stands, nothing was sent and trying again is safe. `permanent`: it must not be tried again, for it was refused
    or, where `uncertain`, may have been sent already."""

    code = "delivery"

    def __init__(self, message: str, permanent: bool = False, uncertain: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent or uncertain
        self.uncertain = uncertain

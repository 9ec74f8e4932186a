"""What is done behind the calls: text messages sent, messages delivered, recordings deleted, old data forgotten.

One process (`voicebot chores`), started by `voicebot serve`. Everything it does is taken from the database by a lease,
so a second one does no harm, and one that is killed leaves nothing undone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from voicebot.delivery.hearing import FETCH_SECONDS, Hearing, StoppedError, is_whole
from voicebot.delivery.messages import Letter
from voicebot.errors import (
    ClaimLostError,
    DeliveryError,
    RecogniserError,
    RecordingElsewhereError,
    RecordingError,
    StorageError,
    VoicebotError,
)
from voicebot.logs import described
from voicebot.ports import Tables, TextSender
from voicebot.storage.deletions import Deletions
from voicebot.storage.messages import Message, Messages
from voicebot.storage.outbox import Outbox, Text

log = structlog.get_logger(__name__)

RECORDING_TRIES = 5
"""A recording that is not there at the fifth try, seven minutes later, never comes."""

RECOGNISER_TRIES = 8
"""About an hour, so that a recogniser that is restarted, or busy with calls, costs no message its words."""

UNDELIVERED = timedelta(minutes=15)
"""A message that no team has after so long raises the alarm."""

UNDELETED = timedelta(days=1)
"""A recording that the provider has not deleted after so long raises the alarm."""

IDLE_SECONDS = 0.5
FAILED_SECONDS = 1.0
SWEEP_SECONDS = 60.0
WATCH_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Chores:
    """`deliver(letter, address)` raises `DeliveryError`. `caller_number(call_id)` and `intent(call_id)` give None where
    it is not known, or must not be told. `texts` is None where no sender is set: then text messages wait. `watch()`
    looks at the files of the routing table, `voice()` has prompts rendered that are missing; neither waits.

    Once `stopping` is set, what is under way is brought to an end and nothing new begun."""

    outbox: Outbox
    messages: Messages
    deletions: Deletions
    tables: Tables
    hearing: Hearing
    texts: TextSender | None
    deliver: Callable[[Letter, str], None]
    caller_number: Callable[[str], str | None]
    intent: Callable[[str], str | None]
    forget: Callable[[], object]
    watch: Callable[[], None]
    voice: Callable[[], None] = lambda: None
    stopping: threading.Event = field(default_factory=threading.Event)

    # --- how it is run -------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until `stopping`. Each kind has a thread of its own: no text waits for a message to be transcribed."""
        threads = [threading.Thread(target=self._keep_on, args=(step,)) for step in self._kinds()]
        threads.append(threading.Thread(target=self._keep_watching))
        for each in threads:
            each.start()
        while not self.stopping.is_set():
            self.sweep()
            self.stopping.wait(SWEEP_SECONDS)
        for each in threads:
            each.join()

    def once(self) -> int:
        """Do what is due, one step of each kind; the number of steps done. 0 means that nothing waits.

        Raises `StorageError`, but only after each kind had its turn."""
        done, failure = 0, None
        for step in self._kinds():
            if self.stopping.is_set():
                break
            try:
                done += step()
            except StorageError as error:
                failure = error
        if failure is not None:
            raise failure
        return done

    def sweep(self) -> None:
        """Once a minute: texts whose sender died, messages that nobody has, data whose time is over."""
        for look in (self._lost_texts, self._undelivered, self._undeleted, self.forget):
            try:
                look()
            except Exception as error:
                log.error("chores_failed", **described(error))

    def _kinds(self) -> tuple[Callable[[], int], ...]:
        return self._send_text, self._deliver_message, self._delete_recording

    def _keep_on(self, step: Callable[[], int]) -> None:
        """A database that is gone is waited for, and so is the next version where it is a bug."""
        while not self.stopping.is_set():
            try:
                if not step():
                    self.stopping.wait(IDLE_SECONDS)
            except Exception as error:
                log.error("chores_failed", **described(error))
                self.stopping.wait(FAILED_SECONDS)

    def _keep_watching(self) -> None:
        """Says in the log when routing.yaml is broken, or edited and not published: callers notice neither. Has the
        bot's own voice keep up with what is live."""
        while not self.stopping.is_set():
            for look in (self.watch, self.voice):
                try:
                    look()
                except Exception as error:
                    log.error("chores_failed", **described(error))
            self.stopping.wait(WATCH_SECONDS)

    # --- text messages -------------------------------------------------------------------------------------------

    def _send_text(self) -> int:
        text = None if self.texts is None else self.outbox.take()
        if text is None or self.texts is None:
            return 0
        try:
            provider_id = self.texts.send(text.to, text.body)
        except DeliveryError as error:
            self._not_sent(text, error)
        except Exception as error:
            # Nobody knows how far it came, so it is not sent again.
            log.error("text_uncertain", call_id=text.call_id, text=text.id, **described(error))
            self.outbox.uncertain(text, f"a bug ({type(error).__name__})")
        else:
            self.outbox.sent(text, provider_id)
            log.info("text_sent", call_id=text.call_id, text=text.id)
        return 1

    def _not_sent(self, text: Text, error: DeliveryError) -> None:
        about = {"call_id": text.call_id, "text": text.id, **described(error)}
        if error.uncertain:
            self.outbox.uncertain(text, error.message)
            log.error("text_uncertain", **about)
        elif error.permanent:
            self.outbox.failed(text, error.message)
            log.error("text_failed", **about)
        elif self.outbox.again(text, error.message):
            log.warning("text_put_off", **about)
        else:
            log.error("text_failed", **about)

    def _lost_texts(self) -> None:
        for text in self.outbox.sweep():
            log.error("text_uncertain", call_id=text.call_id, text=text.id, reason=text.error)

    # --- messages left -------------------------------------------------------------------------------------------

    def _deliver_message(self) -> int:
        message = self.messages.take()
        if message is None:
            return 0
        about = {"call_id": message.call_id, "queue": message.queue}
        try:
            if message.words is None:
                message = self.messages.transcribed(message, self._words(message))
            self._hand_over(message)
            self.messages.delivered(message, keep_recording=not is_whole(message.words or ""))
            log.info("message_delivered", **about)
        except StoppedError:
            self.messages.put_back(message)
        except ClaimLostError:
            log.info("claim_lost", **about)
        except Exception as error:
            log.error("message_not_delivered", **about, **described(error))
            reason = error.message if isinstance(error, VoicebotError) else f"a bug ({type(error).__name__})"
            self.messages.failed(message, reason)
        return 1

    def _words(self, message: Message) -> str:
        """What she said; "" where no words can be had after a few tries: the team must learn that somebody rang."""
        try:
            return self.hearing.words(message.recording, self.stopping.is_set)
        except (StoppedError, StorageError):
            raise
        except Exception as error:
            tries = RECOGNISER_TRIES if isinstance(error, RecogniserError) else RECORDING_TRIES
            if message.attempts + 1 < tries:
                raise
            log.error("message_without_words", call_id=message.call_id, **described(error))
            return ""

    def _hand_over(self, message: Message) -> None:
        table = self.tables.current()
        default = table.queues[table.council.default_queue]
        queue = table.queues.get(message.queue, default)
        address = queue.deliver or default.deliver
        if not address:
            raise DeliveryError(f"routing.yaml: queue {message.queue} has no `deliver`, nor has the default queue")
        intent = self.intent(message.call_id)
        route = None if intent is None or table.is_urgent(intent) else table.intents.get(intent)
        letter = Letter(
            id=f"{message.call_id}-{message.id}",
            call_id=message.call_id,
            team=queue.name,
            topic=route.about if route else "",
            words=message.words or "",
            number=self.caller_number(message.call_id),
            left=message.left.isoformat(),
            seconds=message.seconds,
            note="" if is_whole(message.words or "") else _note(message),
        )
        self.deliver(letter, address)

    def _undelivered(self) -> None:
        waiting = self.messages.undelivered(UNDELIVERED)
        if waiting:
            oldest = waiting[0]
            log.error(
                "messages_undelivered",
                count=len(waiting),
                oldest=oldest.left.isoformat(),
                queue=oldest.queue,
                call_id=oldest.call_id,
                reason=oldest.error,
            )

    # --- recordings ----------------------------------------------------------------------------------------------

    def _delete_recording(self) -> int:
        deletion = self.deletions.take()
        if deletion is None:
            return 0
        try:
            self.hearing.recordings.delete(deletion.url, deadline=FETCH_SECONDS)
            self.deletions.done(deletion)
        except StorageError:
            raise  # it is deleted once more when the lease is out, which does no harm
        except RecordingElsewhereError as error:
            # It was never the provider's, so there is nothing of ours to delete.
            log.warning("recording_elsewhere", reason=error.message)
            self.deletions.done(deletion)
        except Exception as error:
            log.warning("recording_not_deleted", **described(error))
            reason = error.message if isinstance(error, RecordingError) else f"a bug ({type(error).__name__})"
            self.deletions.failed(deletion, reason)
        return 1

    def _undeleted(self) -> None:
        count = self.deletions.overdue(UNDELETED)
        if count:
            log.error("recordings_not_deleted", count=count)


def _note(message: Message) -> str:
    sid = message.recording.rsplit("/", 1)[-1]
    return (
        "Not all of it could be made out by machine. If the telephone provider has the recording, it is kept there as"
        f" {sid} for as long as this message is: ask whoever looks after the voice bot."
    )

"""A letter, and what both kinds of delivery are tried against."""

from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from voicebot.delivery.messages import Letter, deliver
from voicebot.errors import DeliveryError

WORDS = "This is Jane Smith, my badge is BB 4711, please ring me back."
NUMBER = "+447700900123"
SECRET_PATH = "/services/s3cr3t-of-the-webhook"
LETTER = Letter(
    id="CA1-7",
    call_id="CA1",
    team="the Blue Badge team",
    topic="a Blue Badge application",
    words=WORDS,
    number=NUMBER,
    left="2026-11-02T09:30:00+00:00",
    seconds=31.4,
)
TEAM = "blue.badge@westshire.example"


def refused(*given: Any, **more: Any) -> str:
    """The error of a delivery that fails, which tells nothing about the caller and hides no cause that does."""
    with pytest.raises(DeliveryError) as caught:
        deliver(*given, **more)
    told = "".join(traceback.format_exception(caught.value))
    for secret in (WORDS, "Jane", NUMBER, "700900123", "s3cr3t", TEAM):
        assert secret not in told
    assert (caught.value.permanent, caught.value.uncertain) == (False, False), "a message is always tried again"
    return caught.value.message


Talk = Callable[[socket.socket], None]


@contextmanager
def raw_server(talk: Talk) -> Iterator[int]:
    """A port that accepts, and then does with each connection what `talk` says."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def silent(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass

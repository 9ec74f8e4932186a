"""What every web socket of a live call needs: limits on sending and closing, and the ways in which one breaks."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress

from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import LocalProtocolError

SEND_SECONDS = 2.0
"""A reader that takes nothing for so long has gone."""
CLOSING_SECONDS = 1.0
"""For the other side to close as well. gunicorn would wait for it where it takes new requests."""

BROKEN = (ConnectionClosed, OSError, LocalProtocolError)


def bound(ws: Server, message_bytes: int) -> None:
    """No message is longer than that, and none is sent for longer than `SEND_SECONDS`."""
    ws.max_message_size = message_bytes
    ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(SEND_SECONDS), 0))


def close(ws: Server) -> None:
    """Close, and see that the socket is closed for good when this returns."""
    with suppress(*BROKEN):
        ws.close()
    ws.thread.join(CLOSING_SECONDS)
    if ws.thread.is_alive():
        with suppress(OSError):
            ws.sock.shutdown(socket.SHUT_RDWR)

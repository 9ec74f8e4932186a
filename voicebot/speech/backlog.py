"""How long a request waited before a worker took it up, and whether its client is still there. Only Linux tells."""

from __future__ import annotations

import socket
import struct
import sys

# `tcpi_last_data_recv` of struct tcp_info (linux/tcp.h), milliseconds: the twelfth 32-bit number after eight bytes.
_LAST_DATA_RECEIVED = 8 + 11 * 4


def waited_seconds(connection: socket.socket | None) -> float:
    """Seconds since the last bytes came in on a connection.

    Read before the body is, this is the time that the request spent in the listening queue, whatever the clocks of the
    two machines say. 0 where it can't be known.
    """
    if connection is None or not sys.platform.startswith("linux"):
        return 0.0
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED + 4)
        return float(struct.unpack_from("I", info, _LAST_DATA_RECEIVED)[0]) / 1000
    except (OSError, struct.error):
        return 0.0


def has_left(connection: socket.socket | None) -> bool:
    """Whether the client has hung up. Call it when the request has been read to its end."""
    if connection is None:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True

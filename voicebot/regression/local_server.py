"""A web application behind a real server of its own in this process, for what needs sockets; and free ports."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from werkzeug.serving import make_server

STOPPING = 5.0


@contextmanager
def serving(app: WSGIApplication) -> Iterator[str]:
    """Its URL, on a free port of this machine, until the block is left."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(STOPPING)
        server.server_close()


def free_port() -> int:
    """One that nothing listened on a moment ago; another program may be quicker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Stands in for the recogniser in the one benchmark of how many calls are held: it waits and hears nothing.

    python -m voicebot.regression.bench_waiting --port 8001 --seconds 1

It answers every recording with the same words, any number of them at once, and takes next to no processor time.
"""

from __future__ import annotations

import argparse
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = "I'd like to report a pothole on Mill Lane please."


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    seconds = 1.0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone away is the load's finding, not ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        self._answer({"status": "ready"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        time.sleep(self.server.seconds)
        segment = {"text": WORDS, "avg_logprob": -0.2, "no_speech_prob": 0.01}
        self._answer({"text": WORDS, "language": "en", "duration": 5.0, "speech_seconds": 4.0, "segments": [segment]})

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Thousands of lines that tell nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description="A recogniser that waits and always hears the same.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each recording takes (1)")
    asked = parser.parse_args()
    server = _Server(("127.0.0.1", asked.port), _Handler)
    server.seconds = asked.seconds
    server.serve_forever()


if __name__ == "__main__":
    main()

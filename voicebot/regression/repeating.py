"""An HTTP transport that sends some requests twice at once, as Twilio's retries can, and compares the answers."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

HOLD = "/wait/"
"""A hold line points there; two holds, or a hold and an answer, tell nothing of what was done."""


class RepeatingTransport(httpx.BaseTransport):
    """`share` (0 to 1) of all POST requests is repeated. `doubled` counts pairs with differing answers: a turn that
    took effect twice answers the second time for a call that is one step further."""

    def __init__(self, inner: httpx.BaseTransport, share: float, *, seed: int = 0, threads: int = 64) -> None:
        self._inner = inner
        self._share = share
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(threads, "repeat")
        self.repeated = 0
        self.doubled = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            repeat = request.method == "POST" and self._random.random() < self._share
        if not repeat:
            return self._inner.handle_request(request)
        again = self._pool.submit(self._second, request)
        first = self._inner.handle_request(request)
        first.read()
        second = again.result()
        with self._lock:
            self.repeated += 1
            self.doubled += _differ(first, second)
        return first

    def _second(self, request: httpx.Request) -> httpx.Response | None:
        copy = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read(), extensions=request.extensions
        )
        try:
            response = self._inner.handle_request(copy)
            response.read()
        except httpx.HTTPError:
            return None
        return response

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        self._inner.close()


def _differ(first: httpx.Response, second: httpx.Response | None) -> bool:
    if second is None or not (first.is_success and second.is_success) or HOLD in first.text or HOLD in second.text:
        return False
    return first.text != second.text

"""A real Chromium, driven over the W3C WebDriver protocol, with a sound file as its microphone."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

PATIENCE = 40.0
"""Seconds: a limit that only a broken page meets."""

PROGRAMS = ("chromium", "chromedriver")

needs_chromium = pytest.mark.skipif(
    any(shutil.which(name) is None for name in PROGRAMS),
    reason="Chromium is not installed, the page of the browser phone is NOT tested (Debian: chromium, chromium-driver)",
)

ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
)

_UNTIL = """
const [condition, done] = [new Function("return (" + arguments[0] + ")"), arguments[arguments.length - 1]];
const look = () => { if (condition()) { observer.disconnect(); done(true); return true; } };
const observer = new MutationObserver(look);
observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
look();
"""


class Chromium:
    """One window."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self._client = client
        self._session = session

    def go(self, url: str) -> None:
        self._tell("url", {"url": url})

    def run(self, script: str, *arguments: object) -> Any:
        """What the script `return`s."""
        return self._tell("execute/sync", {"script": script, "args": list(arguments)})

    def until(self, condition: str) -> None:
        """Wait until this JavaScript is true; the page is looked at whenever it changes."""
        try:
            self._tell("execute/async", {"script": _UNTIL, "args": [condition]})
        except AssertionError as error:
            raise AssertionError(f"{condition} never came true; the page says:\n{self.text()}\n{error}") from None

    def text(self, selector: str = "main") -> str:
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def click(self, selector: str) -> None:
        element = self._tell("element", {"using": "css selector", "value": selector})
        self._tell(f"element/{next(iter(element.values()))}/click", {})

    def press(self, keys: str) -> None:
        """Type on the keyboard, wherever the focus is."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._tell("actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def resize(self, width: int, height: int) -> None:
        command = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
        self._tell("goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": command})

    def complaints(self) -> list[str]:
        """What stands in the browser's console, violations of the page's policy among it."""
        return [str(each["message"]) for each in self._tell("se/log", {"type": "browser"})]

    def screenshot(self, path: Path) -> None:
        answer = self._client.get(f"/session/{self._session}/screenshot").json()
        path.write_bytes(base64.b64decode(answer["value"]))

    def _tell(self, command: str, body: dict[str, Any]) -> Any:
        answer = self._client.post(f"/session/{self._session}/{command}", json=body)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()["value"]


@contextmanager
def chromium(folder: Path, recording: Path, before: float = 0.0) -> Iterator[Chromium]:
    """A browser with an empty profile in `folder`, whose microphone plays `before` seconds of silence and a recording
    once, from its first use on."""
    microphone = folder / "microphone.wav"
    speech, rate = soundfile.read(recording)
    silence = np.zeros(int(before * rate))
    soundfile.write(microphone, np.concatenate([silence, speech]), rate, subtype="PCM_16")  # all that Chromium reads
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (folder / "chromedriver.log").open("wb")
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE + 10, trust_env=False) as client:
            _wait(client)
            arguments = [*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"]
            arguments.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
            options = {"args": arguments, "binary": shutil.which("chromium")}
            wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            timeouts = {"script": int(PATIENCE * 1000)}
            capabilities = {"alwaysMatch": {"browserName": "chrome", "timeouts": timeouts, **wanted}}
            answer = client.post("/session", json={"capabilities": capabilities}).json()["value"]
            assert "sessionId" in answer, answer
            try:
                yield Chromium(client, answer["sessionId"])
            finally:
                client.delete(f"/session/{answer['sessionId']}")
    finally:
        driver.terminate()
        driver.wait(timeout=20)
        log.close()


def _wait(client: httpx.Client) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if client.get("/status").json()["value"]["ready"]:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("chromedriver does not start")

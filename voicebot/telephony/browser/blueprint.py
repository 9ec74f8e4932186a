"""The browser phone: a page to talk to the bot without a telephone, for staff and demonstrations.

The page itself holds nothing that is secret. A call begins with the key, sent once over an authenticated POST, which
gives out a token for one socket of one call.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from importlib.resources import files
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, abort, jsonify, request
from flask_sock import Sock
from simple_websocket import Server

from voicebot.logs import described
from voicebot.ports import Answer, Arrival
from voicebot.telephony.authentication import authenticated
from voicebot.telephony.browser.door import Door
from voicebot.telephony.browser.phone_socket import PROVIDER, Phone, PhoneSocket

log = structlog.get_logger(__name__)

PREFIX = "/phone"
BODY_BYTES = 2_000
PARTS = {
    "phone.css": "text/css; charset=utf-8",
    "phone.js": "text/javascript; charset=utf-8",
    "player.js": "text/javascript; charset=utf-8",
    "captions.js": "text/javascript; charset=utf-8",
    "microphone.js": "text/javascript; charset=utf-8",
}
"""The files of the page, and nothing from anywhere else."""


def phone_blueprint(phone: Phone, *, key: str, public_url: str) -> Blueprint:
    """All routes under /phone. `key` is that of VOICEBOT_PHONE_KEY."""
    views = _Views(phone, Door(key), public_url)
    blueprint = Blueprint("phone", __name__, url_prefix=PREFIX)
    blueprint.after_request(views.safe)
    blueprint.add_url_rule("", "page", views.page, methods=["GET"])
    blueprint.add_url_rule("/<name>", "part", views.part, methods=["GET"])
    blueprint.add_url_rule("/call", "call", views.call, methods=["POST"])
    socket = PhoneSocket(phone).socket
    Sock().route("/socket", bp=blueprint)(views.from_our_page(socket))
    return blueprint


class _Views:
    def __init__(self, phone: Phone, door: Door, public_url: str) -> None:
        self._phone = phone
        self._door = door
        self._public = urlsplit(public_url)
        page = files("voicebot.telephony.browser") / "page"
        self._page = (page / "phone.html").read_bytes()
        self._parts = {name: (page / name).read_bytes() for name in PARTS}

    @authenticated("none")
    def page(self) -> Response:
        return Response(self._page, content_type="text/html; charset=utf-8")

    @authenticated("none")
    def part(self, name: str) -> Response:
        if name not in self._parts:
            abort(404)
        return Response(self._parts[name], content_type=PARTS[name])

    @authenticated("phone-key")
    def call(self) -> tuple[Response, int]:
        """A call rings: who has the key is given what opens its socket."""
        if not self._is_our_page():
            return jsonify(error="origin"), 403
        request.max_content_length = BODY_BYTES
        body = request.get_json(silent=True) if request.is_json else None
        key = body.get("key") if isinstance(body, dict) else None
        opens = self._door.opens(key) if isinstance(key, str) else False
        if not opens:
            log.warning("phone_key_refused", too_many=opens is None)
            return jsonify(error="too_many" if opens is None else "key"), 429 if opens is None else 403
        if not self._phone.room.free:
            return jsonify(error="full"), 503
        try:
            return self._started()
        except Exception as error:
            log.error("phone_call_failed", **described(error))
            return jsonify(error="failed"), 503

    def _started(self) -> tuple[Response, int]:
        arrival = Arrival(f"WB{secrets.token_hex(16)}", PROVIDER, "withheld", None)
        reply = self._phone.conversation.start(arrival)
        turn = reply.next_turn if isinstance(reply, Answer) else 1
        ticket = self._phone.streams.issue(arrival.call_id, turn, speak=True)
        if ticket is None:
            return jsonify(error="failed"), 503
        return jsonify(call=arrival.call_id, turn=turn, token=ticket.token), 200

    def from_our_page(self, view: Callable[[Server], None]) -> Callable[[Server], None]:
        """The same view, for sockets that our own page opens: browsers name the page that does."""

        @authenticated("phone-token")
        def checked(ws: Server) -> None:
            if self._is_our_page():
                view(ws)
            else:
                log.warning("phone_refused", reason="origin")
                ws.close()

        return checked

    def _is_our_page(self) -> bool:
        """Where the request comes from: a page of the public address, or of the very host that was asked."""
        origin = urlsplit(request.headers.get("Origin", ""))
        public = self._public.scheme, self._public.netloc
        return bool(origin.netloc) and ((origin.scheme, origin.netloc) == public or origin.netloc == request.host)

    def safe(self, response: Response) -> Response:
        """The page runs nothing but its own files and talks to nobody but us."""
        public = f"{'wss' if self._public.scheme == 'https' else 'ws'}://{self._public.netloc}"
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' {public}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        response.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

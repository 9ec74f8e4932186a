"""A bot of a few lines behind a real HTTP server: it answers what a test tells it to, and checks every signature."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

from voicebot.regression.local_server import serving

PUBLIC = "https://bot.example"
TOKEN = "simulated-token-for-tests"
ACCOUNT = "ACsimulated00000000000000000000000"

Answer = str | tuple[str, int]
Route = Answer | Callable[[Mapping[str, str]], Answer]


def twiml(*verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'


def ask(words: str, number: int, *, gather: str = 'numDigits="1" finishOnKey=""') -> str:
    """The shape of every question: keys during the prompt, then speech, then silence."""
    return twiml(
        f'<Gather input="dtmf" timeout="1" action="/twilio/turn/{number}" {gather}><Say>{words}</Say></Gather>',
        f'<Record playBeep="false" timeout="3" maxLength="60" trim="do-not-trim" finishOnKey="0123456789*#"'
        f' action="/twilio/turn/{number}" recordingStatusCallback="/twilio/recording"/>',
        f"<Redirect>/twilio/silence/{number}</Redirect>",
    )


GOODBYE = twiml("<Say>Goodbye.</Say>", "<Hangup/>")


@dataclass
class TinyBot:
    """`routes` by path under /twilio/; `seen` holds (path, form) of each request that was signed as Twilio signs."""

    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    url: str = ""
    mimetype: str = "text/xml"

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for seen, form in self.seen if seen == path]

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.route("/twilio/<path:path>", methods=["GET", "POST"])
        def webhook(path: str) -> Response:
            target = request.full_path if request.query_string else request.path
            params = request.form if request.method == "POST" else {}
            if not RequestValidator(TOKEN).validate(PUBLIC + target, params, request.headers["X-Twilio-Signature"]):
                abort(403)
            form = request.values.to_dict()
            self.seen.append((path, form))
            self.tokens.append(request.headers["I-Twilio-Idempotency-Token"])
            if path not in self.routes:
                return Response(status=204 if path in {"status", "recording", "sms-status"} else 404)
            route = self.routes[path]
            answer = route(form) if callable(route) else route
            body, status = answer if isinstance(answer, tuple) else (answer, 200)
            return Response(body, status, mimetype=self.mimetype)

        return app


@contextmanager
def served(bot: TinyBot) -> Iterator[TinyBot]:
    with serving(bot.app()) as bot.url:
        yield bot

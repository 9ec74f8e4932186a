"""The routes that Twilio calls: parse, let the conversation take the turn, render. Nothing is decided here.

Whatever breaks, the caller hears a sentence and a line rings; Twilio gets 200 and TwiML, never an error to play.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

import structlog
from flask import Blueprint, Response, abort, current_app, request
from flask_sock import Sock

from voicebot.logs import described
from voicebot.ports import Answer, Arrival, TurnInput
from voicebot.telephony.authentication import authenticated, authentication_of
from voicebot.telephony.twilio import inbound, twiml
from voicebot.telephony.twilio.listening import LiveCalls
from voicebot.telephony.twilio.media_stream import MediaStream
from voicebot.telephony.twilio.service import Conversation, Reply, TextStatuses
from voicebot.telephony.twilio.signature import HEADER, Verifier
from voicebot.telephony.twilio.stream_twiml import unspoken
from voicebot.telephony.twilio.urls import PREFIX, Urls

BODY_BYTES = 2 * 1024 * 1024
"""Ten kilobytes in each of some forty fields, percent-encoded, still pass: the caller is not to suffer for them."""
TURN = "<int(max=9999):number>"
"""No call comes near so many turns; a longer number is no turn of ours."""
STREAM = "<int(max=2147483647):stream>"

SPEAK_SECONDS = 11.0
LAST_WORDS_SECONDS = 2.0
"""Twilio gives up after 15 s: an answer that is not there by the first gets the fallback's sentence, for which there is
the second. The rest is the network's."""
AT_ONCE = 400
"""Requests worked on at once in one process."""

Done = TypeVar("Done")

log = structlog.get_logger(__name__)


def twilio_blueprint(
    conversation: Conversation,
    *,
    public_url: str,
    auth_token: str,
    fallback: twiml.Voice,
    on_text_status: TextStatuses,
    on_failure: Callable[[], None] = lambda: None,
    live: LiveCalls | None = None,
) -> Blueprint:
    """All routes under /twilio. `fallback` is spoken and rung where even `conversation.fallback` fails. `on_failure` is
    called each time that a caller gets the fallback's sentence instead of an answer. Without `live` there is no socket.

    Raises `SettingError` where the public URL or the token is empty."""
    verifier = Verifier(public_url, auth_token)
    hooks = Webhooks(conversation, public_url.rstrip("/"), fallback, on_text_status, on_failure, live)
    blueprint = Blueprint("twilio", __name__, url_prefix=PREFIX)
    blueprint.before_request(lambda: _guard(verifier))
    blueprint.register_error_handler(inbound.RequestError, _bad_request)
    routes: dict[str, Callable[..., Response]] = {
        "/voice": hooks.voice,
        f"/turn/{TURN}": hooks.turn,
        f"/silence/{TURN}": hooks.silence,
        f"/wait/{TURN}": hooks.wait,
        f"/dial/{TURN}": hooks.dial,
        f"/message/{TURN}": hooks.message,
        f"/whisper/<call_id>/{TURN}": hooks.whisper,
        "/status": hooks.status,
        "/recording": hooks.recording,
        "/sms-status": hooks.sms_status,
    }
    if live is not None:
        routes[f"/after/{STREAM}"] = hooks.after
        Sock().route("/stream", bp=blueprint)(MediaStream(live).stream)
    for rule, view in routes.items():
        blueprint.add_url_rule(rule, view.__name__, view, methods=["POST"])
    return blueprint


class Webhooks:
    """The views. The first seven speak to the caller, `whisper` to the advisor, the others to nobody."""

    def __init__(
        self,
        conversation: Conversation,
        public_url: str,
        fallback: twiml.Voice,
        on_text_status: TextStatuses,
        on_failure: Callable[[], None],
        live: LiveCalls | None,
    ) -> None:
        self._conversation = conversation
        self._public = public_url
        self._fallback = fallback
        self._on_text_status = on_text_status
        self._on_failure = on_failure
        self._live = live
        self._pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="webhook")

    @authenticated("twilio")
    def voice(self) -> Response:
        return self._speak(0, self._conversation.start)

    @authenticated("twilio")
    def turn(self, number: int) -> Response:
        return self._take(number, inbound.answer_to_question(request.form))

    @authenticated("twilio")
    def silence(self, number: int) -> Response:
        return self._take(number, inbound.silence(request.form))

    @authenticated("twilio")
    def dial(self, number: int) -> Response:
        return self._take(number, inbound.transfer(request.form))

    @authenticated("twilio")
    def message(self, number: int) -> Response:
        return self._take(number, inbound.message(request.form))

    @authenticated("twilio")
    def wait(self, number: int) -> Response:
        return self._speak(
            number, lambda arrival: self._conversation.poll(arrival.call_id, number, arrival), polling=True
        )

    @authenticated("twilio")
    def after(self, stream: int) -> Response:
        """A live stream has ended. The call goes on from where the database says that it is."""
        return self._answer(lambda arrival: self._after(arrival, stream), asking=True, stream=stream)

    @authenticated("twilio")
    def whisper(self, call_id: str, number: int) -> Response:
        """An advisor has answered. If anything fails here, the two are joined all the same, without a word."""
        inbound.checked_call_id(call_id)
        with structlog.contextvars.bound_contextvars(call_id=call_id, turn=number):
            try:
                return _xml(
                    self._within(
                        SPEAK_SECONDS,
                        lambda: twiml.whisper(self._conversation.whisper(call_id), self._voice(call_id)),
                    )
                )
            except Exception as error:
                log.error("whisper_failed", **described(error))
                return _xml(twiml.nothing())

    @authenticated("twilio")
    def status(self) -> Response:
        call_id = inbound.call_id(request.form)
        if not inbound.over(request.form):
            return _done()
        return self._note(call_id, lambda: self._conversation.ended(call_id))

    @authenticated("twilio")
    def recording(self) -> Response:
        call_id, url = inbound.call_id(request.form), inbound.recording_url(request.form)
        if not url or not inbound.recording_is_ready(request.form):
            return _done()
        return self._note(call_id, lambda: self._conversation.recording_ready(call_id, url))

    @authenticated("twilio")
    def sms_status(self) -> Response:
        sid, status, error = inbound.text_status(request.form)
        return self._note("", lambda: self._on_text_status(sid, status, error))

    def _take(self, number: int, given: TurnInput) -> Response:
        return self._speak(
            number,
            lambda arrival: self._conversation.turn(arrival.call_id, number, given, arrival),
            gone=given.hung_up,
        )

    def _speak(
        self, number: int, work: Callable[[Arrival], Reply], *, polling: bool = False, gone: bool = False
    ) -> Response:
        return self._answer(
            lambda arrival: self._rendered(work(arrival), arrival.call_id, number, first=not polling),
            asking=polling or number == 0,
            gone=gone,
            turn=number,
        )

    def _answer(self, work: Callable[[Arrival], str], *, asking: bool, gone: bool = False, **named: int) -> Response:
        """Answer the caller, whatever happens. `asking`: the request tells nothing, so that a call which is over needs
        no answer to it. `gone`: she has hung up, and only the conversation is to know of it."""
        arrival = inbound.arrival(request.form)
        call_id = arrival.call_id
        with structlog.contextvars.bound_contextvars(call_id=call_id, **named):
            try:
                if inbound.over(request.form) and asking:
                    self._within(SPEAK_SECONDS, lambda: self._conversation.ended(call_id))
                    return _xml(twiml.nothing())
                document = self._within(SPEAK_SECONDS, lambda: work(arrival))
                return _xml(twiml.nothing() if gone else document)
            except Exception as error:
                log.error("turn_failed", **described(error))
                self._on_failure()
                return _xml(twiml.error(self._last_voice(call_id)))

    def _within(self, seconds: float, work: Callable[[], Done]) -> Done:
        """Raises `TimeoutError` where it takes longer, as with a database that no longer answers; it is not ended, and
        what it still brings about is stored."""
        return self._pool.submit(copy_context().run, work).result(timeout=seconds)

    def _after(self, arrival: Arrival, stream: int) -> str:
        """Live again where the stream was handed over, else recorded: the caller is never left to a broken socket."""
        standing = self._live.streams.after(stream, arrival.call_id) if self._live else None
        number = standing.turn if standing else 0
        reply = self._conversation.poll(arrival.call_id, number, arrival)
        spoken = standing is not None and isinstance(reply, Answer) and standing.spoken == reply.next_turn
        live = standing is not None and not standing.failed
        return self._rendered(reply, arrival.call_id, number, first=True, live=live, spoken=spoken)

    def _rendered(
        self, reply: Reply, call_id: str, number: int, *, first: bool, live: bool = True, spoken: bool = False
    ) -> str:
        """`live`: it may be listened to over a stream. `spoken`: its prompts have been heard."""
        urls, voice = Urls(self._public, call_id), self._voice(call_id)
        if not isinstance(reply, Answer):
            return twiml.hold(number, urls, voice, first=first)
        streamed = self._live.document(reply, urls, voice, spoken=spoken) if self._live and live else None
        return streamed or twiml.render(unspoken(reply) if spoken else reply, urls, voice)

    def _voice(self, call_id: str) -> twiml.Voice:
        try:
            spoken = self._conversation.fallback(call_id)
            return twiml.Voice(
                voice=spoken.voice,
                language=spoken.language,
                hold=spoken.hold,
                trouble=spoken.words,
                fallback_number=spoken.target,
                caller_id=spoken.caller_id,
            )
        except Exception as error:
            log.error("fallback_failed", **described(error))
            return self._fallback

    def _last_voice(self, call_id: str) -> twiml.Voice:
        try:
            return self._within(LAST_WORDS_SECONDS, lambda: self._voice(call_id))
        except TimeoutError:
            return self._fallback

    def _note(self, call_id: str, work: Callable[[], None]) -> Response:
        """Nobody listens to the answer of a callback: 503 makes Twilio send it again."""
        with structlog.contextvars.bound_contextvars(call_id=call_id):
            try:
                self._within(SPEAK_SECONDS, work)
            except Exception as error:
                log.error("callback_failed", **described(error))
                return Response(status=503)
        return _done()


def _guard(verifier: Verifier) -> None:
    """Before any view: a view that does not declare its authentication is refused, whoever asks."""
    request.max_content_length = request.max_form_memory_size = BODY_BYTES
    how = authentication_of(current_app.view_functions.get(request.endpoint or ""))
    signature = request.headers.get(HEADER)
    genuine = (how == "twilio" and verifier.verify(_target(), request.method, request.form, signature)) or (
        how == "twilio-socket" and verifier.verify_socket(_target(), signature)
    )
    if not genuine:
        log.warning("signature_refused")
        abort(403)


def _target() -> str:
    """Path and query as they were requested. Servers call the raw request line RAW_URI (gunicorn) or REQUEST_URI."""
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    if not raw.startswith("/"):
        raw = request.full_path if request.query_string else request.path
    return raw


def _bad_request(error: inbound.RequestError) -> Response:
    return Response(f"{error.message}\n", status=400, mimetype="text/plain")


def _xml(document: str) -> Response:
    return Response(document, mimetype="text/xml")


def _done() -> Response:
    return Response(status=204)

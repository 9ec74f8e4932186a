"""Messages handed to a real SMTP server, and to ones that misbehave."""

from __future__ import annotations

import email
import email.policy
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from voicebot.delivery.messages import MailServer, deliver
from voicebot.regression.local_server import free_port

from .letters import LETTER, NUMBER, TEAM, WORDS, Talk, raw_server, refused, silent


class Box:
    """What the mail server does with a letter: keeps it in `letters`, unless `answers` has another reply for a step."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"].format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.letters.append(parsed)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return self.answers.get("DATA", "250 OK")

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return self.answers.get("QUIT", "221 Bye")


@contextmanager
def mail_server(box: Box, **options: Any) -> Iterator[MailServer]:
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield MailServer("127.0.0.1", controller.port, "", "", False, "Voice bot <voicebot@westshire.example>")
    finally:
        controller.stop()


def text_of(letter: EmailMessage) -> str:
    text: str = letter.get_content()
    return text.replace("\r\n", "\n")


def test_an_email_has_what_the_team_needs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    box = Box()
    with mail_server(box) as mail:
        deliver(LETTER, TEAM, mail)
    (letter,) = box.letters
    assert box.envelopes == [("voicebot@westshire.example", [TEAM])]
    assert letter["Subject"] == "Message left for the Blue Badge team: a Blue Badge application"
    assert (letter["To"], letter["From"]) == (TEAM, "Voice bot <voicebot@westshire.example>")
    assert letter["Message-ID"] == "<CA1-7@westshire.example>"
    assert letter["Date"] == "Mon, 02 Nov 2026 09:30:00 +0000"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = text_of(letter)
    for wanted in (WORDS, f"Number:   {NUMBER}\n", "About:    a Blue Badge application\n", "31 seconds", "CA1"):
        assert wanted in text
    ours = [each.getMessage() for each in caplog.records if each.name != "mail.log"]  # the server of the test logs all
    assert "Jane" not in str(ours)
    assert NUMBER not in str(ours)


def test_an_email_of_a_withheld_number_without_topic_or_words_says_so() -> None:
    box = Box()
    with mail_server(box) as mail:
        deliver(replace(LETTER, number=None, topic="", words="", note="It is kept as RE1."), TEAM, mail)
    text = text_of(box.letters[0])
    assert box.letters[0]["Subject"] == "Message left for the Blue Badge team"
    assert "Number:   withheld\n" in text
    assert "About:" not in text
    assert "(no words could be made out)\n\nIt is kept as RE1.\n" in text


def test_welsh_emoji_and_endless_words_arrive_as_they_were() -> None:
    box = Box()
    words = "Ŵyn 🐑 " + "a" * 3000
    with mail_server(box) as mail:
        deliver(replace(LETTER, words=words, team="Tîm Priffyrdd"), TEAM, mail)
    assert words in text_of(box.letters[0])
    assert box.letters[0]["Subject"].startswith("Message left for Tîm Priffyrdd")


EVIL = "x\r\nBcc: thief@evil.example\r\n\r\nNumber:   +449999999999"


@pytest.mark.parametrize("field", ["team", "topic", "words", "number", "id", "call_id", "note"])
def test_no_field_can_add_a_header_or_a_line(field: str) -> None:
    box = Box()
    with mail_server(box) as mail:
        deliver(replace(LETTER, **{field: EVIL}), TEAM, mail)
    (letter,) = box.letters
    assert letter["Bcc"] is None
    assert box.envelopes[0][1] == [TEAM]
    assert sorted(set(letter.keys())) == [
        "Auto-Submitted",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ]
    lines = text_of(letter).splitlines()
    assert sum(line.startswith("Number:") for line in lines) == 1
    assert not any(line.startswith("Bcc") for line in lines)


def test_a_sender_with_a_line_break_adds_no_header() -> None:
    box = Box()
    with mail_server(box) as mail:
        deliver(LETTER, TEAM, replace(mail, sender="voicebot@westshire.example\nBcc: thief@evil.example"), seconds=5)
    assert box.letters[0]["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    ["a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "Team <a@b.example>", "nobody", "", "a b@c.example"],
)
def test_an_address_that_is_more_than_one_address_is_refused(address: str) -> None:
    box = Box()
    with mail_server(box) as mail:
        assert "routing.yaml" in refused(LETTER, address, mail)
    assert box.letters == []


def test_no_mail_server_is_said_so() -> None:
    assert "VOICEBOT_SMTP_HOST" in refused(LETTER, TEAM, None)


def test_a_self_signed_certificate_is_refused_unless_it_is_trusted(certificate: Any) -> None:
    box = Box()
    with mail_server(box, tls_context=certificate.context, require_starttls=True) as mail:
        assert "VOICEBOT_SMTP_CA" in refused(LETTER, TEAM, replace(mail, tls=True))
        assert box.letters == []
        deliver(LETTER, TEAM, replace(mail, tls=True, ca=certificate.file))
        assert len(box.letters) == 1
        assert "530" in refused(LETTER, TEAM, mail), "in the clear, where the server wants STARTTLS"


def test_a_server_without_starttls_gets_nothing_in_the_clear() -> None:
    box = Box()
    with mail_server(box) as mail:
        assert "SMTPNotSupportedError" in refused(LETTER, TEAM, replace(mail, tls=True, user="bot", password="pw"))
    assert box.letters == []


def test_login(certificate: Any) -> None:
    box = Box()

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (b"voicebot", b"right"), handled=False)

    options = {"tls_context": certificate.context, "authenticator": check, "auth_required": True}
    with mail_server(box, **options) as mail:
        safe = replace(mail, tls=True, ca=certificate.file, user="voicebot")
        deliver(LETTER, TEAM, replace(safe, password="right"))
        assert len(box.letters) == 1
        told = refused(LETTER, TEAM, replace(safe, password="wrong-password"))
        assert "535" in told
        assert "wrong-password" not in told
        assert "530" in refused(LETTER, TEAM, replace(safe, user=""))
    assert "right" not in repr(replace(safe, password="right"))


def test_a_refused_address_is_told_by_its_code_alone() -> None:
    with mail_server(Box(RCPT="550 no such user {address}")) as mail:
        told = refused(LETTER, TEAM, mail)
    assert "550" in told
    assert "routing.yaml" in told


def test_a_refused_letter_is_told_by_its_code_alone() -> None:
    with mail_server(Box(DATA=f"554 spam: {WORDS}")) as mail:
        assert "554" in refused(LETTER, TEAM, mail)


def test_a_server_that_is_rude_at_goodbye_has_the_letter_all_the_same() -> None:
    box = Box(QUIT="421 overloaded")
    with mail_server(box) as mail:
        deliver(LETTER, TEAM, mail)
    assert len(box.letters) == 1


def trickling(connection: socket.socket) -> None:
    """Never silent for long, and never done: each byte starts an ordinary timeout anew."""
    pause = threading.Event()
    for sign in "220" + "-" * 10_000:
        connection.sendall(sign.encode())
        pause.wait(0.05)


def closing_midway(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example\r\n")
    connection.recv(1024)
    connection.sendall(b"250 mail.example\r\n")
    connection.recv(1024)


def hanging_at_goodbye(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example\r\n")
    for reply in (b"250 hello\r\n", b"250 from\r\n", b"250 to\r\n", b"354 go on\r\n", b"250 taken\r\n"):
        data = connection.recv(65536)
        while reply.startswith(b"250 taken") and not data.endswith(b"\r\n.\r\n"):
            data += connection.recv(65536)
        connection.sendall(reply)
    silent(connection)


@pytest.mark.parametrize("talk", [silent, trickling])
def test_a_server_that_hangs_is_left_at_the_deadline(talk: Talk) -> None:
    with raw_server(talk) as port:
        assert "took longer than 0.4 s" in refused(LETTER, TEAM, mail_at(port), seconds=0.4)


def test_a_server_that_hangs_at_goodbye_has_the_letter_all_the_same() -> None:
    with raw_server(hanging_at_goodbye) as port:
        deliver(LETTER, TEAM, mail_at(port), seconds=1.0)


def test_a_server_that_closes_midway() -> None:
    with raw_server(closing_midway) as port:
        assert "SMTPServerDisconnected" in refused(LETTER, TEAM, mail_at(port), seconds=5)


def test_a_server_that_is_not_there() -> None:
    assert "ConnectionRefusedError" in refused(LETTER, TEAM, mail_at(free_port()), seconds=5)


def mail_at(port: int) -> MailServer:
    return MailServer("127.0.0.1", port, "", "", False, "voicebot@westshire.example")

"""E-mail goes through the operator's mail server; what it says no to is told."""

from __future__ import annotations

import socket
import threading
from email import message_from_string

import pytest

from tests.webapp.product import free_port
from tidegate.environment import Environment
from tidegate.mail import Smtp, is_address, smtp
from tidegate.retry import Answer
from worker.outside import Outside
from worker.post_office import PostOffice


class MailServer:
    """As much of SMTP as one letter needs. `refused`: what it answers to the recipient."""

    def __init__(self, refused: bytes | None = None) -> None:
        self.refused = refused
        self.letters: list[str] = []

    def speak(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        connection.sendall(b"220 mail.test\r\n")
        for line in lines:
            word = line.split(maxsplit=1)[0].upper()
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                self.letters.append("".join(part.decode() for part in iter(lines.readline, b".\r\n")))
            if word == b"QUIT":
                return  # without a word, which some do: the letter is there all the same
            answer = self.refused if word == b"RCPT" else None
            connection.sendall((answer or b"250 fine") + b"\r\n")


def sent(server: MailServer, **told: str) -> Answer:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            server.speak(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    office = PostOffice(Outside((), ()), _at(listener.getsockname()[1]))
    answer = office.mail("msg_1", "team@example.com", told.get("subject", "News"), told.get("text", "It is live.\n"))
    thread.join()
    listener.close()
    return answer


def _at(port: int) -> Smtp:
    return Smtp("127.0.0.1", port, None, None, implicit_tls=False, sender="tidegate@example.org")


def test_a_letter_is_handed_over() -> None:
    server = MailServer()
    assert sent(server, subject="Läuft:\nBcc: all@example.com", text="Grün.\n").ok
    letter = message_from_string(server.letters[0])
    assert (letter["To"], letter["From"]) == ("team@example.com", "tidegate@example.org")
    assert (letter["Message-ID"], letter["Auto-Submitted"]) == ("<msg_1@example.org>", "auto-generated")
    assert letter["Bcc"] is None, "a line break in what is told makes no header"


@pytest.mark.parametrize(
    ("refused", "said"),
    [(b"550 no such mailbox", "refused the address (550)"), (b"451 later", "refused the address (451)")],
)
def test_what_the_mail_server_refuses_is_told_and_tried_again(refused: bytes, said: str) -> None:
    answer = sent(MailServer(refused))
    assert (answer.ok, answer.gone, said in answer.detail) == (False, False, True), answer.detail


def test_without_a_mail_server_nothing_goes_out() -> None:
    away = PostOffice(Outside((), ()), _at(free_port())).mail("msg_1", "team@example.com", "News", "")
    none = PostOffice(Outside((), ()), None).mail("msg_1", "team@example.com", "News", "")
    assert (away.ok, away.detail) == (False, "the mail server can't be used: ConnectionRefusedError")
    assert "TIDEGATE_SMTP_URL" in none.detail


def reader(**variables: str) -> Environment:
    return Environment(variables, lambda path: "")


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "implicit"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, None, False),
        ("smtps://bot%40x:s%3Acret@mail.example.com", "mail.example.com", 465, "bot@x", True),
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, None, False),
    ],
)
def test_its_setting(url: str, host: str, port: int, user: str | None, implicit: bool) -> None:
    told = reader(TIDEGATE_SMTP_URL=url, TIDEGATE_MAIL_FROM="tidegate@example.com")
    found = smtp(told)
    assert found is not None
    assert (found.host, found.port, found.user, found.implicit_tls) == (host, port, user, implicit)
    assert told.problems == []
    assert "s:cret" not in repr(found)


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ({"TIDEGATE_SMTP_URL": "mail.example.com", "TIDEGATE_MAIL_FROM": "a@b.cd"}, ["TIDEGATE_SMTP_URL"]),
        ({"TIDEGATE_SMTP_URL": "smtp://x:99999", "TIDEGATE_MAIL_FROM": "a@b.cd"}, ["TIDEGATE_SMTP_URL"]),
        ({"TIDEGATE_SMTP_URL": "smtp://mail.example.com"}, ["TIDEGATE_MAIL_FROM"]),
        ({"TIDEGATE_SMTP_URL": "smtp://mail.example.com", "TIDEGATE_MAIL_FROM": "me"}, ["TIDEGATE_MAIL_FROM"]),
        ({}, []),
    ],
)
def test_a_wrong_setting_is_said(variables: dict[str, str], wrong: list[str]) -> None:
    told = reader(**variables)
    smtp(told)
    assert [each.name for each in told.problems] == wrong


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("team@example.com", True),
        ("a.b+c@mail.example.co.uk", True),
        ("team@localhost", False),
        ("@example.com", False),
        ("team", False),
        ("a@b@example.com", False),
        ("a b@example.com", False),
        ("a@example.com,b@example.com", False),
        ("a@example.com\nBcc: x@example.com", False),
        ("<a@example.com>", False),
        ("a.:@b.c", False),
        ("team@example.com.", False),
        ("a@b..com", False),
    ],
)
def test_an_address_is_one_mailbox(text: str, fine: bool) -> None:
    assert is_address(text) is fine

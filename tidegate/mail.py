"""The mail server that notifications go through, from one setting."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from tidegate.environment import Environment

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Smtp:
    """`implicit_tls`: TLS from the first byte; otherwise STARTTLS, which is asked for wherever there is a password."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    implicit_tls: bool
    sender: str


def smtp(reader: Environment) -> Smtp | None:
    """None: there is none, and no e-mail is sent."""
    name, sender_name = "TIDEGATE_SMTP_URL", "TIDEGATE_MAIL_FROM"
    url = reader.optional(name)
    if url is None:
        return None
    hint = "such as smtp://user:password@mail.example.com:587, or smtps://… for TLS from the start"
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        port, parts = 0, urlsplit("")
    if not port or not parts.hostname:
        reader.problem(name, "is no mail server's URL", hint)
    sender = reader.required(sender_name, "the address that e-mails come from")
    if sender and not is_address(sender):
        reader.problem(sender_name, "is no e-mail address", "such as tidegate@example.com")
    return Smtp(
        host=parts.hostname or "",
        port=port,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        implicit_tls=parts.scheme == "smtps",
        sender=sender,
    )


def is_address(text: str) -> bool:
    """Nothing that a mail server would be surprised by; whether there is such a mailbox is found by sending."""
    local, at, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' ,;:<>"()[]\\')
    labelled = "." in host and all(host.split("."))
    return bool(at and local and labelled and plain and "@" not in local and len(text) <= _LONGEST)


_LONGEST = 254

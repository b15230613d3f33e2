"""One field of a JSON object that others wrote, read with tolerance: None where it isn't there or isn't what it should
be. GitHub's payloads differ from their schemas in places, and a payload that is odd in one must not be lost for all."""

from __future__ import annotations

import re
from collections.abc import Mapping

Payload = Mapping[str, object]

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def inner(payload: Payload, name: str) -> Payload:
    """An object; empty where there is none."""
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def text_of(payload: Payload, name: str) -> str | None:
    value = payload.get(name)
    return value if isinstance(value, str) else None


def number_of(payload: Payload, name: str) -> int | None:
    value = payload.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def sha_of(payload: Payload, name: str) -> str | None:
    """A whole commit id: 40 hexadecimal digits, or 64 in a repository of SHA-256."""
    value = text_of(payload, name)
    return value if value and _SHA.fullmatch(value) else None


def repository_of(payload: Payload) -> int | None:
    """GitHub's id of the repository that a webhook is about."""
    return number_of(inner(payload, "repository"), "id")


def actor_of(payload: Payload) -> str:
    """The login of whoever caused a webhook."""
    return text_of(inner(payload, "sender"), "login") or text_of(inner(payload, "pusher"), "name") or "someone"

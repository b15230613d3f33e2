"""The port through which notifications leave: what carries them to an address that people chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tidegate.retry import Answer


class Courier(Protocol):
    """Nothing raises, and no answer's detail holds the address, which may have a secret in it."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """`body` as JSON. Only 2xx is ok; a redirect is an answer, not followed."""
        ...

    def mail(self, message_id: str, address: str, subject: str, text: str) -> Answer: ...

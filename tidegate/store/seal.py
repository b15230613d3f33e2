"""Encryption at rest: what is sealed with any of our keys can be opened, and the first key seals."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SHORTEST_KEY = 16


class CannotOpen(Exception):
    """None of the keys opens what was sealed. The message says what was to be opened."""


class Seal:
    """`keys` as in TIDEGATE_SECRET_KEY, newest first. To rotate: put a new one in front, and drop the old once all that
    it sealed is sealed anew."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("TIDEGATE_SECRET_KEY holds no key")
        for number, key in enumerate(keys, start=1):
            if len(key) < _SHORTEST_KEY:
                raise ValueError(f"key {number} of TIDEGATE_SECRET_KEY is shorter than {_SHORTEST_KEY} characters")
        self._fernets = MultiFernet([Fernet(_derive(key)) for key in keys])

    def close(self, text: str) -> bytes:
        return self._fernets.encrypt(text.encode())

    def open(self, sealed: bytes, what: str) -> str:
        """The text; `what` names it in CannotOpen's message."""
        try:
            return self._fernets.decrypt(sealed).decode()
        except InvalidToken:
            raise CannotOpen(
                f"{what} was encrypted with a key that is not in TIDEGATE_SECRET_KEY (any more); "
                "put that key back at the list's end, or set the value again"
            ) from None


def _derive(key: str) -> bytes:
    # Keys are long and random, so no slow derivation is called for: https://www.rfc-editor.org/rfc/rfc5869#section-3.3
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tidegate store v1").derive(key.encode())
    return urlsafe_b64encode(derived)

"""Signing as Standard Webhooks has it, so that receivers verify with a library that they can get anywhere.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

_PREFIX = "whsec_"


def secret_of(random: bytes) -> str:
    """As it is shown to people and kept: `whsec_` and base64. The specification has 24 to 64 bytes."""
    return _PREFIX + base64.b64encode(random).decode()


def headers(message_id: str, body: bytes, secrets: Iterable[str], at: datetime) -> dict[str, str]:
    """Of one attempt, at that time; a signature for each secret. `message_id` stays the same from attempt to attempt,
    and has no full stop in it."""
    timestamp = int(at.timestamp())
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_sign(secret, signed) for secret in secrets),
    }


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

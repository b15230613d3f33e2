"""Is a webhook GitHub's? SHA-256 over the raw bytes; GitHub's older `sha1=` header is never accepted.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hmac


def sign(secret: bytes, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for `body`."""
    return "sha256=" + hmac.digest(secret, body, "sha256").hex()


def is_signed(secret: bytes, body: bytes, header: str | None) -> bool:
    """Whether `header` is exactly the signature of `body`, compared in constant time."""
    # As bytes: compare_digest raises on text beyond ASCII, and a header may hold anything.
    return header is not None and hmac.compare_digest(sign(secret, body).encode(), header.encode("utf-8", "replace"))

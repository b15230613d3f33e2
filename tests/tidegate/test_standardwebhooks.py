"""What we sign is judged by the specification's own library."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from tidegate.standardwebhooks import headers, secret_of

KEYS = st.binary(min_size=24, max_size=64)


@given(body=st.text(), old=KEYS, new=KEYS)
def test_who_has_either_secret_can_verify(body: str, old: bytes, new: bytes) -> None:
    sent = headers("msg_1", body.encode(), [secret_of(new), secret_of(old)], datetime.now(UTC))
    for secret in (old, new):
        Webhook(secret_of(secret)).verify(body, sent, json_parse=False)


@pytest.mark.parametrize(
    ("body", "changed", "secret"),
    [
        ("{} ", {}, b"k" * 32),
        ("{}", {"webhook-id": "msg_2"}, b"k" * 32),
        ("{}", {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) - 60)}, b"k" * 32),
        ("{}", {}, b"l" * 32),
    ],
)
def test_anything_else_is_refused(body: str, changed: dict[str, str], secret: bytes) -> None:
    sent = headers("msg_1", b"{}", [secret_of(b"k" * 32)], datetime.now(UTC))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(secret)).verify(body, {**sent, **changed})

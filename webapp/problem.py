"""How a request is refused: problem+json (RFC 9457), with a sentence that says what to do about it."""

from __future__ import annotations

import json
from http import HTTPStatus

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends a request with `status`; `detail` is for the caller to read, `headers` go with the answer."""

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}

    def body(self) -> bytes:
        return json.dumps(
            {"type": "about:blank", "title": self.status.phrase, "status": self.status.value, "detail": self.detail}
        ).encode()

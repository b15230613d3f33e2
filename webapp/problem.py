"""How a request is refused: problem+json (RFC 9457), with a sentence that says what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends a request with `status`; `detail` is for the caller to read, `more` are members for programs, `headers` go
    with the answer."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        headers: dict[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.more = more or {}

    def body(self) -> bytes:
        standard = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        return json.dumps({**self.more, **standard}).encode()

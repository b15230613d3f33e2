"""`POST /webhooks/github`: verify, keep durably, ring, 202. Nothing here calls GitHub or Docker, or reads a payload.

A plain WSGI callable in front of the Flask app: GitHub gives ten seconds and never sends again by itself, so this path
is kept short; Flask's request handling costs it as much as all the rest together (measured, tests/bench/receiver.py).
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from tidegate.logline import fields
from tidegate.repository import Delivery
from tidegate.store import StoreDown
from webapp.payloads import is_json_object, payload_of
from webapp.problem import CONTENT_TYPE as PROBLEM
from webapp.problem import Problem
from webapp.signature import is_signed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/webhooks/github"
#: GitHub drops what is larger: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
LIMIT = 25 * 1024 * 1024

_GUID = re.compile(r"[\x21-\x7e]{1,100}")
#: Of fewer digits than Python refuses to read (4300).
_NUMBER = re.compile(r"[0-9]{1,100}")
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,99}")


log = logging.getLogger(__name__)


class Webhooks:
    """The WSGI app. `put` returns once a delivery is durable; `count(outcome, seconds)` is told of every answer."""

    def __init__(self, secret: str, put: Callable[[Delivery], None], count: Callable[[str, float], None]) -> None:
        if not secret:
            raise ValueError("without a webhook secret, anybody could sign a delivery")
        self._secret = secret.encode()
        self._put = put
        self._count = count

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        try:
            guid = self._accept(environ)
        except Problem as problem:
            self._count(_OUTCOMES[problem.status], time.perf_counter() - began)
            return _answer(start_response, problem.status, problem.body(), PROBLEM, problem.headers)
        self._count("accepted", time.perf_counter() - began)
        body = f'{{"guid": {json.dumps(guid)}}}'.encode()
        return _answer(start_response, HTTPStatus.ACCEPTED, body, "application/json", {})

    def _accept(self, environ: WSGIEnvironment) -> str:
        """The GUID of a delivery that is now durable; raises Problem."""
        if environ["REQUEST_METHOD"] != "POST":
            raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, "Deliveries are sent by POST.", {"Allow": "POST"})
        body = read_body(environ)
        if not is_signed(self._secret, body, environ.get("HTTP_X_HUB_SIGNATURE_256")):
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "X-Hub-Signature-256 is missing or wrong: give the App and GITHUB_WEBHOOK_SECRET the same secret. "
                "Signatures by SHA-1 are not accepted.",
            )
        delivery = read_delivery(environ, body, datetime.now(UTC))
        try:
            self._put(delivery)
        except StoreDown as error:
            log.warning("a webhook can't be stored", extra=fields(delivery=delivery.guid, trouble=error))
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The delivery could not be stored. Send it again later; the sweep asks for it by itself.",
                {"Retry-After": "10"},
            ) from error
        log.info("a webhook was taken", extra=fields(delivery=delivery.guid, event_type=delivery.event))
        return delivery.guid


_OUTCOMES = {
    HTTPStatus.METHOD_NOT_ALLOWED: "wrong_method",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNAUTHORIZED: "bad_signature",
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "malformed",
    HTTPStatus.SERVICE_UNAVAILABLE: "store_down",
}
OUTCOMES = ("accepted", *dict.fromkeys(_OUTCOMES.values()))


def read_body(environ: WSGIEnvironment) -> bytes:
    """The whole body, with a length or chunked; raises Problem where it is larger than LIMIT or cut short."""
    stated = environ.get("CONTENT_LENGTH")
    if not stated:
        # Chunked: the server marks the end (gunicorn does); without that mark there is no body to read.
        body: bytes = environ["wsgi.input"].read(LIMIT + 1) if environ.get("wsgi.input_terminated") else b""
        if len(body) > LIMIT:
            raise _too_large()
        return body
    length = int(stated) if _NUMBER.fullmatch(stated) else -1
    if length > LIMIT:
        raise _too_large()
    body = environ["wsgi.input"].read(max(length, 0))
    if len(body) != length:
        raise Problem(HTTPStatus.BAD_REQUEST, "The body is not as long as Content-Length says. Send it again.")
    return body


def _too_large() -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A payload is at most {LIMIT} bytes, as GitHub's are.")


def read_delivery(environ: WSGIEnvironment, body: bytes, at: datetime) -> Delivery:
    """What to keep of a signed request, its body as JSON also where it came as a form; raises Problem."""
    guid, event = environ.get("HTTP_X_GITHUB_DELIVERY", ""), environ.get("HTTP_X_GITHUB_EVENT", "")
    if not _GUID.fullmatch(guid) or not _EVENT.fullmatch(event):
        raise Problem(HTTPStatus.BAD_REQUEST, "Send the headers X-GitHub-Delivery and X-GitHub-Event, as GitHub does.")
    payload = payload_of(body, environ.get("CONTENT_TYPE", ""))
    if payload is None:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Set the webhook's content type to application/json.")
    if not is_json_object(payload):
        raise Problem(HTTPStatus.BAD_REQUEST, "The payload is not a JSON object.")
    return Delivery(guid=guid, event=event, body=payload, received_at=at)


def _answer(
    start_response: StartResponse, status: HTTPStatus, body: bytes, content_type: str, headers: dict[str, str]
) -> Iterable[bytes]:
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", content_type), ("Content-Length", str(len(body))), *headers.items()],
    )
    return [body]

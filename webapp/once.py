"""`Idempotency-Key`: a POST that comes again with the same key within a day is answered as the first was, not redone.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07, as Stripe has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from tidegate.store.idempotency import Answered, Key
from webapp.parts import parts
from webapp.problem import Problem
from webapp.refusal import refuse
from webapp.viewer import Viewer

HEADER = "Idempotency-Key"
LONGEST = 255


def once(asker: Viewer, do: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What `do` answers, kept where a key is told. Raises Problem.

    What the server itself is at fault for is not kept: it is to be tried again.
    """
    told = request.headers.get(HEADER)
    if told is None:
        return do()
    key = _key(asker, told)
    kept = parts().store.idempotency.begin(key, datetime.now(UTC))
    if kept is None:
        return _first(key, do)
    if kept.request != key.request:
        detail = f"This `{HEADER}` was used for another request within a day. Take a new one for each."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    if kept.answer is None:
        detail = (
            "The same request is being carried out, or its end is not known. Look what came of it, or ask again later."
        )
        raise Problem(HTTPStatus.CONFLICT, detail, {"Retry-After": "1"})
    return Response(kept.answer.body, kept.answer.status, content_type=kept.answer.content_type)


def _key(asker: Viewer, told: str) -> Key:
    if not 0 < len(told) <= LONGEST or not told.isascii() or not told.isprintable():
        raise Problem(HTTPStatus.BAD_REQUEST, f"`{HEADER}` is at most {LONGEST} printable characters, such as a UUID.")
    body = request.get_data(cache=True)
    parted = [request.method, request.full_path, request.mimetype]
    asked = hashlib.sha256("\n".join(parted).encode() + b"\n" + body).hexdigest()
    return Key(asker.key, told, asked)


def _first(key: Key, do: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    kept = parts().store.idempotency
    try:
        answer = current_app.make_response(do())
    except Problem as problem:
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            kept.forget(key)
            raise
        answer = current_app.make_response(refuse(problem))
    except Exception:
        kept.forget(key)
        raise
    kept.end(key, Answered(answer.status_code, answer.content_type or "", answer.get_data()))
    return answer

"""Where a delivery's JSON is, and whether it is JSON at all. What it means is read later, by the worker.

The check runs for every delivery while its sender waits, so it makes no Python objects: pydantic's parser validates a
push in an eighth of the time of `json.loads`. (SQLite's json_valid is as fast, but lets go of Python's lock for it, and
to get hold of that again among busy threads cost more than the check.)
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from pydantic_core import SchemaValidator, ValidationError, core_schema

_ANY_OBJECT = SchemaValidator(core_schema.typed_dict_schema({}, extra_behavior="ignore"))


def payload_of(body: bytes, content_type: str) -> bytes | None:
    """The JSON bytes of a delivery whose App sends `application/json` or a form; None for any other content type.

    A form without its field `payload` yields b"".
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return body
    if kind == "application/x-www-form-urlencoded":
        # parse_qs would take the bytes for text in ASCII.
        fields = (field.partition(b"=") for field in body.split(b"&"))
        payload = next((value for name, _, value in fields if name == b"payload"), b"")
        return unquote_to_bytes(payload.replace(b"+", b" "))
    return None


def is_json_object(payload: bytes) -> bool:
    """Whether `payload` is one JSON object in UTF-8; one that is nested deeper than some two hundred levels is not."""
    try:
        _ANY_OBJECT.validate_json(payload)
    except ValidationError:
        return False
    return True

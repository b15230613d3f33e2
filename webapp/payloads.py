"""Where a delivery's JSON is, and whether it is JSON at all. What it means is read later, by the worker.

The check runs for every delivery while its sender waits, so it builds no objects: SQLite's parser, which is in the
standard library, validates a push four times as fast as `json.loads` and lets other threads run meanwhile.
"""

from __future__ import annotations

import sqlite3
import threading
from urllib.parse import unquote_to_bytes

_of_thread = threading.local()


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
    """Whether `payload` is one JSON object in UTF-8; nesting beyond SQLite's limit (1000 or more) counts as not."""
    # SQLite would stop reading at a NUL, which JSON never holds.
    if not payload.lstrip(b" \t\r\n").startswith(b"{") or b"\0" in payload:
        return False
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return False
    return bool(_connection().execute("SELECT json_valid(?)", (text,)).fetchone()[0])


def _connection() -> sqlite3.Connection:
    connection: sqlite3.Connection | None = getattr(_of_thread, "connection", None)
    if connection is None:
        connection = _of_thread.connection = sqlite3.connect(":memory:")
    return connection

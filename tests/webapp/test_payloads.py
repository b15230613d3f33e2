import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.payloads import is_json_object, payload_of

JSON = b'{"a": [1, "\xc3\xa9", null]}'


@pytest.mark.parametrize(
    ("content_type", "body", "payload"),
    [
        ("application/json", JSON, JSON),
        ("application/json; charset=utf-8", JSON, JSON),
        ("Application/JSON", JSON, JSON),
        ("application/x-www-form-urlencoded", urlencode({"payload": JSON}).encode(), JSON),
        ("application/x-www-form-urlencoded", urlencode({"a": "1", "payload": JSON}).encode(), JSON),
        ("application/x-www-form-urlencoded", b"other=1", b""),
        ("application/x-www-form-urlencoded", b"&" * 100_000, b""),
        ("text/plain", JSON, None),
        ("", JSON, None),
    ],
)
def test_where_the_json_is(content_type: str, body: bytes, payload: bytes | None) -> None:
    assert payload_of(body, content_type) == payload


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'"{}"',
        b"{",
        b"{}}",
        b"{} {}",
        b"{'a': 1}",
        b'{"a": 01}',
        b'{"a": "\xff"}',
        b'{"a": 1}\0',
        b'{"a": "\0"}',
        b"\xef\xbb\xbf{}",
        b'{"a":' * 100_000,
        b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_what_is_no_json_object(payload: bytes) -> None:
    assert not is_json_object(payload)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _VALUES), st.booleans())
def test_every_object_that_python_writes_is_one(value: dict[str, object], ascii_only: bool) -> None:
    written = json.dumps(value, ensure_ascii=ascii_only)
    # Half a surrogate pair is no text that UTF-8 could carry, other than as an escape.
    assert is_json_object(written.encode("utf-8", "replace"))


@given(st.dictionaries(st.text(), _VALUES), st.data())
def test_what_passes_mutilated_can_still_be_read(value: dict[str, object], data: st.DataObject) -> None:
    written = json.dumps(value).encode()
    at = data.draw(st.integers(0, len(written)))
    mutilated = written[:at] + data.draw(st.binary(max_size=3)) + written[at + data.draw(st.integers(0, 3)) :]
    if is_json_object(mutilated):
        assert isinstance(json.loads(mutilated), dict)


def test_many_threads_check_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(is_json_object, [JSON] * 500))
        assert not any(pool.map(is_json_object, [JSON[:-1]] * 500))

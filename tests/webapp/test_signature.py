import hashlib
import hmac

import pytest

from webapp.signature import is_signed, sign

SECRET = b"whsec"
BODY = b'{"zen":"Speak like a human."}'
RIGHT = "sha256=" + hmac.new(SECRET, BODY, hashlib.sha256).hexdigest()


def test_the_example_of_githubs_documentation() -> None:
    secret, body = b"It's a Secret to Everybody", b"Hello, World!"
    documented = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert sign(secret, body) == documented
    assert is_signed(secret, body, documented)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        RIGHT.removeprefix("sha256="),
        RIGHT.upper(),
        RIGHT[:-1],
        RIGHT + "0",
        f" {RIGHT}",
        f"{RIGHT},{RIGHT}",
        "sha1=" + hmac.new(SECRET, BODY, hashlib.sha1).hexdigest(),
        "sha256=" + hmac.new(b"another", BODY, hashlib.sha256).hexdigest(),
        "sha256=é" + "0" * 63,
    ],
)
def test_nothing_but_the_signature_passes(header: str | None) -> None:
    assert is_signed(SECRET, BODY, RIGHT)
    assert not is_signed(SECRET, BODY, header)


def test_it_covers_every_byte() -> None:
    assert not is_signed(SECRET, BODY + b"\n", RIGHT)

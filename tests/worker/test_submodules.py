"""Where submodules come from, and who sees the token: tables of what people write into `.gitmodules`."""

from __future__ import annotations

import pytest

from worker.ports import Refused
from worker.submodules import Submodule, address, declared, same_host

PARENT = "https://github.example/acme/shop.git"


@pytest.mark.parametrize(
    ("parent", "url", "wanted"),
    [
        (PARENT, "../lib.git", "https://github.example/acme/lib.git"),
        (PARENT, "../../other/lib", "https://github.example/other/lib"),
        (PARENT, "./nested.git", "https://github.example/acme/shop.git/nested.git"),
        ("http://127.0.0.1:8080/acme/shop", "../lib/", "http://127.0.0.1:8080/acme/lib"),
        (PARENT, "https://elsewhere.example/lib.git", "https://elsewhere.example/lib.git"),
        (PARENT, "http://elsewhere.example/lib.git", "http://elsewhere.example/lib.git"),
        (PARENT, "git@github.example:acme/lib.git", "https://github.example/acme/lib.git"),
        (PARENT, "github.example:acme/lib.git", "https://github.example/acme/lib.git"),
        (PARENT, "ssh://git@github.example/acme/lib.git", "https://github.example/acme/lib.git"),
    ],
)
def test_addresses_that_can_be_used(parent: str, url: str, wanted: str) -> None:
    assert address(parent, Submodule("lib", url)) == wanted


@pytest.mark.parametrize(
    "url",
    [
        "../../../lib.git",
        "git@elsewhere.example:acme/lib.git",
        "ssh://git@elsewhere.example/acme/lib.git",
        "file:///etc",
        "/etc",
        "ext::sh -c 'touch /tmp/x'",
        "--upload-pack=touch /tmp/x",
        "https://user:secret@elsewhere.example/lib.git",
        "",
    ],
)
def test_addresses_that_are_refused_by_name(url: str) -> None:
    with pytest.raises(Refused, match="`the/lib`"):
        address(PARENT, Submodule("the/lib", url))


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://github.example/other/lib.git", True),
        ("http://github.example/acme/lib.git", False),
        ("https://github.example:8443/acme/lib.git", False),
        ("https://github.example.evil.example/acme/lib.git", False),
    ],
)
def test_the_token_is_for_one_host_alone(url: str, same: bool) -> None:
    assert same_host(PARENT, url) is same


def test_what_is_declared_is_read_tolerantly() -> None:
    listing = (
        "submodule.a.b.path\nlib/a\0submodule.a.b.url\n../a.git\0"
        "submodule.half.path\nlib/half\0"
        "submodule.off.path\nlib/off\0submodule.off.url\n../off.git\0submodule.off.update\nnone\0"
        "core.sshcommand\ntouch /tmp/x\0flag\0"
    )
    assert declared(listing.encode()) == [Submodule("lib/a", "../a.git")]

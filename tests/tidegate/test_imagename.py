"""Names of images: what Docker would take them for, and which of them a deploy hook may put in another's place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate import imagename
from tidegate.imagename import BadImageName, ImageName

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nginx", ImageName("docker.io", "library/nginx", None, None)),
        ("nginx:1.27", ImageName("docker.io", "library/nginx", "1.27", None)),
        ("docker.io/nginx", ImageName("docker.io", "library/nginx", None, None)),
        ("index.docker.io/library/nginx", ImageName("docker.io", "library/nginx", None, None)),
        ("grafana/grafana:latest", ImageName("docker.io", "grafana/grafana", "latest", None)),
        ("ghcr.io/octocat/hello:v1", ImageName("ghcr.io", "octocat/hello", "v1", None)),
        ("GHCR.io/octocat/hello", ImageName("ghcr.io", "octocat/hello", None, None)),
        ("localhost/app", ImageName("localhost", "app", None, None)),
        ("localhost:5000/app:v1", ImageName("localhost:5000", "app", "v1", None)),
        ("registry:5000/a/b/c", ImageName("registry:5000", "a/b/c", None, None)),
        (f"app@{DIGEST}", ImageName("docker.io", "library/app", None, DIGEST)),
        (f"ghcr.io/o/app:v1@{DIGEST}", ImageName("ghcr.io", "o/app", "v1", DIGEST)),
        ("a__b/c-d.e", ImageName("docker.io", "a__b/c-d.e", None, None)),
        ("ghcr.io/tidegate/app", ImageName("ghcr.io", "tidegate/app", None, None)),
    ],
)
def test_names(text: str, name: ImageName) -> None:
    assert imagename.parse(text) == name


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "not the name of an image", "registry.example.com"),
        ("Nginx", "not the name of an image", ""),
        ("ghcr.io/Octocat/app", "not the name of an image", ""),
        ("a//b", "not the name of an image", ""),
        ("ghcr.io/", "not the name of an image", ""),
        ("my app", "not the name of an image", ""),
        ("app; rm -rf /", "not the name of an image", ""),
        ("-v/app", "not the name of an image", ""),
        ("x" * 256, "not the name of an image", ""),
        ("x" * 1000, "too long", "255"),
        ("f" * 64, "not the name of an image", ""),
        ("٣", "not the name of an image", ""),
        ("f" * 64 + "/" + "e" * 200, "not the name of an image", ""),
        ("https://ghcr.io/o/app", "scheme", "`ghcr.io/o/app`"),
        ("docker://app", "scheme", "`app`"),
        ("app:", "no tag", ""),
        ("app:v 1", "no tag", ""),
        ("app:" + "v" * 129, "no tag", "128"),
        ("app@sha256:123", "no digest", "64"),
        ("app@", "no digest", ""),
        ("tidegate/r42-web:0123", "ours", "another"),
        ("docker.io/tidegate/r42-web", "ours", ""),
        ("Docker.io/tidegate/r42-web", "ours", ""),
    ],
)
def test_what_is_none(text: str, message: str, hint: str) -> None:
    with pytest.raises(BadImageName, match=message) as refused:
        imagename.parse(text)
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("configured", "asked", "same"),
    [
        ("ghcr.io/o/app:v1", "ghcr.io/o/app:v2", True),
        ("ghcr.io/o/app:v1", "ghcr.io/o/app", True),
        ("ghcr.io/o/app", f"ghcr.io/o/app@{DIGEST}", True),
        ("nginx:1.26", "docker.io/library/nginx:1.27", True),
        ("ghcr.io/o/app", "GHCR.IO/o/app:v2", True),
        ("ghcr.io/o/app:v1", "ghcr.io/o/other:v1", False),
        ("ghcr.io/o/app", "ghcr.io/evil/app", False),
        ("ghcr.io/o/app", "evil.example.com/o/app", False),
        ("ghcr.io/o/app", "ghcr.io:8443/o/app", False),
        ("ghcr.io/o/app", "o/app", False),
        ("ghcr.io/o/app", "ghcr.io/o/app/more", False),
        ("ghcr.io/o/app", "ghcr.io/o/app:", False),
        ("ghcr.io/o/app", "", False),
    ],
)
def test_only_tag_or_digest_may_differ(configured: str, asked: str, same: bool) -> None:
    assert imagename.same_image_but_tag(configured, asked) is same


part = st.from_regex(r"[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?", fullmatch=True)
tag = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}", fullmatch=True)


@given(st.lists(part, min_size=1, max_size=3), tag, tag)
def test_a_tag_never_makes_another_image(parts: list[str], one: str, other: str) -> None:
    name = "/".join(["ghcr.io", *parts])
    assert imagename.same_image_but_tag(f"{name}:{one}", f"{name}:{other}")
    assert imagename.parse(f"{name}:{one}").tag == one


@given(st.text(max_size=60))
def test_what_is_read_can_be_handed_to_an_engine(text: str) -> None:
    try:
        imagename.parse(text)
    except BadImageName:
        return
    assert re.fullmatch(r"[A-Za-z0-9._:/@-]+", text)
    assert not text.startswith("-")

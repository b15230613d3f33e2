"""The build key: the same for the same source, another for any other."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.store.given import NOON
from tidegate.buildplan import Sources, build_key, image_reference, is_built
from tidegate.store.identity import new_id

SOURCES = Sources(context_tree="a" * 40, dockerfile_path="Dockerfile")


def test_it_is_the_same_in_every_process_and_version() -> None:
    # Written down, since another value would build everything anew: raise SCHEME on purpose, not by accident.
    assert build_key(SOURCES) == "01d393b7ffbdf55372d8e70cb77b0c23"


@pytest.mark.parametrize(
    "change",
    [
        {"context_tree": "b" * 40},
        {"dockerfile_path": "docker/Dockerfile"},
        {"dockerfile_id": "c" * 40},
        {"plan": "d" * 16},
    ],
)
def test_it_covers_everything_that_goes_into_the_image(change: dict[str, Any]) -> None:
    assert build_key(replace(SOURCES, **change)) != build_key(SOURCES)


texts = st.text(max_size=10)
sources = st.builds(Sources, texts, texts, st.none() | texts, st.none() | texts)


@given(sources, sources)
def test_keys_are_equal_only_for_equal_sources(one: Sources, other: Sources) -> None:
    assert (build_key(one) == build_key(other)) == (one == other)


names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)


@given(st.integers(1, 2**63), names, sources)
def test_the_reference_is_one_that_docker_takes(repository: int, service: str, found: Sources) -> None:
    reference = image_reference(repository, service, build_key(found))
    # https://pkg.go.dev/github.com/distribution/reference
    component = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
    assert re.fullmatch(rf"tidegate/{component}:[\w][\w.-]{{0,127}}", reference)
    assert len(reference) < 255
    assert is_built(reference)
    assert is_built(f"{reference}-{new_id(NOON)}"), "one that was built anew, without the cache"

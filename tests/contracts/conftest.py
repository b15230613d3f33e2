"""The two GitHubs that every story of the contract is told of; what the adapter asks is judged besides by GitHub's own
OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from standin.client import StandIn
from standin.process import running
from tests.contracts.github_fake import FakePlace
from tests.contracts.github_place import Place
from tests.contracts.github_places import StandInPlace
from tests.standin.openapi import judge


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, dict[str, Any]]]:
    # Nobody listens at the webhooks' address, so that every delivery is in GitHub's list and nowhere else.
    options = ("--no-limits", "--webhook-url", "http://127.0.0.1:9/nobody")
    with running(tmp_path_factory.mktemp("standin"), *options) as credentials:
        control = StandIn(credentials["url"])
        control.keep_bodies()
        yield control, credentials
        asked = control.calls(app="tidegate", kind="rest")
        assert asked
        for call in asked:
            judge().recorded(call)
        control.close()


@pytest.fixture(params=["fake", "stand-in"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "fake":
        yield FakePlace()
        return
    control, credentials = request.getfixturevalue("standin")
    made = StandInPlace(control, credentials)
    yield made
    control.clear_faults()
    made.github.close()

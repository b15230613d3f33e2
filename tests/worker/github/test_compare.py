"""What GitHub's compare lists of what real git has pushed: merges, submodules that moved, branches that are new."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cli.checkout import Checkout
from standin.client import StandIn
from standin.process import running
from tests.contracts.github_places import StandInPlace

LIBRARY = ("1" * 40, "2" * 40)


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, dict[str, Any]]]:
    with running(tmp_path_factory.mktemp("standin"), "--no-limits") as credentials:
        control = StandIn(credentials["url"])
        yield control, credentials
        control.close()


@pytest.fixture
def place(standin: tuple[StandIn, dict[str, Any]]) -> Iterator[StandInPlace]:
    made = StandInPlace(*standin)
    yield made
    made.github.close()


@pytest.fixture
def checkout(place: StandInPlace, standin: tuple[StandIn, dict[str, Any]], tmp_path: Path) -> Checkout:
    """A working copy with one commit, pushed."""
    control, credentials = standin
    remote = control.clone_url(place.full_name, credentials["user"]["token"])
    made = Checkout(tmp_path / "checkout", remote, "octo")
    made.commit({"readme": "1", "api/code": "1"}, "First")
    made.push("--force")
    return made


def changed(place: StandInPlace, base: str, head: str) -> frozenset[str]:
    told = place.github.changes(place.repository, base, head)
    assert told.unknown is None
    return told.paths


def test_a_merge_lists_what_its_branch_brings(place: StandInPlace, checkout: Checkout) -> None:
    base = checkout.head()
    checkout.git("checkout", "--quiet", "-b", "feature")
    checkout.commit({"api/code": "2"}, "One")
    checkout.commit({"api/more": "1"}, "Two")
    checkout.git("checkout", "--quiet", "main")
    before = checkout.commit({"readme": "2"}, "Beside")
    checkout.git("merge", "--quiet", "--no-ff", "--no-edit", "feature")
    head = checkout.push()
    assert changed(place, base, head) == {"api/code", "api/more", "readme"}
    assert changed(place, before, head) == {"api/code", "api/more"}


def test_a_submodule_is_one_path_when_it_comes_moves_and_goes(place: StandInPlace, checkout: Checkout) -> None:
    shas = [checkout.head()]
    for commit in LIBRARY:
        checkout.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendor/lib")
        checkout.git("commit", "--quiet", "--message", "Library")
        shas.append(checkout.push())
    checkout.git("rm", "--quiet", "--cached", "vendor/lib")
    checkout.git("commit", "--quiet", "--message", "No library")
    shas.append(checkout.push())
    for base, head in pairwise(shas):
        assert changed(place, base, head) == {"vendor/lib"}


def test_a_new_branch_is_compared_with_any_commit_that_it_follows(place: StandInPlace, checkout: Checkout) -> None:
    base = checkout.head()
    checkout.commit({"readme": "2"}, "Beside")
    head = checkout.push(branch="release")
    assert changed(place, base, head) == {"readme"}

"""What a kill must not leave behind, however it struck: looked for on GitHub, the engine, the router, the disk."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from cli import leftovers
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tidegate.store import open_store

#: Fifteen bytes before the token make twenty whole characters of base64, whatever follows.
_TOKEN = re.compile(rb"ghs_\w{20}|" + base64.b64encode(b"x-access-token:"))


def converges(project: Project, versions: Sequence[str], deadline: float) -> None:
    """Nothing is amiss by then (of time.monotonic); AssertionError says what still is. `versions` are all commits that
    were ever live, oldest first."""

    def explain() -> str:
        return "\n".join([*_amiss(project, versions), str(project.our_check(versions[-1])), project.log()])

    left = max(0.0, deadline - time.monotonic())
    wait_for(lambda: not any(_amiss(project, versions)), "all to be as it should be", left, explain)


def _amiss(project: Project, versions: Sequence[str]) -> Iterator[str]:
    """One sentence each, that which comes first in time first."""
    yield from _on_github(project, versions)
    yield from _served(project, versions)
    yield from _on_the_engine(project, versions)
    trees = Path(project.world.settings.data) / "trees"
    yield from (f"the tree {each.name} is left" for each in trees.iterdir())
    yield from (f"{each} holds a token" for each in _with_tokens(project))
    yield from (f"the delivery {each} was not handled" for each in _unhandled(project))


def _on_github(project: Project, versions: Sequence[str]) -> Iterator[str]:
    *before, sha = versions
    check = project.our_check(sha)
    if check is None or check["conclusion"] != "success":
        yield f"the check run is {check and (check['status'], check['conclusion'])}"
    status = project.hub.get(f"commits/{sha}/statuses", per_page=1)
    if not status or status[0]["state"] != "success":
        yield f"the commit's status is {status and status[0]['state']}"
    for commit, wanted in ((sha, "success"), *((each, "inactive") for each in before[-1:])):
        if (states := project.shown(commit).states())[-1:] != [wanted]:
            yield f"the deployment of {commit[:7]} was {states}"


def _served(project: Project, versions: Sequence[str]) -> Iterator[str]:
    *before, sha = versions
    if (served := project.visit("/commit").text.strip()) != sha:
        yield f"{served[:40]} is served"
    for each in before[-1:]:
        if project.visit_version(each).status != 404:
            yield f"there is a route to {each[:7]}"


def _on_the_engine(project: Project, versions: Sequence[str]) -> Iterator[str]:
    """One container and one network, and of each version one image, which it could be rolled back to."""
    left = leftovers.find(project.full_name)
    if left.containers != project.containers(sha=versions[-1], role="instance") or len(left.containers) != 1:
        yield f"there are the containers {left.containers}"
    if len(left.networks) != 1:
        yield f"there are the networks {left.networks}"
    if len(left.images) != len(versions):
        yield f"of {len(versions)} versions there are the images {left.images}"


def _with_tokens(project: Project) -> list[Path]:
    """Files that hold an installation's token, plain or as git sends it."""
    token = project.world.github.installation_token("tidegate", project.full_name).encode()
    assert _TOKEN.match(token)
    assert _TOKEN.match(base64.b64encode(b"x-access-token:" + token))
    files = [path for path in Path(project.world.settings.data).rglob("*") if path.is_file()]
    return [path for path in files if _TOKEN.search(_bytes(path))]


def _bytes(path: Path) -> bytes:
    """Of what goes while it is looked at, nothing."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _unhandled(project: Project) -> list[str]:
    """Pushes that GitHub told of."""
    settings = project.world.settings
    told = [
        each["guid"]
        for each in project.world.github.deliveries("tidegate", "push")
        if each["request"]["payload"]["repository"]["full_name"] == project.full_name
    ]
    with closing(open_store(settings.database_url, settings.secret_keys)) as store:
        return [guid for guid in told if store.deliveries.seen(guid) != "handled"]

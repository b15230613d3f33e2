"""What a kill must not leave behind, however it struck: looked for on the engine, at the router, on the disk."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from cli import leftovers
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tidegate.store import open_store

#: Seconds, for what is swept up after the deploy's own end.
_PATIENCE = 60.0
#: Fifteen bytes before the token make twenty whole characters of base64, whatever follows.
_TOKEN = re.compile(rb"ghs_\w{20}|" + base64.b64encode(b"x-access-token:"))


def assert_nothing_left(project: Project) -> None:
    """Of containers there is one by now: there is no network beside its own, no route to the version before it, no
    exported tree, no token on the disk; and every push that GitHub told of was handled."""
    assert len(leftovers.find(project.full_name).networks) == 1
    assert project.visit_version(project.good).status == 404, "the old version's own route is gone"
    trees = Path(project.world.settings.data) / "trees"
    assert list(trees.iterdir()) == []
    assert _with_tokens(project) == []
    wait_for(lambda: _handled(project), "every delivery to be handled", _PATIENCE, project.log)


def _with_tokens(project: Project) -> list[Path]:
    """Files that hold an installation's token, plain or as git sends it."""
    token = project.world.github.installation_token("tidegate", project.full_name).encode()
    assert _TOKEN.match(token)
    assert _TOKEN.match(base64.b64encode(b"x-access-token:" + token))
    files = [path for path in Path(project.world.settings.data).rglob("*") if path.is_file()]
    return [path for path in files if _TOKEN.search(path.read_bytes())]


def _handled(project: Project) -> bool:
    settings = project.world.settings
    store = open_store(settings.database_url, settings.secret_keys)
    told = [
        each["guid"]
        for each in project.world.github.deliveries("tidegate", "push")
        if each["request"]["payload"]["repository"]["full_name"] == project.full_name
    ]
    try:
        return len(told) >= 2 and all(store.deliveries.seen(guid) == "handled" for guid in told)
    finally:
        store.close()

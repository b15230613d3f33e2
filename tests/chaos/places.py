"""Where services run: production and the previews of a script's pull requests, each with the commit that it is to be
at, told by what the commit holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.chaos import sample
from tests.chaos.play import head
from tests.chaos.script import MAIN, Script
from tests.e2e.project import Project

PRODUCTION = "production"
#: By name, what git calls each file: the same for the same contents, in whatever repository.
Files = dict[str, str]


@dataclass(frozen=True)
class Place:
    """A service in an environment, which is to be at `sha`. `gone`: the environment isn't there. `closed`: no commit of
    it ever passed the gate that the service has."""

    service: str
    environment: str
    sha: str
    gone: bool
    closed: bool

    @property
    def empty(self) -> bool:
        return self.gone or self.closed

    def __str__(self) -> str:
        return f"{self.service} ({self.environment})"


def places(project: Project, script: Script) -> list[Place]:
    found = []
    for pull in (None, *script.pulls.values()):
        sha = head(project, pull.branch if pull else MAIN)
        environment = f"pr-{pull.number}" if pull else PRODUCTION
        gone, red = (not pull.previewed, pull.red) if pull else (False, False)
        found += [Place(each, environment, sha, gone, red and each in sample.GATED) for each in sample.SERVICES]
    return found


class Contents:
    """Of a repository's commits."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tree = cache(self._read)

    def files(self, service: str, sha: str) -> Files:
        """What the service answers with."""
        start = f"{service}/www/"
        return {path.removeprefix(start): name for path, name in self._tree(sha).items() if path.startswith(start)}

    def same(self, service: str, one: str, other: str) -> bool:
        """As far as the two commits concern the service."""
        if service in sample.UNFILTERED:
            return one == other
        return self.files(service, one) == self.files(service, other)

    def _read(self, sha: str) -> dict[str, str]:
        listed = self._project.hub.get(f"git/trees/{sha}", recursive=1)["tree"]
        return {each["path"]: each["sha"] for each in listed}

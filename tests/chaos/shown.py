"""What runs and what GitHub shows, of one repository, in words that are the same in every repository that a script was
played in. `test_convergence` says which facts these are, and why just these."""

from __future__ import annotations

import re
import subprocess

from cli.hub import Json
from cli.visit import visit
from tests.chaos import sample
from tests.chaos.places import PRODUCTION, Contents, Place, places
from tests.chaos.play import check_name
from tests.chaos.script import Pull, Script
from tests.e2e.project import Project

#: By what each is about, such as "api (pr-3): check run".
Facts = dict[str, object]
CURRENT = "its head, as far as it concerns the service"
_UNCONCERNED = re.compile(r"Skipped: (no changed file|no file changed|all changed files)")
_LINE = re.compile(r"^\| `(?P<name>[^`]+)` \| (?P<status>.+?) \| `(?P<sha>\w+)` \| (?P<url>\S*) \|", re.MULTILINE)


class Shown:
    """To be looked at once nothing moves any more."""

    def __init__(self, project: Project, script: Script) -> None:
        self._project, self._script = project, script
        self._contents = Contents(project)
        self._places = places(project, script)
        self._containers = _containers(project.full_name)

    def facts(self) -> Facts:
        found: Facts = {"networks": _networks(self._project.full_name)}
        for place in self._places:
            found |= {f"{place}: {what}": fact for what, fact in self._of_place(place).items()}
        for pull in self._script.pulls.values():
            found |= {f"pull request {pull.number}: {what}": fact for what, fact in self._of_pull(pull).items()}
        return found

    def expected(self) -> Facts:
        """What of it follows from the script and from the branches' heads alone."""
        there = {place.environment for place in self._places if not place.gone}
        found: Facts = {"networks": sorted(there)}
        for place in self._places:
            files = self._contents.files(place.service, place.sha)
            found[f"{place}: runs"] = [] if place.empty else [("running", files, CURRENT)]
            found[f"{place}: active deployments"] = [] if place.empty else [("success", "what runs", "its URL")]
            if not place.empty:
                found[f"{place}: answers"] = (200, files, "what runs", place.environment != PRODUCTION)
                found[f"{place}: check run"] = CURRENT
                found[f"{place}: commit status"] = "success"
        for pull in self._script.pulls.values():
            found[f"pull request {pull.number}: is"] = (pull.state, pull.labeled)
        return found

    def _of_place(self, place: Place) -> Facts:
        running = [(state, sha) for state, name, at, sha in self._containers if (name, at) == self._key(place)]
        sha = running[0][1] if running else ""
        contents = self._contents
        return {
            "runs": [(state, contents.files(place.service, each), self._age(place, each)) for state, each in running],
            "answers": self._answer(place, sha),
            "active deployments": self._deployments(place, sha),
            "check run": self._check(place, sha),
            "commit status": self._status(place),
        }

    def _key(self, place: Place) -> tuple[str, str]:
        return sample.full_name(place.service, self._project.service), place.environment

    def _url(self, place: Place) -> str:
        name, environment = self._key(place)
        host = name if environment == PRODUCTION else f"{name}-{environment}"
        return self._project.world.settings.service_url(f"{host}.{self._project.world.settings.domain}")

    def _age(self, place: Place, sha: str) -> str:
        return CURRENT if self._contents.same(place.service, sha, place.sha) else "older"

    def _answer(self, place: Place, running: str) -> object:
        world, host = self._project.world, self._url(place).split("/")[2].partition(":")[0]
        answer, commit = visit(world.router_port, host), visit(world.router_port, host, "/commit")
        if answer.status != 200:
            return answer.status
        files = dict(line.split() for line in answer.text.splitlines())
        which = "what runs" if commit.text.strip() == running else "something else"
        return answer.status, files, which, answer.headers.get("x-robots-tag") == "noindex"

    def _deployments(self, place: Place, running: str) -> object:
        """Of GitHub's, those that are shown as active or on their way."""
        name, environment = self._key(place)
        title = name if environment == PRODUCTION else f"{name} ({environment})"
        hub, active = self._project.hub, []
        for each in hub.get("deployments", environment=title, per_page=100):
            (newest, *_) = hub.get(f"deployments/{each['id']}/statuses", per_page=1) or [{"state": "none"}]
            if newest["state"] != "inactive":
                which = "what runs" if each["sha"] == running else "something else"
                where = (
                    "its URL" if newest.get("environment_url") == self._url(place) else newest.get("environment_url")
                )
                active.append((newest["state"], which, where))
        return active

    def _check(self, place: Place, running: str) -> object:
        runs = self._project.hub.get(f"commits/{place.sha}/check-runs", check_name=self._title(place))["check_runs"]
        (newest, *_) = runs or [{"status": "none"}]
        if place.gone:
            return newest["status"] in {"none", "completed"}
        if newest["status"] == "completed" and self._is_true(place, newest, running):
            return CURRENT
        return len(runs), newest["status"], newest.get("conclusion"), newest.get("output", {}).get("title")

    def _is_true(self, place: Place, run: Json, running: str) -> bool:
        """It says that the head is live, or that nothing has changed since what is."""
        if run["conclusion"] == "success":
            return running == place.sha
        unconcerned = run["conclusion"] == "skipped" and _UNCONCERNED.match(run["output"]["title"])
        return bool(unconcerned) and self._age(place, running) == CURRENT

    def _status(self, place: Place) -> object:
        listed = self._project.hub.get(f"commits/{place.sha}/statuses", per_page=100)
        states = [each["state"] for each in listed if each["context"] == self._title(place)]
        if place.gone:
            return "pending" not in states[:1]
        return states[0] if states else None

    def _title(self, place: Place) -> str:
        environment = "" if place.environment == PRODUCTION else place.environment
        return check_name(self._project, place.service, environment)

    def _of_pull(self, pull: Pull) -> Facts:
        hub = self._project.hub
        shown = hub.get(f"pulls/{pull.number}")
        state = "merged" if shown["merged"] else shown["state"]
        comments = hub.get(f"issues/{pull.number}/comments", per_page=100)
        ours = [each["body"] for each in comments if each["performed_via_github_app"]]
        told = [self._lines(pull, body) for body in ours]
        # One that had no preview for long may have no comment; if it has one, this tells of none.
        comment = told if pull.previewed else [lines for lines in told if lines]
        return {"is": (state, bool(shown["labels"])), "comment": comment}

    def _lines(self, pull: Pull, body: str) -> list[tuple[str, str, str, bool]]:
        """Service, status, commit and whether the URL is its own."""
        here = {self._key(place): place for place in self._places if place.environment == f"pr-{pull.number}"}
        lines = []
        for found in _LINE.finditer(body):
            place = here[found["name"], f"pr-{pull.number}"]
            running = [sha for _, name, at, sha in self._containers if (name, at) == self._key(place)]
            known = {sha[:7]: which for sha, which in [(place.sha, "head"), *((sha, "what runs") for sha in running)]}
            where = found["url"] in {"", self._url(place)}
            lines.append((place.service, found["status"], known.get(found["sha"], "something else"), where))
        return lines


def _containers(repository: str) -> list[list[str]]:
    """State, service, environment and SHA of each instance, running or not."""
    told = " ".join(
        ["{{.State}}", *(f'{{{{.Label "tidegate.{name}"}}}}' for name in ("service", "environment", "sha"))]
    )
    listed = _docker(("ps", "--all", "--filter", "label=tidegate.role=instance"), repository, told)
    return [line.split() for line in listed]


def _networks(repository: str) -> list[str]:
    """The environments that have one."""
    return sorted(_docker(("network", "ls"), repository, '{{.Label "tidegate.environment"}}'))


def _docker(command: tuple[str, ...], repository: str, told: str) -> list[str]:
    which = ("--filter", f"label=tidegate.repository={repository}", "--format", told)
    return subprocess.run(("docker", *command, *which), capture_output=True, text=True, check=True).stdout.splitlines()

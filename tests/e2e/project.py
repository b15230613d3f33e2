"""A repository in a world: pushed to with real git, watched as GitHub shows it, visited through the router."""

from __future__ import annotations

import html
import json
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from cli import leftovers
from cli.checkout import Checkout
from cli.hub import Hub, Json, Shown
from cli.visit import Answer, visit
from tests.e2e.apps import Files
from tests.e2e.waiting import wait_for

if TYPE_CHECKING:
    from tests.e2e.world import World

FINAL = {"success", "failure", "error", "inactive"}


class Project:
    """One repository. Its deploy file names its service after the repository, so that host names differ."""

    def __init__(self, world: World, full_name: str, checkout: Checkout, hub: Hub) -> None:
        self.world, self.full_name, self.checkout, self.hub = world, full_name, checkout, hub
        #: The commit that must go on serving, where a story has one.
        self.good = ""
        self.owner, _, self.service = full_name.partition("/")
        self.check_name = f"tidegate / {self.service}"

    @property
    def remote(self) -> str:
        """The URL to clone from, credentials included."""
        return self.checkout.git("remote", "get-url", "origin").strip()

    def push(self, files: Files, message: str = "Change") -> str:
        """Commits and pushes to main."""
        sha = self.checkout.commit(self.named(files), message)
        self.checkout.push()
        return sha

    def named(self, files: Files) -> Files:
        """The word "app" as a service's name stands for this project's own."""
        return {path: text and text.replace("name: app", f"name: {self.service}") for path, text in files.items()}

    def visit(self, path: str = "/") -> Answer:
        return visit(self.world.router_port, f"{self.service}.{self.world.settings.domain}", path)

    def visit_version(self, sha: str, path: str = "/") -> Answer:
        """By the host name that is the version's own."""
        return visit(self.world.router_port, f"{self.service}-{sha[:7]}.{self.world.settings.domain}", path)

    def routed(self, sha: str) -> None:
        """Once the router answers with that commit, whatever GitHub shows yet."""
        wait_for(lambda: self.visit("/commit").text.strip() == sha, f"{sha[:7]} to be served", 120, self.log)

    def serves(self, greeting: str, sha: str) -> bool:
        return self.visit().text == f"{greeting}\n" and self.visit("/commit").text.strip() == sha

    def act(self, login: str, method: str, path: str, body: Json | None = None) -> Json:
        """A call of GitHub's API as that person, whose permission is what the story gave them; "" is the owner."""
        with ExitStack() as stack:
            hub = stack.enter_context(closing(self._hub_of(login))) if login else self.hub
            answered: Json = hub.call(method, path, body)
            return answered

    def _hub_of(self, login: str) -> Hub:
        token = self.world.github.call("POST", f"/users/{login}/token")["token"]
        return Hub(self.world.settings.github.api_url, token, self.full_name)

    # What GitHub shows

    def shown(self, sha: str) -> Shown:
        return self.hub.shown(sha)

    def our_check(self, sha: str, name: str = "") -> Json | None:
        return self.shown(sha).check(name or self.check_name)

    def ended(self, sha: str, *conclusions: str, name: str = "", patience: float = 60) -> Json:
        """Our check run of that commit (`name`: the service's), once it is completed; fails where it ends otherwise."""

        def look() -> Json | None:
            check = self.our_check(sha, name)
            if check is None or check["status"] != "completed":
                return None
            assert check["conclusion"] in conclusions, (check["conclusion"], check["output"], self.log())
            return check

        def explain() -> str:
            return f"{self.our_check(sha, name)}\n{self.log()}"

        return wait_for(look, f"“{name or self.check_name}” to end with {conclusions}", patience, explain)

    def taken(self, sha: str) -> Json:
        """Our check run, in whatever state, once the push was taken in."""
        return wait_for(lambda: self.our_check(sha), f"“{self.check_name}” to be there", 30, self.log)

    def built(self, sha: str) -> None:
        """Once an image was built of that commit."""
        wait_for(lambda: self.images(sha) != (), f"the image of {sha[:7]}", 60, self.log)

    def live(self, sha: str, patience: float = 60) -> Json:
        """Our check run, once the commit is live."""
        return self.ended(sha, "success", patience=patience)

    def becomes(self, sha: str, conclusion: str, name: str = "") -> Json:
        """Our check run of that commit once it says so, whatever it said before."""

        def look() -> Json | None:
            check = self.our_check(sha, name)
            return check if check and check["conclusion"] == conclusion else None

        return wait_for(look, f"“{name or self.check_name}” to become {conclusion}", 60, self.log)

    def status(self, sha: str, state: str) -> Json:
        """The commit's newest status, once it says so: it is written after the check run."""

        def look() -> Json | None:
            newest: list[Json] = self.hub.get(f"commits/{sha}/statuses", per_page=1)
            return newest[0] if newest and newest[0]["state"] == state else None

        return wait_for(look, f"the status of {sha[:7]} to be {state}", 30, self.log)

    def annotations(self, check: Json) -> list[Json]:
        return self.hub.annotations(check["id"])

    def printed(self, check: Json) -> list[str]:
        """Lines of the log of the deployment that the check run tells of, as the repository's owner reads them."""
        deployment = check["details_url"].rpartition("/")[2]
        answer = self.world.sign_in(self.owner).get(f"/api/v1/deployments/{deployment}/logs")
        answer.raise_for_status()
        return [json.loads(line)["text"] for line in answer.text.splitlines()]

    def timeline(self, sha: str) -> str:
        """What is told of the commit's deployment on the page that its check run leads to."""
        check = self.our_check(sha)
        assert check is not None
        return html.unescape(self.world.sign_in(self.owner).get(check["details_url"]).text)

    # What CI says

    def ci(self, mode: str, **more: object) -> None:
        self.world.github.set_ci(self.full_name, mode=mode, **more)

    def conclude(self, sha: str, conclusion: str) -> None:
        self.world.github.conclude(self.full_name, sha, conclusion, "test")

    def press(self, run: Json, identifier: str) -> None:
        self.world.github.press(self.full_name, run["id"], identifier)

    # What is on the engine

    def containers(self, **labels: str) -> tuple[str, ...]:
        """Ids, running or not, by labels without their prefix: sha="…", role="instance"."""
        return leftovers.containers(self.full_name, {f"tidegate.{name}": value for name, value in labels.items()})

    def images(self, sha: str) -> tuple[str, ...]:
        """Ids of the images that were built of that commit, or of any where it is empty."""
        return leftovers.images(self.full_name, {"tidegate.sha": sha} if sha else {})

    def image_of(self, sha: str) -> str:
        """Id of the image that the commit's instance runs."""
        (container,) = self.containers(sha=sha, role="instance")
        return leftovers.image_of(container)

    def tell(self, container: str, *command: str) -> bool:
        """Runs the command in a container; False where that doesn't run (yet, or any more)."""
        told = subprocess.run(("docker", "exec", container, *command), capture_output=True, check=False)
        return told.returncode == 0

    def network(self) -> str:
        """Id of the private network of its services."""
        (network,) = leftovers.find(self.full_name).networks
        return network

    def log(self) -> str:
        """Of the product's processes, for a failure's message."""
        return self.world.log()

    def keep_looking(self, seconds: float, condition: Callable[[], bool]) -> None:
        """Asserts that it stays true for so long: the one place where time itself is the matter."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert condition(), self.log()
            time.sleep(0.1)

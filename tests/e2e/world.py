"""The whole product on real parts, in a directory of its own and on free ports, beside a stand-in GitHub."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import httpx

from cli import leftovers
from cli.base_image import ensure_base_image
from cli.checkout import Checkout
from cli.hub import Hub
from cli.rehearsal import Rehearsal, rehearsal
from standin.client import StandInError
from tests.e2e.project import Project
from tests.standin.openapi import Violation, judge

#: Shorter than the defaults where a story would only wait: the ways are the same.
QUICK = {
    "TIDEGATE_SETTLE_SECONDS": "0.5",
    "TIDEGATE_OVERLAP_SECONDS": "2",
    "TIDEGATE_START_TIMEOUT": "8",
    "TIDEGATE_PATIENCE_SECONDS": "20",
    "TIDEGATE_GRACE_SECONDS": "2",
    "TIDEGATE_SWEEP_SECONDS": "2",
    "TIDEGATE_LEASE_SECONDS": "6",
    "TIDEGATE_CATCH_UP_SECONDS": "4",
}


class World:
    """Made by `world`. `github` is the stand-in's control, `settings` what the product runs with."""

    def __init__(self, place: Path, local: Rehearsal) -> None:
        self.place, self.settings, self.github, self.router_port = place, local.settings, local.github, local.port
        self._parts = local.parts
        self._stack = ExitStack()
        self._behind = ThreadPoolExecutor(1)
        self._projects: set[str] = set()

    @contextmanager
    def project(self, *, ci: str = "off") -> Iterator[Project]:
        """An empty repository, gone with the block. `ci` off, manual (concluded by the story), success or failure.

        Each has an owner of its own, and so an installation: GitHub takes 80 writes a minute from each.
        """
        owner, name = f"octo-{secrets.token_hex(3)}", f"app-{secrets.token_hex(3)}"
        full_name, token = f"{owner}/{name}", self.github.create_user(owner)["token"]
        self._projects.add(full_name)
        self.github.create_repo(full_name, ci={"mode": ci, "names": ["test"]})
        checkout = Checkout(self.place / "checkouts" / name, self.github.clone_url(full_name, token), owner)
        try:
            with closing(Hub(self.settings.github.api_url, token, full_name)) as hub:
                yield Project(self, full_name, checkout, hub)
            with suppress(StandInError):  # a story may have deleted it
                self.github.delete_repo(full_name)
        finally:
            # Docker Engine has addresses for thirty networks, and each project has one. The next story needn't wait.
            self._behind.submit(leftovers.remove, full_name)
        self.judge_calls()

    def judge_calls(self) -> None:
        """Whatever the product asked of the REST API since the last time, and was answered, is as GitHub describes it.

        Violation where it isn't. What people ask (the stories themselves, by personal tokens) is nobody's promise.
        """
        found = []
        for call in self.github.take_calls():
            # A story may have had no bodies kept for a while; a call that began then has none.
            if call["kind"] == "rest" and call["by"] != "user" and "body" in call:
                try:
                    judge().recorded(call)
                except Violation as violation:
                    found.append(str(violation))
        if found:
            raise Violation("\n".join(dict.fromkeys(found)))

    def kill(self, name: str) -> None:
        """kill -9 of the part's process; the runner starts it again."""
        os.kill(self._parts.pid(name), signal.SIGKILL)

    def sign_in(self, login: str) -> httpx.Client:
        """A browser in which that person has signed in with GitHub, there and back again."""
        browser = self._stack.enter_context(httpx.Client(base_url=self.settings.url, trust_env=False))
        asked = browser.get("/login/github").headers["location"]
        agreed = browser.get(f"{asked}&login={login}").headers["location"]
        assert browser.get(agreed).is_redirect
        return browser

    def pids(self) -> dict[str, int]:
        """Of the product's parts, by name."""
        return self._parts.pids()

    def log(self) -> str:
        """The ends of all logs, for a failure's message."""
        told = []
        for log in sorted((self.place / "log").glob("*.log")):
            told += [f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-25:]]
        return "\n".join(told)

    def remove(self) -> None:
        """What its repositories have on the Docker Engine; to be called once the product has stopped: until then it
        may start what was removed."""
        self._stack.close()
        self._behind.shutdown()
        for full_name in self._projects & leftovers.repositories():
            leftovers.remove(full_name)


@contextmanager
def world(place: Path, overrides: Mapping[str, str]) -> Iterator[World]:
    """Up until the end of the block, which leaves nothing. `overrides` are settings by their environment names."""
    ensure_base_image()
    made = None
    try:
        with rehearsal(place, os.environ, overrides, print, ("--no-limits", "--keep-bodies")) as local:
            made = World(place, local)
            yield made
            made.judge_calls()
    finally:
        if made is not None:
            made.remove()

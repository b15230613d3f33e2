"""`tidegate demo`: the whole product and a small GitHub on this machine, with a sample that is pushed and goes live."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx

from cli import leftovers, needs, proof, sample
from cli.base_image import NAME as BASE_IMAGE
from cli.base_image import ensure_base_image
from cli.checkout import Checkout
from cli.hub import Hub, Shown
from cli.rehearsal import Rehearsal, rehearsal
from cli.stop import StoppedError, raise_on_signals
from cli.story import NeverCameError, Story
from cli.supervisor import NotStartedError
from cli.up import MISSING

OWNER, NAME = "demo", "hello"
REPOSITORY = f"{OWNER}/{NAME}"
#: Seconds from a push to live, on a slow machine.
PATIENCE = 180.0
#: What script/demo tells when it began by, in seconds since 1970: it installs things first.
BEGAN = "TIDEGATE_DEMO_BEGAN"
_LIVE = "success"


class Demo:
    """A running demo: the sample's working copy, what GitHub shows, and where its service lives."""

    def __init__(self, checkout: Checkout, hub: Hub, local: Rehearsal) -> None:
        self.checkout, self.hub, self.settings, self.port = checkout, hub, local.settings, local.port
        self.story = Story(hub, _say)
        self.host = f"{NAME}.{local.settings.domain}"

    @property
    def live_url(self) -> str:
        return self.settings.service_url(self.host)

    def push(self, files: Mapping[str, str | None], message: str) -> str:
        sha = self.checkout.commit(files, message)
        self.checkout.push()
        _say_pushed(sha, message)
        return sha

    def follow_until_live(self, sha: str) -> Shown:
        return self.story.follow(sha, lambda shown: _LIVE in shown.states(), PATIENCE)

    def follow_new_pushes(self) -> None:
        """For good; Ctrl-C ends it. Where an answer of GitHub's fails or is late, the next one tells what it shows."""
        told = self.checkout.head()
        while True:
            with suppress(httpx.HTTPError):
                sha, message = self.hub.head("main")
                if sha != told:
                    told = sha
                    _say_pushed(sha, message)
                self.story.look(sha)
            time.sleep(1)


def demo(*, check: bool, environment: Mapping[str, str]) -> int:
    """The exit code: 0 when stopped by a person or proved, 1 with a reason, 2 when something is missing."""
    wanted = {**needs.PROGRAMS, **needs.REDIS, **needs.BUSYBOX}
    missing = [*needs.programs(wanted), *needs.engine()]
    if missing:
        print("The demo can't start. Missing:\n" + "\n".join(f"  - {need}" for need in missing))
        return MISSING
    raise_on_signals()
    began = float(environment.get(BEGAN) or time.time())
    try:
        with _place() as data, _stage(data, environment) as running:
            _perform(running, began)
            if check:
                proof.prove(running)
            else:
                running.follow_new_pushes()
        if check:
            proof.prove_nothing_is_left(REPOSITORY)
    except StoppedError:
        return 1 if check else 0
    except subprocess.CalledProcessError as error:
        _say(f"failed: {error}\n{error.stderr or ''}")
        return 1
    except (NotStartedError, NeverCameError, proof.DisprovedError, httpx.HTTPError, BlockingIOError) as error:
        _say(f"failed: {error}")
        return 1
    return 0


def _perform(running: Demo, began: float) -> None:
    sha = running.push(sample.first("Hello from Tidegate"), "Say hello")
    running.follow_until_live(sha)
    url = running.settings.github.web_url
    _say(f"""
Live {time.time() - began:.0f} s after the start, with all that was installed.
  live        {running.live_url}
  dashboard   {running.settings.url}
  GitHub      {url}/{REPOSITORY} (the stand-in; press Redeploy or Re-run there)

Push more:
  git clone {running.checkout.git("remote", "get-url", "origin").strip()}
  cd {NAME}; edit www/index.html; git commit -am "Say more"; git push
Ctrl-C stops and removes everything.""")


@contextmanager
def _place() -> Iterator[Path]:
    """An empty directory that is the demo's alone, removed afterwards; one demo at a time on a machine, since all use
    the same names."""
    home = Path.home() / ".cache" / "tidegate-demo"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BlockingIOError("a demo runs already on this machine") from None
        data = home / "data"
        try:
            _sweep(data)
            data.mkdir()
            yield data
        finally:
            _say("taking everything down")
            _sweep(data)


def _sweep(data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    leftovers.remove(REPOSITORY)


@contextmanager
def _stage(data: Path, environment: Mapping[str, str]) -> Iterator[Demo]:
    _say(f"making the base image {BASE_IMAGE} of this machine's busybox")
    ensure_base_image()
    # Looked at each second, a GitHub with its limits would refuse to answer after a quarter of an hour.
    with rehearsal(data, environment, {}, _say, ("--user", OWNER, "--no-limits")) as local:
        token = local.github.create_user(OWNER)["token"]
        local.github.create_repo(REPOSITORY, ci={"mode": "command", "names": ["test"], "command": ["sh", "test.sh"]})
        checkout = Checkout(data / NAME, local.github.clone_url(REPOSITORY, token), OWNER)
        with closing(Hub(local.settings.github.api_url, token, REPOSITORY)) as hub:
            yield Demo(checkout, hub, local)


def _say_pushed(sha: str, message: str) -> None:
    _say(f"\npushed {sha[:7]} “{message}”")


def _say(line: str) -> None:
    print(line, flush=True)

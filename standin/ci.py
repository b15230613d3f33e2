"""A CI service beside the product: another App, that makes check runs on each push and concludes them as it is told.

What it does is the repository's `CiSettings`: nothing, wait for `conclude`, conclude by itself, or run a command in a
checkout of the commit.
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from standin import checks
from standin.objects import ENVIRONMENT
from standin.records import App, Json, Repo, Run
from standin.world import MissingError, World

SLUG = "ci"
TIMEOUT = 300.0  # seconds
SHOWN = 20_000  # characters of output
POOL = ThreadPoolExecutor(4, "ci")


def start(world: World, repo: Repo, sha: str, names: list[str] | None = None) -> list[Run]:
    """Begin a run of each name on that commit, where CI is on and its App is installed."""
    app = _app(world, repo)
    if app is None or repo.ci.mode == "off":
        return []
    settings = repo.ci
    begun = [
        checks.create(world, repo, app, {"name": name, "head_sha": sha, "status": "in_progress"})
        for name in names or settings.names
    ]
    if settings.mode == "command":
        for run in begun:
            POOL.submit(_execute, world, repo, run, list(settings.command), settings.delay)
    elif settings.mode in {"success", "failure"}:
        for run in begun:
            _later(world, repo, run, settings.mode, settings.delay)
    return begun


def conclude(world: World, repo: Repo, sha: str, name: str, conclusion: str, output: Json | None = None) -> Run:
    """Conclude the newest run of that name, made if there is none."""
    app = _app(world, repo)
    if app is None:
        raise MissingError("the CI app isn't installed here")
    body: Json = {"status": "completed", "conclusion": conclusion, **({"output": output} if output else {})}
    mine = [run for run in repo.runs_by_sha.get(sha, []) if run.app is app and run.name == name]
    if not mine:
        return checks.create(world, repo, app, {**body, "name": name, "head_sha": sha})
    return checks.update(world, repo, app, mine[-1], body)


def again(world: World, repo: Repo, runs: list[Run]) -> None:
    """Somebody asked for a re-run: CI makes new runs of the same names."""
    mine = [run for run in runs if run.app.slug == SLUG]
    if mine:
        start(world, repo, mine[0].suite.sha, [run.name for run in mine])


def _app(world: World, repo: Repo) -> App | None:
    return next((each.app for each in world.installations_on(repo) if each.app.slug == SLUG), None)


def _later(world: World, repo: Repo, run: Run, conclusion: str, delay: float) -> None:
    timer = threading.Timer(delay, _finish, [world, repo, run, conclusion, None])
    timer.daemon = True
    timer.start()


def _finish(world: World, repo: Repo, run: Run, conclusion: str, output: Json | None) -> None:
    body: Json = {"status": "completed", "conclusion": conclusion, **({"output": output} if output else {})}
    with world.lock:
        if run.status != "completed":
            checks.update(world, repo, run.app, run, body)


def _execute(world: World, repo: Repo, run: Run, command: list[str], delay: float) -> None:
    """Run the command in a checkout; whatever goes wrong is the check's failure, never silence."""
    time.sleep(delay)
    try:
        code, text = _run(repo, run.suite.sha, command)
    except (OSError, subprocess.SubprocessError) as problem:
        code, text = 1, str(problem)
    title = "All tests passed" if code == 0 else f"`{' '.join(command)}` exited with {code}"
    fence = f"```\n{text[-SHOWN:]}\n```"
    _finish(world, repo, run, "success" if code == 0 else "failure", {"title": title, "summary": title, "text": fence})


def _run(repo: Repo, sha: str, command: list[str]) -> tuple[int, str]:
    with tempfile.TemporaryDirectory(prefix="standin-ci-") as place:
        tree = subprocess.run(
            ["git", "-C", str(repo.git.path), "archive", sha],
            capture_output=True,
            check=True,
            env=ENVIRONMENT,
            timeout=TIMEOUT,
        )
        subprocess.run(["tar", "-x", "-C", place], input=tree.stdout, check=True, timeout=TIMEOUT)
        done = subprocess.run(
            command,
            cwd=Path(place),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**ENVIRONMENT, "CI": "true", "HOME": place},
            timeout=TIMEOUT,
            check=False,
        )
    return done.returncode, done.stdout.decode(errors="replace")

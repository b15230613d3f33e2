"""The latest commits of a branch and how their checks are, asked of GitHub for whoever looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from tidegate.gate import PASSED
from tidegate.repository import Repository
from webapp.people import People

#: Commits that are shown, and how many questions about their checks are asked at once.
_COMMITS = 15
_AT_ONCE = 5


class Checks(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    RUNNING = "running"
    NONE = "none"


@dataclass(frozen=True)
class Candidate:
    sha: str
    message: str
    author: str
    at: datetime
    checks: Checks


def latest(people: People, token: str, repository: Repository, branch: str, own_app: int) -> list[Candidate]:
    """Newest first, asked with `token`. Checks of our own don't count. Raises TokenRefused, Unreachable."""
    base = f"/repos/{repository.full_name}/commits"
    found = people.listed(f"{base}?sha={quote(branch, safe='')}&per_page={_COMMITS}", token)

    def checks(commit: Mapping[str, Any]) -> Checks:
        # The API answers 100 runs at once; of a commit that has more, those tell enough for a list.
        told = people.get(f"{base}/{commit['sha']}/check-runs?filter=latest&per_page=100", token)
        runs = told.get("check_runs")
        return judged(runs if isinstance(runs, list) else [], own_app)

    with ThreadPoolExecutor(_AT_ONCE) as asking:
        return [_candidate(each, its) for each, its in zip(found, asking.map(checks, found), strict=True)]


def judged(runs: Iterable[Mapping[str, Any]], own_app: int) -> Checks:
    """Of check runs as GitHub lists them."""
    others = [each for each in runs if (each.get("app") or {}).get("id") != own_app]
    done = [each for each in others if each.get("status") == "completed"]
    if any(each.get("conclusion") not in PASSED for each in done):
        return Checks.FAILED
    if not others:
        return Checks.NONE
    return Checks.PASSED if len(done) == len(others) else Checks.RUNNING


def _candidate(told: Mapping[str, Any], checks: Checks) -> Candidate:
    commit = told["commit"]
    author = (told.get("author") or {}).get("login") or commit["author"]["name"]
    at = datetime.fromisoformat(commit["committer"]["date"])
    return Candidate(told["sha"], commit["message"], author, at, checks)

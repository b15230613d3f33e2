"""GitHub as both ports see it, in memory: what a test pushes and checks is read, and what is reported is kept.

tests/contracts/test_github*.py hold it to what the real adapter does against the stand-in.
"""

from __future__ import annotations

from tests.fakes.githubreads import FakeReads
from tests.fakes.githubreports import FakeReports
from tests.fakes.githubworld import APP, CI_APP, FakeCheckRun

__all__ = ["APP", "CI_APP", "FakeCheckRun", "FakeGitHub"]


class FakeGitHub(FakeReads, FakeReports):
    """Implements `GitHubReads` and `GitHubReports`; what a test does and sees there is in `FakeWorld`."""

"""What GitHub has of the App, asked of the stand-in, and what the check-up makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from standin.client import StandIn
from standin.process import running
from tests.contracts.github_places import MemoryTokens, RealClock, settings_of
from tidegate.checkup.app import app_lines, webhook_line
from tidegate.github import GitHub
from worker.github.about import about
from worker.ports import Refused

WANTED = {"checks": "write", "contents": "read"}


def test_an_app_with_its_flaws(tmp_path: Path) -> None:
    with running(tmp_path / "github", "--no-app", "--no-limits") as told:
        control = StandIn(told["url"])
        control.create_user("acme", kind="Organization")
        control.create_repo("acme/shop", apps=[])
        flaws = {"permissions": {"metadata": "read", "checks": "read", "contents": "read"}, "events": ["push"]}
        hook = "http://127.0.0.1:9/webhooks/github"
        app = control.create_app("mine", owner="acme", name="Mine", webhook_url=hook, webhook_secret="s", **flaws)
        number = control.install("mine", "acme", ["shop"])
        control.change_installation(number, suspended=True)
        control.wait_idle()
        facts = about(settings_of({**told, "app": app}), MemoryTokens(), RealClock())

        lines = {line.subject: line for line in app_lines(facts, WANTED, frozenset({"push", "status"}))}
        assert lines["permissions"].said == "Mine lacks checks: write"
        assert f"{told['url']}/organizations/acme/settings/apps/mine/permissions" in lines["permissions"].todo
        assert lines["events"].said == "Mine isn't told of status"
        assert lines["installations"].said == "that of acme is suspended"
        assert facts.attempts[0].event == "installation"
        undelivered = webhook_line(facts, hook, polled=False)
        assert "the newest (installation at " in undelivered.said
        assert not undelivered.ok

        control.change_installation(number, suspended=False)
        control.change_app("mine", permissions=WANTED, events=["push", "status"])
        mended = about(settings_of({**told, "app": app}), MemoryTokens(), RealClock())
        assert all(line.ok for line in app_lines(mended, WANTED, frozenset({"push", "status"})))
        with pytest.raises(Refused):
            about(_of_a_deleted_app(settings_of({**told, "app": app})), MemoryTokens(), RealClock())
        control.close()


def _of_a_deleted_app(settings: GitHub) -> GitHub:
    return GitHub(**{**vars(settings), "app_id": 999_999})

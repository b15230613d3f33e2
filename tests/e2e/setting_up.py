"""The person who makes a fresh server a GitHub App, in a browser, by the link that the server has printed."""

from __future__ import annotations

import httpx

from tests.e2e.world import World
from tests.webapp.fresh import at_github
from tidegate import setup


def set_up(made: World) -> None:
    with httpx.Client(follow_redirects=True, trust_env=False, headers={"Accept": "text/html"}) as browser:
        page = browser.get(setup.link(made.settings))
        done = browser.get(made.settings.url + at_github(page.text))
        assert "Install it on repositories" in done.text

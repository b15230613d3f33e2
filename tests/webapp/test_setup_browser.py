"""A person in a real browser makes a fresh server a GitHub App, installs it, and its webhooks are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from standin.client import StandIn
from standin.process import running
from tests.chromium import chromium
from tests.migrated import put_migrated
from tests.webapp.fresh import FRESH
from tests.webapp.house import NO_REDIS
from tests.webapp.product import free_port, start_web, wait_for
from tests.webapp.test_browser import contrast, fits
from tidegate import setup
from tidegate.settings import Settings
from tidegate.store import Store, open_store

pytestmark = pytest.mark.browser


@dataclass
class Fresh:
    link: str
    base: str
    store: Store
    github: StandIn


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Fresh]:
    """The real server without an App, beside a GitHub that knows of none; one repository waits for it."""
    port = free_port()
    put_migrated(tmp_path / "tidegate.db")
    with running(tmp_path / "github", "--no-app", "--no-limits") as told:
        github = StandIn(told["url"])
        github.create_user("acme", kind="Organization")
        github.create_repo("octo/shop", files={"README.md": "# Shop\n"})
        environment = {
            **FRESH,
            "TIDEGATE_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": f"sqlite:///{tmp_path}/tidegate.db",
            "REDIS_URL": NO_REDIS,
            "GITHUB_API_URL": told["api_url"],
            "GITHUB_WEB_URL": told["web_url"],
        }
        settings = Settings.from_env(environment, lambda path: "", app=False)
        store = open_store(settings.database_url, settings.secret_keys)
        process, base = start_web("webapp.wsgi:app", environment, port)
        yield Fresh(setup.link(settings), base, store, github)
        process.terminate()
        assert process.wait(30) == 0
        store.close()
        github.close()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 375, "height": 800})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        yield page
        browser.close()
        # Refusals are told in the console, too.
        assert [each for each in complaints if "Failed to load resource" not in each] == []


def test_from_a_fresh_server_to_an_installed_app(fresh: Fresh, page: Page) -> None:
    page.goto(fresh.base)
    expect(page.get_by_role("heading")).to_have_text("This server isn't set up yet")
    fits(page)

    page.goto(fresh.link)
    expect(page).to_have_url(f"{fresh.base}/setup")
    expect(page.get_by_text("no webhook will come in")).to_be_visible()
    assert contrast(page, ".notice span") >= 4.5, "WCAG 2.1, level AA"
    fits(page)
    page.get_by_role("button", name="Create it for my own account").click()
    expect(page.get_by_label("GitHub App name")).to_have_value("Tidegate 127.0.0.1")
    page.get_by_label("GitHub App name").fill("Tidegate of the shop")
    fresh.github.fault("status", method="POST", path="/conversions", times=1)
    page.get_by_role("button", name="Create GitHub App for octo").click()
    expect(page.get_by_text("GitHub could not be asked for the App's keys")).to_be_visible()
    fits(page)
    page.reload()

    expect(page).to_have_url(f"{fresh.base}/setup")
    fits(page)
    page.get_by_role("link", name="Install it on repositories").click()
    page.get_by_role("button", name="Install").first.click()
    expect(page).to_have_url(f"{fresh.base}/setup?installation_id={_installation(fresh)}&setup_action=install")
    expect(page.get_by_text("GitHub has installed it.")).to_be_visible()

    fresh.github.commit("octo/shop", {"a": "1"}, "Push")
    wait_for(lambda: {"installation", "push"} <= _taken(fresh), "webhooks that the server took")
    page.goto(fresh.base)
    page.get_by_role("link", name="Sign in with GitHub").click()
    page.get_by_role("button", name="octo").click()
    expect(page.get_by_role("link", name="Install the App")).to_be_visible()


def test_who_comes_from_elsewhere_or_too_late_is_told_what_to_do(fresh: Fresh, page: Page) -> None:
    page.goto(f"{fresh.base}/setup?secret=guessed")
    expect(page.get_by_text("not this server's set-up secret")).to_be_visible()
    page.goto(fresh.link)
    page.goto(f"{fresh.base}/setup/made?code=stolen&state=foreign")
    expect(page.get_by_text("not begun in this browser")).to_be_visible()

    page.goto(fresh.link)
    page.get_by_label("Its name at GitHub").fill("acme")
    page.get_by_role("button", name="Go on").click()
    with page.expect_request("**/setup/made?**") as sent:
        page.get_by_role("button", name="Create it for acme").click()
        page.get_by_role("button", name="Create GitHub App for acme").click()
    expect(page.get_by_role("link", name="Install it on repositories")).to_be_visible()
    page.goto(sent.value.url)
    expect(page.get_by_text("This server has an App already.")).to_be_visible()
    fits(page)


def _installation(fresh: Fresh) -> int:
    [number] = fresh.github.app("tidegate-of-the-shop")["installations"]
    assert isinstance(number, int)
    return number


def _taken(fresh: Fresh) -> set[str]:
    """Events that were answered as GitHub wants it, so that they are stored."""
    told = fresh.github.deliveries("tidegate-of-the-shop")
    return {each["event"] for each in told if each["status_code"] == 202}

"""A person at work in a real browser, a real worker beside: deploys, goes back, sets a variable, lets a fork run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.webapp import fake_github
from tests.webapp.beside import beside, working
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.site import Site, browser, listen, served, sign_in
from tests.worker.house import DOCKERFILE, PREVIEWED, House
from tidegate.permission import Permission
from tidegate.repository import Repository

pytestmark = pytest.mark.browser

FULL_NAME = "octo/web"


@dataclass(frozen=True)
class Desk:
    page: Page
    site: Site
    workers: House
    repository: Repository
    first: str
    second: str

    def open(self) -> None:
        (service,) = self.workers.store.services.of_repository(self.repository.id)
        self.page.goto(f"{self.site.base}/services/{service.id}")

    def choose(self, entry: str) -> None:
        """From the menu."""
        self.page.wait_for_load_state()
        self.page.locator("summary", has_text="Deploy").click()
        self.page.get_by_role("link", name=re.compile(f"^{entry}")).click()

    def answer(self, button: str) -> None:
        """In the dialog, by the keyboard, which is on it."""
        expect(self.page.get_by_role("dialog").get_by_role("button", name=button)).to_be_focused()
        self.page.keyboard.press("Enter")


@pytest.fixture
def desk(tmp_path: Path, github: FakeGitHub) -> Iterator[Desk]:
    github.rights["ada"] = {FULL_NAME: Permission.ADMIN}
    with served(tmp_path, github) as site, beside(tmp_path) as workers, browser() as chromium:
        repository = workers.repository(FULL_NAME)
        fake_github.IDS[FULL_NAME] = repository.id
        workers.github.permit(repository, "ada", Permission.ADMIN)
        first = workers.push(repository, {"tidegate.yml": PREVIEWED, "Dockerfile": DOCKERFILE})
        workers.work()
        second = workers.push(repository)
        workers.work()
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        heard = listen(page)
        sign_in(page, site)
        with working(workers):
            yield Desk(page, site, workers, repository, first, second)
        page.close()
        assert heard == []


def test_deploy_watch_it_come_live_and_go_back(desk: Desk) -> None:
    page = desk.page
    desk.open()
    expect(page.locator("#now")).to_contain_text(desk.second[:7])
    desk.choose("Deploy the latest commit")
    expect(page.get_by_role("dialog")).to_contain_text("Deploy web?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    desk.choose("Deploy the latest commit")
    desk.answer("Deploy")
    expect(page.get_by_role("status").first).to_contain_text("asked for by ada")
    expect(page.locator("#summary .status").first).to_have_text("Queued")
    desk.workers.work()
    expect(page.locator("#summary .status").first).to_have_text("Live")

    desk.open()
    desk.choose("Roll back")
    desk.answer("Roll back")
    expect(page.locator("#summary")).to_contain_text("Rollback to")
    desk.open()
    expect(page.locator("#now")).to_contain_text("Next")
    desk.workers.work()
    expect(page.locator("#now")).not_to_contain_text("Next")
    page.get_by_role("link", name="Turn it on").click()
    desk.answer("Turn on")
    expect(page.get_by_role("status").first).to_contain_text("Auto-deploy was turned on by ada")


def test_a_variable_is_changed(desk: Desk) -> None:
    page = desk.page
    desk.open()
    page.get_by_role("link", name="Variables").click()
    page.get_by_label("Name").fill("KEY")
    page.get_by_label("Value").fill("a-secret-value")
    page.get_by_role("button", name="Set").click()
    row = page.get_by_role("row", name="KEY")
    expect(row).to_contain_text("never shown again")
    assert "a-secret-value" not in page.content()
    row.get_by_role("link", name="Take away").click()
    desk.answer("Take it away")
    expect(page.get_by_text("None in production")).to_be_visible()


def test_a_forks_preview_is_approved(desk: Desk) -> None:
    pull = desk.workers.open(desk.repository, author="stranger", fork_of="stranger")
    desk.workers.work()
    desk.page.get_by_role("link", name="Previews", exact=True).click()
    desk.page.wait_for_load_state()
    desk.page.get_by_role("link", name="Approve web of #1").click()
    desk.answer("Approve")
    expect(desk.page.get_by_role("status").first).to_contain_text("ada")
    desk.workers.work()
    assert desk.workers.serving("web-pr-1") == pull.head_sha

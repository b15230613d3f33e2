"""A person in a real browser: signs in, watches a deployment go on, links to a line, cancels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from redis import Redis

from tests import axe
from tests.chromium import chromium
from tests.tidegate.store.given import NOON, a_deployment, a_lane, a_service
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.product import ENVIRONMENT, SECRET_KEYS, free_port, redis_server, start_web
from tests.webapp.test_service_page import of_pull
from tidegate.deployment import Lane, Move, Status, Step
from tidegate.freeze import Freeze
from tidegate.logs import live_key
from tidegate.permission import Permission
from tidegate.store import Store, open_store

pytestmark = pytest.mark.browser


@dataclass
class Site:
    base: str
    store: Store
    redis: Redis


@pytest.fixture
def site(tmp_path: Path, github: FakeGitHub) -> Iterator[Site]:
    """The real server on real parts, with a person at GitHub who may write to acme/shop."""
    github.rights["ada"] = {"acme/shop": Permission.WRITE}
    database, port = f"sqlite:///{tmp_path}/tidegate.db", free_port()
    addresses = {"GITHUB_API_URL": github.url, "GITHUB_WEB_URL": github.url, "TIDEGATE_URL": f"http://127.0.0.1:{port}"}
    store = open_store(database, SECRET_KEYS)
    store.migrate()
    with redis_server(tmp_path) as redis_url, Redis.from_url(redis_url) as redis:
        environment = {**ENVIRONMENT, **addresses, "DATABASE_URL": database, "REDIS_URL": redis_url}
        process, base = start_web("webapp.wsgi:app", environment, port)
        yield Site(base, store, redis)
        process.terminate()
        assert process.wait(30) == 0, "also while a page is open that watches a log"
    store.close()


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 375, "height": 800})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
        # Chromium says of each refusal that it is one.
        wrong = [each for each in complaints if "status of 409" not in each]
        assert wrong == [], "no script fails, and nothing breaks the content security policy"


def printed(site: Site, deployment: str, first: int, *texts: str) -> None:
    """As worker/logsink.py shows lines while they come."""
    for n, text in enumerate(texts, first):
        fields = {"n": n, "step": "build", "at": datetime.now(UTC).isoformat(), "text": text}
        site.redis.xadd(live_key(deployment), fields)  # type: ignore[arg-type]


def building(site: Site) -> tuple[str, Lane]:
    now = datetime.now(UTC)
    queued = a_deployment(site.store, a_service(site.store))
    lane = a_lane(site.store, queued, at=now)
    site.store.phases.begin(lane, Step.BUILD, now)
    site.store.deployments.move(queued.id, Move(Status.BUILDING, "building the image"), now, lane)
    return queued.id, lane


def test_watching_a_deployment(site: Site, page: Page) -> None:
    deployment, lane = building(site)
    printed(site, deployment, 1, "Step 1/2 : FROM base")
    page.goto(f"{site.base}/deployments/{deployment}")
    page.get_by_role("link", name="Sign in with GitHub").click()
    page.wait_for_url(f"**/deployments/{deployment}")
    log = page.locator("#log")
    expect(log).to_contain_text("Step 1/2 : FROM base")
    printed(site, deployment, 2, "Step 2/2 : <b>RUN</b> make", "done")
    expect(page.locator("#L3")).to_contain_text("done")
    expect(page.locator("#L2 span")).to_have_text("Step 2/2 : <b>RUN</b> make")
    expect(page.locator("#summary")).to_contain_text("Building the image")

    now = datetime.now(UTC)
    site.store.phases.end(lane, Step.BUILD, "ok", now)
    site.store.deployments.move(deployment, Move(Status.DEPLOYING, "starting the new instances"), now, lane)
    expect(page.locator("#summary")).to_contain_text("Starting the new instances")
    site.store.deployments.move(deployment, Move(Status.FAILED, "start failed: it never answered"), now, lane)
    expect(page.locator("#summary .status")).to_have_text("Failed")
    expect(page.locator("#live-note")).to_have_text("")

    page.locator("#L2 a").click()
    expect(page).to_have_url(re.compile(r"#L2$"))
    log.focus()
    for key, number in (("End", 3), ("ArrowUp", 2), ("Home", 1), ("ArrowDown", 2), ("End", 3)):
        page.keyboard.press(key)
        expect(page.locator(f"#L{number} a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#L3$"))
    page.keyboard.press("Tab")
    assert not page.locator("#log :focus").count(), "the log is one stop"
    assert not axe.complaints(page)
    fits(page)


def test_cancelling_from_the_page(site: Site, page: Page) -> None:
    deployment, lane = building(site)
    page.goto(f"{site.base}/")
    page.get_by_role("link", name="Sign in with GitHub").click()
    page.get_by_role("link", name="web", exact=True).click()
    page.wait_for_load_state()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(page.locator("#summary")).to_contain_text("ada asked to cancel")
    asked = site.store.deployments.get(deployment)
    assert asked is not None
    assert asked.cancel_asked_by == "ada"

    question = f"{site.base}/deployments/{deployment}/cancel"
    page.goto(question)
    site.store.deployments.move(deployment, Move(Status.CANCELED, "canceled by ada"), datetime.now(UTC), lane)
    page.get_by_role("button", name="Cancel it").click()
    expect(page.get_by_role("alert")).to_contain_text("It is too late to cancel")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_url(question)
    assert not axe.complaints(page)


def test_reading_without_scripts(site: Site, page: Page) -> None:
    done = a_deployment(site.store, a_service(site.store), 1, Status.FAILED)
    site.store.logs.append(done.id, "build", 1, [(datetime.now(UTC), "the only line")])
    assert page.context.browser is not None
    plain = page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site.base}/deployments/{done.id}")
    plain.get_by_role("link", name="Sign in with GitHub").click()
    expect(plain.locator("#L1")).to_contain_text("the only line")
    expect(plain.locator("#summary .status")).to_have_text("Failed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stops_a_service_and_what_starts_it(
    site: Site, page: Page, github: FakeGitHub, scheme: Literal["light", "dark"]
) -> None:
    github.rights["ada"] = {"acme/shop": Permission.MAINTAIN}
    page.emulate_media(color_scheme=scheme)
    service = a_service(site.store)
    site.store.freezes.put(Freeze(service.repository_id, None, None, "release-week-" * 20, "grace", NOON))
    waiting = of_pull(site.store, service, 7, "b" * 40, needs_approval=True)
    page.goto(f"{site.base}/services/{service.id}")
    page.get_by_role("link", name="Sign in with GitHub").click()
    notice = page.get_by_text("The repository is frozen by grace")
    expect(notice).to_be_visible()
    assert contrast(page, ".notice span") >= 4.5, "WCAG 2.1, level AA"
    fits(page)
    page.get_by_role("link", name="Its address").click()
    page.get_by_role("button", name="Make a deploy hook").click()
    expect(page.locator(".secret")).to_contain_text(f"{site.base}/hooks/deploy/{service.id}-")
    fits(page)
    page.goto(f"{site.base}/deployments/{waiting.id}")
    expect(page.locator("#summary")).to_contain_text("press Approve on its check run")
    fits(page)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 375, "nothing is cut off on a phone"


def contrast(page: Page, selector: str) -> float:
    """Of an element's text to the ground that it stands on, as WCAG has it: 1 to 21."""
    ratio = page.evaluate(_CONTRAST, selector)
    assert isinstance(ratio, int | float)
    return float(ratio)


#: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
_CONTRAST = """(selector) => {
  const element = document.querySelector(selector);
  const luminance = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / (colour.startsWith("color(") ? 1 : 255));
    const linear = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  let ground = element;
  while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  const [one, other] = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map(luminance);
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}"""

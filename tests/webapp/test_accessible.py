"""Every page, in both colours: nothing serious for the accessibility checker, and nothing cut off on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from redis import Redis

from tests import axe
from tests.tidegate.store.given import REPOSITORY
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.product import redis_server
from tests.webapp.site import Site, browser, listen, served, sign_in
from tests.webapp.town import print_readings, settle
from tidegate.permission import Permission

_NOTIFICATIONS = f"/repositories/{REPOSITORY.repository_id}/notifications"
pytestmark = pytest.mark.browser

PAGES = (
    *("/", "/?q=zebra", "/deployments", "/previews", "/hosts", "/usage", "/tokens", "/sessions", "/services/99"),
    *("/services/{web}", "/services/{api}", "/services/{site}", "/services/{web}?environment=pr-7"),
    *("/services/{web}/deployments", "/services/{web}/events", "/services/{web}/variables", "/services/{web}/settings"),
    *(
        "/services/{web}/commits",
        "/services/{web}/why?commit={commit}",
        "/services/{web}/rollback",
        "/services/{web}/deploy-hook",
    ),
    *("/services/{report}/runs", "/services/{report}/runs/{run}"),
    *("/deployments/{live}", "/deployments/{failed}", "/deployments/{building}", "/deployments/{fork}"),
    *("/deployments/{live}/configuration", "/deployments/{failed}/remove"),
    *("/services/{web}/deploy-hook/renew", f"/repositories/{REPOSITORY.repository_id}/previews/7/remove"),
    *("/audit", "/audit?actor=zebra&action=freeze", _NOTIFICATIONS),
    *(f"{_NOTIFICATIONS}/{{hook}}/deliveries", f"{_NOTIFICATIONS}/{{hook}}/remove"),
)


#: For who is admin in every repository.
EVERYWHERE = ("/hosts", "/hosts/local/admission?admission=drained")
ABOUT_COLOURS = ("color-contrast", "link-in-text-block")


def complaints(page: Page, site: Site, path: str) -> list[str]:
    page.goto(site.base + path)
    return complaints_here(page, path)


def complaints_here(page: Page, name: str) -> list[str]:
    page.set_viewport_size({"width": 1280, "height": 900})
    wrong = [f"{name}: {found}" for found in judged(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.documentElement.scrollWidth")
    return [*wrong, *([f"{name}: {width} pixels wide on a phone"] if width > 390 else [])]


def judged(page: Page) -> list[str]:
    """In the light by all rules, in the dark by those about colours."""
    page.emulate_media(color_scheme="light")
    wrong = axe.complaints(page)
    page.emulate_media(color_scheme="dark")
    return [*wrong, *(f"{each} (in the dark)" for each in axe.complaints(page, *ABOUT_COLOURS))]


def test_every_page(tmp_path: Path, github: FakeGitHub) -> None:
    github.rights["grace"] = dict.fromkeys(("acme/shop", "acme/docs"), Permission.ADMIN)
    github.rights["ada"] = {"acme/shop": Permission.ADMIN, "acme/docs": Permission.READ}
    github.commits = {"a" * 40: ("Show the basket", "success"), "b" * 40: ("Mend it", "failure")}
    with redis_server(tmp_path) as url, Redis.from_url(url) as redis, served(tmp_path, github, url) as site:
        town = settle(site.house.store)
        print_readings(redis, town)
        with browser() as chromium:
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            wrong = judged(page) if page.goto(f"{site.base}/login") else []
            sign_in(page, site)
            heard = listen(page)
            wrong += [found for each in PAGES for found in complaints(page, site, each.format(**vars(town)))]
            page.goto(f"{site.base}/services/{town.web}")
            page.get_by_text("Deploy", exact=True).click()
            page.get_by_role("link", name="Roll back").click()
            page.get_by_role("dialog").wait_for()
            wrong += [f"a dialog: {found}" for found in judged(page)]
            page.goto(f"{site.base}{_NOTIFICATIONS}")
            page.get_by_role("link", name="New secret").click()
            page.get_by_role("dialog").get_by_role("button", name="Make a new secret").click()
            page.get_by_text("shown this once").wait_for()
            wrong += complaints_here(page, "a secret")
            page.context.clear_cookies()
            github.visitor = "grace"
            sign_in(page, site)
            wrong += [found for path in EVERYWHERE for found in complaints(page, site, path)]
            page.close()
    assert wrong == []
    assert [each for each in heard if "404" not in each] == []

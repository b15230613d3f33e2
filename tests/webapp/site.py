"""The web app served to real browsers from this process, so that a story has its store and its worker at hand."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from tests.chromium import chromium
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import NO_REDIS, House, build
from tests.webapp.product import free_port
from webapp.parts import KEY


@dataclass(frozen=True)
class Site:
    base: str
    house: House


@contextmanager
def served(directory: Path, github: FakeGitHub, redis: str = NO_REDIS) -> Iterator[Site]:
    port, ended = free_port(), threading.Event()
    base = f"http://127.0.0.1:{port}"
    house = build(directory, redis=redis, github=github, told={"TIDEGATE_URL": base})
    house.app.extensions[KEY].places.stopping = ended.is_set
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Site(base, house)
    finally:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
        house.close()


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield made
        made.close()


def listen(page: Page) -> list[str]:
    """What goes wrong in its scripts, or breaks the content security policy, from now on.

    Chromium ends its connections when the machine gets or loses an address, which it does with every network that a
    story beside this one makes: that isn't the page's doing, whose stream begins again by itself.
    """
    heard: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "net::ERR_NETWORK_CHANGED" not in message.text:
            heard.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.base}/")
    page.get_by_role("link", name="Sign in with GitHub").click()
    page.wait_for_url(f"{site.base}/")

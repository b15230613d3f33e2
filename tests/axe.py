"""Deque's axe-core, the accessibility checker, on a page as a browser shows it (https://github.com/dequelabs/axe-core)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests import npm

VERSION = "4.14.1"
CACHE = Path(__file__).parents[1] / ".cache" / "axe"
_SERIOUS = {"serious", "critical"}


def complaints(page: Page, *only: str) -> list[str]:
    """What is seriously wrong, as "rule: where"; by these rules, or by all."""
    # By the browser's own protocol: the page's policy lets in no script from elsewhere.
    page.evaluate(_source())
    options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [
        f"{each['id']}: {', '.join(str(node['target'][0]) for node in each['nodes'][:5])}"
        for each in found
        if each["impact"] in _SERIOUS
    ]


@cache
def _source() -> str:
    return npm.fetch(f"axe-core@{VERSION}", "axe.min.js", CACHE / f"axe-{VERSION}.js").read_text()

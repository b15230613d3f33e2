"""How a static site answers: the file server itself, with the configuration that its image has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.static_server import serving
from tidegate.site import Header, Route, Site

STORY = "".join(f"line {number} of a long story\n" for number in range(2000))
FILES: dict[str, str | bytes] = {
    "index.html": "home",
    "404.html": "nothing here, says the site",
    "docs/index.html": "the docs",
    "docs/a page.html": "a page",
    "assets/app.js": STORY,
    "assets/style.css": "b {}",
    "assets/picture.png": b"\x89PNG",
    "posts/first.html": "the first post",
    "app/index.html": "the app",
    "empty/deeper/file.txt": "deep",
    "robots.txt": "all",
}
TOLD = Site(
    headers=(
        Header("/*", "X-Frame-Options", "DENY"),
        Header("/*", "X-Brace", 'a "quote" and {env.PORT} and %20'),
        Header("/assets/*", "Cache-Control", "public, max-age=31536000, immutable"),
        Header("/*.css", "X-Frame-Options", "SAMEORIGIN"),
    ),
    routes=(
        Route("redirect", "/old/*", "/new/*"),
        Route("redirect", "/up/*", "/*"),
        Route("redirect", "/users/:id/pages/:page", "https://example.com:8443/:page?user=:id"),
        Route("redirect", "/robots.txt", "/elsewhere"),
        Route("redirect", "/a (b)+c.html", "/d e"),
        Route("redirect", "/to/*", "/found#*"),
        Route("rewrite", "/p/:slug", "/posts/:slug.html"),
        Route("rewrite", "/app/*", "/app/index.html"),
        Route("redirect", "/app/*", "/never"),
    ),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("site"), FILES, TOLD) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "home"),
        ("/index.html", "home"),
        ("/docs/", "the docs"),
        ("/docs/a%20page.html", "a page"),
        ("/robots.txt", "all"),  # a file comes before every rule
        ("/p/first", "the first post"),
        ("/p/first?x=1", "the first post"),
        ("/app/", "the app"),
        ("/app/some/where?x", "the app"),
    ],
)
def test_what_is_there_is_served(site: httpx.Client, path: str, text: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.text) == (200, text)


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/docs", 308, "/docs/"),
        ("/old/a/b", 301, "/new/a/b"),
        ("/old/", 301, "/new/"),
        ("/old/caf%C3%A9%20%3F?q=1&r", 301, "/new/caf%C3%A9%20%3F?q=1&r"),
        ("/up/index.html", 301, "/index.html"),
        ("/up//example.com/", 301, "/example.com/"),
        ("/up/%2Fexample.com", 301, "/%2Fexample.com"),
        ("/users/7/pages/in%2Fdex?q=1", 301, "https://example.com:8443/in%2Fdex?user=7"),
        ("/a%20(b)+c.html", 301, "/d%20e"),
        ("/to/x?q=1", 301, "/found#x"),
    ],
)
def test_a_redirect_keeps_what_was_asked(site: httpx.Client, path: str, status: int, location: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.headers["location"]) == (status, location)


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing", "/old", "/users/7/pages/", "/users/7/8/pages/x", "/p/second", "/p/first/more", "/p/"),
        *("/empty", "/empty/", "/empty/deeper", "/assets/", "/%2e%2e/site.json", "/..%2fsite.json"),
        *("/docs/..%2f..%2fsite.json", "/docs/%2e%2e/%2e%2e/site.json", "/%5c..%5csite.json", "/*.html", "/a%00b"),
    ],
)
def test_nothing_else_is_there_and_no_directory_is_listed(site: httpx.Client, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code in {400, 404}
    assert "says the site" in answer.text or answer.status_code == 400


def test_a_path_that_leads_out_leads_nowhere(site: httpx.Client) -> None:
    answer = site.send(httpx.Request("GET", site.base_url, extensions={"target": b"/../site.json"}))
    assert (answer.status_code, "says the site" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/assets/app.js", "text/javascript; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/picture.png", "image/png"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/app/x.js", "text/html; charset=utf-8"),
        ("/nothing.js", "text/html; charset=utf-8"),
    ],
)
def test_each_kind_of_file_is_told(site: httpx.Client, path: str, kind: str) -> None:
    assert site.get(path).headers["content-type"].replace("application/javascript", "text/javascript") == kind


def test_headers_are_sent_to_the_paths_that_they_are_for(site: httpx.Client) -> None:
    home, script, style = site.get("/"), site.get("/assets/app.js"), site.get("/assets/style.css")
    assert home.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert home.headers["x-brace"] == 'a "quote" and {env.PORT} and %20'
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert [each.headers["x-frame-options"] for each in (home, script, style)] == ["DENY", "DENY", "SAMEORIGIN"]
    for path in ("/nothing", "/old/x", "/p/first"):
        assert site.get(path).headers["x-frame-options"] == "DENY"


def test_what_a_visitor_has_is_not_sent_again(site: httpx.Client) -> None:
    first = site.get("/docs/")
    for header, name in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        again = site.get("/docs/", headers={header: first.headers[name]})
        assert (again.status_code, again.content) == (304, b"")
    other = site.get("/docs/", headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.text) == (200, "the docs")
    missing = site.get("/nothing", headers={"If-None-Match": "*", "Range": "bytes=0-1"})
    assert (missing.status_code, missing.text) == (404, "nothing here, says the site")


def test_a_part_and_the_head_alone_are_sent_as_asked(site: httpx.Client) -> None:
    part = site.get("/assets/app.js", headers={"Range": "bytes=5-9", "Accept-Encoding": "gzip"})
    assert (part.status_code, part.text) == (206, STORY[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{len(STORY)}"
    beyond = site.get("/assets/app.js", headers={"Range": f"bytes={len(STORY)}-"})
    assert beyond.status_code == 416
    head = site.head("/assets/app.js", headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(STORY)))


def test_text_is_compressed_for_who_takes_it(site: httpx.Client) -> None:
    packed = site.get("/assets/app.js", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.text) == ("gzip", STORY)
    assert "accept-encoding" in packed.headers["vary"].lower()
    plain = site.get("/assets/app.js", headers={"Accept-Encoding": "identity"})
    assert ("content-encoding" in plain.headers, plain.text) == (False, STORY)


def test_nothing_is_taken(site: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert site.request(method, "/", content=b"x").status_code == 405


def test_a_site_of_one_page_falls_back_to_it(tmp_path: Path) -> None:
    told = Site(routes=(Route("rewrite", "/*", "/index.html"),))
    with serving(tmp_path, {"index.html": "the page", "app.js": "code", "docs/x.txt": ""}, told) as site:
        for path, text in {
            "/": "the page",
            "/deep/link?q": "the page",
            "/app.js": "code",
            "/docs/": "the page",
        }.items():
            answer = site.get(path)
            assert (answer.status_code, answer.text) == (200, text)


def test_without_a_page_of_its_own_what_is_missing_is_told_plainly(tmp_path: Path) -> None:
    with serving(tmp_path, {"index.html": "home"}, Site()) as site:
        answer = site.get("/nothing")
        assert (answer.status_code, answer.text) == (404, "There is nothing here.\n")

"""How a static site is built, and what its file server is told."""

from __future__ import annotations

import json
import shlex

import pytest

from tests.tidegate.plans.trees import Files, lines, package, planned, started
from tidegate import site
from tidegate.plans import NoPlan, Wishes, fingerprint
from tidegate.site import Header, Route, Site

PAGES: Files = {"index.html": ""}
BUILT: Files = {"package.json": package(scripts={"build": "vite build"}), "package-lock.json": "{}"}


def written(files: Files, told: Site) -> object:
    """What the Dockerfile's commands put into the server's configuration."""
    writing = [line for line in lines(files, runtime="static", site=told) if line.endswith(">> /site.json")]
    pieces = [shlex.split(line)[3] for line in writing]
    return json.loads("".join(pieces))


@pytest.mark.parametrize(
    ("files", "wishes", "wanted"),
    [
        (PAGES, {}, ["FROM caddy:2-alpine AS build", "RUN rm -f /site/tidegate.yml", "FROM caddy:2-alpine"]),
        ({"x/a.html": ""}, {"site": Site("x")}, ["FROM caddy:2-alpine AS build", "FROM caddy:2-alpine"]),
        (BUILT, {"site": Site("dist")}, ["FROM node:24 AS build", "RUN npm ci", "RUN npm run build"]),
        (BUILT, {"site": Site("dist"), "build": "make"}, ["FROM node:24 AS build", "RUN make", "FROM caddy:2-alpine"]),
        ({}, {"site": Site("out"), "build": "make"}, ["FROM node:24 AS build", "RUN make", "FROM caddy:2-alpine"]),
        (
            {"requirements.txt": "mkdocs"},
            {"site": Site("site"), "build": "mkdocs build"},
            ["FROM python:3.13 AS build", "RUN mkdocs build", "FROM caddy:2-alpine"],
        ),
    ],
)
def test_it_is_built_by_what_its_tree_is_and_served_by_the_file_server(
    files: Files, wishes: dict[str, object], wanted: list[str]
) -> None:
    told = lines(files, runtime="static", **wishes)
    assert [line for line in told if line in wanted] == wanted
    assert "COPY --from=build /site /srv" in told
    assert started(files, runtime="static", **wishes) == "exec caddy run --config /etc/caddy/site.json"


@pytest.mark.parametrize(
    ("files", "wishes", "reason"),
    [
        ({}, {}, "there is no `index.html` here"),
        (BUILT, {}, "set `staticPublishPath`"),
        (PAGES, {"build": "make"}, "set `staticPublishPath`"),
    ],
)
def test_what_does_not_tell_its_files_is_asked_for_them(files: Files, wishes: dict[str, str], reason: str) -> None:
    with pytest.raises(NoPlan, match=reason):
        planned(files, runtime="static", **wishes)


@pytest.mark.parametrize(
    "told",
    [
        Site(),
        Site("", (Header("/*", "X-A", 'it\'s "so" $HOME `x` \\ {env.HOME} #'),), (Route("redirect", "/a'b", "/c"),)),
        Site("", tuple(Header(f"/{number}", "X-A", "x" * 1000) for number in range(100))),
    ],
)
def test_the_server_is_told_what_the_deploy_file_says_however_it_is_written(told: Site) -> None:
    assert written(PAGES, told) == site.configuration(told)
    assert max(map(len, lines(PAGES, runtime="static", site=told))) < 32_000


def test_other_headers_are_another_image() -> None:
    one, other = (Site(headers=(Header("/", "X-A", value),)) for value in "ab")
    assert len({fingerprint(Wishes("static", site=each)) for each in (None, Site(), one, other)}) == 4


def test_a_directory_with_a_strange_name_is_one_word() -> None:
    (copied,) = [line for line in lines(PAGES, runtime="static", site=Site("it's $here")) if "cp -R" in line]
    assert shlex.split(copied)[-3:] == ["-R", "./it's $here", "/site"]

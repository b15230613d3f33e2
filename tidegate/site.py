"""A static site as its file server is told of it: which files, headers, redirects and rewrites, and in which order.

Rules match as Render's do (https://render.com/docs/redirects-rewrites): a file that is there comes before all rules,
then the first rule that matches. The server is Caddy; its configuration is JSON (https://caddyserver.com/docs/json/),
whose strings need no quoting but for Caddy's own placeholders in braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

#: Where the files are in the image.
ROOT = "/srv"
#: A visitor's copy is asked about each time, so that a new version is seen as soon as it is live.
_CACHE = "public, max-age=0, must-revalidate"
_NOT_FOUND = "There is nothing here.\n"
_PLACEHOLDER = re.compile(r":([A-Za-z_]\w*)")
_STAR = "star"
#: The request as it came, still encoded, so that what is taken from it fits into an address as it is.
_ASKED = "{http.request.uri}"
_PATH = "{http.request.uri.path}"

#: What no file is asked for by: it would be answered as if it were a GET, or not at all.
_REFUSED: tuple[dict[str, Any], ...] = (
    {
        "match": [{"not": [{"method": ["GET", "HEAD"]}]}],
        "handle": [{"handler": "static_response", "status_code": 405, "headers": {"Allow": ["GET, HEAD"]}}],
        "terminal": True,
    },
    {
        "match": [{"path_regexp": {"pattern": "\\x00"}}],
        "handle": [{"handler": "static_response", "status_code": 400}],
        "terminal": True,
    },
)


class BadRule(Exception):
    """The message says what is wrong with it, as a sentence; `hint` what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Header:
    """Sent with every answer to a path that matches; `*` stands for any characters."""

    path: str
    name: str
    value: str


@dataclass(frozen=True)
class Route:
    """For paths at which there is no file. `source`: a path, with one `*` for any characters and `:name` for one part;
    both may stand in `destination`, which is a path, or for a redirect also a whole address."""

    type: Literal["redirect", "rewrite"]
    source: str
    destination: str


@dataclass(frozen=True)
class Site:
    """`publish`: the directory of the files, relative to the service's own; None: not told."""

    publish: str | None = None
    headers: tuple[Header, ...] = ()
    routes: tuple[Route, ...] = ()


def checked(route: Route) -> Route:
    """Raises BadRule where its destination wants what its source doesn't have, or leads elsewhere than it may."""
    names = _PLACEHOLDER.findall(route.source)
    if route.source.count("*") > 1:
        raise BadRule(f"`{route.source}` has more than one `*`.", "Use `:name` for a part between slashes.")
    if len(set(names)) < len(names):
        raise BadRule(f"`{route.source}` has a placeholder twice.", "Give each a name of its own.")
    if "*" in route.destination and "*" not in route.source:
        raise BadRule("The destination has a `*`, and the source has none.", "Add it to the source, or take it out.")
    for name in _PLACEHOLDER.findall(_path_of(route.destination)):
        if name not in names:
            raise BadRule(f"The source has no `:{name}`.", "Add it to the source, or take it out of the destination.")
    if route.type == "rewrite" and not route.destination.startswith("/"):
        message = "A rewrite serves another file of this site, and `destination` is none."
        raise BadRule(message, "Begin it with a slash, or write `type: redirect`.")
    return route


def configuration(site: Site) -> dict[str, Any]:
    """Of Caddy, which listens at $PORT, and asks nobody for certificates."""
    server = {
        "listen": [":{env.PORT}"],
        "automatic_https": {"disable": True},
        "routes": [
            *_REFUSED,
            {"handle": [{"handler": "vars", "root": ROOT}, _set("Cache-Control", _CACHE)]},
            *map(_header, site.headers),
            *_files(),
            *(each for number, route in enumerate(site.routes) for each in _route(route, f"r{number}")),
            {"handle": [{"handler": "file_server"}]},
        ],
        "errors": {"routes": _errors()},
    }
    quiet = {"logs": {"default": {"level": "WARN"}}}
    return {
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": quiet,
        "apps": {"http": {"servers": {"site": server}}},
    }


def _header(header: Header) -> dict[str, Any]:
    pattern = "^" + re.escape(unquote(header.path)).replace(r"\*", ".*") + "$"
    return {"match": [{"path_regexp": {"pattern": pattern}}], "handle": [_set(header.name, _plain(header.value))]}


def _set(name: str, value: str) -> dict[str, Any]:
    return {"handler": "headers", "response": {"set": {name: [value]}}}


def _files() -> Iterator[dict[str, Any]]:
    """What is there: a file, or a directory with an index.html. A directory without one is as good as nothing."""
    slash = {"path_regexp": {"pattern": "/$"}}
    found: Sequence[dict[str, Any]] = (
        {**slash, "file": {"try_files": [f"{_PATH}index.html"]}},
        {"not": [slash], "file": {"try_files": [_PATH, f"{_PATH}/index.html"]}},
    )
    compressed = {"handler": "encode", "encodings": {"gzip": {}}}
    whole = {"match": [{"header": {"Range": None}}], "handle": [compressed]}
    inner = {"handler": "subroute", "routes": [whole, {"handle": [{"handler": "file_server"}]}]}
    yield {"match": list(found), "handle": [inner], "terminal": True}


def _route(route: Route, group: str) -> Iterator[dict[str, Any]]:
    match = [{"vars_regexp": {_ASKED: {"name": group, "pattern": _pattern(route.source)}}}]
    destination = _destination(route.destination, group)
    if route.type == "rewrite":
        handle: list[dict[str, Any]] = [{"handler": "rewrite", "uri": destination}, {"handler": "file_server"}]
    else:
        query = "" if re.search(r"[?#]", route.destination) else f"{{http.regexp.{group}.query}}"
        handle = [{"handler": "static_response", "status_code": 301, "headers": {"Location": [destination + query]}}]
    yield {"match": match, "handle": handle, "terminal": True}


def _pattern(source: str) -> str:
    """Of the address with its query. Slashes in a row count as one, so that none of them comes to begin what `*` stands
    for, and with it a host name."""
    told = ""
    for part in re.split(r"(\*|:[A-Za-z_]\w*|/+)", source):
        if part == "*":
            told += f"(?P<{_STAR}>[^?]*)"
        elif part.startswith(":") and len(part) > 1:
            told += f"(?P<{part[1:]}>[^/?]+)"
        elif part.startswith("/"):
            told += "/+"
        else:
            told += re.escape(quote(part, safe="!$&'()+,;=@~.-_%:"))
    return rf"^{told}(?P<query>\?.*)?$"


def _destination(text: str, group: str) -> str:
    """With what the source took from the address in place of its placeholders."""
    host, path = text.removesuffix(_path_of(text)), _path_of(text)
    parts = re.split(r"(\*|:[A-Za-z_]\w*)", path)
    told = (
        f"{{http.regexp.{group}.{_STAR if part == '*' else part[1:]}}}"
        if part == "*" or _PLACEHOLDER.fullmatch(part)
        else _plain(quote(part, safe="/?#[]@!$&'()+,;=~.-_%:"))
        for part in parts
    )
    return _plain(host) + "".join(told)


def _path_of(destination: str) -> str:
    """Without scheme and host."""
    whole = re.match(r"https?://[^/?#]*", destination)
    return destination[whole.end() :] if whole else destination


def _errors() -> list[dict[str, Any]]:
    """The site's own 404.html, whole, whatever part or version of it was asked for."""
    whole = {"handler": "headers", "request": {"delete": ["If-None-Match", "If-Modified-Since", "Range"]}}
    page = {"handler": "rewrite", "uri": "/404.html"}
    served = {"handler": "file_server", "status_code": "404"}
    missing = {"expression": "{http.error.status_code} == 404"}
    plain = {"handler": "static_response", "status_code": "{http.error.status_code}", "body": _NOT_FOUND}
    return [
        {"match": [{**missing, "file": {"try_files": ["/404.html"]}}], "handle": [whole, page, served]},
        {"match": [missing], "handle": [plain]},
    ]


def _plain(text: str) -> str:
    """Braces are Caddy's placeholders unless they are escaped."""
    return text.replace("{", "\\{")

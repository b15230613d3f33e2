"""Where a repository's submodules are fetched from, and who may see the token: decided from `.gitmodules` alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.ports import Refused

#: git@host:owner/name, as people write it; over ssh we have no key, but on the same host our token does.
_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)")


@dataclass(frozen=True)
class Submodule:
    """As declared: `path` below the repository's root, and `url`, which may be relative to the repository's own."""

    path: str
    url: str


def declared(listing: bytes) -> Sequence[Submodule]:
    """From `git config --list -z` of `.gitmodules`: `submodule.<name>.<key>` NEWLINE value NUL. Those with
    `update = none` are left out, as `git clone --recurse-submodules` leaves them out."""
    found: dict[str, dict[str, str]] = {}
    for entry in listing.decode(errors="replace").split("\0"):
        key, _, value = entry.partition("\n")
        section, _, rest = key.partition(".")
        name, _, field = rest.rpartition(".")
        if section == "submodule" and name:
            found.setdefault(name, {})[field] = value
    return [Submodule(s["path"], s["url"]) for s in found.values() if _wanted(s)]


def _wanted(fields: Mapping[str, str]) -> bool:
    return "path" in fields and "url" in fields and fields.get("update") != "none"


def address(parent: str, submodule: Submodule) -> str:
    """Its URL, given the URL of the repository that it is part of. Refused where we have no way to fetch it."""
    url = submodule.url
    if url.startswith(("./", "../")):
        return _relative(parent, submodule)
    host = urlsplit(parent).hostname
    scp = _SCP.fullmatch(url)
    if scp is not None and scp[1] == host:
        return _on_host(parent, scp[2])
    place = urlsplit(url)
    if place.scheme == "ssh" and place.hostname == host:
        return _on_host(parent, place.path)
    if place.scheme in {"http", "https"} and place.hostname and "@" not in place.netloc:
        return url
    raise Refused(f"The submodule `{submodule.path}` has the URL `{url}`, which can't be used: only https:// can.")


def same_host(parent: str, url: str) -> bool:
    """Whether the parent's token may be sent to `url`: same scheme, host and port."""
    first, second = urlsplit(parent), urlsplit(url)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def _on_host(parent: str, path: str) -> str:
    place = urlsplit(parent)
    return f"{place.scheme}://{place.netloc}/{path.lstrip('/')}"


def _relative(parent: str, submodule: Submodule) -> str:
    """As git-submodule(1) has it: relative to the parent repository as if that were a directory."""
    place = urlsplit(parent)
    parts = place.path.strip("/").split("/")
    for part in submodule.url.rstrip("/").split("/"):
        if part == ".." and not parts:
            raise Refused(f"The submodule `{submodule.path}` has the URL `{submodule.url}`, which leads nowhere.")
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return _on_host(parent, "/".join(parts))

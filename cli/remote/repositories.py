"""The repositories at the server, and which is meant by a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.trouble import Refused

if TYPE_CHECKING:
    from cli.remote.api import Answer, Api


def repositories(api: Api) -> list[Answer]:
    return list(api.each("/api/v1/repositories", "repositories", "after"))


def meant(api: Api, full_name: str) -> Answer:
    """By its `owner/name`. Raises Refused."""
    known = {each["full_name"]: each for each in repositories(api)}
    if full_name not in known:
        listed = ", ".join(known) or "there are none"
        raise Refused(f"{full_name}: not among the repositories there: {listed}")
    return known[full_name]

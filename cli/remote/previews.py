"""`tidegate previews`: the environments of pull requests, of one repository or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api, columns
from cli.remote.repositories import meant, repositories

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api


def add_to(commands: Commands) -> None:
    previews = commands.add_parser("previews", help="list the previews of pull requests")
    previews.add_argument("repository", nargs="?", metavar="OWNER/NAME", help="all, if it is left out")
    previews.add_argument("--all", action="store_true", help="those that are gone, too, and why")
    previews.set_defaults(run=by_api(_previews))


def _previews(api: Api, told: Told) -> Shown:
    found = []
    for each in [meant(api, told.repository)] if told.repository else repositories(api):
        where = f"/api/v1/repositories/{each['id']}/previews"
        listed = api.each(where, "previews", "before", {"all": "true" if told.all else None})
        found += [{"repository": each["full_name"], **one} for one in listed]
    rows = [row for each in found for row in _rows(each)]
    return Shown({"previews": found}, columns(rows))


def _rows(preview: Answer) -> list[list[str]]:
    """One for each of its services."""
    begin = [preview["repository"], preview["environment"], preview["head_sha"][:7]]
    if preview["absent"]:
        return [[*begin, "", "", preview["absent"]]]
    services = [(each["deployment"], each["url"]) for each in preview["services"]]
    return [[*begin, one["service"], one["status"], url or one["reason"]] for one, url in services] or [
        [*begin, "", "", "nothing was deployed yet"]
    ]

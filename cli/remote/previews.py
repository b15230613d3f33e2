"""`tidegate previews`: the environments of pull requests, of one repository or of all; made and removed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api, columns
from cli.remote.repositories import meant, repositories
from cli.trouble import Usage

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api


def add_to(commands: Commands) -> None:
    previews = commands.add_parser("previews", help="list the previews of pull requests, make one, remove one")
    previews.add_argument("repository", nargs="?", metavar="OWNER/NAME", help="all, if it is left out")
    previews.add_argument(
        "verb", nargs="?", choices=("list", "make", "remove"), default="list", help="list, if left out"
    )
    previews.add_argument("number", nargs="?", type=int, help="of the pull request whose preview is made or removed")
    previews.add_argument("--all", action="store_true", help="those that are gone, too, and why")
    previews.add_argument("--force", action="store_true", help="make it past a freeze; for admins")
    previews.set_defaults(run=by_api(_previews))


def _previews(api: Api, told: Told) -> Shown:
    if (told.verb == "list") != (told.number is None):
        wrong = f"tidegate previews {told.repository} {told.verb}"
        raise Usage(f"{wrong} takes no number" if told.number else f"Say which pull request: {wrong} NUMBER")
    return _listed(api, told) if told.verb == "list" else _asked(api, told)


def _listed(api: Api, told: Told) -> Shown:
    found = []
    for each in [meant(api, told.repository)] if told.repository else repositories(api):
        listed = api.each(_path(each), "previews", "before", {"all": "true" if told.all else None})
        found += [{"repository": each["full_name"], **one} for one in listed]
    rows = [row for each in found for row in _rows(each)]
    return Shown({"previews": found}, columns(rows))


def _asked(api: Api, told: Told) -> Shown:
    where = f"{_path(meant(api, told.repository))}/{told.number}"
    answer = api.put(where, {"force": told.force or None}) if told.verb == "make" else api.delete(where, {})
    return Shown(answer, [f"{told.repository} #{told.number}: {answer['detail']}"])


def _path(repository: Answer) -> str:
    return f"/api/v1/repositories/{repository['id']}/previews"


def _rows(preview: Answer) -> list[list[str]]:
    """One for each of its services."""
    begin = [preview["repository"], preview["environment"], preview["head_sha"][:7]]
    if preview["absent"]:
        return [[*begin, "", "", preview["absent"]]]
    services = [(each["deployment"], each["url"]) for each in preview["services"]]
    return [[*begin, one["service"], one["status"], url or one["reason"]] for one, url in services] or [
        [*begin, "", "", "nothing was deployed yet"]
    ]

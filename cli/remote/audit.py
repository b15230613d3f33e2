"""`tidegate audit`: who asked for what, by which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from cli.remote.repositories import repositories
from tidegate.markdown import plain

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

_LINES = 50
#: Entries that are asked for at once.
_PART = 100


def add_to(commands: Commands) -> None:
    audit = commands.add_parser("audit", help="tell who asked for what, the newest first")
    audit.set_defaults(run=by_api(_audit))
    audit.add_argument("--lines", type=int, default=_LINES, help=f"how many ({_LINES})")


def _audit(api: Api, told: Told) -> Shown:
    entries: list[Answer] = []
    cursor, wanted = None, max(told.lines, 1)
    while len(entries) < wanted:
        page = api.get("/api/v1/audit", {"limit": min(wanted - len(entries), _PART), "before": cursor})
        entries += page["entries"]
        cursor = page["next"]
        if cursor is None:
            break
    names = {each["id"]: each["full_name"] for each in repositories(api)}
    lines = [_line(each, names) for each in entries] or ["Nothing was asked for yet."]
    return Shown({"entries": entries}, lines)


def _line(entry: Answer, names: Mapping[int, str]) -> str:
    where = (names.get(entry["repository_id"]), entry["service"], entry["environment"], entry["deployment_id"])
    by = f"{entry['via']} {entry['token']}" if entry["token"] else entry["via"]
    said = "  ".join(each for each in (entry["action"], *where, entry["detail"]) if each)
    return plain(f"{entry['at'][:19].replace('T', ' ')}  {entry['actor']} ({by})  {said}")

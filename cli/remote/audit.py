"""`tidegate audit`: who asked for what, by which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
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
    lines = [_line(each) for each in entries] or ["Nothing was asked for yet."]
    return Shown({"entries": entries}, lines)


def _line(entry: Answer) -> str:
    where = [entry[each] for each in ("repository", "service", "environment", "deployment_id")]
    by = f"{entry['via']} {entry['token']}" if entry["token"] else entry["via"]
    said = "  ".join(each for each in (entry["action"], *where, entry["detail"]) if each)
    return plain(f"{entry['at'][:19].replace('T', ' ')}  {entry['actor']} ({by})  {said}")

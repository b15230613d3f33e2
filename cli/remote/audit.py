"""`tidegate audit`: who asked for what, by which way."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from tidegate.markdown import plain

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

_LINES = 50


def add_to(commands: Commands) -> None:
    audit = commands.add_parser("audit", help="tell who asked for what, the newest first")
    audit.set_defaults(run=by_api(_audit))
    audit.add_argument("--lines", type=int, default=_LINES, help=f"how many ({_LINES})")


def _audit(api: Api, told: Told) -> Shown:
    entries = list(islice(api.each("/api/v1/audit", "entries", "before"), max(told.lines, 1)))
    lines = [_line(each) for each in entries] or ["Nothing was asked for yet."]
    return Shown({"entries": entries}, lines)


def _line(entry: Answer) -> str:
    where = [entry[each] for each in ("repository", "service", "environment", "deployment_id")]
    by = f"{entry['via']} {entry['token']}" if entry["token"] else entry["via"]
    said = "  ".join(each for each in (entry["action"], *where, entry["detail"]) if each)
    return plain(f"{entry['at'][:19].replace('T', ' ')}  {entry['actor']} ({by})  {said}")

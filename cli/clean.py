"""`tidegate clean`: the clean-up that the workers do by themselves now and then, now, or told without being done."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cli.bar import bar
from cli.command import Shown, Told, alone
from cli.onstore import demand_ready, settings_of
from cli.trouble import Refused
from tidegate.retention import GIGABYTE, Item

if TYPE_CHECKING:
    from cli.command import Commands


def add_to(commands: Commands) -> None:
    clean = commands.add_parser("clean", help="remove now what no deployment needs, as the workers do hourly")
    clean.add_argument("--dry-run", action="store_true", help="tell what would be removed and what is kept, and why")
    clean.add_argument("--urgent", action="store_true", help="caches too, as is done where a build has too little room")
    clean.set_defaults(run=alone(_clean))


def _clean(environment: Mapping[str, str], asked: Told) -> Shown:
    """Runs on the machine of the workers, with their environment."""
    settings = settings_of(environment, "Nothing can be cleaned up")
    from cli import notes
    from tidegate.store import StoreDown
    from worker import clean as cleaning
    from worker.survey import survey
    from worker.wiring import make

    notes.to_stderr()
    parts = make(settings, "tidegate-clean")
    rules = settings.retention.urgent() if asked.urgent else settings.retention
    try:
        demand_ready(settings, parts.store)
        with bar(sys.stderr, quiet=asked.json) as at:
            items = survey(parts, rules, at) if asked.dry_run else cleaning.clean(parts, rules, at)
    except StoreDown as down:
        raise Refused(f"the store can't be reached: {down}") from down
    finally:
        parts.store.close()
    return Shown({"dry_run": asked.dry_run, "items": [_document(each) for each in items]}, [told(items)])


def told(items: Sequence[Item]) -> str:
    """A line for each, what goes first, and their sum."""
    lines = [_line(item) for item in sorted(items, key=lambda item: not item.verdict.go)]
    going = [item for item in items if item.verdict.go]
    return "\n".join(
        (*lines, f"to remove: {len(going)} of {len(items)}, {_size(sum(each.size or 0 for each in going))}")
    )


def _document(item: Item) -> dict[str, object]:
    what = {"kind": item.kind, "name": item.name, "bytes": item.size}
    return {**what, "remove": item.verdict.go, "reason": item.verdict.reason}


def _line(item: Item) -> str:
    size = f" ({_size(item.size)})" if item.size is not None and item.verdict.go else ""
    return f"{'remove' if item.verdict.go else 'keep  '}  {item.kind} {item.name}{size}: {item.verdict.reason}"


def _size(size: int) -> str:
    return f"{size / GIGABYTE:.2f} GB"

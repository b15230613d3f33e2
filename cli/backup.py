"""`tidegate backup FILE`: a copy of the whole store, while everything runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.bar import bar
from cli.command import Shown, Told
from cli.onstore import on_store
from cli.trouble import Refused

if TYPE_CHECKING:
    from cli.command import Commands
    from tidegate.settings import Settings
    from tidegate.store import Store


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("backup", help="copy the whole store while it is in use")
    parser.set_defaults(run=on_store("Nothing can be backed up", _backup))
    parser.add_argument("file", type=Path, help="to be made")


def _backup(settings: Settings, _: Store, told: Told) -> Shown:
    from tidegate.store.backup import NotBackedUp, backup

    try:
        with bar(sys.stderr, quiet=told.json) as at:
            size = backup(settings.database_url, told.file, at)
    except NotBackedUp as why:
        raise Refused(str(why)) from why
    lines = [
        f"{told.file}: {size / 1e6:.1f} MB. TIDEGATE_SECRET_KEY is not in it: keep it elsewhere, since what is",
        "secret in there can't be read without it.",
    ]
    return Shown({"file": str(told.file), "bytes": size}, lines)

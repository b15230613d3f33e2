"""`tidegate backup FILE`: a copy of the whole store, while everything runs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from cli.onstore import NotDone, on_store
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store.backup import NotBackedUp, backup


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("backup", help="copy the whole store while it is in use")
    parser.set_defaults(run=_backup)
    parser.add_argument("file", help="to be made")


def _backup(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    def act(settings: Settings, _: Store) -> None:
        try:
            size = backup(settings.database_url, Path(told.file))
        except NotBackedUp as why:
            raise NotDone(str(why)) from why
        print(f"{told.file}: {size / 1e6:.1f} MB. TIDEGATE_SECRET_KEY is not in it: keep it elsewhere, since what is")
        print("secret in there can't be read without it.")

    return on_store(environment, "Nothing can be backed up", act)

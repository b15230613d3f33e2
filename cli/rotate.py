"""`tidegate rotate`: all that is kept encrypted is so with the first of the keys from now on, and the others can go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cli.bar import bar
from cli.command import Shown, Told
from cli.onstore import on_store
from cli.trouble import Refused

if TYPE_CHECKING:
    from cli.command import Commands
    from tidegate.settings import Settings
    from tidegate.store import Store

_DONE = "All is encrypted with the first key of TIDEGATE_SECRET_KEY. The others can be dropped."


def add_to(commands: Commands) -> None:
    rotate = commands.add_parser("rotate", help="encrypt all that is kept with the first key of TIDEGATE_SECRET_KEY")
    rotate.set_defaults(run=on_store("Nothing can be encrypted", _rotate))


def _rotate(_: Settings, store: Store, told: Told) -> Shown:
    """With the workers' environment, once they all have the new key."""
    from tidegate.store import CannotOpen

    try:
        with bar(sys.stderr, quiet=told.json) as at:
            store.rotate(at)
    except CannotOpen as why:
        raise Refused(f"Nothing was changed: {why}.") from why
    return Shown({"detail": _DONE}, [_DONE])

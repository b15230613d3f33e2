"""`tidegate sign-out`: ends somebody's sign-ins, on the workers' machine with their environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.onstore import on_store, record

if TYPE_CHECKING:
    from cli.command import Commands
    from tidegate.settings import Settings
    from tidegate.store import Store


def add_to(commands: Commands) -> None:
    out = commands.add_parser("sign-out", help="end somebody's sign-ins in every browser")
    out.set_defaults(run=on_store("Nobody can be signed out", _sign_out))
    out.add_argument("login", help="at GitHub")


def _sign_out(_: Settings, store: Store, told: Told) -> Shown:
    """Their tokens stay: `tidegate tokens revoke`."""
    with store.together():
        ended = store.sessions.end_of(told.login)
        record(store, "sign-out-everywhere", told.login)
    return Shown({"login": told.login, "ended": ended}, [f"{told.login}: {ended} ended"])

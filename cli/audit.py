"""`tidegate audit`: who asked for what, by which way; and `tidegate sign-out`: ends somebody's sign-ins."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from cli.onstore import on_store, record
from tidegate.audit import Asked
from tidegate.markdown import plain
from tidegate.settings import Settings
from tidegate.store import Store

_LINES = 50

Told = argparse.Namespace


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="tell who asked for what, the newest first")
    audit.set_defaults(run=_audit)
    audit.add_argument("--lines", type=int, default=_LINES, help=f"how many ({_LINES})")
    out = commands.add_parser("sign-out", help="end somebody's sign-ins in every browser")
    out.set_defaults(run=_sign_out)
    out.add_argument("login", help="at GitHub")


def _audit(environment: Mapping[str, str], told: Told) -> int:
    def act(_: Settings, store: Store) -> None:
        names = {each.id: each.full_name for each in store.repositories.all()}
        lines = [_line(entry, names) for _, entry in store.audit.page(None, max(told.lines, 1), None)]
        print("\n".join(lines) or "Nothing was asked for yet.")

    return on_store(environment, "Nothing can be told", act)


def _sign_out(environment: Mapping[str, str], told: Told) -> int:
    """Their tokens stay: `tidegate tokens revoke`."""

    def act(_: Settings, store: Store) -> None:
        with store.together():
            ended = store.sessions.end_of(told.login)
            record(store, "sign-out-everywhere", told.login)
        print(f"{told.login}: {ended} ended")

    return on_store(environment, "Nobody can be signed out", act)


def _line(entry: Asked, names: Mapping[int, str]) -> str:
    about = entry.about
    where = (names.get(about.repository_id or 0), about.service, about.environment, about.deployment_id)
    by = f"{entry.via} {entry.token}" if entry.token else entry.via
    told = "  ".join(each for each in (entry.action, *where, entry.detail) if each)
    return plain(f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.actor} ({by})  {told}")

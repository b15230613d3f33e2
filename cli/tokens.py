"""`tidegate tokens`: API tokens of the operator, made on the workers' machine, where nobody need sign in; and
everybody's, to be seen and revoked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from cli.onstore import NotDone, on_store, record
from tidegate.apitoken import DAYS, MOST_DAYS, ApiToken, Scope, Terms
from tidegate.permission import OPERATOR
from tidegate.settings import Settings
from tidegate.store import Store

_NOTHING = "Nothing can be done about tokens"

Told = argparse.Namespace


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    tokens = commands.add_parser("tokens", help="tokens for the API, without signing in")
    actions = tokens.add_subparsers(required=True)
    create = actions.add_parser("create", help="make one; it is printed this once")
    create.set_defaults(run=_create)
    create.add_argument("name", help="what it is for")
    create.add_argument("--scope", choices=[str(each) for each in Scope], default=str(Scope.READ), help="read")
    create.add_argument("--days", type=int, default=DAYS, help=f"until it expires: {DAYS}, at most {MOST_DAYS}")
    create.add_argument("--repository", action="append", metavar="OWNER/NAME", help="there only; may be repeated")
    actions.add_parser("list", help="tell whose there are, and for what").set_defaults(run=_list)
    revoke = actions.add_parser("revoke", help="refuse one from now on, whosever it is")
    revoke.set_defaults(run=_revoke)
    revoke.add_argument("number", type=int, help="as the list has it")


def _create(environment: Mapping[str, str], told: Told) -> int:
    """Nothing but the token goes to stdout, so that a script can keep it."""

    def act(settings: Settings, store: Store) -> None:
        if not 1 <= told.days <= MOST_DAYS:
            raise NotDone(f"--days is from 1 to {MOST_DAYS}")
        if not told.name.strip() or not told.name.isprintable():
            raise NotDone("say what it is for, such as `ci`")
        now = datetime.now(UTC)
        repositories = None if told.repository is None else _meant(store, told.repository)
        expires_at = now + timedelta(days=told.days)
        terms = Terms(told.name.strip(), OPERATOR, None, Scope(told.scope), repositories, expires_at)
        with store.together():
            made, text = store.api_tokens.make(terms, now)
            record(store, "make-token", f"{terms.name} ({made.id}), for {terms.scope}")
        print(text)
        print(f"number {made.id}: {_told(made, now)}; send it to {settings.url}/api/v1", file=sys.stderr)

    return on_store(environment, _NOTHING, act)


def _list(environment: Mapping[str, str], _: Told) -> int:
    def act(_: Settings, store: Store) -> None:
        now = datetime.now(UTC)
        lines = [f"{each.id}: {each.terms.name}, {_told(each, now)}" for each in store.api_tokens.all()]
        print("\n".join(lines) or "There are none.")

    return on_store(environment, _NOTHING, act)


def _revoke(environment: Mapping[str, str], told: Told) -> int:
    def act(_: Settings, store: Store) -> None:
        with store.together():
            if not store.api_tokens.revoke(told.number):
                raise NotDone(f"there is no token {told.number}")
            record(store, "revoke-token", str(told.number))
        print(f"{told.number}: revoked")

    return on_store(environment, _NOTHING, act)


def _meant(store: Store, names: Sequence[str]) -> frozenset[int]:
    known = {each.full_name: each.id for each in store.repositories.all() if each.gone is None}
    missing = [name for name in names if name not in known]
    if missing:
        raise NotDone(f"{', '.join(missing)}: not among the repositories here: {', '.join(known) or 'there are none'}")
    return frozenset(known[name] for name in names)


def _told(token: ApiToken, now: datetime) -> str:
    terms = token.terms
    until = "expired" if terms.expires_at <= now else "expires"
    where = "" if terms.repositories is None else f", in {len(terms.repositories)} of the repositories"
    return f"{terms.scope}, of {terms.maker}{where}, {until} {terms.expires_at:%Y-%m-%d}"

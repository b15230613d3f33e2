"""`tidegate tokens`: API tokens of the operator, made on the workers' machine, where nobody need sign in; and
everybody's, to be seen and revoked."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.onstore import on_store, record
from cli.trouble import Refused
from tidegate.apitoken import DAYS, MOST_DAYS, ApiToken, Scope, Terms
from tidegate.permission import OPERATOR

if TYPE_CHECKING:
    from cli.command import Commands
    from tidegate.settings import Settings
    from tidegate.store import Store

_NOTHING = "Nothing can be done about tokens"


def add_to(commands: Commands) -> None:
    tokens = commands.add_parser("tokens", help="tokens for the API, without signing in")
    actions = tokens.add_subparsers(required=True)
    create = actions.add_parser("create", help="make one; it is printed this once")
    create.set_defaults(run=on_store(_NOTHING, _create))
    create.add_argument("name", help="what it is for")
    create.add_argument("--scope", choices=[str(each) for each in Scope], default=str(Scope.READ), help="read")
    create.add_argument("--days", type=int, default=DAYS, help=f"until it expires: {DAYS}, at most {MOST_DAYS}")
    create.add_argument("--repository", action="append", metavar="OWNER/NAME", help="there only; may be repeated")
    listed = actions.add_parser("list", help="tell whose there are, and for what")
    listed.set_defaults(run=on_store(_NOTHING, _list))
    revoke = actions.add_parser("revoke", help="refuse one from now on, whosever it is")
    revoke.set_defaults(run=on_store(_NOTHING, _revoke))
    revoke.add_argument("number", type=int, help="as the list has it")


def _create(settings: Settings, store: Store, told: Told) -> Shown:
    """Nothing but the token goes to stdout, so that a script can keep it."""
    if not 1 <= told.days <= MOST_DAYS:
        raise Refused(f"--days is from 1 to {MOST_DAYS}")
    if not told.name.strip() or not told.name.isprintable():
        raise Refused("say what it is for, such as `ci`")
    now, names = datetime.now(UTC), _names(store)
    repositories = None if told.repository is None else _meant(names, told.repository)
    expires_at = now + timedelta(days=told.days)
    terms = Terms(told.name.strip(), OPERATOR, None, Scope(told.scope), repositories, expires_at)
    with store.together():
        made, text = store.api_tokens.make(terms, now)
        record(store, "make-token", f"{terms.name} ({made.id}), for {terms.scope}")
    print(f"number {made.id}: {_told(made, now)}; send it to {settings.url}/api/v1", file=sys.stderr)
    return Shown({**_document(made, names), "token": text}, [text])


def _list(_: Settings, store: Store, __: Told) -> Shown:
    now, found, names = datetime.now(UTC), store.api_tokens.all(), _names(store)
    lines = [f"{each.id}: {each.terms.name}, {_told(each, now)}" for each in found] or ["There are none."]
    return Shown({"tokens": [_document(each, names) for each in found]}, lines)


def _revoke(_: Settings, store: Store, told: Told) -> Shown:
    with store.together():
        if not store.api_tokens.revoke(told.number):
            raise Refused(f"there is no token {told.number}")
        record(store, "revoke-token", str(told.number))
    return Shown({"id": told.number}, [f"{told.number}: revoked"])


def _names(store: Store) -> dict[int, str]:
    return {each.id: each.full_name for each in store.repositories.all() if each.gone is None}


def _meant(names: Mapping[int, str], wanted: Sequence[str]) -> frozenset[int]:
    known = {name: number for number, name in names.items()}
    missing = [name for name in wanted if name not in known]
    if missing:
        raise Refused(f"{', '.join(missing)}: not among the repositories here: {', '.join(known) or 'there are none'}")
    return frozenset(known[name] for name in wanted)


def _document(token: ApiToken, names: Mapping[int, str]) -> dict[str, object]:
    """As the API has one's own, with its `maker`."""
    terms = token.terms
    where = terms.repositories
    return {
        "id": token.id,
        "name": terms.name,
        "maker": terms.maker,
        "scope": terms.scope,
        "repositories": None if where is None else sorted(names[each] for each in where if each in names),
        "created_at": token.made_at.isoformat(),
        "expires_at": terms.expires_at.isoformat(),
        "used_at": token.used_at.isoformat() if token.used_at else None,
    }


def _told(token: ApiToken, now: datetime) -> str:
    terms = token.terms
    until = "expired" if terms.expires_at <= now else "expires"
    where = "" if terms.repositories is None else f", in {len(terms.repositories)} of the repositories"
    return f"{terms.scope}, of {terms.maker}{where}, {until} {terms.expires_at:%Y-%m-%d}"

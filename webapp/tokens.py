"""API tokens as people make, list and revoke them, on the page and by the API: in one place for both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from tidegate.apitoken import DAYS, MOST_DAYS, ApiToken, Scope, Terms
from tidegate.audit import About
from tidegate.markdown import code
from tidegate.repository import Repository
from webapp.api.declared import Line, OneOf, Told, Whole, told
from webapp.asker import Program
from webapp.asking import from_our_pages, recorded
from webapp.parameters import bad
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import Viewer

_NAME = Line("name", "what it is for, such as `ci`", required=True)
_SCOPE = OneOf("scope", "what it may do", tuple(Scope), Scope.READ)
_REPOSITORIES = Line("repositories", "owner/name, several with commas between them; all, where it is left out", 2000)
_DAYS = Whole("days", "until it expires", 1, MOST_DAYS, DAYS)
TAKES = (_NAME, _SCOPE, _REPOSITORIES, _DAYS)
#: Of one person, so that a script can't fill the store.
MOST = 100
NO_SUCH = "You have no such token."


def asked() -> Told:
    """What this request says of the token that is to be made. Raises Problem."""
    return told(TAKES)


def make(viewer: Viewer, asked: Told) -> tuple[ApiToken, str]:
    """What was made, and its text, which nobody can be shown again. Raises Problem."""
    from_our_pages()
    person = viewer.person()
    name, scope = _NAME.must(asked), Scope(_SCOPE.must(asked))
    names, now = _REPOSITORIES.of(asked), datetime.now(UTC)
    until = now + timedelta(days=_DAYS.must(asked))
    store = parts().store
    if len([each for each in store.api_tokens.of(person.id) if each.terms.expires_at > now]) >= MOST:
        raise Problem(HTTPStatus.CONFLICT, f"You have {MOST} tokens. Revoke one first.")
    repositories = None if names is None else frozenset(_repository(viewer, each) for each in _names(names))
    terms = Terms(name, person.login, person.id, scope, repositories, until)
    with recorded(viewer, "make-token", About(), f"{name}, for {terms.scope}"):
        return store.api_tokens.make(terms, now)


def of(viewer: Viewer) -> list[ApiToken]:
    """Of who signed in, the newest first. Raises Problem."""
    return parts().store.api_tokens.of(viewer.person().id)


def revoke(viewer: Viewer, number: int) -> None:
    """One's own; a token may revoke itself, such as one that got out. Raises Problem."""
    from_our_pages()
    store = parts().store
    if isinstance(viewer.asker, Program) and viewer.asker.token.id == number:
        mine = {number}
    else:
        mine = {each.id for each in store.api_tokens.of(viewer.person().id)}
    with recorded(viewer, "revoke-token", About(), str(number)):
        if number not in mine or not store.api_tokens.revoke(number):
            raise Problem(HTTPStatus.NOT_FOUND, NO_SUCH)


def repositories_of(token: ApiToken) -> list[str] | None:
    """Their names; None is all of them."""
    if token.terms.repositories is None:
        return None
    return [each.full_name for each in parts().store.repositories.all() if each.id in token.terms.repositories]


def _names(told: str) -> list[str]:
    return [each for each in told.replace(",", " ").split() if each]


def _repository(viewer: Viewer, name: str) -> int:
    """Raises Problem."""
    owner, _, short = name.partition("/")
    found: Repository | None = parts().store.repositories.by_name(owner, short)
    # In the same words, so that nobody learns what there is.
    absent = bad(f"`repositories`: there is no {code(name)} here, or GitHub does not let you read it.")
    if found is None:
        raise absent
    try:
        return viewer.repository(found.id).id
    except Problem:
        raise absent from None

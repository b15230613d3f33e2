"""Tidegate's HTTP API for the commands: each call is carried out once, also where the connection is cut meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, TypeVar, cast

import httpx

from cli.remote import patience
from cli.remote.account import Account
from cli.trouble import Absent, Forbidden, NotSignedIn, Refused, Trouble, Unreachable
from tidegate.markdown import clip

#: What the API answers with: an object.
Answer = dict[str, Any]
Query = Mapping[str, str | int | bool | None]
Body = Mapping[str, str | int | bool | dict[str, str] | None]
_Value = TypeVar("_Value")

#: Entries of a list that are asked for at once.
_PART = 100
#: Seconds, of those that a server may say in `Retry-After`, that are waited for.
_PATIENCE = 10
#: Seconds without a byte. A worker has ten to answer an order; a log that is followed says something every fifteen.
_SILENCE = 30.0
_HURRY = 1.0
_REFUSED: dict[int, type[Refused]] = {HTTPStatus.FORBIDDEN: Forbidden, HTTPStatus.NOT_FOUND: Absent}
_AWAY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
_DETAIL = 1000


def transport() -> httpx.BaseTransport:
    return httpx.HTTPTransport()


def signed_in(account: Account, *, hurried: bool = False) -> Api:
    return Api(account.url, transport(), {"Authorization": f"Bearer {account.token}"}, hurried=hurried)


class Api:
    """Of the server at `url`, asked `over` there and with these `headers`. `hurried`: not asked twice, nor waited for
    for long. Every method raises Trouble."""

    def __init__(
        self, url: str, over: httpx.BaseTransport, headers: Mapping[str, str] | None = None, *, hurried: bool = False
    ) -> None:
        self.url = url
        said = {"User-Agent": f"tidegate/{version('tidegate')}", **(headers or {})}
        self._http = httpx.Client(base_url=url, headers=said, timeout=_HURRY if hurried else _SILENCE, transport=over)
        self._pauses = () if hurried else patience.PAUSES

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, query: Query | None = None) -> Answer:
        return self._ask("GET", path, {"params": _said(query)}, again=True)

    def each(self, path: str, name: str, cursor: str, query: Query | None = None) -> Iterator[Answer]:
        """Of a list that comes in parts, `cursor` by which the next is asked for, once it is wanted."""
        further: Mapping[str, Any] = {}
        while True:
            part = self.get(path, {"limit": _PART, **(query or {}), **further})
            yield from part[name]
            if part["next"] is None:
                return
            further = {cursor: part["next"]}

    def post(self, path: str, body: Body) -> Answer:
        """Once, however often it has to be asked."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return self._ask("POST", path, {"json": _said(body), "headers": key}, again=True)

    def put(self, path: str, body: Body) -> Answer:
        return self._ask("PUT", path, {"json": _said(body)}, again=False)

    def delete(self, path: str, query: Query) -> Answer:
        return self._ask("DELETE", path, {"params": _said(query)}, again=False)

    @contextmanager
    def lines(self, path: str, query: Query, kind: str) -> Iterator[Iterator[str]]:
        """Of an answer of this media type, as they come: the API's JSON is in ASCII, where nothing else ends a line."""
        try:
            with self._http.stream("GET", path, params=_said(query)) as answer:
                if answer.status_code != HTTPStatus.OK:
                    answer.read()
                    raise _trouble(answer)
                if not answer.headers.get("Content-Type", "").startswith(kind):
                    raise _stranger(answer)
                yield answer.iter_lines()
        except httpx.RequestError as why:
            raise self._away(why) from None

    def _ask(self, method: str, path: str, more: Mapping[str, Any], *, again: bool) -> Answer:
        """`again`: it may be asked again though it isn't known whether it was carried out."""
        for wait in self._pauses:
            try:
                answer = self._http.request(method, path, **more)
            except httpx.RequestError as why:
                if not again and not isinstance(why, httpx.ConnectError | httpx.ConnectTimeout):
                    raise self._away(why) from None
            else:
                if not _comes_again(answer):
                    return _told(answer)
            patience.pause(wait)
        try:
            return _told(self._http.request(method, path, **more))
        except httpx.RequestError as why:
            raise self._away(why) from None

    def _away(self, why: httpx.RequestError) -> Unreachable:
        return Unreachable(f"{self.url} can't be reached: {str(why) or type(why).__name__}")


def _said(told: Mapping[str, _Value | None] | None) -> dict[str, _Value]:
    return {name: value for name, value in (told or {}).items() if value is not None}


def _comes_again(answer: httpx.Response) -> bool:
    """Nothing was done, or the same request is still being carried out; the server says when to ask again."""
    after = answer.headers.get("Retry-After", "")
    soon = after.isdigit() and int(after) <= _PATIENCE
    return soon and answer.status_code in {HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, *_AWAY}


def _told(answer: httpx.Response) -> Answer:
    if not answer.is_success:
        raise _trouble(answer)
    told = _json(answer)
    if told is None:
        raise _stranger(answer)
    return told


def _stranger(answer: httpx.Response) -> Unreachable:
    return Unreachable(f"What answers at {answer.url.copy_with(query=None)} isn't Tidegate")


def _trouble(answer: httpx.Response) -> Trouble:
    site = f"{answer.url.scheme}://{answer.url.netloc.decode()}"
    if answer.is_redirect:
        return Unreachable(f"{site} sends elsewhere: {answer.headers.get('Location')}. Is that Tidegate's address?")
    problem = _json(answer) or {}
    detail = clip(str(problem.get("detail") or f"it answered {answer.status_code}"), _DETAIL)
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return NotSignedIn(f"{detail} Then: tidegate login {site}")
    if answer.status_code in _AWAY:
        return Unreachable(f"{site}: {detail}")
    return _REFUSED.get(answer.status_code, Refused)(detail)


def _json(answer: httpx.Response) -> Answer | None:
    try:
        told = answer.json()
    except ValueError:
        return None
    return cast("Answer", told) if isinstance(told, dict) else None

"""One REST request as an endpoint sees it, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, current_app, request

from standin.access import Actor
from standin.records import Json, Repo
from standin.refusals import Refusal, malformed
from standin.world import World

PER_PAGE, MOST_PER_PAGE = 30, 100
T = TypeVar("T")


def here() -> World:
    """The world that this server shows."""
    found: World = current_app.extensions["standin"]
    return found


@dataclass
class Answer:
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        if self.body is None:
            return Response(status=self.status, headers=self.headers)
        if isinstance(self.body, bytes):
            return Response(self.body, self.status, self.headers)
        text = json.dumps(self.body, separators=(",", ":"), ensure_ascii=False)
        return Response(text, self.status, self.headers, content_type="application/json; charset=utf-8")


@dataclass
class Call:
    """One request, as an endpoint sees it."""

    world: World
    actor: Actor = field(default_factory=lambda: Actor("anonymous"))
    repo: Repo = field(init=False)  # the one in the path, where the path names one

    @property
    def body(self) -> Json:
        """The JSON object that was sent; {} for an empty body, 400 for anything else."""
        sent = self.sent
        if sent is None:
            return {}
        if not isinstance(sent, dict):
            raise Refusal(400, "Body should be a JSON object")
        return sent

    @cached_property
    def sent(self) -> Any:
        """The JSON that was sent, of any kind; None for an empty body."""
        raw = request.get_data()
        try:
            return json.loads(raw) if raw else None
        except ValueError:
            raise Refusal(400, "Problems parsing JSON") from None

    @property
    def credential(self) -> str:
        """The token that was presented."""
        return request.headers.get("Authorization", "").partition(" ")[2]

    @property
    def query(self) -> dict[str, str]:
        return request.args.to_dict()

    @property
    def page(self) -> tuple[int, int]:
        """(page from 1, items a page)."""
        try:
            page, size = int(request.args.get("page", 1)), int(request.args.get("per_page", PER_PAGE))
        except ValueError:
            raise malformed("page and per_page are numbers.") from None
        return max(page, 1), min(max(size, 1), MOST_PER_PAGE)

    def paged(self, items: Iterable[T], show: Callable[[T], Json], wrap: str = "", most: int | None = None) -> Answer:
        """One page of a list with its Link header; in an object with `total_count` when `wrap` names the list."""
        known = list(items)[:most]
        page, size = self.page
        shown = [show(item) for item in known[(page - 1) * size : page * size]]
        last = max(-(-len(known) // size), 1)
        body: Any = {"total_count": len(known), wrap: shown} if wrap else shown
        return Answer(body, headers=links(page, last))


def links(page: int, last: int) -> dict[str, str]:
    targets = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page <= 1:
        targets = {name: number for name, number in targets.items() if name not in {"prev", "first"}}
    if page >= last:
        targets = {name: number for name, number in targets.items() if name not in {"next", "last"}}
    shown = [f'<{_with_query(page=str(number))}>; rel="{name}"' for name, number in targets.items()]
    return {"Link": ", ".join(shown)} if shown else {}


def _with_query(**changes: str) -> str:
    query = {**request.args.to_dict(), **changes}
    return f"{here().url}{request.path}?{urlencode(query)}"

"""Somebody's own machine, whose commands ask the app as they would over a network, which can be cut."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from cli.main import main
from cli.remote import api, patience
from tests.webapp.house import House
from tidegate.apitoken import Scope, Terms
from tidegate.permission import OPERATOR


class Terminal(io.StringIO):
    """Where somebody types."""

    def isatty(self) -> bool:
        return True


class Wire(httpx.BaseTransport):
    """`cuts`: what becomes of the next requests, "before" they arrive or "after" they were carried out; those behind
    arrive. `short`: of the next answer only so many parts come through."""

    def __init__(self, app: Flask) -> None:
        self.server: httpx.BaseTransport = httpx.WSGITransport(app=app)
        self.cuts: list[str] = []
        self.short: int | None = None
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.raw_path.decode()}")
        cut = self.cuts.pop(0) if self.cuts else None
        if cut == "before":
            raise httpx.ConnectError("nobody listens")
        answer = self.server.handle_request(request)
        if cut == "after":
            answer.read()
            raise httpx.ReadError("the connection was cut")
        short, self.short = self.short, None
        return answer if short is None else httpx.Response(200, headers=answer.headers, stream=_Short(answer, short))


class _Short(httpx.SyncByteStream):
    def __init__(self, answer: httpx.Response, parts: int) -> None:
        self._answer, self._parts = answer, parts

    def __iter__(self) -> Iterator[bytes]:
        for number, part in enumerate(self._answer.iter_raw()):
            if number == self._parts:
                raise httpx.ReadError("the connection was cut")
            yield part

    def close(self) -> None:
        self._answer.close()


class Laptop:
    """`meanwhile` is what happens in the next pauses of a command, one after another."""

    def __init__(
        self, web: House, directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.web, self.wire = web, Wire(web.app)
        self.meanwhile: list[Callable[[], object]] = []
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.setattr(api, "transport", lambda: self.wire)
        monkeypatch.setattr(patience, "pause", self._pause)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(directory))
        for name in ("TIDEGATE_URL", "TIDEGATE_TOKEN", "TIDEGATE_SECRET_KEY"):
            monkeypatch.delenv(name, raising=False)

    def token(self, scope: Scope = Scope.ADMIN) -> str:
        now = datetime.now(UTC)
        return self.web.store.api_tokens.make(Terms("ci", OPERATOR, None, scope, None, now + timedelta(days=1)), now)[1]

    def sign_in(self, scope: Scope = Scope.ADMIN) -> None:
        """By the environment."""
        self._monkeypatch.setenv("TIDEGATE_URL", self.web.url)
        self._monkeypatch.setenv("TIDEGATE_TOKEN", self.token(scope))

    def type(self, line: str, source: io.StringIO | None = None) -> tuple[int, str, str]:
        """The exit code, what was printed, and what was told to stderr."""
        self._monkeypatch.setattr(sys, "stdin", source or io.StringIO())
        try:
            code = main(line.split())
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def json(self, line: str) -> tuple[int, Any]:
        """The exit code and the one document on stdout."""
        code, out, _ = self.type(f"{line} --json")
        return code, json.loads(out)

    def _pause(self, seconds: float) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()

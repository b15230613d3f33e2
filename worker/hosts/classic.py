"""Builds by the engine's classic builder, through docker-py: for hosts where no docker command can do BuildKit."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import requests
from docker import APIClient
from docker.errors import APIError, DockerException
from docker.types.daemon import CancellableStream

from worker.hosts import credentials
from worker.hosts.connection import Connection
from worker.hosts.failures import KEPT_LINES, classic_failure
from worker.hosts.streams import Lines, Pump
from worker.ports import BuildOrder, OnLine
from worker.until import Until

_STEP = re.compile(r"Step (\d+)/\d+ : (.*)")
_RED, _RESET = "\x1b[91m", "\x1b[0m"
_NOISE = re.compile(
    r" ---> (?:Running in )?[0-9a-f]*|Removing intermediate container .*|Successfully (?:built|tagged) .*"
)


def build(connection: Connection, order: BuildOrder, dockerfile: str, on_line: OnLine, until: Until) -> None:
    """Builds and names the image, or raises as ports.Engine.build does; `dockerfile` is the Dockerfile's text."""
    # A client of its own: to give up is to cut its connection, upon which the engine stops the build.
    client = connection.fresh_client()
    responses: list[requests.Response] = []
    client.hooks["response"] = [lambda response, **_: responses.append(response)]
    reading = _Reading(on_line)

    def cut() -> None:
        for response in responses:
            with suppress(DockerException, OSError, AttributeError):
                CancellableStream(iter(()), response).close()

    with client:
        Pump(_messages(connection, client, order), cut, connection.translated).run(reading.take, until)
    reading.output.close()
    if reading.error is not None or not reading.built:
        error = reading.error or "the builder ended without an image"
        raise classic_failure(connection, list(reading.lines), dockerfile, error, reading.step)


def _messages(connection: Connection, client: APIClient, order: BuildOrder) -> Iterator[dict[str, Any]]:
    if order.login is not None:
        credentials.enter(client, connection, order.login)
    try:
        yield from _stream(client, order)
    except APIError as error:
        # A Dockerfile that can't be parsed is refused outright; to the user it is a failed build like any other.
        if error.status_code != HTTPStatus.BAD_REQUEST:
            raise
        yield {"error": error.explanation}


def _stream(client: APIClient, order: BuildOrder) -> Iterator[dict[str, Any]]:
    return client.build(
        path=str(order.context),
        dockerfile=str(order.dockerfile),
        tag=order.image,
        labels=dict(order.labels),
        buildargs=dict(order.arguments),
        nocache=order.no_cache,
        rm=True,
        forcerm=True,
        decode=True,
    )


def _plain(text: str) -> str:
    """Without the red that the builder paints each piece of stderr with."""
    return text.removeprefix(_RED).removesuffix(_RESET) if text.startswith(_RED) else text


class _Reading:
    """What the builder's messages have said so far. Their shape: Docker Engine API, ImageBuild, JSON messages."""

    def __init__(self, on_line: OnLine) -> None:
        self._on_line = on_line
        self.output = Lines(self._line)
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.step: tuple[int, str] | None = None
        self.error: str | None = None
        self.built = False

    def take(self, message: dict[str, Any]) -> None:
        if "stream" in message:
            self.output.feed(_plain(message["stream"]).encode())
        elif "error" in message:
            self.error = str(message["error"])
            self._on_line(self.error)
        elif "aux" in message:
            self.built = self.built or "ID" in message["aux"]
        elif "status" in message and "progress" not in message:
            self._on_line(" ".join(filter(None, (message.get("id"), message["status"]))))

    def _line(self, line: str) -> None:
        step = _STEP.fullmatch(line)
        if step is not None:
            self.step = int(step[1]), step[2]
        self.lines.append(line)
        if line and not _NOISE.fullmatch(line):
            self._on_line("CACHED" if line == " ---> Using cache" else line)

"""Prebuilt images, fetched from their registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import requests
from docker import APIClient
from docker.errors import DockerException
from docker.types.daemon import CancellableStream

from tidegate import imagename
from tidegate.registry import Login
from worker.hosts import credentials
from worker.hosts.connection import Connection
from worker.hosts.streams import Pump
from worker.ports import OnLine, Refused, Unavailable
from worker.until import Until

#: What engines say where the registry answered, and its answer was no.
_NO = ("not found", "manifest unknown", "does not exist", *credentials.NO)


def pull(
    connection: Connection, image: str, on_line: OnLine, until: Until, login: Login | None = None
) -> tuple[str, str]:
    """As ports.Engine.pull. It is fetched by its digest, not by its tag: so nobody else's pull of that tag comes in
    between, and engines that forget what a moved tag named before keep it."""
    # A client of its own, as for a build: to give up is to cut its connection.
    client = connection.fresh_client()
    responses: list[requests.Response] = []
    names: list[str] = []
    auth = None if login is None else {"username": login.username, "password": login.password}
    client.hooks["response"] = [lambda response, **_: responses.append(response)]

    def cut() -> None:
        for response in responses:
            with suppress(DockerException, OSError, AttributeError):
                CancellableStream(iter(()), response).close()

    def take(message: dict[str, Any]) -> None:
        if "error" in message:
            raise _trouble(image, str(message["error"]), login)
        if message.get("status") and not message.get("progress"):
            on_line(" ".join(filter(None, (message.get("id"), message["status"]))))

    def messages() -> Iterator[dict[str, Any]]:
        names.append(_by_digest(client, image, auth))
        yield from client.pull(names[0], stream=True, decode=True, auth_config=auth)

    with client:
        try:
            Pump(messages(), cut, connection.translated).run(take, until)
        except (Refused, Unavailable) as trouble:
            raise _trouble(image, str(trouble), login) from trouble
        with connection.translated():
            seen = client.inspect_image(names[0])  # type: ignore[no-untyped-call]  # so stubbed
    return names[0], str(seen["Id"])


def _by_digest(client: APIClient, image: str, auth: dict[str, str] | None) -> str:
    """What the registry says that the name stands for now."""
    named = imagename.parse(image)
    digest = named.digest
    if digest is None:
        told = client.inspect_distribution(image, auth_config=auth)  # type: ignore[no-untyped-call]  # so stubbed
        digest = str(told["Descriptor"]["digest"])
    return f"{named.registry}/{named.repository}@{digest}"


def _trouble(image: str, said: str, login: Login | None) -> Refused | Unavailable:
    """Engines answer 404 and 500 for the same things; the words tell more."""
    if login is not None and any(word in said.lower() for word in credentials.NO):
        return Refused(f"the image {image} can't be had: {credentials.not_accepted(login, said)}")
    if any(word in said.lower() for word in _NO):
        return Refused(f"the image {image} can't be had: {said}")
    return Unavailable(f"the image {image} can't be fetched now: {said}")

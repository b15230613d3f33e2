"""Images that get from one engine to another by way of a registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import requests
from docker.errors import DockerException, ImageNotFound
from docker.types.daemon import CancellableStream

from tidegate.registry import Login
from worker.hosts import credentials, pulls
from worker.hosts.connection import Connection
from worker.hosts.streams import Pump
from worker.ports import Refused, Unavailable
from worker.until import Until

#: Seconds between two words of an engine that sends: it waits for the registry.
_QUIET = 600


def send(connection: Connection, image: str, name: str, until: Until, login: Login | None) -> str:
    """As ports.Engine.send. The engine sends what the registry hasn't; it knows the image by `name` meanwhile."""
    repository, _, tag = name.rpartition(":")
    # A client of its own, as for a build: to give up is to cut its connection.
    client = connection.fresh_client(_QUIET)
    responses: list[requests.Response] = []
    client.hooks["response"] = [lambda response, **_: responses.append(response)]
    auth = None if login is None else {"username": login.username, "password": login.password}
    digests: list[str] = []

    def cut() -> None:
        for response in responses:
            with suppress(DockerException, OSError, AttributeError):
                CancellableStream(iter(()), response).close()

    def take(message: dict[str, Any]) -> None:
        if "error" in message:
            raise _trouble(name, str(message["error"]))
        digests.extend(each for each in [(message.get("aux") or {}).get("Digest")] if each)

    def messages() -> Iterator[dict[str, Any]]:
        yield from client.push(repository, tag, stream=True, decode=True, auth_config=auth)

    with client:
        with connection.translated():
            client.tag(image, repository, tag)
        try:
            Pump(messages(), cut, connection.translated).run(take, until)
        finally:
            with connection.translated(), suppress(ImageNotFound):
                client.remove_image(name)
    if not digests:
        raise Unavailable(f"the registry did not say what it took for {name}")
    return f"{repository}@{digests[-1]}"


def receive(connection: Connection, image: str, sent: str, until: Until, login: Login | None) -> None:
    """As ports.Engine.receive. Only our own name stays, or the image would be there for good."""
    pulls.pull(connection, sent, lambda _: None, until, login)
    repository, _, tag = image.rpartition(":")
    with connection.translated():
        client = connection.client()
        client.tag(sent, repository, tag)
        client.remove_image(sent)


def _trouble(name: str, said: str) -> Refused | Unavailable:
    if any(word in said.lower() for word in credentials.NO):
        return Refused(f"the registry does not take {name}: {said}")
    return Unavailable(f"{name} can't be sent to the registry now: {said}")

"""Containers by description: found again by name, so that a call can be repeated by whoever comes after a crash."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from docker import APIClient
from docker.errors import APIError, NotFound

from tidegate.container import ContainerSpec
from worker.hosts import volumes
from worker.hosts.connection import Connection
from worker.ports import Container, Refused, Unavailable

#: The label that says which deployment a container is of; it tells ours from a stranger with the same name.
_OWNER = "tidegate.deployment"
#: What stays of Docker's default capabilities. Ordinary images start as root, fix the owner of a directory, and step
#: down to a user (gosu, su-exec, nginx, postgres): CHOWN, DAC_OVERRIDE, FOWNER, SETUID, SETGID; they bind port 80
#: (NET_BIND_SERVICE) and signal workers of another user (KILL). Given up: NET_RAW (spoofing on the network), MKNOD,
#: AUDIT_WRITE, SETFCAP, SETPCAP, FSETID, SYS_CHROOT, which nothing that serves HTTP needs.
_CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"]
#: Kept on the host beside what we store ourselves, so that a chatty container can't fill the disk.
_LOG = {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}}
#: A name is free only some time after its container's removal began.
_ATTEMPTS = 50
_PAUSE = 0.1
#: Counted as the container's memory.
_TMP = {"/tmp": "rw,nosuid,nodev,mode=1777"}  # noqa: S108 - the container's own
#: What engines say where they don't have the runtime that is asked for: 20.10, and newer ones.
_NO_RUNTIME = ("unknown runtime specified", "unknown or invalid runtime")
#: Seconds for the answer how much containers have written: the engine looks at every file.
_COUNTING = 600


def start(connection: Connection, spec: ContainerSpec) -> Container:
    """As ports.Engine.start. What can't be started is taken away again."""
    client = connection.client()
    with connection.translated(), _runtime_there(spec):
        container = _create_or_find(client, spec, connection.address)
        try:
            client.start(container)
        except APIError:
            client.remove_container(container, force=True, v=True)
            raise
    found = inspect(connection, container)
    if found is None:
        raise Unavailable(f"The container {spec.name} was removed while it started.")
    return found


def create(connection: Connection, spec: ContainerSpec) -> str:
    """Id of a new container; one of that name that was there before is removed."""
    remove(connection, spec.name)
    with connection.translated(), _runtime_there(spec):
        return _create(connection.client(), spec, connection.address)


def inspect(connection: Connection, container: str) -> Container | None:
    """As ports.Engine.inspect."""
    with connection.translated():
        try:
            return _read(connection.client().inspect_container(container))
        except NotFound:
            return None


def owned(connection: Connection, labels: Mapping[str, str]) -> Sequence[Container]:
    """As ports.Engine.owned. One inspection each, since the list tells neither exit codes nor OOM kills."""
    wanted = [f"{name}={value}" for name, value in labels.items()]
    with connection.translated():
        listed = connection.client().containers(all=True, filters={"label": [_OWNER, *wanted]})
    found = (inspect(connection, entry["Id"]) for entry in listed)
    return [container for container in found if container is not None]


def written(connection: Connection) -> dict[str, int]:
    """As ports.Engine.written."""
    with connection.translated(), connection.fresh_client(_COUNTING) as client:
        listed = client.containers(size=True, filters={"label": [_OWNER, "tidegate.role=instance"]})
    return {str(entry["Id"]): int(entry.get("SizeRw") or 0) for entry in listed}


def stop(connection: Connection, container: str, signal: str) -> None:
    """As ports.Engine.stop. Conflict: it isn't running."""
    with connection.translated():
        client = connection.client()
        if is_ours(client, container):
            _unless(HTTPStatus.CONFLICT, lambda: client.kill(container, signal))


def remove(connection: Connection, container: str) -> None:
    """As ports.Engine.remove. Conflict: somebody else's removal is under way."""
    with connection.translated():
        client = connection.client()
        if is_ours(client, container):
            _unless(HTTPStatus.CONFLICT, lambda: client.remove_container(container, force=True, v=True))


@contextmanager
def _runtime_there(spec: ContainerSpec) -> Iterator[None]:
    """Not the user's fault where it isn't."""
    try:
        yield
    except APIError as error:
        if not any(words in str(error).lower() for words in _NO_RUNTIME):
            raise
        raise Unavailable(
            f"The Docker host has no runtime `{spec.runtime}`, which TIDEGATE_PREVIEW_RUNTIME asks for. Install it"
            " there and name it in the engine's daemon.json, or take the setting out."
        ) from error


def _create_or_find(client: APIClient, spec: ContainerSpec, address: str | None) -> str:
    """Creates without looking first: a name that is taken is the rare case, and looking costs as much as being told."""
    for _ in range(_ATTEMPTS):
        try:
            return _create(client, spec, address)
        except APIError as error:
            if error.status_code != HTTPStatus.CONFLICT:
                raise
        found = _found(client, spec)
        if found is not None:
            return found
        time.sleep(_PAUSE)
    raise Unavailable(f"The name {spec.name} stays taken by a container that is being removed.")


def _create(client: APIClient, spec: ContainerSpec, address: str | None) -> str:
    created = client.create_container_from_config(description(spec, address), spec.name)  # type: ignore[no-untyped-call]  # so stubbed
    return str(created["Id"])


def _found(client: APIClient, spec: ContainerSpec) -> str | None:
    """Id of the container that has the name; None where it was just removed, or is dead and now removed."""
    try:
        seen = client.inspect_container(spec.name)
    except NotFound:
        return None
    if (seen["Config"]["Labels"] or {}).get(_OWNER) != spec.labels.get(_OWNER):
        raise Refused(f"A container named {spec.name} exists that isn't of this deployment. Remove or rename it.")
    if seen["State"]["Dead"] or seen["State"]["Status"] == "removing":
        _unless(HTTPStatus.CONFLICT, lambda: client.remove_container(seen["Id"], force=True, v=True))
        return None
    return str(seen["Id"])


def is_ours(client: APIClient, container: str) -> bool:
    """False where it is gone; Refused where it is a stranger's, which we must not touch."""
    try:
        seen = client.inspect_container(container)
    except NotFound:
        return False
    if _OWNER not in (seen["Config"]["Labels"] or {}):
        raise Refused(f"The container {container} isn't ours: it has no label {_OWNER}.")
    return True


def description(spec: ContainerSpec, address: str | None = None) -> dict[str, Any]:
    """The body of ContainerCreate; its port is published at the host's `address`, if there is one.

    Written out since docker-py's helpers need four calls and hide half of it."""
    limits = spec.limits
    published = [f"{spec.port}/tcp"] if address is not None and spec.listens else []
    return {
        "Image": spec.image,
        # A command of the deploy file's stands in place of the image's ENTRYPOINT and CMD both.
        "Entrypoint": None if spec.command is None else list(spec.command[:1]),
        "Cmd": None if spec.command is None else list(spec.command[1:]),
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "Labels": dict(spec.labels),
        "HostConfig": {
            "NetworkMode": spec.network,
            "Mounts": [volumes.description(spec.disk)] if spec.disk else [],
            "Memory": limits.memory or 0,
            "MemorySwap": limits.memory or 0,
            "NanoCpus": round((limits.cpus or 0) * 1e9),
            "PidsLimit": limits.pids,
            "ReadonlyRootfs": spec.read_only,
            "Tmpfs": _TMP if spec.read_only and not (spec.disk and spec.disk.path in _TMP) else {},
            "Runtime": spec.runtime or "",
            "CapDrop": ["ALL"],
            "CapAdd": _CAPABILITIES,
            "SecurityOpt": ["no-new-privileges"],
            "Init": True,
            "RestartPolicy": {"Name": "no"},
            "LogConfig": _LOG,
            # The engine takes a port that is free.
            "PortBindings": {port: [{"HostIp": address, "HostPort": ""}] for port in published},
        },
        "ExposedPorts": {port: {} for port in published},
    }


def _read(seen: Mapping[str, Any]) -> Container:
    state = seen["State"]
    addresses = (network["IPAddress"] for network in seen["NetworkSettings"]["Networks"].values())
    published = _published(seen)
    ended = not state["Running"] and state["Status"] != "created"
    return Container(
        id=seen["Id"],
        name=seen["Name"].removeprefix("/"),
        labels=seen["Config"]["Labels"] or {},
        running=state["Running"],
        address=published[0] if published else next(filter(None, addresses), None),
        exit_code=state["ExitCode"] if ended else None,
        oom_killed=state["OOMKilled"],
        aliases=_aliases(seen),
        port=published[1] if published else None,
    )


def _published(seen: Mapping[str, Any]) -> tuple[str, int] | None:
    """Where it is reached from outside of its host."""
    for bindings in (seen["NetworkSettings"]["Ports"] or {}).values():
        for binding in bindings or ():
            return binding["HostIp"], int(binding["HostPort"])
    return None


def _aliases(seen: Mapping[str, Any]) -> frozenset[str]:
    """Engines before 25 add the beginning of the id to those that were asked for."""
    networks = seen["NetworkSettings"]["Networks"].values()
    return frozenset(name for each in networks for name in each["Aliases"] or () if not seen["Id"].startswith(name))


def _unless(status: HTTPStatus, call: Callable[[], object]) -> None:
    """Calls; that the container is gone, or in the state that `status` tells, is fine."""
    try:
        call()
    except APIError as error:
        if error.status_code not in (status, HTTPStatus.NOT_FOUND):
            raise

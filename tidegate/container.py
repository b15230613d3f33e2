"""What to run for a deployment: names, labels, limits and environment, described here, executed by worker/hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tidegate import disk, preview
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment
from tidegate.disk import Mount

#: Of the containers of cron services: what they are labeled as, and the label that names the run.
RUN_ROLE, RUN_LABEL = "run", "tidegate.run"

_NETWORK = re.compile(r"tidegate-(\d+)-(.+)")


@dataclass(frozen=True)
class Limits:
    """Memory in bytes, cpus in cores; None is unlimited. `pids` bounds fork bombs."""

    memory: int | None = None
    cpus: float | None = None
    pids: int = 512


@dataclass(frozen=True)
class ContainerSpec:
    """A container to be, found again by `name`.

    `command` replaces the image's ENTRYPOINT and CMD alike, so that it runs as written; None runs the image's own.
    """

    name: str
    image: str
    network: str
    environment: Mapping[str, str]
    labels: Mapping[str, str]
    port: int
    limits: Limits
    command: tuple[str, ...] | None = None
    disk: Mount | None = None
    #: Only its disk and /tmp, which is in memory, can be written to.
    read_only: bool = False
    #: What runs it, in place of the engine's default.
    runtime: str | None = None
    #: Whether others are to reach its port.
    listens: bool = False


def labels(deployment: Deployment, repository: str, role: str) -> dict[str, str]:
    """The labels on everything of a deployment that we own; names are fixed to the outside (DESIGN's contract)."""
    return {
        "tidegate.service": deployment.service,
        "tidegate.repository": repository,
        "tidegate.environment": deployment.environment,
        "tidegate.deployment": deployment.id,
        "tidegate.sha": deployment.sha,
        "tidegate.role": role,
    }


def network_name(repository_id: int, environment: str) -> str:
    """One private network per repository and environment."""
    return f"tidegate-{repository_id}-{environment}"


def network_place(name: str) -> tuple[int, str] | None:
    """(repository id, environment) of a network that is named so; None for any other name."""
    named = _NETWORK.fullmatch(name)
    return None if named is None else (int(named[1]), named[2])


def network_labels(repository: str, environment: str) -> dict[str, str]:
    return {"tidegate.repository": repository, "tidegate.environment": environment, "tidegate.role": "network"}


def instance_spec(
    deployment: Deployment,
    definition: Definition,
    repository: str,
    url: str | None,
    variables: Mapping[str, str],
    index: int,
) -> ContainerSpec:
    """The container of instance `index`. `variables` are the service's own, decrypted; ours are added and win. `url`:
    where the service is reached from outside, if it is."""
    spec = _spec(deployment, definition, repository, url, variables, f"i{index}", "instance", definition.command())
    mount = disk_of(deployment, definition, repository)
    return spec if mount is None else replace(spec, disk=mount, labels={**spec.labels, disk.LABEL: mount.volume})


def disk_of(deployment: Deployment, definition: Definition, repository: str) -> Mount | None:
    """What its instance has mounted, if it has a disk; its volume is of the service, not of the deployment."""
    if definition.disk is None:
        return None
    place = deployment.repository_id, deployment.environment, deployment.service
    return Mount(
        disk.volume_name(*place, definition.disk.name),
        definition.disk.mount_path,
        {
            "tidegate.service": deployment.service,
            "tidegate.repository": repository,
            "tidegate.environment": deployment.environment,
            "tidegate.role": disk.ROLE,
        },
    )


def instance_names(deployment: Deployment) -> str:
    """What the names of its instances' containers begin with; their index follows."""
    return _name(deployment, "i")


def pre_deploy_spec(
    deployment: Deployment, definition: Definition, repository: str, url: str | None, variables: Mapping[str, str]
) -> ContainerSpec:
    """A one-off container of the new image for `preDeployCommand`, apart from the service: without its disk, which the
    running instance has. Nothing of it is kept."""
    command = ("/bin/sh", "-c", definition.pre_deploy_command or "true")
    return _spec(deployment, definition, repository, url, variables, "pre-deploy", "pre-deploy", command)


def run_spec(
    deployment: Deployment, definition: Definition, repository: str, variables: Mapping[str, str], run_id: int
) -> ContainerSpec:
    """The container of one run of a cron service; its label `tidegate.run` says of which."""
    spec = _spec(deployment, definition, repository, None, variables, f"r{run_id}", RUN_ROLE, definition.command())
    return replace(spec, labels={**spec.labels, RUN_LABEL: str(run_id)})


def run_name(deployment: Deployment, run_id: int) -> str:
    return _name(deployment, f"r{run_id}")


def _name(deployment: Deployment, suffix: str) -> str:
    return f"tidegate-{deployment.service}-{deployment.id}-{suffix}"


def _spec(
    deployment: Deployment,
    definition: Definition,
    repository: str,
    url: str | None,
    variables: Mapping[str, str],
    suffix: str,
    role: str,
    command: tuple[str, ...] | None,
) -> ContainerSpec:
    injected = {
        "TIDEGATE_SERVICE": deployment.service,
        "TIDEGATE_ENVIRONMENT": deployment.environment,
        "TIDEGATE_COMMIT": deployment.sha,
    }
    if definition.listens:
        injected["PORT"] = str(definition.port)
    if url is not None:
        injected["TIDEGATE_URL"] = url
    if preview.number_of(deployment.environment) is not None:
        injected["IS_PULL_REQUEST"] = "true"
    return ContainerSpec(
        name=_name(deployment, suffix),
        image=deployment.image or "",
        network=network_name(deployment.repository_id, deployment.environment),
        environment={**variables, **injected},
        labels=labels(deployment, repository, role),
        port=definition.port,
        limits=Limits(memory=definition.memory_bytes(), cpus=definition.cpus),
        command=command,
        read_only=definition.read_only_root_filesystem,
        listens=role == "instance" and definition.listens,
    )

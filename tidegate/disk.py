"""Disks: the directory of a service that outlives its deployments. A volume of its own in each environment.

Two that write to one at the same time would ruin it, so a service with a disk has one instance, and a deploy stops the
old one before the new one starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: On whatever has a disk mounted: its volume's name.
LABEL = "tidegate.disk"
ROLE = "disk"
#: On the timeline.
OVER_SIZE = "disk-over-size"


@dataclass(frozen=True)
class Mount:
    """A volume, which is made with these labels where it isn't there, at an absolute path of the container."""

    volume: str
    path: str
    labels: Mapping[str, str]


def volume_name(repository_id: int, environment: str, service: str, disk: str) -> str:
    """Full stops part it: neither an environment's name nor a service's has any."""
    return f"{_place(repository_id, environment)}{service}.{disk}"


def volumes_of(names: Iterable[str], repository_id: int, environment: str) -> list[str]:
    """Those that the environment's services have, or had, a disk on."""
    return [name for name in names if name.startswith(_place(repository_id, environment))]


def volumes_of_service(names: Iterable[str], repository_id: int, service: str) -> list[tuple[str, str]]:
    """(environment, volume) of those that the service has, or had, a disk on."""
    begin = f"tidegate-{repository_id}-"
    parted = ((name, name.removeprefix(begin).split(".", 2)) for name in names if name.startswith(begin))
    return [(parts[0], name) for name, parts in parted if len(parts) > 2 and parts[1] == service]


def told(volume: str, host: str) -> str:
    """A disk, as it is called where somebody looks for it."""
    return f"`{volume}` on {host}"


def told_unseen(host: str) -> str:
    """Whatever disks a service has there, while nobody can look."""
    return f"any on {host}, which can't be reached now"


def kept(told: Iterable[str], service: str) -> str:
    """What is said of the disks of a service that is removed without them."""
    return (
        f"its disks stay ({', '.join(told)}): a deploy of the service finds them again, "
        f"and `tidegate remove {service} --confirm {service} --disks` removes them for good"
    )


def going(told: Iterable[str], *, unseen: bool) -> str:
    """What is said of the disks of a service that is removed with them. `unseen`: not all can be reached now."""
    later = "; what can't be reached goes once it can" if unseen else ""
    return f"its disks go then, with all that is on them: {', '.join(told)}{later}"


def removed(volume: str, host: str) -> str:
    return f"the disk {told(volume, host)} was removed with its service, with all that was on it"


def with_todays(definition: Mapping[str, object], today: Mapping[str, object]) -> dict[str, object]:
    """An earlier definition of a service with the disk that it has today: a rollback brings no older disk back."""
    return {**definition, "disk": today.get("disk")}


def _place(repository_id: int, environment: str) -> str:
    return f"tidegate-{repository_id}-{environment}."

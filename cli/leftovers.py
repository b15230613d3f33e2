"""What a repository's deployments have on the Docker Engine, found by our labels alone, and its removal."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: The label that everything of ours carries (DESIGN's contract with the outside).
_REPOSITORY = "tidegate.repository"


@dataclass(frozen=True)
class Leftovers:
    """Ids on the engine, and names of disks."""

    containers: tuple[str, ...]
    networks: tuple[str, ...]
    images: tuple[str, ...]
    disks: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.containers or self.networks or self.images or self.disks)


def find(repository: str) -> Leftovers:
    """`repository` is "owner/name". subprocess.CalledProcessError where the engine doesn't answer."""
    return Leftovers(
        containers(repository, {}),
        _docker("network", "ls", "--quiet", *_filters(repository, {})),
        images(repository, {}),
        _docker("volume", "ls", "--quiet", *_filters(repository, {})),
    )


def repositories() -> set[str]:
    """All that have anything on the engine. subprocess.CalledProcessError where it doesn't answer."""
    label = f"label={_REPOSITORY}"
    told = f'{{{{.Label "{_REPOSITORY}"}}}}'
    listed = (("ps", "--all"), ("network", "ls"), ("volume", "ls"))
    found = {each for command in listed for each in _docker(*command, "--filter", label, "--format", told)}
    of_images = _docker("images", "--quiet", "--filter", label)
    if of_images:
        told = f'{{{{index .Config.Labels "{_REPOSITORY}"}}}}'
        found.update(_docker("image", "inspect", "--format", told, *of_images))
    return found


def containers(repository: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Running or not, that carry all these labels."""
    return _docker("ps", "--all", "--quiet", *_filters(repository, labels))


def images(repository: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Tagged or not, that carry all these labels; each once."""
    return tuple(dict.fromkeys(_docker("images", "--quiet", "--no-trunc", *_filters(repository, labels))))


def image_of(container: str) -> str:
    """Id of the image that the container was made of."""
    return _docker("inspect", "--format", "{{.Image}}", container)[0]


def _filters(repository: str, labels: Mapping[str, str]) -> Iterator[str]:
    for name, value in {_REPOSITORY: repository, **labels}.items():
        yield "--filter"
        yield f"label={name}={value}"


def remove(repository: str) -> None:
    """As far as the engine lets go of it: where the product runs, it may be starting what is removed here."""
    left = find(repository)
    for command, ids in (
        (("rm", "--force", "--volumes"), left.containers),
        (("network", "rm"), left.networks),
        (("rmi", "--force"), left.images),
        (("volume", "rm"), left.disks),
    ):
        if ids:
            subprocess.run(("docker", *command, *ids), capture_output=True, check=False)


def _docker(*arguments: str) -> tuple[str, ...]:
    done = subprocess.run(("docker", *arguments), capture_output=True, text=True, check=True)
    return tuple(done.stdout.split())

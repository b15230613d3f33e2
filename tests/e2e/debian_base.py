"""The public base of the server's image, made of Debian's packages, since no image can be pulled without a network."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: As deploy/Dockerfile has it by default.
RELEASE = "trixie"
#: Whom this machine trusts, and how its pip asks: a build's containers ask the same package registries.
_OF_THIS_MACHINE = ("usr/local/share/ca-certificates", "etc/pip.conf")


@contextmanager
def debian_base(place: Path) -> Iterator[str]:
    """Its name, there while the block runs; `place` is a directory with half a gigabyte to spare, as root."""
    root, name = place / "debian", f"tidegate-test/debian-{secrets.token_hex(3)}:{RELEASE}"
    subprocess.run(("debootstrap", "--variant=minbase", RELEASE, str(root)), capture_output=True, text=True, check=True)
    try:
        for each in _OF_THIS_MACHINE:
            _copy(Path("/", each), root / each)
        packing = ("tar", "-C", str(root), "--exclude=*.deb", "-c", ".")
        with subprocess.Popen(packing, stdout=subprocess.PIPE) as packed:
            subprocess.run(("docker", "import", "-", name), stdin=packed.stdout, capture_output=True, check=True)
    finally:
        shutil.rmtree(root)
    try:
        yield name
    finally:
        _docker("image", "rm", *_stages_upon(name), name)


def _stages_upon(base: str) -> list[str]:
    """Ids of the nameless images that were built upon it: the classic builder leaves those of a build's stages."""
    nameless = _docker("images", "--filter", "dangling=true", "--quiet", "--no-trunc").split()
    told = _docker("image", "inspect", "--format", "[{{json .Id}}, {{json .RootFS.Layers}}]", base, *nameless)
    (_, [layer]), *others = map(json.loads, told.splitlines())
    return [image for image, layers in others if layers and layers[0] == layer]


def _docker(*words: str) -> str:
    return subprocess.run(("docker", *words), capture_output=True, text=True, check=False).stdout


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        shutil.copy(source, target)

"""A public image, made of what this machine has, since none can be pulled without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import base_image
from cli.base_image import ensure_base_image

_LIBRARY = re.compile(r"(?:=> )?(/\S+) \(0x")


@contextmanager
def own_image(name: str, fill: Callable[[Path], None], script: str) -> Iterator[str]:
    """`name`, there while the block runs; one that somebody has pulled is left alone. `fill` puts into a directory what
    stands at the image's root, beside busybox; `script` is run there."""
    if subprocess.run(("docker", "image", "inspect", name), capture_output=True, check=False).returncode == 0:
        yield name
        return
    ensure_base_image()
    with tempfile.TemporaryDirectory() as made:
        context = Path(made)
        fill(context / "root")
        (context / "Dockerfile").write_text(f"FROM {base_image.NAME}\nCOPY root /\nRUN {script}\n")
        command = ("docker", "build", "--quiet", "--tag", name, str(context))
        subprocess.run(command, capture_output=True, text=True, check=True)
    try:
        yield name
    finally:
        subprocess.run(("docker", "image", "rm", name), capture_output=True, check=False)


def copy_program(root: Path, program: Path, others: Iterable[Path] = ()) -> None:
    """With the libraries that the loader loads with it and with others, itself included; each file where it is on this
    machine."""
    for file in (program, *_libraries(program, *others)):
        target = root / file.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def _libraries(*binaries: Path) -> set[Path]:
    told = subprocess.run(("ldd", *map(str, binaries)), capture_output=True, text=True, check=True).stdout
    return {Path(found[1]) for found in _LIBRARY.finditer(told)}
